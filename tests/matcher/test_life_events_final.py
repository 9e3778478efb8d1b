"""What ends everything: a death, consent withdrawn, and a mentor who cannot go on."""

from datetime import timedelta

import pytest
from sqlmodel import select

from matcher import life_events, post, referrals
from matcher.accounts import begin_stay, open_account, whose_stay
from matcher.keeping_up import keep_up
from matcher.life_facts import Lapsed, OnADay, Withdrawn
from matcher.messages import Refused
from matcher.outcomes import held
from matcher.refusing import NotAllowed
from matcher.release_changes import move_date
from models.council_words import Note
from models.desk_words import LapseReason, LapseStep, RingReason, TaskKind
from models.outbox import NOT_UNDER_WAY, Letter
from models.pairs import LIVE, Pair
from models.people import Leaver, Mentor
from models.release_words import DateKind
from models.standbys import Standby
from models.states import (
    EndReason,
    EventKind,
    LetterKind,
    LetterState,
    MeetingKind,
    MeetingState,
    MentorState,
    PairState,
    ReferralState,
    Role,
)
from tests.matcher.accepted import RELEASE, at, contents, on
from tests.matcher.lettered import a_reachable_pair, claim, planned, record, start
from tests.matcher.people_waiting import accepted, offered, planned_again, ready, run, waiting
from tests.rows import NOW, a_standby

A_DAY = timedelta(days=1)
OPEN = (MeetingState.PLANNED, MeetingState.BOOKED)
OUTSIDE_HOURS = NOW + timedelta(hours=12)


@pytest.fixture
def there(db):
    there = a_reachable_pair(db)
    there.plan()
    there.book(there.meeting(MeetingKind.PRISON_VISIT), on(RELEASE - 22 * A_DAY))
    planned(there, LetterKind.PRACTITIONER_NEWS, recipient=post.to_practitioner(there.leaver.id))
    return there


def happens(db, person, kind, facts, now=NOW):
    words = {"happened_at": now, "by": None, "now": now}
    return life_events.record(db, person, kind, facts, **words)


def dies(there, now=NOW):
    return happens(there.db, there.leaver, EventKind.DIED, OnADay(on=now.date()), now)


def unsent(db):
    return db.exec(select(Letter).where(Letter.state.in_(NOT_UNDER_WAY))).all()


def lapses(db, mentor, step=LapseStep.PAUSE, why=None, now=NOW):
    return happens(db, mentor, EventKind.MENTOR_LAPSED, Lapsed(step=step, why=why), now)


def test_after_a_death_nothing_is_left_to_send_but_please_ring_us(there):
    dies(there, OUTSIDE_HOURS)

    left = unsent(there.db)
    assert {one.kind for one in left} == {LetterKind.RING_US}
    assert {one.recipient.partition(":")[0] for one in left} == {"mentor", "manager"}
    assert all(one.urgent and one.due_at == OUTSIDE_HOURS for one in left)
    assert not [one for one in left if one.leaver_id]


def test_a_letter_that_was_being_sent_as_a_death_was_told_is_not_tried_again(db):
    there = a_reachable_pair(db)
    letter = planned(there, LetterKind.GATE_CHANGED)
    claim(db)
    message = start(db, letter)
    dies(there)
    db.commit()

    record(db, message, Refused("421 later", temporary=True))
    later = NOW + timedelta(minutes=2)
    claim(db, now=later)

    assert start(db, letter, now=later) is LetterState.CANCELLED


@pytest.mark.parametrize("kind", [LetterKind.RING_US, LetterKind.GATE_CHANGED])
def test_a_letter_that_was_being_sent_as_someone_withdrew_is_not_tried_again(db, kind):
    there = a_reachable_pair(db)
    letter = planned(there, kind)
    claim(db)
    message = start(db, letter)
    told = NOW + timedelta(seconds=1)
    happens(db, there.leaver, EventKind.CONSENT_WITHDRAWN, Withdrawn(), told)
    db.commit()

    record(db, message, Refused("421 later", temporary=True))
    later = NOW + timedelta(minutes=2)
    claim(db, now=later)

    assert start(db, letter, now=later) is LetterState.CANCELLED


