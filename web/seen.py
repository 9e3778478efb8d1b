"""Signing in, and what was refused, told to the log: by page and account number, never by name.

Where someone asks from is told as a code that is the same each time, so that
lines about one place can be put side by side and nobody reads an address.
"""

from __future__ import annotations

import hmac
import logging

from flask import Flask, Response, g, request

from web.surroundings import surroundings

log = logging.getLogger("gatemate.seen")

SIGN_IN = {302: "signed in", 422: "sign-in refused", 429: "too many tries to sign in"}
REFUSED = {
    400: "a form without its token, or one that cannot be read",
    404: "a page or a row that is not theirs or not there",
    405: "a method that a page does not take",
    409: "a page that has grown stale",
    413: "something too big",
    429: "too many tries",
    500: "an error of ours",
    503: "a database that does not answer",
}
WELL = {"signed in", "a page that has grown stale"}


def register(app: Flask) -> None:
    """Have every answer of an application looked at once it is made."""
    app.after_request(_tell)


def event_of(endpoint: str | None, method: str, status: int) -> str | None:
    """Return what an answer means for whoever watches over the service, or None for nothing."""
    if endpoint == "sign_in.sign_in" and method == "POST" and status in SIGN_IN:
        return SIGN_IN[status]
    return REFUSED.get(status)


def _tell(response: Response) -> Response:
    event = event_of(request.endpoint, request.method, response.status_code)
    if event:
        account = g.get("account")
        told = {
            "endpoint": request.endpoint or "none",
            "status": response.status_code,
            "account": str(account.id) if account else "none",
            "origin": _code_of(request.remote_addr or ""),
        }
        level = logging.INFO if event in WELL else logging.WARNING
        log.log(level, "seen: %s", event, extra=told)
    return response


def _code_of(address: str) -> str:
    """Return 48 bits that stand for an address under our own key."""
    return hmac.digest(surroundings().settings.key_for("log"), address.encode(), "sha256")[:6].hex()
