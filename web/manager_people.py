"""Leavers and mentors as the manager sees them; nothing is changed here."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from matcher.desks.expenses_listed import waiting_expenses
from matcher.desks.leaver_record import leaver_record
from matcher.desks.mentor_record import mentor_record
from matcher.desks.paging import ROWS_PER_PAGE, Paged
from matcher.desks.region_lists import MentorRow, mentors_listed
from matcher.desks.story import story_of
from models.access import leavers_seen_by, mentors_seen_by
from models.people import Leaver, Mentor
from models.states import MentorState
from web.fields import WordField
from web.forms import DeskForm
from web.guard import note_read, one_or_404
from web.happenings import open_tellings
from web.lists_asked import ListAsked, filters_of, list_asked, state_asked
from web.manager_reads import note_list
from web.manager_referrals import IDENTITY

pages = Blueprint("manager_people", __name__, url_prefix="/manager")

VETTING = (
    *("contact", "assessment", "clearances", "supervision", "term", "licence"),
    *("training", "load", "coach"),
)


class MentorFilter(DeskForm):
    """Which mentors to show; it lives in the address."""

    state = WordField("Standing", MentorState, as_list=True)


@pages.get("/leavers/<uuid:leaver_id>")
def leaver(leaver_id: UUID) -> ResponseReturnValue:
    """Show one leaver; who they are by name and number only when asked for."""
    found = one_or_404(leavers_seen_by(g.account, g.now).where(Leaver.id == leaver_id))
    shown = request.args.get("show") == "identity"
    note_read(found, (*IDENTITY, "contact") if shown else ("contact",))
    record = leaver_record(g.db, g.account, found, g.now)
    told = {"story": story_of(g.db, g.account, found), "tellings": open_tellings(found)}
    return render_template("manager/leaver.html", record=record, shown=shown, **told)


@pages.route("/mentors", methods=["GET", "POST"])
def mentors() -> ResponseReturnValue:
    """Show the mentors who live in the region or walk with someone who resettles there."""
    state = state_asked(MentorState)
    asked = list_asked(state=state)
    if asked.leads_to:
        return redirect(asked.leads_to)
    form = filters_of(MentorFilter(), state=state)
    told = {"found": mentors_of(asked, state), "asked": asked, "form": form}
    waiting = waiting_expenses(g.db, g.account)
    return render_template("manager/mentors.html", waiting=waiting, **told), asked.form.status


def mentors_of(
    asked: ListAsked, state: MentorState | None, size: int = ROWS_PER_PAGE
) -> Paged[MentorRow]:
    """Return the mentors that are asked for, and keep in the audit whom a search has found."""
    found = mentors_listed(g.db, g.account, state, asked.part(size))
    note_list(asked, leavers=(), mentors=(one.mentor_id for one in found.rows))
    return found


@pages.get("/mentors/<uuid:mentor_id>")
def mentor(mentor_id: UUID) -> ResponseReturnValue:
    """Show one mentor: what vets them, and what lapses next."""
    found = one_or_404(mentors_seen_by(g.account).where(Mentor.id == mentor_id))
    note_read(found, VETTING)
    record = mentor_record(g.db, g.account, found, g.now)
    told = {"story": story_of(g.db, g.account, found), "tellings": open_tellings(found)}
    is_kept = found.region in g.account.regions
    return render_template("manager/mentor.html", record=record, is_kept=is_kept, **told)
