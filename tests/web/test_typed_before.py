"""What is sent when a stay is over is found again after signing in, by the same person alone."""

import re
from datetime import timedelta
from html import unescape
from io import BytesIO

import pytest
from sqlmodel import select

from matcher import unsent
from models.accounts import Account, SignIn, Unsent
from models.audit import AuditEntry
from models.council_words import Draft
from models.gate import GateMark
from models.meetings import Meeting
from models.people import Mentor
from models.referrals import Screening
from models.releases import ReleaseDate
from models.states import MeetingKind, MeetingState, PairState, ReferralState, Role
from tests.rows import NOW
from tests.web.desks import PASSWORD, Desks
from tests.web.filled_forms import PAGES
from tests.web.prisons import someone_matched
from tests.web.region import OwnRegion
from tests.web.test_manager_screening import WHOLE
from tests.web.walks import a_walk, an_offer

LONGER_THAN_A_STAY = timedelta(minutes=31)
NOTICE = "You were signed out before this was sent."
TYPED = f"{NOTICE} Here is what you typed. Check it and send it again."
WORDS = {
    "version": "1",
    "own_words": "I came out in 2014.\r\nIt got better.",
    "email": "alex.new@example.org",
    "phone": "07700 900 12",
}


class Person:
    """Someone with an account, in one browser, whose stay is over after a while."""

    def __init__(self, desks, account):
        self.desks, self.account = desks, account
        self.browser = desks.browser(account)

    def sends_too_late(self, address, typed, **more):
        self.desks.now += LONGER_THAN_A_STAY
        answer = self.browser.post(address, data=typed, **more)
        assert (answer.status_code, answer.location) == (302, "/sign-in")

    def signs_in(self, account=None):
        """Sign in again in the same browser; return where that leads."""
        account = account or self.account
        code = self.desks.code(account)
        form = {"sign_in_name": account.email, "password": PASSWORD, "one_time_code": code}
        return self.browser.post("/sign-in", data=form).location

    def reads(self, address):
        return unescape(self.browser.get(address).text)


def kept(desks):
    with desks.session() as db:
        return db.exec(select(Unsent)).all()


def inputs(page, name):
    """The values of all inputs of a name, in the order of the page."""
    tags = re.findall(rf'<input[^>]*\bname="{name}"[^>]*>', page)
    return [re.search(r'value="([^"]*)"', tag)[1] if "value=" in tag else "" for tag in tags]


def chosen(page, name):
    """The values of the radios and boxes of a name that are ticked."""
    tags = re.findall(rf'<input[^>]*\bname="{name}"[^>]*>', page)
    return [re.search(r'value="([^"]*)"', tag)[1] for tag in tags if re.search(r"\schecked", tag)]


def a_mentor(desks):
    """A mentor on the page of their own words."""
    walk = a_walk(desks)
    return walk, Person(desks, walk.account)


def begun(person):
    """The address of a form that a peer has begun."""
    return person.browser.post("/council/forms/").location.rstrip("/")


@pytest.mark.parametrize("name", ["about", "needs", "where", "note"])
def test_a_peer_finds_a_page_of_the_form_as_it_was_typed(desks, name):
    peer = Person(desks, desks.account(Role.PEER))
    page = f"{begun(peer)}/pages/{name}"
    in_time = Person(desks, desks.account(Role.PEER))
    saved = f"{begun(in_time)}/pages/{name}"
    in_time.browser.post(saved, data=PAGES[name])
    as_saved = in_time.reads(saved)

    peer.sends_too_late(page, PAGES[name])
    way_on = peer.signs_in()
    as_typed = peer.reads(way_on)

    assert way_on == page
    assert TYPED in as_typed
    assert as_typed.split("</h1>")[1] == as_saved.split("</h1>")[1]
    assert "Siân" not in as_typed or name == "about"
    with desks.session() as db:
        mine = select(Draft).where(Draft.account_id == peer.account.id)
        assert db.exec(mine).one().answers == {}


def test_boxes_that_were_emptied_stay_empty_over_what_was_saved(desks):
    peer = Person(desks, desks.account(Role.PEER))
    page = f"{begun(peer)}/pages/experience"
    peer.browser.post(page, data=PAGES["experience"])

    peer.sends_too_late(page, {})
    as_typed = peer.reads(peer.signs_in())

    assert NOTICE in as_typed
    assert chosen(as_typed, "experiences") == []


