"""Release reports made by hand, one or more of each family, each with the traps of its kind."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.files.date_order import DateOrder
from matcher.files.mending import write_given_back
from matcher.files.refusals import ChoiceNeeded, IntakeRefused
from matcher.files.release_reports import read_report
from models.release_words import DateKind

TODAY = date(2026, 11, 23)
REPORTED = DateKind.RELEASE_AS_REPORTED


def reading_of(text, *, prison="LEI", **told):
    content = text.encode() if isinstance(text, str) else text
    return read_report(content, today=TODAY, prison=prison, **told)


def people_in(text, **told):
    return {person.prison_number: person for person in reading_of(text, **told).people}


def sentences_of(reading):
    return [str(problem) for row in reading.bad for problem in row.problems]


def test_incomplete_licences_give_prison_by_name_and_a_quoted_name():
    [sam] = reading_of(
        "Probation Region,Prison Name,Release Date,Licence Status,Probation Practitioner,"
        "Prison Number,CRN,Prisoner Name\n"
        'Yorkshire,Leeds (HMP),2027-02-03,IN_PROGRESS,Pat Smith,A1234BC,X123456,"ORDINARY, SAM"\n',
        prison=None,
    ).people

    assert (sam.prison_number, sam.first_name, sam.surname) == ("A1234BC", "SAM", "ORDINARY")
    assert sam.prison == "LEI"
    assert sam.given == {REPORTED: date(2027, 2, 3)}


def test_a_region_with_a_comma_that_nobody_quoted_is_put_together_again():
    people = people_in(
        "Probation Region,Prison Name,Release Date,Licence Status,Probation Practitioner,"
        "Prison Number,CRN,Prisoner Name\n"
        "Kent, Surrey and Sussex,Elmley (HMP & YOI),2027-02-03,ACTIVE,Smith, Pat,A1234BC,X123456,"
        "Sam Ordinary\n"
    )

    assert people["A1234BC"].prison == "EYI"
    assert people["A1234BC"].surname == "Ordinary"


MONITORING = "Prison Number,Name,CRN,Licence Status,Ems conditions,Licence Start Date\n"


def test_a_comma_in_the_conditions_does_not_shift_the_date():
    people = people_in(
        MONITORING
        + "A1234BC,Sam Ordinary,X123456,SUBMITTED,curfew, trail monitoring, alcohol,2027-02-03\n"
        + "A1235BC,Jo Other,X123457,SUBMITTED,,2027-02-04\n"
    )

    assert people["A1234BC"].given == {REPORTED: date(2027, 2, 3)}
    assert people["A1235BC"].given == {REPORTED: date(2027, 2, 4)}


def test_a_surname_and_forename_that_nobody_quoted_are_one_name():
    people = people_in(MONITORING + "A1234BC,ORDINARY, SAM,X123456,SUBMITTED,curfew,2027-02-03\n")

    assert (people["A1234BC"].first_name, people["A1234BC"].surname) == ("SAM", "ORDINARY")


def test_a_comma_that_could_have_moved_the_name_is_named_and_nothing_is_guessed():
    header = "Prison Number,Name,Wing,Licence Start Date\n"

    reading = reading_of(header + "A1234BC,ORDINARY, SAM,C wing,2027-02-03\n")

    assert reading.people == ()
    assert sentences_of(reading) == [
        (
            "Row 2: it has more cells than the report has columns, so a comma "
            "within a cell has moved "
            "the cells after it, and it is not certain which cell is which. Put "
            "quotation marks round "
            "the cell that holds the comma."
        )
    ]


def test_the_time_served_report_gives_every_date_by_its_kind_and_the_sentence():
    people = people_in(
        "Name,Prison Number,CRN,Legal Status,Release Date,Probation Practitioner Email,"
        "Is Time Served Case,Conditional Release Date,Conditional Release Date Override,"
        "Confirmed Release Date,Sentence Start Date\n"
        "ORDINARY, SAM,A1234BC,X123456,SENTENCED,03/02/2027,pat@example.org,Yes,05/02/2027,,"
        "03/02/2027,16/01/2027\n"
    )

    assert people["A1234BC"].given == {
        REPORTED: date(2027, 2, 3),
        DateKind.CONDITIONAL: date(2027, 2, 5),
        DateKind.CONFIRMED: date(2027, 2, 3),
    }
    assert people["A1234BC"].absent == {DateKind.CONDITIONAL_OVERRIDE}
    assert people["A1234BC"].sentence.sentenced_on == date(2027, 1, 16)


@pytest.mark.parametrize(
    "header",
    [
        "PRISON_NUMBER,PRISON_ID,PRISON_NAME,HANDOVER_DATE,HDCED",
        "PRISON,PRISON_NUMBER,PRISONER_FIRSTNAME,PRISONER_LASTNAME,HDCED,COM,PDU",
    ],
)
def test_home_detention_reports_only_say_could_be_from_and_are_refused(header):
    with pytest.raises(IntakeRefused, match='"HDCED" only says when someone could be released'):
        reading_of(f"{header}\nA1234BC,LEI,Leeds,14-02-2027,15-02-2027\n")


def test_the_handover_pipeline_gives_prison_by_name_and_release_or_parole_date():
    people = people_in(
        "Prisoner,CRN,Prisoner number,COM responsible,Release/Parole Date,Prison,Current POM,"
        "POM email,COM\n"
        '"Ordinary, Sam",X123456,A1234BC,2026-12-01,2027-02-03,Leeds (HMP),"Poe, Pat",p@x.org,\n',
        prison=None,
    )

    assert people["A1234BC"].given == {REPORTED: date(2027, 2, 3)}
    assert people["A1234BC"].prison == "LEI"


def test_parole_reviews_are_refused_as_they_only_say_could_be_from():
    with pytest.raises(IntakeRefused, match="only says when someone could be released"):
        reading_of(
            "TITLE,NOMIS ID,Offender Prison Number,Tariff Expiry Date,Review Date\n"
            "Mr,A1234BC,AB1234,14-02-2027,NULL\n"
        )


EXTRACT = "SURNAME,FORENAME1,NOMIS_NO,DOB,ESTAB,PRISONNAME,DATE_OF_RELEASE\n"


def test_the_population_extract_survives_its_known_faults():
    reading = reading_of(
        EXTRACT
        + " ORDINARY , SAM ,A1234BC,17/05/1990,LEEDS (HMP),Leeds,13/02/2027\n"
        + "OTHER,JO,A1235BC,17/05/1990,LEI,HMP Leeds,14/02/2525\n"
        + "LIFER,LEE,A1236BC,17/05/1960,LEI,Leeds,31/12/9999\n"
        + "REMAND,RAY,A1237BC,********,LEI,Leeds,NULL\n"
        + " ORDINARY , SAM ,A1234BC,17/05/1990,LEEDS (HMP),Leeds,13/02/2027\n",
        prison=None,
    )

    sam, lee, ray = reading.people
    assert (sam.first_name, sam.surname, sam.birth_date) == ("SAM", "ORDINARY", date(1990, 5, 17))
    assert sam.given == {REPORTED: date(2027, 2, 13)}
    assert not lee.given
    assert ray.birth_date is None
    assert sentences_of(reading) == [
        (
            'Row 3, DATE_OF_RELEASE, "14/02/2525": the year 2525 cannot be right. '
            "Give the date with the right year."
        )
    ]


def test_a_workbook_style_list_by_surname_takes_two_digit_years_and_the_prison_told():
    [sam] = reading_of(
        "Booking No\tNOMS Number\tLast Name\tFirst Name\tDate of Birth\tRelease Date\n"
        "B1\tA1234BC\tOrdinary\tSam\t17/05/60\t03/02/27\n",
        prison="WLI",
    ).people

    assert sam.birth_date == date(1960, 5, 17)
    assert sam.given == {REPORTED: date(2027, 2, 3)}
    assert sam.prison == "WLI"


def test_alerts_by_release_date_say_one_person_once_however_many_alerts_they_have():
    reading = reading_of(
        "NOMS Number,Last Name,First Name,Alert Code,Alert Effective Date,Release Date\n"
        "A1234BC,Ordinary,Sam,XA,13/01/2026,03/02/2027\n"
        "A1234BC,Ordinary,Sam,HA,14/01/2026,03/02/2027\n"
        "A1234BC,Ordinary,Sam,PC,15/01/2026,\n"
    )

    [sam] = reading.people
    assert sam.given == {REPORTED: date(2027, 2, 3)}
    assert not sam.absent
    assert reading.bad == ()


def test_the_twelve_week_report_tells_approved_from_eligible():
    people = people_in(
        "Case Administrator;NOMS Number;Offender Surname;Offender Given Name 1;"
        "HDC Eligibility Date;HDC AD (Approved Date);Release Date (Current)\n"
        "Pat;A1234BC;Ordinary;Sam;13/01/2027;20/01/2027;03/02/2027\n"
    )

    assert people["A1234BC"].given == {
        DateKind.CURFEW_ELIGIBILITY: date(2027, 1, 13),
        DateKind.CURFEW_APPROVED: date(2027, 1, 20),
        REPORTED: date(2027, 2, 3),
    }


def test_home_detention_releases_give_the_approved_and_the_conditional_date():
    people = people_in(
        "NOMS Number,Offender Surname,HDC Eligibility Date,Movement Date,"
        "ARD (Approved Release Date),CRD (Conditional Release Date)\n"
        "A1234BC,Ordinary,13/01/2027,,20/01/2027,03/02/2027\n"
    )

    assert people["A1234BC"].given[DateKind.CURFEW_APPROVED] == date(2027, 1, 20)
    assert people["A1234BC"].given[DateKind.CONDITIONAL] == date(2027, 2, 3)


def test_the_mappa_report_gives_parole_conditional_and_current_dates():
    people = people_in(
        "NOMS Number,Alert Description,PED (Parole Eligibility Date),"
        "CRD (Conditional Release Date),Current Release Date\n"
        "A1234BC,MAPPA 2,13/01/2027,,03/02/2027\n"
    )

    assert set(people["A1234BC"].given) == {DateKind.PAROLE_ELIGIBILITY, REPORTED}


def test_one_report_may_be_about_several_prisons_by_code_or_by_name():
    people = people_in(
        "Prison,Prison Number,Release Date\n"
        "LEI,A1234BC,2027-02-03\n"
        "HMP/YOI Hull,A1235BC,2027-02-03\n"
        "HMYOI Feltham,A1236BC,2027-02-03\n"
    )

    assert [person.prison for person in people.values()] == ["LEI", "HLI", "FYI"]


def test_a_report_that_says_no_prison_needs_to_be_told():
    with pytest.raises(IntakeRefused, match="does not say which prison it is about"):
        reading_of("Prison Number,Release Date\nA1234BC,2027-02-03\n", prison=None)


def test_every_bad_cell_of_a_row_is_named_by_row_column_value_and_what_to_do():
    reading = reading_of(
        "Report for the week\n\n"
        "Prison,Prison Number,Date of Birth,Release Date\n"
        "Feltham,A1234,17/05/2019,31/02/2027\n"
        "HMP Nowhere,,17/05/1990,14/02/1997\n"
        "Leeds,A1235BC,17/05/1990,14/02/2127\n"
    )

    assert sentences_of(reading) == [
        (
            'Row 4, Release Date, "31/02/2027": there is no such day. '
            "Check it with the prison's record; write it like 28/03/1990."
        ),
        (
            'Row 4, Prison Number, "A1234": a prison number is a letter, four '
            "digits and two letters. "
            "Check the number; it looks like A1234BC."
        ),
        (
            'Row 4, Date of Birth, "17/05/2019": nobody in prison was born then. '
            "Give the date with "
            "the right year."
        ),
        (
            'Row 4, Prison, "Feltham": two prisons have this name. Give the code: FMI for '
            "Feltham (HMP) or FYI for Feltham (HMYOI)."
        ),
        (
            'Row 5, Release Date, "14/02/1997": nobody is released in 1997: the '
            "year cannot be right. "
            "Give the date with the right year."
        ),
        (
            "Row 5, Prison Number, empty: a prison number is a letter, four digits "
            "and two letters. "
            "Check the number; it looks like A1234BC."
        ),
        (
            'Row 5, Prison, "HMP Nowhere": no prison of England and Wales has this code or name. '
            'Give its three-letter code, such as LEI, or its name, such as "HMP Leeds".'
        ),
        (
            'Row 6, Release Date, "14/02/2127": nobody is released in 2127: the '
            "year cannot be right. "
            "Give the date with the right year."
        ),
    ]


def test_one_person_with_two_dates_is_named_in_both_rows_and_taken_from_neither():
    reading = reading_of(
        "Prison Number,Release Date\nA1234BC,2027-02-03\nA1235BC,2027-02-04\nA1234BC,2027-02-10\n"
    )

    assert [person.prison_number for person in reading.people] == ["A1235BC"]
    assert sentences_of(reading) == [
        f"Row {row}, Release Date: this file says different things of A1234BC: 2027-02-03 in row 2,"
        " 2027-02-10 in row 4. Keep the row that is right and take the other out."
        for row in (2, 4)
    ]


def test_one_person_in_two_prisons_is_named_too():
    reading = reading_of(
        "Prison,Prison Number,Release Date\nLEI,A1234BC,2027-02-03\nHLI,A1234BC,2027-02-03\n"
    )

    assert reading.people == ()
    assert "LEI in row 2, HLI in row 3" in sentences_of(reading)[0]


def test_two_columns_that_contradict_one_another_within_a_row_are_named():
    reading = reading_of(
        "Prison,Establishment,Prison Number,Release Date,Current Release Date\n"
        "Leeds,Hull,A1234BC,2027-02-03,2027-02-04\n"
    )

    assert sentences_of(reading) == [
        (
            'Row 2, Current Release Date, "2027-02-04": this row gives two, '
            "2027-02-03 and 2027-02-04."
            " Keep the right one."
        ),
        'Row 2, Prison, "Leeds": this row names two prisons, HLI and LEI. Keep the right one.',
    ]


def test_an_order_of_days_that_cannot_be_told_is_asked_and_the_answer_is_taken():
    text = "Prison Number,Release Date\nA1234BC,03/02/2027\n"

    with pytest.raises(ChoiceNeeded):
        reading_of(text)
    [sam] = reading_of(text, date_order=DateOrder.MONTH_FIRST).people

    assert sam.given == {REPORTED: date(2027, 3, 2)}


def test_birth_dates_help_to_settle_the_order_of_release_dates():
    text = "Prison Number,Date of Birth,Release Date\nA1234BC,05/17/1990,02/03/2027\n"

    assert people_in(text)["A1234BC"].given == {REPORTED: date(2027, 2, 3)}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("A1234BC,2027-02-03\nA1235BC,2027-02-04\n", "no row of column names that we know"),
        ("Prison number\nA1234BC\n", "no column of release dates"),
        ("Prison number,Release date\n", "column names but nobody in it"),
        ("Name,Release date\nSam,2027-02-03\n", "no column of prison numbers"),
    ],
)
def test_a_file_that_cannot_be_a_release_report_is_refused_in_one_sentence(text, sentence):
    with pytest.raises(IntakeRefused, match=sentence):
        reading_of(text)


def test_a_line_at_the_foot_of_a_report_is_passed_over_and_said_so():
    reading = reading_of(
        "Wing,NOMS Number,Release Date\nC,A1234BC,2027-02-03\nEnd of report,,\n1 prisoner\n"
    )

    assert len(reading.people) == 1
    assert reading.bad == ()
    assert reading.notes == ("2 rows with nothing about a person passed over.",)


@pytest.mark.parametrize(
    "foot", ["Total,,,2", "Grand total: 2", "TOTAL,2", ",,Totals:,2", "Sub-total 1.", ",Total,,"]
)
def test_a_total_at_the_foot_is_nobody_and_is_said(foot):
    head = "NOMS Number,Forename,Surname,Release Date\n"

    reading = reading_of(f"{head}A1234BC,Sam,Total,2027-02-03\n{foot}\n")

    assert [one.prison_number for one in reading.people] == ["A1234BC"]
    assert reading.bad == ()
    assert reading.notes == ("1 row with nothing about a person passed over.",)


def test_somebody_called_total_whose_number_is_missing_is_named_and_not_passed_over():
    head = "NOMS Number,Surname,Release Date\n"

    reading = reading_of(f"{head}A1234BC,Ordinary,2027-02-03\n,Total,2027-02-10\n")

    assert len(reading.bad) == 1


@pytest.mark.parametrize(
    ("order", "settles", "form"),
    [
        ("day first", "13/02/2026", "%d/%m/%Y"),
        ("month first", "02/13/2026", "%m/%d/%Y"),
        ("", "2026-02-13", "%Y-%m-%d"),
    ],
)
def test_the_given_back_file_has_its_days_as_asked_for_and_asks_nothing_again(order, settles, form):
    third, sixth = f"{date(2026, 2, 3):{form}}", f"{date(2027, 4, 6):{form}}"
    reading = reading_of(
        "Prison Number,Name,Admitted date,Release Date\n"
        f"A1234BC,=Sam,{third},no day\nA1235BC,Jo,{settles},{sixth}\n"
    )
    given_back = write_given_back(reading.header, reading.bad, reading.order).decode("utf-8-sig")

    again = reading_of(given_back.replace(",no day", f",{sixth}"))

    assert f",'=Sam,{third},no day" in given_back
    assert f"write it like {date(1990, 3, 28):{form}}" in given_back
    assert order in given_back.partition(",")[0]
    assert again.header == reading.header
    assert again.report == reading.report
    assert again.given_back
    assert again.people[0].surname == "=Sam"
    assert again.people[0].given == {REPORTED: date(2027, 4, 6)}


def test_a_day_in_the_other_order_in_a_mended_file_is_named_and_not_guessed():
    reading = reading_of(
        "Prison Number,Name,Release Date\nA1234BC,Sam,31/02/2027\nA1235BC,Jo,13/02/2027\n"
    )
    given_back = write_given_back(reading.header, reading.bad, reading.order).decode("utf-8-sig")

    again = reading_of(given_back.replace(",31/02/2027", ",02/28/2027"))

    assert again.people == ()
    assert "this file is read day first" in str(again.bad[0].problems[0])


def test_a_given_back_row_with_too_many_cells_keeps_them_in_line():
    header = "Prison Number,Name,Wing,Release Date\n"
    reading = reading_of(header + "A1234BC,ORDINARY, SAM,C wing,2027-02-03\n")

    lines = write_given_back(reading.header, reading.bad).decode("utf-8-sig").splitlines()

    assert lines[0] == "What to mend,Prison Number,Name,Wing,Release Date"
    assert lines[1].endswith(",A1234BC,ORDINARY,SAM,C wing,2027-02-03")


NAUGHTY = [
    *("", " ", "NULL", "null", "None", "undefined", "true", "0", "-1", "1e309", "NaN", "1/2", "∞"),
    *("=1+1", "+44 7700 900123", "-O'Neill", "@SUM(1+1)", "\t=1", "'=1", "=cmd|' /C calc'!A0"),
    *("<script>alert(1)</script>", "'; DROP TABLE leaver; --", "{{ 7 * 7 }}", "%s%n", "${HOME}"),
    *("../../etc/passwd", "C:\\NUL", "a\x00b", "\x1b[31mred", "a\nb", "a\r\nb"),
    *("\ufeff", "\u202eabc"),
    *("Ŵŷn", "𝔖𝔞𝔪", "👩🏽‍🦰", "ﷺ", "Z͑ͫa̴l̡g̸o", "٣/٢/٢٠٢٧"),
    *("\uff10\uff13/\uff10\uff12/2027", "a" * 5_000, '"', '""', ";", "|", ","),
    *("31/02/2027", "99/99/9999", "0000-00-00", "2027-02-31T25:61:61Z", "1" * 400),
]  # fmt: skip


def quoted(cell):
    return '"' + cell.replace('"', '""') + '"'


@pytest.mark.parametrize("column", range(5))
@pytest.mark.parametrize("naughty", NAUGHTY, ids=range(len(NAUGHTY)))
def test_a_naughty_string_in_any_column_is_in_or_named_and_harms_nobody_else(column, naughty):
    cells = ["A1234BC", "Sam", "LEI", "17/05/1990", "03/02/2027"]
    cells[column] = naughty
    text = (
        "Prison Number,Name,Prison,Date of Birth,Release Date\n"
        f"{','.join(map(quoted, cells))}\nA1235BC,Jo,LEI,17/05/1990,04/02/2027\n"
    )

    numbers, sentences = numbers_and_sentences(text)

    if numbers:
        assert "A1235BC" in numbers
        assert len(numbers) == 2 or sentences
    else:
        assert sentences[0].endswith(".")


def numbers_and_sentences(text):
    """Who was read and what was said; nobody and the one sentence where the file is refused."""
    try:
        reading = reading_of(text)
    except IntakeRefused as refused:
        return set(), [str(refused)]
    return {person.prison_number for person in reading.people}, sentences_of(reading)


@given(st.lists(st.lists(st.text(max_size=12), max_size=7), max_size=5))
def test_any_cells_under_any_report_are_read_or_named(rows):
    lines = "\n".join(",".join(map(quoted, row)) for row in rows)

    numbers, sentences = numbers_and_sentences(MONITORING + lines)

    assert all(sentence.endswith(".") for sentence in sentences)
    assert numbers or sentences
