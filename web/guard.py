"""Who may see which page: nobody, unless a table says so.

Before every request the guard finds out whose stay it is and asks the table of
`page_rights.py`. A page of another desk, a row of another prison and a page
that does not exist all give the same 404. In a request there are `g.db` (a
session that only reads for GET, one that writes and keeps the audit for
POST), `g.now`, and on every page of a desk `g.account`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from flask import Flask, Response, abort, g, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel.sql.expression import SelectOfScalar

from matcher.accounts import is_due_to_be_seen, stay_on, whose_stay, whose_stay_lapsed
from matcher.deputies import stand_in
from models.accounts import Account
from models.audit import Hand
from models.rows import Row
from web import floods, unsent
from web.desks import desk_for
from web.kiosk_stay import at_kiosk
from web.page_rights import may_ask
from web.surroundings import Surroundings, surroundings

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
READING = frozenset({"GET", "HEAD", "OPTIONS"})

Found = TypeVar("Found")


def register(app: Flask) -> None:
    """Put the guard before and behind every request of an application."""
    for step in (_open, _ask, _take_in, _write_seen, floods.count, unsent.find):
        app.before_request(step)
    app.after_request(_seal)
    app.after_request(unsent.forget_sent)
    app.teardown_request(_close)
    app.context_processor(_navigation)


def one_or_404(seen: SelectOfScalar[Found]) -> Found:
    """Return the one row that the person who looks may see, or the 404 of a page not there."""
    row: Found | None = g.db.exec(seen).one_or_none()
    if row is None:
        abort(404)
    return row


def one_or(seen: SelectOfScalar[Found], otherwise: Callable[[], ResponseReturnValue]) -> Found:
    """Return the one row that the person who looks may see, or answer as `otherwise` does."""
    row: Found | None = g.db.exec(seen).one_or_none()
    if row is None:
        abort(make_response(otherwise()))
    return row


def note_read(row: Row, fields: Iterable[str]) -> None:
    """Keep in the audit that sensitive fields of a row are shown to the person who looks."""
    with surroundings().writing() as db:
        db.write_as(_hand())
        db.note_read(row, fields)
        db.commit()


def sign_out_of_browser() -> None:
    """Forget everything that the browser holds for us."""
    session.clear()


def _open() -> None:
    """Find out who asks; the session of this request begins nothing until it is used."""
    around = surroundings()
    g.account, g.stay, g.lapsed, g.is_to_be_seen = None, None, None, False
    g.standing_in = []
    if request.endpoint in {"static", "health.healthz"}:
        return
    g.now = around.now()
    _find_stay(around)
    g.db = around.reading() if request.method in READING else around.writing()
    if request.method not in READING:
        g.db.write_as(_hand())
    if "\0" in request.path:
        abort(404)  # PostgreSQL can keep no such sign, nor look for it


def _find_stay(around: Surroundings) -> None:
    """Look the stay up in a session that only reads: who asks may have no right to any lock.

    The browser keeps the token of a stay that is over by time alone: it says
    whose words come too late, and opens nothing.
    """
    token = session.get("stay")
    if not token:
        return
    now = around.real_now()
    with around.reading() as db:
        found = whose_stay(db, token, now=now)
        g.standing_in = stand_in(db, found[0], now=g.now) if found else []
        g.lapsed = None if found else whose_stay_lapsed(db, token, now=now)
        db.expunge_all()
    if found:
        g.account, g.stay = found
        g.is_to_be_seen = is_due_to_be_seen(g.stay, now=now)
    elif g.lapsed is None:
        session.pop("stay")


def _take_in() -> None:
    """Read all that is sent before a view may begin to write: a slow line holds no lock."""
    if request.method not in READING:
        _ = request.form, request.files


def _write_seen() -> None:
    """Write down now and then that a stay is in use."""
    if g.is_to_be_seen:
        around = surroundings()
        with around.writing() as db:
            stay_on(db, session["stay"], now=around.real_now())
            db.commit()


def _hand() -> Hand:
    account: Account | None = g.account
    return Hand(account.id if account else None, at=g.now, origin=request.remote_addr or "")


def _ask() -> ResponseReturnValue | None:
    """Let through who may pass; send who has not signed in to do so; 404 for all else.

    From a kiosk all ways lead to its own first page.
    """
    if request.endpoint is None:
        return None
    if at_kiosk():
        is_open = may_ask(request.endpoint, g.account.role, kiosk=True)
        return None if is_open else redirect(url_for("kiosk.start"))
    if may_ask(request.endpoint, None):
        return None
    if g.account is None:
        return _to_sign_in()
    if not may_ask(request.endpoint, g.account.role):
        abort(404)
    return None


def _to_sign_in() -> ResponseReturnValue:
    """Lead to signing in, and keep which page was asked for, or what was sent too late."""
    if request.method in READING:
        session["next"] = request.full_path if request.query_string else request.path
    elif g.lapsed is not None:
        unsent.keep(g.lapsed)
    else:
        unsent.note_lost()
    return redirect(url_for("sign_in.sign_in"))


def _seal(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if not surroundings().settings.demo:
        response.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response


def _close(_error: BaseException | None) -> None:
    """Let the session go; the answer stands, even if the database has just gone away."""
    db = g.pop("db", None)
    if db is not None:
        try:
            db.close()
        except SQLAlchemyError:
            db.invalidate()


def _navigation() -> dict[str, Any]:
    """Return what the skeleton of every page shows: navigation, service, demo."""
    settings = surroundings().settings
    account: Account | None = g.get("account")
    links = desk_for(account.role).links if account and not at_kiosk() else ()
    return {
        "desk_links": [
            (label, url_for(endpoint), endpoint == request.endpoint) for label, endpoint in links
        ],
        "standing_in": g.get("standing_in", []),
        "service": {"phone": settings.service_phone, "post": settings.service_post},
    }
