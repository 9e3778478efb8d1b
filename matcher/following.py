"""The plan of one leaver follows what their events amount to, and the mentor hears of it once.

Everything here is found out from what is on file, never from which event came
last: so it is the same in whatever order they came, and again changes nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from matcher import gate_day, journey, moved_days, open_offers, tasks
from matcher.core.sending import local_day
from matcher.core.standing import Standing
from matcher.endings import live_pair_of
from matcher.mentors_for import MentorsFor
from matcher.people_to_avoid import wait_or_hold
from matcher.rechecks import recheck_leaver
from matcher.release_on_file import release_by, standing_dates
from matcher.ripples import Ripple, gate_before, ripple_between
from matcher.standings import standing_of
from matcher.stood import Stood, stood
from models.desk_words import TaskKind
from models.meetings import Meeting
from models.pairs import Pair
from models.people import Leaver
from models.referrals import Referral
from models.states import (
    MeetingMove,
    MeetingState,
    PairForm,
    PairState,
    ReferralState,
)

GATE_IS_NEAR = timedelta(days=7)
"""From so long before the release on, when the gate plan is settled, a change is told at once."""

BEGUN = (PairState.ACCEPTED, PairState.SUSPENDED)
MOVED = "They have moved to another prison."


def follow(db: Session, leaver: Leaver, *, by: UUID | None, now: datetime) -> None:
    """Bring date, prison, referral and pair up to what has happened; nothing follows a death."""
    db.flush()
    standing = standing_of(db, leaver)
    if standing.dead:
        return
    old = leaver.release_date
    _keep_date(db, leaver, standing)
    moved = _keep_prison(db, leaver, standing, by=by, now=now)
    for referral in _waiting(db, leaver):
        wait_or_hold(db, referral, by=by, now=now)
    pair = pair_begun(db, leaver)
    if pair:
        if moved:
            _meet_elsewhere(db, pair, now=now)
        journey.follow_date(db, pair, by=by, now=now)
    if moved or leaver.release_date != old:
        recheck_leaver(db, leaver.id, now=now)
    offer = live_pair_of(db, leaver.id)
    if offer:
        open_offers.follow_date(db, offer, now=now)


def tell(db: Session, leaver: Leaver, before: Stood, *, now: datetime) -> None:
    """Write the mentor one letter, whatever has changed; a near or settled gate goes at once."""
    pair = pair_begun(db, leaver)
    if pair is None:
        return
    after = stood(db, leaver)
    ripple = ripple_between(before, after, now=now)
    if not ripple.touches_the_mentor:
        return
    gate = gate_before(before, after)
    if gate:
        gate_day.forget_marks(db, pair)
    if gate is MeetingState.BOOKED or (gate and _is_near(ripple, now)):
        moved_days.ask(db, pair, now=now)
        gate_day.tell_gate_changed(db, pair, now=now)
    else:
        journey.tell_of_change(db, pair, now=now)
    db.flush()


def pair_begun(db: Session, leaver: Leaver) -> Pair | None:
    """Return the pair of a leaver whose mentor has said yes, if there is one."""
    pair = live_pair_of(db, leaver.id)
    return pair if pair and pair.state in BEGUN else None


def gate_is_near(leaver: Leaver, now: datetime) -> bool:
    """Say whether the day of release is in the next days or was in the last."""
    release = leaver.release_date
    return release is not None and abs(release - local_day(now)) <= GATE_IS_NEAR


def _is_near(ripple: Ripple, now: datetime) -> bool:
    days = [abs(day - local_day(now)) for day in (ripple.was, ripple.becomes) if day]
    return bool(days) and min(days) <= GATE_IS_NEAR


def _keep_date(db: Session, leaver: Leaver, standing: Standing) -> None:
    """The dates on file say when; of one that is not on file nothing is known after a recall."""
    recalled_on = leaver.recalled_on = standing.recalled_on or leaver.recalled_on
    stands = standing_dates(db, leaver)
    if stands:
        days = {kind: row.day for kind, row in stands.items()}
        leaver.release_date = release_by(days, leaver).day
    elif leaver.release_date and recalled_on and leaver.release_date <= recalled_on:
        leaver.release_date = None
    db.add(leaver)
    db.flush()


def _keep_prison(
    db: Session, leaver: Leaver, standing: Standing, *, by: UUID | None, now: datetime
) -> bool:
    """Say whether someone was moved since they were put forward last, and keep where they are."""
    newest = select(Referral).where(Referral.leaver_id == leaver.id)
    referral = db.exec(newest.order_by(col(Referral.created_at).desc())).first()
    put_forward = referral and (referral.put_forward_at or referral.created_at)
    if not standing.prison or standing.moved_at is None or standing.prison == leaver.prison:
        return False
    if put_forward and local_day(standing.moved_at) < local_day(put_forward):
        return False
    leaver.prison = standing.prison
    db.add(leaver)
    db.flush()
    booking = {TaskKind.NOT_BOOKED}
    tasks.settle(db, booking, outcome=MOVED, by=by, now=now, leaver_id=leaver.id)
    return True


def _meet_elsewhere(db: Session, pair: Pair, *, now: datetime) -> None:
    """What was booked in or at a prison must be booked again, in the form that is possible now."""
    people = MentorsFor.of(
        db, db.get_one(Referral, pair.referral_id), now=now, only=[pair.mentor_id]
    )
    pair.form = PairForm.IN_PRISON if people.may_visit(pair.mentor_id) else PairForm.VIDEO
    db.add(pair)
    booked = select(Meeting).where(
        Meeting.pair_id == pair.id,
        Meeting.state == MeetingState.BOOKED,
        col(Meeting.kind).in_(tasks.BOOKED_BY_LIAISON),
        col(Meeting.starts_at) > now,
    )
    for meeting in db.exec(booked).all():
        meeting.move(MeetingMove.UNBOOK, now=now)
        journey.take_back(db, meeting, now=now)
    db.flush()


def _waiting(db: Session, leaver: Leaver) -> list[Referral]:
    states = (ReferralState.SCREENED, ReferralState.WAITING)
    theirs = select(Referral).where(
        Referral.leaver_id == leaver.id, col(Referral.state).in_(states)
    )
    return list(db.exec(theirs))
