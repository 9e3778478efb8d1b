"""A channel that does not work is left alone for a while, and its letters lose nothing by it."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from matcher import channels, handing_out, post, post_hold, post_watch
from matcher.channels import FAILURES_TO_SHUT, PAUSES
from matcher.journal import Entry
from matcher.messages import Answer, Message, Refused
from matcher.recipients import behind, place_for
from matcher.refusing import NotAllowed
from matcher.sent_before import record_as_sent
from models.contacts import Contact
from models.desk_words import ContactWay, TaskKind
from models.outbox import Letter
from models.post import ChannelState
from models.states import Channel, LetterKind, LetterState, Role
from models.tasks import Task
from models.vocabulary import Region
from tests.matcher.lettered import (
    LEASE,
    MENTOR_EMAIL,
    a_journal,
    a_reachable_pair,
    claim,
    planned,
    record,
    sent,
    start,
)
from tests.rows import NOW, a_leaver_row, an_account

NOT_THERE = Refused("ConnectionRefusedError", temporary=True, of_channel=True)
GREYLISTED = Refused("450 later", temporary=True)
HOUR = timedelta(hours=1)


def fail(db, times, now=NOW, came=NOT_THERE, channel=Channel.EMAIL):
    for _ in range(times):
        channels.note_outcome(db, channel, came, now=now)
    db.commit()


def letters(db, many, **told):
    accepted = a_reachable_pair(db)
    made = [planned(accepted, number=number, **told) for number in range(1, many + 1)]
    db.commit()
    return made


def test_after_some_failures_in_a_row_nothing_more_is_claimed_for_it(db):
    """ASVS 16.5.2."""
    letters(db, 2)
    fail(db, FAILURES_TO_SHUT - 1)
    assert channels.shut_channels(db, NOW) == frozenset()

    fail(db, 1)

    assert channels.shut_channels(db, NOW) == {Channel.EMAIL}
    assert claim(db) == []
    assert {letter.attempt for letter in db.exec(select(Letter))} == {0}


def test_one_answer_begins_the_count_anew(db):
    fail(db, FAILURES_TO_SHUT - 1)
    fail(db, 1, came=GREYLISTED)
    fail(db, FAILURES_TO_SHUT - 1)

    assert channels.shut_channels(db, NOW) == frozenset()


def test_refusals_of_letters_never_shut_it(db):
    fail(db, 3 * FAILURES_TO_SHUT, came=GREYLISTED)

    assert db.exec(select(ChannelState)).all() == []


def test_other_channels_go_on(db):
    accepted = a_reachable_pair(db)
    planned(accepted)
    urgent = planned(accepted, LetterKind.STOOD_DOWN, channel=Channel.TEXT)
    fail(db, FAILURES_TO_SHUT)

    assert claim(db) == [urgent.id]


def test_after_the_pause_one_letter_tries_and_nobody_else(db, engine):
    letters(db, 3)
    fail(db, FAILURES_TO_SHUT)
    later = NOW + PAUSES[0]

    first = claim(db, later)
    with Session(engine) as other:
        second = claim(other, later, worker="two")

    assert (len(first), second) == (1, [])


def test_a_yes_opens_it_for_all(db):
    made = letters(db, 3)
    fail(db, FAILURES_TO_SHUT)
    later = NOW + PAUSES[0]
    [tried] = claim(db, later)
    [letter] = [one for one in made if one.id == tried]

    record(db, start(db, letter, later), Answer("250 taken"), later)

    assert len(claim(db, later)) == 2


def test_another_failure_shuts_it_for_longer_and_burns_one_attempt(db):
    made = letters(db, 3)
    fail(db, FAILURES_TO_SHUT)
    now = NOW + PAUSES[0]
    [tried] = claim(db, now)
    [letter] = [one for one in made if one.id == tried]

    record(db, start(db, letter, now), NOT_THERE, now)

    assert claim(db, now + PAUSES[1] - timedelta(seconds=1)) == []
    assert len(claim(db, now + PAUSES[1])) == 1
    assert sorted(one.attempt for one in db.exec(select(Letter))) == [0, 0, 1]


def test_the_pauses_never_grow_beyond_the_last(db):
    fail(db, FAILURES_TO_SHUT + 20)

    state = db.get_one(ChannelState, Channel.EMAIL)

    assert state.open_until == NOW + PAUSES[-1]
    assert state.opened_at == NOW


def test_a_letter_that_died_trying_lets_another_try(db):
    letters(db, 2)
    fail(db, FAILURES_TO_SHUT)
    later = NOW + PAUSES[0]
    claim(db, later)

    handing_out.give_back(db, now=later + LEASE)
    db.commit()

    assert len(claim(db, later + LEASE, worker="two")) == 1


def test_after_an_hour_without_it_each_manager_is_told_once_and_told_when_it_works(db):
    accepted = a_reachable_pair(db)
    fail(db, FAILURES_TO_SHUT)

    early = post_watch.watch(db, now=NOW + HOUR / 2)
    raised = [post_watch.watch(db, now=NOW + HOUR + timedelta(minutes=n)) for n in range(3)]
    [task] = db.exec(select(Task).where(Task.kind == TaskKind.POST_STOPPED)).all()
    channels.note_outcome(db, Channel.EMAIL, Answer("250"), now=NOW + 2 * HOUR)
    post_watch.watch(db, now=NOW + 2 * HOUR)

    assert (early, raised) == (0, [1, 0, 0])
    assert task.region is accepted.referral.region
    assert (task.done_at, task.outcome) == (NOW + 2 * HOUR, post_watch.WORKS_AGAIN)


def test_letters_that_nobody_sends_are_told_of_after_an_hour(db):
    letters(db, 1)
    claim(db, channels={Channel.PRINT})

    assert post_watch.watch(db, now=NOW + HOUR / 2) == 0
    assert post_watch.watch(db, now=NOW + HOUR) == 1


def test_letters_too_late_are_settled_also_where_nobody_sends_them(db):
    [letter] = letters(db, 1)
    claim(db, channels={Channel.PRINT})

    post_watch.watch(db, now=letter.not_after + 2 * HOUR)

    assert letter.state is LetterState.DEAD
    assert db.exec(select(Task).where(Task.kind == TaskKind.DEAD_LETTER)).one().letter_id


def test_while_the_post_is_on_hold_only_print_leaves(db):
    accepted = a_reachable_pair(db)
    accepted.plan()
    planned(accepted)
    [sheet] = accepted.letters(LetterKind.INTRODUCTION)
    post_hold.hold(db, "a backup was put back", now=NOW)
    db.commit()

    assert claim(db) == [sheet.id]
    assert isinstance(start(db, sheet), Message)


def test_a_letter_claimed_before_the_hold_does_not_leave(db):
    [letter] = letters(db, 1)
    claim(db)
    post_hold.hold(db, "wait", now=NOW)

    assert start(db, letter) is LetterState.DUE
    assert letter.attempt == 0


def test_to_go_on_is_to_know_first_what_the_journal_knows(db):
    known, unknown = letters(db, 2)
    post_hold.hold(db, "a backup was put back", now=NOW)
    journal = a_journal()
    journal.make_ready()
    entry = Entry(known.id, known.key, "<then@example.org>", 2, Channel.EMAIL, NOW - HOUR, "250 ok")
    journal.add(entry)

    count = post_hold.resume(db, journal, now=NOW)
    db.commit()

    assert count == 1
    assert (known.state, known.sent_at, known.answer) == (LetterState.SENT, NOW - HOUR, "250 ok")
    assert (known.message_id, known.attempt) == ("<then@example.org>", 2)
    assert claim(db) == [unknown.id]
    assert post_hold.resume(db, journal, now=NOW) == 0
    assert not post_hold.is_on_hold(db)


@pytest.mark.parametrize("state", sorted(LetterState))
def test_whatever_state_a_backup_has_a_letter_in_the_journal_is_believed(db, state):
    [letter] = letters(db, 1)
    settled = {LetterState.SENT, LetterState.DEAD, LetterState.CANCELLED, LetterState.SKIPPED}
    letter.state, letter.lease_until = state, NOW
    letter.message_id, letter.attempt, letter.answer = "<a@example.org>", 1, "250"
    letter.sent_at = NOW if state is LetterState.SENT else None
    db.commit()
    journal = a_journal()
    journal.make_ready()
    journal.add(Entry(letter.id, letter.key, "<a@example.org>", 1, Channel.EMAIL, NOW))

    assert post_hold.catch_up(db, journal, now=NOW) == (state not in settled)
    assert letter.state is (state if state in settled else LetterState.SENT)


def test_a_text_message_goes_to_the_phone_that_a_mentor_gave_where_there_is_a_gateway(db):
    accepted = a_reachable_pair(db)
    phoned = {"phone": "(07700) 900-123", "email": MENTOR_EMAIL, "recorded_at": NOW + HOUR}
    db.add(Contact(mentor_id=accepted.mentor.id, **phoned))

    by_text, by_mail = (place(db, accepted, by_text) for by_text in (True, False))

    assert (by_text.channel, by_text.address) == (Channel.TEXT, "+447700900123")
    assert (by_mail.channel, by_mail.address) == (Channel.EMAIL, MENTOR_EMAIL)


def place(db, accepted, by_text, channel=Channel.TEXT):
    letter = db.exec(select(Letter).where(Letter.channel == channel)).first()
    letter = letter or planned(accepted, channel=channel)
    return place_for(db, behind(db, letter), by_text=by_text)


@pytest.mark.parametrize(
    ("shares", "text_goes_to", "mail_goes_to"),
    [
        (None, "+447700900123", MENTOR_EMAIL),
        (ContactWay.PHONE, "+447700900123", None),
        (ContactWay.EMAIL, MENTOR_EMAIL, MENTOR_EMAIL),
        (ContactWay.ADDRESS, None, None),
    ],
)
def test_a_mentor_who_named_one_way_is_written_to_by_no_other(
    db, shares, text_goes_to, mail_goes_to
):
    accepted = a_reachable_pair(db)
    told = {"phone": "07700 900123", "email": MENTOR_EMAIL, "recorded_at": NOW + HOUR}
    db.add(Contact(mentor_id=accepted.mentor.id, shares=shares, **told))

    text, mail = (place(db, accepted, True, one) for one in (Channel.TEXT, Channel.EMAIL))

    assert (text and text.address, mail and mail.address) == (text_goes_to, mail_goes_to)


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.TEXT, Channel.CALENDAR])
def test_nothing_but_print_is_ever_sent_to_a_leaver(db, channel):
    accepted = a_reachable_pair(db)
    reached = {"phone": "07700 900123", "email": "sam@example.org", "shares": ContactWay.EMAIL}
    db.add(Contact(leaver_id=accepted.leaver.id, recorded_at=NOW, **reached))
    letter = planned(accepted, channel=channel, recipient=post.to_leaver(accepted.leaver.id))

    assert place_for(db, behind(db, letter), by_text=True) is None


def test_a_text_message_that_nobody_takes_goes_as_an_email(db):
    accepted = a_reachable_pair(db)
    letter = planned(accepted, channel=Channel.TEXT)
    claim(db)

    record(db, start(db, letter), Refused("400 no such number"))

    mail = db.exec(select(Letter).where(Letter.channel == Channel.EMAIL)).one()
    assert letter.state is LetterState.DEAD
    assert (mail.kind, mail.not_after) == (letter.kind, letter.not_after)
    assert db.exec(select(Task)).all() == []
    assert sent(db, mail).to == MENTOR_EMAIL


def test_a_dead_letter_of_no_region_is_a_task_in_every_region_with_a_manager(db):
    accepted = a_reachable_pair(db)
    elsewhere = an_account(Role.MANAGER, region=another_region(accepted))
    away = an_account(Role.MANAGER, region=another_region(accepted), disabled_at=NOW)
    db.add_all([elsewhere, away])
    letter = post.plan_letter(
        db,
        LetterKind.RING_US,
        Channel.EMAIL,
        post.to_practitioner(nobodys_leaver(db)),
        now=NOW,
    )
    db.commit()
    claim(db)

    assert start(db, letter) is LetterState.DEAD
    told = db.exec(select(Task).where(Task.letter_id == letter.id)).all()
    assert {task.region for task in told} == {accepted.referral.region, elsewhere.region}


def another_region(accepted):
    return next(one for one in Region if one is not accepted.referral.region)


def nobodys_leaver(db):
    other = a_leaver_row()
    db.add(other)
    db.flush()
    return other.id


def test_the_post_does_not_go_on_while_the_journal_lacks_what_was_sent(db):
    sent, _waiting = letters(db, 2)
    journal = a_journal()
    as_sent(db, sent)
    post_hold.hold(db, "a backup was put back", now=NOW)

    with pytest.raises(NotAllowed, match="1 letter sent by the database is not in the journal"):
        post_hold.resume(db, journal, now=NOW)
    assert post_hold.is_on_hold(db)
    assert not journal.path.exists()

    assert post_hold.resume(db, journal, now=NOW, journal_is_lost=True) == 0
    assert not post_hold.is_on_hold(db)
    assert journal.says_sent(sent.key).message_id == "<then@example.org>"
    assert post_hold.resume(db, journal, now=NOW) == 0


def as_sent(db, letter):
    entry = Entry(letter.id, letter.key, "<then@example.org>", 1, Channel.EMAIL, NOW - HOUR, "250")
    record_as_sent(db, letter, entry, now=NOW)
    db.commit()
