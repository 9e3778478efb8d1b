"""Letters that are due leave once: claimed, looked at anew, sent, and what came of it kept."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, col, func, select

from matcher import handing_out, post
from matcher.core.sending import SendingWindow
from matcher.delivery import TRIED_FOR, delay_after
from matcher.endings import clear_diary
from matcher.gate_day import GatePlanFacts, confirm
from matcher.handing_over import hand_over
from matcher.mail_sender import as_mail
from matcher.messages import Answer, Message, Refused
from matcher.printed_letters import as_pdf, keep_facts, printed_letter
from matcher.refusing import NotAllowed
from models.contacts import Practitioner
from models.desk_words import TaskKind
from models.outbox import Letter
from models.pairs import Pair
from models.referrals import Referral
from models.states import (
    Channel,
    LetterKind,
    LetterState,
    MeetingKind,
    MeetingMove,
    MeetingState,
    MentorMove,
    MentorState,
    Move,
    PairState,
    ReferralMove,
)
from models.tasks import Task
from tests.matcher.accepted import on
from tests.matcher.lettered import (
    LEASE,
    MENTOR_EMAIL,
    SETTINGS,
    a_reachable_pair,
    claim,
    planned,
    record,
    sent,
    start,
)
from tests.rows import NOW

MINUTE = timedelta(minutes=1)
LATER = NOW + 2 * LEASE
FOR_NOW = Refused("450 busy", temporary=True)
FOR_GOOD = Refused("550 nobody of that name")
NOT_KNOWN = Refused("the line broke", temporary=True, unknown=True)
TAKEN = Answer("250 taken")


def under_way(db, **told):
    """A letter that has just been handed to the sender, and its message."""
    letter = planned(a_reachable_pair(db), **told)
    claim(db)
    return letter, start(db, letter)


def tasks(db):
    return db.exec(select(Task).where(Task.kind == TaskKind.DEAD_LETTER)).all()


def test_a_letter_leaves_and_its_answer_is_kept(db):
    letter = planned(a_reachable_pair(db))

    message = sent(db, letter)

    db.refresh(letter)
    assert (letter.state, letter.answer) == (LetterState.SENT, "250 taken")
    assert (letter.sent_at, letter.attempt, letter.body) == (NOW, 1, message.body)
    assert (letter.claimed_by, letter.lease_until) == (None, None)
    assert (message.to, message.at) == (MENTOR_EMAIL, NOW)
    assert claim(db, LATER) == []


def test_nothing_is_claimed_before_it_is_due(db):
    letter = planned(a_reachable_pair(db), wanted=NOW + MINUTE)

    assert claim(db) == []
    assert claim(db, NOW + MINUTE) == [letter.id]


def test_a_channel_without_a_sender_leaves_its_letters_due(db):
    letter = planned(a_reachable_pair(db))

    ids = claim(db, channels={Channel.PRINT})

    db.refresh(letter)
    assert ids == []
    assert letter.state is LetterState.DUE


def test_urgent_letters_are_claimed_first(db):
    accepted = a_reachable_pair(db)
    usual = planned(accepted)
    urgent = planned(accepted, LetterKind.STOOD_DOWN, wanted=NOW + MINUTE)

    ids = claim(db, NOW + MINUTE)

    assert ids == [urgent.id, usual.id]


def test_a_letter_is_held_by_one_worker_alone(db):
    letter = planned(a_reachable_pair(db))

    assert claim(db, worker="one") == [letter.id]
    assert claim(db, worker="two") == []
    assert start(db, letter, worker="two") is None


def test_many_workers_at_once_never_claim_the_same_letter(engine, db):
    accepted = a_reachable_pair(db)
    letters = {planned(accepted, number=number).id for number in range(1, 25)}
    db.commit()

    def work(worker):
        with Session(engine) as own:
            found = []
            while ids := claim(own, worker=worker, most=3):
                found += ids
            return found

    with ThreadPoolExecutor(4) as pool:
        claimed = [one for ids in pool.map(work, "abcd") for one in ids]

    assert len(claimed) == len(letters)
    assert set(claimed) == letters


def test_sending_is_kept_before_anything_is_handed_over(db, engine):
    _, message = under_way(db)

    with Session(engine) as other:
        seen = other.get(Letter, message.letter_id)

    assert seen.state is LetterState.SENDING
    assert (seen.attempt, seen.message_id) == (1, message.message_id)
    assert seen.lease_until == NOW + LEASE


def test_every_attempt_has_the_same_message_id(db):
    letter, first = under_way(db)
    record(db, first, FOR_NOW)

    claim(db, NOW + MINUTE)
    second = start(db, letter, NOW + MINUTE)

    assert (first.attempt, second.attempt) == (1, 2)
    assert second.message_id == first.message_id == f"<{letter.id}@example.org>"


def test_a_refusal_for_now_is_tried_again_later_and_later(db):
    letter, message = under_way(db)
    waited, now = [], NOW
    for _ in range(5):
        record(db, message, FOR_NOW, now)
        db.refresh(letter)
        assert letter.state is LetterState.RETRY
        waited.append(letter.due_at - now)
        now = letter.due_at
        claim(db, now)
        message = start(db, letter, now)

    assert [wait // MINUTE for wait in waited] == [1, 5, 15, 60, 60]


@given(st.integers(1, 200))
def test_a_letter_is_tried_for_72_hours_and_no_longer(attempt):
    delays = [delay_after(each) for each in range(1, attempt + 1)]
    given_up = [delay for delay in delays if delay is None]

    tried_for = sum((delay for delay in delays if delay), timedelta())

    assert tried_for <= TRIED_FOR
    assert bool(given_up) == (tried_for + delay_after(5) > TRIED_FOR)
    assert delays == sorted(delays, key=lambda delay: delay or TRIED_FOR)


def test_a_letter_tried_long_enough_is_given_up(db):
    letter, message = under_way(db)
    letter.attempt = 75
    db.commit()
    db.refresh(letter)
    last = Message(**{**vars(message), "attempt": 75})

    state = record(db, last, FOR_NOW)

    assert state is LetterState.DEAD
    assert len(tasks(db)) == 1


def test_a_refusal_for_good_is_a_task_for_the_manager(db):
    letter, message = under_way(db)

    state = record(db, message, FOR_GOOD)

    db.refresh(letter)
    [task] = tasks(db)
    assert state is LetterState.DEAD
    assert letter.answer == FOR_GOOD.text
    assert (task.region, task.letter_id, task.pair_id) == (
        a_region(db, letter),
        letter.id,
        letter.pair_id,
    )
    assert claim(db, NOW + timedelta(days=1)) == []


def a_region(db, letter):
    return db.get_one(Referral, db.get_one(Pair, letter.pair_id).referral_id).region


def test_an_answer_that_is_not_known_is_tried_again(db):
    letter, message = under_way(db)

    state = record(db, message, NOT_KNOWN)

    db.refresh(letter)
    assert state is LetterState.UNKNOWN
    assert letter.due_at == NOW + MINUTE
    assert claim(db, NOW + MINUTE) == [letter.id]


def test_a_claim_whose_lease_ran_out_is_given_back(db):
    letter = planned(a_reachable_pair(db))
    claim(db)

    assert start(db, letter, NOW + LEASE) is None
    assert handing_out.give_back(db, now=NOW + LEASE) == 1
    db.commit()

    db.refresh(letter)
    assert letter.state is LetterState.DUE
    assert claim(db, NOW + LEASE, worker="two") == [letter.id]


def test_a_letter_whose_sender_died_is_unknown_and_tried_again_at_once(db):
    letter, message = under_way(db)

    handing_out.give_back(db, now=NOW + LEASE)
    db.commit()

    db.refresh(letter)
    assert letter.state is LetterState.UNKNOWN
    assert claim(db, NOW + LEASE, worker="two") == [letter.id]
    again = start(db, letter, NOW + LEASE, worker="two")
    assert again.message_id == message.message_id


def test_a_lease_that_holds_is_left_alone(db):
    under_way(db)

    assert handing_out.give_back(db, now=NOW + LEASE / 2) == 0


def test_a_worker_that_stops_gives_back_what_it_has_not_begun(db):
    accepted = a_reachable_pair(db)
    begun, untouched = planned(accepted), planned(accepted, number=2)
    claim(db)
    start(db, begun)

    count = handing_out.hand_back(db, now=NOW, worker="one")

    assert count == 1
    db.commit()
    db.refresh(untouched)
    assert (untouched.state, untouched.claimed_by) == (LetterState.DUE, None)


def test_a_late_yes_counts_as_long_as_nobody_has_tried_again(db):
    _, message = under_way(db)
    handing_out.give_back(db, now=LATER)
    db.commit()

    state = record(db, message, TAKEN, LATER)

    assert state is LetterState.SENT
    assert claim(db, LATER) == []


@pytest.mark.parametrize("came", [TAKEN, FOR_NOW, FOR_GOOD, NOT_KNOWN])
def test_who_was_overtaken_changes_nothing(db, came):
    letter, overtaken = under_way(db)
    handing_out.give_back(db, now=LATER)
    claim(db, LATER, worker="two")
    start(db, letter, LATER, worker="two")

    state = record(db, overtaken, came, LATER)

    db.refresh(letter)
    assert state is None
    assert (letter.state, letter.claimed_by, letter.attempt) == (LetterState.SENDING, "two", 2)


def test_a_late_refusal_for_now_leaves_the_letter_to_be_tried_again(db):
    letter, message = under_way(db)
    handing_out.give_back(db, now=LATER)
    db.commit()

    state = record(db, message, FOR_NOW, LATER)

    assert state is LetterState.UNKNOWN
    assert claim(db, LATER, worker="two") == [letter.id]


def test_an_answer_recorded_twice_changes_nothing_the_second_time(db):
    _, message = under_way(db)

    assert record(db, message, TAKEN) is LetterState.SENT
    assert record(db, message, FOR_GOOD) is None


def test_a_cancelled_letter_is_not_begun(db):
    accepted = a_reachable_pair(db)
    letter = planned(accepted)
    claim(db)
    post.cancel_letters(db, now=NOW, pair_id=accepted.pair.id)
    db.commit()

    assert start(db, letter) is None
    db.refresh(letter)
    assert letter.state is LetterState.CANCELLED


def test_a_letter_that_is_being_sent_is_not_called_cancelled(db):
    letter, message = under_way(db)

    assert post.cancel_letters(db, now=NOW, pair_id=letter.pair_id) == 0
    assert record(db, message, TAKEN) is LetterState.SENT


def becomes(db, letter, now=NOW):
    """What becomes of a letter that is claimed and looked at."""
    claim(db, now)
    state = start(db, letter, now)
    db.refresh(letter)
    return state


def test_after_consent_is_withdrawn_nothing_more_is_said(db):
    accepted = a_reachable_pair(db)
    letter = planned(accepted)
    news = planned(
        accepted,
        LetterKind.PRACTITIONER_QUESTION,
        recipient=post.to_practitioner(accepted.leaver.id),
    )
    accepted.referral.move(ReferralMove.WITHDRAW, by=None, now=NOW)

    assert becomes(db, letter) is LetterState.CANCELLED
    assert start(db, news) is LetterState.CANCELLED
    assert tasks(db) == []


def test_a_mentor_who_left_is_not_written_to(db):
    accepted = a_reachable_pair(db)
    letter = planned(accepted)
    accepted.mentor.state = MentorState.ACTIVE
    accepted.mentor.move(MentorMove.END, now=NOW)

    assert becomes(db, letter) is LetterState.CANCELLED


def test_a_mentor_is_stood_down_whatever_has_ended(db):
    accepted = a_reachable_pair(db)
    letter = planned(accepted, LetterKind.STOOD_DOWN)
    accepted.referral.move(ReferralMove.WITHDRAW, by=None, now=NOW)
    accepted.pair.move(Move.WITHDRAW, by=None, now=NOW)

    message = sent(db, letter)

    assert "do not set out" in message.subject


@pytest.mark.parametrize(
    ("kind", "state", "goes"),
    [
        (LetterKind.OFFER, PairState.OFFERED, True),
        (LetterKind.OFFER, PairState.ACCEPTED, False),
        (LetterKind.OFFER_REMINDER, PairState.ACCEPTED, False),
        (LetterKind.DIGEST, PairState.SUSPENDED, True),
        (LetterKind.FIRST_MEETING_WARNING, PairState.ACCEPTED, True),
        (LetterKind.FIRST_MEETING_WARNING, PairState.SUSPENDED, False),
    ],
)
def test_a_letter_goes_only_while_it_is_true_of_the_pair(db, kind, state, goes):
    accepted = a_reachable_pair(db)
    letter = planned(accepted, kind)
    accepted.pair.state = state

    came = becomes(db, letter)

    assert isinstance(came, Message) is goes
    assert goes or letter.state is LetterState.CANCELLED


def test_only_the_newest_generation_goes(db):
    accepted = a_reachable_pair(db)
    older, newer = planned(accepted), planned(accepted, generation=2)
    claim(db)

    assert start(db, older) is LetterState.CANCELLED
    assert isinstance(start(db, newer), Message)


BOOKED_FOR = datetime(2027, 1, 12, 10, tzinfo=UTC)


def an_entry(db):
    """The calendar entry of a booked introduction, and its pair."""
    accepted = a_reachable_pair(db)
    accepted.plan()
    meeting = accepted.meeting(MeetingKind.INTRODUCTION)
    accepted.book(meeting, on(meeting.window_first, 14))
    db.commit()
    [letter] = accepted.letters(LetterKind.CALENDAR_ENTRY)
    return accepted, meeting, letter


def test_a_booked_meeting_is_an_appointment_that_says_nothing_else(db):
    _, meeting, letter = an_entry(db)

    message = sent(db, letter)

    assert message.subject == "Gatemate: appointment"
    assert f"UID:{meeting.id}@gatemate" in message.calendar
    assert f"SEQUENCE:{meeting.generation}" in message.calendar
    assert f"DTSTART:{meeting.starts_at:%Y%m%dT%H%M%SZ}" in message.calendar
    assert "METHOD:REQUEST" in message.calendar
    assert "Visits hall" not in message.calendar + message.body


def test_an_appointment_that_was_called_off_is_not_sent(db):
    _, meeting, letter = an_entry(db)
    meeting.move(MeetingMove.UNBOOK, now=NOW)

    assert becomes(db, letter) is LetterState.CANCELLED


def test_an_appointment_that_has_moved_is_not_sent_as_it_was(db):
    _, meeting, letter = an_entry(db)
    meeting.generation += 1

    assert becomes(db, letter) is LetterState.CANCELLED


def test_a_meeting_that_has_begun_needs_no_reminder(db):
    accepted, meeting, _ = an_entry(db)
    [reminder] = accepted.letters(LetterKind.MEETING_REMINDER)
    reminder.not_after = meeting.starts_at + MINUTE
    claim(db, meeting.starts_at)

    assert start(db, reminder, meeting.starts_at) is LetterState.SKIPPED
    assert tasks(db) == []


def test_a_reminder_that_is_too_late_is_skipped_without_a_task(db):
    accepted, _, _ = an_entry(db)
    [reminder] = accepted.letters(LetterKind.MEETING_REMINDER)

    assert becomes(db, reminder, reminder.not_after + MINUTE) is LetterState.SKIPPED
    assert [task for task in tasks(db) if task.letter_id == reminder.id] == []


def test_any_other_letter_that_is_too_late_is_a_task(db):
    letter = planned(a_reachable_pair(db))

    assert becomes(db, letter, letter.not_after + MINUTE) is LetterState.DEAD
    assert [task.letter_id for task in tasks(db)] == [letter.id]
    assert letter.answer == "its time is over"


def test_without_an_address_the_manager_is_asked_to_help(db):
    accepted = a_reachable_pair(db)
    letter = planned(accepted, recipient=f"practitioner:{accepted.leaver.id}")
    unknown = Practitioner(
        leaver_id=accepted.leaver.id, email="not an address", recorded_at=NOW + MINUTE
    )
    db.add(unknown)

    assert becomes(db, letter) is LetterState.DEAD
    assert len(tasks(db)) == 1


def test_a_letter_without_words_for_its_reader_is_a_task_and_stops_nothing(db):
    accepted = a_reachable_pair(db)
    letter = planned(
        accepted, LetterKind.OFFER_REMINDER, recipient=post.to_practitioner(accepted.leaver.id)
    )
    accepted.pair.state = PairState.OFFERED

    assert becomes(db, letter) is LetterState.DEAD
    assert letter.attempt == 0
    assert len(tasks(db)) == 1


def test_outside_the_hours_a_letter_waits_for_the_morning(db):
    letter = planned(a_reachable_pair(db))
    evening = NOW.replace(hour=17, minute=30)

    assert becomes(db, letter, evening) is LetterState.DUE
    assert letter.due_at == datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert claim(db, evening) == []
    assert claim(db, letter.due_at) == [letter.id]


def test_an_urgent_letter_goes_in_the_night(db):
    letter = planned(a_reachable_pair(db), LetterKind.STOOD_DOWN)

    assert isinstance(becomes(db, letter, NOW.replace(hour=23)), Message)


def test_a_retry_in_the_evening_waits_for_the_morning(db):
    letter = planned(a_reachable_pair(db))
    just_before_closing = NOW.replace(hour=16, minute=59, second=30)
    claim(db, just_before_closing)

    message = start(db, letter, just_before_closing)
    record(db, message, FOR_NOW, just_before_closing)

    db.refresh(letter)
    assert letter.due_at == datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_a_last_try_that_would_be_too_late_becomes_a_task(db):
    window = SendingWindow(NOW, NOW + MINUTE / 2, urgent=False)
    letter, message = under_way(db, window=window)
    record(db, message, FOR_NOW)

    db.refresh(letter)
    assert letter.due_at == letter.not_after
    assert becomes(db, letter, letter.not_after + MINUTE) is LetterState.DEAD


def test_the_introduction_lies_in_the_tray_with_its_facts_fixed(db):
    accepted = a_reachable_pair(db)
    accepted.plan()
    db.commit()
    [letter] = accepted.letters(LetterKind.INTRODUCTION)

    sent(db, letter)
    accepted.mentor.first_name = "Changed"
    db.commit()

    told = printed_letter(letter)
    assert letter.state is LetterState.SENT
    assert told.code == accepted.leaver.code
    assert told.mentor_first_name != "Changed"
    assert told.gate_day == accepted.leaver.release_date
    assert [line.what for line in told.meetings] == ["Introduction", "Prison visit", "Prison visit"]
    assert as_pdf(db, letter, SETTINGS, now=NOW).startswith(b"%PDF")


def test_a_letter_that_cannot_be_printed_is_a_task_before_it_reaches_the_tray(db):
    accepted = a_reachable_pair(db)
    accepted.mentor.own_words = "x " * 2_000
    accepted.plan()
    db.commit()
    [letter] = accepted.letters(LetterKind.INTRODUCTION)

    assert becomes(db, letter) is LetterState.DEAD
    assert "too long" in letter.answer
    assert len(tasks(db)) == 1


def test_the_plan_for_the_gate_waits_until_there_is_one(db):
    accepted = a_reachable_pair(db)
    letter = planned(accepted, LetterKind.GATE_PLAN)

    assert becomes(db, letter) is LetterState.DUE
    assert letter.due_at == NOW + timedelta(minutes=30)


def test_the_gate_card_says_what_was_agreed(db):
    accepted = a_reachable_pair(db)
    accepted.plan()
    day = accepted.leaver.release_date
    facts = GatePlanFacts(
        starts_local=on(day, 9),
        place="At the visitor centre",
        home_by_local=on(day, 18),
        bring="Travel warrant, Tenancy papers",
        ring_name="Robin",
        ring_phone="0808 157 0111",
    )
    confirm(db, accepted.pair, facts, by=None, now=NOW)
    db.commit()
    [card] = [one for one in accepted.letters(LetterKind.GATE_PLAN) if "leaver:" in one.recipient]

    sent(db, card, card.due_at)

    told = printed_letter(card)
    assert (told.day, told.at, told.home_by) == (day, "9am", "6pm")
    assert told.bring == ("Travel warrant", "Tenancy papers")
    assert as_pdf(db, card, SETTINGS, now=card.due_at).startswith(b"%PDF")


def test_no_two_rows_were_ever_made_for_one_letter(db):
    accepted = a_reachable_pair(db)
    planned(accepted)
    again = post.plan_letter(
        db,
        LetterKind.DIGEST,
        Channel.EMAIL,
        post.to_mentor(accepted.mentor.id),
        now=NOW,
        pair_id=accepted.pair.id,
    )

    count = db.exec(select(func.count(col(Letter.id)))).one()

    assert (again, count) == (None, 1)


def test_a_lost_booking_leaves_as_its_cancellation_under_the_same_name(db):
    accepted, meeting, letter = an_entry(db)
    sent(db, letter)
    accepted.pair.move(Move.STAND_DOWN, by=None, now=NOW)
    clear_diary(db, accepted.pair, now=NOW)
    db.commit()
    _, calling_off = accepted.letters(LetterKind.CALENDAR_ENTRY)

    message = sent(db, calling_off)

    assert "METHOD:CANCEL" in message.calendar
    assert "STATUS:CANCELLED" in message.calendar
    assert f"UID:{meeting.id}@gatemate" in message.calendar
    assert "SEQUENCE:2" in message.calendar
    assert "called off" in message.body
    assert 'method="CANCEL"' in as_mail(message, "post@example.org").as_string()


def test_a_cancellation_of_a_meeting_that_is_booked_again_is_not_sent(db):
    accepted, meeting, letter = an_entry(db)
    sent(db, letter)
    accepted.pair.move(Move.SUSPEND, by=None, now=NOW)
    clear_diary(db, accepted.pair, now=NOW)
    meeting.state = MeetingState.BOOKED
    db.commit()
    _, calling_off = accepted.letters(LetterKind.CALENDAR_ENTRY)

    assert becomes(db, calling_off) is LetterState.CANCELLED


def a_sheet_in_the_tray(db):
    accepted = a_reachable_pair(db)
    accepted.plan()
    db.commit()
    [letter] = accepted.letters(LetterKind.INTRODUCTION)
    sent(db, letter)
    return accepted, letter


TOMORROW = NOW + timedelta(days=1)


def test_a_sheet_not_handed_over_is_made_from_the_facts_of_the_day_it_is_opened(db):
    accepted, letter = a_sheet_in_the_tray(db)
    before = as_pdf(db, letter, SETTINGS, now=NOW)
    accepted.mentor.first_name = "Changed"

    pdf = as_pdf(db, letter, SETTINGS, now=TOMORROW)
    keep_facts(db, letter, SETTINGS, now=TOMORROW)

    told = printed_letter(letter)
    assert pdf == as_pdf(db, letter, SETTINGS, now=TOMORROW) != before
    assert (told.mentor_first_name, told.printed_on) == ("Changed", TOMORROW.date())


def test_a_sheet_handed_over_late_tells_of_no_meeting_whose_days_are_over(db):
    accepted, letter = a_sheet_in_the_tray(db)
    introduction = accepted.meeting(MeetingKind.INTRODUCTION)
    day_after = datetime.combine(introduction.window_last + timedelta(days=1), NOW.time(), UTC)

    keep_facts(db, letter, SETTINGS, now=day_after)

    assert [line.what for line in printed_letter(letter).meetings] == ["Prison visit"] * 2


def test_a_sheet_handed_over_stays_as_it_was(db):
    accepted, letter = a_sheet_in_the_tray(db)
    hand_over(db, letter, by=None, now=NOW)
    before, facts = as_pdf(db, letter, SETTINGS, now=NOW), dict(letter.facts)
    accepted.mentor.first_name = "Changed"

    keep_facts(db, letter, SETTINGS, now=TOMORROW)

    assert as_pdf(db, letter, SETTINGS, now=TOMORROW) == before
    assert letter.facts == facts


def test_a_sheet_of_a_pair_that_has_ended_is_not_printed(db):
    accepted, letter = a_sheet_in_the_tray(db)
    accepted.pair.move(Move.STAND_DOWN, by=None, now=NOW)

    with pytest.raises(NotAllowed, match="no longer true"):
        as_pdf(db, letter, SETTINGS, now=TOMORROW)
