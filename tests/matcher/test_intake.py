"""Release reports into the database, on both kinds."""

from dataclasses import asdict
from datetime import UTC, date, datetime

import pytest
from sqlmodel import col, select

from matcher.files.date_order import DateOrder
from matcher.files.refusals import IntakeRefused
from matcher.intake import reading_of, take_reading, take_report
from models.accounts import Account
from models.people import Leaver, LeaverFacts
from models.release_words import DateKind
from models.releases import ExpectedLeaver, ReleaseDate
from models.states import Role
from tests.factories import a_leaver
from tests.rows import a_leaver_row

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 24, 9, tzinfo=UTC)
WEDNESDAY = datetime(2026, 11, 25, 9, tzinfo=UTC)

HEADER = "Prison Number,First Name,Last Name,Release Date\n"
SAM = "A1234BC,Sam,Ordinary,2027-02-03\n"
JO = "A1235BC,Jo,Other,2027-02-10\n"


def take(db, text, *, now=MONDAY, prison="LEI", **told):
    taken = take_report(db, text.encode(), now=now, prison=prison, **told)
    db.expire_all()
    return taken


def everyone(db):
    return sorted(db.exec(select(ExpectedLeaver)).all(), key=lambda one: one.prison_number)


def all_dates(db):
    return db.exec(select(ReleaseDate).order_by(col(ReleaseDate.recorded_at))).all()


def all_rows(db):
    return sorted(row.model_dump_json() for row in (*everyone(db), *all_dates(db)))


def numbers(listed):
    return [one.prison_number for one in listed]


def test_good_rows_become_expected_leavers_with_a_name_and_dates_and_nothing_more(db):
    taken = take(db, HEADER + SAM)

    [sam] = everyone(db)
    assert (sam.prison_number, sam.first_name, sam.surname) == ("A1234BC", "Sam", "Ordinary")
    assert (sam.prison, sam.release_date) == ("LEI", date(2027, 2, 3))
    assert sam.recorded_at == sam.last_seen_at == MONDAY
    assert numbers(taken.new) == ["A1234BC"]
    assert taken.summary() == ["1 person added."]
    assert taken.given_back() is None


def test_every_date_is_kept_as_given_with_the_report_and_the_column_it_came_from(db):
    take(db, "NOMS Number,Name,HDCED,Release Date (Current)\nA1234BC,Sam,2027-01-08,2027-02-05\n")

    given = {row.kind: row for row in all_dates(db)}
    assert given[DateKind.CURFEW_ELIGIBILITY].day == date(2027, 1, 8)
    assert given[DateKind.RELEASE_AS_REPORTED].day == date(2027, 2, 5)
    assert given[DateKind.RELEASE_AS_REPORTED].source == (
        'report of 4 columns, "NOMS Number" to "Release Date (Current)", '
        'column "Release Date (Current)"'
    )


def test_the_effective_date_is_the_one_that_counts_moved_as_the_rules_say(db):
    taken = take(
        db,
        "Prison Number,Conditional Release Date,Release Date,Confirmed Release Date\n"
        "A1234BC,2027-02-06,2027-02-03,\nA1235BC,2027-02-06,2027-02-03,2027-02-05\n",
    )

    saturday, confirmed = everyone(db)
    assert saturday.release_date == date(2027, 2, 4)
    assert confirmed.release_date == date(2027, 2, 5)
    assert "Friday scheme" in taken.new[0].why


def test_the_same_file_twice_changes_nothing_and_says_so(db):
    take(db, HEADER + SAM + JO)
    before = all_rows(db)

    taken = take(db, HEADER + SAM + JO, now=TUESDAY)

    assert all_rows(db) == before
    assert taken.nothing_new
    assert taken.summary() == ["Nothing new.", "2 people as before."]


