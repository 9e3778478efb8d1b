"""The kiosk: a leaver asks for themselves, and the browser opens the form and nothing else."""

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from matcher import kiosk
from matcher.accounts import begin_stay
from models.accounts import SignIn, Unsent
from models.council_words import Draft
from models.desk_words import FilledIn
from models.people import Leaver
from models.referrals import Referral
from models.states import ReferralState, Role
from tests.web.filled_forms import AVOIDED, PAGES, fill_in
from tests.web.walks import a_walk
from web.kiosk_stay import OPEN
from web.page_rights import RIGHTS

DESKS = {Role.PEER: "/council/", Role.LIAISON: "/liaison/"}


def a_kiosk(desks, role=Role.PEER, account=None):
    browser = desks.browser(account) if account else desks.browser_of(role)
    assert browser.post(f"{DESKS[role]}kiosk").location == "/kiosk/"
    return browser


@pytest.mark.parametrize("role", DESKS)
def test_a_leaver_asks_for_themselves_and_the_liaison_endorses_as_usual(desks, role):
    browser = a_kiosk(desks, role)
    form = fill_in(browser, "/kiosk/forms", but={"about"})

    page = browser.post(f"{form}/pages/about", data=PAGES["about"], follow_redirects=True)
    sent = browser.post(f"{form}/check", follow_redirects=True)

    with desks.session() as db:
        leaver, referral = db.exec(select(Leaver)).one(), db.exec(select(Referral)).one()
    assert "Is all of it right?" in page.text
    assert "Your code is" in sent.text
    assert leaver.code in sent.text
    assert referral.state is ReferralState.PUT_FORWARD
    assert (referral.filled_in, referral.put_forward_by) == (FilledIn.KIOSK, None)
    liaison = desks.browser_of(Role.LIAISON)
    shown = liaison.get(f"/liaison/referrals/{referral.id}").text
    assert "At a kiosk, by themselves" in shown
    consents = liaison.get(f"/liaison/referrals/{referral.id}/consents").text
    assert "Yes, said on" in consents
    assert "None" not in consents
    liaison.post(
        f"/liaison/referrals/{referral.id}/endorsement", data={"version": referral.version}
    )
    with desks.session() as db:
        assert db.get_one(Referral, referral.id).state is ReferralState.ENDORSED


def test_nothing_of_one_leaver_is_left_for_the_next(desks):
    account = desks.account(Role.PEER)
    browser = a_kiosk(desks, account=account)
    form = fill_in(browser, "/kiosk/forms")
    browser.post(f"{form}/check")
    code = browser.get("/kiosk/sent").text.split("<strong>")[1].split("<")[0]

    ended = browser.post("/kiosk/end")

    assert ended.headers["Clear-Site-Data"] == '"cache"'
    pages = [browser.get(one, follow_redirects=True).text for one in ("/kiosk/sent", f"{form}/")]
    again = browser.post("/kiosk/forms/", follow_redirects=True).text
    back = browser.post(f"{form}/pages/about", data=PAGES["about"], follow_redirects=True).text
    desk = desks.browser(account).get("/council/").text
    for page in (*pages, again, back, desk):
        for written in ("Siân", "Neill", "a1234bc", "Canary", code):
            assert written not in page
    with desks.session() as db:
        assert db.exec(select(Draft)).one().answers == {}


def test_starting_anew_wipes_what_somebody_typed_before(desks):
    browser = a_kiosk(desks)
    form = browser.post("/kiosk/forms/").location.removesuffix("/pages/about")
    browser.post(f"{form}/pages/about", data=PAGES["about"])

    browser.post("/kiosk/forms/")

    assert browser.get(f"{form}/pages/about").location == "/kiosk/"
    with desks.session() as db:
        assert [draft.answers for draft in db.exec(select(Draft))] == [{}]


def test_what_is_left_alone_for_a_while_is_wiped_before_anybody_sees_it(desks):
    browser = a_kiosk(desks)
    form = browser.post("/kiosk/forms/").location.removesuffix("/pages/about")
    browser.post(f"{form}/pages/about", data=PAGES["about"])
    desks.now += kiosk.IDLE + timedelta(seconds=90)

    answer = browser.get(f"{form}/pages/about")

    assert answer.location == "/kiosk/"
    assert "what was typed is wiped" in browser.get("/kiosk/").text
    with desks.session() as db:
        assert db.exec(select(Draft)).all() == []


def test_a_page_that_somebody_walked_away_from_goes_back_to_the_start_by_itself(desks):
    browser = a_kiosk(desks)
    form = browser.post("/kiosk/forms/").location

    page, start = browser.get(form), browser.get("/kiosk/")

    seconds, _, leads_to = page.headers["Refresh"].partition("; url=")
    assert int(seconds) > kiosk.IDLE.total_seconds()
    assert leads_to == "/kiosk/"
    assert "Refresh" not in start.headers


@pytest.mark.parametrize("minutes", [31, 60 * 12 + 1])
def test_what_comes_after_the_stay_is_over_is_kept_for_nobody(desks, minutes):
    account = desks.account(Role.PEER)
    browser = a_kiosk(desks, account=account)
    form = browser.post("/kiosk/forms/").location.removesuffix("/pages/about")
    desks.now += timedelta(minutes=minutes)

    answer = browser.post(f"{form}/pages/about", data=PAGES["about"])

    assert answer.location == "/sign-in"
    with desks.session() as db:
        assert db.exec(select(Unsent)).all() == []
    assert "Siân" not in desks.browser(account).get("/council/").text


