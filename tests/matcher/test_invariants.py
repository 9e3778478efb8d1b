"""Each invariant holds on a service that has lived, and each is seen to break, with its row.

Constraints of the database are taken away where they would not let a row be spoilt; all of it
happens in a transaction that is rolled back.
"""

import json
import shutil
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, func, insert, update
from sqlmodel import col, select

from matcher.core.eligibility import RULES
from matcher.core.gates import GATES
from matcher.doctor.offers import RESTS_ON
from matcher.invariants import INVARIANTS, Health, examine
from matcher.journal import Journal
from models.audit import AuditEntry
from models.events import Event
from models.meetings import Meeting
from models.outbox import AttemptOutcome, Letter, LetterAttempt
from models.pairs import LIVE, Pair, PairHistory
from models.people import Leaver, Mentor
from models.places import MentorPlace
from models.post import ClockHealth, PostHold
from models.referrals import Referral, Screening
from models.restrictions import Link
from models.runs import JobRun
from models.states import (
    Channel,
    EndReason,
    EventKind,
    LetterKind,
    LetterState,
    MeetingKind,
    MeetingState,
    MentorState,
    Move,
    PairState,
    ReferralState,
)
from models.tasks import Task
from models.vetting import Supervision
from models.vocabulary import LinkKind
from tests.matcher.lived import (
    DAY,
    HOUR,
    REAL_NOW,
    a_meeting,
    a_sent_letter,
    a_service,
    broken,
    copy,
    found_by,
    leaver,
    pair_of,
    spoilt,
    write,
)
from tests.rows import NOW

MINUTE = timedelta(minutes=1)
OFFERED_AT = NOW + HOUR


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def lived(request):
    """One service on each kind of database, for all the tests here: none changes it."""
    with a_service(request.getfixturevalue(f"{request.param}_databases")) as lived:
        yield lived


@pytest.fixture
def db(lived):
    """A session on it that keeps nothing."""
    with spoilt(lived) as db:
        yield db


def rows(breaches):
    return {(one.noun, one.row_id) for one in breaches}


def a_row(row):
    return row.__tablename__, str(row.id)


def planned_letter(db, kind):
    theirs = select(Letter).where(
        Letter.pair_id == pair_of(db, 0).id,
        Letter.kind == kind,
        Letter.state == LetterState.PLANNED,
    )
    return db.exec(theirs).first()


def without_lines(lived, tmp_path, *keys):
    """A journal that lacks the entries of some letters."""
    lines = lived.journal.path.read_text().splitlines(keepends=True)
    (tmp_path / "journal.jsonl").write_text(
        "".join(line for line in lines if json.loads(line)["key"] not in keys)
    )
    return Journal(tmp_path / "journal.jsonl")


def an_entry(db, row, fields, at, action="change"):
    """One more entry in the audit."""
    number = db.exec(select(func.max(AuditEntry.number))).one() + 1
    told = {"action": action, "noun": row.__tablename__, "row_id": str(row.id)}
    chain = {"chain_before": f"{number - 1:064}", "chain": f"{number:064}", "origin": "test"}
    db.execute(
        insert(AuditEntry.__table__).values(
            number=number, at=at, fields=frozenset(fields), **told, **chain
        )
    )


# The whole table -------------------------------------------------------------------------------


def test_a_service_that_has_lived_is_sound_but_for_what_nobody_looks_at_yet(lived, db):
    health = Counter(one.health for one in examine(lived.case(db)))
    unseen = {one.invariant.code for one in examine(lived.case(db)) if one.notes}
    kinds = Counter(db.exec(select(Letter.kind).where(Letter.state == LetterState.SENT)))

    assert broken(lived.case(db)) == {}
    assert health == {Health.SOUND: 16, Health.NOT_LOOKED_AT: 2}
    assert unseen == {"I11", "I13"}
    assert kinds[LetterKind.STOOD_DOWN] == 1  # after a withdrawal, and rightly so
    assert kinds[LetterKind.OFFER] > 4
    assert kinds[LetterKind.INTRODUCTION] > 1


def test_all_that_happened_in_a_week_went_through_the_audit(lived, db):
    case = lived.case(db, audit_key=b"key")
    assert found_by("I13", case) == set()

    row = leaver(db, 5)
    db.exec(update(Leaver).where(col(Leaver.id) == row.id).values(release_date=None))

    assert rows(found_by("I13", case)) == {a_row(row)}


