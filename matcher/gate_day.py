"""The day of release: what is agreed for the gate, and who is rung if "home safe" does not come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, NaiveDatetime, StringConstraints
from sqlmodel import Session, col, select

from matcher import journey, post
from matcher.bookings import Booking, book, is_booked_so
from matcher.core.schedule import Done, plan_ahead
from matcher.core.sending import SendingWindow, local_day, sending_window
from matcher.core.working_days import official_calendar
from matcher.meeting_days import OPEN, in_utc
from matcher.pair_days import TABLE, days_of
from matcher.printing.letter_facts import THINGS_AT_MOST
from matcher.refusing import InTheWay, NotAllowed
from matcher.ringing import raise_ring
from matcher.tasks import raise_for_manager
from models.desk_words import GateStep, RingReason, TaskKind
from models.facts import Facts
from models.gate import GateMark, GatePlan
from models.meetings import Meeting
from models.pairs import Pair
from models.people import Leaver
from models.referrals import Referral
from models.states import Channel, LetterKind, MeetingKind, MeetingState, PairState
from models.tasks import Task

MINUTES = 60
"""How long a mentor's calendar is kept free for the gate itself; the way home comes after."""

LONGEST_THING = 60
"""Characters of one thing to bring that have room on the leaver's card."""

HOME_TOO_EARLY = '"Home by" must be later on the same day than the time at the gate.'


def _short(most: int) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=most)


def _check_things(bring: str) -> str:
    things = [thing.strip() for thing in bring.split(",")]
    if len(things) > THINGS_AT_MOST or any(len(thing) > LONGEST_THING for thing in things):
        raise ValueError(
            f"Name at most {THINGS_AT_MOST} things to bring, with commas between them, "
            f"each with at most {LONGEST_THING} letters."
        )
    return bring


