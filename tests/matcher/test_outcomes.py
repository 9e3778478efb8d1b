from datetime import date, timedelta

import pytest

from matcher.outcomes import held, met, missed, questions_for
from matcher.refusing import NotAllowed
from matcher.tasks import raise_due
from models.contacts import Practitioner
from models.desk_words import TaskKind
from models.moves import IllegalMove
from models.states import Absentee, LetterKind, LetterState, MeetingKind, MeetingState, Move
from tests.matcher.accepted import RELEASE, an_accepted_pair, at, contents, on
from tests.rows import NOW, a_screening

A_DAY = timedelta(days=1)
TUESDAY = date(2026, 12, 29)
"""A day of the introduction."""


@pytest.fixture
def there(db):
    there = an_accepted_pair(db)
    there.plan()
    return there


@pytest.fixture
def introduction(there):
    introduction = there.meeting(MeetingKind.INTRODUCTION)
    there.book(introduction, on(TUESDAY, 10))
    return introduction


def refused(there, what, *told, **more):
    before = contents(there.db)
    with pytest.raises(NotAllowed) as no:
        what(there.db, *told, by=None, **more)
    assert contents(there.db) == before
    [sentence] = no.value.sentences
    return sentence


def test_a_booked_meeting_that_is_over_is_recorded_as_held(there, introduction):
    held(there.db, introduction, by=there.manager.id, now=at(TUESDAY, 11))

    assert introduction.state is MeetingState.HELD
    assert introduction.outcome_by == there.manager.id
    assert introduction.starts_local == on(TUESDAY, 10)


def test_an_answer_given_twice_counts_once(there, introduction):
    held(there.db, introduction, by=None, now=at(TUESDAY, 11))
    before = contents(there.db)

    held(there.db, introduction, by=there.manager.id, now=at(TUESDAY, 12))

    assert contents(there.db) == before


def test_a_meeting_still_to_come_is_neither_held_nor_missed(there, introduction):
    early = at(TUESDAY, 9, 59)

    said = refused(there, held, introduction, now=early)

    assert said == "This meeting is still to come. Answer when it is over."
    assert refused(there, missed, introduction, who=Absentee.LEAVER, now=early) == said
    assert refused(there, held, introduction, now=at(TUESDAY, 11), on=TUESDAY + A_DAY) == said


def test_a_meeting_held_on_another_day_than_booked_is_written_to_that_day(there, introduction):
    held(there.db, introduction, by=None, now=at(TUESDAY + A_DAY, 15), on=TUESDAY + A_DAY)

    assert introduction.state is MeetingState.HELD
    assert introduction.starts_local == on(TUESDAY + A_DAY, 12)
    assert (introduction.minutes, introduction.place) == (None, "Visits hall")


def test_a_follow_up_that_nobody_booked_is_booked_and_held_at_once(there):
    follow_up = there.meeting(MeetingKind.FOLLOW_UP)
    day = follow_up.window_last

    held(there.db, follow_up, by=None, now=at(day + A_DAY), on=day)

    assert follow_up.state is MeetingState.HELD
    assert follow_up.starts_local == on(day, 12)
    assert (follow_up.minutes, follow_up.place) == (None, "")


def test_without_a_day_a_meeting_nobody_booked_was_on_its_last_day_or_today(there):
    first, second = (there.meeting(MeetingKind.FOLLOW_UP, number) for number in (1, 2))

    held(there.db, first, by=None, now=at(first.window_last + A_DAY))
    held(there.db, second, by=None, now=at(second.window_first, 9, 41))

    assert first.starts_local == on(first.window_last, 12)
    assert second.starts_local == on(second.window_first, 9) + timedelta(minutes=41)


def test_a_follow_up_is_not_held_before_its_days(there):
    follow_up = there.meeting(MeetingKind.FOLLOW_UP)
    day = follow_up.window_first - A_DAY

    said = refused(there, held, follow_up, now=at(day))

    assert said == (
        "This meeting is planned from Monday 8 February 2027. Give that day or a later one."
    )


def test_a_meeting_in_the_future_cannot_be_held_on_a_future_day(there):
    follow_up = there.meeting(MeetingKind.FOLLOW_UP)

    said = refused(there, held, follow_up, now=at(follow_up.window_first), on=follow_up.window_last)

    assert said == "This meeting is still to come. Answer when it is over."


def test_a_cancelled_meeting_is_not_held_after_all(there, introduction):
    there.leaver.release_date = TUESDAY - A_DAY
    there.plan(at(TUESDAY - A_DAY, 9))
    assert introduction.state is MeetingState.CANCELLED

    with pytest.raises(IllegalMove):
        held(there.db, introduction, by=None, now=at(TUESDAY, 11))


def test_nothing_more_is_sent_about_a_meeting_that_has_been_answered(there, introduction):
    held(there.db, introduction, by=None, now=at(TUESDAY, 11))

    for kind in (LetterKind.CALENDAR_ENTRY, LetterKind.MEETING_REMINDER):
        assert [one.state for one in there.letters(kind)] == [LetterState.CANCELLED]


def test_a_held_introduction_makes_the_introduction_letter_needless(there, introduction):
    held(there.db, introduction, by=None, now=at(TUESDAY, 11))

    assert not there.letters(LetterKind.INTRODUCTION, LetterState.PLANNED)


