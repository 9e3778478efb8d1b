"""The region's pairs and their meetings as lists: how far each is, and what is next."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template
from flask.typing import ResponseReturnValue

from matcher.desks.paging import ROWS_PER_PAGE, Paged
from matcher.desks.region_pairs import MeetingRow, PairRow, meetings_listed, pairs_listed
from models.states import MeetingState, PairState
from web.fields import WordField
from web.forms import DeskForm
from web.lists_asked import ListAsked, filters_of, list_asked, state_asked
from web.manager_reads import note_list

pages = Blueprint("manager_pair_lists", __name__, url_prefix="/manager")


class PairFilter(DeskForm):
    """Which pairs to show; it lives in the address."""

    state = WordField("How far they have come", PairState, as_list=True)


class MeetingFilter(DeskForm):
    """Which meetings to show; it lives in the address."""

    state = WordField("How far they have come", MeetingState, as_list=True)


@pages.route("/pairs/", methods=["GET", "POST"])
def pairs() -> ResponseReturnValue:
    """Show the pairs of the region, those that live first, and what is next for each."""
    state = state_asked(PairState)
    asked = list_asked(state=state)
    if asked.leads_to:
        return redirect(asked.leads_to)
    form = filters_of(PairFilter(), state=state)
    told = {"found": pairs_of(asked, state), "asked": asked, "form": form}
    return render_template("manager/pairs.html", **told), asked.form.status


@pages.route("/meetings/", methods=["GET", "POST"])
def meetings() -> ResponseReturnValue:
    """Show the meetings of the region's pairs, the next to come first."""
    state = state_asked(MeetingState)
    asked = list_asked(state=state)
    if asked.leads_to:
        return redirect(asked.leads_to)
    form = filters_of(MeetingFilter(), state=state)
    told = {"found": meetings_of(asked, state), "asked": asked, "form": form}
    return render_template("manager/meetings.html", **told), asked.form.status


def pairs_of(
    asked: ListAsked, state: PairState | None, size: int = ROWS_PER_PAGE
) -> Paged[PairRow]:
    """Return the pairs that are asked for, and keep in the audit whom they name."""
    found = pairs_listed(g.db, g.account, g.now, state, asked.part(size))
    mentors = (one.mentor_id for one in found.rows)
    note_list(asked, leavers=(one.leaver_id for one in found.rows), mentors=mentors)
    return found


def meetings_of(
    asked: ListAsked, state: MeetingState | None, size: int = ROWS_PER_PAGE
) -> Paged[MeetingRow]:
    """Return the meetings that are asked for, and keep in the audit whom they name."""
    found = meetings_listed(g.db, g.account, g.now, state, asked.part(size))
    mentors = (one.mentor_id for one in found.rows)
    note_list(asked, leavers=(one.leaver_id for one in found.rows), mentors=mentors)
    return found
