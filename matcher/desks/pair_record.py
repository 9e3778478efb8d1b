"""All that a manager may see of one pair: why, its meetings and letters, what happened when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.core.sending import local_day
from matcher.core.words import day_in_words
from matcher.desks.beside_pairs import Beside, beside
from matcher.desks.letter_steps import LetterStep, step_of
from matcher.desks.proposal_cards import (
    Reasons,
    StandbyCard,
    approve_by,
    pairs_to_approve,
    reasons_of,
    score_parts,
    standbys_of,
)
from matcher.moved_days import asked_of
from matcher.pair_days import days_to_decide
from models.accounts import Account
from models.gate import GateMark, GatePlan
from models.meetings import DaysAsked, HowItWent, Meeting
from models.outbox import HandOver, Letter
from models.pairs import Pair, PairHistory
from models.people import Leaver, Mentor
from models.reference import prisons
from models.referrals import Referral
from models.releases import ReleaseDate
from models.states import LetterState, MeetingState, Move, PairState

MOVES: Mapping[Move | None, str] = {
    None: "Proposed",
    Move.APPROVE: "Approved",
    Move.OFFER: "Offered to the mentor",
    Move.ACCEPT: "The mentor said yes",
    Move.SUSPEND: "Suspended",
    Move.RESUME: "Resumed",
    Move.DECLINE: "The mentor said no",
    Move.EXPIRE: "No answer in time",
    Move.REPLACE: "Replaced by another proposal",
    Move.WITHDRAW: "Withdrawn",
    Move.COMPLETE: "Completed",
    Move.STAND_DOWN: "Stood down",
    Move.RECORD_DEATH: "Ended: a death was recorded",
    Move.BAR: "Ended: no longer allowed",
}

THE_SERVICE = "the service"


@dataclass(frozen=True)
class Happening:
    """One thing that happened to a pair; `text` may be empty."""

    title: str
    at: datetime
    text: str = ""
    who: str = ""


@dataclass(frozen=True)
class PairRecord:
    """One pair in full. `may_approve` says that the pair is of the manager's own region."""

    pair: Pair
    leaver: Leaver
    mentor: Mentor
    prison: str
    resettling_in: str
    may_approve: bool
    reasons: Reasons
    parts: list[tuple[str, int]]
    standbys: tuple[StandbyCard, ...]
    beside: Beside
    meetings: tuple[Meeting, ...]
    letters: tuple[Letter, ...]
    handed_over: Mapping[UUID, HandOver]
    gate_plan: GatePlan | None
    days_asked: DaysAsked | None
    happenings: tuple[Happening, ...]
    approve_by: date
    is_overdue: bool

    @property
    def names(self) -> str:
        """Return who with whom: "Sam and Alex"."""
        return f"{self.leaver.first_name} and {self.mentor.first_name}"

    def step_of(self, letter: Letter) -> LetterStep:
        """Return how far one of the letters has come."""
        handed_over = letter.id in self.handed_over
        return step_of(letter.state, letter.channel, handed_over=handed_over)

    @property
    def is_proposed(self) -> bool:
        """Whether somebody has yet to approve it."""
        return self.pair.state is PairState.PROPOSED


def pair_record(db: Session, account: Account, pair: Pair, now: datetime) -> PairRecord:
    """Return the record of a pair that this manager has found."""
    leaver, mentor = db.get_one(Leaver, pair.leaver_id), db.get_one(Mentor, pair.mentor_id)
    own = pairs_to_approve(account, now).where(Pair.id == pair.id)
    meetings = db.exec(
        select(Meeting).where(Meeting.pair_id == pair.id).order_by(col(Meeting.window_first))
    ).all()
    letters = db.exec(
        select(Letter).where(Letter.pair_id == pair.id).order_by(col(Letter.due_at))
    ).all()
    handed = db.exec(
        select(HandOver).where(col(HandOver.letter_id).in_([one.id for one in letters]))
    )
    handed_over = {one.letter_id: one for one in handed}
    gate_plan = db.exec(select(GatePlan).where(GatePlan.pair_id == pair.id)).first()
    referral = db.get_one(Referral, pair.referral_id)
    due = approve_by(days_to_decide(pair, referral, leaver.release_date).ready_on)
    return PairRecord(
        pair=pair,
        leaver=leaver,
        mentor=mentor,
        prison=prisons()[leaver.prison].title,
        resettling_in=referral.resettling_in,
        may_approve=db.exec(own).first() is not None,
        reasons=reasons_of(pair),
        parts=score_parts(pair),
        standbys=standbys_of(db, [pair.id]).get(pair.id, ()),
        beside=beside(db, account, {pair.id: mentor.code})[pair.id],
        meetings=tuple(meetings),
        letters=tuple(letters),
        handed_over=handed_over,
        gate_plan=gate_plan,
        days_asked=asked_of(db, [pair.id]).get(pair.id),
        happenings=_happenings(db, pair, meetings, letters, handed_over),
        approve_by=due,
        is_overdue=due <= local_day(now),
    )


