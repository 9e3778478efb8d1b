from datetime import date, timedelta

import pytest
from sqlmodel import select

from matcher.outcomes import held, missed
from matcher.tasks import finish, raise_due, raise_task, settle
from models.desk_words import TaskKind
from models.states import Absentee, MeetingKind, Move, PairState, ReferralState
from models.tasks import Task
from models.vocabulary import Region
from tests.factories import TODAY
from tests.matcher.accepted import RELEASE, an_accepted_pair, at, contents, on
from tests.rows import NOW, a_leaver_row, a_referral

A_DAY = timedelta(days=1)


@pytest.fixture
def there(db):
    there = an_accepted_pair(db)
    there.plan()
    return there


def kinds_due(there, now):
    return [task.kind for task in raise_due(there.db, now=now)]


def due(there, kind, now):
    return [task for task in raise_due(there.db, now=now) if task.kind is kind]


def test_a_task_is_raised_once_for_one_desk(db):
    told = {"due_on": TODAY, "now": NOW, "region": Region.WALES}

    first = raise_task(db, "ring:1", TaskKind.RING, **told)
    again = raise_task(db, "ring:1", TaskKind.RING, **told)

    assert again is None
    assert db.exec(select(Task)).all() == [first]
    assert (first.region, first.due_on, first.raised_at) == (Region.WALES, TODAY, NOW)


def test_a_task_that_was_done_is_not_raised_again(there):
    told = {"due_on": TODAY, "now": NOW, "prison": "LEI"}
    task = raise_task(there.db, "ring:1", TaskKind.RING, **told)
    finish(there.db, task, outcome="Rung.", by=there.liaison.id, now=NOW)

    assert raise_task(there.db, "ring:1", TaskKind.RING, **told) is None
    assert (task.outcome, task.done_by, task.done_at) == ("Rung.", there.liaison.id, NOW)


def test_a_task_done_keeps_its_first_outcome(there):
    task = raise_task(there.db, "ring:1", TaskKind.RING, due_on=TODAY, now=NOW, region=Region.WALES)
    finish(there.db, task, outcome="Rung.", by=there.manager.id, now=NOW)

    finish(there.db, task, outcome="", by=None, now=NOW + A_DAY)

    assert (task.outcome, task.done_at) == ("Rung.", NOW)


def test_only_what_is_named_is_settled(db):
    one, other = an_accepted_pair(db), an_accepted_pair(db)
    for number, there in enumerate((one, other)):
        told = {"due_on": TODAY, "now": NOW, "region": Region.WALES, "pair_id": there.pair.id}
        for kind in (TaskKind.RING, TaskKind.NO_ANSWER):
            raise_task(db, f"{kind}:{number}", kind, **told)

    settle(db, {TaskKind.RING}, outcome="Rung.", by=None, now=NOW, pair_id=one.pair.id)

    done = [task for task in db.exec(select(Task)) if task.done_at]
    assert [(task.kind, task.pair_id) for task in done] == [(TaskKind.RING, one.pair.id)]
    with pytest.raises(ValueError, match="about"):
        settle(db, {TaskKind.RING}, outcome="Rung.", by=None, now=NOW)


def test_a_meeting_not_booked_a_week_before_its_end_is_the_liaisons_and_then_the_managers(there):
    visit = there.meeting(MeetingKind.PRISON_VISIT)
    assert visit.book_by == date(2027, 1, 5)

    def desks(day):
        return [
            (task.prison, task.region, task.due_on)
            for task in due(there, TaskKind.NOT_BOOKED, at(day))
            if task.meeting_id == visit.id
        ]

    assert desks(date(2027, 1, 4)) == []
    assert desks(date(2027, 1, 5)) == [("LEI", None, date(2027, 1, 5))]
    assert desks(date(2027, 1, 6)) == []
    assert desks(date(2027, 1, 7)) == [(None, there.referral.region, date(2027, 1, 7))]
    assert desks(date(2027, 1, 8)) == []


def test_a_gate_not_agreed_on_a_week_before_is_a_task_too(there):
    gate = there.meeting(MeetingKind.GATE)

    found = due(there, TaskKind.NOT_BOOKED, at(RELEASE - timedelta(days=7)))

    assert gate.id in {task.meeting_id for task in found}


def test_follow_ups_are_not_booked_by_the_liaison(there):
    for meeting in there.meetings():
        if meeting.window_last <= RELEASE:
            there.book(meeting, on(meeting.window_first), now=NOW)

    assert due(there, TaskKind.NOT_BOOKED, at(RELEASE + timedelta(days=5))) == []


def test_a_booking_task_falls_away_when_the_meeting_has_new_days(there):
    visit = there.meeting(MeetingKind.PRISON_VISIT)
    now = at(visit.book_by)
    [task] = [one for one in due(there, TaskKind.NOT_BOOKED, now) if one.meeting_id == visit.id]

    there.leaver.release_date = RELEASE + timedelta(days=28)
    there.plan(now)

    assert (task.outcome, task.done_by) == ("The plan is new.", None)
    again = due(there, TaskKind.NOT_BOOKED, at(visit.book_by))
    assert visit.id in {one.meeting_id for one in again}


def test_silence_two_working_days_after_a_meeting_goes_to_the_manager(there):
    friday = date(2027, 1, 8)
    visit = there.meeting(MeetingKind.PRISON_VISIT)
    there.book(visit, on(friday))

    def asked(day):
        return [task.meeting_id for task in due(there, TaskKind.NO_ANSWER, at(day))]

    assert asked(date(2027, 1, 11)) == []
    assert asked(date(2027, 1, 12)) == [visit.id]
    [task] = there.tasks(TaskKind.NO_ANSWER)
    held(there.db, visit, by=there.manager.id, now=at(date(2027, 1, 12)))
    assert (task.done_by, task.outcome) == (there.manager.id, "Answered: held.")