def test_after_a_death_the_pair_has_ended_and_the_diary_is_empty(there):
    dies(there)

    assert (there.pair.state, there.pair.end_reason) == (PairState.ENDED, EndReason.DIED)
    assert not there.meetings(*OPEN)
    assert there.referral.state is ReferralState.WITHDRAWN
    [call] = [one for one in there.tasks(TaskKind.RING) if one.done_at is None]
    assert f":{RingReason.DIED.value}:" in call.key


def test_no_calendar_entry_is_called_off_after_a_death(there):
    [entry] = there.letters(LetterKind.CALENDAR_ENTRY)
    entry.state, entry.attempt, entry.message_id = LetterState.SENT, 1, "<one@example.org>"
    entry.sent_at, entry.answer = NOW, "250 OK"

    dies(there)

    assert not there.letters(LetterKind.CALENDAR_ENTRY, *NOT_UNDER_WAY)


def test_nothing_that_comes_later_revives_what_a_death_ended(there):
    dies(there)
    before = unsent(there.db), there.meetings()
    words = {"source": "a report", "given_by": "Robin", "by": None}

    later = NOW + timedelta(days=1)
    told = {"kind": DateKind.CONFIRMED, "day": RELEASE + A_DAY}
    move_date(there.db, there.leaver, now=later, **words, **told)
    happens(there.db, there.leaver, EventKind.RECALLED, OnADay(on=later.date()), later)
    happens(there.db, there.leaver, EventKind.DIED, OnADay(on=NOW.date()), later)
    keep_up(there.db, now=later)
    planned_again(there.db, later)

    assert (unsent(there.db), there.meetings()) == before
    assert there.pair.state is PairState.ENDED
    assert there.db.exec(select(Pair).where(Pair.state.in_(LIVE))).first() is None


def test_a_leaver_withdraws_and_in_the_same_moment_nothing_unsent_is_about_them(there):
    ripple = happens(there.db, there.leaver, EventKind.CONSENT_WITHDRAWN, Withdrawn())

    assert ripple.ends == 1
    assert there.referral.state is ReferralState.WITHDRAWN
    assert {one.kind for one in unsent(there.db)} == {LetterKind.STOOD_DOWN}
    assert not there.meetings(*OPEN)


@pytest.mark.parametrize("whole", [True, False])
def test_a_letter_that_was_just_claimed_is_refused_once_consent_is_withdrawn(db, whole):
    there = a_reachable_pair(db)
    letter = planned(there)
    assert claim(db) == [letter.id]

    if whole:
        happens(db, there.leaver, EventKind.CONSENT_WITHDRAWN, Withdrawn())
    else:
        referrals.withdraw(db, there.referral, by=None, now=NOW)
    db.commit()

    assert start(db, letter) is None
    assert letter.state is LetterState.CANCELLED


def test_an_offer_is_void_the_moment_its_leaver_withdraws(db):
    pair = offered(db)
    leaver = db.get_one(Leaver, pair.leaver_id)

    happens(db, leaver, EventKind.CONSENT_WITHDRAWN, Withdrawn())

    assert pair.state is PairState.ENDED
    assert not unsent(db)


def test_a_mentor_withdraws_and_can_no_longer_sign_in_nor_is_written_to(there):
    db, password = there.db, "a long enough password"
    account = open_account(
        db, Role.MENTOR, sign_in_name="sam", password=password, now=NOW, mentor_id=there.mentor.id
    )
    token = begin_stay(db, account, now=NOW)

    happens(db, there.mentor, EventKind.CONSENT_WITHDRAWN, Withdrawn())

    assert whose_stay(db, token, now=NOW) is None
    assert whose_stay(db, begin_stay(db, account, now=NOW), now=NOW) is None
    assert there.mentor.state is MentorState.ENDED
    assert there.mentor.consented_on is None
    assert there.pair.state is PairState.ENDED
    mentors = post.to_mentor(there.mentor.id)
    assert not [one for one in unsent(db) if one.recipient == mentors]


def test_the_leaver_of_a_mentor_who_withdraws_waits_again(there):
    happens(there.db, there.mentor, EventKind.CONSENT_WITHDRAWN, Withdrawn())

    assert there.referral.state is ReferralState.WAITING
    reasons = [one.key for one in there.tasks(TaskKind.RING) if one.done_at is None]
    assert [key for key in reasons if f":{RingReason.MENTOR_LEFT.value}:" in key]


