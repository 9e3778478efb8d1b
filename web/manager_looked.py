"""Who looked at what: about one person, and with one's own account."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.desks.looked import done_by_account, looked_at_person
from models.access import leavers_seen_by, mentors_seen_by
from models.people import Leaver, Mentor
from web.guard import note_read, one_or_404

pages = Blueprint("manager_looked", __name__, url_prefix="/manager/looked")


@pages.get("/leavers/<uuid:leaver_id>")
def leaver(leaver_id: UUID) -> ResponseReturnValue:
    """Show who did or saw what of a leaver."""
    found = one_or_404(leavers_seen_by(g.account, g.now).where(Leaver.id == leaver_id))
    back = url_for("manager_people.leaver", leaver_id=leaver_id)
    return _of_person(found, Leaver, back)


@pages.get("/mentors/<uuid:mentor_id>")
def mentor(mentor_id: UUID) -> ResponseReturnValue:
    """Show who did or saw what of a mentor."""
    found = one_or_404(mentors_seen_by(g.account).where(Mentor.id == mentor_id))
    back = url_for("manager_people.mentor", mentor_id=mentor_id)
    return _of_person(found, Mentor, back)


@pages.get("/me")
def me() -> ResponseReturnValue:
    """Show what was done and seen with the account of whoever looks."""
    looked = done_by_account(g.db, g.account, _page_asked_for())
    told = {"about": None, "back": url_for("manager.today"), "here": url_for(".me")}
    return render_template("manager/looked.html", looked=looked, **told)


def _of_person(found: Leaver | Mentor, kind: type, back: str) -> ResponseReturnValue:
    note_read(found, ("first_name", "who_looked"))
    looked = looked_at_person(g.db, found.id, kind, _page_asked_for())
    told = {"about": found, "back": back, "here": request.path}
    return render_template("manager/looked.html", looked=looked, **told)


def _page_asked_for() -> int:
    return request.args.get("page", 1, int)
