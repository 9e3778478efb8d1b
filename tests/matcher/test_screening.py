"""What a manager records of a leaver, and what holds them back until it is there."""

from datetime import date, timedelta

import pytest
from pydantic import ValidationError
from sqlmodel import select

from matcher import pairing, screening
from matcher.people_to_avoid import OPEN
from matcher.refusing import NotAllowed
from matcher.screening import OtherPerson, Screened
from models.council_words import AvoidNote, PersonToAvoid
from models.desk_words import TaskKind
from models.hours import read_hours
from models.meetings import Meeting
from models.moves import IllegalMove
from models.outbox import Letter
from models.pairs import Pair, PairHistory
from models.people import Leaver, Mentor
from models.referrals import Referral, Screening, ScreeningFacts
from models.restrictions import Curfew, ExclusionZone, GangTag, Link, OpposedGangs
from models.states import (
    EndReason,
    LetterKind,
    LetterState,
    MeetingState,
    Move,
    PairState,
    ReferralState,
)
from models.tasks import Task
from models.vetting import GangFacts, LicenceFacts
from models.vocabulary import LinkKind, Risk
from tests.factories import TODAY, a_leaver
from tests.matcher.people_waiting import (
    a_manager,
    a_practitioner,
    accepted,
    offered,
    proposed,
    ready,
    run,
    the_pair,
    waiting,
)
from tests.rows import NOW, a_leaver_row, a_mentor_row, a_referral

LATER = NOW + timedelta(hours=1)

NO_CONTENT = "Probation has not said, by name and date, that it is content with this mentoring."


def screened(**told):
    lists = (ScreeningFacts, LicenceFacts, GangFacts)
    facts = {name: getattr(a_leaver(), name) for one in lists for name in one.model_fields}
    return Screened(**facts | told)


def endorsed(db, **told):
    leaver = a_leaver_row()
    referral = a_referral(leaver, **{"state": ReferralState.ENDORSED} | told)
    db.add_all([leaver, referral])
    db.commit()
    return referral


def someone_to_avoid(db, leaver_id, **told):
    own = {"name": "Cousin Al", "birth_date": date(1980, 1, 31), "why": "He beat me."}
    person = PersonToAvoid(leaver_id=leaver_id, recorded_at=NOW, **own | told)
    db.add(person)
    db.commit()
    return person


def test_a_complete_screening_lets_an_endorsed_leaver_wait_for_a_mentor(db):
    referral, mentor = endorsed(db), ready(db)

    screening.record(db, referral, screened(), by=a_manager(db), now=LATER)
    db.commit()
    run(db, LATER)

    assert referral.state is ReferralState.WAITING
    assert screening.holds(db, referral, LATER) == []
    assert the_pair(db, db.get_one(Leaver, referral.leaver_id), mentor).is_live


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"content_by": None, "content_on": None}, NO_CONTENT),
        ({"risk": None}, "The screening is not complete"),
        ({"mappa_level": None}, "The screening is not complete"),
        ({"assessed_on": TODAY - timedelta(days=200)}, "out of date"),
        ({"risk": "high"}, "High or very high risk"),
        ({"mappa_level": 2, "mappa_category": 3}, "MAPPA level 2 or 3"),
        ({"sexual_offence": True}, "sexual-offence flag"),
        ({"domestic_abuse": True}, "domestic-abuse flag"),
    ],
)
def test_unknown_or_unapproved_is_hold_and_says_what_is_missing(db, told, reason):
    referral = endorsed(db)

    screening.record(db, referral, screened(**told), by=None, now=LATER)

    assert any(reason in said for said in screening.holds(db, referral, LATER))


def test_a_leaver_nobody_has_screened_is_on_hold(db):
    first, second = endorsed(db), endorsed(db)
    screening.record(db, second, screened(), by=None, now=LATER)

    held = screening.holds_of(db, [first, second], LATER)

    assert len(held[first.id]) >= 2
    assert held[second.id] == []


