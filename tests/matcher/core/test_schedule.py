from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.core.offer_days import approve_by, offer_days
from matcher.core.pathway_rows import LetterKey, MeetingKey, Notice, PlanRow, When
from matcher.core.schedule import (
    Done,
    PairDays,
    deadlines,
    form_for,
    plan_ahead,
    referral_opens,
)
from matcher.core.working_days import official_calendar
from matcher.plans.through_the_gate import THROUGH_THE_GATE
from models.states import Deadline, LetterKind, MeetingKind

CALENDAR = official_calendar()
EVERY_DAY = [date(2024, 1, 1) + timedelta(days=step) for step in range(4018)]
WORKING_RELEASES = [day for day in EVERY_DAY if CALENDAR.includes(day)]
RELEASES = st.dates(date(2024, 1, 1), date(2034, 12, 31))
TEN_WEEKS = timedelta(weeks=10)

INTRODUCTION = MeetingKey(MeetingKind.INTRODUCTION, 1)
VISIT_1 = MeetingKey(MeetingKind.PRISON_VISIT, 1)
VISIT_2 = MeetingKey(MeetingKind.PRISON_VISIT, 2)
VIDEOS = [MeetingKey(MeetingKind.VIDEO, number) for number in (1, 2, 3)]
CALL = MeetingKey(MeetingKind.CALL, 1)
GATE = MeetingKey(MeetingKind.GATE, 1)
FIRST_CONTACT = MeetingKey(MeetingKind.FIRST_CONTACT, 1)
FOLLOW_UPS = [MeetingKey(MeetingKind.FOLLOW_UP, number) for number in range(1, 8)]
REVIEW = MeetingKey(MeetingKind.REVIEW, 1)
AFTER = [GATE, FIRST_CONTACT, *FOLLOW_UPS, REVIEW]
IN_PRISON = [INTRODUCTION, VISIT_1, VISIT_2]
PRISON_ORDER = [*IN_PRISON, *VIDEOS]

WEDNESDAY = date(2027, 2, 3)
"""A release on a Wednesday; six weeks before it is 23 December, two weeks 20 January."""


def ordinary(release=WEDNESDAY, **told):
    days = {
        "anchor": release,
        "referred_on": release - TEN_WEEKS,
        "accepted_on": release - timedelta(days=47),
    }
    return PairDays(**(days | told))


def plan(pair=None, today=None, held=(), sent=()):
    pair = pair or ordinary()
    done = Done(frozenset(held), frozenset(sent))
    return plan_ahead(THROUGH_THE_GATE, pair, done, today or pair.accepted_on, CALENDAR)


def days_of(found):
    return {meeting.key: (meeting.first_day, meeting.last_day) for meeting in found.meetings}


def keys_of(found):
    return [meeting.key for meeting in found.meetings]


def letters_of(found):
    return {
        letter.key: (letter.window.not_before, letter.window.not_after) for letter in found.letters
    }


# By hand, with a calendar on the table.


def test_the_ordinary_plan_of_a_release_on_wednesday_3_february_2027():
    found = plan()

    assert found.notice is Notice.ORDINARY
    assert days_of(found) == {
        INTRODUCTION: (date(2026, 12, 23), date(2027, 1, 4)),
        VISIT_1: (date(2027, 1, 5), date(2027, 1, 12)),
        VISIT_2: (date(2027, 1, 13), date(2027, 1, 20)),
        GATE: (date(2027, 2, 3), date(2027, 2, 3)),
        FIRST_CONTACT: (date(2027, 2, 4), date(2027, 2, 4)),
        FOLLOW_UPS[0]: (date(2027, 2, 8), date(2027, 2, 10)),
        FOLLOW_UPS[1]: (date(2027, 2, 15), date(2027, 2, 17)),
        FOLLOW_UPS[2]: (date(2027, 3, 1), date(2027, 3, 3)),
        FOLLOW_UPS[3]: (date(2027, 3, 15), date(2027, 3, 17)),
        FOLLOW_UPS[4]: (date(2027, 3, 30), date(2027, 3, 31)),
        FOLLOW_UPS[5]: (date(2027, 4, 12), date(2027, 4, 14)),
        FOLLOW_UPS[6]: (date(2027, 4, 26), date(2027, 4, 28)),
        REVIEW: (date(2027, 4, 29), date(2027, 5, 6)),
    }


