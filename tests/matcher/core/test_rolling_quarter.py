"""A quarter of arrivals, lived day by day: nobody who can be matched is offered too late."""

from datetime import date, timedelta
from functools import cache

from benchmarks.rolling import CALENDAR, a_quarter, greedy, live, planned, shares


@cache
def quarter():
    return a_quarter(240, 160, seed=1)


@cache
def lived():
    return live(quarter(), planned(hold=True))


def window(leaver):
    """The days in which the first offer must go out: eight to six weeks before, or at once."""
    came, release = quarter().came[leaver], quarter().releases[leaver]
    eight, six = release - timedelta(weeks=8), CALENDAR.on_or_before(release - timedelta(weeks=6))
    return max(came, eight), max(CALENDAR.add(came, 2), six)


def late():
    """Whoever was still there when their first offer had to be out, and had none by then."""
    first, last = lived().first_offer, {one: window(one)[1] for one in quarter().came}
    there = [one for one in last if quarter().goes.get(one, last[one]) >= last[one]]
    return [one for one in there if first.get(one, date.max) > last[one]]


def test_whoever_could_be_matched_is_offered_six_weeks_before_or_at_short_notice():
    covered = {one: lived().covered_on.get(one, []) for one in late()}

    lost = [
        one
        for one, days in covered.items()
        if any(window(one)[0] <= day <= window(one)[1] for day in days)
    ]

    assert lost == []


def test_nobody_is_left_out_while_a_mentor_who_fits_has_a_place_to_spare():
    assert lived().left_over == {}


def test_the_quarter_is_a_hard_one():
    assert len(lived().declined) > 10
    assert len(late()) > 10
    assert len(lived().first_offer) > 3 * len(late())


def test_holding_comes_nearer_to_hindsight_than_offering_each_their_best_free_mentor():
    held = shares(quarter(), lived())
    taken_in_turn = shares(quarter(), live(quarter(), greedy))

    assert 0.85 < held[0] < 1
    assert held[0] > taken_in_turn[0]
    assert held[1] > taken_in_turn[1]