def test_the_table_has_every_invariant_once_and_in_order():
    assert [one.code for one in INVARIANTS] == [f"I{number}" for number in range(1, 19)]


def test_a_row_that_cannot_be_read_is_told_of_and_never_called_sound(lived):
    with spoilt(lived, "pair") as db:
        db.execute(update(Pair.__table__).values(score=1))
        db.connection().exec_driver_sql("UPDATE pair SET state = 'wed' WHERE state = 'ended'")

        [verdict] = examine(lived.case(db), [one for one in INVARIANTS if one.code == "I17"])

    assert verdict.health is Health.UNREADABLE
    assert verdict.notes == ("A row holds what no row may hold: ValueError.",)


# Pairs -----------------------------------------------------------------------------------------


def test_i1_two_live_pairs_of_one_leaver(lived):
    with spoilt(lived, "pair") as db:
        one, other = pair_of(db, 0), pair_of(db, 3)
        write(db, other, leaver_id=one.leaver_id)

        assert rows(found_by("I1", lived.case(db))) == {a_row(one), a_row(other)}


def test_i2_a_live_pair_without_a_place(lived):
    with spoilt(lived, "pair") as db:
        without = write(db, pair_of(db, 0), place_number=None)

        assert broken(lived.case(db)) == {"I2": {without}}


def test_i2_two_live_pairs_in_one_place(lived):
    with spoilt(lived, "pair") as db:
        one, other = pair_of(db, 3), pair_of(db, 4)
        write(db, other, mentor_id=one.mentor_id)

        found = rows(found_by("I2", lived.case(db)))

        assert len(found) == 1
        assert found < {a_row(one), a_row(other)}


def test_i2_more_free_places_than_a_mentor_carries(lived, db):
    taken = select(Pair.mentor_id).where(col(Pair.state).in_(LIVE))
    free = db.exec(select(Mentor).where(col(Mentor.id).not_in(taken))).first()
    busy = db.get(Mentor, pair_of(db, 0).mentor_id)
    db.add(MentorPlace(mentor_id=free.id, number=2))
    db.flush()
    write(db, busy, places=0)

    assert broken(lived.case(db)) == {"I2": {a_row(free)}}


def test_i12_a_link_that_kept_two_apart_when_they_were_offered(lived, db):
    pair = pair_of(db, 0)
    ends = {"one_leaver_id": pair.leaver_id, "other_mentor_id": pair.mentor_id}
    link = Link(kind=LinkKind.NON_ASSOCIATION, recorded_at=OFFERED_AT - MINUTE, **ends)
    db.add(link)
    db.flush()

    assert broken(lived.case(db)) == {"I12": {a_row(pair)}}
    for told in (
        {"recorded_at": OFFERED_AT + MINUTE},
        {"recorded_at": OFFERED_AT},
        {"recorded_at": NOW - DAY, "closed_at": OFFERED_AT - MINUTE},
    ):
        write(db, link, **told)
        assert found_by("I12", lived.case(db)) == set()
    write(db, link, recorded_at=NOW - DAY, closed_at=OFFERED_AT + MINUTE)
    assert rows(found_by("I12", lived.case(db))) == {a_row(pair)}


def test_i12_a_gate_that_was_shut_and_a_vetting_that_was_over(lived, db):
    one, other = pair_of(db, 0), pair_of(db, 2)
    of_leaver = select(Screening).where(Screening.leaver_id == one.leaver_id)
    write(db, db.exec(of_leaver).one(), mappa_level=None)
    of_mentor = select(Supervision).where(Supervision.mentor_id == other.mentor_id)
    write(db, db.exec(of_mentor).one(), supervision_until=(NOW - DAY).date())

    assert broken(lived.case(db)) == {"I12": {a_row(one), a_row(other)}}


def test_i12_a_mentor_who_had_said_no_before(lived, db):
    pair = pair_of(db, 0)
    declined = db.exec(select(Pair).where(Pair.end_reason == EndReason.DECLINED)).one()
    own = {"leaver_id": pair.leaver_id, "mentor_id": pair.mentor_id}
    write(db, declined, **own, state_since=OFFERED_AT - MINUTE)

    assert a_row(pair) in rows(found_by("I12", lived.case(db)))
    write(db, declined, state_since=OFFERED_AT + MINUTE)
    assert found_by("I12", lived.case(db)) == set()


