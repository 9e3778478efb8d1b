"""Pairs and places, and what has ended: I1, I2 and I17."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby, pairwise
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select as of_columns
from sqlmodel import col, func, select

from matcher.doctor.case import Breach, Case, Found, changes_of
from models.audit import AuditEntry
from models.events import Event
from models.pairs import END_REASONS, LIVE, STEPS, Pair, PairHistory
from models.people import Mentor
from models.places import MentorPlace
from models.referrals import REFERRAL_STEPS, Referral
from models.states import EndReason, EventKind, Move, PairState, ReferralMove, ReferralState
from models.tables import METADATA

END_MARKS = {
    "letter": "sent_at",
    "meeting": "missed_by",
    "pair": "end_reason",
    "standby": "closed_at",
}
"""The column that is filled when a row of a table comes to its end, and never again."""


def one_live_pair(case: Case) -> Found:
    """I1: every live pair of a leaver who has more than one."""
    live = col(Pair.state).in_(LIVE)
    several = select(Pair.leaver_id).where(live).group_by(col(Pair.leaver_id))
    several = several.having(func.count() > 1)
    theirs = select(Pair.id).where(live, col(Pair.leaver_id).in_(several))
    for pair_id in case.db.exec(theirs.order_by(col(Pair.leaver_id), col(Pair.id))):
        yield Breach("pair", str(pair_id), "its leaver has another live pair")


def within_capacity(case: Case) -> Found:
    """I2: live pairs without a place of their own, and places beyond what a mentor carries."""
    numbers: defaultdict[UUID, set[int]] = defaultdict(set)
    for mentor_id, number in case.db.exec(select(MentorPlace.mentor_id, MentorPlace.number)):
        numbers[mentor_id].add(number)
    live = of_columns(col(Pair.id), col(Pair.mentor_id), col(Pair.place_number)).where(
        col(Pair.state).in_(LIVE)
    )
    in_order = live.order_by(col(Pair.mentor_id), col(Pair.place_number), col(Pair.id))
    taken: defaultdict[UUID, set[int]] = defaultdict(set)
    for pair_id, mentor_id, held in case.db.execute(in_order):
        if held is None or held not in numbers[mentor_id]:
            yield Breach("pair", str(pair_id), "it is live and holds no place that there is")
        elif held in taken[mentor_id]:
            yield Breach("pair", str(pair_id), "another live pair holds the same place")
        else:
            taken[mentor_id].add(held)
    of_mentors = select(Mentor.id, Mentor.places, Mentor.taken_elsewhere)
    for mentor_id, places, elsewhere in case.db.exec(of_mentors):
        # A place in use stays open when the mentor takes on fewer; a free one is closed.
        if len(numbers[mentor_id]) > max(places - elsewhere, len(taken[mentor_id])):
            yield Breach("mentor", str(mentor_id), "more free places are open than they carry")


class Line(NamedTuple):
    """One line of the history of a pair."""

    pair_id: UUID
    move: Move | None
    from_state: PairState | None
    to_state: PairState


class Stands(NamedTuple):
    """How a pair stands by its own row."""

    state: PairState
    end_reason: EndReason | None


def ended_stays_ended(case: Case) -> Found:
    """I17: pairs whose history goes on after an end or leads elsewhere; ends taken back."""
    yield from _histories(case)
    yield from _ended_twice(case)
    yield from _other_people(case)
    yield from _referrals_of_pairs(case)
    yield from _withdrawn(case)


def _histories(case: Case) -> Iterator[Breach]:
    pairs = {
        pair_id: Stands(*stands)
        for pair_id, *stands in case.db.execute(
            of_columns(col(Pair.id), col(Pair.state), col(Pair.end_reason))
        )
    }
    columns: list[Any] = [getattr(PairHistory, name) for name in Line._fields]
    told = of_columns(*columns).order_by(col(PairHistory.pair_id), col(PairHistory.number))
    lines = map(Line._make, case.db.execute(told))
    seen = set()
    for pair_id, one_pair in groupby(lines, key=lambda line: line.pair_id):
        seen.add(pair_id)
        wrong = _what_is_wrong(list(one_pair), pairs.get(pair_id))
        if wrong:
            yield Breach("pair", str(pair_id), wrong)
    for pair_id in sorted(pairs.keys() - seen, key=str):
        yield Breach("pair", str(pair_id), "it has no history")


def _what_is_wrong(lines: list[Line], pair: Stands | None) -> str:
    """Return what is wrong with the history of a pair; empty if nothing is."""
    if any(line.from_state is PairState.ENDED for line in lines):
        return "it was moved on after it had ended"
    if any(line.from_state is not before.to_state for before, line in pairwise(lines)):
        return "a move is missing from its history"
    if any(not _is_legal(line) for line in lines):
        return "its history has a move that is not allowed"
    last = lines[-1]
    if pair and pair.state is not last.to_state:
        return "its state is not the one its last move led to"
    if pair and last.move and pair.end_reason is not END_REASONS.get(last.move):
        return "it did not end for the reason that is written"
    return ""


def _is_legal(line: Line) -> bool:
    if line.move is None or line.from_state is None:
        return line.to_state is PairState.PROPOSED
    step = STEPS[line.move]
    return line.from_state in step.starts and line.to_state is step.to


def _ended_twice(case: Case) -> Iterator[Breach]:
    """Yield rows that were changed in their state after the audit saw them end, or stand open."""
    for noun, mark in END_MARKS.items():
        table = METADATA.tables[noun]
        open_again = of_columns(table.c.id).where(table.c[mark].is_(None))
        still_open = set(map(str, case.db.execute(open_again).scalars()))
        for row_id, changes in changes_of(case.db, noun, [mark, "state"]).items():
            ends = [number for number, one in enumerate(changes) if mark in one.fields]
            if ends and (ends[0] < len(changes) - 1 or row_id in still_open):
                yield Breach(noun, row_id, "its state was changed after it had ended")


def _other_people(case: Case) -> Iterator[Breach]:
    """Yield pairs of other people than the audit saw last."""
    told = of_columns(
        col(AuditEntry.row_id), col(AuditEntry.leaver_id), col(AuditEntry.mentor_id)
    ).where(col(AuditEntry.noun) == "pair", col(AuditEntry.action) != "read")
    seen = {row: people for row, *people in case.db.execute(told.order_by(col(AuditEntry.number)))}
    pairs = of_columns(col(Pair.id), col(Pair.leaver_id), col(Pair.mentor_id))
    for pair_id, *people in case.db.execute(pairs.order_by(col(Pair.id))):
        if seen.get(str(pair_id), people) != people:
            yield Breach("pair", str(pair_id), "it was a pair of other people")


def _referrals_of_pairs(case: Case) -> Iterator[Breach]:
    """Yield live pairs whose referral does not wait for an answer, or has no mentor yet."""
    live = of_columns(col(Pair.id), col(Pair.state), col(Referral.state)).where(
        col(Pair.state).in_(LIVE), col(Pair.referral_id) == col(Referral.id)
    )
    for pair_id, state, stands in case.db.execute(live.order_by(col(Pair.id))):
        begun = state in (PairState.ACCEPTED, PairState.SUSPENDED)
        if stands is not (ReferralState.MATCHED if begun else ReferralState.WAITING):
            yield Breach("pair", str(pair_id), "its referral does not stand as the pair does")


def _withdrawn(case: Case) -> Iterator[Breach]:
    """Yield referrals that an event had ended, and that stand again."""
    told = select(Event.key).where(Event.kind == EventKind.CONSENT_WITHDRAWN)
    keys = set(case.db.exec(told))
    standing = select(Referral.id).where(Referral.state != ReferralState.WITHDRAWN)
    for referral_id in case.db.exec(standing) if keys else ():
        if f"{EventKind.CONSENT_WITHDRAWN.value}:{referral_id}" in keys:
            yield Breach("referral", str(referral_id), "it was withdrawn and stands again")
    died = select(Event.leaver_id).where(Event.kind == EventKind.DIED)
    open_ones = select(Referral.id).where(
        col(Referral.leaver_id).in_(died),
        col(Referral.state).in_(REFERRAL_STEPS[ReferralMove.WITHDRAW].starts),
    )
    for referral_id in case.db.exec(open_ones.order_by(col(Referral.id))):
        yield Breach("referral", str(referral_id), "it stands, and the leaver has died")
