"""The administrator sees how the service is and who has an account, and no one's story."""

from datetime import timedelta

import pytest
from sqlmodel import select

from matcher.desks.how_it_runs import JOBS_SAID
from matcher.jobs import JOBS
from models.accounts import Account
from models.audit import AuditEntry
from models.post import ClockHealth, PostHold
from models.runs import JobRun
from models.states import LetterState, Role
from tests.rows import NOW, a_letter
from tests.web.walks import a_walk


def closing(account):
    return f"/administrator/accounts/{account.id}/closing"


def test_a_service_without_jobs_and_letters_says_what_to_do(desks):
    page = desks.browser_of(Role.ADMINISTRATOR).get("/administrator/").text

    assert "No letter is waiting." in page
    assert "gatemate clock" in page


def test_letters_are_counted_by_what_they_wait_for_and_never_read(desks):
    sent = {"state": LetterState.SENT, "sent_at": NOW, "answer": "250", "attempt": 1}
    desks.keep(
        a_letter(body="Canary body", recipient="mentor:canary"),
        a_letter(),
        a_letter(state=LetterState.RETRY),
        a_letter(state=LetterState.DEAD, answer="550 canary@example.org"),
        a_letter(message_id="<1@example.org>", **sent),
    )

    page = desks.browser_of(Role.ADMINISTRATOR).get("/administrator/").text

    for key, value in (("Planned", 2), ("To be tried again", 1), ("Could not be sent", 1)):
        row = page.split(f"{key}</dt>")[1].split("</div>")[0]
        assert f">{value}<" in row
    assert "canary" not in page.casefold()


def test_jobs_of_the_last_days_are_counted_and_unfinished_ones_stand_out(desks):
    week = NOW - timedelta(days=7)
    desks.keep(
        JobRun(job="make_plan", period="1", started_at=NOW, finished_at=NOW, outcome="canary"),
        JobRun(job="make_plan", period="2", started_at=NOW),
        JobRun(job="make_plan", period="3", started_at=week - timedelta(seconds=1)),
    )

    page = desks.browser_of(Role.ADMINISTRATOR).get("/administrator/").text

    cells = page.split("Make plan</th>")[1].split("</tr>")[0]
    assert [cells.count(f">{text}<") for text in ("2", "1")] == [1, 1]
    assert "Monday 23 November 2026, 9:30am" in cells


def test_each_job_of_the_clock_is_told_of_by_what_it_does(desks):
    desks.keep(JobRun(job="ways out", period="1", started_at=NOW))

    page = desks.browser_of(Role.ADMINISTRATOR).get("/administrator/").text

    assert {job.name for job in JOBS} == set(JOBS_SAID)
    assert "Work out what would help those without a mentor" in page
    assert "In the log: ways out" in page


def test_accounts_show_whose_desk_and_where(desks):
    desks.account(Role.MANAGER, name="Morgan")
    desks.account(Role.LIAISON, name="Lee", email="lee@example.org")

    page = desks.browser_of(Role.ADMINISTRATOR).get("/administrator/accounts/").text

    for words in ("3 accounts", "Morgan", "Yorkshire and the Humber", "HMP Leeds", "Open, yours"):
        assert words in page
    assert "lee@example.org" in page


def test_of_a_mentor_the_first_name_and_the_code_are_shown_and_no_more(desks):
    walk = a_walk(desks)
    with desks.session() as db:
        db.get_one(Account, walk.account.id).name = "Alex Canary"
        db.commit()

    page = desks.browser_of(Role.ADMINISTRATOR).get("/administrator/accounts/").text

    assert walk.mentor.code in page
    assert "Alex" in page
    for secret in ("Canary", walk.account.email, "Plain"):
        assert secret not in page