def test_i12_is_not_asked_about_what_has_changed_since_by_the_audit(lived):
    with spoilt(lived, "audit_entry") as db:
        pair, past = pair_of(db, 0), (NOW - 30 * DAY).date()
        write(db, leaver(db, 0), release_date=past)
        against = found_by("I12", lived.case(db))
        an_entry(db, leaver(db, 0), {"release_date"}, OFFERED_AT + MINUTE)

        assert rows(against) == {a_row(pair)}
        assert found_by("I12", lived.case(db)) == set()


def test_every_gate_and_rule_says_what_it_rests_on():
    codes = {rule.code for rule in RULES} | {gate.code for gate in GATES}
    columns = {name for kind in (Leaver, Mentor, Referral) for name in kind.model_fields}

    assert codes - RESTS_ON.keys() == {"a_free_place"}
    assert RESTS_ON.keys() <= codes
    assert set(" ".join(RESTS_ON.values()).split()) <= columns


def test_i17_a_pair_that_was_moved_on_after_its_end(lived, db):
    pair = pair_of(db, 1)
    moved = {"move": Move.RESUME, "from_state": PairState.ENDED, "to_state": PairState.ACCEPTED}
    db.add(PairHistory(pair_id=pair.id, moved_at=lived.now, **moved))
    db.flush()

    assert broken(lived.case(db)) == {"I17": {a_row(pair)}}


@pytest.mark.parametrize(
    ("noun", "row", "values"),
    [
        ("pair", lambda db: pair_of(db, 0), {"state": PairState.SUSPENDED}),
        ("pair", lambda db: pair_of(db, 1), {"end_reason": EndReason.DIED}),
        ("pair", lambda db: pair_of(db, 1), {"end_reason": None}),
        ("letter", a_sent_letter, {"state": LetterState.DUE, "sent_at": None}),
        (
            "referral",
            lambda db: db.get(Referral, pair_of(db, 1).referral_id),
            {"state": ReferralState.WAITING},
        ),
    ],
)
def test_i17_an_end_that_was_taken_back(lived, noun, row, values):
    with spoilt(lived, noun) as db:
        taken_back = write(db, row(db), **values)

        assert rows(found_by("I17", lived.case(db))) == {taken_back}


def test_i17_and_i6_what_stands_and_was_sent_after_a_death(lived, db):
    referral = a_row(db.get(Referral, pair_of(db, 0).referral_id))
    told = {"leaver_id": pair_of(db, 0).leaver_id, "recorded_at": NOW + 2 * HOUR}
    moments = {"happened_at": NOW, "applied_at": NOW}
    db.add(Event(key="died", kind=EventKind.DIED, **told, **moments))
    db.flush()

    assert rows(found_by("I17", lived.case(db))) == {referral}
    about = select(Letter).where(Letter.pair_id == pair_of(db, 0).id)
    since = NOW + 2 * HOUR + MINUTE
    late = {a_row(one) for one in db.exec(about) if one.sent_at and one.sent_at > since}
    assert rows(found_by("I6", lived.case(db))) == late
    assert a_row(a_sent_letter(db, 0, LetterKind.INTRODUCTION)) in late
    for kind, found in ((LetterKind.STOOD_DOWN, 1), (LetterKind.RING_US, 0)):
        write(db, a_sent_letter(db, 0, LetterKind.INTRODUCTION), kind=kind)
        [sent] = db.exec(about.where(Letter.kind == kind)).all()
        assert len({a_row(sent)} & rows(found_by("I6", lived.case(db)))) == found
        write(db, sent, kind=LetterKind.INTRODUCTION)


def test_i17_a_history_with_a_move_missing(lived, db):
    pair = pair_of(db, 0)
    lines = PairHistory.__table__
    db.execute(delete(lines).where(lines.c.pair_id == pair.id, lines.c.move == Move.APPROVE))

    assert rows(found_by("I17", lived.case(db))) == {a_row(pair)}


# Letters ---------------------------------------------------------------------------------------


def test_i3_two_letters_under_one_key(lived):
    with spoilt(lived, "letter") as db:
        offer = a_sent_letter(db)
        other = planned_letter(db, LetterKind.FIRST_MEETING_WARNING)
        write(db, other, key=offer.key)

        assert broken(lived.case(db)) == {"I3": {a_row(offer), a_row(other)}}


