"""From the council's form to the manager's desk, and back when someone no longer consents."""

import re
from datetime import date, timedelta

import pytest
from pydantic import ValidationError
from sqlalchemy import update
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import select

from matcher import people_to_avoid, referrals, ringing
from matcher.desks.liaison_referral import told_so_far
from matcher.leaver_codes import LENGTH, LETTERS_AND_DIGITS, new_leaver_code
from matcher.referrals import Avoid, Completed, PutForward
from matcher.refusing import NotAllowed
from matcher.told_by_council import practitioner_of
from models.contacts import Contact, ContactFacts, Practitioner, PractitionerFacts
from models.council_words import Note, PersonToAvoid
from models.desk_words import ContactWay, RingReason, TaskKind
from models.ethnic_groups import EthnicGroup
from models.events import Event
from models.meetings import Meeting
from models.moves import IllegalMove
from models.outbox import Letter
from models.people import Leaver
from models.referrals import Referral
from models.release_words import DateKind, SentenceKind
from models.releases import ExpectedLeaver, ReleaseDate
from models.rows import count_change
from models.states import (
    EndReason,
    EventKind,
    LetterKind,
    LetterState,
    MeetingState,
    Move,
    PairState,
    ReferralMove,
    ReferralState,
    Role,
)
from models.tasks import Task
from models.vocabulary import Experience, Importance, Need, Region
from tests.factories import TODAY
from tests.matcher.people_waiting import a_manager, accepted, offered, proposed
from tests.rows import NOW, a_leaver_row, a_referral, an_account, an_expected_leaver

LATER = NOW + timedelta(hours=1)
NUMBER = "B2345CD"


def told(kind=PutForward, **changed):
    ordinary = {
        "prison_number": NUMBER,
        "first_name": "Siân",
        "surname": "O’Dea",
        "birth_date": date(1994, 4, 4),
        "sex": "female",
        "release_date": date(2027, 1, 27),
        "needs": {Need.WORK: Importance.HIGH},
        "experiences": {Experience.CARE, Experience.PARENT},
        "may_show": {Experience.PARENT},
        "resettling_in": "LS6",
        "consented_on": TODAY,
    }
    return kind(**ordinary | changed)


def put_forward(db, words=None, prison="LEI", now=NOW, by=None):
    referral = referrals.put_forward(db, words or told(), prison=prison, by=by, now=now)
    db.commit()
    return referral


def leaver_of(db, referral):
    return db.get_one(Leaver, referral.leaver_id)


@pytest.fixture
def peer(db):
    account = an_account(Role.PEER)
    db.add(account)
    db.commit()
    return account.id


def test_someone_is_put_forward_with_a_code_to_quote(db, peer):
    referral = put_forward(db, by=peer)

    leaver = leaver_of(db, referral)
    assert re.fullmatch(rf"GM-[{LETTERS_AND_DIGITS}]{{{LENGTH}}}", leaver.code)
    assert (leaver.first_name, leaver.surname, leaver.prison) == ("Siân", "O’Dea", "LEI")
    assert (referral.state, referral.put_forward_by) == (ReferralState.PUT_FORWARD, peer)
    assert (referral.put_forward_at, referral.consented_on) == (NOW, TODAY)
    assert referral.region is Region.YORKSHIRE
    assert referral.may_show == {Experience.PARENT}


def test_a_code_that_someone_has_is_not_given_again(db, monkeypatch):
    signs = iter("CCCCCDDDDD")
    monkeypatch.setattr("matcher.leaver_codes.secrets.choice", lambda _: next(signs))
    db.add(a_leaver_row(code="GM-CCCCC"))
    db.commit()

    assert new_leaver_code(db) == "GM-DDDDD"


def test_every_word_of_the_form_is_kept(db, peer):
    words = told(
        contact=ContactFacts(phone="07700 900123", shares=ContactWay.PHONE),
        avoid=(
            Avoid(name="Al", birth_date=date(1980, 1, 31), why="He beat me."),
            Avoid(name="Mo"),
        ),
        note="Walks with a stick.",
        note_shareable=True,
    )

    leaver = leaver_of(db, put_forward(db, words, by=peer))

    contact, note = db.exec(select(Contact)).one(), db.exec(select(Note)).one()
    avoided = {row.name: row for row in db.exec(select(PersonToAvoid))}
    assert (contact.leaver_id, contact.phone, contact.shares) == (
        leaver.id,
        "07700 900123",
        ContactWay.PHONE,
    )
    assert (note.text, note.shareable, note.recorded_by) == ("Walks with a stick.", True, peer)
    assert (avoided["Al"].birth_date, avoided["Al"].why) == (date(1980, 1, 31), "He beat me.")
    assert (avoided["Mo"].leaver_id, avoided["Mo"].settled_at) == (leaver.id, None)


