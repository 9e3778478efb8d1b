"""What the liaison reads first: what to do, who leaves, whom to put forward."""

from datetime import date, timedelta

from sqlmodel import select

from models.council_words import Draft
from models.desk_words import TaskKind
from models.people import Leaver
from models.referrals import Referral
from models.release_words import DateKind
from models.releases import ExpectedLeaver, ReleaseDate
from models.states import PairState, ReferralState, Role
from tests.rows import NOW, a_leaver_row, a_referral, a_task, an_expected_leaver
from tests.web.filled_forms import PAGES, fill_in
from tests.web.prisons import someone_matched, someone_waiting


def test_someone_new_is_told_what_to_do_first(desks):
    page = desks.browser_of(Role.LIAISON).get("/liaison/").text

    assert "Upload a release report, then choose who to put forward" in page


def test_each_person_stands_with_their_day_their_standing_and_what_is_left_to_do(desks):
    there = someone_waiting(desks)

    page = there.browser.get("/liaison/").text

    assert "Siân O’Neill" in page
    assert "In 72 days" in page
    assert "Waits for you to endorse" in page
    assert "Complete and endorse" in page


def test_a_pair_brings_the_meetings_to_book(desks):
    there = someone_matched(desks)

    page = there.browser.get("/liaison/").text

    assert "Has a mentor" in page
    assert "Book 3 meetings" in page


def test_whoever_waits_for_a_day_is_one_step_from_giving_it(desks):
    there = someone_matched(desks, state=PairState.SUSPENDED)
    with desks.session() as db:
        db.get(Leaver, there.leaver.id).release_date = None
        db.commit()

    page = there.browser.get("/liaison/").text

    assert f'href="{there.address}/date">Give the new date' in page


def test_a_task_leads_to_the_meeting_it_is_about(desks):
    there = someone_matched(desks)
    meeting = there.meetings[0]
    about = {"leaver_id": there.leaver.id, "meeting_id": meeting.id, "pair_id": there.pair.id}
    desks.keep(a_task(kind=TaskKind.NOT_BOOKED, region=None, prison="LEI", **about))

    page = there.browser.get("/liaison/").text

    assert f"/liaison/meetings/{meeting.id}/booking" in page
    assert "Book an introduction for Sam Ordinary" in page


def test_another_prison_sees_nobody_of_ours(desks):
    there = someone_waiting(desks)
    desks.keep(an_expected_leaver(surname="Canary"))

    page = desks.browser_of(Role.LIAISON, prison="MDI").get("/liaison/").text

    assert "Siân" not in page
    assert "Canary" not in page
    assert there.browser.get("/liaison/").text.count("Canary") == 2  # the row, and its button


def test_the_list_ends_twelve_weeks_ahead(desks):
    browser = desks.browser_of(Role.LIAISON)
    last, beyond = date(2027, 2, 15), date(2027, 2, 16)
    for day, surname in ((last, "Inside"), (beyond, "Outside")):
        leaver = a_leaver_row(surname=surname, release_date=day)
        desks.keep(
            leaver, a_referral(leaver), an_expected_leaver(surname=surname, release_date=day)
        )

    page = browser.get("/liaison/").text

    assert page.count("Jo Inside") >= 1
    assert "Sam Inside" in page
    assert "Outside" not in page


def test_long_lists_of_expected_leavers_come_in_pages(desks):
    browser = desks.browser_of(Role.LIAISON)
    first = date(2026, 12, 1)
    desks.keep(
        *(
            an_expected_leaver(surname=f"Number{n:02}", release_date=first + timedelta(days=n))
            for n in range(30)
        )
    )

    start, page, last = (
        browser.get(f"/liaison/{way}").text for way in ("", "expected", "expected?page=2")
    )

    assert "See all 30" in start
    assert "Number24" in page
    assert "Number25" not in page
    assert "Number29" in last


