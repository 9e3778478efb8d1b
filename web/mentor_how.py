"""How a meeting went, in two taps: how it was, and whether the mentor wants to be rung."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher import how_it_went
from matcher.desks.mentor_meetings import MeetingCard
from matcher.desks.mentor_pairs import pair_cards
from models.access import meetings_seen_by
from models.desk_words import Went
from models.meetings import Meeting
from models.states import MeetingState
from web.fields import WordField, YesNoField
from web.forms import NOTICE, DeskForm
from web.guard import one_or_404
from web.mentor_reads import note_pairs

pages = Blueprint("mentor_how", __name__, url_prefix="/mentor/meetings")

RING = "Thank you. Your manager will ring you."
ALL_IS_WELL = "Thank you for telling us."
TOLD_BEFORE = "You have told us how it went. Thank you. If that has changed, please ring us."


class WentForm(DeskForm):
    """The first tap: how it was."""

    went = WordField("How did it go?", Went, missing="Tap how it went.")


class CallForm(DeskForm):
    """The second tap: whether somebody is to ring."""

    call = YesNoField("Do you want us to ring you about it?", missing="Tap yes or no.")


@pages.route("/<uuid:meeting_id>/how", methods=["GET", "POST"])
def tell(meeting_id: UUID) -> ResponseReturnValue:
    """Ask how a meeting was that was held, then whether to ring; each is one tap."""
    meeting, card = _found(meeting_id)
    told = how_it_went.told_of(g.db, meeting)
    if request.method == "GET" and told and told.wants_call is not None:
        flash(TOLD_BEFORE, NOTICE)
        return redirect(url_for("mentor.start"))
    form = CallForm() if told else WentForm()
    if form.validate_on_submit():
        return _take(form, meeting)
    note_pairs([meeting.pair_id])
    return render_template("mentor/how.html", form=form, card=card, told=told), form.status


def _take(form: WentForm | CallForm, meeting: Meeting) -> ResponseReturnValue:
    by = {"by": g.account.id, "now": g.now}
    if isinstance(form, WentForm):
        how_it_went.tell(g.db, meeting, form.went.data, **by)
        g.db.commit()
        return redirect(request.path)
    how_it_went.ask_for_call(g.db, meeting, wants=form.call.data, **by)
    g.db.commit()
    flash(RING if form.call.data else ALL_IS_WELL)
    return redirect(url_for("mentor.start"))


def _found(meeting_id: UUID) -> tuple[Meeting, MeetingCard]:
    """Return a meeting of the mentor's own that was held, and its card."""
    seen = meetings_seen_by(g.account, g.now).where(Meeting.id == meeting_id)
    meeting = one_or_404(seen.where(Meeting.state == MeetingState.HELD))
    pairs = pair_cards(g.db, g.account, g.now, only=meeting.pair_id)
    cards = [card for pair in pairs for card in pair.meetings if card.id == meeting_id]
    return meeting, cards[0] if cards else abort(404)