def test_many_accounts_come_a_page_at_a_time(desks):
    with desks.session() as db:
        db.add_all(
            Account(role=Role.PEER, name=f"Peer {n}", prison="LEI", created_at=NOW)
            for n in range(30)
        )
        db.commit()
    browser = desks.browser_of(Role.ADMINISTRATOR)

    first = browser.get("/administrator/accounts/").text
    second = browser.get("/administrator/accounts/?page=2").text

    assert [page.count('data-label="Name"') for page in (first, second)] == [25, 6]
    assert "31 accounts" in first
    assert "Page 2" in first


@pytest.mark.parametrize("page", ["0", "-3", "99", "two"])
def test_a_page_that_there_is_not_shows_one_that_there_is(desks, page):
    answer = desks.browser_of(Role.ADMINISTRATOR).get(f"/administrator/accounts/?page={page}")

    assert answer.status_code == 200
    assert "1 account" in answer.text


def test_closing_an_account_asks_once_more(desks):
    account = desks.account(Role.LIAISON, name="Lee")

    page = desks.browser_of(Role.ADMINISTRATOR).get(closing(account))

    assert "Close this account?" in page.text
    with desks.session() as db:
        assert db.get_one(Account, account.id).disabled_at is None


def test_a_closed_account_is_out_at_once_and_the_audit_says_by_whom(desks):
    """ASVS 7.4.5."""
    account, administrator = desks.account(Role.LIAISON), desks.account(Role.ADMINISTRATOR)
    theirs = desks.browser(account)

    answer = desks.browser(administrator).post(
        closing(account), data={"version": "1"}, follow_redirects=True
    )

    assert "The account is closed." in answer.text
    assert "Closed on 23 Nov 2026" in answer.text
    assert theirs.get("/liaison/").location == "/sign-in"
    with desks.session() as db:
        entry = db.exec(select(AuditEntry).where(AuditEntry.noun == "account")).one()
    assert (entry.account_id, entry.row_id) == (administrator.id, str(account.id))
    assert entry.fields == {"disabled_at"}


def test_nobody_closes_their_own_account(desks):
    administrator = desks.account(Role.ADMINISTRATOR)
    browser = desks.browser(administrator)

    answer = browser.post(closing(administrator), data={"version": "1"})

    assert answer.status_code == 422
    assert "This is your own account." in answer.text
    assert browser.get("/administrator/").status_code == 200


def test_an_account_changed_meanwhile_is_not_closed(desks):
    account = desks.account(Role.LIAISON)

    answer = desks.browser_of(Role.ADMINISTRATOR).post(closing(account), data={"version": "0"})

    assert answer.status_code == 409
    with desks.session() as db:
        assert db.get_one(Account, account.id).disabled_at is None


def test_an_account_that_is_not_there_is_not_found(desks):
    walk = a_walk(desks)

    answer = desks.browser_of(Role.ADMINISTRATOR).get(closing(walk.leaver))

    assert answer.status_code == 404


def test_letters_of_no_state_are_lost_from_the_count():
    from matcher.desks.how_it_runs import WAITING

    gone = {LetterState.SENT, LetterState.CANCELLED, LetterState.SKIPPED, LetterState.DEAD}

    assert set(WAITING) | gone == set(LetterState)


@pytest.mark.parametrize(
    ("role", "address"), [(Role.ADMINISTRATOR, "/administrator/"), (Role.MANAGER, "/manager/")]
)
def test_what_keeps_all_letters_from_leaving_is_said_at_the_top(desks, role, address):
    browser = desks.browser_of(role)
    never = browser.get(address).text
    desks.keep(ClockHealth(worker="1-a", started_at=NOW, last_look_at=NOW - timedelta(hours=3)))
    silent = browser.get(address).text
    desks.keep(ClockHealth(worker="2-b", started_at=NOW, last_look_at=NOW))
    well = browser.get(address).text
    desks.keep(PostHold(since=NOW, why="a backup was put back"))
    held = browser.get(address).text

    assert "No clock has ever run" in never
    assert "No clock has looked for 3 hours, so no letter leaves." in silent
    assert "govuk-warning-text" not in well
    assert "The post is on hold: no letter leaves until someone lets it go on." in held
