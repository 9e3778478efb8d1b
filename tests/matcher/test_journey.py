from datetime import date, timedelta

import pytest
from sqlmodel import col, select, update

from matcher.calling_off import calls_off
from matcher.core.schedule import Done, plan_ahead
from matcher.core.sending import local_day, opening_of
from matcher.core.working_days import official_calendar
from matcher.endings import clear_diary
from matcher.keeping_up import keep_up
from matcher.outcomes import held, missed
from matcher.pair_days import TABLE
from matcher.pair_days import days_of as days_of_pair
from matcher.tasks import raise_due
from models.desk_words import TaskKind
from models.meetings import Meeting
from models.outbox import Letter
from models.pairs import PairHistory
from models.states import (
    Absentee,
    Channel,
    LetterKind,
    LetterMove,
    LetterState,
    MeetingKind,
    MeetingState,
    Move,
    PairForm,
    PairState,
)
from tests.matcher.accepted import (
    RELEASE,
    an_accepted_pair,
    at,
    contents,
    contents_of,
    days_of,
    hold_all,
    on,
    send,
)
from tests.rows import NOW

PLANNED, BOOKED, HELD = MeetingState.PLANNED, MeetingState.BOOKED, MeetingState.HELD
MISSED, CANCELLED = MeetingState.MISSED, MeetingState.CANCELLED
WARNING = LetterKind.FIRST_MEETING_WARNING
A_WEEK = timedelta(days=7)
FIRST_VISIT = date(2026, 12, 29)
"""A Tuesday in the days of the introduction."""


def test_acceptance_plans_the_thirteen_meetings_of_the_table_as_rows(db):
    there = an_accepted_pair(db)

    there.plan()

    days = days_of_pair(there.pair, there.referral, RELEASE)
    pure = plan_ahead(TABLE, days, Done(), local_day(NOW), official_calendar())
    assert len(pure.meetings) == 13
    assert days_of(there.meetings(PLANNED)) == {
        (one.key.kind.value, one.key.number): (one.first_day, one.last_day) for one in pure.meetings
    }
    assert there.meeting(MeetingKind.GATE).book_by == RELEASE - A_WEEK
    assert there.meeting(MeetingKind.GATE).purpose == "Meet at the gate, get home safe"


def test_acceptance_plans_a_printed_letter_for_the_leaver_and_warnings_for_the_mentor(db):
    there = an_accepted_pair(db)

    there.plan()

    [introduction] = there.letters(LetterKind.INTRODUCTION)
    assert introduction.channel is Channel.PRINT
    assert introduction.recipient == f"leaver:{there.leaver.id}"
    assert introduction.due_at == at(NOW.date(), 9, 0)
    assert introduction.not_after == at(date(2027, 2, 2), 17, 0)
    warnings = there.letters(WARNING)
    assert [one.due_at.date() for one in warnings] == [date(2027, 2, 17), date(2027, 2, 24)]
    assert {one.recipient for one in warnings} == {f"mentor:{there.mentor.id}"}
    assert {one.leaver_id for one in [introduction, *warnings]} == {there.leaver.id}


def test_planning_again_changes_nothing_on_the_same_day_and_on_the_next(db):
    there = an_accepted_pair(db)
    there.plan()
    before = contents(db)

    for moment in (NOW, NOW + timedelta(days=1), NOW + timedelta(days=5)):
        there.plan(moment)
        assert contents(db) == before


def test_on_a_later_day_inside_a_window_nothing_is_written_again(db):
    there = an_accepted_pair(db)
    there.plan()
    before = contents(db)

    there.plan(at(FIRST_VISIT))

    assert contents(db) == before


def test_when_the_date_moves_the_same_meetings_get_the_days_of_the_new_date(db):
    there = an_accepted_pair(db)
    there.plan()
    ids = {one.id for one in there.meetings()}

    there.leaver.release_date = RELEASE + A_WEEK
    there.plan()

    assert {one.id for one in there.meetings()} == ids
    moved = an_accepted_pair(db, release=RELEASE + A_WEEK)
    moved.plan()
    assert days_of(there.meetings(PLANNED)) == days_of(moved.meetings(PLANNED))
    assert {one.generation for one in there.meetings()} == {1}