def test_nobody_is_screened_before_the_liaison_has_endorsed(db):
    referral = endorsed(db, state=ReferralState.PUT_FORWARD)

    with pytest.raises(IllegalMove):
        screening.record(db, referral, screened(), by=None, now=LATER)

    assert db.exec(select(Screening)).all() == []


def test_the_newest_screening_stands(db):
    referral = endorsed(db)
    screening.record(db, referral, screened(content_by=None), by=None, now=NOW)
    assert screening.holds(db, referral, LATER) == [NO_CONTENT]

    screening.record(db, referral, screened(), by=None, now=LATER)

    assert screening.holds(db, referral, LATER) == []
    assert len(db.exec(select(Screening)).all()) == 2


def test_a_screened_leaver_waits_only_when_everyone_to_avoid_is_settled(db):
    referral = endorsed(db)
    first, second = (someone_to_avoid(db, referral.leaver_id) for _ in range(2))
    manager = a_manager(db)

    screening.record(db, referral, screened(), by=manager, now=NOW)
    on_file, held = referral.state, screening.holds(db, referral, NOW)
    screening.settle(db, first, link=None, why="Al has died.", by=manager, now=LATER)
    after_one = referral.state
    screening.settle(db, second, link=None, why="A slip of the pen.", by=manager, now=LATER)

    assert (on_file, held) == (ReferralState.SCREENED, [OPEN])
    assert after_one is ReferralState.SCREENED
    assert (first.settled_at, first.settled_by, first.link_id) == (LATER, manager, None)
    assert referral.state is ReferralState.WAITING
    assert screening.holds(db, referral, LATER) == []


def test_someone_not_found_yet_holds_the_leaver_and_what_was_asked_is_kept(db):
    referral, manager = endorsed(db), a_manager(db)
    person = someone_to_avoid(db, referral.leaver_id, name="A cousin called Al", birth_date=None)
    mentor = ready(db)

    screening.note_asked(db, person, text=" Asked Jo at HMP Leeds. ", by=manager, now=NOW)
    screening.record(db, referral, screened(), by=manager, now=LATER)
    db.commit()
    run(db, LATER)

    [note] = db.exec(select(AvoidNote))
    assert (note.person_id, note.leaver_id) == (person.id, referral.leaver_id)
    assert (note.text, note.recorded_by) == ("Asked Jo at HMP Leeds.", manager)
    assert referral.state is ReferralState.SCREENED
    assert mentor.id not in set(db.exec(select(Pair.mentor_id)))


@pytest.mark.parametrize("words", ["", " \n"])
def test_nobody_is_settled_or_held_without_a_word(db, words):
    person, manager = someone_to_avoid(db, endorsed(db).leaver_id), a_manager(db)

    with pytest.raises(NotAllowed, match="how you know"):
        screening.settle(db, person, link=None, why=words, by=manager, now=NOW)
    with pytest.raises(NotAllowed, match="whom you have asked"):
        screening.note_asked(db, person, text=words, by=manager, now=NOW)

    assert person.settled_at is None


def test_someone_to_avoid_who_is_named_later_takes_an_offer_back_until_settled(db):
    pair = offered(db)
    referral, manager = db.get_one(Referral, pair.referral_id), a_manager(db)
    person = someone_to_avoid(db, pair.leaver_id)

    screening.record(db, referral, screened(), by=manager, now=LATER)
    held = (referral.state, pair.end_reason)
    screening.settle(db, person, link=None, why="Al has died.", by=manager, now=LATER)

    assert held == (ReferralState.SCREENED, EndReason.BARRED)
    assert {letter.state for letter in db.exec(select(Letter))} == {LetterState.CANCELLED}
    assert referral.state is ReferralState.WAITING


def by_row(mentor):
    return OtherPerson(mentor_id=mentor.id)


def by_number(mentor):
    return OtherPerson(prison_number=mentor.prison_number)


def by_name(mentor):
    return OtherPerson(
        first_name=mentor.first_name, surname=mentor.surname, birth_date=mentor.birth_date
    )