def test_an_expected_leaver_is_put_forward_with_what_the_report_says_filled_in(desks):
    browser = desks.browser_of(Role.LIAISON)
    expected = an_expected_leaver(surname="Canary")
    desks.keep(expected)

    page = browser.post(f"/liaison/expected/{expected.id}/form", follow_redirects=True).text

    assert f'value="{expected.prison_number}"' in page
    assert 'value="Canary"' in page
    assert 'value="1991"' in page
    with desks.session() as db:
        assert db.exec(select(Referral)).all() == []
        assert len(db.exec(select(ExpectedLeaver)).all()) == 1


def test_whoever_is_put_forward_twice_from_a_report_goes_on_with_the_form_begun(desks):
    browser = desks.browser_of(Role.LIAISON)
    one, other = an_expected_leaver(), an_expected_leaver()
    desks.keep(one, other)
    begin = f"/liaison/expected/{one.id}/form"
    first = browser.post(begin).location

    again = browser.post(begin)
    browser.post(f"/liaison/expected/{other.id}/form")

    assert first.startswith(again.location)
    assert "Go on where you stopped" in browser.get(again.location).text
    with desks.session() as db:
        assert len(db.exec(select(Draft)).all()) == 2


def test_once_needs_district_and_consent_are_told_the_expected_leaver_is_a_referral(desks):
    browser = desks.browser_of(Role.LIAISON)
    expected = an_expected_leaver(birth_date=date(1990, 3, 27))
    given = {"kind": DateKind.CONFIRMED, "day": expected.release_date, "recorded_at": NOW}
    desks.keep(expected, ReleaseDate(expected_leaver_id=expected.id, source="report", **given))
    form = fill_in(browser, "/liaison/forms", but={"about"})
    about = PAGES["about"] | {"prison_number": expected.prison_number}
    browser.post(f"{form}/pages/about", data=about)

    answer = browser.post(f"{form}/check", follow_redirects=True)

    assert "Before you can endorse" in answer.text or "Endorse when all of this" in answer.text
    with desks.session() as db:
        assert db.exec(select(ExpectedLeaver)).all() == []
        assert db.exec(select(Referral)).one().state is ReferralState.PUT_FORWARD
        assert db.exec(select(Leaver)).one().release_date == expected.release_date
        assert db.exec(select(Draft)).all() == []


def test_the_answers_to_check_say_a_birth_date_without_the_day_of_the_week(desks):
    browser = desks.browser_of(Role.LIAISON)

    page = browser.get(f"{fill_in(browser, '/liaison/forms')}/check").text

    assert "27 March 1990" in page
    assert "Tuesday 27 March" not in page


def test_a_liaison_is_told_why_someone_cannot_be_put_forward(desks):
    browser = desks.browser_of(Role.LIAISON)
    first, second = fill_in(browser, "/liaison/forms"), fill_in(browser, "/liaison/forms")
    browser.post(f"{first}/check")

    answer = browser.post(f"{second}/check")

    assert answer.status_code == 422
    assert "This person has been put forward already." in answer.text


def test_someone_expected_elsewhere_cannot_be_put_forward_from_here(desks):
    expected = an_expected_leaver(prison="MDI")
    desks.keep(expected)

    answer = desks.browser_of(Role.LIAISON).post(f"/liaison/expected/{expected.id}/form")

    assert answer.status_code == 404


def test_who_has_left_stands_apart_and_is_said_to_have_left(desks):
    yesterday = NOW.date() - timedelta(days=1)
    leaver = a_leaver_row(first_name="Siân", surname="O’Neill", release_date=yesterday)
    referral = a_referral(leaver, state=ReferralState.MATCHED)
    desks.keep(leaver, referral)
    browser = desks.browser_of(Role.LIAISON)

    page = browser.get("/liaison/").text
    own = browser.get(f"/liaison/referrals/{referral.id}").text

    before, after = page.split("Left in the last 7 days")
    assert "Siân" not in before
    assert "left on Sunday 22 November 2026" in after
    assert "Yesterday" not in page
    assert "Left yesterday" in own
    assert "Leaves yesterday" not in own