def test_a_meeting_held_stays_as_it_was_whatever_the_date_does(db):
    there = an_accepted_pair(db)
    there.plan()
    introduction = there.meeting(MeetingKind.INTRODUCTION)
    there.book(introduction, on(FIRST_VISIT))
    held(db, introduction, by=None, now=at(FIRST_VISIT, 15))
    before = contents_of(introduction)

    there.leaver.release_date = RELEASE + A_WEEK
    there.plan(at(FIRST_VISIT, 16))

    assert contents_of(introduction) == before
    assert len(there.meetings(PLANNED)) == 12


def test_a_booked_meeting_keeps_its_time_if_its_new_days_allow_it(db):
    there = an_accepted_pair(db)
    there.plan()
    introduction = there.meeting(MeetingKind.INTRODUCTION)
    there.book(introduction, on(date(2027, 1, 4)))

    there.leaver.release_date = RELEASE + timedelta(days=2)
    there.plan()

    assert (introduction.state, introduction.generation) == (BOOKED, 1)
    assert introduction.window_first == date(2026, 12, 29)
    assert len(there.letters(LetterKind.CALENDAR_ENTRY, LetterState.PLANNED)) == 1


@pytest.mark.parametrize("days", [28, -21])
def test_a_booking_that_is_still_possible_stays_wherever_its_new_days_are(db, days):
    there = an_accepted_pair(db)
    there.plan()
    introduction = there.meeting(MeetingKind.INTRODUCTION)
    there.book(introduction, on(FIRST_VISIT))

    there.leaver.release_date = RELEASE + timedelta(days=days)
    there.plan()

    assert (introduction.state, introduction.generation) == (BOOKED, 1)
    assert introduction.window_first <= FIRST_VISIT <= introduction.window_last
    assert len(there.letters(LetterKind.CALENDAR_ENTRY, LetterState.PLANNED)) == 1
    before = contents(db)
    there.plan(NOW + timedelta(days=1))
    assert contents(db) == before


def test_a_booked_visit_stays_inside_the_last_days_where_no_visit_is_arranged_anew(db):
    there = an_accepted_pair(db)
    there.plan()
    visit = there.meeting(MeetingKind.PRISON_VISIT, 2)
    there.book(visit, on(date(2027, 1, 19)))

    there.leaver.release_date = date(2027, 1, 21)
    there.plan(at(date(2027, 1, 18)))

    assert visit.state is BOOKED


def test_a_visit_booked_for_a_sunday_keeps_its_days_on_the_saturday_before(db):
    there = an_accepted_pair(db)
    there.plan()
    visit = there.meeting(MeetingKind.INTRODUCTION)
    saturday, sunday = date(2027, 1, 2), date(2027, 1, 3)
    assert visit.window_first < saturday < sunday < visit.window_last
    there.book(visit, on(sunday))
    before = contents(db)

    there.plan(at(saturday))

    assert contents(db) == before


def test_a_visit_is_not_kept_once_the_mentor_may_only_meet_by_video(db):
    there = an_accepted_pair(db)
    there.plan()
    visit = there.meeting(MeetingKind.PRISON_VISIT)
    there.book(visit, on(date(2027, 1, 6)))

    there.pair.form = PairForm.VIDEO
    there.plan()

    assert visit.state is CANCELLED


def test_a_booked_meeting_that_is_no_longer_possible_must_be_booked_again(db):
    there = an_accepted_pair(db)
    there.plan()
    visit = there.meeting(MeetingKind.PRISON_VISIT, 2)
    there.book(visit, on(date(2027, 1, 20)))

    there.leaver.release_date = date(2027, 1, 20)
    there.plan()

    assert (visit.state, visit.generation) == (PLANNED, 2)
    assert visit.window_last < date(2027, 1, 20)
    told = [LetterKind.CALENDAR_ENTRY, LetterKind.MEETING_REMINDER]
    assert {one.state for kind in told for one in there.letters(kind)} == {LetterState.CANCELLED}