def test_an_experience_that_is_not_ticked_cannot_be_shown():
    with pytest.raises(ValidationError, match="only an experience that is ticked"):
        told(may_show={Experience.FAITH})


@pytest.mark.parametrize("name", ["first_name", "surname"])
def test_nobody_is_put_forward_without_a_name(name):
    with pytest.raises(ValidationError):
        told(**{name: "  "})


def test_the_date_a_person_knows_counts_while_the_prison_has_given_none(db, peer):
    leaver = leaver_of(db, put_forward(db, told(release_date=date(2027, 1, 31)), by=peer))

    [given] = db.exec(select(ReleaseDate))
    assert (given.leaver_id, given.day, given.recorded_by) == (leaver.id, date(2027, 1, 31), peer)
    assert (given.kind, given.source) == (DateKind.RELEASE_AS_REPORTED, "as told to the council")
    assert leaver.release_date == date(2027, 1, 28)  # a Sunday: the Friday, and so the Thursday


def expected(db, *dates, **changed):
    row = an_expected_leaver(prison_number=NUMBER, birth_date=None, **changed)
    given = [
        ReleaseDate(expected_leaver_id=row.id, kind=kind, day=day, source="report", recorded_at=NOW)
        for kind, day in dates
    ]
    db.add_all([row, *given])
    db.commit()
    return row


def test_someone_expected_becomes_a_leaver_with_the_dates_of_the_report(db):
    day = date(2027, 2, 10)
    expected(db, (DateKind.CONDITIONAL, day), sentenced_on=date(2026, 10, 1))

    leaver = leaver_of(db, put_forward(db))

    kinds = {row.kind: row for row in db.exec(select(ReleaseDate))}
    assert db.exec(select(ExpectedLeaver)).all() == []
    assert {row.leaver_id for row in kinds.values()} == {leaver.id}
    assert kinds[DateKind.CONDITIONAL].source == "report"
    assert kinds[DateKind.RELEASE_AS_REPORTED].day == date(2027, 1, 27)
    assert (leaver.release_date, leaver.sentenced_on) == (day, date(2026, 10, 1))


def test_what_a_person_says_is_a_note_beside_a_date_of_the_same_kind_in_a_report(db):
    expected(db, (DateKind.RELEASE_AS_REPORTED, date(2027, 2, 10)))

    leaver = leaver_of(db, put_forward(db))

    [note] = db.exec(select(Note))
    assert leaver.release_date == date(2027, 2, 10)
    assert (note.text, note.shareable) == (
        "They say that they leave on Wednesday 27 January 2027.",
        False,
    )


def test_someone_expected_in_another_prison_is_not_taken_for_this_person(db):
    row = expected(db, prison="MDI")

    put_forward(db)

    assert db.exec(select(ExpectedLeaver)).all() == [row]


def test_another_date_of_birth_in_the_report_is_put_to_the_liaison(db):
    row = expected(db, (DateKind.CONDITIONAL, date(2027, 2, 10)))
    row.birth_date = date(1990, 9, 9)
    db.commit()
    referral = put_forward(db)

    [said] = referrals.missing_for_endorsing(db, referral)
    assert "another date of birth" in said
    referrals.complete(
        db, referral, told(Completed, birth_date=date(1990, 9, 9)), by=None, now=LATER
    )

    assert referrals.missing_for_endorsing(db, referral) == []
    assert leaver_of(db, referral).release_date == date(2027, 2, 10)


@pytest.mark.parametrize("state", [ReferralState.PUT_FORWARD, ReferralState.WAITING])
def test_nobody_is_put_forward_twice(db, state):
    put_forward(db).state = state
    db.commit()

    with pytest.raises(NotAllowed, match="put forward already"):
        put_forward(db, now=LATER)