def test_silence_about_a_follow_up_nobody_booked_goes_to_the_manager_too(there):
    contact = there.meeting(MeetingKind.FIRST_CONTACT)

    found = due(there, TaskKind.NO_ANSWER, at(contact.window_last + timedelta(days=4)))

    assert contact.id in {task.meeting_id for task in found}


@pytest.mark.parametrize(
    ("state", "is_covered"),
    [
        (PairState.ACCEPTED, True),
        (PairState.OFFERED, False),
        (PairState.PROPOSED, False),
        (PairState.SUSPENDED, False),
    ],
)
def test_two_weeks_before_the_release_only_a_yes_is_gate_cover(db, state, is_covered):
    there = an_accepted_pair(db, state=state)

    found = due(there, TaskKind.NO_GATE_COVER, at(RELEASE - timedelta(days=14)))

    assert bool(found) is not is_covered


@pytest.mark.parametrize("state", [ReferralState.PUT_FORWARD, ReferralState.WAITING])
def test_someone_leaving_in_two_weeks_without_a_pair_is_a_task_for_the_manager(db, state):
    leaver = a_leaver_row(release_date=RELEASE)
    db.add_all([leaver, a_referral(leaver, state=state, region=Region.WALES)])
    two_weeks = RELEASE - timedelta(days=14)

    assert raise_due(db, now=at(two_weeks - A_DAY)) == []
    [task] = raise_due(db, now=at(two_weeks))
    assert raise_due(db, now=at(two_weeks + A_DAY)) == []

    assert (task.kind, task.region) == (TaskKind.NO_GATE_COVER, Region.WALES)
    assert (task.leaver_id, task.due_on) == (leaver.id, two_weeks)


@pytest.mark.parametrize("state", [ReferralState.DRAFT, ReferralState.WITHDRAWN])
def test_nobody_is_chased_about_someone_who_is_not_waiting(db, state):
    leaver = a_leaver_row(release_date=RELEASE)
    db.add_all([leaver, a_referral(leaver, state=state)])

    assert raise_due(db, now=at(RELEASE - timedelta(days=3))) == []


def test_a_late_referral_has_the_days_its_steps_take_before_it_is_a_task(db):
    leaver = a_leaver_row(release_date=RELEASE)
    put_forward = at(RELEASE - timedelta(days=13))
    told = {"created_at": put_forward, "put_forward_at": put_forward}
    db.add_all([leaver, a_referral(leaver, **told)])

    assert raise_due(db, now=at(RELEASE - timedelta(days=8))) == []
    assert len(raise_due(db, now=at(RELEASE - timedelta(days=6)))) == 1


def test_a_yes_settles_the_missing_gate_cover(db):
    there = an_accepted_pair(db, state=PairState.OFFERED)
    now = at(RELEASE - timedelta(days=14))
    [task] = due(there, TaskKind.NO_GATE_COVER, now)

    there.pair.move(Move.ACCEPT, by=None, now=now)
    there.plan(now)

    assert task.outcome == "A mentor has said yes."


def test_a_first_meeting_not_proved_is_warned_of_with_14_and_with_7_days_left(there):
    def warned(days_out):
        now = at(RELEASE + timedelta(days=days_out))
        return [task.due_on for task in due(there, TaskKind.FIRST_MEETING, now)]

    assert warned(13) == []
    assert warned(14) == [RELEASE + timedelta(days=14)]
    assert warned(20) == []
    assert warned(21) == [RELEASE + timedelta(days=21)]
    assert warned(40) == []


def test_after_a_long_standstill_only_the_later_warning_is_raised(there):
    found = due(there, TaskKind.FIRST_MEETING, at(RELEASE + timedelta(days=25)))

    assert [task.due_on for task in found] == [RELEASE + timedelta(days=21)]


def test_the_gate_itself_proves_no_first_meeting_but_a_follow_up_does(there):
    gate, follow_up = there.meeting(MeetingKind.GATE), there.meeting(MeetingKind.FOLLOW_UP)
    day = follow_up.window_last
    [task] = due(there, TaskKind.FIRST_MEETING, at(RELEASE + timedelta(days=14)))
    held(there.db, gate, on=RELEASE, by=None, now=at(RELEASE + timedelta(days=14)))
    assert not task.done_at

    held(there.db, follow_up, on=day, by=None, now=at(RELEASE + timedelta(days=15)))

    assert task.done_at

    assert not due(there, TaskKind.FIRST_MEETING, at(RELEASE + timedelta(days=21)))


def test_nobody_is_asked_to_book_a_meeting_whose_days_are_over(there):
    assert due(there, TaskKind.NOT_BOOKED, at(RELEASE + A_DAY)) == []


def test_looking_again_raises_nothing_and_changes_nothing(there):
    now = at(RELEASE + timedelta(days=30))
    first = kinds_due(there, now)
    before = contents(there.db)

    assert kinds_due(there, now) == []
    assert len(first) > 3
    assert contents(there.db) == before


def test_what_was_asked_about_a_pair_that_has_ended_is_asked_no_more(there):
    contact = there.meeting(MeetingKind.FIRST_CONTACT)
    now = at(contact.window_last + timedelta(days=7))
    missed(there.db, contact, who=Absentee.LEAVER, by=None, now=now)
    raise_due(there.db, now=now)
    there.pair.move(Move.STAND_DOWN, by=None, now=now)

    raise_due(there.db, now=now)

    still_open = {task.kind for task in there.tasks() if not task.done_at}
    assert still_open == {TaskKind.MISSED_MEETING}