def test_a_liaison_finds_a_booking_with_its_day_and_time_and_no_word_of_blame(desks):
    there = someone_matched(desks)
    meeting = there.meeting(MeetingKind.INTRODUCTION)
    liaison = Person(desks, desks.account(Role.LIAISON))
    typed = {"day": ["31", "Feb", "27"], "starts": "3", "minutes": "45", "place": "Hall “B”"}

    liaison.sends_too_late(f"/liaison/meetings/{meeting.id}/booking", typed | {"reference": "V1"})
    page = liaison.reads(liaison.signs_in())

    assert TYPED in page
    assert inputs(page, "day") == ["31", "Feb", "27"]
    shown = [inputs(page, name) for name in ("starts", "minutes", "reference")]
    assert shown == [["3"], ["45"], ["V1"]]
    assert "Hall “B”" in page
    assert "There is a problem" not in page
    assert "--error" not in page
    assert there.now(Meeting, meeting.id).state is MeetingState.PLANNED


def test_a_manager_finds_a_screening_with_its_ticks_and_choices(desks):
    region = OwnRegion(desks)
    referral = region.referral(ReferralState.ENDORSED)
    manager = Person(desks, desks.account(Role.MANAGER))

    manager.sends_too_late(f"/manager/referrals/{referral.id}/screening", WHOLE)
    page = manager.reads(manager.signs_in())

    assert TYPED in page
    ticked = [chosen(page, name) for name in ("risk", "on_licence", "risk_to", "no_one_to_one")]
    assert ticked == [["medium"], ["yes"], ["arson"], ["y"]]
    assert inputs(page, "content_on") == ["9", "11", "2026"]
    assert inputs(page, "gangs") == ["north, SOUTH-2"]
    with desks.session() as db:
        assert db.exec(select(Screening)).all() == []


def test_a_mentor_finds_their_own_words_and_can_send_them(desks):
    walk, mentor = a_mentor(desks)

    mentor.sends_too_late("/mentor/words/", WORDS)
    page = mentor.reads(mentor.signs_in())
    before = walk.read(Mentor, walk.mentor.id).own_words
    sent = mentor.browser.post("/mentor/words/", data=WORDS)
    after = mentor.reads("/mentor/words/")

    assert TYPED in page
    assert "It got better." in page
    assert inputs(page, "phone") == ["07700 900 12"]
    assert (before, sent.status_code) == ("", 302)
    assert walk.read(Mentor, walk.mentor.id).own_words == "I came out in 2014.\nIt got better."
    assert kept(desks) == []
    assert "signed out" not in after


def test_what_is_refused_when_it_is_sent_again_is_not_forgotten(desks):
    _, mentor = a_mentor(desks)
    mentor.sends_too_late("/mentor/words/", WORDS | {"email": "alex at home"})

    mentor.signs_in()
    answer = mentor.browser.post("/mentor/words/", data=WORDS | {"email": "alex at home"})

    assert answer.status_code == 422
    assert len(kept(desks)) == 1


def test_who_comes_back_is_told_that_someone_changed_it_meanwhile(desks):
    walk, mentor = a_mentor(desks)
    mentor.sends_too_late("/mentor/words/", WORDS)
    same = mentor.reads(mentor.signs_in())
    with desks.session() as db:
        db.get_one(Mentor, walk.mentor.id).own_words = "By another hand."
        db.commit()

    changed = mentor.reads("/mentor/words/")

    sentence = "Someone changed this while you were away."
    assert sentence not in same
    assert sentence in changed
    assert inputs(changed, "version") == ["2"]


