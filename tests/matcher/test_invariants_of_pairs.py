"""What a row says of another: whom a letter goes to, what is booked, and whose referral it is."""

import json
from datetime import timedelta

import pytest
from sqlmodel import col, select

from matcher.journal import Journal
from models.meetings import Meeting
from models.outbox import Letter
from models.pairs import LIVE, Pair
from models.people import Leaver, Mentor
from models.places import MentorPlace
from models.referrals import Referral
from models.states import LetterKind, LetterState, MeetingKind, ReferralState
from tests.matcher.lived import (
    DAY,
    a_meeting,
    a_sent_letter,
    a_service,
    broken,
    found_by,
    pair_of,
    spoilt,
    write,
)


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


def before_the_reminder(lived, db):
    """The picture as it is two days before the meeting that is booked."""
    booked = a_meeting(db, MeetingKind.INTRODUCTION)
    return lived.case(db, now=booked.starts_at - 2 * DAY), booked


def the_reminder(db, meeting):
    theirs = select(Letter).where(
        Letter.meeting_id == meeting.id, Letter.kind == LetterKind.MEETING_REMINDER
    )
    return db.exec(theirs).one()


def what(code, case, row):
    """All that is said of one row."""
    return {one.what for one in found_by(code, case) if (one.noun, one.row_id) == row}


@pytest.mark.parametrize("state", [LetterState.PLANNED, LetterState.SENT])
def test_i14_a_letter_about_a_pair_that_goes_to_the_mentor_of_another(lived, db, state):
    about = (Letter.pair_id == pair_of(db, 0).id, Letter.state == state)
    to_mentor = col(Letter.recipient).startswith("mentor:")
    letter = db.exec(select(Letter).where(*about, to_mentor)).first()
    other = pair_of(db, 2).mentor_id
    spoiled = write(db, letter, recipient=f"mentor:{other}", mentor_id=other)

    assert broken(lived.case(db)) == {"I14": {spoiled}}


def test_i10_a_booking_whose_reminder_was_cancelled_or_comes_too_late(lived, db):
    case, booked = before_the_reminder(lived, db)
    reminder = the_reminder(db, booked)
    assert not rows_about_booking(case)
    late = write(db, reminder, due_at=booked.starts_at + DAY, not_after=booked.starts_at + 2 * DAY)
    assert "it reminds of what will be over by then" in what("I10", case, late)

    write(db, reminder, state=LetterState.CANCELLED)

    told = what("I10", case, ("meeting", str(booked.id)))
    assert "its mentor will not be reminded of it" in told


def rows_about_booking(case):
    said = {one.what for one in found_by("I10", case)}
    return [one for one in said if "remind" in one or "booked for" in one]


def test_i10_a_meeting_in_prison_that_is_booked_for_after_the_gate(lived, db):
    booked = a_meeting(db, MeetingKind.INTRODUCTION)
    release = db.get_one(Leaver, pair_of(db, 0).leaver_id).release_date
    later = timedelta(days=(release - booked.starts_local.date()).days + 7)
    moved = {
        "starts_at": booked.starts_at + later,
        "starts_local": booked.starts_local + later,
        "window_last": booked.window_last + 2 * later,
    }
    spoiled = write(db, booked, **moved)

    assert "it is booked for a day that it may not have" in what("I10", lived.case(db), spoiled)


def test_i2_a_free_place_of_a_mentor_who_is_taken_elsewhere(lived, db):
    taken = select(Pair.mentor_id).where(col(Pair.state).in_(LIVE))
    has_place = col(Mentor.id).in_(select(MentorPlace.mentor_id))
    free = select(Mentor).where(col(Mentor.id).not_in(taken), has_place)
    mentor = write(db, db.exec(free).first(), taken_elsewhere=1)

    assert broken(lived.case(db)) == {"I2": {mentor}}


def test_i5_a_letter_that_left_under_another_message_id(lived, db, tmp_path):
    offer = a_sent_letter(db)
    lines = [json.loads(line) for line in lived.journal.path.read_text().splitlines()]
    for line in lines:
        if line["letter"] == str(offer.id):
            line["message_id"] = "<another@example.org>"
    (tmp_path / "journal.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))

    found = broken(lived.case(db, journal=Journal(tmp_path / "journal.jsonl")))

    assert found == {"I5": {("letter", str(offer.id))}}


@pytest.mark.parametrize("state", [ReferralState.WAITING, ReferralState.SCREENED])
def test_i17_an_accepted_pair_whose_referral_has_no_mentor(lived, db, state):
    pair = pair_of(db, 0)
    write(db, db.get_one(Referral, pair.referral_id), state=state)

    assert broken(lived.case(db)) == {"I17": {("pair", str(pair.id))}}


def test_i17_a_pair_on_offer_whose_referral_is_withdrawn(lived, db):
    pair = next(one for one in db.exec(select(Pair)) if one.is_live and not one.accepted_at)
    write(db, db.get_one(Referral, pair.referral_id), state=ReferralState.WITHDRAWN)

    assert what("I17", lived.case(db), ("pair", str(pair.id)))


def test_i17_a_pair_that_has_ended_and_was_given_another_mentor(lived, db):
    ended = pair_of(db, 1)
    spoiled = write(db, ended, mentor_id=pair_of(db, 0).mentor_id)

    assert what("I17", lived.case(db), spoiled) == {"it was a pair of other people"}


def test_every_booking_of_a_service_that_has_lived_has_its_reminder(lived, db):
    case, booked = before_the_reminder(lived, db)

    assert db.exec(select(Meeting).where(Meeting.id == booked.id)).one().starts_at > case.now
    assert not rows_about_booking(case)
