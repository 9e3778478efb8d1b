import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from matcher.files import workbooks
from matcher.files.cells import safe, tidy
from matcher.files.refusals import ChoiceNeeded, IntakeRefused
from matcher.files.spreadsheets import MOST_BYTES, read_sheets, read_table
from matcher.files.tables import MOST_COLUMNS, MOST_ROWS

KNOWN = {"Prison number", "Name", "Release date"}


def is_known(cell):
    return cell in KNOWN


def is_whole(header):
    return {"Prison number", "Release date"} <= set(header)


def table_of(content, **told):
    if isinstance(content, str):
        content = content.encode()
    return read_table(content, is_known, is_whole, **told)


def cells_of(content, **told):
    return [row.cells for row in table_of(content, **told).rows]


def workbook_of(*sheets, hidden=()):
    """A workbook with a sheet for each list of rows, named Sheet 1, Sheet 2 ..."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    for number, rows in enumerate(sheets, start=1):
        sheet = workbook.create_sheet(f"Sheet {number}")
        for row in rows:
            sheet.append(row)
        if number in hidden:
            sheet.sheet_state = "hidden"
    return saved(workbook)


def saved(workbook):
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


HEADER = ["Prison number", "Name", "Release date"]
SAM = ["A1234BC", "Sam", "2027-02-03"]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_cells_may_be_parted_by_any_of_the_four_signs(sign):
    table = table_of("\n".join(sign.join(row) for row in (HEADER, SAM)))

    assert table.header == tuple(HEADER)
    assert [row.cells for row in table.rows] == [tuple(SAM)]


def test_a_comma_within_names_does_not_make_the_comma_the_sign():
    table = table_of("Prison number;Name;Release date\nA1234BC;ORDINARY, SAM, JO, X;2027-02-03\n")

    assert table.rows[0].cells == ("A1234BC", "ORDINARY, SAM, JO, X", "2027-02-03")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way(end):
    assert cells_of(end.join(["Prison number,Release date", "A1234BC,1", "A1235BC,2", ""])) == [
        ("A1234BC", "1"),
        ("A1235BC", "2"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_letters_with_accents_are_right_in_every_encoding_a_desktop_writes(encoding):
    text = "Prison number,Name,Release date\nA1234BC,Siân Ó Brien – café,2027-02-03\n"

    assert cells_of(text.encode(encoding))[0][1] == "Siân Ó Brien – café"


def test_welsh_letters_that_windows_text_lacks_are_right_in_utf_8():
    assert cells_of("Prison number,Name\nA1234BC,Llŷr Ŵyn\n")[0][1] == "Llŷr Ŵyn"


def test_rows_are_numbered_as_a_spreadsheet_program_numbers_them():
    text = 'Report of the day\n\nPrison number,Name\nA1234BC,"Sam\nOrdinary"\n\nA1235BC,Jo\n'

    assert [row.number for row in table_of(text).rows] == [4, 6]


def test_rows_above_the_column_names_are_passed_over():
    text = "# Printed 21/11/2026\nHMP Leeds,,\n\nPrison number,Name,Release date\nA1234BC,Sam,x\n"

    assert table_of(text).header == tuple(HEADER)


def test_column_names_that_come_again_on_every_page_are_not_people():
    text = "Prison number,Name\nA1234BC,Sam\nPrison number,Name\nA1235BC,Jo\n"

    assert cells_of(text) == [("A1234BC", "Sam"), ("A1235BC", "Jo")]


def test_quoted_cells_keep_their_commas_quotation_marks_and_line_breaks():
    text = 'Prison number,Name\nA1234BC,"a, ""b""\nc"\n'

    assert cells_of(text) == [("A1234BC", 'a, "b"\nc')]


def test_a_quotation_mark_that_is_never_closed_names_its_row_and_loses_no_other():
    text = 'Prison number,Name\nA1234BC,Sam\nA1235BC,"Jo\nA1236BC,Di\nA1237BC,Ed\n'

    rows = table_of(text).rows

    assert [row.number for row in rows if row.broken] == [3]
    assert [row.cells[0] for row in rows if not row.broken] == ["A1234BC", "A1236BC", "A1237BC"]


def test_two_stray_quotation_marks_that_swallow_a_row_between_them_are_noticed():
    text = 'Prison number,Name\nA1234BC,"Sam\nA1235BC,Jo"\nA1236BC,Di\n'

    broken = [row for row in table_of(text).rows if row.broken]

    assert [row.number for row in broken] == [2]
    assert "quotation mark" in broken[0].broken


def test_a_file_without_one_known_name_has_no_table():
    assert table_of("this is intentionally not a spreadsheet file") is None


@pytest.mark.parametrize("content", [b"", b"  \r\n \n"])
def test_an_empty_file_is_refused(content):
    with pytest.raises(IntakeRefused, match="empty"):
        table_of(content)


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"%PDF-1.7\n1 0 obj",
        b"<html><table><tr><td>Prison number</td></tr></table></html>",
        b"\xef\xbb\xbf<!DOCTYPE html><p>Sign in</p>",
        b"Prison number\n\x81\x8d\x8f\x90\x9d\n",
    ],
    ids=["picture", "pdf", "web page", "sign-in page", "bytes of no text"],
)
def test_what_is_not_a_spreadsheet_is_refused(content):
    """ASVS 5.2.2."""
    with pytest.raises(IntakeRefused, match="not a spreadsheet"):
        table_of(content)


@pytest.mark.parametrize(("above", "number"), [("", 1), ("Prison number\nA1234BC\n", 3)])
def test_a_line_that_is_too_long_is_refused_by_its_number(above, number):
    said = f"Line {number} of this file is longer than 1,000,000 letters and signs. Shorten"

    with pytest.raises(IntakeRefused, match=said):
        table_of(above + "a" * 1_000_001)


def test_a_file_that_is_too_large_is_refused_before_it_is_read():
    with pytest.raises(IntakeRefused, match="larger than 20 MB"):
        table_of(b"x" * (MOST_BYTES + 1))


def test_too_many_rows_and_too_many_columns_are_refused():
    with pytest.raises(IntakeRefused, match="more than 100,000 rows"):
        table_of("Prison number\n" + "A\n" * MOST_ROWS)
    with pytest.raises(IntakeRefused, match="more than 300 columns"):
        table_of("Prison number" + "," * MOST_COLUMNS)


def test_a_workbook_gives_text_days_and_numbers_as_people_see_them():
    moments = [datetime.fromisoformat(f"2027-02-03T{time}") for time in ("00:00", "09:30")]
    row = ["A1234BC", moments[0], 12, 1.5, True, date(2027, 2, 4), moments[1]]

    [cells] = cells_of(workbook_of([["Prison number"], row]))

    assert cells == (
        *("A1234BC", "2027-02-03", "12", "1.5", "yes", "2027-02-04", "2027-02-03T09:30:00"),
    )


def test_days_of_a_workbook_that_counts_from_1904_are_the_same_days():
    workbook = Workbook()
    workbook.epoch = CALENDAR_MAC_1904
    workbook.active.append(["Prison number", "Release date"])
    workbook.active.append(["A1234BC", date(2027, 2, 3)])

    assert cells_of(saved(workbook)) == [("A1234BC", "2027-02-03")]


def test_a_table_that_starts_in_the_middle_of_a_sheet_keeps_its_row_numbers():
    workbook = Workbook()
    for place, text in {"C5": "Prison number", "D5": "Name", "C6": "A1234BC", "D6": "Sam"}.items():
        workbook.active[place] = text

    [row] = table_of(saved(workbook)).rows

    assert row.number == 6
    assert row.cells == ("", "", "A1234BC", "Sam")


def test_a_cell_merged_downwards_is_said_in_each_of_its_rows():
    workbook = Workbook()
    for row in (["Prison number", "Name"], ["A1234BC", "Leeds"], ["A1235BC"], ["A1236BC", "Hull"]):
        workbook.active.append(row)
    workbook.active.merge_cells("B2:B3")

    assert [cells[1] for cells in cells_of(saved(workbook))] == ["Leeds", "Leeds", "Hull"]


def test_the_sheet_with_the_people_is_found_among_cover_pages_and_empty_ones():
    content = workbook_of([["Name of the prison", "Leeds"]], [], [["x"], HEADER, SAM])

    assert table_of(content).sheet == "Sheet 3"


def test_two_sheets_of_people_are_a_question_and_the_answer_is_taken():
    content = workbook_of([HEADER, SAM], [HEADER, ["A1235BC", "Jo", "2027-02-04"]])

    with pytest.raises(ChoiceNeeded) as asked:
        table_of(content)

    assert asked.value.argument == "sheet"
    assert asked.value.choices == ("Sheet 1", "Sheet 2")
    assert cells_of(content, sheet="Sheet 2")[0][0] == "A1235BC"


def test_a_sheet_that_is_not_there_is_refused():
    with pytest.raises(IntakeRefused, match='no sheet called "Wing B"'):
        table_of(workbook_of([HEADER, SAM]), sheet="Wing B")


def test_a_hidden_sheet_is_passed_over_and_said_so():
    content = workbook_of([HEADER, SAM], [HEADER, SAM], hidden={1})

    table = table_of(content)

    assert table.sheet == "Sheet 2"
    assert table.notes == ('The sheet "Sheet 1" is hidden; it was not read.',)


def test_a_hidden_sheet_is_read_where_it_is_the_only_one_and_said_so():
    table = table_of(workbook_of([["nothing"]], [HEADER, SAM], hidden={2}))

    assert table.sheet == "Sheet 2"
    assert table.notes == ('The sheet "Sheet 2" is hidden; it was read.',)


def test_a_workbook_whose_sheets_are_all_empty_has_no_table():
    assert table_of(workbook_of([], [])) is None


def test_an_archive_that_is_no_workbook_is_refused():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("letter.txt", "Dear Sam")

    with pytest.raises(IntakeRefused, match="is not one, or it is damaged"):
        table_of(content.getvalue())


def test_a_workbook_cut_short_is_refused():
    whole = workbook_of([HEADER, SAM])

    with pytest.raises(IntakeRefused, match="is not one, or it is damaged"):
        table_of(whole[: len(whole) // 2])


def test_a_workbook_that_grows_beyond_reason_is_refused_before_it_is_parsed(monkeypatch):
    """ASVS 5.2.3."""
    monkeypatch.setattr(workbooks, "MOST_INFLATED_BYTES", 1_000_000)
    monkeypatch.setattr(workbooks, "_read_apart", lambda content: pytest.fail("it was parsed"))
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 1_000_001)

    with pytest.raises(IntakeRefused, match="too large to open safely"):
        table_of(content.getvalue())


def test_a_workbook_that_lies_about_how_far_it_grows_is_refused_too(monkeypatch):
    monkeypatch.setattr(workbooks, "MOST_INFLATED_BYTES", 1_000_000)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 1_000_001)
        archive.infolist()[0].file_size = 10

    with pytest.raises(IntakeRefused, match="too large to open safely"):
        table_of(content.getvalue())


def test_a_workbook_of_very_many_members_is_refused():
    """ASVS 5.2.3."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for number in range(workbooks.MOST_MEMBERS + 1):
            archive.writestr(f"{number}.xml", "")

    with pytest.raises(IntakeRefused, match="too large to open safely"):
        table_of(content.getvalue())


