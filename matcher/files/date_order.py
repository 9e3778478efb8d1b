"""Days as files write them, and the one order that a whole file writes them in.

"03/02/2027" is the third of February in one report and the second of March
in another, and the same feed has been seen in both. So the order is decided
once for the whole file, from the days in it that can only be read one way,
and never cell by cell. What stays open is asked of a person.

Forms with one reading only (2027-02-03, with or without a time; 3 Feb 2027)
need no order. A moment with a time zone is the day it has in London.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from matcher.files.cells import is_empty, shown
from matcher.files.refusals import ChoiceNeeded
from models.vocabulary import Word


class DateOrder(Word):
    """Which comes first where a day is written as three numbers, the year last."""

    DAY_FIRST = "day_first", "day first, as 31/12/2026"
    MONTH_FIRST = "month_first", "month first, as 12/31/2026"


EXAMPLES: Mapping[DateOrder | None, str] = {
    DateOrder.DAY_FIRST: "28/03/1990",
    DateOrder.MONTH_FIRST: "03/28/1990",
    None: "1990-03-28",
}
"""One day, the same for everybody, to show how a date is written; None is a file without order."""

_FORMS = {DateOrder.DAY_FIRST: "%d/%m/%Y", DateOrder.MONTH_FIRST: "%m/%d/%Y"}
EARLIEST_YEAR, LATEST_YEAR, NO_END_YEAR = 1900, 2199, 9999

LONDON = ZoneInfo("Europe/London")
_TIME = r"(?:[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[AaPp][Mm])?)?"
_ZONE = r"(?P<zone>Z|[+-]\d{2}:?\d{2})?"
_YEAR_LAST = re.compile(
    rf"(?P<first>\d{{1,2}})(?P<sign>[/.\-\s])(?P<second>\d{{1,2}})(?P=sign)"
    rf"(?P<year>\d{{4}}|\d{{2}}){_TIME}",
    re.ASCII,
)
_YEAR_FIRST = re.compile(
    rf"(?P<year>\d{{4}})(?P<sign>[/.\-])(?P<month>\d{{1,2}})(?P=sign)(?P<day>\d{{1,2}}){_TIME}{_ZONE}",
    re.ASCII,
)
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH_NAMED = re.compile(
    r"(?:[a-z]+,?\s+)?(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s/.\-]+(?P<month>[a-z]{3,9})[\s/.,\-]+"
    rf"(?P<year>\d{{4}}|\d{{2}}){_TIME}",
    re.ASCII | re.IGNORECASE,
)


def decide(cells: Iterable[str], told: DateOrder | None = None) -> DateOrder | None:
    """Return the order of the file whose date cells these are; None where nothing hangs on it.

    What a person has `told` is not questioned. Raises ChoiceNeeded where no
    cell settles it, or where cells contradict one another.
    """
    if told is not None:
        return told
    pairs = {cell: _first_two(cell) for cell in cells}
    settling = {order: _only(order, pairs) for order in DateOrder}
    orders = [order for order, found in settling.items() if found]
    if len(orders) == 1:
        return orders[0]
    if orders:
        raise _choice(_contradiction(settling))
    open_cells = sorted(cell for cell, pair in pairs.items() if pair and pair[0] != pair[1])
    if open_cells:
        raise _choice(_open_question(open_cells[0]))
    return None


def read_day(cell: str, order: DateOrder | None) -> date | None:
    """Return the day a cell names; None for an empty one, or for year 9999, "without end".

    Raises ValueError with a sentence that says what is wrong and what to
    write.
    """
    if is_empty(cell):
        return None
    if found := _YEAR_FIRST.fullmatch(cell):
        return _with_zone(cell, found) or _day(found["year"], found["month"], found["day"])
    if found := _MONTH_NAMED.fullmatch(cell):
        return _day(found["year"], _month_number(found["month"], cell), found["day"])
    if found := _YEAR_LAST.fullmatch(cell):
        return _ordered(found, order)
    raise ValueError(f"this is not a date. {_like(order)}")


@lru_cache(maxsize=100_000)
def day_in(cell: str, order: DateOrder | None) -> date | str | None:
    """Return what `read_day` does, or the sentence of its error; remembered, as days repeat."""
    try:
        return read_day(cell, order)
    except ValueError as wrong:
        return str(wrong)


def written(day: date, order: DateOrder | None) -> str:
    """Return a day in the form of EXAMPLES, as the sentences about a file ask for it."""
    return day.isoformat() if order is None else day.strftime(_FORMS[order])


def _first_two(cell: str) -> tuple[int, int] | None:
    found = _YEAR_LAST.fullmatch(cell)
    return (int(found["first"]), int(found["second"])) if found else None


def _only(order: DateOrder, pairs: dict[str, tuple[int, int] | None]) -> list[str]:
    """Return the cells that can only be read in this order."""
    turned = order is DateOrder.MONTH_FIRST
    found = {cell: pair[::-1] if turned else pair for cell, pair in pairs.items() if pair}
    return sorted(
        cell for cell, (day, month) in found.items() if 12 < day <= 31 and 0 < month <= 12
    )


def _ordered(found: re.Match[str], order: DateOrder | None) -> date | None:
    day, month = found["first"], found["second"]
    if order is None and day != month:
        raise ValueError(f"this can be read two ways. {_like(order)}")
    if order is DateOrder.MONTH_FIRST:
        day, month = month, day
    if int(month) > 12:
        raise ValueError(
            f"there is no month {month}{f'; this file is read {order.label}' if order else ''}. "
            f"{_like(order)}"
        )
    return _day(found["year"], month, day, order)


def _day(year: str, month: str, day: str, order: DateOrder | None = None) -> date | None:
    numbers = (_full_year(year), int(month), int(day))
    if numbers[0] == NO_END_YEAR:
        return None
    if not EARLIEST_YEAR <= numbers[0] <= LATEST_YEAR:
        raise ValueError(f"the year {year} cannot be right. Give the date with the right year.")
    try:
        return date(*numbers)
    except ValueError:
        raise ValueError(f"there is no such day. {_like(order)}") from None


def _full_year(year: str) -> int:
    """Return the year; two digits mean this century, as release dates lie ahead."""
    return 2000 + int(year) if len(year) == 2 else int(year)


def _like(order: DateOrder | None) -> str:
    """Return what to do; never a day near the one in the cell: it would be typed in unchecked."""
    return f"Check it with the prison's record; write it like {EXAMPLES[order]}."


def _month_number(name: str, cell: str) -> str:
    for number, month in enumerate(_MONTHS, start=1):
        if month.startswith(name.casefold()):
            return str(number)
    raise ValueError(f"{shown(cell)} is not a date. {_like(None)}")


def _with_zone(cell: str, found: re.Match[str]) -> date | None:
    """Return the London day of a moment with a time zone: 23:00 UTC may be the next day."""
    if not found["zone"]:
        return None
    try:
        return datetime.fromisoformat(cell).astimezone(LONDON).date()
    except (ValueError, OverflowError):
        return None


def _choice(sentence: str) -> ChoiceNeeded:
    return ChoiceNeeded(sentence, argument="date_order", choices=tuple(DateOrder))


def _open_question(cell: str) -> str:
    return (
        f"The dates in this file can be read two ways: {shown(cell)} is "
        f"{_long(cell, DateOrder.DAY_FIRST)} or {_long(cell, DateOrder.MONTH_FIRST)}. "
        "Say whether the day or the month comes first."
    )


def _contradiction(settling: dict[DateOrder, list[str]]) -> str:
    told = "; ".join(
        f"{len(cells):,} can only be read {order.label.split(',')[0]} (such as {shown(cells[0])})"
        for order, cells in settling.items()
    )
    return (
        f"The dates in this file contradict one another: {told}. "
        "Say whether the day or the month comes first."
    )


def _long(cell: str, order: DateOrder) -> str:
    day = day_in(cell, order)
    return f"{day.day} {day:%B %Y}" if isinstance(day, date) else "no day"
