"""What happens to a leaver or a mentor: the manager tells it, sees what follows, confirms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, g, url_for
from flask.typing import ResponseReturnValue
from sqlmodel.sql.expression import SelectOfScalar

from matcher.desks.twins_compared import TwinCard, open_twins_of
from models.access import leavers_seen_by, mentors_seen_by
from models.people import Leaver, Mentor
from web import happenings
from web.guard import one_or_404
from web.happenings import Place
from web.manager_reads import NAMED_IN_LISTS
from web.reading_noted import note_reads

pages = Blueprint("manager_events", __name__, url_prefix="/manager")


@pages.route("/leavers/<uuid:leaver_id>/events/<name>", methods=["GET", "POST"])
def of_leaver(leaver_id: UUID, name: str) -> ResponseReturnValue:
    """Ask what happened to a leaver, then show what follows from it."""
    telling = happenings.telling_of(Leaver, name)
    return happenings.ask(_leaver(leaver_id, name), telling)


@pages.post("/leavers/<uuid:leaver_id>/events/<name>/confirmation")
def confirm_of_leaver(leaver_id: UUID, name: str) -> ResponseReturnValue:
    """Keep what happened to a leaver."""
    telling = happenings.telling_of(Leaver, name)
    return happenings.keep(_leaver(leaver_id, name), telling)


@pages.route("/mentors/<uuid:mentor_id>/events/<name>", methods=["GET", "POST"])
def of_mentor(mentor_id: UUID, name: str) -> ResponseReturnValue:
    """Ask what happened to a mentor, then show what follows from it."""
    telling = happenings.telling_of(Mentor, name)
    return happenings.ask(_mentor(mentor_id, name), telling)


@pages.post("/mentors/<uuid:mentor_id>/events/<name>/confirmation")
def confirm_of_mentor(mentor_id: UUID, name: str) -> ResponseReturnValue:
    """Keep what happened to a mentor."""
    telling = happenings.telling_of(Mentor, name)
    return happenings.keep(_mentor(mentor_id, name), telling)


def _leaver(leaver_id: UUID, name: str) -> Place:
    seen = leavers_seen_by(g.account, g.now).where(Leaver.id == leaver_id)
    found = one_or_404(seen)
    here: dict[str, Any] = {"leaver_id": leaver_id, "name": name}
    back = url_for("manager_people.leaver", leaver_id=leaver_id)
    return Place(
        person=found,
        caption=f"{found.first_name} ({found.code})",
        back=back,
        tell=url_for("manager_events.of_leaver", **here),
        confirm=url_for("manager_events.confirm_of_leaver", **here),
        noted=lambda: note_reads([found], NAMED_IN_LISTS),
        done=lambda: _if_still_seen(seen, back),
        twins=_twins(found, name),
    )


def _mentor(mentor_id: UUID, name: str) -> Place:
    seen = mentors_seen_by(g.account).where(Mentor.id == mentor_id)
    found = one_or_404(seen)
    here: dict[str, Any] = {"mentor_id": mentor_id, "name": name}
    back = url_for("manager_people.mentor", mentor_id=mentor_id)
    return Place(
        person=found,
        caption=f"{found.first_name} ({found.code})",
        back=back,
        tell=url_for("manager_events.of_mentor", **here),
        confirm=url_for("manager_events.confirm_of_mentor", **here),
        noted=lambda: None,
        done=lambda: _if_still_seen(seen, back),
        twins=_twins(found, name),
    )


def _twins(found: Leaver | Mentor, name: str) -> list[TwinCard]:
    """Return the records that may be the same person, on the page where that is told."""
    return open_twins_of(g.db, g.account, found, g.now) if name == "same-person" else []


def _if_still_seen(seen: SelectOfScalar[Leaver] | SelectOfScalar[Mentor], page: str) -> str:
    """Return the page of whom it was about, or Today once they are another region's again."""
    return page if g.db.exec(seen).first() else url_for("manager.today")