@pytest.mark.parametrize(
    "lacking",
    [
        {"answer": None},
        {"answer": ""},
        {"answer": "550 no such mailbox"},
        {"message_id": None},
        {"attempt": 0},
        {"sent_at": None},
    ],
)
def test_i4_a_letter_called_sent_that_nobody_took(lived, lacking):
    with spoilt(lived, "letter") as db:
        letter = write(db, a_sent_letter(db), **lacking)

        assert rows(found_by("I4", lived.case(db))) == {letter}
        assert broken(lived.case(db)).keys() <= {"I4", "I17"}


def test_i5_a_sent_letter_that_the_journal_does_not_know(lived, db, tmp_path):
    offer = a_sent_letter(db)
    journal = without_lines(lived, tmp_path, offer.key)
    sent = db.exec(select(Letter).where(Letter.state == LetterState.SENT)).all()
    none_there = Journal(tmp_path / "nothing.jsonl")

    assert broken(lived.case(db, journal=journal)) == {"I5": {a_row(offer)}}
    assert rows(found_by("I5", lived.case(db, journal=none_there))) == set(map(a_row, sent))
    assert not none_there.path.exists()


def test_i6_letters_that_were_sent_after_the_referral_was_withdrawn(lived, db):
    referral = db.get(Referral, pair_of(db, 0).referral_id)
    since = NOW + 2 * HOUR
    write(db, referral, state=ReferralState.WITHDRAWN, state_since=since)
    about = select(Letter).where(Letter.pair_id == pair_of(db, 0).id)
    after = {a_row(one) for one in db.exec(about) if one.sent_at and one.sent_at > since + MINUTE}

    assert rows(found_by("I6", lived.case(db))) == after
    assert broken(lived.case(db)).keys() == {"I6", "I17"}  # and its pair is still under way
    assert len(after) > 1


def test_i6_letters_that_were_sent_to_a_mentor_who_had_left(lived, db):
    mentor = db.get(Mentor, pair_of(db, 0).mentor_id)
    write(db, mentor, state=MentorState.ENDED, state_since=NOW + 2 * HOUR)
    found = rows(found_by("I6", lived.case(db)))

    assert a_row(a_sent_letter(db, 0, LetterKind.CALENDAR_ENTRY)) in found
    assert a_row(a_sent_letter(db)) not in found  # sent before


def test_i6_a_letter_about_a_pair_that_had_ended(lived, db):
    about_another = a_sent_letter(db, 0, LetterKind.CALENDAR_ENTRY)
    lines = PairHistory.__table__
    ended = (lines.c.pair_id == pair_of(db, 1).id) & (lines.c.to_state == PairState.ENDED)
    db.execute(update(lines).where(ended).values(moved_at=about_another.sent_at - 2 * MINUTE))
    late = write(db, about_another, pair_id=pair_of(db, 1).id)

    assert late in rows(found_by("I6", lived.case(db)))
    db.execute(update(lines).where(ended).values(moved_at=about_another.sent_at - MINUTE / 2))
    assert late not in rows(found_by("I6", lived.case(db)))


def test_i6_a_letter_that_was_sent_after_the_clock_was_set_back_to_before_its_pair(lived, db):
    ahead = {"moved_at": NOW + 300 * HOUR}
    db.execute(
        update(PairHistory).where(col(PairHistory.pair_id) == pair_of(db, 0).id).values(ahead)
    )

    assert found_by("I6", lived.case(db)) == set()


def test_i6_an_offer_that_went_at_a_time_before_it_was_planned_as_the_clock_was_set_back(lived, db):
    offer = a_sent_letter(db)
    moved = select(PairHistory.moved_at).where(PairHistory.pair_id == offer.pair_id)
    proposed_at, offered_at = db.exec(moved.order_by(col(PairHistory.number)).limit(2)).all()
    between = proposed_at + (offered_at - proposed_at) / 2
    began = col(LetterAttempt.letter_id) == offer.id
    db.execute(update(LetterAttempt).where(began).values(begun_at=between))

    assert proposed_at + MINUTE < between < offered_at
    assert found_by("I6", lived.case(db)) == set()