def test_a_date_that_moved_is_told_from_what_to_what_and_both_are_kept(db):
    take(db, HEADER + SAM + JO)

    taken = take(db, HEADER + SAM.replace("02-03", "02-17") + JO, now=TUESDAY)

    [sam] = taken.changed
    assert (sam.prison_number, sam.was, sam.day) == ("A1234BC", date(2027, 2, 3), date(2027, 2, 17))
    assert everyone(db)[0].release_date == date(2027, 2, 17)
    assert [row.day for row in all_dates(db) if row.recorded_at == TUESDAY] == [date(2027, 2, 17)]
    assert len(all_dates(db)) == 3


def test_a_prison_that_changed_is_told_too(db):
    text = "Prison,Prison Number,Release Date\n{},A1234BC,2027-02-03\n"
    take(db, text.format("LEI"))

    taken = take(db, text.format("HMP Hull"), now=TUESDAY)

    assert [(one.was_in, one.prison) for one in taken.changed] == [("LEI", "HLI")]
    assert everyone(db)[0].prison == "HLI"


def test_looking_says_what_taking_would_and_writes_nothing(db):
    head = "Prison Number,First name,Surname,Release Date\n"
    stays, moves = "A1234BC,Sam,Ordinary,2027-02-03\n", "A1235BC,Jo,Other,2027-02-10\n"
    take(db, head + stays + moves + "A1236BC,Di,Away,2027-02-11\n")
    db.commit()
    before = all_rows(db)
    moved, new = moves.replace("02-10", "03-10"), "A1237BC,Kit,New,2027-02-11\n"
    early, none = "A1238BC,Al,Gone,2026-01-05\n", "A1239BC,Ash,Undated,\n"
    text = (head + stays + moved + new + early + none).encode()
    reading = reading_of(text, now=TUESDAY, prison="LEI")

    seen = take_reading(db, reading, now=TUESDAY, only_looks=True)
    is_written = bool(db.new or db.dirty or db.deleted)
    after = all_rows(db)
    taken = take_reading(db, reading, now=TUESDAY)

    assert seen == taken
    assert [len(one) for one in (seen.new, seen.changed, seen.same, seen.gone)] == [1, 1, 1, 1]
    assert [len(one) for one in (seen.already_released, seen.undated)] == [1, 1]
    assert not is_written
    assert after == before
    assert all_rows(db) != before


def test_who_was_in_the_report_and_is_not_now_is_listed_and_never_deleted(db):
    take(db, HEADER + SAM + JO)

    taken = take(db, HEADER + SAM, now=TUESDAY)

    assert numbers(taken.gone) == ["A1235BC"]
    sam, jo = everyone(db)
    assert sam.last_seen_at == TUESDAY
    assert jo.last_seen_at == MONDAY


def test_nobody_has_gone_from_another_report_or_another_prison(db):
    take(db, "Prison Number,Release Date\nA1236BC,2027-02-03\n")
    take(db, HEADER + "A1237BC,Di,Away,2027-02-03\n", prison="HLI")

    assert take(db, HEADER + SAM, now=TUESDAY).gone == []


def test_a_bad_row_is_still_a_sign_that_its_person_is_there(db):
    take(db, HEADER + SAM + JO)

    taken = take(db, HEADER + SAM + JO.replace("2027-02-10", "2027-02-31"), now=TUESDAY)

    assert taken.gone == []
    assert [str(problem) for row in taken.bad for problem in row.problems] == [
        (
            'Row 3, Release Date, "2027-02-31": there is no such day. '
            "Check it with the prison's record; write it like 1990-03-28."
        )
    ]


def test_good_rows_go_in_and_the_bad_ones_come_back_and_go_in_mended(db):
    taken = take(db, HEADER + SAM + JO.replace("2027-02-10", "2027-02-31"))
    given_back = taken.given_back().decode("utf-8-sig")

    mended = take(db, given_back.replace(",2027-02-31", ",2027-02-28"), now=TUESDAY)

    assert numbers(taken.new) == ["A1234BC"]
    assert taken.summary() == ["1 person added.", "1 row to mend."]
    assert numbers(mended.new) == ["A1235BC"]
    assert mended.gone == []
    assert mended.given_back() is None


