"""Files of full leavers and mentors: what is written is read back, what is wrong is named."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.files.cells import tidy
from matcher.files.date_order import DateOrder
from matcher.files.mending import write_csv, write_given_back
from matcher.files.people_cells import Day, Each, Hours, Number, OneWord, Several, YesNo
from matcher.files.people_columns import TEXTS, columns_of
from matcher.files.people_files import read_leavers, read_mentors, write_leavers, write_mentors
from matcher.files.refusals import ChoiceNeeded, IntakeRefused
from models.ethnic_groups import EthnicGroup
from models.facts import CaseNumber, Code, District, Name, Pnc, PrisonCode, PrisonNumber, check_pnc
from models.languages import Language
from models.person_keys import PersonKey, name_key
from models.profiles import LeaverInFile, LeaverProfile, MentorProfile
from models.reference import districts, prisons
from models.vocabulary import Culture, Importance, Need, Risk, Sex
from tests.factories import a_leaver, a_mentor

LEAVER = {
    "Code": "L1",
    "Prison number": "A1234BC",
    "Birth date": "1990-05-17",
    "Sex": "male",
    "Prison": "LEI",
    "Resettling in": "LS6",
}
MENTOR = {
    "Code": "M1",
    "Birth date": "1980-03-02",
    "Sex": "female",
    "Home": "LS7",
    "Travel limit km": "30",
    "Places": "2",
}


def file_of(*people):
    """A CSV file with a row for each dictionary of cells."""
    header = list(dict.fromkeys(name for cells in people for name in cells))
    return write_csv(header, [[cells.get(name, "") for name in header] for cells in people])


def in_file(**told):
    """An ordinary leaver as a file tells of them."""
    return LeaverInFile(**a_leaver().model_dump() | told)


def leaver_with(**cells):
    return LEAVER | {name.replace("_", " ").capitalize(): cell for name, cell in cells.items()}


def sentences_of(reading):
    return [str(problem) for row in reading.bad for problem in row.problems]


def the_leaver(**cells):
    reading = read_leavers(file_of(leaver_with(**cells)))
    assert not reading.bad, sentences_of(reading)
    return reading.people[0]


def what_is_said_of(**cells):
    reading = read_leavers(file_of(leaver_with(**cells)))
    assert not reading.people
    return sentences_of(reading)


# Drawn by the kind of each column, so that a new field of a profile is drawn by itself.

letters = st.characters(exclude_categories=["Cs", "Cc"])
names = st.text(letters, max_size=80).map(tidy)
codes = st.from_regex(r"[A-Z0-9][A-Z0-9-]{0,19}", fullmatch=True)
numbers = st.from_regex(r"[A-Z][0-9]{4}[A-Z]{2}", fullmatch=True)
days = st.dates(date(1900, 1, 1), date(2199, 12, 31))


def a_pnc(century, serial):
    for letter in "ZABCDEFGHJKLMNPQRTUVWXY":
        try:
            return check_pnc(f"{century}/{serial:07}{letter}")
        except ValueError:
            continue
    raise AssertionError("no letter fits")


BY_TEXT = {
    Name: names,
    Code: codes,
    PrisonNumber: numbers,
    CaseNumber: st.from_regex(r"[A-Z][0-9]{6}", fullmatch=True),
    Pnc: st.builds(a_pnc, st.sampled_from(["99", "2002", "1987"]), st.integers(0, 9_999_999)),
    PrisonCode: st.sampled_from([code for code in prisons() if len(code) == 3]),
    District: st.sampled_from(list(districts())),
    PersonKey: codes | numbers | st.builds(name_key, st.just("Zoë"), st.just("O'Brien"), days),
}
TEXT_KINDS = {id(kind): BY_TEXT[hint] for hint, kind in TEXTS.items()}
BY_KIND = {
    Day: lambda _: days,
    YesNo: lambda _: st.booleans(),
    Number: lambda kind: st.integers(kind.least, kind.most),
    OneWord: lambda kind: st.sampled_from(kind.words),
    Several: lambda kind: st.frozensets(values_of(kind.item), max_size=4),
    Hours: lambda _: st.frozensets(st.integers(0, 167)),
    Each: lambda kind: st.dictionaries(values_of(kind.key), values_of(kind.value), max_size=4),
}


def values_of(kind):
    return TEXT_KINDS[id(kind)] if id(kind) in TEXT_KINDS else BY_KIND[type(kind)](kind)


def values_for(column):
    values = values_of(column.kind)
    if column.required or column.default is not None:
        return values
    return st.none() | values.filter(lambda value: value != "")


def profiles(profile):
    drawn = st.fixed_dictionaries({c.field: values_for(c) for c in columns_of(profile)})
    return drawn.map(lambda facts: profile(**sound(facts)))


def sound(facts):
    """The overall risk is never below the risk to any one group."""
    levels = [value for name, value in facts.items() if name.startswith("risk_to_") and value]
    if "risk_to_staff" in facts and levels:
        facts["risk"] = max(levels, key=lambda level: level.rank)
    return facts


@settings(max_examples=60)
@given(st.lists(profiles(LeaverInFile), max_size=3, unique_by=lambda one: one.code))
def test_leavers_written_are_the_leavers_read(people):
    once = {one.prison_number: one for one in people}

    reading = read_leavers(write_leavers(once.values()))

    assert sentences_of(reading) == []
    assert reading.people == tuple(once.values())


@settings(max_examples=60)
@given(st.lists(profiles(MentorProfile), max_size=3, unique_by=lambda one: one.code))
def test_mentors_written_are_the_mentors_read(people):
    once = {one.prison_number or one.code: one for one in people}

    reading = read_mentors(write_mentors(once.values()))

    assert sentences_of(reading) == []
    assert reading.people == tuple(once.values())


def test_ordinary_people_are_written_as_people_would_write_them():
    text = write_leavers([a_leaver()]).decode("utf-8-sig")

    header, row = text.splitlines()
    assert header.startswith("Code,Prison number,CRN,PNC,First name,Surname,Birth date,Sex,")
    assert row.startswith("L1,A1234BC,,,Sam,Ordinary,1990-05-17,male,,LEI,2027-02-03,determinate,")
    assert "home_on_release: high; work: medium" in row


def test_an_ethnic_group_may_stand_in_a_file_by_its_word_or_its_label_or_not_at_all():
    assert the_leaver(Ethnic_group="black").ethnic_group is EthnicGroup.BLACK
    assert the_leaver(Ethnic_group="Asian or Asian British").ethnic_group is EthnicGroup.ASIAN
    assert the_leaver(Ethnic_group="").ethnic_group is None
    assert the_leaver().ethnic_group is None


def test_of_whom_the_rules_see_no_ethnic_group_is_written():
    told = in_file(ethnic_group=EthnicGroup.WHITE)

    [seen] = read_leavers(write_leavers([told.profile])).people

    assert type(told.profile) is LeaverProfile
    assert seen == in_file()


def test_column_names_may_be_in_any_order_case_and_spelling():
    header = b"BIRTH_DATE;Resettling-in;sex;PRISON;code;prison number\n"

    [leaver] = read_leavers(header + b"1990-05-17;LS6;male;LEI;L1;A1234BC\n").people

    assert leaver.birth_date == date(1990, 5, 17)


def test_words_are_taken_by_value_or_by_label_in_any_case():
    leaver = the_leaver(
        Sex="MALE",
        Needs="Somewhere to live on release: Matters most; work; DEBT: low",
        Languages="English; pl; welsh",
        Risk="Very high",
        Pathway="Through the gate",
    )

    assert leaver.sex is Sex.MALE
    assert leaver.needs == {
        Need.HOME_ON_RELEASE: Importance.HIGH,
        Need.WORK: Importance.MEDIUM,
        Need.DEBT: Importance.LOW,
    }
    assert leaver.languages == {Language.ENGLISH, Language.POLISH, Language.WELSH}
    assert leaver.risk is Risk.VERY_HIGH


def test_where_a_value_and_a_label_are_the_same_word_the_value_is_meant():
    assert the_leaver(Wishes="Welsh; cy").wishes == {Culture.WELSH, Language.WELSH}


def test_places_may_be_said_as_people_say_them():
    leaver = the_leaver(Prison="HMP Leeds", Resettling_in="ls6 2ab", Exclusion_zone="ls1; LS2 7EX")

    assert leaver.prison == "LEI"
    assert leaver.resettling_in == "LS6"
    assert leaver.exclusion_zone == {"LS1", "LS2"}


def test_hours_clearances_and_people_to_avoid_are_read():
    mentor = MENTOR | {
        "Hours": "mon 9-11; sun 23-1",
        "Clearances": "LEI 2027-05-01; HMP Wealstun 2027-01-01",
        "No contact": "A1234BC; O'Brien Zoë 1980-03-02; l7",
    }

    [read] = read_mentors(file_of(mentor)).people

    assert read.hours == {9, 10, 167, 0}
    assert read.clearances == {"LEI": date(2027, 5, 1), "WEI": date(2027, 1, 1)}
    assert read.no_contact == {"A1234BC", "obrien zoe 1980-03-02", "L7"}


def test_an_empty_cell_leaves_what_is_usual_and_none_says_nothing_at_all():
    assert the_leaver(Languages="").languages == {Language.ENGLISH}
    assert the_leaver(Languages="none").languages == frozenset()
    assert the_leaver(Travel_km="").travel_km == 15
    assert the_leaver(Gangs="n/a").gangs == frozenset()
    assert the_leaver(Risk="NULL").risk is None


def test_people_whose_name_is_a_word_for_nothing_keep_it():
    leaver = the_leaver(First_name="None", Surname="Null")

    assert (leaver.first_name, leaver.surname) == ("None", "Null")


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"Code": ""}, "Row 2, Code, empty: there is nothing here. Write a code: up to 20"),
        ({"Code": "L 1!"}, 'Row 2, Code, "L 1!": this is not a code: up to 20 letters, digits'),
        ({"Prison number": "1234"}, 'Row 2, Prison number, "1234": this is not a prison number,'),
        ({"PNC": "2002/0073319A"}, 'Row 2, PNC, "2002/0073319A": this is not a PNC with its right'),
        ({"Birth date": "31/02/1990"}, 'Row 2, Birth date, "31/02/1990": there is no such day.'),
        ({"Birth date": "17/05/90"}, 'Row 2, Birth date, "17/05/90": the year is not written in'),
        ({"Sex": "x"}, 'Row 2, Sex, "x": "x" is none of the words known here. Write one of female'),
        ({"Interests": "footbal"}, 'Row 2, Interests, "footbal": "footbal" is none of the words'),
        ({"Prison": "Leads"}, 'Row 2, Prison, "Leads": no prison of England and Wales has this'),
        ({"Resettling in": "ZZ9"}, 'Row 2, Resettling in, "ZZ9": there is no such postcode'),
        (
            {"Travel km": "far"},
            'Row 2, Travel km, "far": this is not a whole number from 0 to 500.',
        ),
        (
            {"Travel km": "501"},
            'Row 2, Travel km, "501": this is not a whole number from 0 to 500.',
        ),
        *(
            (
                {"Travel km": number},
                f'Row 2, Travel km, "{number}": this is not a whole number from 0 to 500. Write',
            )
            for number in ("inf", "-inf", "-3", "1e400", "1.5", "9" * 30)
        ),
        ({"Birth date": "nan"}, 'Row 2, Birth date, "nan": this stands for nothing. Write'),
        ({"Interpreter": "maybe"}, 'Row 2, Interpreter, "maybe": this is neither yes nor no.'),
        ({"Hours": "mornings"}, 'Row 2, Hours, "mornings": "mornings" is not hours of the week'),
        ({"Needs": "work: high; work: low"}, 'Row 2, Needs, "work: high; work: low": "work: low"'),
        ({"No contact": "that man"}, 'Row 2, No contact, "that man": this is not a code, a prison'),
        ({"Risk": "low", "Risk to staff": "high"}, "Row 2: risk is lower than the risk to one of"),
    ],
)
def test_a_bad_cell_is_named_by_row_column_value_and_what_to_do(cells, sentence):
    reading = read_leavers(file_of(LEAVER | cells))

    assert not reading.people
    assert [said[: len(sentence)] for said in sentences_of(reading)] == [sentence]


def test_a_word_nearly_right_is_met_with_the_words_that_begin_alike():
    assert "Did you mean football?" in what_is_said_of(Interests="footie")[0]


def test_all_that_is_wrong_with_a_row_is_said_at_once_and_good_rows_go_in():
    bad = leaver_with(Code="L2", Sex="x", Prison="y", Prison_number="A1235BC")

    reading = read_leavers(file_of(LEAVER, bad))

    assert [person.code for person in reading.people] == ["L1"]
    assert [said[:12] for said in sentences_of(reading)] == ["Row 3, Sex, ", "Row 3, Priso"]


def test_the_same_person_twice_is_one_person_and_a_contradiction_is_named_in_both_rows():
    other = LEAVER | {"Code": "L2", "Prison number": "A1235BC"}

    once = read_leavers(file_of(LEAVER, other, LEAVER))
    never = read_leavers(file_of(LEAVER, other, LEAVER | {"Sex": "female"}))

    assert [person.code for person in once.people] == ["L1", "L2"]
    assert [person.code for person in never.people] == ["L2"]
    assert sentences_of(never)[0] == (
        'Row 2, Code, "L1": rows 2, 4 share it but differ. '
        "Keep the one that is right, or give each its own."
    )


def test_one_prison_number_under_two_codes_is_named():
    reading = read_leavers(file_of(LEAVER, LEAVER | {"Code": "L2"}))

    assert not reading.people
    assert sentences_of(reading)[1].startswith('Row 3, Prison number, "A1234BC": rows 2, 3 share')


def test_days_of_a_whole_file_are_read_in_one_order():
    cells = {"Birth date": "05/17/1990", "Release date": "02/03/2027"}

    [leaver] = read_leavers(file_of(LEAVER | cells)).people

    assert leaver.release_date == date(2027, 2, 3)


def test_days_within_clearances_count_for_the_order_and_are_read_in_it():
    mentor = MENTOR | {"Clearances": "LEI 03/02/2027; HLI 23/02/2027"}

    [read] = read_mentors(file_of(mentor)).people

    assert read.clearances["LEI"] == date(2027, 2, 3)


def test_an_order_that_cannot_be_told_is_asked():
    content = file_of(LEAVER | {"Release date": "03/02/2027"})

    with pytest.raises(ChoiceNeeded):
        read_leavers(content)
    [leaver] = read_leavers(content, date_order=DateOrder.DAY_FIRST).people

    assert leaver.release_date == date(2027, 2, 3)


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        (
            {"Exclusion zones": "LS1"},
            '"Exclusion zones" is not a column of a leavers file. Did you',
        ),
        ({"Shoe size": "9"}, '"Shoe size" is not a column of a leavers file. Rename it or take'),
        ({"birth_date": "1990-05-17"}, 'Two columns are called "Birth date". Keep one of them.'),
    ],
)
def test_a_column_that_would_be_passed_over_is_refused(cells, sentence):
    with pytest.raises(IntakeRefused, match=f"^{sentence}"):
        read_leavers(file_of(LEAVER | cells))


def test_a_column_that_must_be_there_is_asked_for_by_name():
    with pytest.raises(IntakeRefused, match='no column "Birth date", "Sex"'):
        read_leavers(b"Code,Prison number,Prison,Resettling in\nL1,A1234BC,LEI,LS6\n")


def test_a_file_of_something_else_is_refused():
    with pytest.raises(IntakeRefused, match="no row with the column names of a mentors file"):
        read_mentors(b"Fruit,Price\nApple,1\n")


def test_a_row_with_too_many_cells_is_named_not_shifted():
    text = ",".join(LEAVER) + "\n" + ",".join(LEAVER.values()) + ",extra\n"

    reading = read_leavers(text.encode())

    assert not reading.people
    assert sentences_of(reading)[0].startswith("Row 2: it has more cells than the file has columns")


def test_a_cell_under_no_column_name_is_named():
    text = ",".join([*LEAVER, "", "Surname"]) + "\n" + ",".join([*LEAVER.values(), "x", "y"]) + "\n"

    assert sentences_of(read_leavers(text.encode())) == [
        'Row 2, "x": this cell stands under no column name.'
    ]


def test_bad_rows_come_back_safe_and_go_in_mended():
    reading = read_leavers(file_of(leaver_with(First_name="=Sam", Sex="mail")))
    given_back = write_given_back(reading.header, reading.bad).decode("utf-8-sig")

    [leaver] = read_leavers(given_back.replace(",mail,", ",male,").encode()).people

    assert given_back.startswith("What to mend,Code,")
    assert ",'=Sam" in given_back
    assert leaver.first_name == "=Sam"


NAUGHTY = [
    *("", "NULL", "none", "undefined", "true", "-1", "1e309", "NaN", "∞", "=1+1", "@SUM(1+1)"),
    *("+44 7700 900123", "-O'Neill", "'=1", "<script>alert(1)</script>", "'; DROP TABLE leaver;--"),
    *("{{ 7 * 7 }}", "%s%n", "../../etc/passwd", "\x1b[31mred", "a\nb", "\u202eabc", "Ŵŷn", "𝔖𝔞𝔪"),
    *("👩🏽‍🦰", "ﷺ", "٣/٢/٢٠٢٧", "a" * 5_000, '"', ";", ";;", ":", "a:", ":a", "LEI"),
    *("LEI 2027-02-31", "(null)"),
    *("31/02/2027", "9999-12-31", "1" * 400, "mon 9-99", "daily ٣-٤", "ß", "ǆ", "x 2027-02-31"),
]  # fmt: skip


def rows_of_naughty_cells(profile, ordinary):
    """For every column and every naughty string a row that has it, ordinary otherwise."""
    columns = columns_of(profile)
    usual = [column.write(getattr(ordinary, column.field)) for column in columns]
    for place, column in enumerate(columns):
        for number, naughty in enumerate(NAUGHTY):
            cells = list(usual)
            cells[0], cells[1] = f"C{place}-{number}", f"A{place:02}{number:02}BC"
            cells[place] = naughty
            yield column, cells


@pytest.mark.parametrize(
    ("profile", "ordinary", "read"),
    [(LeaverInFile, in_file(), read_leavers), (MentorProfile, a_mentor(), read_mentors)],
    ids=["leavers", "mentors"],
)
def test_a_naughty_string_in_any_column_is_in_or_named_and_harms_nobody_else(
    profile, ordinary, read
):
    rows = list(rows_of_naughty_cells(profile, ordinary))
    header = [column.heading for column in columns_of(profile)]

    reading = read(write_csv(header, [cells for _, cells in rows]))

    said = {problem.row: problem.column for bad in reading.bad for problem in bad.problems}
    assert len(reading.people) + len(reading.bad) == len(rows)
    for number, (column, _) in enumerate(rows, start=2):
        assert said.get(number, column.heading) == column.heading
    assert len(reading.people) > len(rows) / 10
