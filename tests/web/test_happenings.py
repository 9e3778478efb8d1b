"""What happens to people is told on a page, shown with what follows, and kept once confirmed."""

import re
from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest
from sqlmodel import col, select

from matcher.bookings import write_booking
from matcher.life_events import HAPPENINGS
from models.events import Event
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.states import EventKind, MeetingKind, MeetingState, MentorState, PairState, Role
from models.tasks import Task
from models.vocabulary import Region
from tests.matcher.accepted import contents
from tests.rows import BOOKED, NOW, a_leaver_row, a_letter, a_meeting, a_mentor_row, a_referral
from tests.web.prisons import Waiting, someone_matched
from tests.web.walks import an_offer
from web.happening_table import OF_LEAVERS, told_by

TODAY = NOW.date()


def a_day(when):
    return [str(when.day), str(when.month), str(when.year)]


WHO = {"said_by": "Pat at the desk"}
ON = {"on": a_day(TODAY)} | WHO
TYPED = {
    "date": {"kind": "confirmed", "day": ["10", "2", "2027"], "given_by": "Pat at the desk"},
    "left": {"on": a_day(TODAY), "given_by": "Pat at the desk"},
    "moved": ON | {"prison": "WCI"},
    "away": ON | {"why": "court", "until": a_day(TODAY + timedelta(days=3))},
    "recalled": ON,
    "sentenced": ON | {"remand": "no"},
    "not-released": ON | {"arrested": "yes"},
    "at-large": ON,
    "risk": ON | {"what": "licence"},
    "consent": WHO,
    "died": ON,
}
OF_MENTOR = {"pause": ON | {"why": "illness"}, "back": WHO, "end": ON, "consent": WHO}
BY_MANAGER = [("leavers", name) for name in TYPED] + [("mentors", name) for name in OF_MENTOR]


class Manager:
    """The manager of the region, and the pages on which someone's events are told."""

    def __init__(self, desks, there):
        self.desks, self.there = desks, there
        self.browser = desks.browser_of(Role.MANAGER)

    def address(self, whose, name):
        person = self.there.leaver if whose == "leavers" else self.there.mentor
        return f"/manager/{whose}/{person.id}/events/{name}"


def of_liaison(there, name):
    return f"{there.address}/events/{name}"


def told(browser, address, typed):
    """Send the words and return the page of what follows."""
    page = browser.get(address).text
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)[1]
    return browser.post(address, data={"version": version} | typed)


def hidden(page):
    """What the confirming form sends: its hidden fields, names that repeat as lists."""
    sent = {}
    form = page[page.index("/confirmation") :]
    for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form):
        sent.setdefault(name, []).append(unescape(value))
    return sent


def confirmed(browser, address, typed):
    shown = told(browser, address, typed)
    assert shown.status_code == 200, shown.text
    return browser.post(f"{address}/confirmation", data=hidden(shown.text))


def events(desks, kind=None):
    with desks.session() as db:
        found = db.exec(select(Event).order_by(col(Event.recorded_at))).all()
    return [one for one in found if kind in (None, one.kind)]


def kept(desks):
    with desks.session() as db:
        return contents(db)


@pytest.mark.parametrize("name", [name for name in TYPED if name != "date"])
def test_a_liaison_sees_what_follows_and_confirms_it(desks, name):
    there = someone_matched(desks)
    [telling] = [one for one in OF_LEAVERS if one.name == name]
    before = kept(desks)

    shown = told(there.browser, of_liaison(there, name), TYPED[name])

    assert shown.status_code == 200
    assert "Nothing is changed yet" in shown.text
    assert kept(desks) == before
    answer = there.browser.post(
        f"{of_liaison(there, name)}/confirmation", data=hidden(shown.text), follow_redirects=True
    )
    assert answer.status_code == 200
    [event] = events(desks, telling.kind)
    assert event.leaver_id == there.leaver.id
    sentences = re.findall(r"<li>([^<]+)</li>", shown.text[shown.text.index("Nothing is") :])
    assert sentences
    assert " ".join(sentences[:2]) in answer.text


def test_a_council_is_not_told_that_an_offer_ends_and_the_manager_is(desks):
    walk = an_offer(desks)
    letter = a_letter(pair_id=walk.pair.id, mentor_id=walk.pair.mentor_id, key="offer:1")
    desks.keep(letter)
    liaison = Waiting(desks, desks.browser_of(Role.LIAISON), walk.leaver, walk.referral)
    manager = Manager(desks, liaison)

    pages = [
        told(browser, address, WHO).text
        for browser, address in (
            (liaison.browser, of_liaison(liaison, "consent")),
            (manager.browser, manager.address("leavers", "consent")),
        )
    ]

    for said in ("1 pair ends.", "1 letter is taken back."):
        assert [said in page for page in pages] == [False, True]


