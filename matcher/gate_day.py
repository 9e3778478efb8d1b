"""The day of release: what is agreed for the gate, the three taps, and who is rung if one fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, NaiveDatetime, StringConstraints
from sqlmodel import Session, col, select

from matcher import journey, outcomes, post
from matcher.bookings import Booking, book, is_booked_so
from matcher.core.schedule import Done, plan_ahead
from matcher.core.sending import SendingWindow, local_day, sending_window
from matcher.core.words import day_in_words
from matcher.core.working_days import official_calendar
from matcher.endings import raise_ring
from matcher.meeting_days import OPEN, in_utc
from matcher.pair_days import TABLE, days_of
from matcher.printing.letter_facts import THINGS_AT_MOST
from matcher.refusing import InTheWay, NotAllowed
from matcher.tasks import raise_for_manager, settle
from models.desk_words import GateStep, TaskKind
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

TAKEN_BACK = frozenset({GateStep.ARRIVED, GateStep.HOME_SAFE})
"""The taps that a mentor may take back."""

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


def mark(db: Session, pair: Pair, step: GateStep, *, by: UUID | None, now: datetime) -> GateMark:
    """Record one tap of the day; the second of the same kind changes nothing.

    "Met" records the gate meeting as held, "home safe" ends the worry about
    it. NotAllowed before the day, after it for all but "home safe", for "home
    safe" before they have met, and if the pair is not on.
    """
    known = db.get(GateMark, (pair.id, step))
    if known:
        return known
    _check_tap(db, pair, step, now=now)
    made = GateMark(pair_id=pair.id, step=step, marked_at=now, marked_by=by)
    db.add(made)
    meeting = gate_meeting(db, pair)
    if step is GateStep.MET and meeting and meeting.state in OPEN:
        outcomes.met(db, meeting, by=by, now=now)
    if step is GateStep.HOME_SAFE:
        worry = {TaskKind.NO_HOME_SAFE}
        settle(db, worry, outcome=step.label, by=by, now=now, pair_id=pair.id)
    db.flush()
    return made


def unmark(db: Session, pair: Pair, step: GateStep, *, now: datetime) -> None:
    """Take back one tap made by mistake on the same day; one that is not there stays away.

    Without "home safe" the worry begins again. NotAllowed for "met", which is
    the answer about the meeting itself, and on a later day.
    """
    made = db.get(GateMark, (pair.id, step))
    if made is None:
        return
    if step not in TAKEN_BACK:
        raise NotAllowed(f'"{step.label}" cannot be taken back here. Please ring us.')
    if pair.state is not PairState.ACCEPTED or local_day(made.marked_at) != local_day(now):
        raise NotAllowed("This can be taken back on the same day only. Please ring us.")
    if step is GateStep.HOME_SAFE:
        _worry_again(db, pair, told_at=made.marked_at, now=now)
    db.delete(made)
    db.flush()


def have_met(db: Session, pair: Pair) -> bool:
    """Say whether the two have met at the gate: by the tap, or by the answer in the diary."""
    meeting = gate_meeting(db, pair)
    answered = meeting is not None and meeting.state is MeetingState.HELD
    return answered or db.get(GateMark, (pair.id, GateStep.MET)) is not None


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


def tell_gate_changed(db: Session, pair: Pair, *, now: datetime) -> None:
    """Tell mentor and manager at once that the gate has changed; a task asks to ring the mentor."""
    region = db.get_one(Referral, pair.referral_id).region
    kind = LetterKind.GATE_CHANGED
    about = _about(db, pair, kind)
    for recipient in (post.to_mentor(pair.mentor_id), post.to_manager(region)):
        post.plan_letter(db, kind, Channel.EMAIL, recipient, now=now, **about)
    raise_ring(db, pair, now=now)


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


def _check_tap(db: Session, pair: Pair, step: GateStep, *, now: datetime) -> None:
    """Raise NotAllowed, with what to do instead, if this tap cannot be made now."""
    release, today = db.get_one(Leaver, pair.leaver_id).release_date, local_day(now)
    if pair.state is not PairState.ACCEPTED or release is None:
        raise NotAllowed("There is no day at the gate now. Please ring us.")
    if today < release:
        raise NotAllowed(f"You can say this on the day, {day_in_words(release)}.")
    if step is GateStep.HOME_SAFE and not have_met(db, pair):
        raise NotAllowed('Tell us first that you met. "Home safe" comes after that.')
    if step is not GateStep.HOME_SAFE and today > release:
        raise NotAllowed("That day is over. Say in your diary whether you met, or ring us.")


def _worry(db: Session, pair: Pair, *, now: datetime) -> Task | None:
    """Raise the task for one pair, and let the manager be rung if it is new."""
    meeting = gate_meeting(db, pair)
    if meeting is None or meeting.state is MeetingState.PLANNED:
        return None
    key, kind = f"no_home_safe:{meeting.id}", TaskKind.NO_HOME_SAFE
    today = local_day(now)
    task = raise_for_manager(db, pair, key, kind, due_on=today, now=now, meeting_id=meeting.id)
    if task:
        _ring_manager(db, pair, now=now)
    return task


def _worry_again(db: Session, pair: Pair, *, told_at: datetime, now: datetime) -> None:
    """Open again what the tap settled: it is raised but once, so nobody else would."""
    settled = select(Task).where(
        Task.pair_id == pair.id,
        Task.kind == TaskKind.NO_HOME_SAFE,
        Task.done_at == told_at,
    )
    for task in db.exec(settled):
        task.outcome, task.done_by, task.done_at = "", None, None
        db.add(task)
        _ring_manager(db, pair, now=now)


def _ring_manager(db: Session, pair: Pair, *, now: datetime) -> None:
    kind = LetterKind.RING_US
    to = post.to_manager(db.get_one(Referral, pair.referral_id).region)
    post.plan_letter(db, kind, Channel.EMAIL, to, now=now, **_about(db, pair, kind))