def test_a_confirmation_leads_back_to_the_page_it_was_typed_on(desks):
    there = someone_matched(desks)
    liaison = Person(desks, desks.account(Role.LIAISON))
    page = f"{there.address}/date"
    typed = {"kind": "confirmed", "day": ["9", "3", "2027"], "given_by": "Pat Jones"}
    with desks.session() as db:
        dates = len(db.exec(select(ReleaseDate)).all())

    came_from = {"Referer": f"http://localhost{page}"}
    liaison.sends_too_late(f"{page}/confirmation", typed, headers=came_from)
    way_on = liaison.signs_in()

    shown = liaison.reads(way_on)
    assert way_on == page
    assert TYPED in shown
    assert inputs(shown, "given_by") == ["Pat Jones"]
    assert re.findall(r'<option value="(\w+)"\s+selected', shown) == ["confirmed"]
    with desks.session() as db:
        assert len(db.exec(select(ReleaseDate)).all()) == dates


@pytest.mark.parametrize(
    "before", ["http://evil.example/liaison/", "http://localhost/manager/", ""]
)
def test_a_page_that_is_not_ours_is_never_led_to(desks, before):
    there = someone_matched(desks)
    liaison = Person(desks, desks.account(Role.LIAISON))

    liaison.sends_too_late(f"{there.address}/endorsement", {}, headers={"Referer": before})

    assert liaison.signs_in() == "/liaison/"


def test_a_tap_that_came_too_late_says_that_nothing_was_done(desks):
    walk = a_walk(desks, release_date=NOW.date())
    walk.meeting(kind=MeetingKind.GATE, window_first=NOW.date(), window_last=NOW.date())
    mentor = Person(desks, walk.account)
    gate = f"/mentor/pairs/{walk.pair.id}/gate"

    came_from = {"Referer": f"http://localhost{gate}"}
    mentor.sends_too_late(f"{gate}/home-safe", {}, headers=came_from)
    way_on = mentor.signs_in()

    assert way_on == gate
    assert f"{NOTICE} Nothing has been done yet. If you still want it, do it again." in (
        mentor.reads(gate)
    )
    with desks.session() as db:
        assert db.exec(select(GateMark)).all() == []


def test_a_file_has_to_be_chosen_again(desks):
    liaison = Person(desks, desks.account(Role.LIAISON))
    report = (BytesIO(b"surname\nCanary\n"), "report.csv")

    liaison.sends_too_late("/liaison/uploads/", {"report": report})
    page = liaison.reads(liaison.signs_in())

    assert "Choose the file again. A page cannot keep a file." in page
    assert "Canary" not in page


def test_of_two_pages_sent_too_late_neither_is_lost(desks):
    peer = Person(desks, desks.account(Role.PEER))
    form = begun(peer)
    peer.sends_too_late(f"{form}/pages/about", PAGES["about"])
    desks.now += timedelta(minutes=1)
    peer.browser.post(f"{form}/pages/note", data=PAGES["note"])

    newest = peer.reads(peer.signs_in())
    start, listed = peer.reads("/council/"), peer.reads("/not-sent")

    assert "Sâl yn y bore." in newest
    assert "You were signed out before something was sent." in start
    assert "Siân" not in start
    assert "Siân" in listed
    assert "Sâl yn y bore." in listed
    assert f'href="{form}/pages/about"' in listed


def test_what_was_typed_on_a_page_that_is_gone_is_listed(desks):
    walk = an_offer(desks)
    mentor = Person(desks, walk.account)
    refusal = f"/mentor/offers/{walk.pair.id}/refusal"
    mentor.sends_too_late(refusal, {"why": "too_far", "words": "My mother is ill."})
    with desks.session() as db:
        pair = db.get_one(type(walk.pair), walk.pair.id)
        pair.state, pair.place_number, pair.end_reason = PairState.ENDED, None, "expired"
        db.commit()

    answer = mentor.browser.get(mentor.signs_in())

    assert answer.status_code == 410
    assert "This offer has ended" in answer.text
    assert "My mother is ill." in answer.text


def test_what_is_not_wanted_any_more_is_thrown_away(desks):
    walk, mentor = a_mentor(desks)
    mentor.sends_too_late("/mentor/words/", WORDS)
    mentor.signs_in()

    mentor.browser.post("/not-sent/removal", data={"sent_to": "/mentor/words/"})

    assert kept(desks) == []
    assert "signed out" not in mentor.reads("/mentor/words/")
    assert walk.read(Mentor, walk.mentor.id).own_words == ""


