"""What lapses next of the region's mentors: what is over first, who depends on it, and filters."""

import re
from datetime import date, timedelta

import pytest
from sqlmodel import select

from matcher.core.conditions import RuleSettings
from matcher.desks.lapses import lapses_listed
from matcher.desks.paging import Part
from models.audit import AuditEntry
from models.states import MentorState, PairState, Role
from models.vetting import Clearance, Supervision, Term
from models.vocabulary import Module, Need, Region
from tests.rows import NOW, TODAY, a_meeting, a_standby
from tests.web.region import OwnRegion

LAPSES = "/manager/lapses/"


@pytest.fixture
def region(desks):
    return OwnRegion(desks)


def newer(kind, mentor, **told):
    return kind(mentor_id=mentor.id, recorded_at=NOW + timedelta(minutes=1), **told)


def lines(page: str) -> list[str]:
    """The rows of the table, each without its marks."""
    rows = re.findall(r'<tr class="govuk-table__row">(.*?)</tr>', page, re.DOTALL)[1:]
    return [" ".join(re.sub(r"<[^>]*>", " ", row).split()) for row in rows]


def test_what_is_over_comes_first_then_what_lapses_soonest_with_a_link_to_the_mentor(region):
    mentor, other = region.mentor(first_name="Rhys"), region.mentor(first_name="Bronwen")
    region.desks.keep(
        newer(Supervision, mentor, supervision_until=date(2026, 11, 20)),
        newer(Supervision, other, supervision_until=date(2026, 11, 24)),
        newer(Term, other, term_starts_on=TODAY, term_ends_on=date(2026, 11, 23)),
    )

    page = region.page(LAPSES)

    assert [line.split(" ")[0] for line in lines(page)[:3]] == ["Rhys", "Bronwen", "Bronwen"]
    assert "Supervision Out of date Friday 20 November 2026 Nobody" in lines(page)[0]
    assert "Term Soon Monday 23 November 2026 Nobody" in lines(page)[1]
    assert f'href="/manager/mentors/{mentor.id}"' in page


def test_pairs_that_go_on_and_standbys_past_the_day_depend_on_it_each_with_a_link(region):
    mentor = region.mentor()
    people = {"Going-on": NOW.date(), "Stood-by-for": NOW.date(), "Over-before": NOW.date()}
    pairs = {
        name: region.pair(
            PairState.ACCEPTED,
            accepted_at=NOW,
            mentor=region.mentor() if name == "Stood-by-for" else mentor,
            place_number=2 if name == "Over-before" else 1,
            referral=region.referral("matched", leaver={"first_name": name}),
        )
        for name in people
    }
    ends = {"Going-on": 30, "Stood-by-for": 30, "Over-before": 9}
    for name, days in ends.items():
        on = TODAY + timedelta(days=days)
        told = {"kind": "gate", "window_first": on, "window_last": on, "book_by": on}
        region.desks.keep(a_meeting(pairs[name], **told))
    region.desks.keep(
        a_standby(pairs["Stood-by-for"], mentor),
        newer(Supervision, mentor, supervision_until=TODAY + timedelta(days=9)),
    )

    page = region.page(f"{LAPSES}?kind=supervision&within=2")

    [line] = lines(page)
    assert "Going-on" in line
    assert re.search(r"Stood-by-for \( L\d+ \) \(stands by\)", line)
    assert "Over-before" not in line
    assert f'href="/manager/pairs/{pairs["Going-on"].id}"' in page


def test_what_somebody_depends_on_comes_before_what_lapses_sooner(region):
    alone, walking = region.mentor(first_name="Alone"), region.mentor(first_name="Walking")
    region.pair(mentor=walking)
    for days, mentor in ((2, alone), (9, walking)):
        until = TODAY + timedelta(days=days)
        region.desks.keep(newer(Supervision, mentor, supervision_until=until))

    page = region.page(f"{LAPSES}?kind=supervision")

    assert [line.split(" ")[0] for line in lines(page)] == ["Walking", "Alone"]