@pytest.mark.parametrize("state", [ReferralState.WITHDRAWN, ReferralState.RELEASED_UNMATCHED])
def test_someone_whose_referral_is_over_may_come_again_under_the_same_code(db, state):
    first = put_forward(db)
    first.state = state
    code = leaver_of(db, first).code
    db.commit()

    again = put_forward(db, told(surname="Dea"), now=LATER)

    leaver = leaver_of(db, again)
    assert (leaver.code, leaver.surname, leaver.prison) == (code, "Dea", "LEI")
    assert len(db.exec(select(Referral)).all()) == 2


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({}, EthnicGroup.BLACK),
        ({"ethnic_group": None}, None),
        ({"ethnic_group": EthnicGroup.MIXED}, EthnicGroup.MIXED),
    ],
    ids=["left empty", "would rather not say", "another"],
)
def test_an_ethnic_group_stays_unless_something_else_is_said_of_it(db, said, kept):
    first = put_forward(db, told(ethnic_group=EthnicGroup.BLACK))

    referrals.complete(db, first, told(Completed, **said), by=None, now=LATER)

    assert leaver_of(db, first).ethnic_group is kept


def test_the_dates_of_an_earlier_stay_in_prison_count_no_longer(db):
    first = put_forward(db)
    first.state, leaver = ReferralState.RELEASED_UNMATCHED, leaver_of(db, first)
    given = {"kind": DateKind.CONFIRMED, "source": "report", "recorded_at": NOW}
    db.add(ReleaseDate(leaver_id=leaver.id, day=date(2027, 1, 27), **given))
    leaver.release_date = date(2027, 1, 27)
    db.commit()

    put_forward(db, told(release_date=date(2027, 9, 15)), now=NOW + timedelta(days=150))

    assert leaver.release_date == date(2027, 9, 15)
    confirmed = db.exec(select(ReleaseDate).where(ReleaseDate.kind == DateKind.CONFIRMED)).all()
    assert {row.day for row in confirmed} == {date(2027, 1, 27), None}


def test_someone_whose_pair_has_run_its_course_may_come_again(db):
    pair = accepted(db)
    leaver = db.get_one(Leaver, pair.leaver_id)
    words = told(prison_number=leaver.prison_number, birth_date=leaver.birth_date)
    with pytest.raises(NotAllowed):
        put_forward(db, words)
    db.rollback()
    pair.state, pair.end_reason, pair.place_number = PairState.ENDED, EndReason.COMPLETED, None
    db.commit()

    assert put_forward(db, words).leaver_id == leaver.id


def test_a_number_of_someone_else_is_refused_and_overwrites_nobody(db):
    first = put_forward(db)
    first.state = ReferralState.WITHDRAWN
    db.commit()

    with pytest.raises(NotAllowed, match="do not go together"):
        put_forward(db, told(birth_date=date(1970, 1, 1), surname="Other"), now=LATER)

    db.rollback()
    assert leaver_of(db, first).surname == "O’Dea"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"resettling_in": "ZZ9"}, "We do not know the postcode district ZZ9"),
        ({"consented_on": TODAY + timedelta(days=1)}, "day of consent has not come"),
        ({"birth_date": TODAY}, "date of birth has not come"),
        ({"release_date": TODAY - timedelta(days=1)}, "release date has passed"),
        ({"release_date": date(2199, 1, 1)}, "too far away"),
    ],
)
def test_what_cannot_be_is_named_and_changes_nothing(db, changed, sentence):
    with pytest.raises(NotAllowed, match=sentence):
        put_forward(db, told(**changed))

    assert db.exec(select(Leaver)).all() == []


def test_a_referral_is_endorsed_once_nothing_is_missing(db):
    referral = put_forward(db, told(release_date=None, needs={}))

    with pytest.raises(NotAllowed) as refused:
        referrals.endorse(db, referral, by=None, now=LATER)
    assert refused.value.sentences == (
        "Give a release date: none is on file.",
        "Tick what they want help with, at least one thing.",
    )
    referrals.complete(db, referral, told(Completed), by=None, now=LATER)
    referrals.endorse(db, referral, by=None, now=LATER)

    assert (referral.state, referral.endorsed_at) == (ReferralState.ENDORSED, LATER)


