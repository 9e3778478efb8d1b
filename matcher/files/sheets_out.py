"""Lists as files for a spreadsheet: CSV and workbooks, of which no program runs any cell."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter

from matcher.files.cells import safe
from matcher.files.mending import write_csv

Cell = str | int | date | datetime | None
"""What a cell may hold; a time is the local one, without a zone."""


WIDE = 20
"""How many signs of a column are seen."""


def csv_of(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a CSV file; days are written as 2027-02-28, times as 2027-02-28 09:30."""
    return write_csv(heads, ([_written(cell) for cell in row] for row in rows))


def workbook_of(title: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a workbook of one sheet, written row by row so that a long list takes little room."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for number in range(1, len(heads) + 1):  # a day in a narrow column reads "########"
        sheet.column_dimensions[get_column_letter(number)].width = WIDE
    for row in (heads, *rows):
        sheet.append([_held(cell) for cell in row])
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _written(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return "" if cell is None else str(cell)


def _held(cell: Cell) -> Cell:
    """Return a text made safe, without the signs that no workbook may hold; days stay days."""
    return safe(ILLEGAL_CHARACTERS_RE.sub("", cell)) if isinstance(cell, str) else cell
