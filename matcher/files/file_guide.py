"""What files hold, for people: the page `docs/files.md`, and workbooks to start from.

Both are made from the columns themselves, so that they cannot say anything
else than the reader does. `python -m matcher.files.file_guide` writes the page to
standard output.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from matcher.core.release_dates import BASES, POSSIBLE
from matcher.files.column_meanings import MEANINGS
from matcher.files.people_cells import SHORT_LIST, Day, Each, Kind, OneWord, Several, list_name
from matcher.files.people_columns import Column, Profile, columns_of
from matcher.files.report_columns import NAMES, ReportField
from models.profiles import LeaverInFile, MentorProfile
from models.vocabulary import Word

COLUMN_HEADS = ("Column", "What to write", "What it means")

INTRODUCTION = """\
# The files that go in

Any spreadsheet will do: CSV (with commas, semicolons, tabs or bars), .xlsx, .xlsm, .xlsb, .xls or
.ods. Column names may be in any case and any order, and rows may stand above them. Days are best
written as 2027-02-28; other forms are read too, in one order for the whole file, and where that
order cannot be told a person is asked. Words are taken by their value or by their label.

A cell that cannot be taken is named by row, column and value, with what to do. Good rows go in.
Bad rows come back as a file with one more column, "What to mend"; mended, it can be uploaded as
it is. The same file twice changes nothing.
"""

REPORTS = """\
## Release reports

A report needs a column of prison numbers and one of release dates, each under any of these names
(case, blanks and punctuation make no difference). Other columns are passed over. A report without
a column for the prison is taken to be about the prison of whoever uploads it. Rows without a
release date, and people already released, are listed and not taken. A report that has only
eligibility or review dates is refused: they say when someone could be released, not when they
will be.

Where a report gives several dates, the first of these that is present counts, and is moved where
the rules say so:

{bases}
"""


def guide() -> str:
    """Return the page `docs/files.md`."""
    told = [kind for kind in BASES if kind in NAMES]
    bases = "\n".join(f"{place}. {kind.label}" for place, kind in enumerate(told, start=1))
    parts = [
        INTRODUCTION,
        REPORTS.format(bases=bases),
        _table(("What it says", "Names it is known by"), _report_names()),
        "## Leavers\n\nOne row for each leaver, with everything known.\n",
        _table(COLUMN_HEADS, _columns(LeaverInFile)),
        "## Mentors\n\nOne row for each mentor, with everything known.\n",
        _table(COLUMN_HEADS, _columns(MentorProfile)),
        "## Words\n\nThe longer lists; each word may be written as its value or as its label.\n",
        *(_word_list(words) for words in _long_lists()),
    ]
    return "\n".join(parts)


def template(profile: type[Profile]) -> bytes:
    """Return a workbook to fill in: the columns, and beside them what to write."""
    workbook = Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)  # noqa: S101 - a new workbook has one
    sheet.title = "Leavers" if profile is LeaverInFile else "Mentors"
    for place, column in enumerate(columns_of(profile), start=1):
        _add_column(sheet, place, column)
    sheet.freeze_panes = "B2"
    _add_sheet(workbook, "How to fill in", COLUMN_HEADS, _columns(profile))
    _add_sheet(workbook, "Words", ("List", "Value", "Label"), _words())
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


def _report_names() -> Iterable[tuple[str, str]]:
    """Return what reports tell; the day someone really left is told on a page."""
    for field in (*ReportField, *BASES, *POSSIBLE):
        if field in NAMES:
            yield field.label, ", ".join(NAMES[field])


def _columns(profile: type[Profile]) -> Iterable[tuple[str, str, str]]:
    meanings = MEANINGS[profile]
    for column in columns_of(profile):
        yield column.heading, _with_capital(column.about), meanings.get(column.field, "")


def _with_capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _long_lists() -> list[type[Word]]:
    """Return the lists that columns refer to by name, each once, in the order they are met."""
    columns = (*columns_of(LeaverInFile), *columns_of(MentorProfile))
    lists = [words for column in columns for words in _lists_of(column.kind)]
    return list(dict.fromkeys(lists))


def _lists_of(kind: Kind) -> Iterable[type[Word]]:
    if isinstance(kind, Each):
        return _lists_of(kind.key)
    if isinstance(kind, Several):
        return _lists_of(kind.item)
    return kind.lists if isinstance(kind, OneWord) and len(kind.words) > SHORT_LIST else ()


def _word_list(words: type[Word]) -> str:
    rows = ((word.value, word.label) for word in words)
    return f"### {list_name(words)}\n\n{_table(('Value', 'Label'), rows)}"


def _words() -> Iterable[tuple[str, ...]]:
    return ((list_name(words), w.value, w.label) for words in _long_lists() for w in words)


def _add_column(sheet: Worksheet, place: int, column: Column) -> None:
    """Write the heading; make the cells below hold days as days and words as a choice."""
    letter = get_column_letter(place)
    sheet.cell(1, place, column.heading).font = Font(bold=True)
    sheet.column_dimensions[letter].width = max(14, len(column.heading) + 2)
    sheet.column_dimensions[letter].number_format = (
        "yyyy-mm-dd" if isinstance(column.kind, Day) else "@"
    )
    if isinstance(column.kind, OneWord) and len(column.kind.words) <= SHORT_LIST:
        listed = ",".join(word.value for word in column.kind.words)
        choice = DataValidation("list", formula1=f'"{listed}"', allow_blank=True)
        choice.add(f"{letter}2:{letter}5000")
        sheet.add_data_validation(choice)


def _add_sheet(
    workbook: Workbook, title: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]
) -> None:
    sheet = workbook.create_sheet(title)
    for row in (heads, *rows):
        sheet.append([text.replace("**", "") for text in row])
    for place in range(1, len(heads) + 1):
        sheet.cell(1, place).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = 28


if __name__ == "__main__":
    sys.stdout.write(guide())
