from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from matcher.core.candidates import broken_rules
from matcher.core.conditions import Conditions
from matcher.gazetteer import england_and_wales
from matcher.profiles import OF_LEAVER, mentors_in_plan, waiting_leavers
from models.ethnic_groups import EthnicGroup
from models.hours import read_hours
from models.key_ring import KeyRing
from models.profiles import SIGNED, LeaverProfile
from models.restrictions import Curfew, ExclusionZone, GangTag, Link, OpposedGangs
from models.sealed import STAYS_SEALED
from models.states import MentorState
from models.vetting import Clearance, MentorAssessment, MentorGangs, MentorLicence
from models.vocabulary import CountyLines, LinkKind, Risk
from tests.factories import TODAY
from tests.rows import (
    NOW,
    a_leaver_row,
    a_mentor_row,
    a_referral,
    a_screening,
    places_of,
    vetting_of,
)

CONDITIONS = Conditions(TODAY, england_and_wales())
RECORDED = {"recorded_at": NOW, "kind": LinkKind.NON_ASSOCIATION}


@pytest.fixture
def leaver(db):
    row = a_leaver_row(first_name="Sam", surname="Ordinary")
    db.add_all([row, a_referral(row), a_screening(row)])
    db.commit()
    return row


@pytest.fixture
def mentor(db):
    row = a_mentor_row(state=MentorState.ACTIVE, prison_number="Z1234ZZ")
    db.add_all([row, *places_of(row), *vetting_of(row)])
    db.commit()
    return row


def the_two(db):
    [waiting] = waiting_leavers(db, TODAY)
    [mentor] = mentors_in_plan(db, TODAY, Counter()).values()
    return waiting.profile, mentor


def codes(db):
    return [broken.code for broken in broken_rules(*the_two(db), CONDITIONS)]


def test_ordinary_rows_make_two_people_whom_nothing_keeps_apart(db, leaver, mentor):
    assert codes(db) == []


def by_row(leaver, mentor):
    return {"one_leaver_id": leaver.id, "other_mentor_id": mentor.id}


def by_number(leaver, mentor):
    return {"one_prison_number": mentor.prison_number, "other_leaver_id": leaver.id}


def by_two_numbers(leaver, mentor):
    return {
        "one_prison_number": leaver.prison_number,
        "other_prison_number": mentor.prison_number,
    }


def by_name(leaver, mentor):
    return {
        "one_mentor_id": mentor.id,
        "other_first_name": "SAM",
        "other_surname": "ordinary",
        "other_birth_date": leaver.birth_date,
    }


def test_what_the_plan_reads_of_a_leaver_has_no_ethnic_group(db, leaver, mentor):
    leaver.ethnic_group = EthnicGroup.BLACK
    db.flush()

    [waiting] = waiting_leavers(db, TODAY)

    assert not hasattr(waiting.profile, "ethnic_group")
    assert "ethnic_group" not in LeaverProfile.model_fields
    assert "ethnic_group" not in OF_LEAVER


@pytest.mark.parametrize("named", [by_row, by_number, by_two_numbers, by_name])
def test_an_open_link_keeps_two_people_apart_however_it_names_them(db, leaver, mentor, named):
    db.add(Link(**named(leaver, mentor), **RECORDED))
    db.commit()

    assert codes(db) == ["no_link_between_them"]


def test_a_link_to_the_leaver_a_mentor_once_was_still_holds(db, leaver, mentor):
    once = a_leaver_row(prison_number="Z1234ZZ", first_name="Other", surname="Name")
    db.add(once)
    db.flush()
    db.add(Link(one_leaver_id=leaver.id, other_leaver_id=once.id, **RECORDED))
    db.commit()

    assert codes(db) == ["no_link_between_them"]


def test_a_closed_link_keeps_nobody_apart(db, leaver, mentor):
    db.add(Link(**by_row(leaver, mentor), **RECORDED, closed_at=NOW))
    db.commit()

    assert codes(db) == []


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "counts"),
    [
        (None, None, True),
        (TODAY + timedelta(days=30), None, True),
        (None, TODAY, True),
        (None, TODAY - timedelta(days=1), False),
    ],
)
def test_zones_and_curfews_count_until_they_are_over_and_before_they_begin(
    db, leaver, mentor, starts_on, ends_on, counts
):
    days = {"starts_on": starts_on, "ends_on": ends_on, "recorded_at": NOW}
    db.add(ExclusionZone(leaver_id=leaver.id, district="LS1", **days))
    db.add(Curfew(mentor_id=mentor.id, hours=read_hours("daily 19-7"), **days))
    db.commit()

    first, second = the_two(db)

    assert first.exclusion_zone == (frozenset({"LS1"}) if counts else frozenset())
    assert second.curfew == (read_hours("daily 19-7") if counts else frozenset())