def test_i7_a_letter_that_was_sent_after_its_time(lived, db):
    offer = a_sent_letter(db)
    at = offer.sent_at
    late = write(db, offer, due_at=at - 2 * HOUR, not_after=at - HOUR)

    assert broken(lived.case(db)) == {"I7": {late}}


def test_i7_a_letter_that_was_sent_at_night_unless_it_is_urgent(lived, db):
    offer, night = a_sent_letter(db), datetime(2026, 11, 22, 22, tzinfo=UTC)
    began = col(LetterAttempt.letter_id) == offer.id
    db.execute(update(LetterAttempt).where(began).values(begun_at=night))
    at_night = write(db, offer, due_at=night - HOUR)
    found = found_by("I7", lived.case(db))
    write(db, offer, urgent=True)

    assert rows(found) == {at_night}
    assert found_by("I7", lived.case(db)) == set()


def test_i8_a_letter_that_was_taken_more_often_than_it_was_tried(lived, db, tmp_path):
    offer = a_sent_letter(db)
    twice = taken_again(lived, tmp_path, offer, attempt=1)

    assert broken(lived.case(db, journal=twice)) == {"I8": {a_row(offer)}}


@pytest.mark.parametrize(
    ("outcome", "goes_too_often"),
    [
        (AttemptOutcome.UNKNOWN, False),
        (None, False),  # the worker died, and nobody has looked since
        (AttemptOutcome.TAKEN, True),
        (AttemptOutcome.DEFERRED, True),
        (AttemptOutcome.REFUSED, True),
    ],
)
def test_i8_allows_one_more_only_for_an_attempt_whose_end_nobody_knew(
    lived, db, tmp_path, outcome, goes_too_often
):
    offer = a_sent_letter(db)
    twice = taken_again(lived, tmp_path, offer, attempt=2)
    first = db.get_one(LetterAttempt, (offer.id, 1))
    first.outcome, first.ended_at = outcome, first.ended_at if outcome else None
    db.add(taken_at_attempt(2, offer))
    db.flush()
    write(db, offer, attempt=2)

    found = rows(found_by("I8", lived.case(db, journal=twice)))

    assert found == ({a_row(offer)} if goes_too_often else set())


def test_i8_a_hand_over_that_left_no_row_though_it_was_begun(lived, db):
    offer = a_sent_letter(db, 0, LetterKind.INTRODUCTION)
    db.execute(delete(LetterAttempt).where(col(LetterAttempt.letter_id) == offer.id))

    assert broken(lived.case(db)) == {"I8": {a_row(offer)}}


def test_i8_a_hand_over_from_before_there_were_rows_needs_none(lived, db):
    db.execute(delete(LetterAttempt))

    assert found_by("I8", lived.case(db)) == set()


def test_i8_a_hand_over_that_was_begun_after_a_yes_whatever_came_of_it(lived, db):
    offer = a_sent_letter(db)
    refused = taken_at_attempt(2, offer)
    refused.outcome = AttemptOutcome.REFUSED
    db.add(refused)
    db.flush()

    assert broken(lived.case(db)) == {"I8": {a_row(offer)}}


def test_every_hand_over_of_the_week_left_a_row_that_says_what_came_of_it(lived, db):
    letters = db.exec(select(Letter).where(Letter.attempt >= 1)).all()
    attempts = db.exec(select(LetterAttempt)).all()

    assert {(one.letter_id, one.attempt) for one in attempts} == {
        (letter.id, number) for letter in letters for number in range(1, letter.attempt + 1)
    }
    assert {one.outcome for one in attempts} == {AttemptOutcome.TAKEN}
    assert all(one.begun_at <= one.ended_at for one in attempts)


def taken_at_attempt(number, letter):
    told = {"begun_at": letter.sent_at, "ended_at": letter.sent_at}
    return LetterAttempt(letter_id=letter.id, attempt=number, outcome=AttemptOutcome.TAKEN, **told)


def taken_again(lived, folder, letter, *, attempt):
    """The journal, with one more line for a letter."""
    lines = lived.journal.path.read_text()
    [line] = [one for one in lines.splitlines() if letter.key in one]
    again = json.dumps(json.loads(line) | {"attempt": attempt})
    journal = folder / "journal.jsonl"
    journal.write_text(f"{lines}{again}\n")
    return Journal(journal)