class GatePlanFacts(Facts):
    """When and where to meet at the gate, with what, whom to ring, and home by when.

    Times are local, as people are told them. `bring` is what the leaver has
    with them, a list with commas.
    All of it has room on the card that is printed for the leaver.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    starts_local: NaiveDatetime
    place: Annotated[str, _short(120)]
    home_by_local: NaiveDatetime
    bring: Annotated[str, AfterValidator(_check_things)] = ""
    ring_name: Annotated[str, _short(80)]
    ring_phone: Annotated[str, _short(30)]


def confirm(
    db: Session, pair: Pair, facts: GatePlanFacts, *, by: UUID | None, now: datetime
) -> GatePlan:
    """Book the gate and keep what is agreed; again, it replaces what was agreed before.

    The mentor is told, at once if it is a change or time is short; the leaver
    gets a printed card. The same words again change nothing. NotAllowed says
    what is in the way.
    """
    meeting = gate_meeting(db, pair)
    if meeting is None or meeting.state not in OPEN:
        raise NotAllowed("There is no day at the gate ahead for this pair.")
    agreed = _agreed(facts)
    booking = Booking(starts_local=facts.starts_local, minutes=MINUTES, place=facts.place)
    plan = gate_plan(db, pair)
    was_told = plan is not None and meeting.state is MeetingState.BOOKED
    if plan and _says(plan, agreed) and is_booked_so(meeting, booking):
        return plan
    book(db, meeting, booking, by=by, now=now)
    plan = plan or GatePlan(pair_id=pair.id, recorded_at=now, **agreed)
    for name, value in {**agreed, "recorded_at": now, "recorded_by": by}.items():
        setattr(plan, name, value)
    db.add(plan)
    _tell(db, pair, meeting, is_change=was_told, now=now)
    db.flush()
    return plan


def watch(db: Session, *, now: datetime) -> list[Task]:
    """Raise a task and ring the manager for each "home safe" that has not come in time, once."""
    safe = select(GateMark.pair_id).where(GateMark.step == GateStep.HOME_SAFE)
    late = select(Pair).where(
        Pair.state == PairState.ACCEPTED,
        col(Pair.id).not_in(safe),
        col(Pair.id).in_(select(GatePlan.pair_id).where(col(GatePlan.home_by) <= now)),
    )
    pairs = db.exec(late.order_by(col(Pair.id))).all()
    raised = [task for pair in pairs if (task := _worry(db, pair, now=now))]
    db.flush()
    return raised


def gate_meeting(db: Session, pair: Pair) -> Meeting | None:
    """Return the gate meeting of a pair, ahead or held; None if it was missed or called off.

    Of someone who left a second time it is the last one.
    """
    at_gate = select(Meeting).where(
        Meeting.pair_id == pair.id,
        Meeting.kind == MeetingKind.GATE,
        col(Meeting.state).in_([*OPEN, MeetingState.HELD]),
    )
    return db.exec(at_gate.order_by(col(Meeting.window_last).desc())).first()


def gate_plan(db: Session, pair: Pair) -> GatePlan | None:
    """Return what is agreed for the gate; it holds only while the gate meeting is booked."""
    return db.exec(select(GatePlan).where(GatePlan.pair_id == pair.id)).first()


def tell_gate_changed(db: Session, pair: Pair, *, now: datetime, knows: bool = False) -> None:
    """Tell mentor and manager at once that the gate has changed; a task asks to ring the mentor.

    A mentor who `knows`, since they told it, is neither written nor rung.
    """
    manager = post.to_manager(db.get_one(Referral, pair.referral_id).region)
    kind = LetterKind.GATE_CHANGED
    about = _about(db, pair, kind)
    for recipient in (manager,) if knows else (post.to_mentor(pair.mentor_id), manager):
        post.plan_letter(db, kind, Channel.EMAIL, recipient, now=now, **about)
    if not knows:
        raise_ring(db, pair, RingReason.GATE_CHANGED, now=now)


def forget_marks(db: Session, pair: Pair) -> None:
    """Take away the taps of a day that was not the day of release after all."""
    for made in db.exec(select(GateMark).where(GateMark.pair_id == pair.id)):
        db.delete(made)


def _agreed(facts: GatePlanFacts) -> dict[str, Any]:
    """Return what is agreed beside the booking, by the columns of the gate plan."""
    starts, home_by = facts.starts_local, facts.home_by_local
    if home_by <= starts or home_by.date() != starts.date():
        raise NotAllowed(InTheWay(HOME_TOO_EARLY, "home_by"))
    told = {name: getattr(facts, name) for name in ("bring", "ring_name", "ring_phone")}
    return told | {"home_by": in_utc(home_by)}


def _says(plan: GatePlan, agreed: Mapping[str, Any]) -> bool:
    return all(getattr(plan, name) == value for name, value in agreed.items())


def _tell(db: Session, pair: Pair, meeting: Meeting, *, is_change: bool, now: datetime) -> None:
    kind = LetterKind.GATE_PLAN
    post.cancel_letters(db, now=now, meeting_id=meeting.id, kinds={kind})
    about = _about(db, pair, kind) | {"meeting_id": meeting.id}
    usual = sending_window(kind, now, official_calendar())
    if is_change or meeting.starts_at is None or usual.not_before >= meeting.starts_at:
        tell_gate_changed(db, pair, now=now)
    else:
        in_time = replace(usual, not_after=min(usual.not_after, meeting.starts_at))
        to = post.to_mentor(pair.mentor_id)
        post.plan_letter(db, kind, Channel.EMAIL, to, now=now, window=in_time, **about)
    card = _card_window(db, pair, now=now)
    if card:
        to = post.to_leaver(pair.leaver_id)
        post.plan_letter(db, kind, Channel.PRINT, to, now=now, window=card, **about)


def _about(db: Session, pair: Pair, kind: LetterKind) -> post.About:
    """Return what a letter about the gate is about, as the next of its kind."""
    return {
        "leaver_id": pair.leaver_id,
        "mentor_id": pair.mentor_id,
        "pair_id": pair.id,
        "generation": journey.next_generation(db, kind, pair.id),
    }


def _card_window(db: Session, pair: Pair, *, now: datetime) -> SendingWindow | None:
    """Return when the leaver's card is due by the plan's table, or None if it is too late."""
    release = db.get_one(Leaver, pair.leaver_id).release_date
    if release is None:
        return None
    days = days_of(pair, db.get_one(Referral, pair.referral_id), release)
    ahead = plan_ahead(TABLE, days, Done(), local_day(now), official_calendar())
    cards = (one for one in ahead.letters if one.key.kind is LetterKind.GATE_PLAN)
    return next((card.window for card in cards), None)


def _worry(db: Session, pair: Pair, *, now: datetime) -> Task | None:
    """Raise the task for one pair, and let the manager be rung if it is new."""
    meeting = gate_meeting(db, pair)
    if meeting is None or meeting.state is MeetingState.PLANNED:
        return None
    key, kind = f"no_home_safe:{meeting.id}", TaskKind.NO_HOME_SAFE
    today = local_day(now)
    task = raise_for_manager(db, pair, key, kind, due_on=today, now=now, meeting_id=meeting.id)
    if task:
        ring_manager(db, pair, now=now)
    return task


def ring_manager(db: Session, pair: Pair, *, now: datetime) -> None:
    """Tell the manager by an urgent letter that there is someone to ring about."""
    kind = LetterKind.RING_US
    to = post.to_manager(db.get_one(Referral, pair.referral_id).region)
    post.plan_letter(db, kind, Channel.EMAIL, to, now=now, **_about(db, pair, kind))