def test_the_letters_of_that_plan_go_at_nine_and_end_at_five():
    assert letters_of(plan()) == {
        LetterKey(LetterKind.INTRODUCTION, 1): (
            datetime(2026, 12, 18, 9, tzinfo=UTC),
            datetime(2027, 2, 2, 17, tzinfo=UTC),
        ),
        LetterKey(LetterKind.GATE_PLAN, 1): (
            datetime(2027, 1, 27, 9, tzinfo=UTC),
            datetime(2027, 2, 3, 17, tzinfo=UTC),
        ),
        LetterKey(LetterKind.FIRST_MEETING_WARNING, 1): (
            datetime(2027, 2, 17, 9, tzinfo=UTC),
            datetime(2027, 2, 23, 17, tzinfo=UTC),
        ),
        LetterKey(LetterKind.FIRST_MEETING_WARNING, 2): (
            datetime(2027, 2, 24, 9, tzinfo=UTC),
            datetime(2027, 3, 3, 17, tzinfo=UTC),
        ),
    }


def test_a_mentor_who_accepts_at_four_weeks_meets_three_times_in_the_two_weeks_left():
    found = days_of(plan(ordinary(accepted_on=date(2027, 1, 6))))

    assert found[INTRODUCTION] == (date(2027, 1, 7), date(2027, 1, 11))
    assert found[VISIT_1] == (date(2027, 1, 12), date(2027, 1, 14))
    assert found[VISIT_2] == (date(2027, 1, 15), date(2027, 1, 20))


def test_at_short_notice_the_meetings_may_run_to_the_eve_and_there_is_a_call():
    pair = ordinary(referred_on=date(2027, 1, 13), accepted_on=date(2027, 1, 19))

    found = plan(pair)

    assert found.notice is Notice.SHORT
    assert days_of(found)[INTRODUCTION] == (date(2027, 1, 20), date(2027, 1, 22))
    assert days_of(found)[VISIT_1] == (date(2027, 1, 25), date(2027, 1, 27))
    assert days_of(found)[VISIT_2] == (date(2027, 1, 28), date(2027, 2, 2))
    assert days_of(found)[CALL] == (date(2027, 1, 19), date(2027, 2, 2))


def test_at_short_notice_there_are_as_many_prison_meetings_as_working_days_allow():
    def keys_when_accepted_on(day):
        return keys_of(plan(ordinary(referred_on=date(2027, 1, 25), accepted_on=day)))

    assert keys_when_accepted_on(date(2027, 1, 28))[:4] == [*IN_PRISON, CALL]
    assert keys_when_accepted_on(date(2027, 1, 29))[:4] == [INTRODUCTION, VISIT_1, CALL, GATE]
    assert keys_when_accepted_on(date(2027, 2, 1))[:3] == [INTRODUCTION, CALL, GATE]
    assert keys_when_accepted_on(date(2027, 2, 2))[:2] == [CALL, GATE]


def test_inside_five_working_days_there_is_only_the_gate_and_what_follows():
    pair = ordinary(referred_on=date(2027, 1, 28), accepted_on=date(2027, 1, 29))

    found = plan(pair)

    assert found.notice is Notice.GATE_ONLY
    assert keys_of(found) == AFTER
    assert LetterKey(LetterKind.INTRODUCTION, 1) in letters_of(found)


@pytest.mark.parametrize(
    ("referred_on", "notice"),
    [
        (date(2026, 12, 23), Notice.ORDINARY),  # six weeks before, to the day
        (date(2026, 12, 24), Notice.SHORT),
        (date(2027, 1, 27), Notice.SHORT),  # five working days before
        (date(2027, 1, 28), Notice.GATE_ONLY),
        (date(2027, 2, 3), Notice.GATE_ONLY),  # on the day itself
    ],
)
def test_the_form_of_the_plan_follows_the_day_of_referral(referred_on, notice):
    assert form_for(THROUGH_THE_GATE, WEDNESDAY, referred_on, CALENDAR).notice is notice


