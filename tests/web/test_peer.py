"""A council peer puts someone forward, page by page, and then sees a code and nothing more."""

import re

import pytest
from sqlmodel import select

from matcher.desks.peer import STANDING
from models.contacts import Contact
from models.council_words import Draft, Note, PersonToAvoid
from models.desk_words import ContactWay
from models.ethnic_groups import EthnicGroup
from models.people import Leaver
from models.referrals import Referral
from models.release_words import SentenceKind
from models.states import ReferralState, Role
from models.vocabulary import Companion, Culture, Experience, Importance, Need
from tests.web.filled_forms import AVOIDED, PAGES, fill_in


def test_one_person_is_put_forward_from_the_first_page_to_the_code(desks):
    browser = desks.browser_of(Role.PEER)
    form = fill_in(browser, "/council/forms")

    answer = browser.post(f"{form}/check", follow_redirects=True)

    with desks.session() as db:
        leaver, referral = db.exec(select(Leaver)).one(), db.exec(select(Referral)).one()
        contact, note = db.exec(select(Contact)).one(), db.exec(select(Note)).one()
        avoided = db.exec(select(PersonToAvoid)).one()
    assert leaver.code in answer.text
    assert (leaver.first_name, leaver.surname, leaver.prison) == ("Siân", "O’Neill", "LEI")
    assert referral.state is ReferralState.PUT_FORWARD
    assert referral.needs == {Need.WORK: Importance.HIGH, Need.GP: Importance.LOW}
    assert referral.experiences == {Experience.CARE, Experience.FIRST_TIME}
    assert referral.may_show == {Experience.FIRST_TIME}
    assert referral.wants == {Companion.FEMALE}
    assert Culture.WELSH in referral.wishes
    assert (contact.phone, contact.shares) == ("07700 900123", ContactWay.PHONE)
    assert (note.text, note.shareable) == ("Sâl yn y bore.", True)
    assert (avoided.name, avoided.why) == ("Dai Canary", "Canary reason.")


@pytest.mark.parametrize(
    ("chosen", "said", "kept"),
    [
        ("mixed", "Mixed or multiple ethnic groups", EthnicGroup.MIXED),
        ("rather_not", "I would rather not say", None),
        ("", "Not given", None),
    ],
)
def test_an_ethnic_group_is_asked_once_checked_and_kept_if_they_say_it(desks, chosen, said, kept):
    browser = desks.browser_of(Role.PEER)
    form = fill_in(browser, "/council/forms")
    browser.post(f"{form}/pages/about", data=PAGES["about"] | {"ethnic_group": chosen})

    again, check = (browser.get(f"{form}/{end}").text for end in ("pages/about", "check"))
    browser.post(f"{form}/check")

    [ticked] = re.findall(r'name="ethnic_group"[^>]*value="(\w+)"[^>]*checked', again) or [""]
    assert ticked == chosen
    assert re.search(rf"Which of these groups are they in\?.*?{said}", check, re.DOTALL)
    with desks.session() as db:
        assert db.exec(select(Leaver)).one().ethnic_group is kept


def test_after_sending_nothing_that_was_written_is_shown_again(desks):
    browser = desks.browser_of(Role.PEER)
    form = fill_in(browser, "/council/forms")
    sent = browser.post(f"{form}/check").location

    pages = [browser.get(address).text for address in ("/council/", sent)]

    with desks.session() as db:
        assert db.exec(select(Draft)).all() == []
    for written in ("Siân", "Neill", "A1234BC", "1990", "07700", "Canary", "Sâl"):
        as_a_word = re.compile(rf"(?<![\w-]){written}(?![\w-])")  # not within a random token
        assert not any(as_a_word.search(page) for page in pages), written
    assert browser.get(f"{form}/check").location == sent


def test_sending_from_a_second_tab_leads_to_the_code_of_what_was_sent(desks):
    browser = desks.browser_of(Role.PEER)
    form = fill_in(browser, "/council/forms")
    sent = browser.post(f"{form}/check").location

    again = browser.post(f"{form}/check", follow_redirects=True)

    assert again.request.path == sent
    assert "This form was sent before" in again.text
    with desks.session() as db:
        assert db.exec(select(Leaver)).one().code in again.text
        assert len(db.exec(select(Referral)).all()) == 1


def test_what_is_typed_into_a_form_that_was_sent_is_listed_and_not_kept(desks):
    browser = desks.browser_of(Role.PEER)
    form = fill_in(browser, "/council/forms")
    sent = browser.post(f"{form}/check").location

    answer = browser.post(f"{form}/pages/note", data=PAGES["note"] | {"note": "Walks slowly."})

    assert answer.status_code == 409
    assert "Walks slowly." in answer.text
    assert f'href="{sent}"' in answer.text
    with desks.session() as db:
        assert [note.text for note in db.exec(select(Note))] == ["Sâl yn y bore."]


