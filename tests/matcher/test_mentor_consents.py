"""What a mentor says to each purpose, and that a no is followed before anything else happens."""

from datetime import timedelta

import pytest
from sqlmodel import select

from matcher.consents_said import is_refused
from matcher.desks.mentor_words import Said, say
from matcher.handing_over import hand_over
from matcher.mentor_consents import record, standing_of_mentor
from matcher.printed_letters import as_pdf, printed_letter
from matcher.recipients import behind, place_for
from matcher.refusing import NotAllowed
from models.contacts import Contact
from models.privacy import Consent
from models.privacy_words import OF_MENTORS, Purpose
from models.states import Channel, LetterKind, MentorState
from tests.matcher.lettered import MENTOR_EMAIL, SETTINGS, a_reachable_pair, planned, sent
from tests.matcher.merges import merge
from tests.rows import NOW, TODAY, a_mentor_row, places_of

LATER = NOW + timedelta(minutes=5)
WORDS = "I came out in 2014. It got better."


@pytest.fixture
def there(db):
    """A mentor with a leaver, words of their own and a phone."""
    accepted = a_reachable_pair(db)
    accepted.mentor.own_words = WORDS
    reached = {"email": MENTOR_EMAIL, "phone": "07700 900123"}
    recorded = NOW + timedelta(seconds=1)
    db.add(Contact(mentor_id=accepted.mentor.id, recorded_at=recorded, **reached))
    accepted.plan()
    db.commit()
    return accepted


def says(there, purpose, given, told_on=TODAY, now=LATER):
    told = {"given": given, "told_on": told_on, "by": there.manager.id, "now": now}
    record(there.db, there.mentor, purpose, **told)
    there.db.commit()


def standing(there):
    return {one.purpose: one for one in standing_of_mentor(there.db, there.mentor)}


def in_the_tray(there):
    [letter] = there.letters(LetterKind.INTRODUCTION)
    sent(there.db, letter)
    return letter


def test_who_was_never_asked_by_purpose_said_yes_to_being_a_mentor_and_nothing_else(there):
    stands = standing(there)

    assert tuple(stands) == OF_MENTORS
    assert {one.said for one in stands.values()} == {None}
    assert {one.yes_since for one in stands.values()} == {there.mentor.consented_on}
    assert there.mentor.consented_on is not None


def test_what_is_said_to_one_purpose_stands_for_that_one_alone_and_the_newest_counts(there):
    says(there, Purpose.TEXTS, given=False)
    says(there, Purpose.TEXTS, given=True, now=LATER + timedelta(minutes=1))

    stands = standing(there)

    assert stands[Purpose.TEXTS].said.given is True
    assert stands[Purpose.TEXTS].yes_since is None
    assert stands[Purpose.OWN_WORDS].said is None
    assert len(there.db.exec(select(Consent)).all()) == 2


def test_a_no_to_being_a_mentor_is_the_same_as_taking_back_all_consent(there):
    yesterday = TODAY - timedelta(days=1)

    says(there, Purpose.WALKING, given=False, told_on=yesterday)

    said = standing(there)[Purpose.WALKING].said
    assert there.mentor.state is MentorState.ENDED
    assert there.mentor.consented_on is None
    assert (said.given, said.told_on, said.recorded_by) == (False, yesterday, there.manager.id)
    with pytest.raises(NotAllowed, match="stopped being a mentor"):
        says(there, Purpose.WALKING, given=True, now=LATER + timedelta(minutes=1))


def test_a_no_is_outdated_by_a_yes_of_a_file_that_came_later(there):
    says(there, Purpose.WALKING, given=False)
    there.mentor.consented_on = TODAY

    stands = standing(there)[Purpose.WALKING]

    assert (stands.said, stands.yes_since) == (None, TODAY)


def test_a_yes_of_a_mentor_with_no_day_on_file_is_that_day(there):
    there.mentor.consented_on = None

    says(there, Purpose.WALKING, given=True)

    assert there.mentor.consented_on == TODAY


def test_a_no_to_own_words_takes_them_and_the_name_out_of_a_letter_in_the_tray(there):
    letter = in_the_tray(there)
    before = printed_letter(letter)

    says(there, Purpose.OWN_WORDS, given=False)

    after = printed_letter(letter)
    assert (before.mentor_words, before.mentor_first_name) == (WORDS, there.mentor.first_name)
    assert (after.mentor_words, after.mentor_first_name) == ("", "")
    assert there.mentor.own_words == ""
    assert as_pdf(there.db, letter, SETTINGS, now=LATER).startswith(b"%PDF")


def test_a_letter_that_is_made_after_a_no_says_neither_words_nor_name(there):
    says(there, Purpose.OWN_WORDS, given=False)
    there.mentor.own_words = "By another hand."
    there.db.commit()

    told = printed_letter(in_the_tray(there))

    assert (told.mentor_words, told.mentor_first_name) == ("", "")


def test_a_letter_that_was_handed_over_stays_as_it_was(there):
    letter = in_the_tray(there)
    hand_over(there.db, letter, by=None, now=NOW)
    facts = dict(letter.facts)

    says(there, Purpose.OWN_WORDS, given=False)

    assert letter.facts == facts


def test_words_are_taken_again_only_after_a_yes(there):
    says(there, Purpose.OWN_WORDS, given=False)
    told = {"by": None, "now": LATER}
    with pytest.raises(NotAllowed, match="You said no to your own words"):
        say(there.db, there.mentor, Said(own_words=WORDS), **told)
    say(there.db, there.mentor, Said(email=MENTOR_EMAIL), **told)

    says(there, Purpose.OWN_WORDS, given=True, now=LATER + timedelta(minutes=1))
    say(there.db, there.mentor, Said(own_words=WORDS, email=MENTOR_EMAIL), **told)

    assert there.mentor.own_words == WORDS


def test_after_a_no_to_texts_what_was_planned_as_one_goes_as_an_e_mail(there):
    rows = behind(there.db, planned(there, LetterKind.MEETING_REMINDER, channel=Channel.TEXT))
    before = place_for(there.db, rows, by_text=True)

    says(there, Purpose.TEXTS, given=False)

    after = place_for(there.db, rows, by_text=True)
    assert (before.channel, before.address) == (Channel.TEXT, "+447700900123")
    assert (after.channel, after.address) == (Channel.EMAIL, MENTOR_EMAIL)


def test_a_day_ahead_is_refused_and_changes_nothing(there):
    with pytest.raises(NotAllowed, match="That day has not come yet"):
        says(there, Purpose.OWN_WORDS, given=False, told_on=TODAY + timedelta(days=1))

    assert there.mentor.own_words == WORDS
    assert there.db.exec(select(Consent)).all() == []


def test_a_no_of_either_record_counts_for_the_mentor_that_two_records_are(there):
    says(there, Purpose.OWN_WORDS, given=False)
    stays = a_mentor_row(birth_date=there.mentor.birth_date, own_words=WORDS)
    there.db.add_all([stays, *places_of(stays)])
    there.db.flush()

    merge(there.db, stays, there.mentor.code)

    assert stays.own_words == ""
    assert is_refused(there.db, stays.id, Purpose.OWN_WORDS)
