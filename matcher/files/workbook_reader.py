"""A program of its own: a workbook on standard input, its cells as JSON lines on standard output.

It runs apart because a hostile workbook of 5 kB can ask for half a terabyte,
which ends the process that opens it. It uses the standard library and
python-calamine alone. Its arguments are the most memory (bytes), the most
processor time (seconds), the most rows that hold anything, the most columns, and the most
bytes that it may say. The exit code is 0, 2 (not a workbook), 3 (has a password),
4 (too many rows), 5 (too many columns) or 6 (says too much). It can write no file.

Each line is `["sheet", name, hidden]` or `[row number, [cell, ...]]`. Every
cell is text: days as 2027-02-03, moments as 2027-02-03T09:30:00, whole
numbers without a point. A cell merged downwards is said in each of its rows.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

NOT_A_WORKBOOK, HAS_A_PASSWORD, TOO_MANY_ROWS, TOO_MANY_COLUMNS, SAYS_TOO_MUCH = 2, 3, 4, 5, 6


def main() -> int:
    """Read the workbook within the limits given; return the exit code."""
    memory, seconds, most_rows, most_columns, most_told = map(int, sys.argv[1:6])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # pipes are no files
    try:
        return _write_lines(sys.stdin.buffer.read(), most_rows, most_columns, most_told)
    except PasswordError:
        return HAS_A_PASSWORD
    except CalamineError:
        return NOT_A_WORKBOOK


def _write_lines(content: bytes, most_rows: int, most_columns: int, most_told: int) -> int:
    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
        rows = told = 0
        for about in workbook.sheets_metadata:
            sheet = workbook.get_sheet_by_name(about.name)
            _write(["sheet", about.name, about.visible != SheetVisibleEnum.Visible])
            if sheet.end and sheet.end[1] >= most_columns:
                return TOO_MANY_COLUMNS
            for number, cells in _rows(sheet):
                told += _write([number, cells])
                rows += 1
                if told > most_told:
                    return SAYS_TOO_MUCH
                if rows > most_rows:
                    return TOO_MANY_ROWS
    return 0


def _rows(sheet: CalamineSheet) -> Iterator[tuple[int, list[str]]]:
    """Return the rows that hold anything, with their numbers as people count them."""
    if sheet.start is None:
        return  # an empty sheet has no rows to ask for
    merged = _merged_downwards(sheet)
    above: dict[int, str] = {}
    for row, cells in enumerate(sheet.to_python(skip_empty_area=False)):
        texts = [_text(cell) for cell in cells]
        filled = _filled(texts, merged.get(row, {}), above)
        if any(texts):
            yield row + 1, filled


def _filled(texts: list[str], merged: dict[int, bool], above: dict[int, str]) -> list[str]:
    """Return the row with each cell that belongs to a merged one saying what that says."""
    filled = list(texts)
    for column, is_first in merged.items():
        if is_first and column < len(texts):
            above[column] = texts[column]
        elif column < len(texts):
            filled[column] = above.get(column, "")
    return filled


def _merged_downwards(sheet: CalamineSheet) -> dict[int, dict[int, bool]]:
    """Return, by row and column, whether a cell is the first of those merged downwards."""
    merged: dict[int, dict[int, bool]] = {}
    last = sheet.end[0] if sheet.end else 0
    for (top, column), (bottom, _) in sheet.merged_cell_ranges or []:
        if bottom > top:
            for row in range(top, min(bottom, last) + 1):
                merged.setdefault(row, {})[column] = row == top
    return merged


def _text(cell: object) -> str:
    if isinstance(cell, datetime):
        return (cell.date() if cell.time() == time() else cell).isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def _write(line: list[object]) -> int:
    return sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    sys.exit(main())
