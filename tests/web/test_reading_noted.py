"""What the liaison is shown of people is kept in the audit, person by person."""

import io

import pytest
from sqlalchemy import event
from sqlmodel import select

from matcher import post
from models.audit import AuditEntry
from models.outbox import Letter
from models.states import Channel, LetterKind, MeetingKind, Role
from tests.matcher.lettered import a_reachable_pair, planned, sent
from tests.rows import a_leaver_row, a_referral, an_expected_leaver
from tests.web.prisons import someone_matched, someone_waiting
from tests.web.walks import a_walk, an_offer

NAMED = {"first_name", "surname", "release_date"}


def test_everyone_on_the_start_page_is_kept_as_read_and_nobody_else(desks):
    browser = desks.browser_of(Role.LIAISON)
    here, elsewhere = a_leaver_row(), a_leaver_row(prison="MDI")
    expected, hidden = an_expected_leaver(), an_expected_leaver(prison="MDI")
    desks.keep(here, elsewhere, a_referral(here), a_referral(elsewhere), expected, hidden)

    browser.get("/liaison/")

    assert _read(desks) == {
        ("leaver", str(here.id)): NAMED,
        ("expected_leaver", str(expected.id)): NAMED | {"prison_number"},
    }


def test_each_entry_says_whose_it_is_and_who_looked(desks):
    account = desks.account(Role.LIAISON)
    leaver = a_leaver_row()
    desks.keep(leaver, a_referral(leaver))

    desks.browser(account).get("/liaison/")

    with desks.session() as db:
        entry = db.exec(select(AuditEntry).where(AuditEntry.action == "read")).one()
    assert (entry.account_id, entry.leaver_id) == (account.id, leaver.id)
    assert (entry.at, entry.origin) == (desks.now, "127.0.0.1")


def test_a_page_of_many_is_kept_in_as_many_transactions_as_a_page_of_one(desks):
    browser = desks.browser_of(Role.LIAISON)
    commits = []
    desks.keep(an_expected_leaver())
    event.listen(desks.engine, "commit", lambda _connection: commits.append(1))
    browser.get("/liaison/expected")
    of_one = len(commits)
    desks.keep(*(an_expected_leaver() for _ in range(20)))
    commits.clear()

    browser.get("/liaison/expected")

    assert len(commits) == of_one
    assert len(_read(desks)) == 21


def test_a_page_with_nobody_on_it_leaves_no_entry(desks):
    desks.browser_of(Role.LIAISON).get("/liaison/")

    assert _read(desks) == {}


@pytest.mark.parametrize(
    ("page", "fields"),
    [
        ("", NAMED | {"prison_number", "birth_date"}),
        ("/changes/about", {"first_name", "surname", "prison_number", "birth_date"}),
        ("/changes/note", {"first_name", "surname"}),
        ("/events/consent", NAMED),
        ("/date", NAMED),
    ],
)
def test_a_page_about_someone_keeps_what_it_shows_also_when_a_form_comes_back(desks, page, fields):
    there = someone_waiting(desks)

    there.browser.get(there.address + page)
    asked = _read(desks, forget=True)
    there.browser.post(f"{there.address}{page or '/endorsement'}", data={"version": "0"})

    key = ("leaver", str(there.leaver.id))
    assert asked == {key: fields}
    assert _read(desks) == {key: fields}


def test_what_follows_from_a_date_is_kept_as_read_and_changes_nothing(desks):
    there = someone_matched(desks)
    moved = {"kind": "confirmed", "day": ["10", "2", "2027"], "given_by": "Pat"}
    version = {"version": str(there.leaver.version)}

    answer = there.browser.post(f"{there.address}/date", data=moved | version)

    assert "Nothing is changed yet" in answer.text
    assert _read(desks) == {("leaver", str(there.leaver.id)): NAMED}


def test_the_gate_plan_shows_who_leaves_and_on_which_day(desks):
    there = someone_matched(desks)

    there.browser.get(f"/liaison/pairs/{there.pair.id}/gate")

    assert _read(desks) == {("leaver", str(there.leaver.id)): NAMED}


def test_booking_a_meeting_shows_whose_it_is(desks):
    there = someone_matched(desks)
    meeting = there.meeting(MeetingKind.INTRODUCTION)

    there.browser.get(f"/liaison/meetings/{meeting.id}/booking")

    assert _read(desks) == {("leaver", str(there.leaver.id)): {"first_name", "surname"}}


def test_letters_and_their_sheets_are_kept_as_read(desks):
    with desks.session() as db:
        there = a_reachable_pair(db)
        to = post.to_leaver(there.leaver.id)
        letter = planned(there, LetterKind.INTRODUCTION, channel=Channel.PRINT, recipient=to)
        sent(db, letter)
        db.commit()
    browser = desks.browser_of(Role.LIAISON)

    browser.get("/liaison/letters/")
    browser.get(f"/liaison/letters/{letter.id}.pdf")

    assert _read(desks) == {
        ("leaver", str(there.leaver.id)): NAMED,
        (Letter.__tablename__, str(letter.id)): {"facts"},
    }


def test_whoever_is_put_forward_from_a_report_is_kept_as_read_with_the_form(desks):
    expected = an_expected_leaver()
    desks.keep(expected)
    browser = desks.browser_of(Role.LIAISON)

    browser.post(f"/liaison/expected/{expected.id}/form")

    key = ("expected_leaver", str(expected.id))
    assert _read(desks) == {key: NAMED | {"prison_number", "birth_date"}}


def test_people_on_file_whom_a_report_names_are_kept_as_read(desks):
    leaver, expected = a_leaver_row(), an_expected_leaver()
    desks.keep(leaver, a_referral(leaver), expected)
    browser = desks.browser_of(Role.LIAISON)
    rows = [f"{one.prison_number},Sam,Ordinary,2027-02-03\n" for one in (leaver, expected)]
    report = "".join(["Prison Number,First Name,Last Name,Release Date\n", *rows])

    browser.post(
        "/liaison/uploads/",
        data={"report": (io.BytesIO(report.encode()), "report.csv")},
        follow_redirects=True,
    )

    shown = NAMED | {"prison_number"}
    assert _read(desks) == {
        ("leaver", str(leaver.id)): shown,
        ("expected_leaver", str(expected.id)): shown,
    }


def _read(desks, *, forget=False):
    """The fields kept as read, by table and row; with `forget`, only those after this are new."""
    with desks.session() as db:
        found = db.exec(select(AuditEntry).where(AuditEntry.action == "read")).all()
    seen = desks.app.extensions.setdefault("reads_seen", set())
    new = [entry for entry in found if entry.number not in seen]
    if forget:
        seen |= {entry.number for entry in new}
    return {(entry.noun, entry.row_id): set(entry.fields) for entry in new}


@pytest.mark.parametrize(
    "page", ["/mentor/", "/mentor/pairs/{pair}", "/mentor/meetings/{meeting}/booking"]
)
def test_whom_a_mentor_reads_of_is_kept_too(desks, page):
    walk = a_walk(desks)
    meeting = walk.follow_up()

    answer = walk.browser().get(page.format(pair=walk.pair.id, meeting=meeting.id))

    assert answer.status_code == 200
    read = _read(desks)["leaver", str(walk.leaver.id)]
    assert {"first_name", "release_date", "meeting_place"} <= read


def test_a_mentor_with_an_offer_alone_reads_of_nobody(desks):
    walk = an_offer(desks)

    walk.browser().get("/mentor/")

    assert ("leaver", str(walk.leaver.id)) not in _read(desks)
