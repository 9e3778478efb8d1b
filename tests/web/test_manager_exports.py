"""A list taken as a file: what the list shows, all pages of it, and nothing that a program runs."""

import csv
import io
from datetime import datetime, timedelta

import pytest
from openpyxl import load_workbook
from sqlmodel import select

from matcher.desks.finding import KEPT_FOR
from models.audit import AuditEntry
from models.states import LetterState, PairState, ReferralState
from models.vetting import Supervision
from models.vocabulary import Region
from tests.factories import TODAY
from tests.rows import BOOKED, NOW, a_letter, a_meeting
from tests.web.region import OwnRegion
from web import manager_exports
from web.manager_exports import EXPORTS

SIGNS = ["=1+1", "+44 7700", "-2", "@SUM(A1)", "\tx", "\r=1", "|cmd", "＝1"]  # noqa: RUF001


def table(region: OwnRegion, name: str) -> list[list[str]]:
    """The rows of a CSV file, its heads first."""
    answer = region.browser.get(f"/manager/files/{name}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def sheet(region: OwnRegion, name: str) -> list[tuple]:
    """The rows of a workbook, its heads first; formulas as they are written."""
    answer = region.browser.get(f"/manager/files/{name}")
    assert answer.headers["Cache-Control"] == "no-store"
    return list(load_workbook(io.BytesIO(answer.data), read_only=True).worksheets[0].values)


def everything(region: OwnRegion) -> None:
    """A pair with a letter and a meeting, so that every list has a row."""
    names = {"first_name": "Sam", "surname": "Surcanary", "code": "L-1", "prison_number": "A1234BC"}
    mentor = region.mentor(first_name="Alex", surname="Mentcanary", code="M-1")
    told = {"referral": region.referral(ReferralState.MATCHED, leaver=names), "mentor": mentor}
    pair = region.pair(PairState.ACCEPTED, accepted_at=NOW, **told)
    letter = a_letter(pair_id=pair.id, mentor_id=mentor.id, body="Canary", due_at=NOW)
    booked = a_meeting(pair, state="booked", **BOOKED)
    region.desks.keep(letter, booked)


@pytest.mark.parametrize("name", EXPORTS)
def test_a_file_holds_what_the_list_shows_and_nobodys_surname_number_or_letter(desks, name):
    region = OwnRegion(desks)
    everything(region)

    rows, book = table(region, f"{name}.csv"), sheet(region, f"{name}.xlsx")

    assert tuple(rows[0]) == book[0] == tuple(EXPORTS[name].sheet.heads)
    assert len(rows) == len(book) == {"lapses": 6}.get(name, 2)
    text = str(rows) + str(book)
    assert {one for one in ("L-1", "M-1") if one in text}
    assert "anary" not in text
    assert "A1234BC" not in text


def test_a_file_of_lapses_says_soon_where_the_list_does(desks):
    region = OwnRegion(desks)
    mentor = region.mentor()
    until = {"supervision_until": TODAY + timedelta(days=3)}
    later = {"recorded_at": NOW + timedelta(minutes=1)}
    desks.keep(Supervision(mentor_id=mentor.id, **until, **later))

    rows = table(region, "lapses.csv")

    standing = {row[2]: row[4] for row in rows if row[0] == mentor.code}
    assert standing["Supervision"] == "Soon"
    assert "In date" in standing.values()


def test_a_workbook_opens_with_columns_that_show_a_whole_day_and_heads_that_stay(desks):
    region = OwnRegion(desks)
    everything(region)

    answer = region.browser.get("/manager/files/pairs.xlsx")
    opened = load_workbook(io.BytesIO(answer.data)).worksheets[0]

    assert opened.title == "Pairs"
    assert opened.freeze_panes == "A2"
    assert opened.column_dimensions["F"].width == 20


def test_days_and_times_are_local_and_are_days_in_a_workbook(desks):
    region = OwnRegion(desks)
    everything(region)

    written, held = table(region, "meetings.csv")[1], sheet(region, "meetings.xlsx")[1]

    assert written[2:5] == ["2027-01-12 10:00", "2026-12-23", "2027-01-20"]
    assert held[2:5] == (
        datetime(2027, 1, 12, 10),  # noqa: DTZ001  as people were told it
        datetime(2026, 12, 23),  # noqa: DTZ001
        datetime(2027, 1, 20),  # noqa: DTZ001
    )


@pytest.mark.parametrize("sign", SIGNS)
def test_no_cell_begins_as_a_formula_does(desks, sign):
    region = OwnRegion(desks)
    region.mentor(first_name=sign + "\x07")

    cells = [table(region, "mentors.csv")[1][1], sheet(region, "mentors.xlsx")[1][1]]

    assert [cell[:1] for cell in cells] == ["'", "'"]
    assert all(sign.strip() in cell for cell in cells)


def test_all_pages_are_taken_with_the_filters_and_the_search_in_force(desks):
    region = OwnRegion(desks)
    for _ in range(26):
        region.referral(leaver={"surname": "Sought"})
    region.referral(leaver={"surname": "Sought"}, state=ReferralState.ENDORSED)
    region.referral(leaver={"surname": "Other"})
    region.referral(leaver={"surname": "Sought"}, region=Region.WALES)
    led = region.browser.post("/manager/referrals/?state=waiting", data={"who": "sought"})

    page = region.page(led.location)
    link = page.partition('href="/manager/files/')[2].partition('"')[0]

    assert link.startswith("referrals.csv?state=waiting&find=")
    assert len(table(region, link)) == 1 + 26
    assert len(table(region, "referrals.csv?state=waiting")) == 1 + 27
    assert len(table(region, "referrals.csv")) == 1 + 28
    assert len(table(region, "letters.csv?state=dead")) == 1


def test_a_search_that_has_run_out_takes_nothing_and_says_so(desks):
    region = OwnRegion(desks)
    region.referral(leaver={"surname": "Sought"})
    led = region.browser.post("/manager/referrals/", data={"who": "sought"})
    desks.now += KEPT_FOR - timedelta(minutes=1)
    region.page(led.location)
    desks.now += timedelta(minutes=2)

    answer = region.browser.get(
        f"/manager/files/referrals.csv?{led.location.partition('?')[2]}", follow_redirects=True
    )

    assert answer.mimetype == "text/html"
    assert "Your search has run out. Search again, then take the file." in answer.text


def test_who_took_which_list_is_kept_in_the_audit_with_everybody_it_names(desks):
    region = OwnRegion(desks)
    everything(region)
    dead = a_letter(state=LetterState.DEAD)
    desks.keep(dead)

    table(region, "pairs.csv?state=accepted")

    with desks.session() as db:
        entries = db.exec(select(AuditEntry).where(AuditEntry.action == "read")).all()
    by_noun = {entry.noun: entry for entry in entries}
    assert set(by_noun) == {"leaver", "account"}
    assert by_noun["leaver"].fields == {"first_name", "release_date"}
    taken = by_noun["account"]
    assert taken.fields == {"exported_pairs", "as_csv", "only_accepted"}
    assert taken.row_id == str(taken.account_id)
    assert "exported pairs" in region.page("/manager/looked/me")


def test_a_file_that_has_not_room_for_all_says_so_in_its_last_row(desks, monkeypatch):
    region = OwnRegion(desks)
    for _ in range(3):
        region.mentor()
    monkeypatch.setattr(manager_exports, "MOST_ROWS", 2)

    rows, book = table(region, "mentors.csv"), sheet(region, "mentors.xlsx")

    said = "There are 3 rows. This file holds 2. Use a filter to get the others."
    assert [len(rows), rows[-1][0], book[-1][0]] == [4, said, said]


def test_a_list_with_nobody_on_it_is_a_file_of_heads(desks):
    region = OwnRegion(desks)

    rows = {name: table(region, f"{name}.csv") for name in EXPORTS}

    assert [len(one) for one in rows.values()] == [1] * len(EXPORTS)


def test_a_list_that_is_none_is_a_page_not_there(desks):
    region = OwnRegion(desks)

    answers = [region.browser.get(f"/manager/files/{one}") for one in ("tasks.csv", "pairs.pdf")]

    assert [one.status_code for one in answers] == [404, 404]