def test_people_already_released_are_listed_and_not_taken_until_the_day_itself(db):
    rows = "A1234BC,Sam,Ordinary,2026-11-22\nA1235BC,Jo,Other,2026-11-23\n"

    taken = take(db, HEADER + rows)

    assert numbers(taken.already_released) == ["A1234BC"]
    assert [row.prison_number for row in everyone(db)] == ["A1235BC"]


def test_an_expected_leaver_released_early_gets_the_date_so_that_the_row_can_go(db):
    take(db, HEADER + SAM)

    taken = take(db, HEADER + SAM.replace("2027-02-03", "2026-11-23"), now=WEDNESDAY)

    assert numbers(taken.already_released) == ["A1234BC"]
    assert everyone(db)[0].release_date == date(2026, 11, 23)


def test_people_without_a_release_date_are_listed_and_not_taken(db):
    taken = take(db, HEADER + "A1234BC,Sam,Ordinary,\nA1235BC,Jo,Other,31/12/9999\n")

    assert numbers(taken.undated) == ["A1234BC", "A1235BC"]
    assert everyone(db) == []


def test_a_date_that_a_report_takes_away_is_kept_as_taken_away(db):
    take(db, HEADER + SAM)

    taken = take(db, HEADER + SAM.replace("2027-02-03", ""), now=TUESDAY)
    again = take(db, HEADER + SAM.replace("2027-02-03", ""), now=WEDNESDAY)

    assert [(one.was, one.day) for one in taken.undated] == [(date(2027, 2, 3), None)]
    assert [row.day for row in all_dates(db)] == [date(2027, 2, 3), None]
    assert everyone(db)[0].release_date == date(2027, 2, 3)
    assert again.nothing_new


def test_a_report_does_not_take_away_what_another_report_gave(db):
    take(db, "Prison Number,Confirmed Release Date\nA1234BC,2027-02-02\n")

    taken = take(
        db,
        "Prison Number,Confirmed Release Date,Release Date\nA1234BC,,2027-02-10\n",
        now=TUESDAY,
    )

    assert numbers(taken.same) == ["A1234BC"]
    assert everyone(db)[0].release_date == date(2027, 2, 2)


def test_what_was_blank_is_filled_and_no_name_is_overwritten(db):
    take(db, "Prison Number,Name,Release Date\nA1234BC,,2027-02-03\n")
    take(db, HEADER + SAM, now=TUESDAY)
    take(db, HEADER + SAM.replace("Sam", "SAM"), now=WEDNESDAY)

    assert everyone(db)[0].first_name == "Sam"


def test_rows_about_prisons_that_are_not_the_uploaders_are_listed_and_not_taken(db):
    text = "Prison,Prison Number,Release Date\nLEI,A1234BC,2027-02-03\nHLI,A1235BC,2027-02-03\n"

    taken = take(db, text, within=frozenset({"LEI"}))

    assert numbers(taken.elsewhere) == ["A1235BC"]
    assert [row.prison_number for row in everyone(db)] == ["A1234BC"]


def test_someone_put_forward_already_is_listed_with_the_date_and_left_alone(db):
    leaver = a_leaver(prison_number="A1234BC", release_date=date(2027, 2, 3))
    facts = {name: getattr(leaver, name) for name in LeaverFacts.model_fields}
    db.add(Leaver(**facts, created_at=MONDAY))
    db.flush()

    taken = take(db, HEADER + SAM.replace("02-03", "02-17"))

    assert [(one.was, one.day) for one in taken.referred] == [
        (date(2027, 2, 3), date(2027, 2, 17)),
    ]
    assert everyone(db) == []
    assert all_dates(db) == []


@pytest.mark.parametrize(
    "text",
    ["", "not a report", HEADER, HEADER + "A1234BC,Sam,Ordinary,03/02/2027\n"],
    ids=["empty", "no columns", "nobody", "order not known"],
)
def test_a_refused_file_changes_nothing(db, text):
    take(db, HEADER + JO)
    before = all_rows(db)

    with pytest.raises(IntakeRefused):
        take(db, text, now=TUESDAY)

    assert all_rows(db) == before