def test_the_liaison_puts_right_what_was_said(db):
    referral = put_forward(db)

    referrals.complete(
        db,
        referral,
        told(
            Completed,
            prison_number="C3456DE",
            sentence_kind=SentenceKind.PAROLE,
            interests={"chess"},
            resettling_in="NE1",
            practitioner=PractitionerFacts(name="Robin", email="robin@probation.example"),
        ),
        by=None,
        now=LATER,
    )
    db.commit()

    leaver = leaver_of(db, referral)
    assert (leaver.prison_number, leaver.sentence_kind) == ("C3456DE", SentenceKind.PAROLE)
    assert (referral.interests, referral.region) == ({"chess"}, Region.NORTH_EAST)
    assert db.exec(select(Practitioner)).one().email == "robin@probation.example"


def test_a_region_that_the_liaison_overrules_stays_until_the_district_changes(db):
    referral = put_forward(db)
    referrals.complete(db, referral, told(Completed, region=Region.NORTH_EAST), by=None, now=NOW)

    referrals.complete(db, referral, told(Completed), by=None, now=LATER)
    assert referral.region is Region.NORTH_EAST
    referrals.complete(db, referral, told(Completed, resettling_in="CF10"), by=None, now=LATER)

    assert referral.region is Region.WALES


def test_an_empty_contact_takes_nothing_away_and_a_new_one_keeps_the_rest(db):
    first = ContactFacts(phone="07700 900123", email="sian@example.org", shares="phone")
    referral = put_forward(db, told(contact=first))

    referrals.complete(db, referral, told(Completed), by=None, now=LATER)
    unchanged = db.exec(select(Contact)).all()
    changed = told(Completed, contact=ContactFacts(phone="07700 900456"))
    referrals.complete(db, referral, changed, by=None, now=LATER)
    db.commit()

    newest = db.exec(select(Contact).where(Contact.recorded_at == LATER)).one()
    assert len(unchanged) == 1
    assert (newest.phone, newest.email, newest.shares) == (
        "07700 900456",
        "sian@example.org",
        ContactWay.PHONE,
    )


def test_a_new_date_from_the_council_takes_the_place_of_its_first(db):
    referral = put_forward(db)

    referrals.complete(
        db, referral, told(Completed, release_date=date(2027, 2, 17)), by=None, now=LATER
    )

    assert leaver_of(db, referral).release_date == date(2027, 2, 17)
    assert len(db.exec(select(ReleaseDate)).all()) == 2


def test_a_number_that_someone_else_has_is_refused(db):
    db.add(a_leaver_row(prison_number="C3456DE"))
    referral = put_forward(db)

    with pytest.raises(NotAllowed, match="Someone else has this prison number"):
        referrals.complete(
            db, referral, told(Completed, prison_number="C3456DE"), by=None, now=LATER
        )


def as_on_file(db, pair, **changed):
    referral, leaver = db.get_one(Referral, pair.referral_id), db.get_one(Leaver, pair.leaver_id)
    facts = told_so_far(referral, leaver) | {"consented_on": TODAY}
    referral.consented_on = TODAY
    db.commit()
    return referral, Completed(**facts | changed)


def test_once_there_is_a_mentor_a_name_a_contact_and_a_practitioner_may_be_mended(db):
    referral, words = as_on_file(
        db,
        pair := accepted(db),
        surname="Dea",
        contact=ContactFacts(phone="07700 900456"),
        practitioner=PractitionerFacts(name="Jo", email="jo@example.org"),
    )

    referrals.complete(db, referral, words, by=None, now=LATER)
    db.commit()

    assert leaver_of(db, referral).surname == "Dea"
    assert db.exec(select(Contact).where(Contact.leaver_id == pair.leaver_id)).one().phone == (
        "07700 900456"
    )
    assert db.exec(select(Practitioner)).one().name == "Jo"
    assert referral.state is ReferralState.MATCHED


@pytest.mark.parametrize(
    "changed",
    [
        {"resettling_in": "M1"},
        {"needs": {}},
        {"region": Region.LONDON},
    ],
    ids=str,
)
def test_what_a_mentor_was_chosen_by_stays_once_there_is_one(db, changed):
    referral, words = as_on_file(db, accepted(db), **changed)

    with pytest.raises(NotAllowed, match="Their mentor was chosen by this"):
        referrals.complete(db, referral, words, by=None, now=LATER)


