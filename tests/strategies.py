"""People drawn at random for property tests: ready to be paired, but for a trouble or two.

Everyone lives in or near Leeds and the lists of words, names and days are short, so that links,
zones, hours and wishes hit one another often. Days are drawn around the limits of the rules.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st

from matcher.core.conditions import Conditions, RuleSettings
from matcher.core.places import Places
from matcher.gazetteer import england_and_wales
from models.profiles import LeaverProfile, MentorProfile
from models.vocabulary import (
    Companion,
    CountyLines,
    Gender,
    Group,
    Importance,
    Module,
    Need,
    Pool,
    Risk,
    Sex,
)
from tests.factories import TODAY, a_leaver, a_mentor

NEAR = ("LS1", "LS6", "LS7", "LS12", "BD1", "HG1", "WF1")
FAR = ("NE1", "TR1")
PRISONS = ("LEI", "NHI", "DMI")
LEAVER_CODES = ("L0", "L1", "L2", "L3")
MENTOR_CODES = ("M0", "M1", "M2", "M3")
MODULES = {Need.DRUG_RECOVERY: frozenset({Module.DRUGS_AND_ALCOHOL})}

Facts = st.SearchStrategy[dict[str, Any]]


def few_places() -> Places:
    """The districts and prisons in which these people live, where they really are."""
    whole = england_and_wales()
    return Places(
        districts={code: whole.districts[code] for code in (*NEAR, *FAR)},
        prisons={code: whole.prisons[code] for code in PRISONS},
        prison_names={code: whole.prison_names[code] for code in PRISONS},
        prison_districts={code: whole.prison_districts[code] for code in PRISONS},
    )


FEW_PLACES = few_places()


def conditions(today: date = TODAY) -> Conditions:
    """What the rules are read under: the few places, and one need that demands a module."""
    return Conditions(today, FEW_PLACES, RuleSettings(modules=MODULES))


days_to_ask_on = st.sampled_from(
    [TODAY, date(2026, 8, 31), date(2027, 3, 1), date(2028, 2, 29), date(2027, 2, 28)]
)


def some(*words: Any) -> st.SearchStrategy[frozenset[Any]]:
    """Any of the words, or none: one draw, so that a person is quickly drawn."""
    chosen = st.integers(0, 2 ** len(words) - 1)
    return chosen.map(lambda n: frozenset(word for i, word in enumerate(words) if n >> i & 1))


def weighed(*words: Any) -> st.SearchStrategy[dict[Any, Importance]]:
    """Any of the words, each with how much it matters, or none."""
    chosen = st.integers(0, 4 ** len(words) - 1)
    digits = chosen.map(lambda n: [n // 4**i % 4 for i in range(len(words))])
    levels = [None, *Importance]
    return digits.map(
        lambda drawn: {w: level for w, d in zip(words, drawn, strict=True) if (level := levels[d])}
    )


def around(today: date, *days_ago: int, slack: int = 4) -> st.SearchStrategy[date | None]:
    """A day within a few days of each given one, or none on file."""
    shifts = [days + shift for days in days_ago for shift in range(-slack, slack + 1)]
    return st.sampled_from([None, *(today - timedelta(days=days) for days in sorted(set(shifts)))])


def signed(what: str, today: date) -> Facts:
    """An approval: both name and day, one of them, or neither."""
    names = st.sampled_from([None, "", "Jo Manager"])
    return facts({f"{what}_by": names, f"{what}_on": around(today, 0)})


def facts(strategies: Mapping[str, st.SearchStrategy[Any]]) -> Facts:
    """One value for each fact."""
    return st.fixed_dictionaries(dict(strategies))


def together(*parts: Facts) -> Facts:
    """The facts of all the parts."""
    return st.tuples(*parts).map(lambda drawn: {k: v for part in drawn for k, v in part.items()})


yes_or_no = st.booleans()
yes_no_or_unknown = st.sampled_from([None, False, True])
risks = st.sampled_from([None, *Risk])
few_needs = ("work", "gp", "drug_recovery", "home_on_release")
few_experiences = ("care", "recall", "recovery_drugs", "homeless")
few_interests = ("football", "chess", "art")
few_wishes = ("pl", "cy", "muslim", "irish")
spoken = st.sampled_from([{"en"}, {"en", "pl"}, {"pl"}, {"cy"}, {"cy", "en"}])
hours = st.sampled_from([frozenset(), {9}, {9, 10, 11, 12}, {33, 34}, {12, 33, 167}, {0, 1}])
curfews = st.sampled_from([frozenset(), {9}, range(9, 34), range(168)])
gang_tags = st.sampled_from([frozenset(), {"red"}, {"BLUE"}, {" Red", "blue"}])
people_named = st.sampled_from(
    [
        *({"m0", "l0 "}, {"M1", "L1"}, {"a0001mm", "x000001"}, {" A0002MM", "A0001LL"}),
        *({"OBRIEN zoe 1980-03-02", "sam Ordinary 1990-05-17"}, {"O’Brien  Zoë 1980-03-02"}),
        *({"ORDINARY SAM 1990-05-18"}, {"Nobody Known 1980-03-02", "Nobody Known 1990-05-18"}),
    ]
)

pasts_of_leavers = facts(
    {
        "prison_number": st.sampled_from(["A0001LL", "A0002LL"]),
        "crn": st.sampled_from([None, "X000001"]),
        "first_name": st.sampled_from(["Sam", "SAM"]),
        "surname": st.just("Ordinary"),
        "birth_date": st.sampled_from([date(1990, 5, 17), date(1990, 5, 18)]),
        "sex": st.sampled_from(list(Sex)),
        "gender": st.sampled_from([None, *Gender]),
        "prison": st.sampled_from(PRISONS),
        "needs": weighed(*few_needs),
        "experiences": some(*few_experiences),
        "interests": some(*few_interests),
        "wishes": some(*few_wishes),
        "resettling_in": st.sampled_from(NEAR[:3]),
        "travel_km": st.sampled_from([0, 5, 15]),
        "on_licence": yes_or_no,
    }
)

pasts_of_mentors = facts(
    {
        "prison_number": st.sampled_from([None, "A0001MM", "A0002MM"]),
        "first_name": st.sampled_from(["Zoe", "ZOË"]),
        "surname": st.sampled_from(["O'Brien", "OBRIEN"]),
        "birth_date": st.sampled_from([date(1980, 3, 1), date(1980, 3, 2)]),
        "sex": st.sampled_from(list(Sex)),
        "gender": st.sampled_from([None, *Gender]),
        "home": st.sampled_from(NEAR),
        "travel_limit_km": st.sampled_from([14, 15, 16, 30]),
        "needs": some(*few_needs),
        "experiences": some("care", "recall", "homeless"),
        "interests": some(*few_interests),
        "languages": st.sampled_from([{"en"}, {"en", "pl"}, {"en", "cy"}]),
        "cultures": some("muslim", "irish"),
        "modules": st.sampled_from([{"drugs_and_alcohol"}, {"drugs_and_alcohol", "mental_health"}]),
        "risk_limit": st.sampled_from([Risk.LOW, Risk.MEDIUM, Risk.VERY_HIGH]),
        "hours": st.sampled_from([frozenset(), {9, 10}, range(9, 17), {9, 33, 34, 167}]),
        "gangs": st.sampled_from([frozenset(), {"red"}]),
        "county_lines": st.sampled_from([None, *CountyLines]),
        "limits": st.sampled_from([frozenset(), {Group.CHILDREN}, {Group.SEXUAL_OFFENCES}]),
    }
)


def in_order_for_leavers(today: date) -> Facts:
    """What must be in order before a leaver can be paired, all in order on that day."""
    in_order = {"consented_on", "assessed_on", "content_on"}
    told = {name: st.just(today - timedelta(days=30)) for name in sorted(in_order)}
    ahead = st.sampled_from([0, 1, 13, 14, 15, 40, 83, 84])
    return facts(told | {"release_date": ahead.map(lambda days: today + timedelta(days=days))})


def in_order_for_mentors(today: date) -> Facts:
    """What must be in order before a mentor can be paired, all in order on that day."""
    past = {"consented_on": 90, "assessed_on": 90, "basic_training_on": 80, "term_starts_on": 60}
    past |= {"offence_free_since": 1000, "supervision_until": -120, "term_ends_on": -200}
    told = {name: st.just(today - timedelta(days=days)) for name, days in past.items()}
    until = around(today, 0, -14, -70).map(lambda day: {} if day is None else {"LEI": day})
    return facts(told | {"clearances": until, "places": st.integers(1, 3)})


def troubles_of_both(today: date) -> list[Facts]:
    """What may stand in the way of a leaver or a mentor alike."""
    return [
        facts({"no_contact": people_named}),
        facts({"first_name": st.just("")}),
        together(
            facts({"licence_bars_contact": yes_or_no}),
            signed("licence_approved", today),
        ),
        facts({"exclusion_zone": some(*NEAR)}),
        facts({"hours": hours, "curfew": curfews}),
        facts({"gangs": gang_tags, "opposed_gangs": gang_tags}),
        facts({"county_lines": st.sampled_from([None, *CountyLines])}),
        facts({"wants": st.sampled_from([{word} for word in Companion] + [set(Companion)])}),
        facts({"consented_on": around(today, 0)}),
        together(facts({"on_licence": yes_no_or_unknown}), signed("content", today)),
        facts({"languages": spoken}),
    ]


def troubles_of_leavers(today: date) -> list[Facts]:
    """What may stand in the way of a leaver."""
    pathways = st.sampled_from(
        ["through_the_gate", "reconnect", "liaison_and_diversion", "mental_health_treatment"]
    )
    level = st.sampled_from([None, Risk.LOW, Risk.MEDIUM])
    return [
        facts({"no_one_to_one": yes_or_no}),
        facts({"birth_date": around(today, 6574).filter(bool)}),
        together(facts({"risk": risks}), signed("high_risk_approved", today)),
        facts({"risk": st.just(Risk.MEDIUM), "risk_to_children": level, "risk_to_staff": level}),
        facts({"risk_to": some(Group.CHILDREN, Group.ARSON, Group.SEXUAL_OFFENCES)}),
        facts({"assessed_on": around(today, 0, 182), "assessor": st.sampled_from([None, "", "A"])}),
        together(
            facts(
                {
                    "mappa_level": st.sampled_from([None, 0, 1, 2, 3]),
                    "mappa_category": st.sampled_from([None, 1, 2, 3, 4]),
                }
            ),
            signed("mappa_approved", today),
        ),
        together(
            facts({"sexual_offence": yes_no_or_unknown}), signed("sexual_offence_approved", today)
        ),
        together(
            facts({"domestic_abuse": yes_no_or_unknown}), signed("domestic_abuse_approved", today)
        ),
        facts({"pathway": pathways, "release_date": around(today, 184, 0, -84)}),
        facts({"pathway": st.just("reconnect"), "release_date": around(today, 183, 20, 0)}),
        facts({"languages": spoken, "interpreter": yes_or_no}),
        facts({"ruled_out": some(*MENTOR_CODES, "m0")}),
        facts({"resettling_in": st.sampled_from(FAR)}),
        facts({"prison_number": st.just("A0001MM")}),
    ]


def troubles_of_mentors(today: date) -> list[Facts]:
    """What may stand in the way of a mentor."""
    checked = {"pool": st.sampled_from(list(Pool)), "children_check_until": around(today, 0)}
    known = {"arrested": yes_or_no, "knows_custody_and_court": yes_or_no}
    return [
        facts({"limits": some(Group.CHILDREN, Group.STAFF, Group.ARSON, Group.SEXUAL_OFFENCES)}),
        facts(checked),
        facts({"state": st.sampled_from(["active", "paused", "cleared"])}),
        facts({"risk_limit": risks, "assessor": st.sampled_from([None, "", "A"])}),
        facts({"assessed_on": around(today, 0, 182)}),
        facts({"offence_free_since": around(today, 0, 731)}),
        facts({"past_addiction": yes_no_or_unknown, "substance_free_since": around(today, 731)}),
        facts({"experiences": some(*few_experiences), "substance_free_since": around(today, 731)}),
        facts({"basic_training_on": around(today, 0)}),
        facts({"modules": some(*Module)}),
        facts({"supervision_until": around(today, 0)}),
        facts({"term_starts_on": around(today, 0), "term_ends_on": around(today, 0, -14, -84)}),
        facts({"places": st.integers(0, 2), "taken": st.integers(0, 3)}),
        facts(known),
        facts({"licence_bars_prisons": yes_or_no}),
        facts({"travel_limit_km": st.sampled_from([0, 1, 2, 3, 12, 13])}),
        facts({"home": st.sampled_from(FAR)}),
        facts({"declined": some(*LEAVER_CODES, "l0")}),
    ]


@cache
def leavers(code: str = "L1", today: date = TODAY) -> st.SearchStrategy[LeaverProfile]:
    """A leaver, in order but for two troubles at most."""
    troubles = troubles_of_both(today) + troubles_of_leavers(today)
    drawn = _in_trouble(together(pasts_of_leavers, in_order_for_leavers(today)), troubles)
    return drawn.map(lambda told: a_leaver(**told, code=code))


@cache
def mentors(code: str = "M1", today: date = TODAY) -> st.SearchStrategy[MentorProfile]:
    """A mentor, in order but for two troubles at most."""
    troubles = troubles_of_both(today) + troubles_of_mentors(today)
    drawn = _in_trouble(together(pasts_of_mentors, in_order_for_mentors(today)), troubles)
    return drawn.map(lambda told: a_mentor(**told, code=code))


@cache
def cohorts(
    today: date = TODAY,
) -> st.SearchStrategy[tuple[list[LeaverProfile], list[MentorProfile]]]:
    """Up to four leavers and four mentors, each with a code of their own."""
    return st.tuples(
        _up_to_four([leavers(code, today) for code in LEAVER_CODES]),
        _up_to_four([mentors(code, today) for code in MENTOR_CODES]),
    )


def _up_to_four(people: list[st.SearchStrategy[Any]]) -> st.SearchStrategy[list[Any]]:
    """The first few of the people, or all four, or nobody."""
    groups = [st.tuples(*people[:count]).map(list) for count in (4, 3, 2, 1, 0)]
    return st.sampled_from(groups).flatmap(lambda group: group)


def _in_trouble(in_order: Facts, troubles: list[Facts]) -> Facts:
    """The facts in order, with none, one or two troubles over them."""
    some_troubles = st.lists(st.sampled_from(troubles), max_size=2).flatmap(
        lambda chosen: together(facts({}), *chosen)
    )
    return together(in_order, some_troubles)