def test_a_small_workbook_that_asks_for_half_a_terabyte_is_refused_and_harms_nothing():
    """ASVS 15.2.2."""
    workbook = Workbook()
    workbook.active["A1"] = "Prison number"
    workbook.active["XFD1048576"] = "far away"

    with pytest.raises(IntakeRefused, match="too large to open safely"):
        table_of(saved(workbook))


def test_a_workbook_with_too_many_columns_is_refused():
    with pytest.raises(IntakeRefused, match="more than 300 columns"):
        table_of(workbook_of([["Prison number", *["x"] * MOST_COLUMNS]]))


def test_what_a_spreadsheet_would_run_is_made_safe():
    """ASVS 1.3.3."""
    for cell in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'=1", " =1", "\uff1d1", "|x", "%0A-1"):
        assert safe(cell).startswith("'")
    for cell in ("A1234BC", "O'Neill", "", "2027-02-03", "a=b", "'quoted'"):
        assert safe(cell) == cell


@given(st.text(alphabet="'=+-@|% \t\r\na1\uff1d", max_size=8))
def test_what_was_made_safe_reads_back_as_it_was(text):
    cell = tidy(text)

    assert tidy(safe(cell)) == cell


@given(st.binary(max_size=200))
def test_any_bytes_at_all_are_a_table_or_refused(content):
    sheets = sheets_or_sentence(content)

    if isinstance(sheets, str):
        assert sheets.endswith(".")
    else:
        assert all(isinstance(cell, str) for s in sheets for row in s.rows for cell in row.cells)


def sheets_or_sentence(content):
    try:
        return read_sheets(content, is_known)
    except IntakeRefused as refused:
        return str(refused)


def test_a_workbook_that_tells_more_than_its_size_is_refused(monkeypatch):
    """ASVS 5.2.1."""
    monkeypatch.setattr(workbooks, "MOST_TOLD_BYTES", 10_000)
    told = workbook_of([["Prison number"], *[["long " * 100] for _ in range(40)]])

    with pytest.raises(IntakeRefused, match="too large to open safely"):
        table_of(told)


def test_the_program_that_reads_workbooks_is_given_no_secret_and_writes_no_file(monkeypatch):
    """ASVS 13.3.2, 15.2.2."""
    monkeypatch.setenv("GATEMATE_SECRET", "canary")
    given = {}
    real = workbooks.subprocess.run

    def noted(command, **told):
        given.update(told)
        return real(command, **told)

    monkeypatch.setattr(workbooks.subprocess, "run", noted)

    assert table_of(workbook_of([HEADER, SAM])) is not None
    assert given["env"] == {}
    assert "RLIMIT_FSIZE, (0, 0)" in Path(workbooks.workbook_reader.__file__).read_text()