def test_signs_that_no_database_keeps_are_looked_for_in_vain(desks):
    peer = Person(desks, desks.account(Role.PEER))
    page = f"{begun(peer)}/pages/about"
    peer.sends_too_late(page, PAGES["about"])
    peer.signs_in()

    thrown_away = peer.browser.post("/not-sent/removal", data={"sent_to": f"{page}\0"})
    asked = peer.browser.get(f"{page}%00")

    assert (thrown_away.status_code, asked.status_code) == (302, 404)
    assert [one.sent_to for one in kept(desks)] == [page]


def test_somebody_else_in_the_same_browser_sees_nothing_of_it(desks):
    peer, other = Person(desks, desks.account(Role.PEER)), desks.account(Role.PEER)
    page = f"{begun(peer)}/pages/about"
    peer.sends_too_late(page, PAGES["about"])

    way_on = peer.signs_in(other)
    pages = [peer.reads(address) for address in ("/council/", "/not-sent", page)]
    peer.browser.post("/not-sent/removal", data={"sent_to": page})
    back = peer.signs_in()

    assert way_on == "/"
    assert not any("Siân" in text or NOTICE in text for text in pages)
    assert back == page
    assert "Siân" in peer.reads(back)


def test_the_browser_holds_no_word_of_it(desks):
    _, mentor = a_mentor(desks)

    mentor.sends_too_late("/mentor/words/", WORDS)

    with mentor.browser.session_transaction() as held:
        assert held.keys() <= {"stay", "unsent", "csrf_token", "_permanent"}
        assert held["unsent"] is True


SIGNED_OUT = "You had signed out, so what you sent was not saved."
OURS = {"Origin": "http://localhost"}


def test_what_is_sent_after_signing_out_is_gone_and_that_is_said_before_and_after(desks):
    walk, mentor = a_mentor(desks)
    mentor.browser.post("/sign-out")

    answer = mentor.browser.post("/mentor/words/", data=WORDS, headers=OURS)
    before = mentor.reads(answer.location)
    after, later = mentor.reads(mentor.signs_in() + "mentor/"), mentor.reads("/mentor/")

    assert SIGNED_OUT in before
    assert SIGNED_OUT in after
    assert SIGNED_OUT not in later
    assert "It got better." not in before + after
    assert kept(desks) == []
    assert walk.read(Mentor, walk.mentor.id).own_words == ""


@pytest.mark.parametrize("sent_by", [{}, {"Origin": "http://evil.example"}])
def test_another_site_can_neither_say_so_nor_end_a_stay(desks, sent_by):
    a_mentor(desks)
    stranger = desks.browser()

    answer = stranger.post("/mentor/words/", data=WORDS, headers=sent_by)

    assert answer.status_code == 302
    assert "Set-Cookie" not in answer.headers
    assert SIGNED_OUT not in stranger.get("/sign-in").text


def test_whoever_signs_out_and_sends_nothing_reads_nothing_of_it(desks):
    _, mentor = a_mentor(desks)

    mentor.browser.post("/sign-out", headers=OURS)
    mentor.browser.post("/sign-out", headers=OURS)

    assert SIGNED_OUT not in mentor.reads("/sign-in")


def ended_on_purpose(db, account):
    db.exec(select(SignIn).where(SignIn.account_id == account.id)).one().ended_at = NOW


def closed(db, account):
    db.get_one(Account, account.id).disabled_at = NOW


def unknown(db, account):
    stay = db.exec(select(SignIn).where(SignIn.account_id == account.id)).one()
    stay.token_hash = "0" * 64


@pytest.mark.parametrize("happens", [ended_on_purpose, closed, unknown])
def test_of_a_stay_that_is_nobodys_nothing_is_kept(desks, happens):
    _, mentor = a_mentor(desks)
    with desks.session() as db:
        happens(db, mentor.account)
        db.commit()

    mentor.sends_too_late("/mentor/words/", WORDS)

    assert kept(desks) == []


def test_of_a_page_of_another_desk_nothing_is_kept(desks):
    _, mentor = a_mentor(desks)

    mentor.sends_too_late("/council/forms/", {"why": "mine"})

    assert kept(desks) == []


