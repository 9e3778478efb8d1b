"""Working days of England and Wales: Monday to Friday, less bank holidays.

The bank holidays come from the `holidays` library, whose England and Wales
are the same in every year. Its list also names the Saturday or Sunday that a
substitute day stands for; no weekend is a working day anyway. A holiday that
is proclaimed after the library was made is added to the set by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import holidays

YEARS = range(2000, 2100)
"""The years whose bank holidays are known here."""

DAY = timedelta(days=1)


@dataclass(frozen=True)
class WorkingDays:
    """A calendar of working days; each method raises ValueError outside `YEARS`."""

    bank_holidays: frozenset[date]

    def includes(self, day: date) -> bool:
        """Return whether this is a working day."""
        if day.year not in YEARS:
            raise ValueError(
                f"{day} is outside {YEARS[0]} to {YEARS[-1]}, the years whose "
                "bank holidays are known"
            )
        return day.weekday() < 5 and day not in self.bank_holidays

    def on_or_after(self, day: date) -> date:
        """Return the day itself if it is a working day, else the next one."""
        return day if self.includes(day) else self.after(day)

    def on_or_before(self, day: date) -> date:
        """Return the day itself if it is a working day, else the one before."""
        return day if self.includes(day) else self.before(day)

    def after(self, day: date) -> date:
        """Return the first working day later than this day."""
        return self.on_or_after(day + DAY)

    def before(self, day: date) -> date:
        """Return the last working day earlier than this day."""
        return self.on_or_before(day - DAY)

    def add(self, day: date, count: int) -> date:
        """Return the day `count` working days later, or earlier if `count` is below 0.

        The day itself is not counted, whether it is a working day or not;
        adding 0 returns it as it is.
        """
        step = self.after if count > 0 else self.before
        for _ in range(abs(count)):
            day = step(day)
        return day

    def between(self, first: date, last: date) -> list[date]:
        """Return the working days from `first` to `last`, both counted; none if inverted."""
        every = (first + DAY * step for step in range((last - first).days + 1))
        return [day for day in every if self.includes(day)]


@cache
def official_calendar(proclaimed: frozenset[date] = frozenset()) -> WorkingDays:
    """Return the calendar of `YEARS`, with any bank holidays proclaimed since."""
    known = holidays.country_holidays("GB", subdiv="ENG", years=YEARS)
    return WorkingDays(frozenset(known) | proclaimed)
