"""Hours of the week, as people write them: "mon-fri 9-17; sat 10-13".

An hour is a whole number from 0 (Monday midnight to one) to 167 (Sunday
eleven to midnight). A span that ends at or before it starts runs past
midnight, as curfews do: "daily 19-7".
"""

import re
from functools import lru_cache

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOURS_IN_WEEK = 168
DAYTIME = frozenset(day * 24 + hour for day in range(7) for hour in range(9, 20))

_SPAN = re.compile(r"^(?P<days>[a-z]+(?:-[a-z]+)?) (?P<start>\d{1,2})-(?P<end>\d{1,2})$")
_NAMED_DAYS = {"daily": range(7), "weekdays": range(5), "weekends": range(5, 7)}


def read_hours(text: str) -> frozenset[int]:
    """Return the hours of the week written in `text`; empty text gives none.

    Raises ValueError with a sentence that says what was wrong and how to
    write it.
    """
    spans = (" ".join(part.lower().split()) for part in re.split(r"[;,]", text))
    return frozenset(hour for span in spans if span for hour in _hours_of_span(span))


def write_hours(hours: frozenset[int]) -> str:
    """Return `hours` in the one form that `read_hours` reads back the same."""
    return "; ".join(
        f"{DAYS[day]} {start}-{end}"
        for day in range(7)
        for start, end in _runs([hour - day * 24 for hour in hours if hour // 24 == day])
    )


@lru_cache(maxsize=20_000)
def _hours_of_span(span: str) -> tuple[int, ...]:
    """Return the hours of one span; remembered, as a week has few and many people share them."""
    found = _SPAN.match(span)
    if not found or int(found["start"]) > 23 or not 1 <= int(found["end"]) <= 24:
        raise ValueError(f'"{span}" is not hours of the week: write "mon-fri 9-17; sat 10-13"')
    start, end = int(found["start"]), int(found["end"])
    length = end - start if end > start else 24 - start + end
    return tuple(
        (day * 24 + start + step) % HOURS_IN_WEEK
        for day in _days(found["days"])
        for step in range(length)
    )


def _days(text: str) -> list[int]:
    if text in _NAMED_DAYS:
        return list(_NAMED_DAYS[text])
    names = [name[:3] for name in text.split("-")]
    if not all(name in DAYS for name in names):
        raise ValueError(f'"{text}" is not a day: write mon, tue, wed, thu, fri, sat, sun or daily')
    first, last = DAYS.index(names[0]), DAYS.index(names[-1])
    return [(first + step) % 7 for step in range((last - first) % 7 + 1)]


def _runs(hours: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for hour in sorted(hours):
        if runs and runs[-1][1] == hour:
            runs[-1] = (runs[-1][0], hour + 1)
        else:
            runs.append((hour, hour + 1))
    return runs
