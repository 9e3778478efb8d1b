"""A paper form is printed blank, keyed in on one page, checked, and sent like any other."""

import io
import re
from datetime import date, timedelta

import pytest
from pypdf import PdfReader
from sqlmodel import select

from matcher.asked_of_you import QUESTIONS, TITLES
from models.contacts import Contact
from models.council_words import Draft, Note, PersonToAvoid
from models.desk_words import FilledIn
from models.people import Leaver
from models.privacy import Consent
from models.referrals import Referral
from models.states import ReferralState, Role
from models.vocabulary import Companion, Experience, Importance, Need
from tests.rows import NOW
from tests.web.filled_forms import AVOIDED, PAGES
from web.page_form import NO_QUESTIONS
from web.peer_answers import AVOID
from web.peer_answers import PAGES as ASKED
from web.peer_forms import AnotherForm, AvoidForm

DESKS = [(Role.PEER, "/council/forms"), (Role.LIAISON, "/liaison/forms")]
DAY = NOW.date() - timedelta(days=6)
SIGNED = {"filled_in": "paper_helped", "signed_on": [str(DAY.day), str(DAY.month), str(DAY.year)]}


def paper(**other):
    """What is typed off a whole paper."""
    typed = {key: value for page in PAGES.values() for key, value in page.items()}
    person = {f"avoid-1-{key}": value for key, value in AVOIDED.items()}
    return typed | person | SIGNED | other


def begun(browser, forms="/council/forms"):
    return browser.post(f"{forms}/paper").location


@pytest.mark.parametrize(("role", "forms"), DESKS)
def test_a_paper_form_is_keyed_in_on_one_page_checked_and_sent(desks, role, forms):
    browser = desks.browser_of(role)
    address = begun(browser, forms)

    check = browser.post(address, data=paper(), follow_redirects=True)
    sent = browser.post(check.request.path, follow_redirects=True)

    assert "Check your answers" in check.text
    assert "Write the code on the paper form" in sent.text
    with desks.session() as db:
        leaver, referral = db.exec(select(Leaver)).one(), db.exec(select(Referral)).one()
        contact, note = db.exec(select(Contact)).one(), db.exec(select(Note)).one()
        avoided, said = db.exec(select(PersonToAvoid)).one(), db.exec(select(Consent)).all()
        assert db.exec(select(Draft)).all() == []
    assert leaver.code in sent.text
    assert referral.state is ReferralState.PUT_FORWARD
    assert referral.filled_in is FilledIn.PAPER_HELPED
    assert referral.consented_on == DAY
    assert {one.told_on for one in said} == {DAY}
    assert referral.needs == {Need.WORK: Importance.HIGH, Need.GP: Importance.LOW}
    assert referral.may_show == {Experience.FIRST_TIME}
    assert referral.wants == {Companion.FEMALE}
    assert (contact.phone, note.text) == ("07700 900123", "Sâl yn y bore.")
    assert (avoided.name, avoided.birth_date) == ("Dai Canary", date(1985, 3, 2))


def test_what_was_typed_wrong_is_kept_asked_about_and_found_again(desks):
    account = desks.account(Role.PEER)
    address = begun(desks.browser(account))
    wrong = paper(prison_number="12", phone="abc", **{"avoid-2-why": "They fell out."})

    answer = desks.browser(account).post(address, data=wrong)

    again = desks.browser(account).get(address).text
    assert answer.status_code == 422
    assert "such as A1234BC" in answer.text
    assert 'href="#avoid-2-name"' in answer.text
    for typed in ('value="12"', 'value="abc"', "Siân", "They fell out.", "Dai Canary"):
        assert typed in answer.text
        assert typed in again
    with desks.session() as db:
        assert db.exec(select(Referral)).all() == []


def test_a_form_that_is_wrong_cannot_be_sent_from_the_page_of_answers(desks):
    browser = desks.browser_of(Role.PEER)
    address = begun(browser)
    browser.post(address, data=paper(filled_in=""))

    answer = browser.post(address.replace("/paper", "/check"))

    assert answer.status_code == 422
    assert "“The paper” is not filled in yet, or no longer right" in answer.text


def test_keying_in_is_stopped_for_now_with_nothing_checked_and_taken_up_again(desks):
    browser = desks.browser_of(Role.PEER)
    address = begun(browser)

    stopped = browser.post(address, data={"first_name": "Siân", "later": "yes"})

    start = browser.get(stopped.location).text
    assert "Kept as you typed it" in start
    assert "Paper form for Siân, begun" in start
    assert 'value="Siân"' in browser.get(address.replace("/paper", "/"), follow_redirects=True).text