@pytest.mark.parametrize(("whose", "name"), BY_MANAGER)
def test_a_manager_sees_what_follows_and_confirms_it(desks, whose, name):
    manager = Manager(desks, someone_matched(desks))
    typed = TYPED[name] if whose == "leavers" else OF_MENTOR[name]
    known = {one.id for one in events(desks)}
    before = kept(desks)

    shown = told(manager.browser, manager.address(whose, name), typed)

    assert shown.status_code == 200
    assert "Nothing is changed yet" in shown.text
    assert kept(desks) == before
    answer = manager.browser.post(
        f"{manager.address(whose, name)}/confirmation",
        data=hidden(shown.text),
        follow_redirects=True,
    )
    assert answer.status_code == 200
    assert len({one.id for one in events(desks)} - known) == 1


def test_every_event_has_a_page_for_each_of_those_who_may_tell_it():
    for kind, happening in HAPPENINGS.items():
        same = {EventKind.DATE_MOVED} if kind is EventKind.DATE_REMOVED else {kind}
        for role in happening.told_by - {Role.MENTOR}:
            pages = {one.kind for of in happening.of for one in told_by(role, of)}
            assert same <= pages, (kind, role)


def test_the_same_told_twice_is_recorded_once_and_says_so_kindly(desks):
    there = someone_matched(desks)
    shown = told(there.browser, of_liaison(there, "recalled"), TYPED["recalled"])
    address, words = f"{of_liaison(there, 'recalled')}/confirmation", hidden(shown.text)
    there.browser.post(address, data=words)

    again = there.browser.post(address, data=words, follow_redirects=True)

    assert again.status_code == 200
    assert "This is on file already. Nothing changes." in again.text
    assert len(events(desks, EventKind.RECALLED)) == 1


def test_someone_else_who_tells_the_same_tells_nothing_new(desks):
    there = someone_matched(desks)
    manager = Manager(desks, there)
    confirmed(there.browser, of_liaison(there, "recalled"), TYPED["recalled"])

    typed = TYPED["recalled"] | {"said_by": "Robin in the office"}
    shown = told(manager.browser, manager.address("leavers", "recalled"), typed)

    assert "This is on file already. Nothing changes." in shown.text


def test_a_page_about_someone_who_changed_meanwhile_is_asked_again(desks):
    there = someone_matched(desks)
    shown = told(there.browser, of_liaison(there, "recalled"), TYPED["recalled"])
    with desks.session() as db:
        db.get_one(Leaver, there.leaver.id).first_name = "Sianed"
        db.commit()

    address = f"{of_liaison(there, 'recalled')}/confirmation"
    answer = there.browser.post(address, data=hidden(shown.text))

    assert answer.status_code == 409
    assert "Someone changed this while you were writing" in answer.text
    assert events(desks, EventKind.RECALLED) == []


def test_after_a_move_the_old_prison_is_led_to_its_list_and_reads_only_the_code(desks):
    there = someone_matched(desks)
    shown = told(there.browser, of_liaison(there, "moved"), TYPED["moved"])
    address, words = f"{of_liaison(there, 'moved')}/confirmation", hidden(shown.text)

    first = there.browser.post(address, data=words)
    again = there.browser.post(address, data=words)

    assert (first.location, again.location) == ("/liaison/", "/liaison/")
    page = there.browser.get("/liaison/").text
    assert there.leaver.code in page
    assert there.leaver.surname not in page
    assert "is in another prison now" in page
    assert len(events(desks, EventKind.TRANSFERRED)) == 1
    assert there.browser.get(there.address).status_code == 404


def test_that_someone_moved_is_taken_off_the_list_once_it_is_seen(desks):
    there = someone_matched(desks)
    confirmed(there.browser, of_liaison(there, "moved"), TYPED["moved"])
    page = there.browser.get("/liaison/").text
    [task_id] = re.findall(r"/liaison/tasks/([0-9a-f-]+)/sight", page)

    answer = there.browser.post(f"/liaison/tasks/{task_id}/sight")

    assert answer.location == "/liaison/"
    assert there.leaver.code not in there.browser.get("/liaison/").text
    assert there.now(Task, UUID(task_id)).done_at == NOW