def test_i8_a_letter_that_was_begun_again_after_a_yes(lived, db):
    offer = a_sent_letter(db)
    an_entry(db, offer, {"attempt"}, lived.now)

    assert broken(lived.case(db)) == {"I8": {a_row(offer)}}


# What is due -----------------------------------------------------------------------------------


def a_late_reminder(lived, db):
    reminder = planned_letter(db, LetterKind.MEETING_REMINDER)
    return write(db, reminder, due_at=lived.now - 16 * MINUTE)


def test_i9_a_letter_that_is_due_and_has_not_left(lived, db):
    assert broken(lived.case(db)) == {}
    late = a_late_reminder(lived, db)

    assert broken(lived.case(db)) == {"I9": {late}}


def test_i9_a_letter_that_is_held_by_nobody(lived, db):
    reminder = planned_letter(db, LetterKind.MEETING_REMINDER)
    held = {"state": LetterState.CLAIMED, "lease_until": lived.now - 16 * MINUTE}
    forgotten = write(db, reminder, **held)

    assert broken(lived.case(db)) == {"I9": {forgotten}}


def test_i9_an_offer_that_did_not_lapse_and_a_job_that_nobody_did(lived, db):
    over = {"state": PairState.OFFERED, "answer_by": lived.now - 16 * MINUTE}
    offered = write(db, pair_of(db, 4), **over)
    db.execute(delete(JobRun.__table__).where(JobRun.__table__.c.job == "keep up"))

    assert rows(found_by("I9", lived.case(db))) == {offered, ("job_run", "keep up")}


def test_i9_a_post_on_hold_is_told_of_and_not_broken(lived, db):
    a_late_reminder(lived, db)
    db.add(PostHold(since=lived.now - DAY, why="A backup was put back."))
    db.flush()

    [verdict] = examine(lived.case(db), [one for one in INVARIANTS if one.code == "I9"])

    assert verdict.health is Health.SOUND
    assert "Letters by text message wait: the post is on hold since 2026-11-26 09:30 UTC." in (
        verdict.notes
    )


def test_i9_without_a_clock_or_a_way_to_send_nothing_is_called_stuck(lived, db):
    a_late_reminder(lived, db)
    i9 = [one for one in INVARIANTS if one.code == "I9"]
    [no_way] = examine(lived.case(db, channels={Channel.PRINT}), i9)
    [later] = examine(lived.case(db, real_now=REAL_NOW + HOUR), i9)
    db.execute(update(ClockHealth.__table__).values(last_jump_at=REAL_NOW - MINUTE))
    db.expire_all()
    [jumped] = examine(lived.case(db), i9)

    assert (no_way.health, later.health, jumped.health) == (
        Health.SOUND,
        Health.NOT_LOOKED_AT,
        Health.NOT_LOOKED_AT,
    )
    assert "Letters by e-mail wait: nothing is set up to send them." in no_way.notes


# Plans and times -------------------------------------------------------------------------------


def test_i10_a_meeting_on_other_days_than_the_plan_gives(lived, db):
    meeting = a_meeting(db, MeetingKind.FOLLOW_UP)
    moved = write(db, meeting, window_last=meeting.window_last + DAY)

    assert broken(lived.case(db)) == {"I10": {moved}}


def test_i10_a_meeting_or_a_letter_that_is_missing_or_was_never_planned(lived, db):
    pair, ended = a_row(pair_of(db, 0)), pair_of(db, 1)
    meeting = a_meeting(db, MeetingKind.REVIEW)
    write(db, meeting, state=MeetingState.CANCELLED)
    extra = copy(db, meeting, id=uuid4(), pair_id=ended.id, state=MeetingState.PLANNED)
    too_much = copy(db, meeting, id=uuid4(), number=99, state=MeetingState.PLANNED)

    assert rows(found_by("I10", lived.case(db))) == {pair, extra, too_much}


def test_i10_a_release_date_that_the_plan_did_not_follow(lived, db):
    write(db, leaver(db, 2), release_date=leaver(db, 2).release_date + 7 * DAY)
    pair, ours = a_row(pair_of(db, 2)), select(Meeting).where(Meeting.pair_id == pair_of(db, 2).id)
    theirs = set(map(a_row, db.exec(ours)))

    found = rows(found_by("I10", lived.case(db)))

    assert len(found & theirs) > 5
    assert {row for row in found if row[0] != "letter"} <= theirs | {pair}


