"""What people do in a demo's past: a manager approves, mentors answer, liaison books.

Who does what is drawn from codes, so that each demo tells much the same
story: most say yes, some say no, a few say nothing; most meetings are held.
Each act is one person's and is to be committed by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import blake2b
from uuid import UUID

from sqlmodel import Session, col, select

from matcher import bookings, gate_day, gate_taps, outcomes, pairing, release_changes
from matcher.core.schedule import IN_PRISON
from matcher.core.sending import LONDON, local_day
from matcher.core.working_days import official_calendar
from matcher.example.region import REGION, Cast
from matcher.refusing import NotAllowed
from models.desk_words import DeclineReason, GateStep
from models.gate import GatePlan
from models.meetings import Meeting
from models.pairs import Pair
from models.people import Leaver
from models.referrals import Referral
from models.release_words import DateKind
from models.states import Absentee, MeetingKind, MeetingState, PairState

BOOKS_AHEAD = timedelta(days=9)
GATE_AHEAD = timedelta(days=6)
AFTER_RELEASE = (MeetingKind.FIRST_CONTACT, MeetingKind.FOLLOW_UP, MeetingKind.REVIEW)

WHERE = {
    **dict.fromkeys(IN_PRISON, "Visits hall"),
    MeetingKind.VIDEO: "By video",
    MeetingKind.CALL: "By phone",
    MeetingKind.FIRST_CONTACT: "By phone",
}
"""Where people of a demo meet; after the release, at a library."""


@dataclass(frozen=True)
class Act:
    """One act of one account; it may turn out not to be allowed, and then nothing happens."""

    by: UUID
    do: Callable[[Session], object]


Acts = Iterator[Act]


def acts_at(db: Session, cast: Cast, now: datetime) -> list[Act]:
    """Return what people do at this moment of a demo's past."""
    hour = now.astimezone(LONDON).hour
    if not official_calendar().includes(local_day(now)):
        return list(_on_the_day(db, cast, now))
    by_hour: dict[int, tuple[Callable[[Session, Cast, datetime], Acts], ...]] = {
        9: (_on_the_day,),
        10: (_approvals,),
        11: (_moved_dates, _on_the_day),
        14: (_answers, _on_the_day),
        15: (_bookings, _gate_plans),
        17: (_outcomes, _on_the_day),
    }
    return [act for acts in by_hour.get(hour, ()) for act in acts(db, cast, now)]


def do(db: Session, act: Act) -> bool:
    """Do an act; say whether it was allowed."""
    try:
        act.do(db)
    except NotAllowed:
        return False
    return True


def chance(*told: object) -> float:
    """Return a number from 0 to 1 that is always the same for the same words."""
    text = ":".join(map(str, told)).encode()
    return int.from_bytes(blake2b(text, digest_size=4).digest()) / 2**32


def _pairs(db: Session, *states: PairState) -> list[tuple[Pair, Leaver]]:
    found = select(Pair, Leaver).where(
        Pair.leaver_id == Leaver.id,
        Pair.referral_id == Referral.id,
        Referral.region == REGION,
        col(Pair.state).in_(states),
    )
    return [(pair, leaver) for pair, leaver in db.exec(found.order_by(col(Leaver.code)))]


def _approvals(db: Session, cast: Cast, now: datetime) -> Acts:
    for pair, leaver in _pairs(db, PairState.PROPOSED):
        if chance(leaver.code, local_day(now), "approve") < 0.7:
            yield Act(cast.manager, _approving(pair, cast.manager, now))


def _approving(pair: Pair, by: UUID, now: datetime) -> Callable[[Session], object]:
    return lambda db: pairing.approve(db, db.get_one(Pair, pair.id), by=by, now=now)


def _answers(db: Session, cast: Cast, now: datetime) -> Acts:
    for pair, leaver in _pairs(db, PairState.OFFERED):
        offered = local_day(pair.state_since)
        by, drawn = cast.mentors.get(pair.mentor_id), chance(leaver.code, offered)
        if by is None or drawn > 0.93 or (drawn > 0.4 and offered == local_day(now)):
            continue
        if 0.5 < drawn < 0.6:
            yield Act(by, _declining(pair, drawn, by, now))
        else:
            yield Act(by, _accepting(pair, by, now))


def _declining(pair: Pair, drawn: float, by: UUID, now: datetime) -> Callable[[Session], object]:
    reasons = list(DeclineReason)
    why = reasons[int(drawn * 1000) % len(reasons)]
    return lambda db: pairing.decline(db, db.get_one(Pair, pair.id), why=why, by=by, now=now)


def _accepting(pair: Pair, by: UUID, now: datetime) -> Callable[[Session], object]:
    return lambda db: pairing.accept(db, db.get_one(Pair, pair.id), by=by, now=now)


def _meetings(db: Session, *states: MeetingState) -> list[tuple[Meeting, Pair, Leaver]]:
    pairs = {pair.id: (pair, leaver) for pair, leaver in _pairs(db, PairState.ACCEPTED)}
    found = select(Meeting).where(col(Meeting.state).in_(states))
    ordered = db.exec(found.order_by(col(Meeting.window_last), col(Meeting.id)))
    return [(one, *pairs[one.pair_id]) for one in ordered if one.pair_id in pairs]