@pytest.mark.parametrize(
    ("name", "wrong", "sentence"),
    [
        ("recalled", {"on": ["", "", ""]}, "Give a day, such as 27 3 2027."),
        ("recalled", {"on": a_day(TODAY + timedelta(days=1))}, "or an earlier day"),
        ("recalled", {"said_by": ""}, "Write the name of who told you."),
        ("moved", {"prison": "ZZZ"}, "Choose"),
        ("moved", {"prison": ""}, "Choose a prison from the list."),
        ("moved", {"prison": "LEI"}, "They are in this prison already."),
        ("away", {"why": ""}, "Choose where they are."),
        ("sentenced", {"remand": ""}, "Choose yes or no."),
        ("risk", {"what": ""}, "Choose what has changed."),
    ],
)
def test_a_wrong_answer_is_asked_again_in_one_sentence_and_changes_nothing(
    desks, name, wrong, sentence
):
    there = someone_matched(desks)
    before = kept(desks)

    for way in ("", "/confirmation"):
        version = {"version": str(there.now(Leaver, there.leaver.id).version)}
        typed = version | TYPED[name] | wrong
        answer = there.browser.post(of_liaison(there, name) + way, data=typed)

        assert answer.status_code == 422
        assert sentence in unescape(answer.text)
    assert kept(desks) == before


def test_a_spell_away_that_ends_before_it_begins_is_refused(desks):
    there = someone_matched(desks)
    typed = TYPED["away"] | {"until": a_day(TODAY - timedelta(days=1))}

    answer = told(there.browser, of_liaison(there, "away"), typed)

    assert answer.status_code == 422
    assert "The last day comes before the first." in answer.text


def test_who_may_not_tell_finds_no_page(desks):
    there = someone_matched(desks)
    manager = Manager(desks, there)

    for address in ("same-person", "nonsense"):
        assert there.browser.get(of_liaison(there, address)).status_code == 404
        answer = there.browser.post(f"{of_liaison(there, address)}/confirmation", data={})
        assert answer.status_code == 404
    assert manager.browser.get(manager.address("mentors", "died")).status_code == 404


def test_of_people_of_another_prison_and_region_there_is_no_page(desks):
    there = someone_matched(desks)
    manager = Manager(desks, there)
    leaver = a_leaver_row(prison="CFI")
    referral = a_referral(leaver, region=Region.WALES)
    mentor = a_mentor_row(region=Region.WALES)
    desks.keep(leaver, referral, mentor)
    foreign = f"/liaison/referrals/{referral.id}/events/recalled"

    assert there.browser.get(foreign).status_code == 404
    assert there.browser.post(f"{foreign}/confirmation", data={}).status_code == 404
    for whose, id_ in (("leavers", leaver.id), ("mentors", mentor.id)):
        name = "recalled" if whose == "leavers" else "pause"
        address = f"/manager/{whose}/{id_}/events/{name}"
        assert manager.browser.get(address).status_code == 404
        assert manager.browser.post(f"{address}/confirmation", data={}).status_code == 404


def test_the_story_says_what_happened_when_and_who_told_it(desks):
    there = someone_matched(desks)
    manager = Manager(desks, there)
    for name in ("away", "risk", "recalled"):
        confirmed(there.browser, of_liaison(there, name), TYPED[name])

    page = manager.browser.get(f"/manager/leavers/{there.leaver.id}").text
    own = there.browser.get(there.address).text

    assert "Away from prison for a while" in page
    assert "Court. Until Thursday 26 November 2026." in page
    assert "told by Pat at the desk, through Robin, the liaison" in page
    assert "Something changed that must be screened again" in page
    story = own[own.index("What happened") :]
    assert "Recalled to prison" in story
    assert "told by Pat at the desk, through the liaison" in story
    assert "screened again" not in story
    assert "Court" not in story


def test_an_end_of_a_spell_told_later_counts_whatever_the_hour_of_the_first_word(desks):
    there = someone_matched(desks)
    desks.now = NOW.replace(hour=15)
    browser = desks.browser_of(Role.LIAISON)
    confirmed(browser, of_liaison(there, "at-large"), TYPED["at-large"])
    desks.now = desks.now + timedelta(hours=2)
    browser = desks.browser_of(Role.LIAISON)

    typed = TYPED["at-large"] | {"back_on": a_day(TODAY)}
    confirmed(browser, of_liaison(there, "at-large"), typed)

    assert there.now(Pair, there.pair.id).state is PairState.ACCEPTED


def test_a_mentor_who_pauses_and_is_back_can_be_asked_again(desks):
    there = someone_matched(desks)
    manager = Manager(desks, there)
    confirmed(manager.browser, manager.address("mentors", "pause"), OF_MENTOR["pause"])
    assert there.now(Mentor, there.mentor.id).state is MentorState.PAUSED
    desks.now = NOW + timedelta(minutes=1)

    confirmed(manager.browser, manager.address("mentors", "back"), OF_MENTOR["back"])

    assert there.now(Mentor, there.mentor.id).state is MentorState.ACTIVE
    page = manager.browser.get(f"/manager/mentors/{there.mentor.id}").text
    assert "Came back" in page
    assert "Ill." in page


