from datetime import date

from matcher.twins import BORN_ALIKE, NAMED_ALIKE, NUMBER_ALIKE, possible_twins
from models.people import Leaver, Mentor
from models.vocabulary import Region
from tests.rows import a_leaver_row, a_mentor_row, a_referral

BORN = {"birth_date": date(1980, 1, 2)}


def leavers(db, *rows, region=Region.YORKSHIRE):
    for row in rows:
        db.add_all([row, a_referral(row, region=region)])
    db.flush()


def test_those_are_shown_who_are_probably_one_person_and_why(db):
    leavers(
        db,
        a_leaver_row(code="A1", first_name="Jon", surname="Smythe", **BORN),
        a_leaver_row(code="A2", first_name="Jon", surname="Smyth", **BORN),
        a_leaver_row(code="B1", first_name="Kim", surname="Brown", prison_number="Q1234BC",
                     birth_date=date(1981, 5, 5)),
        a_leaver_row(code="B2", first_name="Kim", surname="Brown", prison_number="Q1243BC",
                     birth_date=date(1981, 5, 6)),
        a_leaver_row(code="C1", first_name="Al", surname="Green", prison_number="Z9999ZZ",
                     birth_date=date(1985, 5, 5)),
        a_leaver_row(code="C2", first_name="Mo", surname="White", prison_number="Z9999ZY",
                     birth_date=date(1985, 5, 5)),
    )  # fmt: skip

    found = possible_twins(db, Region.YORKSHIRE)

    assert [(one.one_code, one.other_code, one.why) for one in found] == [
        ("A1", "A2", BORN_ALIKE),
        ("B1", "B2", NAMED_ALIKE),
        ("C1", "C2", NUMBER_ALIKE),
    ]
    assert {one.kind for one in found} == {Leaver}


def test_people_of_another_region_are_not_shown(db):
    names = {"first_name": "Jo", "surname": "Hill", **BORN}
    leavers(db, a_leaver_row(**names))
    leavers(db, a_leaver_row(**names), region=Region.WALES)

    assert possible_twins(db, Region.YORKSHIRE) == []


def test_mentors_are_looked_at_too(db):
    names = {"first_name": "Jo", "surname": "Hill", **BORN}
    db.add_all([a_mentor_row(**names), a_mentor_row(**names), a_mentor_row()])
    db.flush()

    [found] = possible_twins(db, Region.YORKSHIRE)

    assert (found.kind, found.why) == (Mentor, BORN_ALIKE)
