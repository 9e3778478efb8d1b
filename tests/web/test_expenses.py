"""A mentor claims what they spent; the region's manager decides; others pay."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from sqlmodel import select

from matcher.mentor_vetting import AN_INSTANT
from models.audit import AuditEntry
from models.expenses import Expense, Receipt
from models.need_words import ExpenseKind, ExpenseState, ReceiptKind
from models.states import MeetingKind, Role
from models.vocabulary import Region
from tests.matcher.files.test_receipts import GPS, a_jpeg, a_png, exif
from tests.rows import NOW, a_receipt, an_expense
from tests.web.desks import Desks
from tests.web.region import OwnRegion, day
from tests.web.walks import a_walk, body, booked

TYPED = day("spent_on", 2026, 11, 20) | {"kind": "travel", "pounds": "12.50", "meeting": "none"}
APPROVED = {"state": ExpenseState.APPROVED, "decided_at": NOW}


def with_receipt(content=None, name="IMG_1.jpg", **told):
    content = a_jpeg(exif()) if content is None else content
    return TYPED | told | {"receipt": (BytesIO(content), name)}


def rows(desks: Desks, kind):
    with desks.session() as db:
        found = list(db.exec(select(kind)))
        assert all(row.content for row in found if kind is Receipt)
        return found


def send(walk, data):
    return walk.browser().post("/mentor/expenses/new", data=data)


@pytest.fixture
def region(desks):
    return OwnRegion(desks)


def a_claim(region, receipt=False, **told):
    mentor = region.mentor()
    expense = an_expense(mentor, **told)
    region.desks.keep(expense, *([a_receipt(expense)] if receipt else []))
    return expense


def test_a_claim_is_kept_with_its_receipt_and_without_the_place(desks):
    walk = a_walk(desks)
    meeting = walk.meeting(kind=MeetingKind.PRISON_VISIT, **booked(date(2026, 11, 20)))

    answer = send(walk, with_receipt(meeting=str(meeting.id)))

    assert answer.status_code == 302
    [expense], [receipt] = rows(desks, Expense), rows(desks, Receipt)
    assert (expense.pence, expense.kind) == (1250, ExpenseKind.TRAVEL)
    assert expense.meeting == "Prison visit 1, Friday 20 November 2026"
    assert (expense.state, expense.claimed_by) == (ExpenseState.CLAIMED, walk.account.id)
    assert (receipt.expense_id, receipt.kind) == (expense.id, ReceiptKind.JPEG)
    assert GPS not in receipt.content
    page = body(walk.browser().get("/mentor/expenses/"))
    assert "£12.50" in page
    assert "Your manager looks at it." in page


def test_a_receipt_comes_back_as_a_file_that_no_browser_runs(desks):
    walk = a_walk(desks)
    send(walk, with_receipt(a_png(), name="bus.jpg"))
    [expense] = rows(desks, Expense)

    answer = walk.browser().get(f"/mentor/expenses/{expense.id}/receipt")

    assert (answer.data, answer.mimetype) == (a_png(), "image/png")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="receipt.png"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_double_press_is_one_claim_and_a_second_ticket_another(desks):
    walk = a_walk(desks)

    for content in (a_jpeg(), a_jpeg(), a_png()):
        assert send(walk, with_receipt(content)).status_code == 302

    assert len(rows(desks, Expense)) == len(rows(desks, Receipt)) == 2


def test_miles_by_car_need_no_receipt_and_all_else_does(desks):
    walk = a_walk(desks)

    by_car = send(walk, TYPED | {"miles": "14"})
    by_bus = send(walk, TYPED)
    food_by_car = send(walk, with_receipt(kind="food", miles="3"))

    assert by_car.status_code == 302
    assert (by_bus.status_code, food_by_car.status_code) == (422, 422)
    assert "Choose a picture of the receipt." in by_bus.text
    assert 'href="#receipt"' in by_bus.text
    assert 'value="12.50"' in by_bus.text
    assert "Miles are for travel by car." in food_by_car.text
    assert [row.miles for row in rows(desks, Expense)] == [14]


@pytest.mark.parametrize(
    ("wrong", "said", "field"),
    [
        ({"pounds": "twelve"}, "pounds and pence, such as 12.50.", "pounds"),
        ({"pounds": "12.5"}, "pounds and pence, such as 12.50.", "pounds"),
        ({"pounds": "0"}, "Write more than 0.", "pounds"),
        ({"pounds": "500.01"}, "Claim £500 at most at once.", "pounds"),
        (day("spent_on", 2026, 1, 1), "more than six months ago", "spent_on-day"),
        (day("spent_on", 2026, 12, 1), "or an earlier day", "spent_on-day"),
        ({"kind": "wine"}, "Choose one of the answers on the page.", "kind"),
        ({"receipt": b"<svg/>"}, "no picture that we can read", "receipt"),
        ({"receipt": b"....ftypheic"}, "Most Compatible", "receipt"),
    ],
)
def test_a_wrong_answer_is_said_at_its_field_and_nothing_is_kept(desks, wrong, said, field):
    walk = a_walk(desks)
    typed = {name: value for name, value in wrong.items() if name != "receipt"}

    answer = send(walk, with_receipt(wrong.get("receipt"), **typed))

    assert answer.status_code == 422
    assert said in answer.text
    assert f'href="#{field}"' in answer.text
    assert rows(desks, Expense) == []


@pytest.mark.parametrize(
    ("typed", "pence"), [("£7", 700), ("1.05", 105), ("0.01", 1), (" 19.99 ", 1999)]
)
def test_money_is_read_as_whole_pence(desks, typed, pence):
    walk = a_walk(desks)

    send(walk, with_receipt(pounds=typed))

    assert [row.pence for row in rows(desks, Expense)] == [pence]


def test_another_mentors_claim_and_receipt_are_not_there(desks):
    walk, other = a_walk(desks), a_walk(desks)
    expense = an_expense(other.mentor)
    desks.keep(expense, a_receipt(expense))

    assert walk.browser().get(f"/mentor/expenses/{expense.id}/receipt").status_code == 404
    assert "£12.50" not in body(walk.browser().get("/mentor/expenses/"))


def test_a_manager_lists_claims_by_state_and_opens_the_receipt_which_is_noted(region):
    expense = a_claim(region, receipt=True)
    a_claim(region, pence=999, **APPROVED)

    waiting = region.page("/manager/expenses/?state=claimed")
    everything = region.page("/manager/expenses/")
    opened = region.browser.get(f"/manager/expenses/{expense.id}/receipt")

    assert "£12.50" in waiting
    assert "£9.99" not in waiting
    assert "£9.99" in everything
    assert opened.mimetype == "application/pdf"
    with region.desks.session() as db:
        read = select(AuditEntry).where(AuditEntry.noun == "receipt", AuditEntry.action == "read")
        [entry] = db.exec(read).all()
    assert entry.mentor_id == expense.mentor_id


def test_a_claim_is_approved_then_paid_and_the_mentor_reads_it(region):
    walk = a_walk(region.desks)
    expense = an_expense(walk.mentor)
    region.desks.keep(expense)
    address = f"/manager/expenses/{expense.id}"

    region.browser.post(f"{address}/approval", data={"version": "1"})
    approved = body(walk.browser().get("/mentor/expenses/"))
    region.browser.post(f"{address}/payment", data={"version": "2"})

    [row] = rows(region.desks, Expense)
    assert row.state is ExpenseState.PAID
    assert None not in (row.decided_at, row.decided_by, row.paid_at, row.paid_by)
    assert "You get the money soon." in approved
    assert "On Monday 23 November 2026." in body(walk.browser().get("/mentor/expenses/"))


def test_a_claim_is_refused_with_a_sentence_that_the_mentor_reads(region):
    walk = a_walk(region.desks)
    expense = an_expense(walk.mentor)
    region.desks.keep(expense)
    address = f"/manager/expenses/{expense.id}"

    without = region.browser.post(address, data={"version": "1", "reason": ""})
    region.browser.post(address, data={"version": "1", "reason": "We have this ticket already."})

    assert without.status_code == 422
    assert "Write why, in one sentence." in without.text
    assert "We have this ticket already." in body(walk.browser().get("/mentor/expenses/"))


def test_what_is_decided_is_not_decided_again(region):
    expense = a_claim(region, **APPROVED)
    address = f"/manager/expenses/{expense.id}"

    refused = region.browser.post(address, data={"version": "1", "reason": "No."})
    stale = region.browser.post(f"{address}/payment", data={"version": "7"})

    assert refused.status_code == 409
    assert stale.status_code == 409
    assert [row.state for row in rows(region.desks, Expense)] == [ExpenseState.APPROVED]


def test_nobody_decides_on_their_own_claim(region):
    manager = region.desks.account(Role.MANAGER)
    expense = a_claim(region, claimed_by=manager.id)
    browser = region.desks.browser(manager)
    address = f"/manager/expenses/{expense.id}"

    answer = browser.post(f"{address}/approval", data={"version": "1"}, follow_redirects=True)
    said_no = browser.post(address, data={"version": "1", "reason": "No."})

    assert "This is your own claim." in answer.text
    assert said_no.status_code == 422
    assert [row.state for row in rows(region.desks, Expense)] == [ExpenseState.CLAIMED]


def test_claims_of_another_region_are_not_there(region, desks):
    expense = a_claim(region, receipt=True)
    elsewhere = desks.browser_of(Role.MANAGER, region=Region.WALES)
    address = f"/manager/expenses/{expense.id}"

    for path in (address, f"{address}/receipt"):
        assert elsewhere.get(path).status_code == 404
    for path in ("approval", "payment"):
        assert elsewhere.post(f"{address}/{path}", data={"version": "1"}).status_code == 404
    assert "£12.50" not in elsewhere.get("/manager/expenses/").text


def test_the_file_for_whoever_pays_runs_nothing_and_holds_whole_pence(region):
    mentor = region.mentor(first_name="=1+1", surname="Ŵyn")
    told = {"pence": 1205, "spent_on": date(2026, 11, 20), "miles": 7}
    region.desks.keep(an_expense(mentor, **told, **APPROVED), an_expense(mentor))

    answer = region.browser.get("/manager/expenses/approved.csv")

    lines = answer.data.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1] == f"{mentor.code},'=1+1,Ŵyn,2026-11-20,Travel,7,12.05,Approved,2026-11-23"
    assert "attachment" in answer.headers["Content-Disposition"]


def test_the_list_of_mentors_says_how_many_claims_wait(region):
    a_claim(region)
    a_claim(region, **APPROVED)

    assert "1 claim to decide" in region.page("/manager/mentors")


def test_claims_are_paged_with_the_state_kept_in_the_address(region):
    mentor = region.mentor()
    since = [{"state_since": NOW - timedelta(days=1) + AN_INSTANT * one} for one in range(26)]
    region.desks.keep(*(an_expense(mentor, **one) for one in since))

    page = region.page("/manager/expenses/?state=claimed")

    assert "26 claims" in page
    assert "/manager/expenses/?state=claimed&page=2" in page
