"""Sheets of rows, and the table within them: a row of column names and the rows below it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from matcher.files.cells import folded, shown
from matcher.files.refusals import ChoiceNeeded, IntakeRefused

MOST_ROWS = 100_000
"""Rows of one file; five times the largest installation we plan for."""

MOST_COLUMNS = 300
"""Columns of one file; the widest report known has 53."""

ROWS_TO_THE_HEADER = 40
"""How many rows that hold anything may stand above the column names."""

TO_MEND = "What to mend"
"""The column that a given-back file carries beside those uploaded; its name begins with this."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row that holds something.

    `number` counts from 1 as a spreadsheet program does. `broken` is empty,
    or says why the cells cannot be trusted.
    """

    number: int
    cells: tuple[str, ...]
    broken: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook, or the whole of a text file, whose cells `delimiter` parts."""

    name: str
    rows: tuple[Row, ...]
    delimiter: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Column names and the rows below them; rows may be shorter or longer than the header.

    `notes` are sentences about what was passed over. `given_back` says that
    the file is one of ours, with mended rows.
    """

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    delimiter: str = ""
    sheet: str = ""
    is_hidden: bool = False
    notes: tuple[str, ...] = ()

    @property
    def given_back(self) -> bool:
        """Say whether this is a file that was given back to be mended."""
        return any(map(is_advice, self.header))


def is_advice(name: str) -> bool:
    """Say whether a column is the one that a given-back file carries, whatever is said behind it.

    Behind its name it may say how the days of the file are read.
    """
    return folded(name).startswith(folded(TO_MEND))


def find_table(
    sheets: Sequence[Sheet],
    is_known: Callable[[str], bool],
    is_whole: Callable[[tuple[str, ...]], bool],
    *,
    sheet: str | None = None,
) -> Table | None:
    """Return the table of the one sheet whose column names are whole, or of the sheet asked for.

    The column names are the row, near the top, with most names that
    `is_known`. Where none is whole, the table that knows most is returned, so
    that it can be said what it lacks; nothing at all is None. Raises
    ChoiceNeeded where several sheets are whole, and IntakeRefused where
    `sheet` is not there.
    """
    if sheet is not None and sheet not in {each.name for each in sheets}:
        raise IntakeRefused(f"There is no sheet called {shown(sheet)} in this workbook.")
    asked = [each for each in sheets if sheet in (None, each.name)]
    found = [table for each in asked if (table := _table(each, is_known))]
    whole = [table for table in found if is_whole(table.header)]
    seen = [table for table in whole if not table.is_hidden] or whole
    if len(seen) > 1:
        raise _which(tuple(table.sheet for table in seen))
    best = seen or sorted(found, key=lambda table: -sum(map(is_known, table.header)))
    return replace(best[0], notes=_notes(best[0], whole)) if best else None


def _which(names: tuple[str, ...]) -> ChoiceNeeded:
    listed = ", ".join(map(shown, names))
    sentence = f"Several sheets of this workbook hold people: {listed}. Say which one to read."
    return ChoiceNeeded(sentence, argument="sheet", choices=names)


def _table(sheet: Sheet, is_known: Callable[[str], bool]) -> Table | None:
    first = list(islice(sheet.rows, ROWS_TO_THE_HEADER))
    known = [sum(is_known(cell) for cell in row.cells) for row in first]
    if not any(known):
        return None
    place = known.index(max(known))
    header = _without_empty_end(first[place].cells)
    below = sheet.rows[place + 1 :]
    rows = tuple(row for row in below if not _is_header_again(row.cells, header))
    return Table(header, rows, sheet.delimiter, sheet.name, is_hidden=sheet.hidden)


def _without_empty_end(cells: tuple[str, ...]) -> tuple[str, ...]:
    filled = [place for place, cell in enumerate(cells, start=1) if cell]
    return cells[: filled[-1]] if filled else ()


def _is_header_again(cells: tuple[str, ...], header: tuple[str, ...]) -> bool:
    """Reports printed page by page say their column names on every page."""
    return _without_empty_end(cells) == header


def _notes(read: Table, whole: Sequence[Table]) -> tuple[str, ...]:
    return tuple(
        f"The sheet {shown(table.sheet)} is hidden; it was {'' if table is read else 'not '}read."
        for table in whole
        if table.is_hidden
    )