def test_short_of_five_working_days_the_answer_is_due_in_one_and_approval_the_same_day():
    ordinary_terms, short_terms, gate_terms = (form.offer for form in THROUGH_THE_GATE.forms)
    monday = date(2027, 2, 1)

    assert approve_by(gate_terms, monday, CALENDAR) == monday
    assert offer_days(gate_terms, monday, CALENDAR) == (None, date(2027, 2, 2))
    assert ordinary_terms == short_terms
    assert approve_by(ordinary_terms, monday, CALENDAR) == date(2027, 2, 3)


def test_a_proposal_of_a_saturday_is_overdue_after_the_tuesday():
    saturday = date(2027, 2, 6)

    assert approve_by(THROUGH_THE_GATE.forms[0].offer, saturday, CALENDAR) == date(2027, 2, 9)
    assert approve_by(THROUGH_THE_GATE.forms[2].offer, saturday, CALENDAR) == date(2027, 2, 8)


def test_an_offer_is_answered_in_three_working_days_with_a_reminder_after_one():
    terms = THROUGH_THE_GATE.forms[0].offer

    assert offer_days(terms, date(2027, 2, 3), CALENDAR) == (date(2027, 2, 4), date(2027, 2, 8))
    assert offer_days(terms, date(2027, 3, 25), CALENDAR) == (date(2027, 3, 30), date(2027, 4, 1))


def test_a_mentor_not_cleared_for_the_prison_meets_by_video():
    found = plan(ordinary(in_prison=False))

    assert keys_of(found) == [*VIDEOS, *AFTER]
    assert list(days_of(found).values()) == list(days_of(plan()).values())
    assert found.last_prison_day is None


def test_a_clearance_must_last_to_the_last_visit():
    assert plan().last_prison_day == date(2027, 1, 20)


def test_a_clearance_lost_on_the_way_turns_the_visits_left_into_video():
    found = plan(ordinary(in_prison=False), held=[INTRODUCTION])

    assert keys_of(found)[:3] == [VIDEOS[1], VIDEOS[2], GATE]


def test_a_clearance_won_on_the_way_turns_the_video_left_into_visits():
    assert keys_of(plan(held=[VIDEOS[0]]))[:3] == [VISIT_1, VISIT_2, GATE]


@pytest.mark.parametrize(
    ("release", "expected"),
    [
        (date(2027, 2, 3), date(2027, 2, 4)),  # Wednesday: Thursday
        (date(2027, 2, 5), date(2027, 2, 8)),  # Friday: Monday, 72 hours on
        (date(2027, 3, 25), date(2027, 3, 26)),  # eve of Easter: Good Friday, not Tuesday
        (date(2026, 12, 24), date(2026, 12, 25)),  # Christmas Eve: Christmas Day
        (date(2026, 12, 31), date(2027, 1, 1)),  # New Year's Eve, a Thursday
        (date(2024, 12, 31), date(2025, 1, 2)),  # New Year's Eve, a Tuesday: two days on
        (date(2027, 2, 6), date(2027, 2, 8)),  # a confirmed Saturday
        (date(2027, 4, 30), date(2027, 5, 1)),  # Friday before a bank holiday: Saturday
        (date(2028, 2, 28), date(2028, 2, 29)),  # the leap day
    ],
)
def test_first_contact_is_the_next_working_day_or_the_next_day_at_all(release, expected):
    assert days_of(plan(ordinary(release)))[FIRST_CONTACT] == (expected, expected)


def test_a_follow_up_due_on_christmas_day_is_held_before_it():
    found = days_of(plan(ordinary(date(2026, 12, 18))))

    assert found[FOLLOW_UPS[0]] == (date(2026, 12, 22), date(2026, 12, 24))


def test_a_follow_up_due_in_a_christmas_of_four_days_off_is_on_the_last_day_before():
    found = days_of(plan(ordinary(date(2027, 12, 21))))

    assert found[FIRST_CONTACT][0] == date(2027, 12, 22)
    assert found[FOLLOW_UPS[0]] == (date(2027, 12, 24), date(2027, 12, 24))


