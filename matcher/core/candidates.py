"""Who may be paired with whom: distance first, then every rule in blocks.

Leavers who resettle in one district share their candidate mentors: those
whose travel limit covers it. Each such block runs through the whole table of
rules, so that no array of all leavers × all mentors ever exists.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.core.columns import Flags, Grid, PairArray
from matcher.core.conditions import Conditions
from matcher.core.eligibility import RULES, Rule
from matcher.core.features import LeaverColumns, MentorColumns
from matcher.core.gates import GATES, on_hold
from models.profiles import LeaverProfile, MentorProfile

BLOCK = 2_000_000
"""The greatest number of candidate pairs looked at in one block."""


@dataclass(frozen=True)
class BrokenRule:
    """A rule or gate that stands in the way of one pair, with the reason a manager reads."""

    number: int
    code: str
    sentence: str
    relaxable: bool


def allowed(leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
    """Return where every rule holds, leavers × mentors; gates are not asked."""
    grid = np.ones((len(leavers), len(mentors)), dtype=np.bool_)
    for rule in RULES:
        grid &= rule.holds(leavers, mentors)
    return grid


def eligible_pairs(leavers: LeaverColumns, mentors: MentorColumns) -> PairArray:
    """Return the pairs that no rule and no gate bars: leavers × mentors, stored True."""
    rows: list[NDArray[np.intp]] = [np.empty(0, dtype=np.intp)]
    columns: list[NDArray[np.intp]] = [np.empty(0, dtype=np.intp)]
    for some, others in _blocks(leavers, mentors):
        grid = allowed(leavers.take(some), mentors.take(others))
        row, column = np.nonzero(grid)
        rows.append(some[row])
        columns.append(others[column])
    row, column = np.concatenate(rows), np.concatenate(columns)
    marks = np.ones(len(row), dtype=np.bool_)
    return sparse.csr_array((marks, (row, column)), shape=(len(leavers), len(mentors)))


def broken_rules(
    leaver: LeaverProfile, mentor: MentorProfile, conditions: Conditions
) -> list[BrokenRule]:
    """Return every gate and rule in the way of this pair, gates first, in table order."""
    leavers = LeaverColumns.of([leaver], conditions)
    mentors = MentorColumns.of([mentor], conditions)
    gates = [
        BrokenRule(0, gate.code, gate.reason, relaxable=False)
        for gate in GATES
        if not gate.passes(leavers)[0]
    ]
    return gates + [
        BrokenRule(rule.number, rule.code, reason_in_words(rule, leaver, mentor), rule.relaxable)
        for rule in RULES
        if not rule.holds(leavers, mentors).all()
    ]


def reason_in_words(rule: Rule, leaver: LeaverProfile, mentor: MentorProfile) -> str:
    """Return the rule's reason about these two people."""
    if "label" in rule.reason and not (leaver.risk and mentor.risk_limit):
        return "The risk of the leaver or the limit of the mentor is not known."
    return rule.reason.format(leaver=leaver, mentor=mentor)


def _blocks(
    leavers: LeaverColumns, mentors: MentorColumns
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Yield blocks of leavers of one district with the mentors whose limit covers it."""
    fit = np.flatnonzero(_fit_alone(leavers, mentors))
    waiting = np.flatnonzero(~on_hold(leavers))
    if not len(fit) or not len(waiting):
        return
    km, homes, limits = leavers.conditions.places.km, mentors.district[fit], mentors.travel_km[fit]
    order = waiting[np.argsort(leavers.district[waiting], kind="stable")]
    districts, starts = np.unique(leavers.district[order], return_index=True)
    for district, some in zip(districts, np.split(order, starts[1:]), strict=True):
        others = fit[km[district, homes] <= limits]
        if len(others):
            step = max(1, BLOCK // len(others))
            for start in range(0, len(some), step):
                yield some[start : start + step], others


def _fit_alone(leavers: LeaverColumns, mentors: MentorColumns) -> Flags:
    """Return the mentors whom no rule bars from everybody: those about the mentor alone."""
    nobody = leavers.take(slice(0, 0))
    alone = np.ones(len(mentors), dtype=np.bool_)
    for rule in RULES:
        held = rule.holds(nobody, mentors)
        if held.shape[0] == 1:
            alone &= held[0]
    return alone