def test_the_standby_steps_in_by_an_ordinary_proposal(db):
    pair = accepted(db)
    second = ready(db)
    db.add(a_standby(pair, second))
    db.commit()
    mentor = db.get_one(Mentor, pair.mentor_id)

    ripple = lapses(db, mentor, why=LapseReason.ILLNESS)

    assert ripple.ends == 1
    new = db.exec(select(Pair).where(Pair.leaver_id == pair.leaver_id, Pair.state.in_(LIVE))).one()
    assert (new.mentor_id, new.state, new.overridden_by) == (second.id, PairState.PROPOSED, None)
    called = db.exec(select(Standby)).one()
    assert called.called_at == NOW
    assert mentor.state is MentorState.PAUSED


def test_a_standby_whom_a_rule_bars_now_does_not_step_in(db):
    pair = accepted(db)
    second = ready(db, state=MentorState.PAUSED)
    db.add(a_standby(pair, second))
    db.commit()

    lapses(db, db.get_one(Mentor, pair.mentor_id))

    assert db.exec(select(Pair).where(Pair.state.in_(LIVE))).first() is None
    assert db.exec(select(Standby)).one().called_at is None


def test_without_a_standby_the_leaver_is_planned_again_at_the_next_look(db):
    pair = accepted(db)
    second = ready(db)
    db.commit()

    lapses(db, db.get_one(Mentor, pair.mentor_id))
    db.commit()
    planned_again(db, NOW + timedelta(minutes=1))

    new = db.exec(select(Pair).where(Pair.leaver_id == pair.leaver_id, Pair.state.in_(LIVE))).one()
    assert new.mentor_id == second.id


def test_the_next_mentor_reads_what_was_done_and_agreed_and_never_why_it_ended(there):
    day = RELEASE - 28 * A_DAY
    held(there.db, there.meeting(MeetingKind.INTRODUCTION), on=day, by=None, now=at(day, 15))

    lapses(there.db, there.mentor, why=LapseReason.ARREST, now=at(day, 16))

    note = there.db.exec(select(Note)).one()
    assert note.shareable
    assert note.text == (
        "Done with the mentor before: Introduction on Wednesday 6 January 2027. "
        "Was agreed: Prison visit 1 on Tuesday 12 January 2027."
    )


def test_a_mentor_who_comes_back_is_active_and_their_old_pairs_stay_ended(there):
    lapses(there.db, there.mentor, why=LapseReason.OWN_PAUSE)
    lapses(there.db, there.mentor, LapseStep.BACK, now=NOW + A_DAY)

    assert there.mentor.state is MentorState.ACTIVE
    assert there.pair.state is PairState.ENDED


def test_a_mentor_who_pauses_comes_back_and_pauses_on_one_day_is_paused(there):
    for hours, step in enumerate([LapseStep.PAUSE, LapseStep.BACK, LapseStep.PAUSE]):
        lapses(there.db, there.mentor, step, now=NOW + timedelta(hours=hours))

    assert there.mentor.state is MentorState.PAUSED


def test_a_mentor_who_lapses_stands_by_for_nobody(db):
    leaver, first, second = waiting(db), ready(db), ready(db)
    run(db)
    assert db.exec(select(Standby).where(Standby.slot.is_not(None))).first() is not None

    for mentor in (first, second):
        lapses(db, mentor, LapseStep.END, LapseReason.TERM)

    assert db.exec(select(Standby).where(Standby.slot.is_not(None))).first() is None
    assert {first.state, second.state} == {MentorState.ENDED}
    assert leaver.release_date


def test_someone_who_died_is_not_put_forward_again(there):
    dies(there)
    leaver = there.leaver
    told = referrals.PutForward(
        prison_number=leaver.prison_number,
        first_name="Sam",
        surname="Field",
        birth_date=leaver.birth_date,
        sex=leaver.sex,
        resettling_in="LS6",
        consented_on=NOW.date(),
    )

    with pytest.raises(NotAllowed) as refused:
        referrals.put_forward(there.db, told, prison="LEI", by=None, now=NOW)

    assert refused.value.sentences == (referrals.CLOSED,)


def test_a_lapse_leaves_no_reason_in_any_task_or_history(there):
    lapses(there.db, there.mentor, why=LapseReason.ARREST)

    told = [row for row in contents(there.db) if "facts" not in row]
    assert not [row for row in told if "rrest" in str(row)]
    assert told