def test_whoever_is_named_once_there_is_a_mentor_is_for_the_manager_to_ring_about(db):
    pair = accepted(db)
    referral, words = as_on_file(db, pair, avoid=({"name": "Al"},))

    referrals.complete(db, referral, words, by=None, now=LATER)

    [task] = db.exec(select(Task).where(Task.kind == TaskKind.RING, Task.pair_id == pair.id))
    [named] = db.exec(select(PersonToAvoid))
    assert ringing.why_to_ring(task) is RingReason.SOMEONE_NAMED
    people_to_avoid.settle(db, named, link=None, why="Died.", by=a_manager(db), now=LATER)
    assert task.outcome == "Everyone named is settled."


def test_nothing_is_changed_once_the_pair_has_ended(db):
    pair = accepted(db)
    referral, words = as_on_file(db, pair, surname="Dea")
    pair.move(Move.COMPLETE, by=None, now=LATER)
    db.commit()

    with pytest.raises(NotAllowed, match="cannot be changed any more"):
        referrals.complete(db, referral, words, by=None, now=LATER)


def test_another_practitioner_does_not_keep_the_number_of_the_one_before(db):
    referral = put_forward(db)
    first = PractitionerFacts(name="Jo", email="jo@example.org", phone="0808 157 0101")
    second = PractitionerFacts(name="Ali", email="ali@example.org")

    referrals.complete(db, referral, told(Completed, practitioner=first), by=None, now=NOW)
    db.commit()
    referrals.complete(db, referral, told(Completed, practitioner=second), by=None, now=LATER)

    assert practitioner_of(db, referral.leaver_id).phone == ""


def test_a_change_beside_a_referral_counts_as_one_of_it(db):
    referral = put_forward(db)
    before = referral.version

    contact = ContactFacts(phone="07700 900456")
    referrals.complete(db, referral, told(Completed, contact=contact), by=None, now=LATER)
    db.commit()

    assert referral.version > before


def test_a_change_beside_a_referral_that_someone_else_changed_is_refused(db):
    referral = put_forward(db)
    referral.version  # noqa: B018  read, as a page reads it
    meanwhile = update(Referral).values(version=7).execution_options(synchronize_session=False)
    db.execute(meanwhile)

    with pytest.raises(StaleDataError):
        count_change(db, referral)


def test_an_offer_that_the_new_facts_rule_out_is_taken_back(db):
    pair = offered(db)
    referral, leaver = db.get_one(Referral, pair.referral_id), db.get_one(Leaver, pair.leaver_id)
    same = {"prison_number": leaver.prison_number, "birth_date": leaver.birth_date, "sex": "male"}

    referrals.complete(db, referral, told(Completed, **same, wants={"woman"}), by=None, now=LATER)
    db.commit()

    assert pair.end_reason is EndReason.BARRED
    assert {letter.state for letter in db.exec(select(Letter))} == {LetterState.CANCELLED}


@pytest.mark.parametrize("make", [proposed, offered])
def test_whoever_withdraws_is_in_no_offer_and_no_letter_any_more(db, make):
    pair = make(db)
    referral = db.get_one(Referral, pair.referral_id)

    referrals.withdraw(db, referral, by=None, now=LATER)
    db.commit()

    [event] = db.exec(select(Event))
    assert referral.state is ReferralState.WITHDRAWN
    assert pair.end_reason is EndReason.WITHDRAWN
    assert {letter.state for letter in db.exec(select(Letter))} <= {LetterState.CANCELLED}
    assert (event.kind, event.applied_at) == (EventKind.CONSENT_WITHDRAWN, LATER)


def test_a_mentor_who_had_said_yes_hears_at_once_that_it_is_over(db):
    pair = accepted(db)
    referral = db.get_one(Referral, pair.referral_id)

    referrals.withdraw(db, referral, by=None, now=LATER)
    db.commit()

    alive = [one for one in db.exec(select(Letter)) if one.state is not LetterState.CANCELLED]
    assert [(one.kind, one.urgent) for one in alive] == [(LetterKind.STOOD_DOWN, True)]
    assert {row.state for row in db.exec(select(Meeting))} == {MeetingState.CANCELLED}
    assert [task.kind for task in db.exec(select(Task))] == [TaskKind.RING]


def test_who_is_withdrawn_stays_withdrawn(db):
    leaver = a_leaver_row()
    referral = a_referral(leaver, state=ReferralState.WITHDRAWN)
    db.add_all([leaver, referral])
    db.commit()

    with pytest.raises(IllegalMove) as refused:
        referrals.withdraw(db, referral, by=None, now=LATER)

    assert refused.value.move is ReferralMove.WITHDRAW
