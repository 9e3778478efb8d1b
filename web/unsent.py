"""What was sent when a stay was over: kept, shown again after signing in, and sent by the person.

A form that arrives too late is kept for the account whose stay it was, and
for nobody else. The page it was typed on then shows it as it was typed;
nothing is checked and nothing is done until the person sends it again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, g, request, session, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import MultiDict
from wtforms.widgets import HiddenInput

from matcher import unsent
from models.accounts import Account, Unsent
from models.audit import Hand
from web.desks import desk_for, desk_of, has_page
from web.errors import NOT_TYPED, is_secret, sent_from_here, what_was_typed
from web.kiosk_stay import at_kiosk


@dataclass
class NotSent:
    """One page as it was typed. `is_stale`: what it is about has changed since."""

    sent_to: str
    page: str
    with_file: bool
    fields: tuple[tuple[str, str], ...] = field(repr=False)
    is_stale: bool = False
    taken_by: Any = field(default=None, repr=False)

    @cached_property
    def typed(self) -> list[tuple[str, str]]:
        """What was typed, as a list for reading."""
        return what_was_typed(self.fields)

    def typed_for(self, form: Any) -> MultiDict[str, str] | None:
        """Return what was typed, if it was typed into such a form and none has it yet."""
        if self.taken_by is not None or not self._fits(form):
            return None
        self.taken_by = form
        return MultiDict(list(self.fields))

    def compare(self, form: Any, version: str) -> None:
        """Note whether the row that the form is about has changed since it was typed."""
        typed_at = form.version.data
        self.is_stale |= self.taken_by is form and bool(typed_at) and typed_at != version

    def _fits(self, form: Any) -> bool:
        """Say whether the form asks for all that was sent; boxes left empty send nothing."""
        names = {name for name, _ in self.fields} - NOT_TYPED
        asked = [one.name for one in form if not isinstance(one.widget, HiddenInput)]
        asked += form.asks_also
        if not names:
            return bool(asked) and self.sent_to == self.page
        return all(_is_of(name, asked) for name in names)


def keep(account: Account) -> None:
    """Keep what was just sent by whoever was signed in as `account` until a while ago."""
    if _is_of_desk(account, request.blueprint) and _comes_from_our_page():
        fields = [one for one in request.form.items(multi=True) if not is_secret(one[0])]
        with_file = any(file.filename for file in request.files.values())
        session["unsent"] = True
        session.pop("next", None)
        g.db.write_as(Hand(account.id, at=g.now, origin=request.remote_addr or ""))
        told = {"sent_to": request.path, "page": _page_of(account), "now": g.now}
        try:
            unsent.keep(g.db, account, fields=fields, with_file=with_file, **told)
            g.db.commit()
        except IntegrityError:
            # The button was pressed twice: the other press has kept the same words.
            g.db.rollback()


def note_lost() -> None:
    """Note that something was sent after signing out: nobody may find it here, so it is gone.

    Only what a page of ours sent is noted: another site's would end the stay of whoever is in.
    """
    if desk_of(request.blueprint) is not None and sent_from_here():
        session["lost"] = True


def find() -> None:
    """Find what whoever looks has not sent yet; `g.unsent_here` belongs to the page asked for."""
    is_nobodys = g.get("account") is None or at_kiosk()
    if not session.get("unsent") or is_nobodys or request.method == "POST":
        return
    g.unsent = not_sent()
    g.unsent_here = next((one for one in g.unsent if _path(one.page) == request.path), None)
    if not g.unsent:
        session.pop("unsent")


def not_sent() -> list[NotSent]:
    """Return all that whoever is signed in has not sent yet, the newest first."""
    return [_as_typed(row) for row in unsent.kept_for(g.db, g.account, now=g.now)]


def forget_sent(response: Response) -> Response:
    """Forget what was kept for a path, once it was sent there and taken."""
    taken = request.method == "POST" and response.status_code < 400
    if taken and session.get("unsent") and g.get("account") is not None:
        g.db.rollback()
        unsent.throw_away(g.db, g.account, sent_to=request.path)
        g.db.commit()
    return response


def _as_typed(row: Unsent) -> NotSent:
    return NotSent(row.sent_to, row.page, row.with_file, row.fields)


def _page_of(account: Account) -> str:
    """Return where it was typed: the page it was sent to, else the page of ours it came from."""
    rule = request.url_rule
    if rule is not None and "GET" in (rule.methods or ()):
        return request.path
    came_from = urlsplit(request.referrer or "")
    if came_from.netloc == request.host and has_page(account.role, came_from.path):
        return came_from.path + (f"?{came_from.query}" if came_from.query else "")
    return url_for(desk_for(account.role).start)


def _is_of_desk(account: Account, blueprint: str | None) -> bool:
    desk = desk_of(blueprint)
    return desk is not None and desk.role is account.role


def _comes_from_our_page() -> bool:
    """Say whether a page of ours sent this, by its token: no other puts words in a mouth."""
    if not current_app.config["WTF_CSRF_ENABLED"]:
        return True
    try:
        current_app.extensions["csrf"].protect()
    except CSRFError:
        return False
    return True


def _is_of(name: str, asked: list[str]) -> bool:
    """Say whether an input belongs to a question: its own, or one of its many small ones."""
    return any(name == question or name.startswith(f"{question}-") for question in asked)


def _path(address: str) -> str:
    return urlsplit(address).path
