"""People are found by name, number or code in a manager's lists, and never named in an address."""

from datetime import timedelta

import pytest
from sqlmodel import select

from matcher.desks.finding import KEPT_FOR, sealed_search, search_told
from models.audit import AuditEntry
from models.meetings import Meeting
from models.states import MeetingKind, PairState, Role
from models.vocabulary import Region
from tests.factories import TODAY
from tests.rows import NOW, a_letter, a_meeting, a_task
from tests.web.region import OwnRegion

LISTS = ("referrals/", "mentors", "letters/", "tasks/", "proposals", "pairs/", "meetings/")


def found(region: OwnRegion, who: str, page: str = "referrals/") -> str:
    """The list that a search leads to."""
    answer = region.browser.post(f"/manager/{page}", data={"who": who})
    assert answer.status_code == 302, answer.text
    assert who not in answer.location
    return region.page(answer.location)


@pytest.mark.parametrize(
    "who",
    ["dafydd", "ŵyn dafydd", "Wyn", "D'AFYDD", "jones", "smith-jones", "a7777zq", "L777-ZQ"],
)
def test_a_person_is_found_by_a_part_of_the_name_by_number_and_by_code(desks, who):
    region = OwnRegion(desks)
    own = {"first_name": "D'afydd Ŵyn", "surname": "Smith-Jones"}
    known = {"code": "L777-ZQ", "prison_number": "A7777ZQ"}
    region.referral(leaver=own | known)
    region.referral(leaver={"first_name": "Canary"})

    page = found(region, who)

    assert "L777-ZQ" in page
    assert "1 referral" in page
    assert "Canary" not in page


@pytest.mark.parametrize("who", ["afydd", "Dafydd Brown", "A7777ZX", "L777", "--", "erased"])
def test_who_does_not_fit_is_not_found_and_the_page_says_what_to_do(desks, who):
    region = OwnRegion(desks)
    region.referral(leaver={"first_name": "Dafydd", "surname": "Smith", "code": "L777-ZQ"})

    answer = region.browser.post("/manager/referrals/", data={"who": who}, follow_redirects=True)

    assert "L777-ZQ" not in answer.text
    assert "Nobody here fits your search" in answer.text


def test_names_of_another_region_are_neither_opened_nor_found(desks, monkeypatch):
    region = OwnRegion(desks)
    region.referral(leaver={"first_name": "Here", "surname": "Alike"})
    region.referral(leaver={"first_name": "There", "surname": "Alike"}, region=Region.WALES)
    region.mentor(first_name="Faraway", surname="Alike", region=Region.WALES)
    opened = []
    from matcher.desks import finding

    def noting(kind, row_id, told):
        opened.append(row_id)
        return _opened(kind, row_id, told)

    _opened = finding.opened
    monkeypatch.setattr(finding, "opened", noting)

    page = found(region, "Alike")

    assert "Here (" in page
    assert "There (" not in page
    assert "Faraway" not in found(region, "Alike", "mentors")
    assert len(set(opened)) == 1


@pytest.mark.parametrize("page", LISTS)
def test_every_list_is_searched_by_leaver_and_by_mentor(desks, page):
    region = OwnRegion(desks)
    names = {"first_name": "Canary", "surname": "Sought"}
    pairs = [
        region.pair(referral=region.referral(leaver=names), mentor=region.mentor(first_name="Al")),
        region.pair(mentor=region.mentor(**names)),
        region.pair(),
    ]
    for pair in pairs:
        ids = {"pair_id": pair.id, "leaver_id": pair.leaver_id, "mentor_id": pair.mentor_id}
        desks.keep(a_letter(**ids), a_task(**ids), a_meeting(pair))

    shown = found(region, "sought canary", page)

    per_list = {"referrals/": "1 referral", "mentors": "1 mentor", "proposals": ""}
    per_list |= {"letters/": "2 letters", "tasks/": "2 things to do"}
    per_list |= {"pairs/": "2 pairs", "meetings/": "2 meetings"}
    assert "Canary (" in shown
    assert per_list[page] in shown
    assert shown.count("govuk-summary-card__title-wrapper") == (2 if page == "proposals" else 0)


def test_filters_and_pages_keep_the_search_and_the_search_keeps_the_filters(desks):
    region = OwnRegion(desks)
    for _ in range(26):
        region.referral(leaver={"surname": "Sought"})
    region.referral(leaver={"surname": "Other", "first_name": "Canary"})

    answer = region.browser.post("/manager/referrals/?state=waiting&page=3", data={"who": "sought"})
    first = region.page(answer.location)
    token = answer.location.partition("find=")[2]
    second = region.page(f"/manager/referrals/?state=waiting&find={token}&page=2")

    assert "state=waiting" in answer.location
    assert "page" not in answer.location
    assert f"?state=waiting&find={token}&page=2" in first
    assert f'<input type="hidden" name="find" value="{token}">' in first
    assert second.count('scope="row"') == 1
    assert "26 referrals" in second
    assert "Canary" not in first + second


def test_what_is_looked_for_is_shown_to_whoever_looks_and_can_be_ended(desks):
    region = OwnRegion(desks)
    region.referral(leaver={"surname": "Sought"})

    page = found(region, 'Sought"><b>', "referrals/")

    assert 'value="Sought"><b>"' in page  # the page is read unescaped
    assert 'href="/manager/referrals/">End the search</a>' in page


