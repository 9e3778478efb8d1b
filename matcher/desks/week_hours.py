"""Hours of the week as people say them: "Monday to Friday 9am to 5pm; Saturday 10am to 1pm"."""

from __future__ import annotations

from collections.abc import Collection
from itertools import groupby

from models.hours import HOURS_IN_WEEK

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def hours_in_words(hours: Collection[int]) -> str:
    """Return hours from 0 (Monday midnight to one) to 167 in words; empty text for none.

    Days that follow one another with the same hours are said together. Hours
    past midnight are said with the day on which they begin, if together they
    are less than a day.
    """
    spans = [_on(frozenset(hours), day) for day in range(7)]
    together = groupby(range(7), key=lambda day: spans[day])
    return "; ".join(f"{_days(list(days))} {said}" for said, days in together if said)


def _on(hours: frozenset[int], day: int) -> str:
    """Return the spans that begin on a day: "9am to noon and 7pm to 7am", or "all day"."""
    if _first_gap(hours, day) == 24:
        return "all day"
    own = [hour for hour in range(24) if day * 24 + hour in hours]
    starts = [hour for hour in own if hour - 1 not in own]
    ends = [hour + 1 for hour in own if hour + 1 not in own]
    if own and _goes_on(hours, day):
        ends[-1] = _first_gap(hours, day + 1)
    if own and _goes_on(hours, day - 1):
        del starts[0], ends[0]
    return " and ".join(f"{_clock(a)} to {_clock(b)}" for a, b in zip(starts, ends, strict=True))


def _goes_on(hours: frozenset[int], day: int) -> bool:
    """Say whether the last span of a day is said to end on the next one."""
    return 0 < _first_gap(hours, day + 1) < _last_start(hours, day) < 24


def _first_gap(hours: frozenset[int], day: int) -> int:
    """Return the first hour of a day that is not among the hours, 24 if all are."""
    free = (hour for hour in range(24) if (day * 24 + hour) % HOURS_IN_WEEK not in hours)
    return next(free, 24)


def _last_start(hours: frozenset[int], day: int) -> int:
    """Return the hour of a day from which on all are among the hours, 24 if none is."""
    free = (hour for hour in range(23, -1, -1) if (day * 24 + hour) % HOURS_IN_WEEK not in hours)
    return next(free, -1) + 1


def _days(days: list[int]) -> str:
    first, last = DAYS[days[0]], DAYS[days[-1]]
    if len(days) == 1:
        return first
    return "Every day" if len(days) == 7 else f"{first} {'and' if len(days) == 2 else 'to'} {last}"


def _clock(hour: int) -> str:
    hour %= 24
    if hour % 12 == 0:
        return "noon" if hour else "midnight"
    return f"{hour % 12}{'am' if hour < 12 else 'pm'}"