@pytest.mark.parametrize("zone", ["Europe/London", "Europe/Nowhere", None])
def test_i18_a_moment_that_is_not_the_local_time(lived, zone):
    with spoilt(lived, "meeting") as db:
        meeting = a_meeting(db, MeetingKind.INTRODUCTION)
        hours = HOUR if zone == "Europe/London" else 0 * HOUR
        wrong = write(db, meeting, starts_at=meeting.starts_at + hours, zone=zone)

        assert broken(lived.case(db)) == {"I18": {wrong}}


@pytest.mark.parametrize("hour", [0, 1])
def test_i18_of_an_hour_that_comes_twice_either_moment_is_right(lived, db, hour):
    meeting = a_meeting(db, MeetingKind.INTRODUCTION)
    twice = datetime(2027, 10, 31, 1, 30)  # noqa: DTZ001  local time, as people were told
    write(db, meeting, starts_local=twice, starts_at=datetime(2027, 10, 31, hour, 30, tzinfo=UTC))

    assert found_by("I18", lived.case(db)) == set()


# What is kept ----------------------------------------------------------------------------------


def test_i14_a_letter_to_nobody(lived, db):
    reminder = planned_letter(db, LetterKind.MEETING_REMINDER)
    to_nobody = write(db, reminder, recipient=f"mentor:{uuid4()}")

    assert broken(lived.case(db)) == {"I14": {to_nobody}}
    for recipient in ("mentor:", "manager:Z", "someone", f"mentor:{pair_of(db, 2).mentor_id}"):
        write(db, reminder, recipient=recipient)
        assert rows(found_by("I14", lived.case(db))) == {to_nobody}


def test_i14_a_key_that_tells_of_nothing(lived, db):
    task = db.exec(select(Task).order_by(Task.key)).first()
    orphan = write(db, task, key=f"no_answer:{uuid4()}")

    assert broken(lived.case(db)) == {"I14": {orphan}}


def test_i14_a_row_whose_reference_leads_nowhere(lived):
    with spoilt(lived, "pair") as db:
        pair = write(db, pair_of(db, 3), plan_run_id=uuid4())

        assert broken(lived.case(db)) == {"I14": {pair}}


def test_i14_files_that_belong_to_no_letter(lived, db, tmp_path):
    post = tmp_path / "post"
    shutil.copytree(lived.post_folder, post)
    for name in (f"{uuid4()}.json", "left.77.part"):
        (post / name).write_text("{}")
    stray = next(name for name in post.glob("*.json") if name.read_text() == "{}").name
    in_an_hour = datetime.now(UTC) + HOUR

    now = found_by("I14", lived.case(db, post_folder=post, real_now=datetime.now(UTC)))
    later = found_by("I14", lived.case(db, post_folder=post, real_now=in_an_hour))

    assert rows(now) == {("file", stray)}
    assert rows(later) == {("file", stray), ("file", "left.77.part")}


def test_i15_a_row_that_is_gone_and_was_never_removed(lived, db):
    reminder = planned_letter(db, LetterKind.MEETING_REMINDER)
    gone = a_row(reminder)
    db.execute(delete(Letter.__table__).where(Letter.__table__.c.id == reminder.id))

    assert rows(found_by("I15", lived.case(db))) == {gone}
    assert broken(lived.case(db)).keys() == {"I10", "I15"}  # and nobody will be reminded


def test_i15_a_row_that_went_back_to_an_earlier_version(lived, db):
    referral = db.get(Referral, pair_of(db, 0).referral_id)
    older = write(db, referral, version=1)

    assert broken(lived.case(db)) == {"I15": {older}}


def test_i15_an_entry_that_is_missing_in_the_audit(lived):
    with spoilt(lived, "audit_entry") as db:
        entries = AuditEntry.__table__
        db.execute(delete(entries).where(entries.c.number == 3))
        found = broken(lived.case(db))
        db.execute(delete(entries).where(entries.c.number <= 4))

        assert found == {"I15": {("audit_entry", "2")}}
        assert ("audit_entry", "0") in rows(found_by("I15", lived.case(db)))


def test_i15_a_row_that_was_removed_and_is_there_again(lived, db):
    removed = a_row(leaver(db, 5))
    an_entry(db, leaver(db, 5), (), lived.now, action="remove")

    assert broken(lived.case(db)) == {"I15": {removed}}