def test_an_early_release_drops_the_meetings_in_prison_that_were_not_held(db):
    there = an_accepted_pair(db)
    there.plan()
    visit = there.meeting(MeetingKind.PRISON_VISIT)
    there.book(visit, on(date(2027, 1, 6)))

    there.leaver.release_date = FIRST_VISIT
    there.plan(at(FIRST_VISIT))

    assert {one.kind for one in there.meetings(CANCELLED)} == {
        MeetingKind.INTRODUCTION,
        MeetingKind.PRISON_VISIT,
    }
    assert there.meeting(MeetingKind.GATE).window_last == FIRST_VISIT
    assert visit.generation == 2


def test_an_unsent_letter_is_replaced_and_one_sent_never_comes_again(db):
    there = an_accepted_pair(db)
    there.plan()
    [introduction] = there.letters(LetterKind.INTRODUCTION)
    send(introduction, NOW)

    there.leaver.release_date = RELEASE + A_WEEK
    there.plan()
    there.leaver.release_date = RELEASE
    there.plan()

    assert there.letters(LetterKind.INTRODUCTION) == [introduction]
    warnings = [(one.number, one.generation, one.state) for one in there.letters(WARNING)]
    assert warnings == [
        (number, generation, state)
        for generation, state in [
            (1, LetterState.CANCELLED),
            (2, LetterState.CANCELLED),
            (3, LetterState.PLANNED),
        ]
        for number in (1, 2)
    ]


@pytest.mark.parametrize(
    ("moves", "is_planned_again"),
    [
        ((LetterMove.FALL_DUE,), True),
        ((LetterMove.FALL_DUE, LetterMove.CLAIM), True),
        ((LetterMove.FALL_DUE, LetterMove.CLAIM, LetterMove.START), False),
        ((LetterMove.FALL_DUE, LetterMove.CLAIM, LetterMove.START, LetterMove.FAIL), True),
        ((LetterMove.FALL_DUE, LetterMove.CLAIM, LetterMove.START, LetterMove.LOSE_SIGHT), False),
        ((LetterMove.FALL_DUE, LetterMove.CLAIM, LetterMove.START, LetterMove.GIVE_UP), True),
        ((LetterMove.SKIP,), True),
    ],
)
def test_a_letter_that_may_have_arrived_is_not_sent_a_second_time(db, moves, is_planned_again):
    there = an_accepted_pair(db)
    there.plan()
    [introduction] = there.letters(LetterKind.INTRODUCTION)
    send(introduction, NOW, moves)

    there.leaver.release_date = RELEASE + A_WEEK
    there.plan()

    assert len(there.letters(LetterKind.INTRODUCTION)) == 1 + is_planned_again
    assert (introduction.state is LetterState.UNKNOWN) is (moves[-1] is LetterMove.LOSE_SIGHT)


def test_a_letter_that_goes_out_while_the_plan_is_made_is_not_planned_again(db):
    there = an_accepted_pair(db)
    there.plan()
    [introduction] = there.letters(LetterKind.INTRODUCTION)
    by_another = {"state": LetterState.SENDING, "lease_until": NOW, "message_id": "<1>"}
    going = update(Letter).where(col(Letter.id) == introduction.id)
    db.exec(
        going.values(attempt=1, **by_another).execution_options(synchronize_session=False),
    )
    assert introduction.state is LetterState.PLANNED

    there.leaver.release_date = RELEASE + A_WEEK
    there.plan()

    assert there.letters(LetterKind.INTRODUCTION) == [introduction]
    assert introduction.state is LetterState.SENDING


