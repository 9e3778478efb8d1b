"""How much work a page is: its SQL statements do not grow with its rows, nor do its bytes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import Engine, event
from sqlmodel import col, select

from matcher.desks.todays_work import RING_NOW
from models.audit import AuditEntry
from models.desk_words import TaskKind
from models.states import PairState, ReferralState
from tests.rows import NOW, a_screening, a_standby, a_task
from tests.web.region import OwnRegion

MANY = 10
AT_MOST_BYTES = 60_000
SOON = date(2026, 12, 1)
SENTENCES = (
    "The mentor came through being a parent, staying off drugs, finding work and opening a bank "
    "account, the first of which matters most.\n"
    "The mentor may visit HMP & YOI Doncaster, 15 km away, and lives 46 km from BD7.\n"
    "Both like the gym, cooking and cars and motorbikes.\n\n\n\n"
    "The leaver's risk (medium) is the most this mentor is assessed for."
)
UNCOVERED, TO_SCREEN = ">Uncovered (", '/screening">'
LISTS = ("/manager/", "/manager/without-cover", "/manager/to-screen", "/manager/proposals")


@pytest.mark.parametrize("address", LISTS)
def test_ten_times_the_rows_take_the_same_statements(desks, address):
    region = OwnRegion(desks)
    fill(region)
    region.page(address)

    few = statements_of(region, address)
    for _ in range(MANY - 1):
        fill(region)

    assert statements_of(region, address) == few


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_well_filled_region_fits_into_60_kilobytes(desks, address):
    region = OwnRegion(desks)
    for _ in range(MANY):
        fill(region)

    answer = region.browser.get(address)

    assert len(answer.data) < AT_MOST_BYTES


def test_today_shows_the_first_few_of_a_kind_and_leads_to_all_of_them(desks):
    region = OwnRegion(desks)
    for _ in range(6):
        fill(region)

    today = region.page("/manager/")
    cover, to_screen = (region.page(address) for address in LISTS[1:3])

    assert [page.count(UNCOVERED) for page in (today, cover, to_screen)] == [5, 6, 0]
    assert [page.count(TO_SCREEN) for page in (today, cover, to_screen)] == [5, 0, 12]
    for address in ("/manager/without-cover", "/manager/to-screen", "/manager/proposals"):
        assert f'href="{address}">See all' in today


def test_whoever_must_be_rung_now_is_never_cut_short(desks):
    region = OwnRegion(desks)
    tasks = [a_task(kind=kind) for kind in RING_NOW for _ in range(MANY)]
    desks.keep(*tasks)

    page = region.page("/manager/")

    assert [task for task in tasks if f'tasks/{task.id}"' not in page] == []


def test_whom_today_names_and_whose_reasons_it_gives_is_kept_in_the_audit(desks):
    region = OwnRegion(desks)
    named = fill(region)

    region.page("/manager/")

    with desks.session() as db:
        reads = db.exec(select(AuditEntry).where(col(AuditEntry.action) == "read")).all()
    fields = {(entry.noun, entry.row_id): entry.fields for entry in reads}
    assert {row_id for noun, row_id in fields if noun == "leaver"} == named["leavers"]
    assert fields["referral", named["held"]] == {"screening"}
    assert "explanation" in fields["pair", named["proposed"]]


def fill(region: OwnRegion) -> dict:
    """One more of everything that waits for a manager, and two to be screened.

    Returns the ids of whom it names.
    """
    pair = region.pair(explanation=SENTENCES)
    region.desks.keep(a_standby(pair, region.mentor()))
    uncovered = region.referral(leaver={"first_name": "Uncovered", "release_date": SOON})
    new = region.referral(ReferralState.ENDORSED, leaver={"first_name": "Unscreened"})
    held = region.referral(ReferralState.SCREENED, leaver={"first_name": "Held"})
    lacking = {"content_by": None, "assessed_on": date(2026, 1, 5), "mappa_level": 3}
    walking = region.pair(PairState.ACCEPTED, accepted_at=NOW)
    others = [kind for kind in TaskKind if kind not in RING_NOW]
    region.desks.keep(
        a_screening(region.leaver(held), **lacking),
        *(a_task(kind=kind, pair_id=walking.id) for kind in (*others, TaskKind.RING)),
    )
    leavers = {str(row.leaver_id) for row in (pair, uncovered, new, held, walking)}
    return {"leavers": leavers, "held": str(held.id), "proposed": str(pair.id)}


def statements_of(region: OwnRegion, address: str) -> int:
    with counted(region.desks.engine) as statements:
        region.page(address)
    return len(statements)


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Note each statement that the engine is given meanwhile."""
    noted: list[str] = []

    def note(_connection, _cursor, statement, *_more):
        noted.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield noted
    finally:
        event.remove(engine, "before_cursor_execute", note)