@pytest.mark.parametrize(
    ("typed", "sentence", "leads_to"),
    [
        ({"agreed": None}, "Without their yes we do nothing", "agreed"),
        ({"signed_on": ["1", "1", "2099"]}, "or an earlier day", "signed_on-day"),
        ({"signed_on": ["", "", ""]}, "If there is none, ask the person", "signed_on-day"),
        ({"filled_in": ""}, "If no box is ticked, ask the person", "filled_in"),
        ({"may_show": ["faith"]}, "Tick here only what they have lived through", "may_show"),
        ({"spoken": ["pl"]}, "Tick here only languages that they speak", "spoken"),
        ({"needs-work": "", "needs-gp": ""}, "Choose at least one thing", "needs"),
    ],
)
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_what_is_missing_on_a_paper_is_asked_of_the_person(desks, typed, sentence, leads_to):
    browser = desks.browser_of(Role.PEER)
    sent = {key: value for key, value in paper(**typed).items() if value is not None}

    answer = browser.post(begun(browser), data=sent)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'href="#{leads_to}"' in answer.text
    assert f'id="{leads_to}"' in answer.text


def test_other_languages_are_in_sight_once_one_of_them_is_ticked(desks):
    browser = desks.browser_of(Role.PEER)
    address = begun(browser)
    before = browser.get(address).text

    browser.post(address, data=paper(languages=["en", "pl"]))

    assert '<details class="govuk-details" open>' not in before
    assert '<details class="govuk-details" open>' in browser.get(address).text


def test_there_is_always_one_more_place_for_somebody_they_must_not_meet(desks):
    browser = desks.browser_of(Role.PEER)
    address = begun(browser)
    names = {f"avoid-{number}-name": f"Dai {word}" for number, word in [(1, "One"), (2, "Two")]}
    browser.post(address, data=paper(**names))

    page = browser.get(address).text

    assert 'name="avoid-3-name"' in page
    browser.post(address, data=paper(**names, **{"avoid-3-name": "Dai Three"}))
    check = browser.get(address.replace("/paper", "/check")).text
    assert all(f"Dai {word}" in check for word in ("One", "Two", "Three"))


def test_the_same_paper_is_not_keyed_in_twice(desks):
    first, second = desks.browser_of(Role.PEER), desks.browser_of(Role.LIAISON)
    sent = [begun(first), begun(second, "/liaison/forms")]
    for browser, address in zip((first, second), sent, strict=True):
        browser.post(address, data=paper())
    first.post(sent[0].replace("/paper", "/check"))

    again = second.post(sent[1].replace("/paper", "/check"))

    assert again.status_code == 422
    with desks.session() as db:
        assert len(db.exec(select(Referral)).all()) == 1


def test_a_peer_finds_no_paper_of_another_and_sees_no_more_of_their_own_once_it_is_sent(desks):
    mine, other = desks.browser_of(Role.PEER), desks.browser_of(Role.PEER)
    address = begun(mine)

    assert other.get(address).status_code == 404
    assert other.post(address, data=paper()).status_code == 404


@pytest.mark.parametrize(("role", "forms"), DESKS)
def test_a_blank_form_asks_all_and_tells_of_nobody(desks, role, forms):
    browser = desks.browser_of(role)
    sent = browser.post(begun(browser, forms), data=paper()).location
    browser.post(sent)

    pdf = browser.get(f"{forms}/blank.pdf")

    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.data)).pages)
    said = re.sub(r"\s+", " ", text)
    assert pdf.mimetype == "application/pdf"
    assert "no-store" in pdf.headers["Cache-Control"]
    for person in ("Siân", "Neill", "Canary", "GM-"):
        assert person not in said
    for page, fields in QUESTIONS.items():
        for name, asked in fields.items():
            assert asked.label in said, (page, name)


def test_the_paper_asks_what_the_form_asks_in_its_order():
    names = {page.name: _fields(page.form or AnotherForm) for page in ASKED.values()}
    names[AVOID] += _fields(AvoidForm)

    assert list(TITLES) == list(ASKED)
    assert {page: list(fields) for page, fields in QUESTIONS.items()} == names


def _fields(form):
    """Return the fields of a page as its class names them, in their order."""
    own = [(name, getattr(form, name)) for name in dir(form)]
    fields = [(name, one) for name, one in own if hasattr(one, "creation_counter")]
    ordered = sorted(fields, key=lambda pair: pair[1].creation_counter)
    return [name for name, _ in ordered if name not in NO_QUESTIONS]
