"""Which days of a world are lived, and when: with both nights of an unusual length."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
LEAP_DAY = date(2028, 2, 29)
NIGHTS = (date(2027, 10, 31), date(2028, 3, 26))
"""The clocks go back, and forward, at 01:00 UTC."""


LONGER = 110
"""Days that a world may go on in which some life has not had enough yet."""


@dataclass(frozen=True)
class Span:
    """The first day of a world and how many it has."""

    first: date
    days: int

    @property
    def always(self) -> set[int]:
        """The days that are lived in any case, counted from the first."""
        numbers = ((day - self.first).days for day in (LEAP_DAY, *NIGHTS))
        return {number for number in numbers if 0 <= number <= self.days}


SPANS = {
    "autumn": Span(date(2027, 9, 20), 63),
    "spring": Span(date(2028, 1, 31), 63),
    "whole": Span(date(2027, 10, 11), 178),
}
"""The night on which the clocks go back; the leap day and the night they go forward; all three,
with time enough for a life to come to its closing report."""


def span_of(seed: int) -> Span:
    """One world in ten has the whole time."""
    return SPANS["whole" if seed % 10 == 0 else "autumn" if seed % 2 else "spring"]


def days_lived(span: Span, chance: Random) -> list[int]:
    """The days on which anything runs at all; between two of them no clock does, three at most."""
    days, day = span.always, 0
    while day <= span.days + LONGER:
        days.add(day)
        day += chance.choice((1, 2, 3, 3, 4))
    return sorted(days)


def moments_of(span: Span, number: int, chance: Random) -> Iterator[datetime]:
    """When people act and clocks look on a day, in UTC."""
    day = span.first + timedelta(days=number)
    if day in NIGHTS:
        for minutes in (25, 58, 62, 95):
            yield datetime.combine(day, time(), UTC) + timedelta(minutes=minutes)
    for hour in (9, 15):
        local = datetime.combine(day, time(hour, chance.randrange(1, 50)), LONDON)
        yield local.astimezone(UTC)