def test_two_records_of_one_leaver_become_one_and_the_manager_stays_with_it(desks):
    there = someone_matched(desks)
    manager = Manager(desks, there)
    twin = a_leaver_row(birth_date=there.leaver.birth_date, sex=there.leaver.sex)
    desks.keep(twin, a_referral(twin))
    typed = {"goes": twin.code.lower(), "said_by": "Pat at the desk"}
    before = kept(desks)

    shown = told(manager.browser, manager.address("leavers", "same-person"), typed)
    assert kept(desks) == before
    address = f"{manager.address('leavers', 'same-person')}/confirmation"
    answer = manager.browser.post(address, data=hidden(shown.text))
    again = manager.browser.post(address, data=hidden(shown.text), follow_redirects=True)

    assert f"{twin.code} becomes part of {there.leaver.code}." in shown.text
    assert answer.location == f"/manager/leavers/{there.leaver.id}"
    assert "This is on file already." in again.text
    assert there.now(Leaver, twin.id) is None
    assert len(events(desks, EventKind.MERGED)) == 1


def test_a_liaison_takes_back_within_the_day_that_they_did_not_come_out(desks):
    there = someone_matched(desks)
    assert "after all" not in there.browser.get(there.address).text
    refused = told(there.browser, of_liaison(there, "came-out"), WHO)
    assert refused.status_code == 422
    assert "Nobody has told us today" in unescape(refused.text)
    confirmed(there.browser, of_liaison(there, "not-released"), TYPED["not-released"])
    assert there.now(Pair, there.pair.id).state is PairState.SUSPENDED
    desks.now = NOW + timedelta(minutes=5)
    browser = desks.browser_of(Role.LIAISON)
    assert "They did come out after all" in browser.get(there.address).text

    shown = told(browser, of_liaison(there, "came-out"), WHO)
    address = f"{of_liaison(there, 'came-out')}/confirmation"
    answer = browser.post(address, data=hidden(shown.text), follow_redirects=True)

    assert "The pair goes on." in shown.text
    assert "Came out after all" in answer.text
    assert there.now(Pair, there.pair.id).state is PairState.ACCEPTED
    assert [one.facts["came_out"] for one in events(desks, EventKind.NOT_RELEASED)] == [False, True]
    assert "They did come out after all" not in browser.get(there.address).text


def test_whoever_changes_what_they_wrote_finds_it_on_the_form_again(desks):
    there = someone_matched(desks)
    shown = told(there.browser, of_liaison(there, "away"), TYPED["away"])

    sent = hidden(shown.text[: shown.text.index("Change what you wrote")]) | {"change": "yes"}
    page = there.browser.post(of_liaison(there, "away"), data=sent)

    assert page.status_code == 200
    assert "There is a problem" not in page.text
    assert 'value="Pat at the desk"' in page.text
    assert re.search(r'value="court"[^>]* checked', page.text)
    assert events(desks, EventKind.AWAY) == []


def test_of_a_death_the_liaison_rings_nobody(desks):
    there = someone_matched(desks, release=TODAY)
    with desks.session() as db:
        [gate] = [one for one in there.meetings if one.kind is MeetingKind.GATE]
        row = db.get_one(type(gate), gate.id)
        write_booking(
            row, NOW.replace(hour=15, tzinfo=None), NOW.replace(hour=15), by=None, now=NOW
        )
        row.place = "Visits hall"
        db.add(row)
        db.commit()

    shown = told(there.browser, of_liaison(there, "died"), TYPED["died"]).text

    assert "That is today: the manager rings the mentor." in shown
    assert "please ring" not in shown[shown.index("Nothing is changed") :].replace("“please", "")


def test_who_was_met_outside_cannot_have_left_on_a_later_day_and_the_day_is_asked_again(desks):
    there = someone_matched(desks, release=TODAY - timedelta(days=2))
    then = NOW - timedelta(days=2)
    held = BOOKED | {
        "state": MeetingState.HELD,
        "starts_at": then,
        "starts_local": then.replace(tzinfo=None),
    }
    days = dict.fromkeys(("window_first", "window_last", "book_by"), then.date())
    desks.keep(a_meeting(there.pair, kind=MeetingKind.GATE, **days, **held))

    page = unescape(told(there.browser, of_liaison(there, "left"), TYPED["left"]).text)

    assert "Check the day, and give the right one." in page
    assert "Answer below" not in page
