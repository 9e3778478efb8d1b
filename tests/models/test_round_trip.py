"""What goes into a row comes out of it, on both databases."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from models.columns import TextColumn
from models.events import Event
from models.languages import Language
from models.meetings import Meeting
from models.people import Leaver, LeaverFacts, Mentor, MentorFacts
from models.places import MentorPlace
from models.profiles import LeaverProfile, MentorProfile
from models.referrals import Referral, ReferralFacts, Screening, ScreeningFacts
from models.rows import Record, Row, newest
from models.states import MeetingState
from models.tables import METADATA
from models.vetting import Clearance, Supervision
from models.vocabulary import Companion, Culture, Experience, Group, Importance, Interest, Need
from tests.factories import a_leaver, a_mentor
from tests.rows import (
    BOOKED,
    NOW,
    a_leaver_row,
    a_meeting,
    a_mentor_row,
    a_pair,
    a_referral,
    a_screening,
    an_event,
    one_of_each,
    places_of,
)

NOW_AND_THEN = settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def read_back(db: Session, row: Row) -> Any:
    """The row as the database gives it, not as the session remembers it."""
    db.add(row)
    db.flush()
    db.expire_all()
    return row


def values(row: Row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in type(row).model_fields}


def test_a_row_of_every_table_comes_back_as_it_was(db):
    rows = one_of_each()
    told = [values(row) for row in rows]
    db.add_all(rows)

    db.commit()

    for row, before in zip(rows, told, strict=True):
        after = values(row)
        made_on_the_way = {"number"} if before.get("number") is None else set()
        made_on_the_way |= {name for name in before if name.endswith("_index")}
        assert {name: after[name] for name in after.keys() - made_on_the_way} == {
            name: before[name] for name in before.keys() - made_on_the_way
        }


def test_every_moment_comes_back_aware_and_in_utc(db):
    rows = one_of_each()
    db.add_all(rows)
    db.commit()

    moments = [
        value
        for row in rows
        for name, value in values(row).items()
        if isinstance(value, datetime) and name != "starts_local"
    ]

    assert len(moments) > len(rows)
    assert {moment.tzinfo for moment in moments} == {UTC}


@pytest.mark.parametrize("zone", [ZoneInfo("Europe/London"), timezone(timedelta(hours=-5)), UTC])
def test_a_moment_is_the_same_moment_whatever_zone_it_was_told_in(zone, db):
    told = datetime(2027, 3, 28, 1, 30, 15, 123456, tzinfo=UTC).astimezone(zone)

    leaver = read_back(db, a_leaver_row(created_at=told))

    assert leaver.created_at == told
    assert leaver.created_at.tzinfo is UTC


def test_a_booked_meeting_keeps_its_local_time_and_zone(db):
    leaver, mentor = a_leaver_row(), a_mentor_row()
    referral = a_referral(leaver)
    pair = a_pair(referral, mentor)
    db.add_all([leaver, mentor, *places_of(mentor), referral, pair])

    meeting: Meeting = read_back(db, a_meeting(pair, state=MeetingState.BOOKED, **BOOKED))

    assert {name: getattr(meeting, name) for name in BOOKED} == BOOKED
    assert meeting.starts_local is not None
    local = meeting.starts_local.replace(tzinfo=ZoneInfo(str(meeting.zone)))
    assert local == meeting.starts_at


@NOW_AND_THEN
@given(
    hours=st.frozensets(st.integers(0, 167)),
    ticks=st.fixed_dictionaries(
        {
            "languages": st.frozensets(st.sampled_from(Language)),
            "cultures": st.frozensets(st.sampled_from(Culture)),
            "needs": st.frozensets(st.sampled_from(Need)),
            "experiences": st.frozensets(st.sampled_from(Experience)),
            "interests": st.frozensets(st.sampled_from(Interest)),
            "wants": st.frozensets(st.sampled_from(Companion)),
            "limits": st.frozensets(st.sampled_from(Group)),
        }
    ),
)
def test_ticks_and_hours_come_back_whatever_was_ticked(db, hours, ticks):
    mentor = read_back(db, a_mentor_row(hours=hours, **ticks))

    told = {name: getattr(mentor, name) for name in ticks}
    db.rollback()

    assert told == ticks
    assert mentor.hours == hours


@NOW_AND_THEN
@given(
    needs=st.dictionaries(st.sampled_from(Need), st.sampled_from(Importance)),
    wishes=st.frozensets(st.sampled_from([*Language, *Culture])),
    ruled_out=st.frozensets(st.from_regex(r"[A-Z0-9][A-Z0-9-]{0,19}", fullmatch=True)),
)
def test_needs_wishes_and_codes_come_back_whatever_was_written(db, needs, wishes, ruled_out):
    leaver = a_leaver_row()
    db.add(leaver)

    referral = read_back(db, a_referral(leaver, needs=needs, wishes=wishes, ruled_out=ruled_out))
    told = referral.needs, referral.wishes, referral.ruled_out
    db.rollback()

    assert told == (needs, wishes, ruled_out)


@NOW_AND_THEN
@given(
    facts=st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"])),
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(exclude_categories=["Cs"])),
    )
)
def test_facts_of_an_event_come_back_whatever_they_say(db, facts):
    leaver = a_leaver_row()
    db.add(leaver)

    event: Event = read_back(db, an_event(leaver, facts=facts))
    told = dict(event.facts)
    db.rollback()

    assert told == facts


def test_what_comes_back_is_frozen_to_the_leaves(db):
    leaver = a_leaver_row()
    db.add(leaver)

    event = read_back(db, an_event(leaver, facts={"moved": [{"meeting": 1}]}))

    with pytest.raises(TypeError):
        event.facts["more"] = 1
    with pytest.raises(TypeError):
        event.facts["moved"][0]["meeting"] = 2


def test_every_frozen_column_is_one_whose_changes_are_seen():
    kinds = {
        type(column.type)
        for table in METADATA.tables.values()
        for column in table.columns
        if isinstance(column.type, TextColumn)
    }

    assert {kind.__name__ for kind in kinds} == {
        "CodeSetColumn",
        "HoursColumn",
        "JsonColumn",
        "WordMapColumn",
        "WordSetColumn",
    }


def test_a_new_set_in_the_place_of_the_old_is_saved(db):
    mentor = read_back(db, a_mentor_row())

    mentor.needs = mentor.needs | {Need.DEBT}
    read_back(db, mentor)

    assert Need.DEBT in mentor.needs


def test_facts_read_from_rows_are_the_facts_that_were_put_in(db):
    leaver, mentor = a_leaver_row(), a_mentor_row()
    rows = [leaver, mentor, a_referral(leaver), a_screening(leaver)]
    db.add_all(rows)
    db.commit()

    facts = (LeaverFacts, MentorFacts, ReferralFacts, ScreeningFacts)
    read = [
        kind.model_validate(row, from_attributes=True)
        for kind, row in zip(facts, rows, strict=True)
    ]

    profiles: list[Any] = [a_leaver(), a_mentor(), a_leaver(), a_leaver()]
    for said, profile in zip(read, profiles, strict=True):
        own = said.model_dump(exclude={"code", "prison_number"})
        assert own == {name: getattr(profile, name) for name in own}


def test_a_profile_can_be_made_of_rows(db):
    leaver = a_leaver_row()
    referral, screening = a_referral(leaver), a_screening(leaver)
    db.add_all([leaver, referral, screening])
    db.commit()

    told: dict[str, Any] = {}
    for row in (leaver, referral, screening):
        told |= {
            name: value for name, value in values(row).items() if name in LeaverProfile.model_fields
        }

    assert LeaverProfile(**told).needs == a_leaver().needs


@pytest.mark.parametrize("table", [Leaver, Mentor, Referral, Screening])
def test_a_table_has_every_fact_of_its_list(table):
    profile = MentorProfile if table is Mentor else LeaverProfile

    own = set(table.model_fields) & set(profile.model_fields)

    assert own <= {column.name for column in METADATA.tables[table.__tablename__].columns}
    assert len(own) > 10


def test_the_newest_row_stands_for_each(db):
    first, second = a_mentor_row(), a_mentor_row()
    db.add_all([first, second])
    for days, mentor in ((0, first), (2, first), (1, first), (0, second)):
        recorded = {"mentor_id": mentor.id, "recorded_at": NOW + timedelta(days=days)}
        db.add(Supervision(supervision_until=NOW.date() + timedelta(days=days), **recorded))
    db.commit()

    standing = db.exec(newest(Supervision, "mentor_id")).all()

    assert {row.mentor_id: (row.recorded_at - NOW).days for row in standing} == {
        first.id: 2,
        second.id: 0,
    }
    assert len(standing) == 2


def test_of_clearances_the_newest_for_each_prison_stands(db):
    mentor = a_mentor_row()
    db.add(mentor)
    for days, prison in ((0, "LEI"), (1, "LEI"), (0, "HLI")):
        until = NOW.date() + timedelta(days=100 + days)
        row = Clearance(mentor_id=mentor.id, prison=prison, cleared_from=NOW.date(),
                        cleared_until=until, recorded_at=NOW + timedelta(days=days))  # fmt: skip
        db.add(row)
    db.commit()

    standing = db.exec(newest(Clearance, "mentor_id", "prison")).all()

    assert {row.prison: (row.cleared_until - NOW.date()).days for row in standing} == {
        "LEI": 101,
        "HLI": 100,
    }


def test_a_record_has_an_id_of_its_own_and_a_place_is_known_by_its_mentor(db):
    mentor = a_mentor_row()

    db.add_all([mentor, *places_of(mentor)])
    db.commit()

    assert issubclass(Mentor, Record)
    assert mentor.id != a_mentor_row().id
    assert db.exec(select(MentorPlace.mentor_id, MentorPlace.number)).all() == [
        (mentor.id, 1),
        (mentor.id, 2),
    ]


def test_needs_are_a_mapping_of_words(db):
    leaver = a_leaver_row()
    db.add(leaver)

    referral = read_back(db, a_referral(leaver))

    assert isinstance(referral.needs, Mapping)
    assert all(isinstance(need, Need) for need in referral.needs)