def test_on_a_clearance_depend_those_who_are_to_be_visited_in_that_prison(region):
    mentor = region.mentor()
    proposed = region.referral(leaver={"first_name": "Visited"})
    region.pair(mentor=mentor, referral=proposed)
    elsewhere = region.referral(leaver={"first_name": "Elsewhere", "prison": "MDI"})
    region.pair(mentor=mentor, referral=elsewhere, place_number=2)
    ends = {"cleared_from": TODAY, "cleared_until": TODAY + timedelta(days=9)}
    region.desks.keep(newer(Clearance, mentor, prison="LEI", **ends))

    [line] = lines(region.page(f"{LAPSES}?kind=clearance&within=2"))

    assert "Clearance for HMP Leeds" in line
    assert "Visited" in line
    assert "Elsewhere" not in line


@pytest.mark.parametrize(("within", "count"), [("2", 1), ("4", 2), ("12", 3), ("nonsense", 4)])
def test_how_soon_is_chosen_in_the_address_and_survives_the_pages(region, within, count):
    for weeks in (2, 4, 12, 13):
        mentor = region.mentor()
        until = TODAY + timedelta(weeks=weeks)
        region.desks.keep(newer(Supervision, mentor, supervision_until=until))

    page = region.page(f"{LAPSES}?kind=supervision&within={within}")

    assert len(lines(page)) == count


def test_long_lists_come_in_pages_that_keep_the_filters(region):
    for _ in range(26):
        region.mentor()

    first = region.page(f"{LAPSES}?kind=term")

    assert "26 things that lapse" in first
    assert f'href="{LAPSES}?kind=term&page=2"' in first
    assert len(lines(region.page(f"{LAPSES}?kind=term&page=2"))) == 1


def test_a_mentor_is_found_among_them_and_those_who_ended_or_are_far_away_are_not_there(region):
    region.mentor(first_name="Rhys")
    region.mentor(first_name="Gone", state=MentorState.ENDED)
    region.mentor(first_name="Faraway", region=Region.WALES)
    region.mentor(first_name="Other")

    everyone = region.page(LAPSES)
    led = region.browser.post(LAPSES, data={"who": "rhys"}).location

    assert {line.split(" ")[0] for line in lines(everyone)} == {"Rhys", "Other"}
    assert {line.split(" ")[0] for line in lines(region.page(led))} == {"Rhys"}


def test_a_pair_of_another_region_is_not_told_of(region):
    """A mentor of another region walks with somebody here, and with somebody there."""
    far = {"region": Region.WALES}
    mentor = region.mentor(first_name="Rhys", **far)
    here, there = ({"leaver": {"first_name": one}} for one in ("Here", "There"))
    region.pair(mentor=mentor, referral=region.referral(**here))
    region.pair(mentor=mentor, referral=region.referral(**there, **far), place_number=2)
    region.desks.keep(newer(Supervision, mentor, supervision_until=TODAY))

    [line] = lines(region.page(f"{LAPSES}?kind=supervision"))

    assert "Here" in line
    assert "There" not in line


def test_modules_that_the_needs_of_their_people_ask_are_training_due(region):
    mentor = region.mentor()
    pair = region.pair(mentor=mentor)
    account = region.desks.account(Role.MANAGER)
    need = next(iter(region.referral().needs))
    rules = RuleSettings(modules={need: frozenset({Module.DOMESTIC_ABUSE})})

    with region.desks.session() as db:
        found = lapses_listed(db, account, NOW, Part(), rules=rules).rows
        without = lapses_listed(db, account, NOW, Part()).rows

    assert isinstance(need, Need)
    assert [found[0].what, found[0].until] == ["Training: domestic abuse", None]
    assert [one.pair_id for one in found[0].dependents] == [pair.id]
    assert len(without) == len(found) - 1


def test_what_is_told_of_whom_is_kept_in_the_audit(region):
    mentor = region.mentor()
    pair = region.pair(PairState.ACCEPTED, accepted_at=NOW, mentor=mentor)
    region.desks.keep(newer(Supervision, mentor, supervision_until=TODAY))

    region.page(f"{LAPSES}?kind=supervision")

    with region.desks.session() as db:
        entries = db.exec(select(AuditEntry).where(AuditEntry.action == "read")).all()
    assert {(one.row_id, one.fields) for one in entries} == {
        (str(mentor.id), frozenset({"supervision"})),
        (str(pair.leaver_id), frozenset({"first_name", "release_date"})),
    }


def test_no_mentors_and_nothing_so_soon_say_what_to_do_next(region):
    empty = region.page(LAPSES)
    region.mentor()

    none_so_soon = region.page(f"{LAPSES}?within=2")

    assert "See the mentors" in empty
    assert "Show all" in none_so_soon
