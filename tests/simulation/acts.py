"""What people do when they look at their desks: each act is one touchpoint of a life."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlmodel import Session

from matcher import bookings, gate_day, gate_taps, outcomes, pairing, referrals, screening
from matcher.core.schedule import IN_PRISON
from matcher.core.sending import local_day
from matcher.told_by_council import keep_practitioner
from models.contacts import PractitionerFacts
from models.desk_words import DeclineReason, GateStep
from models.meetings import Meeting
from models.pairs import Pair
from models.people import Leaver
from models.referrals import Referral
from models.states import (
    MeetingKind,
    MeetingState,
    PairState,
    ReferralState,
)
from tests.simulation.aiming import DECLINES, declines, one_of
from tests.simulation.decisions import DECISIONS
from tests.simulation.deeds import Act, Barring, Chosen, deeds_of
from tests.simulation.desk import Seen
from tests.simulation.people import PRISONS, Desks, Life, screened, told_of
from tests.simulation.second_thoughts import SECOND_THOUGHTS

DAY = timedelta(days=1)
BOOKS_AHEAD = timedelta(days=12)
GATE_AHEAD = timedelta(days=9)
BY_LIAISON = frozenset({*IN_PRISON, MeetingKind.VIDEO, MeetingKind.CALL, MeetingKind.GATE})

DEEDS = {**DECISIONS, **SECOND_THOUGHTS}
"""All deeds out of the ordinary: whatever a page may do about pairs, letters and meetings."""


@dataclass(frozen=True)
class People:
    """Everyone who acts, the chance by which they do, and what was counted in their world."""

    desks: Desks
    chance: Random
    counted: Counter[str] = field(default_factory=Counter)

    def acts(self, life: Life, seen: Seen | None, now: datetime) -> Iterator[Act]:
        """What is done now about one leaver."""
        if seen is None or self._may_come_again(life, seen):
            yield from self._put_forward(life, seen, now)
        elif seen.referral is ReferralState.PUT_FORWARD:
            yield self._endorse(life, seen)
        elif seen.referral is ReferralState.ENDORSED:
            yield self._screen(life, seen)
        elif seen.pair is PairState.PROPOSED and self.chance.random() < 0.9:
            yield self._approve(life, seen)
        elif seen.pair is PairState.OFFERED and self.chance.random() < 0.8:
            yield self._answer(life, seen)
        elif seen.pair is PairState.ACCEPTED:
            yield from self._on_the_way(life, seen, now)
        if seen is not None:
            one = Chosen(life, seen, now, self.desks, self.chance)
            yield from deeds_of(DEEDS, one, self.counted)

    def _may_come_again(self, life: Life, seen: Seen) -> bool:
        over = (ReferralState.WITHDRAWN, ReferralState.RELEASED_UNMATCHED)
        return seen.referral in over and not life.has_enough and self.chance.random() < 0.5

    def _put_forward(self, life: Life, seen: Seen | None, now: datetime) -> Iterator[Act]:
        today = local_day(now)
        first = PRISONS[life.number % 2]
        release = today + timedelta(days=life.leaves_after)
        told = told_of(life, release, today, self.chance)
        by = self.desks.peer

        def do(db: Session, now: datetime) -> None:
            # Where they are now, not where they were seen: another prison knows nothing of them.
            prison = db.get_one(Leaver, seen.leaver_id).prison if seen else first
            referrals.put_forward(db, told, prison=prison, by=by, now=now)

        yield Act(life, "put forward", by, do)

    def second_record(self, life: Life, seen: Seen, now: datetime) -> Act:
        """The same person is put forward once more, under another number."""
        today, by = local_day(now), self.desks.peer
        told = told_of(life, today + timedelta(days=life.leaves_after), today, self.chance)
        other = told.model_copy(update={"prison_number": life.second_number})

        def do(db: Session, now: datetime) -> None:
            referrals.put_forward(db, other, prison=seen.prison, by=by, now=now)

        return Act(life, "put forward under another number", by, do)

    def _endorse(self, life: Life, seen: Seen) -> Act:
        by = self.desks.liaisons[seen.prison]
        practitioner = PractitionerFacts(name="Lee Practitioner", email="lee@example.com")

        def do(db: Session, now: datetime) -> None:
            leaver = db.get_one(Leaver, seen.leaver_id)
            keep_practitioner(db, leaver, practitioner, by=by, now=now)
            referrals.endorse(db, db.get_one(Referral, seen.referral_id), by=by, now=now)

        return Act(life, "endorse", by, do)

    def _screen(self, life: Life, seen: Seen) -> Act:
        by = self.desks.manager

        def do(db: Session, now: datetime) -> None:
            referral, told = db.get_one(Referral, seen.referral_id), screened(local_day(now))
            screening.record(db, referral, told, by=by, now=now)

        return Act(life, "screen", by, do, (Barring("gate", lifts=True),))

    def _approve(self, life: Life, seen: Seen) -> Act:
        by = self.desks.manager

        def do(db: Session, now: datetime) -> None:
            pairing.approve(db, db.get_one(Pair, seen.pair_id), by=by, now=now)

        return Act(life, "approve", by, do)

    def _answer(self, life: Life, seen: Seen) -> Act:
        by, mentor_id = self.desks.mentors[seen.mentor_id], seen.mentor_id
        why = one_of(list(DeclineReason), self.chance, self.counted, DECLINES)
        if declines(self.counted, self.chance.random()):

            def decline(db: Session, now: datetime) -> None:
                pairing.decline(db, db.get_one(Pair, seen.pair_id), why=why, by=by, now=now)

            bars = (Barring("declined", mentor_id),)
            return Act(life, f"declines ({why.value})", by, decline, bars)

        def do(db: Session, now: datetime) -> None:
            pairing.accept(db, db.get_one(Pair, seen.pair_id), by=by, now=now)

        return Act(life, "accept", by, do)

    def _on_the_way(self, life: Life, seen: Seen, now: datetime) -> Iterator[Act]:
        today, gate_is_open = local_day(now), False
        for meeting in seen.meetings:
            if meeting.state is MeetingState.BOOKED and meeting.starts_at <= now:
                if meeting.kind is not MeetingKind.GATE or seen.release != today:
                    yield self._outcome(life, seen, meeting)
            elif meeting.window_last < today:
                yield self._outcome(life, seen, meeting)
            elif meeting.kind is MeetingKind.GATE:
                gate_is_open = True
                if not seen.gate_agreed and meeting.window_last <= today + GATE_AHEAD:
                    yield self._gate_plan(life, seen, meeting)
            elif meeting.state is MeetingState.PLANNED and self._is_booked_now(meeting, today):
                yield self._book(life, seen, meeting, now)
        if seen.release == today and (gate_is_open or seen.marks):
            yield from self._taps(life, seen)

    def _is_booked_now(self, meeting: Any, today: date) -> bool:
        """Some meetings are booked at once, some later, some never, and are held all the same."""
        return meeting.window_first <= today + BOOKS_AHEAD and self.chance.random() < 0.25

    def _outcome(self, life: Life, seen: Seen, meeting: Any) -> Act:
        by, missed = self.desks.mentors[seen.mentor_id], self.chance.random() < 0.12
        who = self.chance.choice(outcomes.who_may_miss(meeting))

        def do(db: Session, now: datetime) -> None:
            row = db.get_one(Meeting, meeting.id)
            if missed:
                outcomes.missed(db, row, who=who, by=by, now=now)
            else:
                outcomes.held(db, row, by=by, now=now)

        return Act(life, f"{'missed' if missed else 'held'} {_name(meeting)}", by, do)

    def _book(self, life: Life, seen: Seen, meeting: Any, now: datetime) -> Act:
        inside = meeting.kind in BY_LIAISON
        by = self.desks.liaisons[seen.prison] if inside else self.desks.mentors[seen.mentor_id]
        first = max(meeting.window_first, local_day(now) + DAY)
        days = max((meeting.window_last - first).days, 0)
        day = first + self.chance.randint(0, days) * DAY
        starts = datetime.combine(day, time(self.chance.choice((9, 10, 11, 13, 14, 15, 16))))
        told = bookings.Booking(starts_local=starts, minutes=60, place="Visits hall")

        def do(db: Session, now: datetime) -> None:
            bookings.book(db, db.get_one(Meeting, meeting.id), told, by=by, now=now)

        return Act(life, f"book {_name(meeting)}", by, do)

    def _gate_plan(self, life: Life, seen: Seen, meeting: Any) -> Act:
        by, day = self.desks.liaisons[seen.prison], meeting.window_last
        facts = gate_day.GatePlanFacts(
            starts_local=datetime.combine(day, time(9, 30)),
            place="The gate",
            home_by_local=datetime.combine(day, time(13)),
            bring="A bag",
            ring_name="Robin",
            ring_phone="0808 157 0111",
        )

        def do(db: Session, now: datetime) -> None:
            gate_day.confirm(db, db.get_one(Pair, seen.pair_id), facts, by=by, now=now)

        return Act(life, "gate plan", by, do)

    def _taps(self, life: Life, seen: Seen) -> Iterator[Act]:
        for step in GateStep:
            if step not in seen.marks:
                yield self._tap(life, seen, step)

    def _tap(self, life: Life, seen: Seen, step: GateStep) -> Act:
        by = self.desks.mentors[seen.mentor_id]

        def do(db: Session, now: datetime) -> None:
            gate_taps.mark(db, db.get_one(Pair, seen.pair_id), step, by=by, now=now)

        return Act(life, f"tap {step.value}", by, do)


def _name(meeting: Any) -> str:
    return f"{meeting.kind.value} {meeting.number}"
