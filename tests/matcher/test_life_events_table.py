"""The table of events: who may tell what, in which words; and what leaves a row by itself."""

from datetime import date

import pytest
from sqlmodel import select

from matcher.life_events import HAPPENINGS, moment_of
from matcher.restrictions import OtherPerson, add_curfew, add_link, add_zone, close_link
from matcher.screening import Screened, record
from models.events import Event
from models.people import Leaver, Mentor
from models.referrals import Screening
from models.states import EventKind, Role
from models.vocabulary import LinkKind
from tests.matcher.accepted import an_accepted_pair, contents
from tests.rows import NOW


@pytest.fixture
def there(db):
    there = an_accepted_pair(db)
    there.plan()
    return there


def risks(there):
    return there.db.exec(select(Event).where(Event.kind == EventKind.RISK_CHANGED)).all()


def test_every_event_has_its_row():
    assert set(HAPPENINGS) == set(EventKind)


def test_no_peer_and_no_administrator_tells_an_event_and_a_manager_tells_each():
    for happening in HAPPENINGS.values():
        assert not happening.told_by & {Role.PEER, Role.ADMINISTRATOR}
        assert Role.MANAGER in happening.told_by


def test_a_mentor_tells_of_themselves_and_of_a_gate_where_nobody_came_out():
    told = {kind for kind, one in HAPPENINGS.items() if Role.MENTOR in one.told_by}

    assert told == {
        EventKind.NOT_RELEASED,
        EventKind.CONSENT_WITHDRAWN,
        EventKind.MENTOR_LAPSED,
    }


def test_each_question_has_words_and_says_what_to_do_if_the_answer_will_not_do():
    fields = {
        f"{one.facts.__name__}.{name}": field
        for one in HAPPENINGS.values()
        for name, field in one.facts.model_fields.items()
    }

    assert fields
    assert [name for name, field in fields.items() if not field.title] == []
    assert [name for name, field in fields.items() if not field.description] == []


def test_each_event_is_about_whom_its_verbs_are():
    for happening in HAPPENINGS.values():
        assert set(happening.of) <= {Leaver, Mentor}
        assert set(happening.follows) in (set(), set(happening.of))


def test_of_a_day_before_today_an_event_was_at_noon_and_of_today_it_is_now():
    assert moment_of(date(2026, 11, 20), NOW).hour == 12
    assert moment_of(NOW.date(), NOW) == NOW


def test_each_change_of_what_the_rules_look_at_leaves_one_event(there):
    other = OtherPerson(prison_number="Z9999ZZ")
    words = {"by": there.manager.id, "now": NOW}

    link = add_link(there.db, there.leaver, LinkKind.NON_ASSOCIATION, other, **words)
    add_zone(there.db, there.leaver, "HU1", **words)
    add_curfew(there.db, there.mentor, [1, 2], **words)
    close_link(there.db, link, **words)

    kept = risks(there)
    assert len(kept) == 4
    assert sum(one.mentor_id == there.mentor.id for one in kept) == 1
    assert {one.recorded_by for one in kept} == {there.manager.id}


def test_a_link_closed_twice_leaves_no_second_event(there):
    other = OtherPerson(prison_number="Z9999ZZ")
    words = {"by": there.manager.id, "now": NOW}
    link = add_link(there.db, there.leaver, LinkKind.NON_ASSOCIATION, other, **words)
    close_link(there.db, link, **words)
    before = contents(there.db)

    close_link(there.db, link, **words)

    assert contents(there.db) == before


def test_a_screening_leaves_one_event(there):
    stands = there.db.exec(select(Screening)).one()
    told = Screened(**{name: getattr(stands, name) for name in Screened.model_fields})

    screening = record(there.db, there.referral, told, by=there.manager.id, now=NOW)

    [event] = risks(there)
    assert event.key == f"risk_changed:{screening.id}"
