"""Records that become one on a service that has lived: the doctor finds nothing wrong."""

import shutil
from datetime import timedelta

import pytest
from sqlmodel import select

from matcher.clock import Context, run_due
from matcher.senders import FolderSender
from models.audit import Hand
from models.database import sessions
from models.people import Leaver, Mentor
from models.states import Channel
from tests.matcher.lettered import SETTINGS
from tests.matcher.lived import DAY, broken, leaver, live_a_week, pair_of
from tests.matcher.merges import merge
from tests.quick_folders import quick_folder


@pytest.fixture
def lived(engine):
    folder = quick_folder("gatemate-merging-")
    yield live_a_week(engine, folder)
    shutil.rmtree(folder)


@pytest.mark.parametrize(("stays", "goes"), [(0, 5), (4, 2), (1, 0)])
def test_the_doctor_finds_nothing_after_leavers_are_merged(lived, stays, goes):
    made = sessions(lived.engine, b"key")
    with made() as db:
        db.write_as(Hand(None, at=lived.now, origin="test"))
        merge(db, leaver(db, stays), f"LEAVER{goes}", now=lived.now, mistaken=True)
        db.commit()
        straight_after = broken(lived.case(db))
    later = a_day_later(lived, made)

    with made() as db:
        assert straight_after == {}
        assert broken(lived.case(db, now=later)) == {}
        assert f"LEAVER{goes}" not in set(db.exec(select(Leaver.code)))


@pytest.mark.parametrize(("stays", "goes"), [(0, 2), (3, 0)])
def test_the_doctor_finds_nothing_after_mentors_are_merged(lived, stays, goes):
    made = sessions(lived.engine, b"key")
    with made() as db:
        db.write_as(Hand(None, at=lived.now, origin="test"))
        mentors = [db.get_one(Mentor, pair_of(db, number).mentor_id) for number in (stays, goes)]
        for mentor in mentors:
            mentor.places = 3
        merge(db, mentors[0], mentors[1].code, now=lived.now, mistaken=True)
        db.commit()
        straight_after = broken(lived.case(db))
    later = a_day_later(lived, made)

    with made() as db:
        assert straight_after == {}
        assert broken(lived.case(db, now=later)) == {}


def a_day_later(lived, made):
    """The clock goes on for a day."""
    senders = dict.fromkeys(Channel, FolderSender(lived.post_folder))
    later = lived.now + DAY + timedelta(hours=1)
    run_due(Context(made, SETTINGS, senders, lived.journal, "one", lambda: later), later)
    return later