def test_a_letter_that_could_not_be_sent_is_left_to_a_person_while_its_days_stay(db):
    there = an_accepted_pair(db)
    there.plan()
    [introduction] = there.letters(LetterKind.INTRODUCTION)
    given_up = (LetterMove.FALL_DUE, LetterMove.CLAIM, LetterMove.START, LetterMove.GIVE_UP)
    send(introduction, NOW, given_up)

    there.plan(NOW + timedelta(days=1))

    assert there.letters(LetterKind.INTRODUCTION) == [introduction]


def test_a_booked_meeting_that_is_over_waits_for_an_answer_whatever_the_date_does(db):
    there = an_accepted_pair(db)
    there.plan()
    introduction = there.meeting(MeetingKind.INTRODUCTION)
    there.book(introduction, on(FIRST_VISIT))
    db.flush()
    before = contents_of(introduction)

    there.leaver.release_date = RELEASE + timedelta(days=28)
    there.plan(at(FIRST_VISIT, 11))

    assert contents_of(introduction) == before
    assert [one.kind for one in there.meetings(PLANNED)].count(MeetingKind.INTRODUCTION) == 0


def test_the_warnings_wait_for_no_answer_but_for_a_meeting_that_was_held(db):
    there = an_accepted_pair(db)
    there.plan()
    contact = there.meeting(MeetingKind.FIRST_CONTACT)
    there.book(contact, on(contact.window_last, 10))
    day = contact.window_last + timedelta(days=1)

    there.plan(at(day))
    assert len(there.letters(WARNING, LetterState.PLANNED)) == 2
    held(db, contact, by=None, now=at(day))

    assert not there.letters(WARNING, LetterState.PLANNED)


def test_a_follow_up_nobody_booked_waits_for_an_answer_when_its_days_are_over(db):
    there = an_accepted_pair(db)
    there.plan()
    after = RELEASE + timedelta(days=8)

    there.plan(at(after))

    assert there.meeting(MeetingKind.FOLLOW_UP).state is PLANNED
    assert there.meeting(MeetingKind.GATE).state is PLANNED
    assert {one.kind for one in there.meetings(CANCELLED)} == {
        MeetingKind.INTRODUCTION,
        MeetingKind.PRISON_VISIT,
    }


def test_a_visit_not_held_in_its_days_shares_what_is_left_when_the_days_go_by(db):
    there = an_accepted_pair(db)
    there.plan()
    introduction = there.meeting(MeetingKind.INTRODUCTION)
    day_after = introduction.window_last + timedelta(days=1)

    keep_up(db, now=at(day_after))

    assert introduction.state is PLANNED
    assert introduction.window_first > day_after - timedelta(days=1)
    visits = [introduction, *(there.meeting(MeetingKind.PRISON_VISIT, n) for n in (1, 2))]
    assert [one.window_first for one in visits] == sorted({one.window_first for one in visits})


def test_a_mentor_not_cleared_for_the_prison_is_planned_to_meet_by_video(db):
    there = an_accepted_pair(db, form=PairForm.VIDEO)

    there.plan()

    kinds = [one.kind for one in there.meetings(PLANNED)]
    assert kinds[:3] == [MeetingKind.VIDEO] * 3
    assert MeetingKind.PRISON_VISIT not in kinds


def test_a_pair_that_has_ended_has_nothing_ahead(db):
    there = an_accepted_pair(db)
    there.plan()
    there.pair.move(Move.STAND_DOWN, by=None, now=NOW)

    there.plan()

    assert {one.state for one in there.meetings()} == {CANCELLED}
    letters = there.letters(LetterKind.INTRODUCTION) + there.letters(WARNING)
    assert {one.state for one in letters} == {LetterState.CANCELLED}