def test_the_deadlines_of_that_release():
    found = deadlines(THROUGH_THE_GATE, WEDNESDAY, date(2026, 11, 25), CALENDAR)

    assert found == {
        Deadline.SCARCE_MENTOR_HELD: date(2026, 12, 9),
        Deadline.FIRST_OFFER: date(2026, 12, 23),
        Deadline.ACCEPTED: date(2027, 1, 6),
        Deadline.GATE_COVER: date(2027, 1, 20),
        Deadline.GATE_PLAN: date(2027, 1, 27),
    }
    assert referral_opens(THROUGH_THE_GATE, WEDNESDAY, CALENDAR) == date(2026, 11, 11)


def test_a_deadline_on_a_bank_holiday_is_the_working_day_before_and_an_opening_the_one_after():
    release = date(2027, 6, 21)

    found = deadlines(THROUGH_THE_GATE, release, date(2027, 3, 30), CALENDAR)

    assert referral_opens(THROUGH_THE_GATE, release, CALENDAR) == date(2027, 3, 30)
    assert found[Deadline.FIRST_OFFER] == date(2027, 5, 10)
    assert found[Deadline.ACCEPTED] == date(2027, 5, 24)
    assert deadlines(THROUGH_THE_GATE, date(2027, 6, 28), date(2027, 4, 5), CALENDAR)[
        Deadline.ACCEPTED
    ] == date(2027, 5, 28)


def test_after_a_late_referral_the_deadlines_leave_time_for_each_step():
    found = deadlines(THROUGH_THE_GATE, WEDNESDAY, date(2027, 1, 13), CALENDAR)

    assert found[Deadline.FIRST_OFFER] == date(2027, 1, 15)
    assert found[Deadline.ACCEPTED] == date(2027, 1, 20)
    assert found[Deadline.GATE_PLAN] == date(2027, 1, 27)


def test_a_meeting_not_booked_seven_days_before_its_window_ends_is_a_task():
    found = {meeting.key: meeting.book_by for meeting in plan().meetings}

    assert found[VISIT_1] == date(2027, 1, 5)
    assert found[GATE] == date(2027, 1, 27)


def test_the_day_by_which_to_book_is_not_moved_ahead_by_the_day_it_is():
    for day in (date(2027, 1, 20), date(2027, 1, 29), WEDNESDAY):
        late = plan(today=day, held=IN_PRISON)

        assert late.meetings[0].book_by == date(2027, 1, 27)


def test_a_short_window_is_to_be_booked_from_its_first_day_and_the_gate_once_accepted():
    pair = ordinary(referred_on=date(2027, 1, 13), accepted_on=date(2027, 1, 29))
    found = {meeting.key: meeting.book_by for meeting in plan(pair).meetings}
    earlier = replace(pair, accepted_on=date(2027, 1, 19))
    in_time = {meeting.key: meeting.book_by for meeting in plan(earlier).meetings}

    assert found[GATE] == date(2027, 1, 29)
    assert in_time[INTRODUCTION] == date(2027, 1, 20)
    assert in_time[VISIT_2] == date(2027, 1, 28)


# When things move.


def test_when_the_date_moves_later_what_was_held_stays_and_the_rest_moves():
    moved = ordinary(
        date(2027, 3, 3), referred_on=date(2026, 11, 25), accepted_on=date(2026, 12, 18)
    )

    found = plan(moved, today=date(2027, 1, 11), held=[INTRODUCTION, VISIT_1])

    assert keys_of(found) == [VISIT_2, *AFTER]
    assert days_of(found)[VISIT_2] == (date(2027, 2, 9), date(2027, 2, 17))
    assert days_of(found)[GATE] == (date(2027, 3, 3), date(2027, 3, 3))


def test_when_the_date_moves_earlier_the_visits_left_share_the_days_left():
    moved = replace(ordinary(), anchor=date(2027, 1, 20))

    found = days_of(plan(moved, today=date(2027, 1, 7), held=[INTRODUCTION]))

    assert found[VISIT_1] == (date(2027, 1, 7), date(2027, 1, 12))
    assert found[VISIT_2] == (date(2027, 1, 13), date(2027, 1, 19))