@pytest.mark.parametrize("named", [by_row, by_number, by_name])
def test_whoever_must_not_meet_takes_an_offer_back_however_they_are_named(db, named):
    pair = offered(db, prison_number="Z1234ZZ")
    person = someone_to_avoid(db, pair.leaver_id)
    other = named(db.get_one(Mentor, pair.mentor_id))

    link = screening.settle(
        db, person, link=LinkKind.NON_ASSOCIATION, other=other, by=a_manager(db), now=LATER
    )
    db.commit()
    run(db, LATER)

    assert (person.link_id, link.detail) == (link.id, "Cousin Al. He beat me.")
    assert pair.end_reason is EndReason.BARRED
    assert {letter.state for letter in db.exec(select(Letter))} == {LetterState.CANCELLED}
    assert screening.unsettled(db, pair.leaver_id) == []


def test_a_person_is_settled_once_and_with_a_name(db):
    referral = endorsed(db)
    person, manager = someone_to_avoid(db, referral.leaver_id), a_manager(db)

    with pytest.raises(NotAllowed, match="Say who this is"):
        screening.settle(db, person, link=LinkKind.FAMILY, by=manager, now=NOW)
    screening.settle(db, person, link=None, why="Al has died.", by=manager, now=NOW)

    with pytest.raises(NotAllowed, match="settled already"):
        screening.settle(db, person, link=None, why="Al has died.", by=manager, now=LATER)
    with pytest.raises(NotAllowed, match="settled already"):
        screening.note_asked(db, person, text="Asked Jo.", by=manager, now=LATER)


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"first_name": "Al"},
        {"first_name": "Al", "surname": "Or"},
        {"prison_number": "A1234BC", "surname": "Or", "first_name": "Al", "birth_date": TODAY},
        {"prison_number": "A1234BC", "first_name": "Al"},
    ],
)
def test_the_other_person_is_named_once_and_wholly(told):
    with pytest.raises(ValidationError, match="name the other person once"):
        OtherPerson(**told)


def own_row(leaver):
    return OtherPerson(leaver_id=leaver.id)


@pytest.mark.parametrize("named", [own_row, by_number, by_name])
def test_nobody_is_settled_by_a_link_to_themselves_however_they_are_named(db, named):
    referral, manager = endorsed(db), a_manager(db)
    leaver = db.get_one(Leaver, referral.leaver_id)
    person = someone_to_avoid(db, leaver.id)

    with pytest.raises(NotAllowed, match="themselves"):
        screening.settle(db, person, link=LinkKind.VICTIM, other=named(leaver), by=manager, now=NOW)

    assert db.exec(select(Link)).all() == []
    assert person.settled_at is None


def test_a_mentor_who_was_a_leaver_here_is_not_kept_apart_from_that_record(db):
    leaver = db.get_one(Leaver, endorsed(db).leaver_id)
    mentor = a_mentor_row(prison_number=leaver.prison_number)
    db.add(mentor)
    db.commit()

    with pytest.raises(NotAllowed, match="themselves"):
        screening.add_link(db, mentor, LinkKind.FAMILY, own_row(leaver), by=None, now=NOW)


def test_two_people_born_on_one_day_may_be_kept_apart(db):
    leaver = db.get_one(Leaver, endorsed(db).leaver_id)
    leaver.surname = ""
    twin = OtherPerson(first_name="Al", surname="Or", birth_date=leaver.birth_date)

    link = screening.add_link(db, leaver, LinkKind.FAMILY, twin, by=None, now=NOW)

    assert link.other_surname == "Or"


def test_a_closed_link_lets_two_people_meet_again(db):
    pair = proposed(db)
    leaver, mentor = db.get_one(Leaver, pair.leaver_id), db.get_one(Mentor, pair.mentor_id)
    manager = a_manager(db)
    link = screening.add_link(
        db, mentor, LinkKind.FAMILY, OtherPerson(leaver_id=leaver.id), by=manager, now=NOW
    )
    db.commit()
    assert pair.end_reason is EndReason.BARRED

    screening.close_link(db, link, by=manager, now=LATER)
    screening.close_link(db, link, by=manager, now=LATER + timedelta(days=1))
    db.commit()
    run(db, LATER)

    assert (link.closed_at, link.closed_by) == (LATER, manager)
    assert [line.to_state for line in db.exec(select(PairHistory))].count(PairState.PROPOSED) == 2


