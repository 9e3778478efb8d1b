"""What letters say: enough to act on, and nothing that must not lie in a mailbox."""

import re
from dataclasses import replace

import pytest

from matcher import post
from matcher.letter_texts import TEXTS, words_for
from matcher.recipients import Party, behind, place_for
from matcher.settings import Settings
from models.contacts import Contact
from models.states import Channel, LetterKind, MeetingKind, Role
from models.vocabulary import Region
from tests.matcher.accepted import on
from tests.matcher.lettered import MENTOR_EMAIL, SETTINGS, a_reachable_pair, planned
from tests.rows import NOW, an_account

RECIPIENTS = {
    Party.MENTOR: lambda accepted: post.to_mentor(accepted.mentor.id),
    Party.PRACTITIONER: lambda accepted: post.to_practitioner(accepted.leaver.id),
    Party.MANAGER: lambda accepted: post.to_manager(accepted.referral.region),
    Party.ACCOUNT: lambda accepted: post.to_account(accepted.mentor.id),
}
CANARIES = {"first_name": "Zebedee", "surname": "Quillfeather"}
NEVER = re.compile(
    r"prison|gaol|jail|release|offen|leaver|mentee|licence|probation|sentence|custody",
    re.IGNORECASE,
)


def words(db, accepted, kind, party=Party.MENTOR, settings=SETTINGS, **told):
    letter = planned(accepted, kind, recipient=RECIPIENTS[party](accepted), **told)
    return words_for(db, behind(db, letter), settings)


def test_every_text_is_free_of_names_and_of_what_it_is_about(db):
    accepted = a_reachable_pair(db)
    for person in (accepted.leaver, accepted.mentor):
        for name, value in CANARIES.items():
            setattr(person, name, value)
    accepted.plan()
    meeting = accepted.meeting(MeetingKind.INTRODUCTION)
    accepted.book(meeting, on(meeting.window_first, 14))
    db.commit()

    for number, (kind, party) in enumerate(TEXTS, start=2):
        for channel in (Channel.EMAIL, Channel.TEXT):
            said = words(
                db, accepted, kind, party, channel=channel, meeting_id=meeting.id, number=number
            )

            whole = f"{said.subject}\n{said.body}"
            assert not NEVER.search(whole), whole
            assert not any(canary in whole for canary in CANARIES.values())
            assert accepted.leaver.prison_number not in whole
            assert "{" not in whole
            assert "Visits hall" not in whole


def test_every_kind_of_letter_has_words_or_is_printed():
    in_words = {kind for kind, _ in TEXTS}

    assert set(LetterKind) - in_words == {LetterKind.INTRODUCTION}


def test_a_mentor_is_asked_to_sign_in_and_told_by_when(db):
    accepted = a_reachable_pair(db, answer_by=NOW.replace(day=26, hour=17, minute=0))

    said = words(db, accepted, LetterKind.OFFER)

    assert said.subject == "Sign in: something new for you"
    assert "by 5pm on Thursday 26 November 2026" in said.body
    assert "Sign in: https://gatemate.example" in said.body
    assert said.body.endswith("Gatemate\nQuestions? Ring 0808 157 0111.")


def test_a_text_message_is_short_and_has_no_sign_off(db):
    accepted = a_reachable_pair(db)
    accepted.plan()
    meeting = accepted.meeting(MeetingKind.INTRODUCTION)
    accepted.book(meeting, on(meeting.window_first, 14))
    [letter] = accepted.letters(LetterKind.MEETING_REMINDER)

    said = words_for(db, behind(db, letter), SETTINGS)

    assert letter.channel is Channel.TEXT
    assert len(said.body) <= 160
    assert "2pm" in said.body
    assert "\n" not in said.body


@pytest.mark.parametrize("kind", [LetterKind.PRACTITIONER_QUESTION, LetterKind.PRACTITIONER_NEWS])
def test_a_practitioner_is_asked_to_ring_the_manager_and_quote_the_reference(db, kind):
    accepted = a_reachable_pair(db)
    accepted.manager.name, accepted.manager.phone = "Alex Manager", "0113 496 0123"

    said = words(db, accepted, kind, Party.PRACTITIONER)

    assert "Please ring Alex Manager on 0113 496 0123" in said.body
    assert f"quote the reference {accepted.leaver.code}." in said.body


def test_the_manager_who_asked_is_the_one_to_ring(db):
    accepted = a_reachable_pair(db)
    deputy = an_account(Role.MANAGER, name="Sam Deputy", phone="0113 496 0999")
    db.add(deputy)
    db.flush()
    asked_by = {"asked_by": str(deputy.id)}

    said = words(db, accepted, LetterKind.PRACTITIONER_QUESTION, Party.PRACTITIONER, facts=asked_by)

    assert "ring Sam Deputy on 0113 496 0999" in said.body