def test_an_empty_search_is_asked_again_beside_the_list(desks):
    region = OwnRegion(desks)
    region.referral(leaver={"first_name": "Sam"})

    answer = region.browser.post("/manager/referrals/?state=waiting", data={"who": " "})

    assert answer.status_code == 422
    assert "Write a name, a prison number or a code." in answer.text
    assert "Sam (" in answer.text
    assert '<option value="waiting" selected>' in answer.text


@pytest.mark.parametrize("find", ["Sought", "", "A" * 400, "s1:x", "%00", "ŵ"])
def test_a_search_in_the_clear_finds_nothing_and_is_not_repeated(desks, find):
    region = OwnRegion(desks)
    region.referral(leaver={"surname": "Sought", "first_name": "Sam"})

    page = region.page(f"/manager/referrals/?find={find}")

    assert ("Your search has run out" in page) is bool(find)
    assert "Sam (" in page
    assert "find=" not in page


def test_a_search_is_its_accounts_own_and_ends_after_a_while(desks):
    mine, other = desks.account(Role.MANAGER), desks.account(Role.MANAGER)
    token = sealed_search(mine, "Sought", now=NOW)

    told = {
        "mine": search_told(mine, token, now=NOW + KEPT_FOR),
        "late": search_told(mine, token, now=NOW + KEPT_FOR + timedelta(seconds=1)),
        "other": search_told(other, token, now=NOW),
        "changed": search_told(mine, token[:-6] + "AAAAAA", now=NOW),
    }

    assert told == {"mine": "Sought", "late": None, "other": None, "changed": None}


def test_a_long_search_and_a_short_one_look_the_same_in_an_address(desks):
    account = desks.account(Role.MANAGER)

    lengths = {len(sealed_search(account, one, now=NOW)) for one in ("x", "a much longer name")}

    assert len(lengths) == 1


def test_that_somebody_was_found_by_a_search_is_kept_in_the_audit(desks):
    region = OwnRegion(desks)
    referral = region.referral(leaver={"surname": "Sought"})
    other = region.referral()
    mentor = region.mentor(surname="Sought")

    found(region, "sought")
    found(region, "sought", "mentors")

    with desks.session() as db:
        entries = db.exec(select(AuditEntry).where(AuditEntry.action == "read")).all()
    read = {one.row_id: one.fields for one in entries}
    assert read == {
        str(referral.leaver_id): {"first_name", "release_date", "found_by_search"},
        str(mentor.id): {"first_name", "found_by_search"},
    }
    assert str(other.leaver_id) not in read


def test_the_list_of_pairs_says_how_far_each_is_and_what_is_next(desks):
    region = OwnRegion(desks)
    region.pair(referral=region.referral(leaver={"first_name": "Proposed-one"}))
    told = {"accepted_at": NOW, "referral": region.referral(leaver={"first_name": "Going-on"})}
    going_on = region.pair(PairState.ACCEPTED, **told)
    gone = {"end_reason": "declined", "place_number": None}
    region.pair(PairState.ENDED, referral=region.referral(leaver={"first_name": "Gone"}), **gone)
    later, sooner = a_meeting(going_on, number=2), a_meeting(going_on)
    later.window_first, later.window_last = (sooner.window_last + timedelta(days=n) for n in (1, 9))
    desks.keep(later, sooner)

    page, ended = region.page("/manager/pairs/"), region.page("/manager/pairs/?state=ended")

    assert f'href="/manager/pairs/{going_on.id}"' in page
    assert "To be approved: " in page
    assert "Introduction, not booked yet: Wednesday 20 January 2027" in page
    assert "Ended: The mentor said no: Monday 23 November 2026" in page
    assert page.index("Going-on (") < page.index("Gone (")
    assert "1 pair" in ended
    assert "Going-on (" not in ended


def test_meetings_still_to_come_are_first_and_lead_to_their_pair(desks):
    region = OwnRegion(desks)
    pair = region.pair(PairState.ACCEPTED, accepted_at=NOW)
    cancelled: Meeting = a_meeting(pair, state="cancelled")
    first = a_meeting(pair, kind=MeetingKind.GATE)
    first.window_first = first.window_last = TODAY
    desks.keep(a_meeting(pair), cancelled, first)

    page = region.page("/manager/meetings/")

    assert page.index("Planned</strong>") < page.index("Cancelled</strong>")
    assert f'href="/manager/pairs/{pair.id}"' in page
    assert "Between Wednesday 23 December 2026 and Wednesday 20 January 2027" in page
    assert "Between Monday 23 November" not in page
    assert "Monday 23 November 2026" in page
    assert "1 meeting" in region.page("/manager/meetings/?state=cancelled")


def test_pairs_and_meetings_of_another_region_are_not_listed(desks):
    region = OwnRegion(desks)
    far = {"region": Region.WALES}
    pair = region.pair(
        PairState.ACCEPTED,
        accepted_at=NOW,
        referral=region.referral(**far),
        mentor=region.mentor(**far),
    )
    desks.keep(a_meeting(pair))

    pages = [region.page(f"/manager/{one}/") for one in ("pairs", "meetings")]

    assert all("gm-empty" in page for page in pages)