def test_opposed_tags_are_opposed_whichever_is_the_leavers(db, leaver, mentor):
    recorded = {"recorded_at": NOW + timedelta(hours=1)}
    db.add_all([GangTag(code="NORTH", **recorded), GangTag(code="SOUTH", **recorded)])
    db.flush()
    db.add_all(
        [
            OpposedGangs(one="NORTH", other="SOUTH", **recorded),
            a_screening(leaver, gangs=frozenset({"SOUTH"}), **recorded),
            MentorGangs(mentor_id=mentor.id, gangs=frozenset({"NORTH"}), **recorded),
        ]
    )
    db.commit()

    assert codes(db) == ["gangs_not_opposed"]


def test_county_lines_are_read_from_the_newest_rows(db, leaver, mentor):
    for hour, part in enumerate([CountyLines.VICTIM, CountyLines.PERPETRATOR], start=1):
        later = {"recorded_at": NOW + timedelta(hours=hour)}
        db.add(MentorGangs(mentor_id=mentor.id, county_lines=part, **later))
        db.add(a_screening(leaver, county_lines=CountyLines.VICTIM, **later))
    db.commit()

    assert codes(db) == ["county_lines_kept_apart"]


def test_the_newest_assessment_and_licence_stand(db, leaver, mentor):
    later = {"mentor_id": mentor.id, "recorded_at": NOW + timedelta(hours=1)}
    db.add(MentorAssessment(risk_limit=Risk.VERY_HIGH, assessed_on=TODAY, assessor="Pat", **later))
    db.add(MentorLicence(on_licence=True, licence_bars_prisons=True, **later))
    db.commit()

    _, profile = the_two(db)

    assert profile.risk_limit is Risk.VERY_HIGH
    assert profile.licence_bars_prisons
    assert codes(db) == ["mentor_probation_content"]


def test_the_newest_clearance_for_each_prison_stands_once_it_has_begun(db, leaver, mentor):
    days = {"mentor_id": mentor.id, "cleared_from": TODAY}
    db.add_all(
        [
            Clearance(
                prison="LEI",
                cleared_until=TODAY + timedelta(days=9),
                recorded_at=NOW + timedelta(hours=1),
                **days,
            ),
            Clearance(prison="WLI", cleared_until=date(2027, 9, 1), recorded_at=NOW, **days),
            Clearance(
                mentor_id=mentor.id,
                prison="HLI",
                cleared_from=TODAY + timedelta(days=1),
                cleared_until=date(2027, 9, 1),
                recorded_at=NOW,
            ),
        ]
    )
    db.commit()

    _, profile = the_two(db)

    assert profile.clearances == {"LEI": TODAY + timedelta(days=9), "WLI": date(2027, 9, 1)}


def queries_to_read_everyone(db, engine):
    asked = []
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    waiting_leavers(db, TODAY)
    mentors_in_plan(db, TODAY, Counter())
    return len(asked)


def test_the_number_of_queries_does_not_grow_with_the_people(db, engine, leaver, mentor):
    few = queries_to_read_everyone(db, engine)
    for _ in range(5):
        more, able = a_leaver_row(), a_mentor_row()
        db.add_all([more, able])
        db.flush()
        db.add_all([a_referral(more), a_screening(more), *vetting_of(able)])
    db.commit()

    many = queries_to_read_everyone(db, engine)

    assert many == few


def test_who_signed_is_not_opened_for_everybody_and_is_for_one(db, leaver, mentor, monkeypatch):
    opened = []
    whole = KeyRing.open
    monkeypatch.setattr(
        KeyRing, "open", lambda ring, sealed, at: opened.append(at) or whole(ring, sealed, at)
    )

    of_everybody = the_two(db)
    read = {at.split("\n")[1] for at in opened}
    [alone] = mentors_in_plan(db, TODAY, Counter(), only=[mentor.id]).values()

    assert {"first_name", "surname", "birth_date", "prison_number"} <= read
    assert not read & SIGNED
    assert [one.assessor for one in of_everybody] == [STAYS_SEALED, STAYS_SEALED]
    assert alone.assessor == vetting_of(mentor)[0].assessor
    assert codes(db) == []
