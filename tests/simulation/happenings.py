"""What happens to people, and how it is told: late, twice, out of order, by whoever may.

A row for each thing that may happen; `lived` counts them by the service's own words, so that a
kind of event that no row tells of is found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from matcher.core.sending import local_day
from matcher.life_events import moment_of
from matcher.life_facts import (
    AtLarge,
    Away,
    DateGiven,
    Lapsed,
    LeftPrison,
    NewSentence,
    NotReleased,
    OnADay,
    RiskChanged,
    Told,
    Transferred,
    Withdrawn,
)
from models.desk_words import AwayReason, LapseReason, LapseStep, RiskPart
from models.people import Leaver, Mentor
from models.release_words import DateKind
from models.states import EventKind
from tests.simulation.desk import Seen
from tests.simulation.people import PRISONS

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Telling:
    """One event as someone tells it: of whom, which, in which words, and when it happened."""

    of: type[Leaver | Mentor]
    person_id: UUID
    kind: EventKind
    facts: Told
    happened_at: datetime


@dataclass(frozen=True)
class Case:
    """What an event is made from: how the leaver is seen, what time it is, and chance."""

    seen: Seen
    now: datetime
    chance: Random

    @property
    def today(self) -> date:
        return local_day(self.now)

    def late(self, most: int = 4) -> date:
        """The day on which it happened: today, or some days ago."""
        return self.today - self.chance.choice((0, 0, 1, most)) * DAY

    def leaver(self, kind: EventKind, facts: Told, on: date | None = None) -> Telling:
        moment = moment_of(on or self.today, self.now)
        return Telling(Leaver, self.seen.leaver_id, kind, facts, moment)

    def mentor(self, kind: EventKind, facts: Told) -> Telling | None:
        if self.seen.mentor_id is None:
            return None
        return Telling(Mentor, self.seen.mentor_id, kind, facts, self.now)


def _moves(case: Case) -> Telling:
    """The date moves to or fro by some days; who has left is given the day that stands."""
    stands = case.seen.release or case.today + 30 * DAY
    day = max(stands + case.chance.randint(-10, 12) * DAY, case.today)
    if stands <= case.today:
        day = stands
    kind = case.chance.choice((DateKind.CONFIRMED, DateKind.CONFIRMED, DateKind.CONDITIONAL))
    return case.leaver(EventKind.DATE_MOVED, _date(kind, day))


def new_date(case: Case) -> Telling:
    """A new date for someone whose plan stands still."""
    day = case.today + case.chance.randint(8, 20) * DAY
    return case.leaver(EventKind.DATE_MOVED, _date(DateKind.CONFIRMED, day))


def _removed(case: Case) -> Telling:
    kind = case.chance.choice((DateKind.CONFIRMED, DateKind.CONDITIONAL))
    return case.leaver(EventKind.DATE_REMOVED, _date(kind, None))


def _date(kind: DateKind, day: date | None) -> DateGiven:
    return DateGiven(kind=kind, day=day, source="the prison's office", given_by="The office")


def _early(case: Case) -> Telling:
    on = case.late(2)
    return case.leaver(EventKind.RELEASED_EARLY, LeftPrison(on=on), on)


def _transferred(case: Case) -> Telling:
    on, prison = case.late(), case.chance.choice(PRISONS)
    return case.leaver(EventKind.TRANSFERRED, Transferred(on=on, prison=prison), on)


def _away(case: Case) -> Telling:
    on = case.today + case.chance.randint(-2, 8) * DAY
    until = case.chance.choice((None, on, on + 3 * DAY))
    told = Away(on=on, until=until, why=case.chance.choice(list(AwayReason)))
    return case.leaver(EventKind.AWAY, told, min(on, case.today))


def _recalled(case: Case) -> Telling:
    on = case.late()
    return case.leaver(EventKind.RECALLED, OnADay(on=on), on)


def _sentenced(case: Case) -> Telling:
    on = case.late()
    remand = case.chance.random() < 0.5
    return case.leaver(EventKind.NEW_SENTENCE, NewSentence(on=on, remand=remand), on)


def _not_released(case: Case) -> Telling:
    on = case.late(1)
    arrested = case.chance.random() < 0.5
    return case.leaver(EventKind.NOT_RELEASED, NotReleased(on=on, arrested=arrested), on)


def _died(case: Case) -> Telling:
    on = case.late()
    return case.leaver(EventKind.DIED, OnADay(on=on), on)


def _at_large(case: Case) -> Telling:
    on = case.late()
    back_on = case.chance.choice((None, case.today))
    return case.leaver(EventKind.UNLAWFULLY_AT_LARGE, AtLarge(on=on, back_on=back_on), on)


def _risk(case: Case) -> Telling:
    on, what = case.late(), case.chance.choice(list(RiskPart))
    return case.leaver(EventKind.RISK_CHANGED, RiskChanged(on=on, what=what), on)


def _withdraws(case: Case) -> Telling:
    return case.leaver(EventKind.CONSENT_WITHDRAWN, Withdrawn())


def _mentor_withdraws(case: Case) -> Telling | None:
    return case.mentor(EventKind.CONSENT_WITHDRAWN, Withdrawn())


def _pauses(case: Case) -> Telling | None:
    why = case.chance.choice((None, *LapseReason))
    return case.mentor(EventKind.MENTOR_LAPSED, Lapsed(step=LapseStep.PAUSE, why=why))


def _ends(case: Case) -> Telling | None:
    why = LapseReason.TERM
    return case.mentor(EventKind.MENTOR_LAPSED, Lapsed(step=LapseStep.END, why=why))


def back(mentor_id: UUID, now: datetime) -> Telling:
    """A mentor who paused is there again."""
    return Telling(Mentor, mentor_id, EventKind.MENTOR_LAPSED, Lapsed(step=LapseStep.BACK), now)


TELLINGS: Mapping[str, Callable[[Case], Telling | None]] = {
    "date moves": _moves,
    "date removed": _removed,
    "released early": _early,
    "transferred": _transferred,
    "away": _away,
    "recalled": _recalled,
    "sentenced": _sentenced,
    "not released": _not_released,
    "at large": _at_large,
    "risk": _risk,
    "mentor pauses": _pauses,
    "mentor ends": _ends,
    "mentor withdraws": _mentor_withdraws,
    "died": _died,
    "withdraws": _withdraws,
}
"""What may happen, by the word that the trace has for it."""

OFTEN = (
    *("date moves",) * 10,
    *("away",) * 4,
    *("transferred",) * 3,
    *("risk",) * 3,
    *("date removed",) * 2,
    *("recalled",) * 1,
    *("sentenced",) * 1,
    *("not released",) * 1,
    *("at large",) * 1,
    *("released early",) * 1,
    *("mentor pauses",) * 1,
)
"""How often each happens; what is rarer is dealt to some lives by name."""
