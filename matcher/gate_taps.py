"""The three taps of the day of release, each as easily taken back as made."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from matcher import outcomes
from matcher.core.sending import local_day
from matcher.core.words import day_in_words
from matcher.gate_day import gate_meeting, ring_manager
from matcher.meeting_days import OPEN
from matcher.refusing import NotAllowed
from matcher.ringing import settle_rings
from matcher.tasks import open_again, settle
from models.desk_words import GateStep, RingReason, TaskKind
from models.gate import GateMark
from models.pairs import Pair
from models.people import Leaver
from models.states import MeetingState, PairState

THERE = "The mentor was at the gate."
"""How a call about the gate ends that nobody made: the mentor knew."""


def mark(db: Session, pair: Pair, step: GateStep, *, by: UUID | None, now: datetime) -> GateMark:
    """Record one tap of the day; the second of the same kind changes nothing.

    "Met" records the gate meeting as held, "home safe" ends the worry about
    it. NotAllowed before the day, after it for all but "home safe", for "home
    safe" before they have met, and if the pair is not on.
    """
    if known := db.get(GateMark, (pair.id, step)):
        return known
    _check_tap(db, pair, step, now=now)
    made = GateMark(pair_id=pair.id, step=step, marked_at=now, marked_by=by)
    db.add(made)
    needless = {RingReason.GATE_CHANGED}
    settle_rings(db, needless, outcome=THERE, by=by, now=now, pair_id=pair.id)
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

    Without "met" the gate meeting is open again, without "home safe" the worry
    begins again. NotAllowed on a later day, and for "met" while "home safe" stands.
    """
    made = db.get(GateMark, (pair.id, step))
    if made is None:
        return
    if pair.state is not PairState.ACCEPTED or local_day(made.marked_at) != local_day(now):
        raise NotAllowed("This can be taken back on the same day only. Please ring us.")
    home_safe = db.get(GateMark, (pair.id, GateStep.HOME_SAFE))
    if step is GateStep.MET and home_safe:
        raise NotAllowed('Take back "home safe" first, then "met".')
    db.delete(made)
    db.flush()
    if step is GateStep.MET:
        _open_gate_again(db, pair, now=now)
    if step is GateStep.HOME_SAFE:
        _worry_again(db, pair, told_at=made.marked_at, now=now)
    db.flush()


def have_met(db: Session, pair: Pair) -> bool:
    """Say whether the two have met at the gate: by the tap, or by the answer in the diary."""
    meeting = gate_meeting(db, pair)
    answered = meeting is not None and meeting.state is MeetingState.HELD
    return answered or db.get(GateMark, (pair.id, GateStep.MET)) is not None


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


def _open_gate_again(db: Session, pair: Pair, *, now: datetime) -> None:
    meeting = gate_meeting(db, pair)
    if meeting and meeting.state is MeetingState.HELD:
        outcomes.reopen(db, meeting, now=now)


def _worry_again(db: Session, pair: Pair, *, told_at: datetime, now: datetime) -> None:
    """Open again what the tap settled: it is raised but once, so nobody else would."""
    for _ in open_again(db, {TaskKind.NO_HOME_SAFE}, pair.id, settled_at=told_at):
        ring_manager(db, pair, now=now)
