"""What a pathway's table is made of: rows that say when, counted from the anchor.

The anchor is the day a plan counts from; for through the gate that is the
effective release date. The tables themselves are in `matcher/plans`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from matcher.core.working_days import WorkingDays
from models.states import Deadline, LetterKind, MeetingKind, Pathway
from models.vocabulary import Word


class Notice(Word):
    """How long before the release a leaver was referred; it sets the form of the plan."""

    ORDINARY = "ordinary", "Ordinary"
    SHORT = "short", "Short notice"
    GATE_ONLY = "gate_only", "Gate only"


class MeetingKey(NamedTuple):
    """Which meeting of a pair: it stays the same when the dates move."""

    kind: MeetingKind
    number: int


class LetterKey(NamedTuple):
    """Which planned letter of a pair: it stays the same when the dates move."""

    kind: LetterKind
    number: int


@dataclass(frozen=True)
class When:
    """A day counted from the anchor: first calendar days, then working days; below 0 is before."""

    days: int = 0
    working_days: int = 0

    def day(self, anchor: date, calendar: WorkingDays) -> date:
        """Return the day itself, which need not be a working day."""
        return calendar.add(anchor + timedelta(days=self.days), self.working_days)


@dataclass(frozen=True)
class PlanRow:
    """One meeting of a plan, to be held between two days.

    A day that is no working day gives way inwards, so that no window grows:
    the first to the next working day, the last to the one before. Rows with
    `in_turn` share one window, which is parted among them in their order.
    `instead` is the meeting held if the mentor is not cleared for the prison.
    `within_days` is the most calendar days after the anchor; if the day found
    is later, the meeting is on the calendar day after the anchor.
    """

    meeting: MeetingKey
    opens: When
    closes: When
    purpose: str
    in_turn: bool = False
    instead: MeetingKey | None = None
    within_days: int | None = None


@dataclass(frozen=True)
class LetterRow:
    """One letter of a plan, due on a day and pointless after another.

    `due` None is as soon as the mentor has accepted. The letter is not
    planned once a meeting of one of the kinds `until_held` has been held.
    """

    letter: LetterKey
    due: When | None
    until: When
    purpose: str
    until_held: frozenset[MeetingKind] = frozenset()


@dataclass(frozen=True)
class DeadlineRow:
    """By when something must be settled; `earliest` working days after the referral."""

    deadline: Deadline
    due: When
    earliest: int = 0


@dataclass(frozen=True)
class OfferTerms:
    """Working days a manager has to approve and a mentor to answer; when to remind, if at all."""

    approve_in: int
    answer_in: int
    remind_after: int | None


@dataclass(frozen=True)
class PlanForm:
    """One form of a pathway's plan, for referrals no later than `least_notice` (None: any)."""

    notice: Notice
    least_notice: When | None
    offer: OfferTerms
    deadlines: tuple[DeadlineRow, ...]
    meetings: tuple[PlanRow, ...]
    letters: tuple[LetterRow, ...]


@dataclass(frozen=True)
class PathwayTable:
    """All that sets one pathway's plan apart.

    The first of `forms` whose notice is long enough counts. A referral may
    open at `opens`. From `settled` on, no meeting in prison is arranged anew.
    """

    pathway: Pathway
    opens: When
    settled: When
    forms: tuple[PlanForm, ...]
