"""Planning again for the touched alone gives the plan that a fresh one for everybody gives."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from matcher.core.conditions import Conditions
from matcher.core.planning import PlanSettings, make_plan
from matcher.core.replanning import replan
from matcher.gazetteer import england_and_wales
from models.states import MentorState
from models.vocabulary import Experience
from tests.factories import TODAY, a_leaver, a_mentor

CONDITIONS = Conditions(TODAY, england_and_wales())
SETTINGS = PlanSettings()

TOWNS = (("LS6", "LS7", "LS28"), ("NE1", "NE4"), ("TR1", "TR2"))
"""Districts of three towns, too far from each other for anyone to travel."""

TICKS = (Experience.CARE, Experience.RECALL, Experience.BEREAVEMENT)

districts = st.sampled_from([district for town in TOWNS for district in town])
ticks = st.sets(st.sampled_from(TICKS)).map(frozenset)


def leavers(number):
    soon = st.sampled_from([20, 35, 50, 80]).map(lambda days: TODAY + timedelta(days=days))
    told = {"resettling_in": districts, "experiences": ticks, "release_date": soon}
    return st.fixed_dictionaries(told).map(lambda facts: a_leaver(code=f"L{number}", **facts))


def mentors(number):
    told = {"home": districts, "experiences": ticks, "places": st.integers(1, 2)}
    return st.fixed_dictionaries(told).map(
        lambda facts: a_mentor(
            code=f"M{number}", substance_free_since=TODAY - timedelta(days=2000), **facts
        )
    )


def up_to(most, kind, least=1):
    everyone = [kind(number) for number in range(most)]
    return st.integers(least, most).flatmap(lambda count: st.tuples(*everyone[:count]).map(list))


CHANGES = {
    "a leaver goes": ("leaver", None),
    "a leaver leaves sooner": ("leaver", {"release_date": TODAY + timedelta(days=10)}),
    "a leaver resettles elsewhere": ("leaver", {"resettling_in": "NE1"}),
    "a leaver is on hold": ("leaver", {"content_by": None}),
    "a mentor lapses": ("mentor", {"state": MentorState.PAUSED}),
    "a mentor moves": ("mentor", {"home": "LS6"}),
    "a mentor has a place more": ("mentor", {"places": 3}),
    "a mentor says no to everyone who is first": ("mentor", {"declined": frozenset({"L0"})}),
}

changes = st.lists(st.tuples(st.sampled_from(sorted(CHANGES)), st.integers(0, 9)), max_size=2)


class People:
    """Who is in the plan, and whom the changes so far have touched."""

    def __init__(self, leavers, mentors):
        self.of = {
            "leaver": {one.code: one for one in leavers},
            "mentor": {one.code: one for one in mentors},
        }
        self.touched = {"leaver": set(), "mentor": set()}

    def change(self, what, which):
        kind, facts = CHANGES[what]
        codes = sorted(self.of[kind])
        if not codes:
            return
        code = codes[which % len(codes)]
        self.touched[kind].add(code)
        if facts is None:
            del self.of[kind][code]
        else:
            self.of[kind][code] = self.of[kind][code].model_copy(update=facts)

    def gone(self, code, pairs):
        """Who goes touches the mentor whom they leave free."""
        self.touched["mentor"] |= {mentor for leaver, mentor in pairs if leaver == code}

    def plan(self, keep=()):
        both = (self.of["leaver"].values(), self.of["mentor"].values())
        return make_plan(*both, CONDITIONS, SETTINGS, keep=keep)

    def replan(self, keep):
        return replan(
            self.of["leaver"].values(),
            self.of["mentor"].values(),
            CONDITIONS,
            SETTINGS,
            keep=keep,
            touched_leavers=self.touched["leaver"],
            touched_mentors=self.touched["mentor"],
        )


def codes(plan, pairs):
    return {(plan.leavers[row].code, plan.mentors[column].code) for row, column in pairs}


@given(up_to(8, leavers), up_to(7, mentors), up_to(2, lambda n: leavers(f"new{n}"), 0), changes)
def test_the_touched_part_planned_again_and_the_rest_as_it_stood_are_the_fresh_plan(
    people, able, coming, happening
):
    everyone = People(people, able)
    stood = codes(first := everyone.plan(), first.plan.pairs)
    for what, which in happening:
        everyone.change(what, which)
    for code in {leaver for leaver, _ in stood} - everyone.of["leaver"].keys():
        everyone.gone(code, stood)
    for leaver in coming:
        everyone.of["leaver"][leaver.code] = leaver
        everyone.touched["leaver"].add(leaver.code)

    again = everyone.replan(stood)

    fresh = everyone.plan(keep=stood)
    kept = {pair for pair in stood if pair[0] not in again.leavers | everyone.touched["leaver"]}
    untouched = {
        (leaver, mentor) for leaver, mentor in codes(fresh, fresh.standbys) if leaver in kept
    }
    assert again.pairs | kept == codes(fresh, fresh.plan.pairs)
    assert codes(again.plan, again.plan.standbys) == {
        pair for pair in codes(fresh, fresh.standbys) if pair[0] in again.leavers
    }
    assert untouched <= codes(first, first.standbys)