def test_when_the_date_moves_inside_five_working_days_only_the_gate_is_left():
    moved = replace(ordinary(), anchor=date(2027, 1, 14))

    five_before = plan(moved, today=date(2027, 1, 7), held=[INTRODUCTION])
    four_before = plan(moved, today=date(2027, 1, 8), held=[INTRODUCTION])

    assert keys_of(five_before) == [VISIT_1, VISIT_2, *AFTER]
    assert keys_of(four_before) == AFTER


def test_when_someone_is_already_out_the_undone_prison_meetings_are_gone():
    released = replace(ordinary(), anchor=date(2027, 1, 7))

    found = plan(released, today=date(2027, 1, 8), held=[INTRODUCTION])

    assert keys_of(found) == [FIRST_CONTACT, *FOLLOW_UPS, REVIEW]


def test_a_missed_introduction_shares_the_days_left_with_the_visits():
    found = days_of(plan(today=date(2027, 1, 5)))

    assert found[INTRODUCTION] == (date(2027, 1, 5), date(2027, 1, 8))
    assert found[VISIT_1] == (date(2027, 1, 11), date(2027, 1, 14))
    assert found[VISIT_2] == (date(2027, 1, 15), date(2027, 1, 20))


def test_the_days_left_are_counted_from_the_day_after_the_missed_ones_whatever_day_it_is():
    found = days_of(plan(today=date(2027, 1, 7)))

    assert found[INTRODUCTION] == (date(2027, 1, 7), date(2027, 1, 8))
    assert found[VISIT_1] == (date(2027, 1, 11), date(2027, 1, 14))


def test_what_is_missed_a_second_time_shares_again():
    found = days_of(plan(today=date(2027, 1, 11)))

    assert found[INTRODUCTION] == (date(2027, 1, 11), date(2027, 1, 12))
    assert found[VISIT_2] == (date(2027, 1, 18), date(2027, 1, 20))


def test_on_the_last_day_of_its_window_a_meeting_is_not_yet_missed():
    found = days_of(plan(today=date(2027, 1, 4)))

    assert found[INTRODUCTION] == (date(2027, 1, 4), date(2027, 1, 4))
    assert found[VISIT_1] == (date(2027, 1, 5), date(2027, 1, 12))


def test_a_letter_due_on_a_bank_holiday_goes_on_the_working_day_before():
    found = letters_of(plan(ordinary(date(2027, 4, 5))))

    assert found[LetterKey(LetterKind.GATE_PLAN, 1)][0] == datetime(2027, 3, 25, 9, tzinfo=UTC)


def test_a_letter_that_must_leave_by_a_sunday_leaves_by_the_friday():
    found = letters_of(plan(ordinary(date(2027, 2, 1))))

    [_, last] = found[LetterKey(LetterKind.FIRST_MEETING_WARNING, 1)]

    assert last == datetime(2027, 2, 19, 17, tzinfo=UTC)


def test_on_the_eve_the_introduction_letter_still_goes_and_on_the_day_no_more():
    letter = LetterKey(LetterKind.INTRODUCTION, 1)
    referred = date(2027, 2, 1)

    on_the_eve = plan(ordinary(referred_on=referred, accepted_on=date(2027, 2, 2)))
    on_the_day = plan(ordinary(referred_on=referred, accepted_on=WEDNESDAY))

    assert letters_of(on_the_eve)[letter][0] == datetime(2027, 2, 2, 9, tzinfo=UTC)
    assert set(letters_of(on_the_day)) & {letter} == set()


def test_what_was_sent_is_not_planned_again():
    letter = LetterKey(LetterKind.INTRODUCTION, 1)

    assert letter in letters_of(plan())
    assert letter not in letters_of(plan(sent=[letter]))


def test_the_introduction_letter_is_pointless_once_they_have_met():
    assert LetterKey(LetterKind.INTRODUCTION, 1) not in letters_of(plan(held=[VIDEOS[0]]))


