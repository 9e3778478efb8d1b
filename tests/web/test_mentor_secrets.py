"""No mentor's page holds a word it may not: a canary in every field, at each stage of a pair."""

from datetime import date, timedelta

import pytest
from flask import url_for
from sqlmodel import select

from models.contacts import Contact, Practitioner
from models.council_words import Note, PersonToAvoid
from models.desk_words import ContactWay
from models.expenses import Expense
from models.meetings import Meeting
from models.reference import prisons
from models.referrals import Referral
from models.states import EndReason, MeetingKind, PairState
from models.vetting import Clearance
from models.vocabulary import Culture, Experience, Group, Importance, Interest, Need, Risk
from tests.rows import NOW, a_screening
from tests.web.walks import a_walk, a_walk_that_ended, an_offer, booked

BORN = date(1971, 9, 6)
WHO = {
    "first_name": "Canaryfirst",
    "surname": "Canarysurname",
    "prison_number": "Z9753QX",
    "crn": "X975318",
    "pnc": "1999/0975318C",
    "birth_date": BORN,
}
NEVER = {
    "surname": "Canarysurname",
    "prison number": "Z9753QX",
    "CRN": "X975318",
    "PNC": "0975318",
    "birth date": "1971",
    "who to avoid": "Canaryavoid",
    "why to avoid": "Canarywhy",
    "a note kept back": "Canaryhidden",
    "assessor": "Canaryassessor",
    "approval": "Canaryapproval",
    "practitioner": "Canarypractitioner",
    "their e-mail": "canary.prac",
    "risk to others": Group.ARSON.label,
    "a way not shared": "canary@example.org",
    "an address": "Canary Street",
    "an experience kept back": Experience.SEX_WORK.label,
    "the manager's reason": "Canaryreason",
    "the override": "Canaryoverride",
    "what they like": Interest.FISHING.label,
    "a wish": Culture.SIKH.label,
    "the district": "LS13",
    "a need itself": Need.DRUG_RECOVERY.label,
    "the score": "71.2",
}
"""What no mentor ever reads."""

AFTER_YES = {
    "first name": "Canaryfirst",
    "release date": "Wednesday 10 February 2027",
    "meeting place": "Canaryhall",
    "prison": prisons()["LEI"].title,
    "the way shared": "07700 900975",
    "a note to share": "Canaryshared",
    "an experience to share": Experience.CARE.label,
    "a heading": "Drugs and alcohol",
}
"""What a mentor reads once they have said yes, until the pair ends."""


def fill(walk):
    """Put a canary into every field of the leaver that there is."""
    leaver, referral = walk.leaver, walk.referral
    told = {"leaver_id": leaver.id, "recorded_at": NOW + timedelta(minutes=1)}
    with walk.desks.session() as db:
        for clearance in db.exec(select(Clearance)):  # their own, and so on a page of their own
            clearance.prison = "MDI"
        row = db.get_one(Referral, referral.id)
        row.resettling_in = "LS13"
        row.needs = {Need.DRUG_RECOVERY: Importance.HIGH}
        row.experiences = frozenset({Experience.CARE, Experience.SEX_WORK})
        row.may_show = frozenset({Experience.CARE})
        row.interests = frozenset({Interest.FISHING})
        row.wishes = frozenset({Culture.SIKH})
        db.commit()
    screening = a_screening(
        leaver,
        recorded_at=NOW + timedelta(minutes=1),
        risk=Risk.VERY_HIGH,
        risk_to=frozenset({Group.ARSON}),
        assessor="Canaryassessor",
        high_risk_approved_by="Canaryapproval",
        high_risk_approved_on=NOW.date(),
    )
    walk.desks.keep(
        screening,
        Contact(
            phone="07700 900975",
            email="canary@example.org",
            address="9 Canary Street",
            shares=ContactWay.PHONE,
            **told,
        ),
        Practitioner(name="Canarypractitioner", email="canary.prac@example.org", **told),
        PersonToAvoid(name="Canaryavoid", birth_date=BORN, why="Canarywhy", **told),
        Note(text="Canaryhidden", shareable=False, **told),
        Note(text="Canaryshared", shareable=True, **told),
    )
    walk.meeting(**booked(date(2026, 11, 25), place="Canaryhall"))
    walk.meeting(kind=MeetingKind.FOLLOW_UP, **booked(date(2026, 11, 20), place="Canaryhall"))


def pages(walk):
    """Every page of the desk, asked for with the ids of this pair and of its meetings."""
    browser = walk.browser()
    with walk.desks.session() as db:
        meetings = db.exec(select(Meeting.id)).all()
        expenses = db.exec(select(Expense.id)).all()
    ids = {"pair_id": [walk.pair.id], "meeting_id": meetings, "expense_id": expenses}
    rules = [rule for rule in walk.desks.app.url_map.iter_rules() if "GET" in rule.methods]
    found = []
    for rule in rules:
        if not rule.endpoint.startswith("mentor"):
            continue
        with walk.desks.app.test_request_context():
            [name] = rule.arguments or {None}
            addresses = [
                url_for(rule.endpoint, **({name: one} if name else {}))
                for one in (ids[name] if name else [None])
            ]
        found += [browser.get(address).text for address in addresses]
    assert len(found) >= 8
    return "\n".join(found)


def held_in(text, words):
    return {name for name, word in words.items() if word.casefold() in text.casefold()}


def test_before_the_yes_no_page_holds_anything_that_says_who_it_is(desks):
    """ASVS 8.2.3."""
    walk = an_offer(desks, release_date=date(2027, 2, 10), **WHO)
    fill(walk)

    text = pages(walk)

    assert held_in(text, NEVER) == set()
    assert held_in(text, AFTER_YES) == set()
    assert prisons()["LEI"].title not in text
    assert walk.leaver.code not in text
    assert "February 2027" in text


def test_after_the_yes_the_pages_hold_what_the_table_allows_and_no_more(desks):
    """ASVS 15.3.1."""
    walk = a_walk(desks, release_date=date(2027, 2, 10), **WHO)
    fill(walk)

    text = pages(walk)

    assert held_in(text, NEVER) == set()
    assert held_in(text, AFTER_YES) == set(AFTER_YES)


@pytest.mark.parametrize("reason", [EndReason.WITHDRAWN, EndReason.COMPLETED, EndReason.DIED])
def test_after_the_end_the_pages_hold_neither_name_nor_code(desks, reason):
    walk = a_walk_that_ended(desks, reason, **WHO, code="Canarycode")
    fill(walk)

    text = pages(walk)

    assert held_in(text, NEVER | AFTER_YES) == set()
    assert "Canarycode" not in text
    assert "Someone you were paired with until" in text


def test_on_pause_the_pages_hold_the_first_name_alone(desks):
    walk = a_walk(desks, state=PairState.SUSPENDED, release_date=date(2027, 2, 10), **WHO)
    fill(walk)

    text = pages(walk)

    assert held_in(text, NEVER | AFTER_YES) == {"first name"}