def test_without_a_manager_at_work_the_service_is_rung(db):
    accepted = a_reachable_pair(db)
    accepted.manager.disabled_at = NOW

    said = words(db, accepted, LetterKind.PRACTITIONER_NEWS, Party.PRACTITIONER)

    assert "ring the manager on 0808 157 0111" in said.body


def test_a_letter_gives_one_number_and_that_is_the_managers_of_the_region(db):
    accepted = a_reachable_pair(db)
    accepted.manager.phone = "0808 157 0142"

    for number, (kind, party) in enumerate(TEXTS, start=2):
        said = words(db, accepted, kind, party, number=number).body

        right = "0808 157 0111" if party is Party.MANAGER else "0808 157 0142"
        assert re.findall("0808 157 0[0-9]{3}", said) == [right], said


def test_without_a_managers_number_a_letter_gives_the_services_once(db):
    accepted = a_reachable_pair(db)
    accepted.manager.phone = None

    for number, (kind, party) in enumerate(TEXTS, start=2):
        assert words(db, accepted, kind, party, number=number).body.count("0808 157 0111") == 1


def test_without_a_service_number_nobody_is_sent_to_an_empty_one(db):
    said = words(db, a_reachable_pair(db), LetterKind.DIGEST, settings=Settings())

    assert said.body.endswith("\n\nGatemate")


def test_a_letter_that_nobody_has_words_for_is_refused(db):
    accepted = a_reachable_pair(db)

    with pytest.raises(ValueError, match="no text of offer for the practitioner"):
        words(db, accepted, LetterKind.OFFER, Party.PRACTITIONER)


def address(db, accepted, recipient, **told):
    letter = planned(accepted, recipient=recipient, **told)
    place = place_for(db, behind(db, letter), by_text=False)
    return place and place.address


def test_the_address_is_the_newest_that_a_mentor_gave(db):
    accepted = a_reachable_pair(db)
    newer = {"recorded_at": NOW.replace(hour=10), "email": "newer@example.com"}
    db.add(Contact(mentor_id=accepted.mentor.id, **newer))

    assert address(db, accepted, post.to_mentor(accepted.mentor.id)) == "newer@example.com"


def test_a_mentor_who_gave_none_is_written_to_where_they_sign_in(db):
    accepted = a_reachable_pair(db)
    none_given = {"recorded_at": NOW.replace(hour=10), "phone": "07700 900123"}
    account = an_account(Role.MENTOR, mentor_id=accepted.mentor.id, email="own@example.com")
    db.add_all([Contact(mentor_id=accepted.mentor.id, **none_given), account])

    assert address(db, accepted, post.to_mentor(accepted.mentor.id)) == "own@example.com"


def test_each_party_has_an_address_of_its_own(db):
    accepted = a_reachable_pair(db)

    assert address(db, accepted, post.to_mentor(accepted.mentor.id)) == MENTOR_EMAIL
    assert address(db, accepted, post.to_practitioner(accepted.leaver.id)) == "officer@example.com"
    assert (
        address(db, accepted, post.to_manager(accepted.referral.region)) == accepted.manager.email
    )
    printed = {"channel": Channel.PRINT, "kind": LetterKind.INTRODUCTION}
    assert address(db, accepted, post.to_leaver(accepted.leaver.id), **printed) == "print tray"


def test_a_region_without_a_manager_has_no_address(db):
    accepted = a_reachable_pair(db)

    assert address(db, accepted, post.to_manager(Region.WALES)) is None


def test_what_is_no_address_is_never_sent_to(db):
    accepted = a_reachable_pair(db)
    known = Contact(mentor_id=accepted.mentor.id, recorded_at=NOW.replace(hour=10))
    db.add(known)
    letter = planned(accepted)

    for typed in [
        *("", "robin", "robin@", "ro bin@example.com", "robin@example.com, x@example.com"),
        *("robin@example.com\nBcc: x@example.com", "siân@example.com", "-@-@example.com"),
    ]:
        known.email = typed
        db.flush()
        assert place_for(db, behind(db, letter), by_text=False) is None, typed


def test_without_any_phone_no_letter_asks_to_ring_nowhere(db):
    accepted = a_reachable_pair(db)
    accepted.manager.phone = None
    nobody = replace(SETTINGS, service_phone="")

    for number, (kind, party) in enumerate(TEXTS, start=2):
        for channel in (Channel.EMAIL, Channel.TEXT):
            told = {"number": number, "channel": channel, "settings": nobody}
            said = words(db, accepted, kind, party, **told).body
            assert not re.search(r"\bon *[.,]|Ring *\.|  ", said), said
