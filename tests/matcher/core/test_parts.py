"""Each part of the score, worked out by hand."""

import pytest

from matcher.core.parts import PART_VALUES, STATED
from tests.factories import a_leaver, a_mentor
from tests.matcher.core.scored_pairs import SAYS_ALL, scored

NAMES = [part.__name__ for part in PART_VALUES]
ALL_STATED = dict(zip(NAMES, (35_000, 25_000, 15_000, 10_000, 10_000, 5_000), strict=True))


def part(name, leaver, *mentors):
    """One part of the score with the first mentor, the others being there to fit on."""
    return int(scored([leaver], mentors).of_pair(0, 0)[NAMES.index(name)])


def value(name, leaver, mentor):
    """The value of a part from 0 to 1: the leaver states all, so each part has its full weight."""
    return (
        part(name, a_leaver(**(SAYS_ALL | leaver)), a_mentor(**({"home": "LS2"} | mentor)))
        / (ALL_STATED[name])
    )


def test_shared_experience_is_weighed_by_importance_and_rarity_among_the_mentors():
    # Of 3 mentors all came through work: ln(4/4) + 1 = 1.000; one was in care: ln(4/2) + 1 = 1.693;
    # nobody ticked gp: ln(4/1) + 1 = 2.386. The leaver's ticks weigh 3 x 1000 + 1 x 2386 + 2 x 1693
    # = 8772, of which the mentor shares 3000 + 3386 = 6386. 35 x 6386 / 8772 = 25.480 points.
    mentor = a_mentor(needs={"work", "money"}, experiences={"care"}, home="LS2")
    others = [a_mentor(needs={"work"}, experiences=(), home="LS2")] * 2

    assert part("experience", a_leaver(**SAYS_ALL), mentor, *others) == 25_480


def test_a_need_weighs_one_two_or_three_and_an_experience_two():
    def shared(needs, experiences):
        return value("experience", {}, {"needs": needs, "experiences": experiences})

    # With one mentor a tick it has weighs 1.000, one it has not ln(2) + 1 = 1.693.
    assert shared({"work"}, ()) == pytest.approx(3 / (3 + 3 * 1.693), abs=1e-4)
    assert shared({"gp"}, ()) == pytest.approx(1 / (1 + 5 * 1.693), abs=1e-4)
    assert shared((), {"care"}) == pytest.approx(2 / (2 + 4 * 1.693), abs=1e-4)
    assert shared({"work", "gp"}, {"care"}) == 1
    assert shared((), ()) == 0

    medium = {"needs": {"work": "medium", "gp": "low"}, "experiences": ()}
    assert value("experience", medium, {"needs": {"work"}}) == pytest.approx(2 / 3.693, abs=1e-4)


@pytest.mark.parametrize(
    ("home", "limit", "prison", "cleared", "reach"),
    [
        # Half for the prison, limit / (limit + km); half for home, 1 - km / limit.
        ("LS2", 20, "LEI", True, (20 / (20 + 20) + 1) / 2),
        ("LS2", 20, "LEI", False, (0 + 1) / 2),
        ("LS1", 30, "LEI", True, (30 / (30 + 10) + (1 - 10 / 30)) / 2),
        ("LS1", 30, "NHI", True, (30 / (30 + 20) + (1 - 10 / 30)) / 2),
        ("LS0", 20, "LEI", True, (1 + 0) / 2),
        ("LS0", 20, "LEI", False, 0),
        ("LS2", 0, "LEI", False, (0 + 1) / 2),
        ("LS2", 0, "LEI", True, (1 / 21 + 1) / 2),
    ],
)
def test_reach_is_half_the_prison_and_half_the_way_home(home, limit, prison, cleared, reach):
    mentor = {"home": home, "travel_limit_km": limit}
    mentor |= {"clearances": {prison: "2028-01-01"} if cleared else {}}

    assert value("reach", {"prison": prison}, mentor) == pytest.approx(reach, abs=5e-5)


def test_a_licence_that_bars_prisons_takes_the_first_half_of_the_reach():
    barred = {"home": "LS2", "licence_bars_prisons": True}

    assert value("reach", {}, barred) == 0.5


@pytest.mark.parametrize(
    ("leaver", "mentor", "share"),
    [
        ({}, {"hours": {9}}, 1 / 3),
        ({}, {"hours": {10, 33}}, 2 / 3),
        ({}, {"hours": {9, 10, 33}}, 1),
        ({"hours": range(168)}, {"hours": range(168)}, 1),
        ({"hours": {9, 10, 11}, "curfew": {9}}, {"hours": range(24)}, 2 / 3),
        ({"hours": {9, 10, 11}}, {"hours": range(24), "curfew": {9, 10}}, 1 / 3),
        ({"hours": {167, 0}}, {"hours": {166, 167}}, 1 / 3),
    ],
)
def test_three_shared_hours_in_the_week_are_the_whole_part(leaver, mentor, share):
    assert value("time", leaver, mentor) == pytest.approx(share, abs=5e-5)


@pytest.mark.parametrize(
    ("risk", "limit", "margin"),
    [
        ("low", "low", 0.5),
        ("low", "medium", 1),
        ("low", "very_high", 1),
        ("medium", "medium", 0.5),
        ("medium", "high", 1),
        ("very_high", "very_high", 0.5),
    ],
)
def test_one_level_above_the_risk_is_the_whole_margin_and_just_meeting_it_half(risk, limit, margin):
    assert value("risk_margin", {"risk": risk}, {"risk_limit": limit}) == margin


@pytest.mark.parametrize(
    ("wishes", "mentor", "share"),
    [
        ({"pl", "muslim"}, {"languages": {"en", "pl"}, "cultures": {"muslim", "irish"}}, 1),
        ({"pl", "muslim"}, {"languages": {"en", "pl"}}, 1 / 2),
        ({"pl", "muslim", "irish"}, {"cultures": {"irish"}}, 1 / 3),
        ({"pl"}, {"cultures": {"eastern_european"}}, 0),
    ],
)
def test_culture_is_the_share_of_the_wishes_met_and_nothing_is_inferred(wishes, mentor, share):
    found = value("culture", {"wishes": wishes}, mentor)

    assert found == pytest.approx(share, abs=5e-5)


@pytest.mark.parametrize(
    ("interests", "share"),
    [({"chess", "art", "music"}, 1), ({"chess", "football"}, 1 / 3), ({"football"}, 0), ((), 0)],
)
def test_interests_are_the_share_of_the_leavers_that_both_have(interests, share):
    assert value("interests", {}, {"interests": interests}) == pytest.approx(share, abs=2e-4)


def test_every_part_that_may_be_left_out_is_one_that_the_leaver_fills_in():
    assert [NAMES[index] for index in STATED] == ["experience", "time", "culture", "interests"]
