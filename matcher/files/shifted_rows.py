"""Rows that hold more cells than the header: exports that write a comma without quoting it.

One family of reports joins its fields with commas and escapes nothing, so
"SURNAME, FORENAME" becomes two cells and every later cell moves one to the
right. Such a row is mended only where that is certain: of all the ways to
join neighbouring cells back into fields, those in which each field that has
a known form (numbers, dates, prisons, addresses) has it must agree on every
field that we read. Otherwise the row stays out and is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

Form = Callable[[str], bool]
"""Whether a cell can be the value of a column."""

Reached = list[set[int]]
"""Per column, the cells at which it may start."""

MOST_EXTRA = 8
"""Cells too many in a row beyond which nothing about it is certain."""


def mended(
    cells: Sequence[str],
    forms: Mapping[int, Form],
    width: int,
    *,
    read: Iterable[int],
    delimiter: str,
) -> tuple[str, ...] | None:
    """Return the cells joined back into `width` fields, or None where that is not certain.

    `forms` are the known forms by column, `read` the columns whose values we
    take. Columns that are not read may be joined in more than one way; the
    first way stands.
    """
    extra = len(cells) - width
    if extra > MOST_EXTRA:
        return None
    field = _joiner(cells, delimiter)
    starts = _starts(field, forms, width, extra)
    spans = _spans(field, forms, width, extra, starts)
    if not spans or any(len(spans[column]) != 1 for column in read):
        return None
    return _one_way(field, spans)


def _joiner(cells: Sequence[str], delimiter: str) -> Callable[[int, int], str]:
    """Return what joins the cells from a first up to, not with, a last."""
    gap = delimiter + " " * (delimiter == ",")
    return lambda first, last: gap.join(cells[first:last])


def _fits(forms: Mapping[int, Form], column: int, value: str) -> bool:
    return column not in forms or forms[column](value)


def _starts(
    field: Callable[[int, int], str], forms: Mapping[int, Form], width: int, extra: int
) -> Reached:
    """Return, per column, the cells at which it may start when all before it fit."""
    starts: Reached = [{0}]
    for column in range(width):
        starts.append(
            {
                last
                for first in starts[column]
                for last in range(first + 1, column + extra + 2)
                if _fits(forms, column, field(first, last))
            }
        )
    return starts


def _spans(
    field: Callable[[int, int], str],
    forms: Mapping[int, Form],
    width: int,
    extra: int,
    starts: Reached,
) -> list[list[tuple[int, int]]]:
    """Return, per column, the spans of cells that are part of a whole fitting row."""
    spans: list[list[tuple[int, int]]] = [[] for _ in range(width)]
    ends = {width + extra} & starts[width]
    for column in reversed(range(width)):
        spans[column] = [
            (first, last)
            for first in sorted(starts[column])
            for last in sorted(ends)
            if first < last and _fits(forms, column, field(first, last))
        ]
        ends = {first for first, _ in spans[column]}
    return spans if ends else []


def _one_way(
    field: Callable[[int, int], str], spans: Sequence[Sequence[tuple[int, int]]]
) -> tuple[str, ...]:
    """Return the fields along the first path through the spans."""
    values, place = [], 0
    for column in spans:
        first, last = next(span for span in column if span[0] == place)
        values.append(field(first, last))
        place = last
    return tuple(values)