def test_a_pair_is_paused_when_the_date_is_far_and_goes_on_by_itself_when_it_is_near(db):
    there = an_accepted_pair(db)
    there.plan()
    far = NOW.date() + timedelta(days=100)
    there.leaver.release_date = far

    keep_up(db, now=NOW)
    assert there.pair.state is PairState.SUSPENDED
    assert not there.meetings(PLANNED, BOOKED)
    keep_up(db, now=at(far - timedelta(days=85)))
    assert there.pair.state is PairState.SUSPENDED
    keep_up(db, now=at(far - timedelta(days=84)))

    assert there.pair.state is PairState.ACCEPTED
    assert there.meeting(MeetingKind.GATE).window_last == far
    assert len(there.letters(LetterKind.DIGEST)) == 1
    assert len(there.letters(LetterKind.INTRODUCTION, LetterState.PLANNED)) == 1


def test_a_pair_paused_for_another_reason_stays_paused_whatever_the_date(db):
    there = an_accepted_pair(db)
    there.leaver.release_date = NOW.date() + timedelta(days=100)
    keep_up(db, now=NOW)
    there.leaver.release_date = RELEASE
    keep_up(db, now=NOW)
    assert there.pair.state is PairState.ACCEPTED

    there.pair.move(Move.SUSPEND, by=there.manager.id, now=NOW, reason="The risk has changed.")
    keep_up(db, now=NOW)

    assert there.pair.state is PairState.SUSPENDED
    assert not there.meetings(PLANNED, BOOKED)


def test_the_last_answer_completes_the_pair_and_lets_the_place_go(db):
    there = an_accepted_pair(db)
    there.plan()
    for meeting in there.meetings(PLANNED):
        assert there.pair.state is PairState.ACCEPTED
        keep_up(db, now=at(meeting.window_last))
        held(db, meeting, on=meeting.window_last, by=None, now=at(meeting.window_last, 15))

    assert there.pair.state is PairState.ENDED
    assert there.pair.place_number is None
    last = db.exec(select(PairHistory).where(PairHistory.pair_id == there.pair.id)).all()[-1]
    assert last.move is Move.COMPLETE
    unsent = {LetterState.PLANNED, LetterState.DUE}
    assert not [one for one in there.letters(WARNING) if one.state in unsent]


def test_a_pair_with_an_answer_outstanding_is_not_completed(db):
    there = an_accepted_pair(db)
    there.plan()
    hold_all(there, but_for=[(MeetingKind.FOLLOW_UP, 3)])

    assert there.pair.state is PairState.ACCEPTED
    follow_up = there.meeting(MeetingKind.FOLLOW_UP, 3)
    missed(db, follow_up, who=Absentee.LEAVER, by=None, now=at(RELEASE + timedelta(days=120)))

    assert there.pair.state is PairState.ENDED


def test_the_second_go_of_a_missed_meeting_falls_away_unasked_when_its_days_are_over(db):
    there = an_accepted_pair(db)
    there.plan()
    first_contact = there.meeting(MeetingKind.FIRST_CONTACT)
    day = first_contact.window_last
    missed(db, first_contact, who=Absentee.LEAVER, by=None, now=at(day, 15))
    again = there.meeting(MeetingKind.FIRST_CONTACT)
    assert (again.window_first, again.window_last) == (day, day)

    keep_up(db, now=at(day + timedelta(days=1)))

    assert again.state is CANCELLED
    assert first_contact.state is MISSED


def test_a_plan_made_long_after_the_clock_stood_still_is_the_plan_of_that_day(db):
    there = an_accepted_pair(db)
    there.plan()
    late = RELEASE + timedelta(days=40)

    keep_up(db, now=at(late))

    rows = {(one.kind, one.number): one for one in there.meetings(PLANNED)}
    days = days_of_pair(there.pair, there.referral, RELEASE)
    for one in plan_ahead(TABLE, days, Done(), late, official_calendar()).meetings:
        assert rows[one.key].window_last == one.last_day
    assert opening_of(late) > max(one.not_after for one in there.letters(WARNING))
    assert isinstance(rows[MeetingKind.REVIEW, 1], Meeting)