def risk_above_the_limit(db, pair, now):
    referral = db.get_one(Referral, pair.referral_id)
    told = screened(risk=Risk.HIGH, high_risk_approved_by="Pat", high_risk_approved_on=TODAY)
    screening.record(db, referral, told, by=None, now=now)


def gangs_opposed(db, pair, now):
    screening.oppose(db, "SOUTH", "NORTH", by=None, now=now)
    pair_mentor = {"mentor_id": pair.mentor_id, "recorded_at": now}
    from models.vetting import MentorGangs

    db.add(MentorGangs(gangs={"SOUTH"}, **pair_mentor))
    referral = db.get_one(Referral, pair.referral_id)
    screening.record(db, referral, screened(gangs={"NORTH"}), by=None, now=now)


def content_taken_back(db, pair, now):
    referral = db.get_one(Referral, pair.referral_id)
    told = screened(content_by=None, content_on=None)
    screening.record(db, referral, told, by=None, now=now)


def zone_at_home(db, pair, now):
    leaver = db.get_one(Leaver, pair.leaver_id)
    leaver_zone = ["LS6", "LS7", "LS1", "LS2", "LS3", "LS4", "LS5", "LS8", "LS9"]
    referral = db.get_one(Referral, pair.referral_id)
    referral.travel_km = 0
    for district in leaver_zone:
        screening.add_zone(db, leaver, district, by=None, now=now)


def curfew_all_day(db, pair, now):
    leaver = db.get_one(Leaver, pair.leaver_id)
    screening.add_curfew(db, leaver, read_hours("daily 0-24"), by=None, now=now)


