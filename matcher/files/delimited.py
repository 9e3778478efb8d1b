"""Text files of rows: how they are decoded, which sign parts the cells, what is broken.

The encoding is never guessed from what the letters look like: a byte order
mark decides, else the file is UTF-8, else it is Windows text (cp1252), which
is what the prison service's desktops write.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TextIO

from matcher.files.cells import tidy
from matcher.files.refusals import IntakeRefused
from matcher.files.tables import MOST_COLUMNS, MOST_ROWS, ROWS_TO_THE_HEADER, Row, Sheet

DELIMITERS = (",", ";", "\t", "|")

LONGEST_LINE = 1_000_000
"""Signs in one line; a line of a report has a few thousand."""

MOST_CELL = 20_000_000
"""Signs in one cell; no file is larger, so it is the line that is judged, not the cell."""

NOT_A_SPREADSHEET = (
    "This file is not a spreadsheet. Export the report again as CSV or as a workbook (.xlsx) "
    "and upload that."
)
A_WEB_PAGE = (
    "This file is not a spreadsheet but a web page, whatever its name says. Open it in a "
    "spreadsheet program, save it as .xlsx or CSV and upload that."
)
NEVER_CLOSED = (
    "a quotation mark is opened and never closed, so it is not certain where the cells end. "
    "Take the quotation mark out."
)

csv.field_size_limit(MOST_CELL)

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WEB_PAGES = ("<!doctype html", "<html", "<table", "<head", "<body", "<meta")
_OTHER_KINDS = ("<?xml", "%pdf-", "{\\rtf")


def read_delimited(content: bytes, is_known: Callable[[str], bool]) -> Sheet:
    """Return the rows of a text file; `is_known` says whether a cell is a column name we know.

    The sign that parts the cells is the one with which most known names are
    found near the top. Raises IntakeRefused where the bytes are not text.
    """
    text = _decoded(content)
    lines = io.StringIO(text, newline="")
    delimiter = max(DELIMITERS, key=lambda sign: _known_names(lines, sign, is_known))
    return Sheet(name="", rows=_rows(text, delimiter), delimiter=delimiter)


def _decoded(content: bytes) -> str:
    text = _text(content)
    if text.lstrip("\ufeff \r\n\t")[:20].casefold().startswith(_WEB_PAGES):
        raise IntakeRefused(A_WEB_PAGE)
    if "\0" in text or text.lstrip()[:20].casefold().startswith(_OTHER_KINDS):
        raise IntakeRefused(NOT_A_SPREADSHEET)
    for number, line in enumerate(io.StringIO(text, newline=None), start=1):
        if len(line) > LONGEST_LINE:
            raise IntakeRefused(_too_long(number))
    return text


def _too_long(number: int) -> str:
    return (
        f"Line {number} of this file is longer than {LONGEST_LINE:,} letters and signs. Shorten "
        "what stands in it, or check that this is the right file."
    )


def _text(content: bytes) -> str:
    encodings = [name for mark, name in _MARKS if content.startswith(mark)] or ["utf-8", "cp1252"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise IntakeRefused(NOT_A_SPREADSHEET)


def _known_names(lines: TextIO, delimiter: str, is_known: Callable[[str], bool]) -> int:
    """Return the greatest number of known names in one of the first rows."""
    lines.seek(0)
    first = islice(csv.reader(lines, delimiter=delimiter), ROWS_TO_THE_HEADER)
    return max((sum(is_known(tidy(cell)) for cell in line) for line in first), default=0)


def _rows(text: str, delimiter: str) -> tuple[Row, ...]:
    """Return the rows that hold anything; where quotation marks stray, line by line."""
    try:
        return _at_most(_rows_of_records(text, delimiter))
    except csv.Error:
        return _at_most(_rows_of_lines(text, delimiter))


def _at_most(rows: Iterator[Row]) -> tuple[Row, ...]:
    taken = tuple(islice(rows, MOST_ROWS + 1))
    if len(taken) > MOST_ROWS:
        raise IntakeRefused(f"This file has more than {MOST_ROWS:,} rows. Upload it in parts.")
    return taken


def _rows_of_records(text: str, delimiter: str) -> Iterator[Row]:
    """Return the rows, numbered as a spreadsheet program numbers them: blank ones count."""
    for number, cells in enumerate(_records(text, delimiter), start=1):
        if any(cells):
            yield _row(number, cells, delimiter)


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _row(number: int, cells: Sequence[str], delimiter: str) -> Row:
    """Return the row; a cell that has swallowed a whole line of cells makes it broken."""
    swallowed = any(
        line.count(delimiter) >= len(cells) - 1 > 0
        for cell in cells
        if "\n" in cell or "\r" in cell
        for line in cell.splitlines()[1:]
    )
    return Row(number, _tidied(cells), broken=NEVER_CLOSED if swallowed else "")


def _rows_of_lines(text: str, delimiter: str) -> Iterator[Row]:
    """Read a file with stray quotation marks: each line by itself, the stray ones named."""
    for number, line in enumerate(io.StringIO(text, newline=None), start=1):
        try:
            cells, broken = next(iter(_records(line, delimiter)), []), ""
        except csv.Error:
            cells, broken = line.rstrip("\n").split(delimiter), NEVER_CLOSED
        if any(cells):
            yield Row(number, _tidied(cells), broken)


def _tidied(cells: Sequence[str]) -> tuple[str, ...]:
    if len(cells) > MOST_COLUMNS:
        raise IntakeRefused(f"This file has more than {MOST_COLUMNS} columns. Is it a report?")
    return tuple(map(tidy, cells))