def a_booked_visit_in_the_calendar(there):
    """A visit whose calendar entry has gone out."""
    there.plan()
    visit = there.meeting(MeetingKind.PRISON_VISIT, 2)
    there.book(visit, on(date(2027, 1, 20)))
    there.db.flush()
    send(there.letters(LetterKind.CALENDAR_ENTRY)[0], NOW)
    return visit


def cancelling(there):
    entries = there.letters(LetterKind.CALENDAR_ENTRY, LetterState.PLANNED)
    return [(one.meeting_id, one.channel, one.generation) for one in entries if calls_off(one)]


def test_a_lost_booking_is_taken_out_of_the_calendar_once(db):
    there = an_accepted_pair(db)
    visit = a_booked_visit_in_the_calendar(there)

    there.leaver.release_date = date(2027, 1, 20)
    there.plan()
    there.plan(NOW + timedelta(days=1))

    assert cancelling(there) == [(visit.id, Channel.CALENDAR, 2)]


@pytest.mark.parametrize("move", [Move.STAND_DOWN, Move.SUSPEND])
def test_a_pair_that_ends_or_is_paused_takes_its_bookings_out_of_the_calendar(db, move):
    there = an_accepted_pair(db)
    visit = a_booked_visit_in_the_calendar(there)
    there.pair.move(move, by=None, now=NOW)

    clear_diary(db, there.pair, now=NOW)

    assert cancelling(there) == [(visit.id, Channel.CALENDAR, 2)]


def test_what_was_never_sent_or_has_happened_is_taken_out_of_no_calendar(db):
    there = an_accepted_pair(db)
    there.plan()
    there.book(there.meeting(MeetingKind.INTRODUCTION), on(FIRST_VISIT))
    visit = there.meeting(MeetingKind.PRISON_VISIT)
    there.book(visit, on(date(2027, 1, 6)))
    db.flush()
    [entry] = [
        one for one in there.letters(LetterKind.CALENDAR_ENTRY) if one.meeting_id == visit.id
    ]
    send(entry, NOW)
    there.pair.move(Move.STAND_DOWN, by=None, now=NOW)

    clear_diary(db, there.pair, now=at(date(2027, 1, 6), 12))

    assert cancelling(there) == []


def test_a_lost_booking_that_is_booked_again_is_a_newer_entry_and_no_cancellation(db):
    there = an_accepted_pair(db)
    visit = a_booked_visit_in_the_calendar(there)
    there.leaver.release_date = date(2027, 1, 20)
    there.plan()

    there.book(visit, on(visit.window_first))

    [entry] = there.letters(LetterKind.CALENDAR_ENTRY, LetterState.PLANNED)
    assert (entry.generation, calls_off(entry)) == (3, False)


def test_a_call_nobody_booked_is_gone_when_its_days_are_over_and_its_tasks_are_settled(db):
    there = an_accepted_pair(db, release=date(2026, 12, 15))
    there.referral.put_forward_at = NOW
    there.plan()
    call = there.meeting(MeetingKind.CALL)
    raise_due(db, now=at(date(2026, 12, 14)))
    asked = [one for one in there.tasks(TaskKind.NOT_BOOKED) if one.meeting_id == call.id]

    keep_up(db, now=at(date(2026, 12, 15)))

    assert call.state is CANCELLED
    assert len(asked) == 2
    assert {one.outcome for one in asked} == {"Its days are over."}


def test_nobody_is_asked_any_more_to_book_a_gate_whose_day_is_over(db):
    there = an_accepted_pair(db)
    there.plan()
    raise_due(db, now=at(RELEASE))
    asked = there.tasks(TaskKind.NOT_BOOKED)

    raise_due(db, now=at(RELEASE + timedelta(days=1)))

    gate = there.meeting(MeetingKind.GATE)
    of_gate = [one for one in asked if one.meeting_id == gate.id]
    assert gate.state is PLANNED
    assert {one.outcome for one in of_gate} == {"Its days are over."}
