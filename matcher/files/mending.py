"""What is wrong with a file, cell by cell, and the file of rows given back to be mended."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from matcher.files.cells import folded, safe, shown
from matcher.files.date_order import DateOrder
from matcher.files.tables import TO_MEND, Row, Table, is_advice

_READ_AS = {order: f" (days: {order.label.split(',')[0]})" for order in DateOrder}


@dataclass(frozen=True, slots=True)
class BadCell:
    """One cell that cannot be taken: where it stands, what it says, what to do.

    `column` is empty where the whole row is meant, `value` None where it
    does not matter. `advice` says what is wrong and what to write.
    """

    row: int
    column: str
    value: str | None
    advice: str

    def __str__(self) -> str:
        """Return the sentence: Row 14, Release date, "31/02/2027": there is no such day. ..."""
        value = shown(self.value) if self.value else "" if self.value is None else "empty"
        place = (f"Row {self.row}", " ".join(self.column.split())[:60], value)
        return f"{', '.join(filter(None, place))}: {self.advice}"


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that stays out, with everything that is wrong with it."""

    cells: tuple[str, ...]
    problems: tuple[BadCell, ...]


def write_given_back(
    header: Sequence[str], rows: Iterable[BadRow], order: DateOrder | None = None
) -> bytes:
    """Return the bad rows as a CSV file: the uploaded columns behind one that says what to mend.

    The column stands first, so that a row with too many cells keeps them in
    line. Its name says in which `order` the file's days are read, so that
    nobody is asked that of a few mended rows. No spreadsheet runs any cell of it.
    """
    lines = ((" ".join(map(str, row.problems)), *row.cells) for row in rows)
    return write_csv((TO_MEND + (_READ_AS[order] if order else ""), *header), lines)


def write_csv(header: Sequence[str], lines: Iterable[Sequence[str]]) -> bytes:
    """Return a CSV file that spreadsheet programs open with every letter right and run nothing."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(map(safe, header))
    writer.writerows(map(safe, line) for line in lines)
    return text.getvalue().encode("utf-8-sig")


def order_given_back(table: Table) -> DateOrder | None:
    """Return the order in which a given-back file says that its days are read, if it does."""
    marks = {folded(TO_MEND + mark): order for order, mark in _READ_AS.items()}
    return next((marks[folded(name)] for name in table.header if folded(name) in marks), None)


def without_advice(table: Table) -> Table:
    """Return a given-back table as it was first uploaded: without our own column."""
    if not table.given_back:
        return table
    places = [place for place, name in enumerate(table.header) if is_advice(name)]
    rows = (Row(row.number, _dropped(row.cells, places), row.broken) for row in table.rows)
    return replace(table, header=_dropped(table.header, places), rows=tuple(rows))


def _dropped(cells: tuple[str, ...], places: Sequence[int]) -> tuple[str, ...]:
    return tuple(cell for place, cell in enumerate(cells) if place not in places)
