"""What was sent, to whom it may no longer go and at which hour: I6 and I7."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Text, type_coerce
from sqlalchemy import select as of_columns
from sqlmodel import col, select

from matcher.core.sending import next_opening
from matcher.core.working_days import official_calendar
from matcher.doctor.case import Breach, Case, Found, changes_of
from matcher.letter_checks import AT_ALL_EVENTS, PAIR_STATES
from matcher.recipients import Party
from models.audit import AuditEntry
from models.events import Event
from models.outbox import Letter
from models.pairs import Pair, PairHistory
from models.people import Mentor
from models.referrals import Referral
from models.states import (
    EventKind,
    LetterKind,
    LetterState,
    MentorState,
    PairState,
    ReferralState,
)

PROMISED_WITHIN = timedelta(seconds=60)
"""How soon after a withdrawal nothing leaves any more. What was begun before may still arrive."""


class Sent(NamedTuple):
    """One letter that was sent, and when its hand-over began."""

    id: UUID
    key: str
    kind: LetterKind
    recipient: str
    urgent: bool
    leaver_id: UUID | None
    mentor_id: UUID | None
    pair_id: UUID | None
    due_at: datetime
    not_after: datetime
    begun_at: datetime

    @property
    def is_to_mentor(self) -> bool:
        """Say whether a mentor was written to."""
        return self.recipient.startswith(f"{Party.MENTOR.value}:")

    @property
    def is_to_leaver(self) -> bool:
        """Say whether a leaver was written to."""
        return self.recipient.startswith(f"{Party.LEAVER.value}:")


class Came(NamedTuple):
    """One referral: when it was made and, if it was withdrawn, when."""

    created_at: datetime
    withdrawn_at: datetime | None


def inside_the_window(case: Case) -> Found:
    """I7: letters begun before they were due, after their time, or outside the hours."""
    calendar = official_calendar()
    for sent in _sent(case):
        if not sent.due_at <= sent.begun_at <= sent.not_after:
            yield Breach("letter", str(sent.id), "it was sent outside its window")
        elif not sent.urgent and next_opening(sent.kind, sent.begun_at, calendar) > sent.begun_at:
            yield Breach("letter", str(sent.id), "it was sent outside the hours for letters")


def nothing_after_the_end(case: Case) -> Found:
    """I6: letters begun more than a minute after what they are about was over.

    What keeps someone from waiting at a gate in vain goes at all events, and
    so does the entry that takes an appointment out of a calendar.
    """
    ends, calls_off = Ends(case), _calling_off(case)
    for sent in _sent(case):
        if sent.kind is not LetterKind.RING_US and ends.are_mourned(sent):
            yield Breach("letter", str(sent.id), "it was sent after the leaver had died")
            continue
        if sent.kind in AT_ALL_EVENTS or sent.id in calls_off:
            continue
        wrong = ends.what_is_over(sent)
        if wrong:
            yield Breach("letter", str(sent.id), f"it was sent after {wrong}")


@dataclass(frozen=True)
class Ends:
    """When everything ended that a letter may be about."""

    case: Case

    def what_is_over(self, sent: Sent) -> str:
        """Return what had been over for more than a minute as a letter was begun, or nothing."""
        since = sent.begun_at - PROMISED_WITHIN
        if _before(self._withdrawn_at(sent), since):
            return "the referral was withdrawn"
        if sent.is_to_mentor and _before(self._mentor_left(sent), since):
            return "the mentor had left or withdrawn consent"
        if sent.is_to_leaver and _before(self._deaths.get(sent.leaver_id), since):
            return "the leaver had died"
        fits = PAIR_STATES.get(sent.kind)
        if sent.pair_id and fits is not None and not self._fitted(sent.pair_id, sent, fits):
            return "its pair had moved on"
        return ""

    def are_mourned(self, sent: Sent) -> bool:
        """Say whether the leaver of a letter's pair had been dead for more than a minute."""
        leaver_id = self._leavers_of_pairs.get(sent.pair_id) if self._deaths else None
        return _before(self._deaths.get(leaver_id), sent.begun_at - PROMISED_WITHIN)

    def _withdrawn_at(self, sent: Sent) -> datetime | None:
        """Return when the referral was withdrawn that a letter goes by, as it was sent."""
        if sent.pair_id:
            of_pair = self._referrals_of_pairs.get(sent.pair_id)
            return of_pair.withdrawn_at if of_pair else None
        before = [one for one in self._referrals[sent.leaver_id] if one.created_at <= sent.begun_at]
        return before[-1].withdrawn_at if before else None

    def _mentor_left(self, sent: Sent) -> datetime | None:
        mentor_id = sent.mentor_id or UUID(sent.recipient.partition(":")[2])
        return self._mentors_left.get(mentor_id)

    def _fitted(self, pair_id: UUID, sent: Sent, fits: Collection[PairState]) -> bool:
        """Say whether a pair was in one of these states as a letter about it was begun.

        One begun before it was planned tells of a clock that was set back meanwhile: nothing
        that the letter needs was there by then, and so it goes by when it was planned.
        """
        if not self._states(pair_id, sent.begun_at).isdisjoint(fits):
            return True
        planned_at = self._planned_at(sent.id)
        if planned_at is None or planned_at <= sent.begun_at:
            return False
        return not self._states(pair_id, planned_at).isdisjoint(fits)

    def _planned_at(self, letter_id: UUID) -> datetime | None:
        added = select(AuditEntry.at).where(
            AuditEntry.noun == "letter",
            AuditEntry.row_id == str(letter_id),
            AuditEntry.action == "add",
        )
        return self.case.db.exec(added).first()

    def _states(self, pair_id: UUID, moment: datetime) -> set[PairState]:
        """Return the states in which a pair was in the last minute before a moment.

        Any, where its history begins later: a clock was set back, and nothing was over by then.
        """
        lines = [line for line in self._histories[pair_id] if line[0] <= moment]
        if not lines:
            return set(PairState)
        since = moment - PROMISED_WITHIN
        late = [number for number, (at, _) in enumerate(lines) if at >= since]
        first = max(late[0] - 1, 0) if late else len(lines) - 1
        return {state for _, state in lines[max(first, 0) :]}

    @cached_property
    def _referrals(self) -> Mapping[UUID | None, list[Came]]:
        told: defaultdict[UUID | None, list[Came]] = defaultdict(list)
        rows = of_columns(
            col(Referral.leaver_id),
            col(Referral.created_at),
            col(Referral.state),
            col(Referral.state_since),
        )
        for leaver_id, *came in self.case.db.execute(rows.order_by(col(Referral.created_at))):
            told[leaver_id].append(_came(*came))
        return told

    @cached_property
    def _referrals_of_pairs(self) -> Mapping[UUID, Came]:
        rows = of_columns(
            col(Pair.id), col(Referral.created_at), col(Referral.state), col(Referral.state_since)
        ).where(col(Pair.referral_id) == Referral.id)
        return {pair_id: _came(*came) for pair_id, *came in self.case.db.execute(rows)}

    @cached_property
    def _leavers_of_pairs(self) -> Mapping[UUID | None, UUID]:
        pairs = of_columns(col(Pair.id), col(Pair.leaver_id))
        return dict(self.case.db.execute(pairs).all())

    @cached_property
    def _mentors_left(self) -> Mapping[UUID, datetime]:
        ended = select(Mentor.id, Mentor.state_since).where(Mentor.state == MentorState.ENDED)
        left = dict(self.case.db.exec(ended).all())
        without = self.case.db.exec(select(Mentor.id).where(col(Mentor.consented_on).is_(None)))
        changes = changes_of(self.case.db, "mentor", ["consented_on"])
        for mentor_id in without:
            taken_back = changes.get(str(mentor_id))
            if taken_back:
                at = taken_back[-1].at
                left[mentor_id] = min(left.get(mentor_id, at), at)
        return left

    @cached_property
    def _deaths(self) -> Mapping[UUID | None, datetime]:
        died = select(Event.leaver_id, Event.recorded_at).where(Event.kind == EventKind.DIED)
        return dict(self.case.db.exec(died).all())

    @cached_property
    def _histories(self) -> Mapping[UUID, list[tuple[datetime, PairState]]]:
        told: defaultdict[UUID, list[tuple[datetime, PairState]]] = defaultdict(list)
        lines = of_columns(
            col(PairHistory.pair_id), col(PairHistory.moved_at), col(PairHistory.to_state)
        )
        for pair_id, at, state in self.case.db.execute(lines.order_by(col(PairHistory.number))):
            told[pair_id].append((at, state))
        return told


def _sent(case: Case) -> Iterator[Sent]:
    """Yield every letter that was sent, with when its hand-over began."""
    columns: list[Any] = [getattr(Letter, name) for name in Sent._fields[:-1]]
    sent = of_columns(*columns, col(Letter.sent_at)).where(
        col(Letter.state) == LetterState.SENT, col(Letter.sent_at).is_not(None)
    )
    for row in case.db.execute(sent.order_by(col(Letter.id))):
        yield Sent._make([*row[:-1], case.begun_at(row.id, row.key, row.sent_at)])


def _calling_off(case: Case) -> set[UUID]:
    """Return the calendar entries that take an appointment away."""
    facts: Any = type_coerce(col(Letter.facts), Text)
    entries = select(Letter.id).where(
        Letter.kind == LetterKind.CALENDAR_ENTRY, facts.contains('"calls_off": true')
    )
    return set(case.db.exec(entries))


def _came(created_at: datetime, state: ReferralState, since: datetime) -> Came:
    return Came(created_at, since if state is ReferralState.WITHDRAWN else None)


def _before(ended_at: datetime | None, moment: datetime) -> bool:
    return ended_at is not None and ended_at < moment
