"""Meetings of a leaver and their mentor at the liaison's desk: booking them, and the gate plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.validators import ValidationError

from matcher import bookings, gate_day
from matcher.bookings import LONGEST, Booking
from matcher.desks.liaison_pair import PairCard, meeting_card, pair_card
from matcher.desks.rows_shown import leavers_shown
from matcher.gate_day import LONGEST_THING, GatePlanFacts
from matcher.printing.letter_facts import THINGS_AT_MOST
from models.access import meetings_seen_by, pairs_seen_by
from models.meetings import Meeting
from models.pairs import Pair
from models.states import MeetingKind
from web.fields import (
    DateField,
    NameField,
    NumberField,
    PhoneField,
    TextField,
    TimeField,
)
from web.forms import DeskForm
from web.guard import one_or_404
from web.reading_noted import note_reads
from web.refusals import refusals_on
from web.words import local

LONGEST_PLACE = 110
"""Signs; with a reference the place still fits on a printed sheet."""

NAMED = ("first_name", "surname")
"""What both pages show of the leaver, so that nothing is booked for the wrong one."""

pages = Blueprint("liaison_meetings", __name__, url_prefix="/liaison")


@dataclass(frozen=True)
class Place:
    """How a kind of meeting asks where it is."""

    label: str
    hint: str
    missing: str


PLACES: Mapping[MeetingKind, Place] = {
    MeetingKind.VIDEO: Place(
        "Which video room or booth?",
        "For example, Booth 2.",
        "Write which room or booth it is, such as Booth 2.",
    ),
    MeetingKind.CALL: Place(
        "How will they talk?",
        "For example: we ring the mentor from the wing phone at this time.",
        "Write how they will talk, such as: we ring the mentor from the wing phone.",
    ),
}
"""The question of a meeting to which nobody comes in; all others ask for a place."""


class BookingForm(DeskForm):
    """Day, time and place of one meeting."""

    day = DateField("Day", missing="Write the day of the meeting.")
    starts = TimeField(
        "Time it starts", missing="Write the time it starts.", hint="For example, 10am or 2:30pm."
    )
    minutes = NumberField(
        "How many minutes?", least=5, most=LONGEST, missing="Write how many minutes it takes."
    )
    place = TextField(
        "Place",
        at_most=LONGEST_PLACE,
        missing="Write where it is, such as Visits hall.",
        hint="For example, Visits hall.",
    )
    reference = TextField("Booking reference", at_most=40, hint="You can leave this empty.")

    def asking(self, kind: MeetingKind) -> BookingForm:
        """Ask for the place as it fits the kind of meeting."""
        if place := PLACES.get(kind):
            self.place.label.text, self.place.description = place.label, place.hint
            self.place.missing = place.missing
        return self

    @property
    def booking(self) -> Booking:
        """What is booked, as the verb takes it."""
        reference = self.reference.data and f", reference {self.reference.data}"
        return Booking(
            starts_local=datetime.combine(self.day.data, self.starts.data),
            minutes=self.minutes.data,
            place=f"{self.place.data}{reference}",
        )


class GateForm(DeskForm):
    """What is agreed for the gate."""

    starts = TimeField("Time to be at the gate", missing="Write the time to be at the gate.")
    place = TextField(
        "Where exactly?",
        at_most=LONGEST_PLACE,
        missing="Write where the mentor should wait.",
        hint="For example, Visitors’ centre opposite the main gate.",
    )
    bring = TextField(
        "What should the person who leaves bring?",
        at_most=(LONGEST_THING + 2) * THINGS_AT_MOST,
        hint="Such as their papers. It stands on their own card, and the mentor reads it. "
        "The mentor brings a phone. "
        f"Put a comma after each thing. At most {THINGS_AT_MOST} things.",
    )
    ring_name = NameField(
        "Who can be rung if someone is not there?", missing="Write the name of who can be rung."
    )
    ring_phone = PhoneField("Their phone number", at_most=30, missing="Write their phone number.")
    home_by = TimeField(
        "By what time should they be home?",
        missing="Write by what time they should be home.",
        hint="If the mentor has not said “home safe” by then, the manager is rung.",
    )

    def validate_bring(self, field: Any) -> None:
        """Hold the list to what the printed card has room for."""
        things = [thing.strip() for thing in field.data.split(",")]
        if len(things) > THINGS_AT_MOST or any(len(thing) > LONGEST_THING for thing in things):
            raise ValidationError(
                f"Write at most {THINGS_AT_MOST} things, each of {LONGEST_THING} letters at most."
            )

    def validate_home_by(self, field: Any) -> None:
        """Hold the time to be home to one after the gate."""
        if self.starts.data and field.data <= self.starts.data:
            raise ValidationError(
                "Write a time to be home that is later than the time at the gate."
            )

    def plan(self, day: date) -> GatePlanFacts:
        """Return what is agreed, on the day of release."""
        return GatePlanFacts(
            starts_local=datetime.combine(day, self.starts.data),
            home_by_local=datetime.combine(day, self.home_by.data),
            **{name: self[name].data for name in ("place", "bring", "ring_name", "ring_phone")},
        )


@pages.route("/meetings/<uuid:meeting_id>/booking", methods=["GET", "POST"])
def book(meeting_id: UUID) -> ResponseReturnValue:
    """Book a meeting into its days, or book it again."""
    meeting = one_or_404(_seen(meeting_id))
    pair = _pair(meeting.pair_id)
    if not meeting_card(meeting, pair.release_date).may_book:
        abort(404)
    form = BookingForm(data=_booked(meeting)).about(meeting).asking(meeting.kind)
    if form.validate_on_submit():
        with refusals_on(form):
            bookings.book(g.db, meeting, form.booking, by=g.account.id, now=g.now)
            g.db.commit()
            flash("Booked. The mentor is told.")
            return redirect(_back(pair))
    note_reads(leavers_shown(g.db, [pair.leaver_id]), NAMED)
    card = meeting_card(one_or_404(_seen(meeting_id)), pair.release_date)
    return render_template("liaison/booking.html", form=form, card=card, pair=pair), form.status


@pages.route("/pairs/<uuid:pair_id>/gate", methods=["GET", "POST"])
def gate(pair_id: UUID) -> ResponseReturnValue:
    """Agree the plan for the gate, or agree it anew."""
    pair = _pair(pair_id)
    meeting = pair.gate_meeting
    if meeting is None:
        flash("There is no day at the gate ahead for this pair.")
        return redirect(_back(pair))
    found = one_or_404(_seen(meeting.id))
    form = GateForm(data=_agreed(pair)).about(found)
    if form.validate_on_submit():
        with refusals_on(form):
            plan, row = form.plan(meeting.window_first), one_or_404(_pairs(pair_id))
            gate_day.confirm(g.db, row, plan, by=g.account.id, now=g.now)
            g.db.commit()
            flash(
                "Agreed. The mentor is told. A card for the person waits under “Letters”: print it."
            )
            return redirect(_back(pair))
    note_reads(leavers_shown(g.db, [pair.leaver_id]), (*NAMED, "release_date"))
    return render_template("liaison/gate.html", form=form, card=meeting, pair=pair), form.status


def _seen(meeting_id: UUID) -> Any:
    return meetings_seen_by(g.account, g.now).where(Meeting.id == meeting_id)


def _pairs(pair_id: UUID) -> Any:
    return pairs_seen_by(g.account, g.now).where(Pair.id == pair_id)


def _pair(pair_id: UUID) -> PairCard:
    return pair_card(g.db, g.account, one_or_404(_pairs(pair_id)), g.now)


def _back(pair: PairCard) -> str:
    return url_for("liaison_referrals.referral", referral_id=pair.referral_id)


def _booked(meeting: Meeting) -> dict[str, Any]:
    """Return what is booked so far; a meeting takes an hour unless told otherwise."""
    starts = meeting.starts_local
    return {
        "day": starts.date() if starts else None,
        "starts": starts.time() if starts else None,
        "minutes": meeting.minutes or 60,
        "place": meeting.place or "",
    }


def _agreed(pair: PairCard) -> dict[str, Any]:
    """Return what is agreed so far."""
    meeting, agreed = pair.gate_meeting, pair.gate
    if meeting is None or agreed is None:
        return {}
    return {
        "starts": _time(meeting.starts_local),
        "place": meeting.place,
        "bring": agreed.bring,
        "ring_name": agreed.ring_name,
        "ring_phone": agreed.ring_phone,
        "home_by": _time(local(agreed.home_by)),
    }


def _time(moment: datetime | None) -> time | None:
    return moment.time() if moment else None
