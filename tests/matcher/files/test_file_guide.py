import io
from pathlib import Path

import pytest
from openpyxl import load_workbook

from matcher.files.column_meanings import MEANINGS
from matcher.files.file_guide import guide, template
from matcher.files.people_columns import columns_of
from matcher.files.people_files import read_leavers, read_mentors
from models.profiles import LeaverInFile, MentorProfile
from tests.factories import a_leaver, a_mentor

PAGE = Path(__file__).parents[3] / "docs" / "files.md"
PEOPLE = [(LeaverInFile(**a_leaver().model_dump()), read_leavers), (a_mentor(), read_mentors)]


def test_the_page_says_what_the_reader_does():
    assert PAGE.read_text(encoding="utf-8") == guide(), (
        "write it again: python -m matcher.files.file_guide > docs/files.md"
    )


@pytest.mark.parametrize("profile", [LeaverInFile, MentorProfile])
def test_every_field_of_a_profile_is_a_column_once(profile):
    fields = [column.field for column in columns_of(profile)]

    assert sorted(fields) == sorted(profile.model_fields)
    assert {column.field for column in columns_of(profile) if column.required} == {
        name for name, field in profile.model_fields.items() if field.is_required()
    }


@pytest.mark.parametrize("profile", [LeaverInFile, MentorProfile])
def test_no_meaning_is_left_of_a_field_that_is_gone(profile):
    assert set(MEANINGS[profile]) <= set(profile.model_fields)


@pytest.mark.parametrize(("person", "read"), PEOPLE, ids=["leavers", "mentors"])
def test_an_empty_template_holds_nobody_and_needs_no_question(person, read):
    reading = read(template(type(person)))

    assert (reading.people, reading.bad) == ((), ())


@pytest.mark.parametrize(("person", "read"), PEOPLE, ids=["leavers", "mentors"])
def test_a_template_filled_in_by_hand_is_read(person, read):
    workbook = load_workbook(io.BytesIO(template(type(person))))
    cells = [getattr(person, c.field) if "date" in c.field else c.write(getattr(person, c.field))
             for c in columns_of(type(person))]  # fmt: skip
    workbook.worksheets[0].append(cells)
    content = io.BytesIO()
    workbook.save(content)

    reading = read(content.getvalue())

    assert reading.people == (person,)