CHANGES = [
    risk_above_the_limit,
    gangs_opposed,
    content_taken_back,
    zone_at_home,
    curfew_all_day,
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_that_bars_a_pair_takes_its_offer_back_at_once(db, change):
    pair = offered(db)

    change(db, pair, LATER)
    db.commit()

    assert pair.end_reason is EndReason.BARRED
    assert {letter.state for letter in db.exec(select(Letter))} == {LetterState.CANCELLED}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_that_bars_a_pair_under_way_pauses_it_for_the_manager(db, change):
    pair = accepted(db)

    change(db, pair, LATER)
    db.commit()

    [task] = db.exec(select(Task))
    assert pair.state is PairState.SUSPENDED
    assert task.kind is TaskKind.RING
    assert {letter.state for letter in db.exec(select(Letter))} == {LetterState.CANCELLED}
    assert {row.state for row in db.exec(select(Meeting))} == {MeetingState.CANCELLED}


def test_a_paused_pair_goes_on_when_nothing_bars_it_any_more(db):
    pair = accepted(db)
    content_taken_back(db, pair, LATER)
    with pytest.raises(NotAllowed, match="content"):
        pairing.resume(db, pair, by=None, now=LATER)
    referral = db.get_one(Referral, pair.referral_id)
    screening.record(db, referral, screened(), by=None, now=LATER + timedelta(hours=1))

    pairing.resume(db, pair, by=None, now=LATER + timedelta(hours=2))
    db.commit()

    states = [row.state for row in db.exec(select(Meeting))]
    assert pair.state is PairState.ACCEPTED
    assert states.count(MeetingState.PLANNED) == 13


def test_a_screening_that_bars_nobody_leaves_a_pair_alone(db):
    pair = accepted(db)
    before = len(db.exec(select(PairHistory)).all())
    referral = db.get_one(Referral, pair.referral_id)

    screening.record(db, referral, screened(risk=Risk.MEDIUM), by=None, now=LATER)

    assert pair.state is PairState.ACCEPTED
    assert len(db.exec(select(PairHistory)).all()) == before


def test_a_pair_goes_on_after_the_release_whatever_is_recorded(db):
    pair = accepted(db)
    leaver = db.get_one(Leaver, pair.leaver_id)
    leaver.release_date = TODAY
    db.commit()
    tomorrow = NOW + timedelta(days=1)

    screening.record(db, db.get_one(Referral, pair.referral_id), screened(), by=None, now=tomorrow)

    assert pair.state is PairState.ACCEPTED


def test_zones_and_curfews_are_lifted_from_today_on(db):
    leaver = db.get_one(Leaver, endorsed(db).leaver_id)
    stands = screening.add_zone(db, leaver, "LS1", by=None, now=NOW)
    over = screening.add_zone(db, leaver, "LS2", ends_on=date(2026, 11, 1), by=None, now=NOW)
    ahead = screening.add_curfew(
        db, leaver, read_hours("daily 19-7"), starts_on=TODAY, by=None, now=NOW
    )

    for restriction in (stands, over, ahead):
        screening.lift(db, restriction, now=LATER)

    zones = {zone.district: zone.ends_on for zone in db.exec(select(ExclusionZone))}
    assert zones == {"LS1": TODAY - timedelta(days=1), "LS2": date(2026, 11, 1)}
    assert db.exec(select(Curfew)).all() == []


def test_restrictions_that_say_nothing_are_refused(db):
    mentor = a_mentor_row()
    db.add(mentor)
    db.commit()

    with pytest.raises(NotAllowed, match="ZZ99"):
        screening.add_zone(db, mentor, "ZZ99", by=None, now=NOW)
    with pytest.raises(NotAllowed, match="hours of the curfew"):
        screening.add_curfew(db, mentor, [], by=None, now=NOW)
    with pytest.raises(NotAllowed, match="before the first"):
        screening.add_zone(
            db, mentor, "LS1", starts_on=TODAY, ends_on=date(2026, 1, 1), by=None, now=NOW
        )
    with pytest.raises(NotAllowed, match="two different"):
        screening.oppose(db, "NORTH", "NORTH", by=None, now=NOW)

    assert db.exec(select(ExclusionZone)).all() == []


def test_tags_are_opposed_once_whichever_comes_first(db):
    screening.oppose(db, "SOUTH", "NORTH", by=None, now=NOW)
    screening.oppose(db, "NORTH", "SOUTH", by=None, now=LATER)
    db.commit()

    assert {tag.code for tag in db.exec(select(GangTag))} == {"NORTH", "SOUTH"}
    assert [(row.one, row.other) for row in db.exec(select(OpposedGangs))] == [("NORTH", "SOUTH")]


def test_the_practitioner_is_asked_by_e_mail_and_again_once_the_first_has_gone(db):
    referral = endorsed(db)
    with pytest.raises(NotAllowed, match="Ask the liaison"):
        screening.ask_practitioner(db, referral, by=None, now=NOW)
    db.add(a_practitioner(referral.leaver_id))
    db.commit()

    first = screening.ask_practitioner(db, referral, by=None, now=NOW)
    same = screening.ask_practitioner(db, referral, by=None, now=LATER)
    first.state = LetterState.DEAD
    second = screening.ask_practitioner(db, referral, by=None, now=LATER)
    db.commit()

    assert same is first
    assert second.id != first.id
    assert {one.kind for one in (first, second)} == {LetterKind.PRACTITIONER_QUESTION}
    assert first.recipient == f"practitioner:{referral.leaver_id}"


def test_a_manager_reads_in_the_history_why_a_pair_was_paused(db):
    pair = accepted(db)

    content_taken_back(db, pair, LATER)

    [line] = db.exec(select(PairHistory).where(PairHistory.move == Move.SUSPEND))
    assert line.reason == NO_CONTENT


def test_links_of_one_leaver_touch_no_other_pair(db):
    pair = offered(db)
    other = waiting(db)

    screening.add_link(
        db, other, LinkKind.FAMILY, OtherPerson(mentor_id=pair.mentor_id), by=None, now=LATER
    )

    assert pair.state is PairState.OFFERED
    assert len(db.exec(select(Link)).all()) == 1