def test_a_stay_that_is_over_opens_no_page_and_is_ended_by_signing_in(desks):
    _, mentor = a_mentor(desks)
    mentor.sends_too_late("/mentor/words/", WORDS)

    closed_page = mentor.browser.get("/mentor/words/").location
    mentor.signs_in()

    assert closed_page == "/sign-in"
    with desks.session() as db:
        stays = db.exec(select(SignIn).order_by(SignIn.started_at)).all()
    assert [stay.ended_at is None for stay in stays] == [False, True]


def test_after_twelve_hours_of_use_nothing_is_lost_either(desks):
    _, mentor = a_mentor(desks)
    for _ in range(24):
        desks.now += timedelta(minutes=29)
        mentor.browser.get("/mentor/words/")

    mentor.sends_too_late("/mentor/words/", WORDS)

    assert "It got better." in mentor.reads(mentor.signs_in())


def test_a_page_asked_for_after_that_comes_first(desks):
    _, mentor = a_mentor(desks)
    mentor.sends_too_late("/mentor/words/", WORDS)

    mentor.browser.get("/mentor/")
    way_on = mentor.signs_in()

    assert way_on == "/mentor/"
    assert "You were signed out before something was sent." in mentor.reads(way_on)


def test_only_our_own_page_can_leave_words_for_someone_to_send(engine):
    desks = Desks(engine, WTF_CSRF_ENABLED=True)
    account = desks.account(Role.PEER)
    browser = desks.app.test_client()
    code = desks.code(account)
    form = {"sign_in_name": account.email, "password": PASSWORD, "one_time_code": code}
    browser.post("/sign-in", data=form | {"csrf_token": token(browser, "/sign-in")})
    fresh = token(browser, "/council/")
    desks.now += LONGER_THAN_A_STAY

    browser.post("/council/forms/", data={"note": "planted"})
    planted = kept(desks)
    browser.post("/council/forms/", data={"note": "mine", "csrf_token": fresh, "password": "x"})
    [own] = kept(desks)

    assert planted == []
    assert own.fields == (("note", "mine"),)


def token(browser, address):
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(address).text)[1]


def test_the_audit_tells_of_it_without_a_word_of_what_was_typed(desks):
    _, mentor = a_mentor(desks)

    mentor.sends_too_late("/mentor/words/", WORDS)
    mentor.sends_too_late("/mentor/words/", WORDS | {"phone": "07700 900124"})
    mentor.signs_in()
    mentor.browser.post("/mentor/words/", data=WORDS)

    with desks.session() as db:
        told = db.exec(select(AuditEntry).where(AuditEntry.noun == "unsent")).all()
    assert [entry.action for entry in told] == ["add", "change", "remove"]
    assert {entry.account_id for entry in told} == {mentor.account.id}
    assert all(entry.fields <= Unsent.model_fields.keys() for entry in told)
    assert not any("07700" in str(entry) or "better" in str(entry) for entry in told)


def test_after_a_day_it_is_neither_shown_nor_kept(desks):
    _, mentor = a_mentor(desks)
    mentor.sends_too_late("/mentor/words/", WORDS)
    desks.now += timedelta(hours=24)

    page = mentor.reads(mentor.signs_in())
    with desks.session() as db:
        gone = unsent.forget_old(db, now=desks.now)
        db.commit()

    assert "signed out" not in page
    assert gone == 1
    assert kept(desks) == []


def test_an_account_keeps_a_few_pages_and_of_each_the_newest(desks):
    account = desks.account(Role.PEER)

    with desks.session() as db:
        for number in (*range(unsent.MOST + 2), unsent.MOST + 1):
            one = {"sent_to": f"/{number}", "page": "/", "with_file": False}
            now = NOW + timedelta(minutes=number)
            unsent.keep(db, account, fields=[("why", "x")], now=now, **one)
        left = [row.sent_to for row in unsent.kept_for(db, account, now=NOW)]

    assert left == [f"/{number}" for number in range(unsent.MOST + 1, 1, -1)]


def test_what_is_longer_than_any_page_is_not_kept_whole(desks):
    account = desks.account(Role.PEER)
    fields = [("why", "short"), ("more", "x" * unsent.LONGEST)]

    with desks.session() as db:
        one = {"sent_to": "/", "page": "/", "with_file": False}
        row = unsent.keep(db, account, fields=fields, now=NOW, **one)

    assert row.fields == (("why", "short"),)