def _bookings(db: Session, cast: Cast, now: datetime) -> Acts:
    today = local_day(now)
    for meeting, pair, leaver in _meetings(db, MeetingState.PLANNED):
        if meeting.kind is MeetingKind.GATE or meeting.window_first > today + BOOKS_AHEAD:
            continue
        inside = meeting.kind not in AFTER_RELEASE
        by = cast.liaisons.get(leaver.prison) if inside else cast.mentors.get(pair.mentor_id)
        drawn = chance(leaver.code, meeting.kind, meeting.number, "book")
        if by and drawn < 0.85:
            yield Act(by, _booking(meeting, 10 + int(drawn * 100) % 5, by, now))


def _booking(meeting: Meeting, hour: int, by: UUID, now: datetime) -> Callable[[Session], object]:
    tomorrow = local_day(now) + timedelta(days=1)
    days = official_calendar().between(max(meeting.window_first, tomorrow), meeting.window_last)
    day = days[len(days) // 2] if days else meeting.window_last
    booking = bookings.Booking(
        starts_local=datetime.combine(day, time(hour)),
        minutes=60,
        place=WHERE.get(meeting.kind, "The library on the high street"),
    )
    return lambda db: bookings.book(db, db.get_one(Meeting, meeting.id), booking, by=by, now=now)


def _gate_plans(db: Session, cast: Cast, now: datetime) -> Acts:
    agreed = set(db.exec(select(GatePlan.pair_id)))
    for meeting, pair, leaver in _meetings(db, MeetingState.PLANNED):
        by = cast.liaisons.get(leaver.prison)
        soon = meeting.window_last <= local_day(now) + GATE_AHEAD
        if meeting.kind is MeetingKind.GATE and soon and by and pair.id not in agreed:
            yield Act(by, _gate_plan(pair, meeting.window_last, by, now))


def _gate_plan(pair: Pair, day: date, by: UUID, now: datetime) -> Callable[[Session], object]:
    facts = gate_day.GatePlanFacts(
        starts_local=datetime.combine(day, time(9, 30)),
        place="The main gate, by the visitors' car park",
        home_by_local=datetime.combine(day, time(15)),
        bring="Your release papers and a warm coat",
        ring_name="The gate office",
        ring_phone="0808 157 0123",
    )
    return lambda db: gate_day.confirm(db, db.get_one(Pair, pair.id), facts, by=by, now=now)


def _on_the_day(db: Session, cast: Cast, now: datetime) -> Acts:
    """Taps at the gate: arrived at 9, met at 11, home safe at 14, and a few never say so."""
    step = {9: GateStep.ARRIVED, 11: GateStep.MET, 14: GateStep.HOME_SAFE}.get(
        now.astimezone(LONDON).hour
    )
    for pair, leaver in _pairs(db, PairState.ACCEPTED) if step else []:
        by = cast.mentors.get(pair.mentor_id)
        silent = step is GateStep.HOME_SAFE and chance(leaver.code, "home") > 0.85
        if step and by and leaver.release_date == local_day(now) and not silent:
            yield Act(by, _tap(pair, step, by, now))


def _tap(pair: Pair, step: GateStep, by: UUID, now: datetime) -> Callable[[Session], object]:
    return lambda db: gate_taps.mark(db, db.get_one(Pair, pair.id), step, by=by, now=now)


def _outcomes(db: Session, cast: Cast, now: datetime) -> Acts:
    for meeting, pair, leaver in _meetings(db, MeetingState.BOOKED):
        by, drawn = (
            cast.mentors.get(pair.mentor_id),
            chance(leaver.code, meeting.kind, meeting.number),
        )
        if by is None or meeting.starts_at is None or meeting.starts_at > now or drawn > 0.96:
            continue
        yield Act(by, _missing(meeting, by, now) if drawn > 0.84 else _holding(meeting, by, now))


def _missing(meeting: Meeting, by: UUID, now: datetime) -> Callable[[Session], object]:
    return lambda db: outcomes.missed(
        db, db.get_one(Meeting, meeting.id), who=Absentee.LEAVER, by=by, now=now
    )


def _holding(meeting: Meeting, by: UUID, now: datetime) -> Callable[[Session], object]:
    return lambda db: outcomes.held(db, db.get_one(Meeting, meeting.id), by=by, now=now)


def _moved_dates(db: Session, cast: Cast, now: datetime) -> Acts:
    """Every fourth day one date moves; every eighth it is taken away."""
    today = local_day(now)
    if today.toordinal() % 4:
        return
    later = [
        (pair, leaver)
        for pair, leaver in _pairs(db, PairState.ACCEPTED)
        if leaver.release_date and leaver.release_date > today + timedelta(days=14)
    ]
    if not later:
        return
    _pair, leaver = later[today.toordinal() % len(later)]
    by = cast.liaisons.get(leaver.prison)
    day = None if today.toordinal() % 8 else (leaver.release_date or today) + timedelta(days=7)
    if by:
        yield Act(by, _moving(leaver, day, by, now))


def _moving(
    leaver: Leaver, day: date | None, by: UUID, now: datetime
) -> Callable[[Session], object]:
    return lambda db: release_changes.move_date(
        db,
        db.get_one(Leaver, leaver.id),
        kind=DateKind.CONFIRMED,
        day=day,
        source="the prison's office",
        given_by="The liaison",
        by=by,
        now=now,
    )