@pytest.mark.parametrize("role", [Role.PEER, Role.LIAISON])
def test_a_form_that_someone_else_has_sent_leads_nowhere(desks, role):
    form = fill_in(desks.browser_of(Role.PEER), "/council/forms")
    other = desks.browser_of(role)
    address = form if role is Role.PEER else form.replace("/council/", "/liaison/")

    answers = [other.get(f"{address}/check"), other.post(f"{address}/check")]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_a_wrong_phone_number_is_told_of_once_and_not_called_empty(desks):
    browser = desks.browser_of(Role.PEER)

    answer = browser.post(
        f"{_begun(browser)}/pages/reach", data={"phone": "abc", "shares": "phone"}
    )

    assert "Phone number: write a phone number such as 07700 900123." in answer.text
    assert "is empty" not in answer.text


@pytest.mark.parametrize(
    ("year", "sentence"),
    [
        ("2999", "The year 2999 cannot be right. Check the year."),
        ("27", "Write the year with 4 numbers, such as 2027."),
    ],
)
def test_a_year_that_cannot_be_is_told_by_what_is_wrong_with_it(desks, year, sentence):
    browser = desks.browser_of(Role.PEER)

    answer = browser.post(
        f"{_begun(browser)}/pages/release",
        data={"release_date": ["3", "2", year], "sentence_kind": "determinate"},
    )

    assert answer.status_code == 422
    assert sentence in answer.text
    assert ("with 4 numbers" in answer.text) == (year == "27")


def test_a_day_of_birth_that_cannot_be_is_told_without_a_day_of_the_week(desks):
    browser = desks.browser_of(Role.PEER)
    form = fill_in(browser, "/council/forms")
    born = {"birth_date": ["1", "1", "2026"]}

    answer = browser.post(f"{form}/pages/about", data=PAGES["about"] | born)

    assert answer.status_code == 422
    assert re.search(r"Give \d+ \w+ 2016 or an earlier day", answer.text)


def test_how_far_they_can_travel_is_checked_in_km(desks):
    browser = desks.browser_of(Role.PEER)
    form = fill_in(browser, "/council/forms")

    page = browser.get(f"{form}/check").text

    assert re.search(r">\s*20 km\s*<", page)


def test_a_form_begun_is_in_sight_before_the_other_ways_to_put_someone_forward(desks):
    browser = desks.browser_of(Role.PEER)
    fill_in(browser, "/council/forms")

    page = browser.get("/council/").text

    assert page.index("Forms not sent yet") < page.index("On paper")


def test_answers_survive_a_closed_browser_as_they_were_typed(desks):
    account = desks.account(Role.PEER)
    form = _begun(desks.browser(account))
    desks.browser(account).post(f"{form}/pages/about", data=PAGES["about"])

    page = desks.browser(account).get(f"{form}/pages/about").text

    assert 'value="a1234bc"' in page
    assert 'value="Siân"' in page


def test_the_pages_follow_one_another_and_end_with_the_answers(desks):
    browser = desks.browser_of(Role.PEER)
    form = _begun(browser)

    ways = [
        browser.post(f"{form}/{_address(name)}", data=typed).location
        for name, typed in PAGES.items()
    ]

    assert ways[0] == f"{form}/pages/release"
    assert ways[-1] == f"{form}/check"


def test_who_ticked_nothing_is_not_asked_what_the_mentor_may_know(desks):
    browser = desks.browser_of(Role.PEER)
    form = _begun(browser)
    browser.post(f"{form}/pages/experience", data={"version": "", "experiences": []})

    page = browser.get(f"{form}/")

    assert "What their mentor may know of it" not in page.text


@pytest.mark.parametrize(
    ("page", "typed", "sentence", "leads_to"),
    [
        ("about", {"prison_number": "12"}, "such as A1234BC", "#prison_number"),
        ("release", {"release_date": ["31", "2", "2027"]}, "There is no 31 February", "-day"),
        ("needs", {"needs-work": "", "needs-gp": ""}, "Choose at least one thing", "#needs"),
        ("where", {"resettling_in": "ZZ99"}, "We do not know ZZ99", "#resettling_in"),
        ("reach", {"shares": "email", "email": ""}, "E-mail address is empty", "#shares"),
        ("note", {"note": "Keep me", "note_shareable": ""}, "Choose yes or no below", "#note"),
        ("consent", {}, "Tick the box once they have said yes", "#agreed"),
    ],
)
def test_a_wrong_answer_is_named_shown_again_and_not_kept(desks, page, typed, sentence, leads_to):
    browser = desks.browser_of(Role.PEER)
    form = _begun(browser)

    answer = browser.post(f"{form}/pages/{page}", data=PAGES[page] | typed if typed else {})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert re.search(rf'href="#[^"]*{re.escape(leads_to.lstrip("#"))}', answer.text)
    with desks.session() as db:
        assert db.exec(select(Draft)).one().answers == {}
    for text in (value for value in typed.values() if isinstance(value, str) and value):
        assert text in answer.text