def test_the_order_a_person_told_is_the_one_taken(db):
    rows = HEADER + "A1234BC,Sam,Ordinary,03/02/2027\n"

    taken = take(db, rows, date_order=DateOrder.DAY_FIRST)

    assert taken.order is DateOrder.DAY_FIRST
    assert everyone(db)[0].release_date == date(2027, 2, 3)


def test_whoever_uploads_is_recorded_with_every_row(db):
    account = Account(role=Role.LIAISON, prison="LEI", created_at=MONDAY)
    db.add(account)
    db.flush()

    take(db, HEADER + SAM, by=account.id)

    assert everyone(db)[0].recorded_by == account.id
    assert all_dates(db)[0].recorded_by == account.id


def test_letters_of_every_script_are_kept(db):
    take(db, HEADER + "A1234BC,Siân 👩🏽‍🦰,Ŵŷn-O'Neill,2027-02-03\n")

    assert everyone(db)[0].first_name == "Siân 👩🏽‍🦰"
    assert everyone(db)[0].surname == "Ŵŷn-O'Neill"


def test_more_people_than_one_query_can_ask_for_are_taken_in_one_go(db, monkeypatch):
    monkeypatch.setattr("matcher.expected_leavers.AT_ONCE", 3)
    rows = "".join(f"A{number:04}BC,Sam,Ordinary,2027-02-03\n" for number in range(10))

    first, second = take(db, HEADER + rows), take(db, HEADER + rows, now=TUESDAY)

    assert len(first.new) == len(second.same) == 10


REPORT_OF_LEEDS = """Prison Number,Name,Conditional Release Date,Prison
A1234BC,"ORDINARY, SAM",2027-02-04,Leeds
"""


def test_someone_put_forward_in_another_prison_reads_like_someone_nobody_knows(db):
    report, within = REPORT_OF_LEEDS, frozenset({"LEI"})
    absent = take(db, report, within=within)
    db.rollback()
    elsewhere = a_leaver_row(prison_number="A1234BC", prison="MRS", release_date=date(2027, 1, 6))
    db.add(elsewhere)
    db.flush()

    foreign = take(db, report, within=within)

    assert asdict(foreign) == asdict(absent)
    assert foreign.summary() == absent.summary()
    assert numbers(foreign.new) == ["A1234BC"]
    assert numbers(take(db, report, within=within).same) == ["A1234BC"]
    assert elsewhere.release_date == date(2027, 1, 6)


def test_of_two_prisons_with_one_number_each_knows_its_own_record(db):
    here, there = (a_leaver_row(prison_number="A1234BC", prison=one) for one in ("LEI", "MRS"))
    db.add_all([here, there])
    db.flush()

    [told] = take(db, REPORT_OF_LEEDS, within=frozenset({"LEI"})).referred

    assert told.code == here.code


def test_someone_another_prison_expected_is_new_here_and_their_old_dates_are_not_told(db):
    take(db, REPORT_OF_LEEDS.replace("Leeds", "Manchester").replace("02-04", "01-06"))

    taken = take(db, REPORT_OF_LEEDS, within=frozenset({"LEI"}))

    [new] = taken.new
    [row] = db.exec(select(ExpectedLeaver))
    assert (new.was, new.was_in) == (None, None)
    assert (row.prison, row.release_date) == ("LEI", date(2027, 2, 4))
    assert {given.day for given in db.exec(select(ReleaseDate))} == {date(2027, 2, 4)}


def test_who_has_gone_from_another_prison_is_not_told_to_this_one(db):
    both = REPORT_OF_LEEDS + 'A1234BD,"PLAIN, ALEX",2027-02-05,Manchester\n'
    take(db, both)
    other = 'A1234BE,"OTHER, LEE",2027-02-05,Manchester\n'

    taken = take(db, REPORT_OF_LEEDS + other, within=frozenset({"LEI"}))

    assert taken.gone == []
