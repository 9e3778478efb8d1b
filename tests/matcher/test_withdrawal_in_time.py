"""A leaver or a mentor says no: within a minute of the clock's own looks nothing is left unsent."""

from datetime import timedelta

import pytest
from sqlmodel import col, or_, select

from matcher import clock, consents, mentor_consents
from matcher.clock import Context, deliver, run_due, run_jobs
from matcher.post import to_mentor
from matcher.senders import FolderSender
from models.database import sessions
from models.outbox import SETTLED, Letter
from models.pairs import LIVE
from models.people import Mentor
from models.privacy_words import Purpose
from models.states import Channel, LetterState
from tests.matcher.lettered import SETTINGS
from tests.matcher.lived import leaver, live_a_week, pair_of

SECOND = timedelta(seconds=1)
MINUTE = timedelta(seconds=60)
HOUR = timedelta(hours=1)


class Ticking:
    """A clock whose time is told, that looks as often as the real one does."""

    def __init__(self, engine, lived):
        senders = dict.fromkeys(Channel, FolderSender(lived.post_folder))
        made = sessions(engine, b"key")
        self.now = lived.now
        self.context = Context(made, SETTINGS, senders, lived.journal, "one", lambda: self.now)

    def tick(self, seconds: int) -> None:
        """Let so many seconds pass: jobs and hands look when the scheduler would let them."""
        between = clock.POST_SECONDS // clock.HANDS
        for second in range(1, seconds + 1):
            self.now += SECOND
            if second % clock.JOBS_SECONDS == 0:
                run_jobs(self.context)
            if second % between == 0:
                deliver(self.context)


def about(db):
    """All letters about the first leaver, and about their pair."""
    theirs = or_(Letter.leaver_id == leaver(db, 0).id, Letter.pair_id == pair_of(db, 0).id)
    return db.exec(select(Letter).where(theirs).order_by(col(Letter.id))).all()


@pytest.mark.parametrize("by_day", [True, False], ids=["by day", "at night"])
def test_a_no_leaves_nothing_unsent_within_a_minute_and_nothing_leaves_later(
    engine, tmp_path, by_day
):
    ticking = Ticking(engine, live_a_week(engine, tmp_path))
    ticking.now += (0 if by_day else 16) * HOUR
    with ticking.context.session() as db:
        waited, said = [one.id for one in about(db) if one.state not in SETTLED], ticking.now
        told = {"given": False, "told_on": said.date(), "by": None, "now": said}
        consents.record(db, leaver(db, 0), Purpose.MATCHING, **told)
        db.commit()

    ticking.tick(60)

    with ticking.context.reading() as db:
        assert pair_of(db, 0).state not in LIVE
        letters = about(db)
        unsent = [one for one in letters if one.state not in SETTLED]
        states = {one.id: one.state for one in letters}
        gone = {one.id for one in letters if one.sent_at and one.sent_at > said}
    # By night an entry in a calendar is not called off: the mentor knows by then, and sleeps.
    assert all(one.facts.get("calls_off") for one in unsent)
    assert not (unsent and by_day)
    assert waited
    assert {states[one] for one in waited} == {LetterState.CANCELLED}
    assert gone
    for hours in (56, 80, 200, 1_500):
        run_due(ticking.context, said + hours * HOUR)
    with ticking.context.reading() as db:
        later = {one.id: one for one in about(db) if one.sent_at and one.sent_at > said}
    assert later.keys() == gone | {one.id for one in unsent}
    assert all(later[one].sent_at <= said + MINUTE for one in gone)


def of_mentor(db, mentor_id):
    """All letters about a mentor or to them, whosever pair they tell of."""
    theirs = or_(Letter.mentor_id == mentor_id, Letter.recipient == to_mentor(mentor_id))
    return db.exec(select(Letter).where(theirs).order_by(col(Letter.id))).all()


@pytest.mark.parametrize("by_day", [True, False], ids=["by day", "at night"])
def test_a_no_of_a_mentor_leaves_nothing_unsent_within_a_minute_and_nothing_leaves_later(
    engine, tmp_path, by_day
):
    ticking = Ticking(engine, live_a_week(engine, tmp_path))
    ticking.now += (0 if by_day else 16) * HOUR
    with ticking.context.session() as db:
        mentor = db.get_one(Mentor, pair_of(db, 0).mentor_id)
        mentor_id, said = mentor.id, ticking.now
        waited = [one.id for one in of_mentor(db, mentor_id) if one.state not in SETTLED]
        told = {"given": False, "told_on": said.date(), "by": None, "now": said}
        mentor_consents.record(db, mentor, Purpose.WALKING, **told)
        db.commit()

    ticking.tick(60)

    with ticking.context.reading() as db:
        states = {one.id: one.state for one in of_mentor(db, mentor_id)}
        live = [one for one in (pair_of(db, 0), pair_of(db, 2)) if one.mentor_id == mentor_id]
    assert waited
    assert {states[one] for one in waited} == {LetterState.CANCELLED}
    assert set(states.values()) <= SETTLED
    assert not [one for one in live if one.state in LIVE]
    for hours in (56, 80, 200, 1_500):
        run_due(ticking.context, said + hours * HOUR)
    with ticking.context.reading() as db:
        later = [one for one in of_mentor(db, mentor_id) if one.sent_at and one.sent_at > said]
    assert later == []