def test_a_form_with_a_page_left_out_is_not_sent(desks):
    """ASVS 2.3.1."""
    browser = desks.browser_of(Role.PEER)
    form = fill_in(browser, "/council/forms", but={"consent"})

    answer = browser.post(f"{form}/check")

    assert answer.status_code == 422
    assert "“Their yes” is not filled in yet" in answer.text
    with desks.session() as db:
        assert db.exec(select(Referral)).all() == []


def test_a_peer_is_not_told_why_someone_cannot_be_put_forward(desks):
    browser, other = desks.browser_of(Role.PEER), desks.browser_of(Role.PEER)
    first, second = (fill_in(each, "/council/forms") for each in (browser, other))
    browser.post(f"{first}/check")

    answer = other.post(f"{second}/check")

    assert answer.status_code == 422
    assert "Ask the liaison to look at it with you" in answer.text
    assert "already" not in answer.text
    assert "Siân" in other.get(f"{second}/check").text


def test_someone_is_taken_off_the_list_of_who_to_avoid(desks):
    browser = desks.browser_of(Role.PEER)
    form = _begun(browser)
    for name in ("One Canary", "Two Canary"):
        browser.post(f"{form}/avoid/new", data=AVOIDED | {"name": name})

    browser.post(f"{form}/avoid/1/removal")

    page = browser.get(f"{form}/avoid").text
    assert "Two Canary" in page
    assert "One Canary" not in page


def test_a_form_is_thrown_away_only_when_that_is_confirmed(desks):
    browser = desks.browser_of(Role.PEER)
    form = _begun(browser)
    asked = browser.get(f"{form}/removal")

    browser.post(f"{form}/removal")

    assert "gone for good" in asked.text
    with desks.session() as db:
        assert db.exec(select(Draft)).all() == []


def test_a_peer_finds_neither_the_forms_nor_the_people_of_another(desks):
    mine, other = desks.browser_of(Role.PEER), desks.browser_of(Role.PEER)
    form, sent = _begun(mine), mine.post(f"{fill_in(mine, '/council/forms')}/check").location

    for address in (f"{form}/", f"{form}/check", f"{form}/pages/about", f"{form}/avoid", sent):
        assert other.get(address).status_code == 404, address
    assert other.post(f"{form}/removal").status_code == 404
    assert "GM-" not in other.get("/council/").text


def test_the_desk_tells_someone_new_what_to_do(desks):
    page = desks.browser_of(Role.PEER).get("/council/").text

    assert "Start a new form" in page
    assert "You have sent nothing yet" in page


def test_how_each_referral_stands_is_said_in_words(desks):
    account = desks.account(Role.PEER)
    browser = desks.browser(account)
    browser.post(f"{fill_in(browser, '/council/forms')}/check")

    said = {state: _standing_of(desks, browser, state) for state in ReferralState}

    assert said == STANDING


def _standing_of(desks, browser, state):
    with desks.session() as db:
        db.exec(select(Referral)).one().state = state
        db.commit()
    return re.search(r'<td class="govuk-table__cell">(.*?)</td>', browser.get("/council/").text)[1]


def _begun(browser):
    return browser.post("/council/forms/").location.rstrip("/")


def _address(name):
    return name if name == "avoid" else f"pages/{name}"


def test_a_begun_form_is_called_by_the_first_name_and_only_for_who_began_it(desks):
    browser, other = desks.browser_of(Role.PEER), desks.browser_of(Role.PEER)
    form = _begun(browser)
    nameless = browser.get("/council/").text

    browser.post(f"{form}/pages/about", data=PAGES["about"])

    assert "Form begun on" in nameless
    assert "Form for Siân, begun on" in browser.get("/council/").text
    assert "Siân" not in other.get("/council/").text


def test_who_does_not_know_how_the_day_is_decided_may_say_so(desks):
    browser = desks.browser_of(Role.PEER)
    form = fill_in(browser, "/council/forms")
    browser.post(f"{form}/pages/release", data=PAGES["release"] | {"sentence_kind": "not_known"})
    check = browser.get(f"{form}/check").text

    browser.post(f"{form}/check")

    assert "I do not know" in check
    with desks.session() as db:
        assert db.exec(select(Leaver)).one().sentence_kind is SentenceKind.DETERMINATE
