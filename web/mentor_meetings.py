"""One meeting: the mentor books what comes after the release, and says whether it was held."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matcher import bookings, outcomes
from matcher.bookings import Booking
from matcher.desks.meeting_questions import MEET, Question
from matcher.desks.mentor_meetings import MeetingCard
from matcher.desks.mentor_pairs import pair_cards
from matcher.meeting_days import OPEN
from matcher.plans.through_the_gate import PROOF as AFTER_RELEASE
from models.access import meetings_seen_by, pairs_seen_by
from models.meetings import Meeting
from models.pairs import Pair
from models.states import Absentee, MeetingState
from web.fields import DateField, TextField, TimeField, WordField
from web.forms import DeskForm
from web.guard import one_or_404
from web.mentor_reads import note_pairs
from web.refusals import refusals_on
from web.words import today

pages = Blueprint("mentor_meetings", __name__, url_prefix="/mentor/meetings")

MINUTES = 60
"""How long a meeting that a mentor books is taken to last."""

DAYS_OVER = (
    "The days for this are over, so there is no time to set. "
    "If you have not been in touch, do it today. Then tell us below which day it was."
)
ANSWERED = (MeetingState.HELD, MeetingState.MISSED)
WHAT_NEXT = {
    Absentee.LEAVER: "Thank you for telling us. Your manager will find out what happened and be "
    "in touch with you. Go on with the next meeting as planned.",
    Absentee.MENTOR: "Thank you for telling us. Your manager will be in touch, and will help you "
    "to set another day.",
    Absentee.PRISON: "Thank you for telling us. We will ask the prison for another day, and you "
    "will hear from us.",
}


class BookingForm(DeskForm):
    """The day, the time and the place of a meeting after the release."""

    day = DateField("Which day?", earliest=today, missing="Write the day.")
    starts = TimeField("What time?", missing="Write the time.", hint="For example, 2pm or 14:30.")
    place = TextField(
        "Where?",
        missing="Write where you meet. For a call, write “By phone”.",
        hint="A public place is best, such as a café or a library. For a call, write “By phone”.",
    )


class HeldForm(DeskForm):
    """That two people met, on the day that was booked."""


class HeldOnForm(DeskForm):
    """That two people met, and on which day: nothing was booked."""

    on = DateField(MEET.which_day, latest=today, missing=MEET.write_the_day)

    def in_words_of(self, question: Question) -> Self:
        """Ask for the day in the words of this kind of meeting."""
        self.on.label.text, self.on.missing = question.which_day, question.write_the_day
        return self


class MissedForm(DeskForm):
    """Who was not there."""

    who = WordField("Who was not there?", Absentee, missing="Choose who was not there.")


@pages.route("/<uuid:meeting_id>/booking", methods=["GET", "POST"])
def book(meeting_id: UUID) -> ResponseReturnValue:
    """Book a meeting after the release, or book it again."""
    meeting, card = _found(meeting_id)
    if not card.can_book:
        return _nothing_to_book(meeting, card)
    form = BookingForm(data=_as_booked(meeting)).about(meeting)
    if form.validate_on_submit():
        with refusals_on(form):
            bookings.book(g.db, meeting, _booking(form), by=g.account.id, now=g.now)
            g.db.commit()
            flash("It is booked, and in your diary.")
            return _to_the_pair(card)
    note_pairs([meeting.pair_id])
    return render_template("mentor/booking.html", form=form, card=card), form.status


@pages.route("/<uuid:meeting_id>/held", methods=["GET", "POST"])
def held(meeting_id: UUID) -> ResponseReturnValue:
    """Yes, they met; where nothing was booked, the day is asked."""
    meeting, card = _found(meeting_id)
    if not card.can_answer:
        return _nothing_to_answer(meeting)
    form = HeldForm() if card.has_one_day else HeldOnForm().in_words_of(card.question)
    form.about(meeting)
    if form.validate_on_submit():
        on = None if card.has_one_day else form.on.data
        with refusals_on(form):
            outcomes.held(g.db, meeting, on=on, by=g.account.id, now=g.now)
            g.db.commit()
            flash(f"Thank you. We have written down that {card.question.you_did}.")
            return _after(meeting)
    note_pairs([meeting.pair_id])
    return render_template("mentor/held.html", form=form, card=card), form.status


@pages.route("/<uuid:meeting_id>/missed", methods=["GET", "POST"])
def missed(meeting_id: UUID) -> ResponseReturnValue:
    """No, they did not meet: who was not there, and what happens next."""
    meeting, card = _found(meeting_id)
    if not card.can_answer:
        return _nothing_to_answer(meeting)
    form = MissedForm().about(meeting)
    form.who.choices = [(who.value, _said_of(who, card)) for who in outcomes.who_may_miss(meeting)]
    if form.validate_on_submit():
        with refusals_on(form):
            outcomes.missed(g.db, meeting, who=form.who.data, by=g.account.id, now=g.now)
            g.db.commit()
            flash(WHAT_NEXT[form.who.data])
            return redirect(url_for("mentor.start"))
    note_pairs([meeting.pair_id])
    return render_template("mentor/missed.html", form=form, card=card), form.status


def _found(meeting_id: UUID) -> tuple[Meeting, MeetingCard]:
    """Return a meeting of the mentor's own and its card, or the 404 of a page not there."""
    meeting = one_or_404(meetings_seen_by(g.account, g.now).where(Meeting.id == meeting_id))
    pairs = pair_cards(g.db, g.account, g.now, only=meeting.pair_id)
    cards = [card for pair in pairs for card in pair.meetings if card.id == meeting_id]
    return meeting, cards[0] if cards else abort(404)


def _after(meeting: Meeting) -> ResponseReturnValue:
    """Ask how it went, unless it was the last meeting and the pair has ended with it."""
    seen = pairs_seen_by(g.account, g.now).where(Pair.id == meeting.pair_id)
    if one_or_404(seen).is_live:
        return redirect(url_for("mentor_how.tell", meeting_id=meeting.id))
    return redirect(url_for("mentor.start"))


def _nothing_to_book(meeting: Meeting, card: MeetingCard) -> ResponseReturnValue:
    """Say why no time can be set any more; a meeting that others book has no such page."""
    if meeting.kind not in AFTER_RELEASE:
        abort(404)
    flash(DAYS_OVER if meeting.state in OPEN else "You have told us about this already. Thank you.")
    return _to_the_pair(card)


def _nothing_to_answer(meeting: Meeting) -> ResponseReturnValue:
    """Lead back whoever answers twice; a meeting still to come has no such page."""
    if meeting.state not in ANSWERED:
        abort(404)
    flash("You have told us about this already. Thank you.")
    return redirect(url_for("mentor.start"))


def _said_of(who: Absentee, card: MeetingCard) -> str:
    said = {Absentee.LEAVER: card.first_name, Absentee.MENTOR: "I was not there"}
    return said.get(who, outcomes.WHO_WAS_MISSING[who])


def _as_booked(meeting: Meeting) -> dict[str, object]:
    local = meeting.starts_local
    if meeting.state is not MeetingState.BOOKED or local is None:
        return {}
    return {"day": local.date(), "starts": local.time(), "place": meeting.place}


def _booking(form: BookingForm) -> Booking:
    starts = datetime.combine(form.day.data, form.starts.data)
    return Booking(starts_local=starts, minutes=MINUTES, place=form.place.data)


def _to_the_pair(card: MeetingCard) -> ResponseReturnValue:
    return redirect(url_for("mentor_pairs.pair", pair_id=card.pair_id))
