"""What a leaver says to each purpose is shown with its basis in law; a no is followed at once."""

import re
from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from matcher.post import to_practitioner
from models.contacts import Contact
from models.desk_words import ContactWay
from models.outbox import NOT_UNDER_WAY, Letter
from models.privacy import Consent
from models.privacy_words import OF_LEAVERS, OF_MENTORS, Purpose
from models.referrals import Referral
from models.states import LetterState, PairState, ReferralState, Role
from models.vocabulary import Experience, Region
from tests.rows import NOW, a_leaver_row, a_letter, a_referral
from tests.web.walks import a_walk

SAID = {"given": "no", "told_on": ["23", "11", "2026"]}


@pytest.fixture
def there(desks):
    """Someone with a mentor who said yes, ways to reach them, and letters planned."""
    walk = a_walk(desks)
    shown = frozenset({Experience.CARE})
    with desks.session() as db:
        db.get_one(Referral, walk.referral.id).may_show = shown
        contact = {"phone": "07700 900123", "shares": ContactWay.PHONE}
        db.add(Contact(leaver_id=walk.leaver.id, recorded_at=NOW - timedelta(days=1), **contact))
        db.add(a_letter(recipient=to_practitioner(walk.leaver.id), leaver_id=walk.leaver.id))
        db.add(a_letter(leaver_id=walk.leaver.id, pair_id=walk.pair.id))
        db.commit()
    return walk


def say(desks, walk, about, role=Role.MANAGER, **told):
    with desks.session() as db:
        version = str(db.get_one(type(walk.leaver), walk.leaver.id).version)
    address = {
        Role.MANAGER: f"/manager/leavers/{walk.leaver.id}/consents",
        Role.LIAISON: f"/liaison/referrals/{walk.referral.id}/consents",
    }[role]
    browser = desks.browser_of(role)
    return (
        browser,
        address,
        browser.post(address, data={"purpose": about.value, "version": version} | SAID | told),
    )


@pytest.mark.parametrize("role", [Role.MANAGER, Role.LIAISON])
def test_each_purpose_is_shown_with_what_lets_us_and_what_a_no_does(desks, there, role):
    browser, address, answer = say(desks, there, Purpose.CONTACT, role)

    page = browser.get(address).text

    assert answer.status_code == 302
    assert all(purpose.label in page for purpose in OF_LEAVERS)
    assert not any(f'value="{purpose.value}"' in page for purpose in OF_MENTORS)
    assert "A task in the public interest" in page
    assert "No, said on" in page
    assert re.search(rf"Written down on [^.]+ by: {role.label}", page)
    assert "Not asked yet" in page
    assert re.search(r'href="/[a-z0-9/-]+">Cancel</a>', page)


def test_a_yes_to_be_put_forward_stands_there_until_something_newer_is_said(desks, there):
    with desks.session() as db:
        db.get_one(Referral, there.referral.id).consented_on = date(2026, 10, 4)
        db.commit()
    page = desks.browser_of(Role.MANAGER).get(f"/manager/leavers/{there.leaver.id}/consents").text

    assert "Yes, said on Sunday 4 October 2026, to be put forward" in page
    browser, address, _ = say(desks, there, Purpose.MATCHING)
    assert "to be put forward" not in browser.get(address).text


def test_a_no_to_matching_ends_the_pair_and_every_letter_in_the_same_transaction(desks, there):
    """ASVS 2.3.3."""
    say(desks, there, Purpose.MATCHING)

    assert there.read(type(there.pair), there.pair.id).state is PairState.ENDED
    assert there.read(Referral, there.referral.id).state is ReferralState.WITHDRAWN
    with desks.session() as db:
        waiting = db.exec(select(Letter).where(col(Letter.state).in_(NOT_UNDER_WAY))).all()
        planned = [one for one in waiting if one.kind.value == "offer"]
    assert planned == []
    assert [one.due_at <= desks.now + timedelta(seconds=60) for one in waiting] == [True] * len(
        waiting
    )


def test_a_no_to_the_other_purposes_is_followed_at_once(desks, there):
    for purpose in (Purpose.EXPERIENCES, Purpose.CONTACT, Purpose.PRACTITIONER):
        say(desks, there, purpose)

    assert there.read(Referral, there.referral.id).may_show == frozenset()
    with desks.session() as db:
        contacts = db.exec(select(Contact).order_by(col(Contact.recorded_at))).all()
        letters = db.exec(
            select(Letter).where(Letter.recipient == to_practitioner(there.leaver.id))
        ).all()
        said = {one.purpose: one.given for one in db.exec(select(Consent))}
    assert (contacts[-1].shares, contacts[-1].phone) == (None, "07700 900123")
    assert [one.state for one in letters] == [LetterState.CANCELLED]
    assert said == dict.fromkeys(
        (Purpose.EXPERIENCES, Purpose.CONTACT, Purpose.PRACTITIONER), False
    )


def test_a_yes_to_matching_is_not_given_by_a_tick(desks, there):
    say(desks, there, Purpose.MATCHING)

    _, _, answer = say(desks, there, Purpose.MATCHING, given="yes")

    assert answer.status_code == 422
    assert "Put them forward again" in answer.text


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"given": ""}, "Choose yes or no."),
        ({"purpose": "selling"}, "#purpose"),
        ({"told_on": ["24", "11", "2026"]}, "told_on"),
        ({"told_on": ["1", "1", "1901"]}, "told_on"),
    ],
)
def test_what_is_missing_lies_ahead_or_is_long_ago_changes_nothing(desks, there, told, sentence):
    _, _, answer = say(desks, there, Purpose.CONTACT, **told)

    assert answer.status_code == 422
    assert sentence in answer.text
    with desks.session() as db:
        assert db.exec(select(Consent)).all() == []


def test_it_is_there_for_nobody_else(desks, there):
    addresses = [
        f"/manager/leavers/{there.leaver.id}/consents",
        f"/liaison/referrals/{there.referral.id}/consents",
    ]
    browsers = [
        desks.browser_of(Role.PEER),
        desks.browser_of(Role.MANAGER, region=Region.WALES),
        desks.browser_of(Role.LIAISON, prison="MDI"),
    ]

    answers = {one.get(address).status_code for one in browsers for address in addresses}

    assert answers == {404}


def test_what_the_form_said_is_on_file_by_purpose(desks):
    leaver = a_leaver_row()
    desks.keep(leaver, a_referral(leaver))
    with desks.session() as db:
        db.add(Consent(leaver_id=leaver.id, purpose=Purpose.MATCHING, given=True,
                       told_on=NOW.date(), recorded_at=NOW))  # fmt: skip
        db.commit()

    page = desks.browser_of(Role.MANAGER).get(f"/manager/leavers/{leaver.id}/consents").text

    assert "Yes, said on" in page