def test_a_held_first_contact_ends_the_warnings_and_the_task(there):
    contact = there.meeting(MeetingKind.FIRST_CONTACT)
    day = RELEASE + timedelta(days=15)
    raise_due(there.db, now=at(day))
    [task] = there.tasks(TaskKind.FIRST_MEETING)

    held(there.db, contact, by=there.manager.id, now=at(day))

    assert task.done_by == there.manager.id
    warnings = there.letters(LetterKind.FIRST_MEETING_WARNING)
    assert {one.state for one in warnings} == {LetterState.CANCELLED}


def test_a_missed_meeting_says_who_was_missing_and_becomes_a_task_for_the_manager(
    there, introduction
):
    missed(there.db, introduction, who=Absentee.PRISON, by=None, now=at(TUESDAY, 11))

    assert (introduction.state, introduction.missed_by) == (MeetingState.MISSED, Absentee.PRISON)
    [task] = there.tasks(TaskKind.MISSED_MEETING)
    assert (task.region, task.prison, task.due_on) == (there.referral.region, None, TUESDAY)
    assert (task.meeting_id, task.pair_id) == (introduction.id, there.pair.id)


def test_a_missed_visit_is_planned_again_in_the_days_that_are_left(there, introduction):
    missed(there.db, introduction, who=Absentee.PRISON, by=None, now=at(TUESDAY, 11))

    again = there.meeting(MeetingKind.INTRODUCTION)
    assert again.id != introduction.id
    assert again.state is MeetingState.PLANNED
    assert again.window_last == date(2027, 1, 4)


@pytest.mark.parametrize(
    ("kind", "on_licence", "email", "news"),
    [
        (MeetingKind.GATE, True, "robin@example.org", 1),
        (MeetingKind.GATE, False, "robin@example.org", 0),
        (MeetingKind.GATE, True, "", 0),
        (MeetingKind.FIRST_CONTACT, True, "robin@example.org", 0),
    ],
)
def test_the_practitioner_of_someone_on_licence_hears_of_a_missed_gate(
    there, kind, on_licence, email, news
):
    practitioner = {"leaver_id": there.leaver.id, "name": "Robin", "email": email}
    screening = a_screening(there.leaver, on_licence=on_licence)
    there.db.add_all([screening, Practitioner(**practitioner, recorded_at=NOW)])

    day = RELEASE + A_DAY
    missed(there.db, there.meeting(kind), who=Absentee.LEAVER, by=None, now=at(day, 15))

    letters = there.letters(LetterKind.PRACTITIONER_NEWS)
    assert [one.recipient for one in letters] == [f"practitioner:{there.leaver.id}"] * news


def test_missed_twice_is_one_task_and_one_new_plan(there, introduction):
    missed(there.db, introduction, who=Absentee.PRISON, by=None, now=at(TUESDAY, 11))
    before = contents(there.db)

    missed(there.db, introduction, who=Absentee.LEAVER, by=None, now=at(TUESDAY, 12))

    assert contents(there.db) == before


def test_each_meeting_missed_is_a_task_of_its_own(there, introduction):
    missed(there.db, introduction, who=Absentee.PRISON, by=None, now=at(TUESDAY, 11))
    again = there.meeting(MeetingKind.INTRODUCTION)
    there.book(again, on(date(2026, 12, 31)), now=at(TUESDAY, 12))

    missed(there.db, again, who=Absentee.MENTOR, by=None, now=at(date(2026, 12, 31), 15))

    assert len(there.tasks(TaskKind.MISSED_MEETING)) == 2


def test_the_mentor_is_asked_about_what_is_over_and_unanswered_oldest_first(there, introduction):
    visit = there.meeting(MeetingKind.PRISON_VISIT)
    there.book(visit, on(date(2027, 1, 6)))

    assert questions_for(there.db, there.mentor.id, at(TUESDAY, 10, 59)) == []
    assert questions_for(there.db, there.mentor.id, at(TUESDAY, 11, 0)) == [introduction]
    both = questions_for(there.db, there.mentor.id, at(date(2027, 1, 6), 11))
    assert both == [introduction, visit]
    held(there.db, introduction, by=None, now=at(date(2027, 1, 6), 11))
    assert questions_for(there.db, there.mentor.id, at(date(2027, 1, 6), 11)) == [visit]


def test_the_mentor_is_asked_about_meetings_outside_though_nobody_booked_them(there):
    asked = questions_for(there.db, there.mentor.id, at(RELEASE + timedelta(days=8)))

    assert [one.kind for one in asked] == [
        MeetingKind.GATE,
        MeetingKind.FIRST_CONTACT,
        MeetingKind.FOLLOW_UP,
    ]


def test_nobody_is_asked_about_another_mentors_meetings_or_a_pair_that_has_ended(
    there, introduction
):
    other = an_accepted_pair(there.db)
    later = at(TUESDAY, 15)

    assert questions_for(there.db, other.mentor.id, later) == []
    there.pair.move(Move.STAND_DOWN, by=None, now=later)
    assert questions_for(there.db, there.mentor.id, later) == []


def test_a_second_go_that_nobody_booked_is_not_asked_about(there):
    contact = there.meeting(MeetingKind.FIRST_CONTACT)
    day = contact.window_last
    missed(there.db, contact, who=Absentee.LEAVER, by=None, now=at(day, 15))

    asked = questions_for(there.db, there.mentor.id, at(day + A_DAY))

    assert [one.kind for one in asked] == [MeetingKind.GATE]


def test_two_who_meet_before_the_time_that_was_booked_have_met(there):
    gate = there.meeting(MeetingKind.GATE)
    there.book(gate, on(RELEASE, 10))

    met(there.db, gate, by=None, now=at(RELEASE, 9, 50))

    assert gate.state is MeetingState.HELD
    assert gate.state_since > NOW
