"""When something goes wrong: one plain page for each kind, and nothing typed is lost.

A page about a row that someone else has just changed is shown again by its
own view, with what was typed. Where a view has no form, and in every other
case, a page lists what was typed and offers to send it again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import (
    IntegrityError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError
from werkzeug.wrappers import Response

from models.moves import IllegalMove
from web.forms import Stale

CHANGED_MEANWHILE = (StaleDataError, IllegalMove, IntegrityError, Stale)
NO_ANSWER = (OperationalError, InterfaceError, NoConnectionLeft)

SECRET = {"password", "passwords", "csrf", "token", "secret", "otp", "totp"}
"""No field with one of these words in its name is ever shown again."""

ONE_TIME = {"code", "one_time_code"}
NOT_TYPED = {"version", "submit", "meanwhile"}
PAGES = {400, 404, 405, 413, 429}
"""Statuses with a page of their own; any other is said in general words."""

SAME_AS_ABSENT = {401, 403, 410}
"""Statuses that would tell that a thing exists: they read as "not found"."""


def register(app: Flask) -> None:
    """Give `app` a page for everything that can go wrong."""
    for changed in CHANGED_MEANWHILE:
        app.register_error_handler(changed, changed_meanwhile)
    for no_answer in NO_ANSWER:
        app.register_error_handler(no_answer, database_does_not_answer)
    app.register_error_handler(CSRFError, open_too_long)
    app.register_error_handler(InternalServerError, our_fault)
    app.register_error_handler(SecurityError, asked_by_another_name)
    app.register_error_handler(HTTPException, said_plainly)


def asked_by_another_name(_error: SecurityError) -> ResponseReturnValue:
    """Refuse a host name that is not ours, in plain text: no address can be made for a page."""
    return "Bad request.\n", 400, {"Content-Type": "text/plain; charset=utf-8"}


def said_plainly(error: HTTPException) -> ResponseReturnValue:
    """Show the page of an HTTP error, with the headers that belong to it."""
    status = error.code or 500
    if status < 400:
        return error
    if status in SAME_AS_ABSENT:
        status = 404
    page = f"errors/{status if status in PAGES else 'other'}.html"
    response = make_response(error.get_response())
    response.status_code = status
    response.set_data(render_template(page))
    return response


def open_too_long(_error: CSRFError) -> ResponseReturnValue:
    """Show what was typed and offer to send it again, with a fresh token."""
    return _with_what_was_typed("open_too_long", 400)


def too_much(sentence: str) -> ResponseReturnValue:
    """Say how long to wait, and show what was typed."""
    g.too_much = sentence
    return _with_what_was_typed("too_much", 429)


def database_does_not_answer(error: SQLAlchemyError) -> ResponseReturnValue:
    """Say that it is us, and when to try again."""
    current_app.logger.error("The database does not answer: %s", type(error).__name__)
    _let_go()
    g.account = None
    response = make_response(_with_what_was_typed("503", 503))
    response.headers["Retry-After"] = "60"
    return response


def our_fault(_error: InternalServerError) -> ResponseReturnValue:
    """Say that it is us and that nothing was changed; no more than that."""
    _let_go()
    g.account = None
    return _with_what_was_typed("500", 500)


def changed_meanwhile(_error: Exception) -> ResponseReturnValue:
    """Show the page again as it is now, with what was typed, or list what was typed.

    The view is asked once more only if it holds a form: its form then refuses
    to act. A view without one might act on what the person has not seen.
    """
    _let_go()
    if g.get("stale") or not g.get("has_form"):
        return _with_what_was_typed("409", 409)
    g.stale = True
    try:
        response = _shown_again()
    except (*CHANGED_MEANWHILE, HTTPException):
        _let_go()
        return _with_what_was_typed("409", 409)
    return response


def what_was_typed(fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return what a person may see again of the fields sent: the name in words, and the value."""
    told: dict[str, list[str]] = {}
    for name, value in fields:
        if value.strip() and not is_secret(name) and name not in NOT_TYPED:
            told.setdefault(name, []).append(value)
    return [
        (re.sub(r"[\W_]+", " ", name).strip().capitalize(), ", ".join(values))
        for name, values in told.items()
    ]


def is_secret(name: str) -> bool:
    """Say whether a field's value is never to be shown again."""
    return bool(SECRET & set(re.split(r"[\W_]+", name.lower()))) or name.lower() in ONE_TIME


def _shown_again() -> Response:
    view = current_app.view_functions[request.endpoint or ""]
    arguments: dict[str, Any] = request.view_args or {}
    response = make_response(current_app.ensure_sync(view)(**arguments))
    if response.status_code < 300 or response.status_code == 422:
        response.status_code = 409
    return response


def _with_what_was_typed(page: str, status: int) -> ResponseReturnValue:
    fields = _sent()
    again = [(name, value) for name, value in fields if not is_secret(name)]
    whole = all(name == "csrf_token" for name, _ in fields if is_secret(name))
    may_send_again = whole and not request.files and sent_from_here()
    return render_template(
        f"errors/{page}.html",
        typed=what_was_typed(fields),
        again=again if may_send_again else None,
        back_to=_came_from(),
    ), status


def _sent() -> list[tuple[str, str]]:
    """Return the fields sent; none when they are too many to be read."""
    with suppress(HTTPException):
        return list(request.form.items(multi=True))
    return []


def sent_from_here() -> bool:
    """Say whether one of our own pages sent this: nobody else's words are offered for sending."""
    sent_by = request.headers.get("Origin") or request.headers.get("Referer") or ""
    here = request.headers.get("Sec-Fetch-Site") == "same-origin"
    return request.method == "POST" and (here or urlsplit(sent_by).netloc == request.host)


def _came_from() -> str:
    """Return the page of ours that led here, else the start page."""
    before = urlsplit(request.headers.get("Referer") or "")
    if before.netloc != request.host or not before.path.startswith("/"):
        return "/"
    return f"/{before.path.lstrip('/')}" + (f"?{before.query}" if before.query else "")


def _let_go() -> None:
    """Undo what is not committed; a database that is gone has nothing to undo."""
    if "db" in g:
        with suppress(SQLAlchemyError):
            g.db.rollback()