def test_signing_out_is_the_only_way_back_and_wipes_what_was_typed(desks):
    browser = a_kiosk(desks)
    form = browser.post("/kiosk/forms/").location.removesuffix("/pages/about")
    browser.post(f"{form}/pages/about", data=PAGES["about"])

    out = browser.post("/sign-out")

    assert out.location == "/sign-in"
    assert browser.get("/kiosk/").location == "/sign-in"
    with desks.session() as db:
        assert db.exec(select(Draft)).all() == []


@pytest.mark.parametrize("role", DESKS)
def test_every_other_page_leads_from_a_kiosk_to_its_own_start(desks, role):
    walk = a_walk(desks)
    browser = a_kiosk(desks, role)
    app, ids = desks.app, (walk.pair.id, walk.leaver.id)
    others = [rule for rule in app.url_map.iter_rules() if not RIGHTS[rule.endpoint].at_kiosk]
    asked = 0

    for rule in (one for one in others if one.endpoint not in OPEN):
        for some_id in ids:
            built = address_of(rule, some_id)
            for method in RIGHTS[rule.endpoint].methods:
                answer = browser.open(built, method=method)
                assert (answer.status_code, answer.location) == (302, "/kiosk/"), built
                asked += 1

    assert asked > 200
    assert "Close the kiosk" in browser.get("/kiosk/").text


def address_of(rule, some_id):
    """An address that a rule takes: an id in each place for one, else the first word it knows."""
    said = re.sub(r"<any\(([^,)]+)[^>]*>", lambda one: one[1].strip("'\""), rule.rule)
    return re.sub(r"<[^>]*>", lambda one: str(some_id) if "_id>" in one[0] else "1", said)


@pytest.mark.parametrize("role", [Role.PEER, Role.LIAISON, Role.MANAGER, None])
def test_nobody_opens_the_pages_of_a_kiosk_with_a_stay_that_is_none(desks, role):
    browser = desks.browser_of(role) if role else desks.app.test_client()

    answers = [browser.get("/kiosk/"), browser.get("/kiosk/sent"), browser.post("/kiosk/forms/")]

    expected = 404 if role else 302
    assert {answer.status_code for answer in answers} == {expected}


def test_one_kiosk_finds_no_form_of_another_nor_of_the_desk(desks):
    account = desks.account(Role.PEER)
    begun = desks.browser(account).post("/council/forms/").location.strip("/").split("/")[-1]
    one, other = (a_kiosk(desks, account=account) for _ in range(2))
    form = one.post("/kiosk/forms/").location.removesuffix("/pages/about")
    one.post(f"{form}/pages/about", data=PAGES["about"])

    assert other.get(f"{form}/pages/about").location == "/kiosk/"
    assert other.get(f"/kiosk/forms/{begun}/").location == "/kiosk/"
    assert desks.browser(account).get(f"/council/forms/{form.split('/')[3]}/").status_code == 404


def test_the_pages_of_a_kiosk_say_you_and_name_nobody_and_lead_nowhere_else(desks):
    a_walk(desks)
    browser = a_kiosk(desks, Role.LIAISON)
    form = browser.post("/kiosk/forms/").location.removesuffix("/pages/about")
    names = [f"pages/{name}" for name in PAGES if name not in ("avoid", "show")]
    browser.post(f"{form}/avoid/new", data=AVOIDED)

    for name in ("", "avoid", "avoid/new", "check", "removal", *names):
        page = browser.get(f"{form}/{name}").text
        main = page.split("<main")[1].split("</main>")[0]
        for word in (" they ", " them", " their ", "Their ", "They "):
            said = main.replace("They can meet", "").replace("They also ask", "")
            said = said.replace("When we ask them", "").replace("they have said yes", "")
            said = said.replace("They fell out", "").replace("they may know", "")
            assert word not in said, (name, word)
        assert "My account" not in page
        assert 'autocomplete="tel"' not in page
        assert 'autocomplete="email"' not in page
        assert 'href="/' not in main.replace('href="/kiosk/', "")


def test_what_is_refused_is_told_without_a_reason(desks):
    browsers = [a_kiosk(desks), a_kiosk(desks)]
    forms = [fill_in(browser, "/kiosk/forms") for browser in browsers]
    browsers[0].post(f"{forms[0]}/check")

    answer = browsers[1].post(f"{forms[1]}/check")

    assert answer.status_code == 422
    assert "Please tell the liaison" in answer.text
    assert "already" not in answer.text


def test_what_was_left_at_a_kiosk_is_forgotten_by_the_hour(desks):
    account = desks.account(Role.PEER)
    browser = a_kiosk(desks, account=account)
    browser.post("/kiosk/forms/")
    desks.browser(account).post("/council/forms/")

    with desks.session() as db:
        fresh = kiosk.forget_old(db, now=desks.now)
        old = kiosk.forget_old(db, now=desks.now + timedelta(minutes=61))
        db.commit()
        left = db.exec(select(Draft)).one()

    assert (fresh, old, left.stay_id) == (0, 1, None)


def test_a_kiosk_stays_one_to_the_end_of_its_stay(desks):
    account = desks.account(Role.LIAISON)
    with desks.session() as db:
        begin_stay(db, account, now=desks.now)
        stay = db.exec(select(SignIn)).first()
        kiosk.make_kiosk(db, stay.id, now=desks.now)
        first = stay.kiosk_since
        kiosk.make_kiosk(db, stay.id, now=desks.now + timedelta(minutes=5))

    assert stay.kiosk_since == first
