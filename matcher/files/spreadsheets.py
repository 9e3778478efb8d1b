"""Any uploaded file as a table of text cells: text with commas and its kin, or a workbook.

What a file is, its first bytes decide, never its name. Limits are checked
before anything is parsed. A file that cannot be read is refused with one
sentence (IntakeRefused); nothing is ever half read.
"""

from __future__ import annotations

from collections.abc import Callable

from matcher.files.delimited import read_delimited
from matcher.files.refusals import IntakeRefused
from matcher.files.tables import Sheet, Table, find_table
from matcher.files.workbooks import is_workbook, read_workbook

MOST_BYTES = 20_000_000
"""The largest file taken; 20,000 full rows of text come to about 10 MB."""


def read_sheets(content: bytes, is_known: Callable[[str], bool]) -> tuple[Sheet, ...]:
    """Return every sheet of the file; `is_known` says whether a cell is a known column name."""
    if len(content) > MOST_BYTES:
        most = MOST_BYTES // 1_000_000
        raise IntakeRefused(f"This file is larger than {most} MB. Upload it in parts.")
    if not content.strip():
        raise IntakeRefused("This file is empty. Export the report again and upload that.")
    if is_workbook(content):
        return read_workbook(content)
    return (read_delimited(content, is_known),)


def read_table(
    content: bytes,
    is_known: Callable[[str], bool],
    is_whole: Callable[[tuple[str, ...]], bool],
    *,
    sheet: str | None = None,
) -> Table | None:
    """Return the file's table, or None where no row holds a column name that `is_known`.

    `is_whole` says whether column names are all that is needed (see
    `find_table`).
    """
    return find_table(read_sheets(content, is_known), is_known, is_whole, sheet=sheet)