def test_nobody_is_warned_of_a_first_meeting_that_was_held():
    after_the_gate = plan(today=date(2027, 2, 3), held=[*IN_PRISON, GATE])
    after_first_contact = plan(today=date(2027, 2, 4), held=[*IN_PRISON, GATE, FIRST_CONTACT])

    assert {key.kind for key in letters_of(after_the_gate)} == {LetterKind.FIRST_MEETING_WARNING}
    assert letters_of(after_first_contact) == {}


def test_when_all_is_over_nothing_is_planned():
    found = plan(today=date(2027, 5, 7))

    assert (found.meetings, found.letters) == ((), ())


def test_to_add_a_follow_up_is_to_add_a_row():
    [form, *others] = THROUGH_THE_GATE.forms
    key = MeetingKey(MeetingKind.FOLLOW_UP, 8)
    row = PlanRow(key, When(days=95), When(days=98), "Fourteen weeks out")
    longer = replace(
        THROUGH_THE_GATE,
        forms=(replace(form, meetings=(*form.meetings, row)), *others),
    )
    pair = ordinary()

    found = plan_ahead(longer, pair, Done(), pair.accepted_on, CALENDAR)

    assert found.meetings[:-1] == plan().meetings
    assert days_of(found)[key] == (date(2027, 5, 10), date(2027, 5, 12))


def test_a_proclaimed_bank_holiday_moves_what_fell_on_it():
    calendar = official_calendar(frozenset({date(2027, 2, 10)}))

    found = plan_ahead(THROUGH_THE_GATE, ordinary(), Done(), date(2026, 12, 18), calendar)

    assert days_of(found)[FOLLOW_UPS[0]] == (date(2027, 2, 8), date(2027, 2, 9))


# Every date of ten years.


def assert_sound(found, pair, today):
    """What holds of every plan, whatever the days."""
    days = days_of(found)
    assert len(days) == len(found.meetings)
    for meeting in found.meetings:
        assert today <= meeting.first_day <= meeting.last_day
        assert meeting.last_day - timedelta(days=7) <= meeting.book_by <= meeting.last_day
    for letter in found.letters:
        assert letter.window.not_before < letter.window.not_after
        assert letter.window.not_before.date() >= today
    in_prison = [days[key] for key in PRISON_ORDER if key in days]
    after = [days[key] for key in AFTER if key in days]
    for earlier, later in [*pairwise(in_prison), *pairwise(after)]:
        assert earlier[1] < later[0]
    for first, last in [*in_prison, *([days[CALL]] if CALL in days else [])]:
        assert last < pair.anchor
        assert CALENDAR.includes(first)
        assert CALENDAR.includes(last)
    if today <= pair.anchor:
        assert days[GATE] == (pair.anchor, pair.anchor)
        assert timedelta(0) < days[FIRST_CONTACT][1] - pair.anchor <= timedelta(hours=72)
    for key in (*FOLLOW_UPS, REVIEW):
        assert key not in days or all(CALENDAR.includes(day) for day in days[key])


def test_the_ten_years_are_whole():
    assert EVERY_DAY[-1] == date(2034, 12, 31)


def test_every_ordinary_plan_of_ten_years_is_sound_and_whole():
    for release in EVERY_DAY:
        pair = ordinary(release)

        found = plan(pair)

        assert_sound(found, pair, pair.accepted_on)
        assert keys_of(found) == [*IN_PRISON, *AFTER]
        days = days_of(found)
        assert release - timedelta(days=42) <= days[INTRODUCTION][0]
        assert days[VISIT_2][1] <= release - timedelta(days=14)


def test_every_follow_up_of_ten_years_comes_no_later_than_promised():
    for release in EVERY_DAY:
        days = days_of(plan(ordinary(release)))

        for key, promised in zip(FOLLOW_UPS, (7, 14, 28, 42, 56, 70, 84), strict=True):
            due = release + timedelta(days=promised)
            assert days[key][1] == CALENDAR.on_or_before(due)
        twelve_weeks = release + timedelta(days=84)
        assert days[REVIEW][1] == CALENDAR.add(twelve_weeks, 5)


