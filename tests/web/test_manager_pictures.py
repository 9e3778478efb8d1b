"""The manager's pictures: seen, read aloud, in figures and as a file, all saying the same."""

import csv
import re
from datetime import timedelta
from html import unescape

import pytest
from sqlmodel import select

from matcher.desks.pictures import SUBJECTS
from models.audit import AuditEntry
from models.states import EndReason, MeetingKind, MeetingState, PairState, ReferralState
from tests.rows import BOOKED, NOW, a_meeting
from tests.web.region import OwnRegion

ROW = re.compile(r"<tr.*?</tr>", re.DOTALL)
CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
FILE = re.compile(r'href="(/manager/pictures/[^"]+\.csv[^"]*)"')


@pytest.fixture
def region(desks):
    """A region with enough people in it to tell something of each picture."""
    region = OwnRegion(desks)
    for number in range(12):
        state = PairState.ACCEPTED if number % 2 else PairState.ENDED
        leaver = {"release_date": NOW.date() + timedelta(days=5 * number)}
        told = {"referral": region.referral(ReferralState.MATCHED, leaver=leaver)}
        told |= {"state_since": NOW, "mentor": region.mentor(places=2)}
        if state is PairState.ACCEPTED:
            pair = region.pair(state, accepted_at=NOW, **told)
            at = {**BOOKED, "starts_at": NOW, "state": MeetingState.HELD}
            desks.keep(a_meeting(pair, **at))
        else:
            region.pair(state, end_reason=EndReason.DECLINED, place_number=None, **told)
    return region


def tables_of(page):
    """The rows of each table of a page, as text."""
    return [
        [[re.sub(r"<[^>]*>", "", cell) for cell in CELL.findall(row)] for row in ROW.findall(table)]
        for table in page.split("<table")[1:]
    ]


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_picture_has_a_table_and_a_file_with_the_same_figures(region):
    for name in SUBJECTS:
        answer = region.browser.get(f"/manager/pictures/{name}")
        page = unescape(answer.text)
        tables, files = tables_of(page), FILE.findall(page)

        assert tables, name
        assert len(tables) == len(files)
        assert len(answer.data) < 60_000
        for table, file in zip(tables, files, strict=True):
            taken = region.browser.get(file)
            assert taken.mimetype == "text/csv"
            assert taken.headers["Cache-Control"] == "no-store"
            assert list(csv.reader(taken.data.decode("utf-8-sig").splitlines())) == table


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_picture_is_read_aloud_by_its_title_and_what_it_shows(region):
    for name in SUBJECTS:
        page = region.browser.get(f"/manager/pictures/{name}").text
        for picture in page.split("<svg")[1:]:
            inside = picture.partition("</svg>")[0]
            said = re.search(r'role="img" aria-labelledby="(\S+) (\S+)"', inside)
            assert re.search(rf'<title id="{said[1]}">\w', inside)
            assert re.search(rf'<desc id="{said[2]}">\d+ (bars|tiles): ', inside)
            assert "<style" not in inside
            assert "style=" not in inside
        ids = re.findall(r' id="([^"]+)"', page)
        assert len(ids) == len(set(ids))


def test_a_picture_is_narrowed_down_by_its_address_and_so_is_its_file(region):
    page = region.page("/manager/pictures/meetings?kind=gate")
    nonsense = region.page("/manager/pictures/meetings?kind=nonsense")

    assert '<strong aria-current="true">At the gate</strong>' in page
    assert "November 2026" in page
    assert f'href="/manager/pictures/meetings?kind={MeetingKind.CALL}"' in page
    assert 'href="/manager/pictures/meetings/0.csv?kind=gate"' in page
    assert '<strong aria-current="true">All</strong>' in nonsense
    assert region.browser.get("/manager/pictures/meetings/0.csv?kind=gate").text.endswith(
        "November 2026,0,0\r\n"
    )
    assert region.browser.get("/manager/pictures/meetings/0.csv").text.endswith(
        "November 2026,6,0\r\n"
    )


def test_who_took_which_figures_is_kept_in_the_audit(desks, region):
    region.browser.get("/manager/pictures/meetings/0.csv?kind=gate")

    with desks.session() as db:
        taken = db.exec(select(AuditEntry).where(AuditEntry.noun == "account")).all()
    fields = frozenset({"exported_meetings_picture", "as_csv", "only_kind"})
    assert [entry.row_id for entry in taken if entry.fields == fields] == [
        str(entry.account_id) for entry in taken if entry.fields == fields
    ]
    assert any(entry.fields == fields for entry in taken)


def test_all_pictures_are_listed_and_one_that_is_not_there_is_not_found(desks):
    region = OwnRegion(desks)

    listed = region.page("/manager/pictures/")

    for name, subject in SUBJECTS.items():
        assert f'href="/manager/pictures/{name}">{subject.title}</a>' in listed
    for absent in ("secrets", "secrets/0.csv", "releases/1.csv", "releases/-1.csv"):
        assert region.browser.get(f"/manager/pictures/{absent}").status_code == 404


def test_an_empty_picture_says_what_to_do_next_and_offers_no_file(desks):
    region = OwnRegion(desks)

    for name in SUBJECTS:
        page = region.page(f"/manager/pictures/{name}")
        assert 'class="gm-empty"' in page
        assert "<svg" not in page
        assert ".csv" not in page
