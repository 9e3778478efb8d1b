"""Each gate holds a leaver back with its reason; what is unknown or stale never passes."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.core.candidates import broken_rules
from matcher.core.conditions import Conditions, RuleSettings
from matcher.core.features import LeaverColumns
from matcher.core.gates import GATES, hold_reasons, on_hold
from matcher.gazetteer import england_and_wales
from tests.factories import TODAY, a_leaver, a_mentor
from tests.strategies import cohorts, conditions

CONDITIONS = Conditions(TODAY, england_and_wales())
YESTERDAY, TOMORROW = date(2026, 11, 22), date(2026, 11, 24)
RECONNECT = {"pathway": "reconnect"}


def approved(what, by="Jo Manager", on=TODAY):
    return {f"{what}_approved_by": by, f"{what}_approved_on": on}


def holding(leaver, known=CONDITIONS):
    [gates] = hold_reasons(LeaverColumns.of([leaver], known))
    return [gate.code for gate in gates]


HELD = [
    ("leaver_consented", {"consented_on": None}),
    ("leaver_consented", {"consented_on": TOMORROW}),
    ("inside_the_window", {"release_date": None}),
    ("inside_the_window", {"release_date": YESTERDAY}),
    ("inside_the_window", {"release_date": date(2027, 2, 16)}),
    ("inside_the_window", {"pathway": "veterans", "release_date": YESTERDAY}),
    ("inside_the_window", RECONNECT | {"release_date": None}),
    ("inside_the_window", RECONNECT | {"release_date": date(2026, 5, 23)}),
    ("inside_the_window", RECONNECT | {"release_date": date(2027, 2, 16)}),
    ("screening_complete", {"risk": None}),
    ("screening_complete", {"assessor": None}),
    ("screening_complete", {"assessor": "  "}),
    ("screening_complete", {"mappa_level": None}),
    ("screening_complete", {"sexual_offence": None}),
    ("screening_complete", {"domestic_abuse": None}),
    ("screening_fresh", {"assessed_on": date(2026, 5, 22)}),
    ("screening_fresh", {"assessed_on": TOMORROW}),
    *[("high_risk_approved", {"risk": risk}) for risk in ("high", "very_high")],
    ("high_risk_approved", {"risk": "high"} | approved("high_risk", by=None)),
    ("high_risk_approved", {"risk": "high"} | approved("high_risk", on=None)),
    ("high_risk_approved", {"risk": "high"} | approved("high_risk", on=TOMORROW)),
    ("high_risk_approved", {"risk": "high"} | approved("mappa")),
    *[("mappa_approved", {"mappa_level": level}) for level in (2, 3)],
    ("mappa_approved", {"mappa_level": 2} | approved("mappa", by=" ")),
    ("mappa_approved", {"mappa_level": 3} | approved("mappa", on=TOMORROW)),
    ("mappa_approved", {"mappa_level": 3} | approved("high_risk")),
    ("sexual_offence_approved", {"sexual_offence": True}),
    ("sexual_offence_approved", {"risk_to": {"sexual_offences"}}),
    ("sexual_offence_approved", {"mappa_category": 1, "mappa_level": 1}),
    ("sexual_offence_approved", {"sexual_offence": True} | approved("sexual_offence", by=None)),
    ("sexual_offence_approved", {"sexual_offence": True} | approved("sexual_offence", on=TOMORROW)),
    ("sexual_offence_approved", {"sexual_offence": True} | approved("domestic_abuse")),
    ("domestic_abuse_approved", {"domestic_abuse": True}),
    ("domestic_abuse_approved", {"risk_to": {"domestic_abuse"}}),
    ("domestic_abuse_approved", {"domestic_abuse": True} | approved("domestic_abuse", by="")),
    ("domestic_abuse_approved", {"domestic_abuse": True} | approved("domestic_abuse", on=TOMORROW)),
    ("domestic_abuse_approved", {"domestic_abuse": True} | approved("sexual_offence")),
    ("leaver_probation_content", {"content_by": None}),
    ("leaver_probation_content", {"content_on": None}),
    ("leaver_probation_content", {"content_on": TOMORROW}),
]

WAITING = [
    {"consented_on": TODAY},
    {"release_date": TODAY},
    {"release_date": date(2027, 2, 15)},
    {"pathway": "veterans", "release_date": TODAY},
    RECONNECT | {"release_date": date(2026, 5, 24)},
    RECONNECT | {"release_date": date(2027, 2, 15)},
    *[
        {"pathway": pathway, "release_date": release}
        for pathway in ("liaison_and_diversion", "mental_health_treatment")
        for release in (None, date(2020, 1, 1), date(2040, 1, 1))
    ],
    {"assessed_on": date(2026, 5, 23)},
    {"assessed_on": TODAY},
    {"risk": "medium"},
    *[{"risk": risk} | approved("high_risk") for risk in ("high", "very_high")],
    {"mappa_level": 1, "mappa_category": 2},
    *[{"mappa_level": level} | approved("mappa") for level in (2, 3)],
    {"sexual_offence": True} | approved("sexual_offence"),
    {"mappa_category": 1, "mappa_level": 1} | approved("sexual_offence"),
    {"domestic_abuse": True} | approved("domestic_abuse"),
    {"content_on": TODAY},
    {"on_licence": False, "content_by": None, "content_on": None},
]


@pytest.mark.parametrize(("code", "told"), HELD)
def test_the_gate_alone_holds_a_leaver(code, told):
    leaver = a_leaver(**told)

    assert holding(leaver) == [code]
    assert on_hold(LeaverColumns.of([leaver], CONDITIONS)).tolist() == [True]


@pytest.mark.parametrize("told", WAITING)
def test_a_leaver_with_everything_in_order_waits_for_a_mentor(told):
    leaver = a_leaver(**told)

    assert holding(leaver) == []
    assert on_hold(LeaverColumns.of([leaver], CONDITIONS)).tolist() == [False]


def test_every_gate_is_seen_to_hold():
    assert [gate.code for gate in GATES] == list(dict.fromkeys(code for code, _ in HELD))


def test_an_unknown_licence_is_taken_for_one_without_probations_content():
    leaver = a_leaver(on_licence=None, content_by=None)

    assert holding(leaver) == ["screening_complete", "leaver_probation_content"]


def test_a_leaver_of_whom_nothing_is_recorded_is_held_by_all_that_asks_for_a_record():
    leaver = a_leaver(
        consented_on=None,
        release_date=None,
        risk=None,
        assessed_on=None,
        assessor=None,
        mappa_level=None,
        sexual_offence=None,
        domestic_abuse=None,
        on_licence=None,
        content_by=None,
        content_on=None,
    )

    assert holding(leaver) == [
        "leaver_consented",
        "inside_the_window",
        "screening_complete",
        "leaver_probation_content",
    ]


def test_how_old_an_assessment_may_be_is_a_setting():
    known = Conditions(TODAY, england_and_wales(), RuleSettings(assessment_months=1))

    assert holding(a_leaver(assessed_on=date(2026, 10, 22)), known) == ["screening_fresh"]
    assert holding(a_leaver(assessed_on=date(2026, 10, 23)), known) == []


def test_an_assessment_that_is_not_there_is_missing_and_not_also_out_of_date():
    assert holding(a_leaver(assessed_on=None)) == ["screening_complete"]
    assert holding(a_leaver(risk=None, assessed_on=date(2026, 5, 22))) == [
        "screening_complete",
        "screening_fresh",
    ]


def test_the_manager_reads_the_reason_of_the_gate():
    broken = broken_rules(a_leaver(mappa_level=3), a_mentor(), CONDITIONS)

    assert [(each.number, each.relaxable, each.sentence) for each in broken] == [
        (0, False, "MAPPA level 2 or 3 needs a named, dated approval.")
    ]


@given(cohorts(), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_each_leaver_is_held_alone_as_among_others(cohort, shuffled):
    people = cohort[0]
    shuffled.shuffle(people)
    columns = LeaverColumns.of(people, conditions())

    together = [[gate.code for gate in gates] for gates in hold_reasons(columns)]

    assert together == [holding(leaver, conditions()) for leaver in people]
    assert on_hold(columns).tolist() == [gates != [] for gates in together]