def _happenings(
    db: Session,
    pair: Pair,
    meetings: Iterable[Meeting],
    letters: Iterable[Letter],
    handed_over: Mapping[UUID, HandOver],
) -> tuple[Happening, ...]:
    """Return what happened so far, newest first."""
    moves = db.exec(select(PairHistory).where(PairHistory.pair_id == pair.id)).all()
    marks = db.exec(select(GateMark).where(GateMark.pair_id == pair.id)).all()
    dates = db.exec(
        select(ReleaseDate)
        .where(ReleaseDate.leaver_id == pair.leaver_id)
        .where(ReleaseDate.recorded_at >= pair.proposed_at)
    ).all()
    hands = {row.moved_by for row in moves} | {row.recorded_by for row in dates}
    hands |= {row.marked_by for row in marks} | {pair.overridden_by}
    hands |= {one.handed_by for one in handed_over.values()}
    hands |= {hand for row in meetings for hand in (row.booked_by, row.outcome_by)}
    asked = db.exec(select(DaysAsked).where(DaysAsked.pair_id == pair.id)).all()
    went = select(HowItWent).where(col(HowItWent.meeting_id).in_([one.id for one in meetings]))
    said = db.exec(went).all()
    hands |= {row.told_by for row in said}
    names = _names(db, hands | {row.answered_by for row in asked})
    found = [
        *(one for row in asked for one in _of_days(row, names)),
        *(_of_move(move, pair, names) for move in moves),
        *(_of_mark(mark, names) for mark in marks),
        *(_of_went(one, names) for one in said),
        *(_of_date(given, names) for given in dates),
        *(one for meeting in meetings for one in _of_meeting(meeting, names)),
        *(_of_letter(one) for one in letters if one.state in (LetterState.SENT, LetterState.DEAD)),
        *_hand_overs(letters, handed_over, names),
    ]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))


def _names(db: Session, hands: Collection[UUID | None]) -> Mapping[UUID | None, str]:
    ids = {hand for hand in hands if hand}
    rows = db.exec(select(Account).where(col(Account.id).in_(ids)))
    return {row.id: f"{row.name}, {row.role.label.lower()}" for row in rows}


def _of_move(move: PairHistory, pair: Pair, names: Mapping[UUID | None, str]) -> Happening:
    hand = move.moved_by
    reason = move.reason or ""
    if move.move is None and pair.overridden_by:
        hand, reason = pair.overridden_by, pair.override_reason or ""
    return Happening(MOVES[move.move], move.moved_at, reason, names.get(hand, THE_SERVICE))


def _of_days(asked: DaysAsked, names: Mapping[UUID | None, str]) -> Iterator[Happening]:
    yield Happening("The mentor is asked whether the new days suit", asked.asked_at)
    if asked.answered_at:
        said = "The new days suit" if asked.suits else "The new days do not suit"
        yield Happening(said, asked.answered_at, "", names.get(asked.answered_by, THE_SERVICE))


def _of_mark(mark: GateMark, names: Mapping[UUID | None, str]) -> Happening:
    who = names.get(mark.marked_by, THE_SERVICE)
    return Happening(f"At the gate: {mark.step.label.lower()}", mark.marked_at, "", who)


def _of_went(said: HowItWent, names: Mapping[UUID | None, str]) -> Happening:
    who = names.get(said.told_by, THE_SERVICE)
    text = "They want to be rung about it." if said.wants_call else ""
    return Happening(f"How it went: {said.went.label.lower()}", said.told_at, text, who)


def _of_date(given: ReleaseDate, names: Mapping[UUID | None, str]) -> Happening:
    told = day_in_words(given.day) if given.day else "taken away"
    text = f"{given.kind.label}: {told}. Source: {given.source}."
    who = given.given_by or names.get(given.recorded_by, THE_SERVICE)
    return Happening("Release date given", given.recorded_at, text, who)


def _of_meeting(meeting: Meeting, names: Mapping[UUID | None, str]) -> Iterator[Happening]:
    name = meeting.kind.label
    if meeting.booked_at:
        text = f"For {day_in_words(meeting.starts_local)}" if meeting.starts_local else ""
        who = names.get(meeting.booked_by, THE_SERVICE)
        yield Happening(f"{name}: booked", meeting.booked_at, text, who)
    if meeting.state in (MeetingState.HELD, MeetingState.MISSED, MeetingState.CANCELLED):
        text = f"Not there: {meeting.missed_by.label.lower()}." if meeting.missed_by else ""
        who = names.get(meeting.outcome_by, THE_SERVICE)
        title = f"{name}: {meeting.state.label.lower()}"
        yield Happening(title, meeting.state_since, text, who)


def _of_letter(letter: Letter) -> Happening:
    title = f"{letter.kind.label}: {step_of(letter.state, letter.channel).label.lower()}"
    return Happening(title, letter.state_since, letter.channel.label)


def _hand_overs(
    letters: Iterable[Letter],
    handed_over: Mapping[UUID, HandOver],
    names: Mapping[UUID | None, str],
) -> Iterator[Happening]:
    for letter in letters:
        if handed := handed_over.get(letter.id):
            who = names.get(handed.handed_by, THE_SERVICE)
            yield Happening(f"{letter.kind.label}: handed over", handed.handed_at, "", who)