def test_every_short_notice_plan_of_ten_years_is_sound_and_has_a_call():
    for release in WORKING_RELEASES:
        for notice in (6, 8, 20):
            referred = CALENDAR.add(release, -notice)
            pair = ordinary(release, referred_on=referred, accepted_on=CALENDAR.add(referred, 5))

            found = plan(pair)

            assert found.notice is Notice.SHORT
            assert_sound(found, pair, pair.accepted_on)
            left = CALENDAR.between(pair.accepted_on, release)[1:-1]
            assert keys_of(found) == [*IN_PRISON[: len(left)], CALL, *AFTER]


def test_every_gate_only_plan_of_ten_years_is_sound():
    for release in WORKING_RELEASES:
        referred = CALENDAR.add(release, -4)
        pair = ordinary(release, referred_on=referred, accepted_on=CALENDAR.after(referred))

        found = plan(pair)

        assert_sound(found, pair, pair.accepted_on)
        assert keys_of(found) == AFTER


def test_the_deadlines_of_every_release_of_ten_years_come_in_order_and_before_it():
    for release in WORKING_RELEASES:
        for weeks in (12, 6, 3, 0):
            referred = release - timedelta(weeks=weeks)

            found = deadlines(THROUGH_THE_GATE, release, referred, CALENDAR)

            assert list(found) == list(Deadline)
            assert list(found.values()) == sorted(found.values())
            assert found[Deadline.GATE_PLAN] <= release
            assert all(CALENDAR.includes(day) for day in found.values())


@st.composite
def situations(draw):
    """A pair somewhere on its way, with some meetings held and a today."""
    release = draw(RELEASES)
    referred = release - timedelta(days=draw(st.integers(0, 100)))
    accepted = referred + timedelta(days=draw(st.integers(0, 30)))
    pair = PairDays(release, referred, accepted, draw(st.booleans()))
    today = accepted + timedelta(days=draw(st.integers(0, 150)))
    held = draw(st.sets(st.sampled_from([*PRISON_ORDER, CALL])))
    return pair, today, held


@given(situations())
def test_whatever_was_held_the_plan_ahead_is_sound(situation):
    pair, today, held = situation

    found = plan(pair, today, held)

    assert_sound(found, pair, today)
    assert not set(keys_of(found)) & held


@given(situations(), st.integers(0, 150))
def test_planning_again_later_leaves_every_day_ahead_where_it_was(situation, days_later):
    pair, _, _ = situation
    later = pair.accepted_on + timedelta(days=days_later)
    first = plan(pair)
    over = {meeting.key for meeting in first.meetings if meeting.last_day < later}

    again = plan(pair, later, held=over)

    assert [(meeting.key, meeting.last_day) for meeting in again.meetings] == [
        (meeting.key, meeting.last_day) for meeting in first.meetings if meeting.key not in over
    ]
    assert all(
        days_of(again)[key][0] == max(day, CALENDAR.on_or_after(later))
        for key, (day, _) in days_of(first).items()
        if key not in {*over, GATE, FIRST_CONTACT}
    )


@given(situations())
def test_from_one_day_to_the_next_days_change_only_when_a_window_has_passed(situation):
    pair, today, held = situation
    tomorrow = today + timedelta(days=1)
    before, after = plan(pair, today, held), plan(pair, tomorrow, held)
    settled = THROUGH_THE_GATE.settled.day(pair.anchor, CALENDAR)
    passed = any(meeting.last_day == today for meeting in before.meetings)

    if not passed and tomorrow != settled:
        assert [(one.key, one.last_day, one.book_by) for one in after.meetings] == [
            (one.key, one.last_day, one.book_by) for one in before.meetings
        ]


@given(situations(), RELEASES)
def test_when_the_date_moves_the_meetings_held_stay_and_no_key_is_planned_twice(situation, moved):
    pair, today, held = situation

    found = plan(replace(pair, anchor=moved), today, held)

    assert_sound(found, replace(pair, anchor=moved), today)
    assert not set(keys_of(found)) & held
