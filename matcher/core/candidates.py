"""Who may be paired with whom: distance first, then every rule in blocks.

Rules about one side alone are asked once of everyone. The rest run in blocks
of leavers who resettle near each other and the mentors whose travel limit
covers one of them at least, so that no array of all leavers × all mentors ever
exists. Blocks are as large as a processor's own memory holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.core.blocks import Rows, neighbours, on_threads, spans
from matcher.core.columns import Grid, PairArray
from matcher.core.conditions import Conditions
from matcher.core.eligibility import RULES, Rule, within_travel_limit
from matcher.core.features import LeaverColumns, MentorColumns
from matcher.core.gates import GATES, on_hold
from models.profiles import LeaverProfile, MentorProfile


class Side(Enum):
    """One of the two sides of a pair."""

    LEAVER = "leaver"
    MENTOR = "mentor"


ALONE = {(0, 1): Side.LEAVER, (1, 0): Side.MENTOR}
"""The shape of what a rule about one side alone says of nobody and nobody."""


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
        grid &= rule.block(leavers, mentors)
    return grid


def eligible_pairs(leavers: LeaverColumns, mentors: MentorColumns) -> PairArray:
    """Return the pairs that no rule and no gate bars: leavers × mentors, stored True."""
    country = _Country.of(leavers, mentors)
    blocks = neighbours(leavers, country.waiting)
    found = on_threads(country.open_pairs, blocks)
    counts = np.zeros(len(leavers), dtype=np.int64)
    for some, (each, _) in zip(blocks, found, strict=True):
        counts[some] = each
    ends = np.concatenate([[0], np.cumsum(counts)])
    columns = np.empty(ends[-1], dtype=np.int32)
    for some, (each, others) in zip(blocks, found, strict=True):
        columns[spans(ends[some], each)] = others
    marks = np.ones(len(columns), dtype=np.bool_)
    return sparse.csr_array((marks, columns, ends), shape=(len(leavers), len(mentors)))


def side_of(rule: Rule, leavers: LeaverColumns, mentors: MentorColumns) -> Side | None:
    """Return the side that a rule is about alone; None if it is about two people."""
    nobody = slice(0, 0)
    return ALONE.get(rule.block(leavers.take(nobody), mentors.take(nobody)).shape)


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
        if not rule.block(leavers, mentors).all()
    ]


def reason_in_words(rule: Rule, leaver: LeaverProfile, mentor: MentorProfile) -> str:
    """Return the rule's reason about these two people."""
    if "label" in rule.reason and not (leaver.risk and mentor.risk_limit):
        return "The risk of the leaver or the limit of the mentor is not known."
    return rule.reason.format(leaver=leaver, mentor=mentor)


@dataclass(frozen=True, eq=False)
class _Country:
    """All leavers and mentors, with what is asked of them pair by pair.

    `waiting` and `fit` are those whom no gate, and no rule about one side
    alone, bars; `farthest` is the greatest travel limit among the mentors of
    each district; `first` and `last` are the rules about two people.
    """

    leavers: LeaverColumns
    mentors: MentorColumns
    waiting: Rows
    fit: Rows
    farthest: NDArray[np.float32]
    first: list[Rule]
    last: list[Rule]

    @classmethod
    def of(cls, leavers: LeaverColumns, mentors: MentorColumns) -> _Country:
        """Ask every gate, and every rule about one side alone, once."""
        waiting, fit = ~on_hold(leavers), np.ones(len(mentors), dtype=np.bool_)
        about_two = []
        for rule in RULES:
            side = side_of(rule, leavers, mentors)
            if side is Side.MENTOR:
                fit &= rule.block(leavers, mentors)[0]
            elif side is Side.LEAVER:
                waiting &= rule.block(leavers, mentors)[:, 0]
            elif rule.holds is not within_travel_limit:
                about_two.append(rule)
        farthest = np.full(len(leavers.conditions.places.districts), -1, dtype=np.float32)
        np.maximum.at(farthest, mentors.district[fit], mentors.travel_km[fit])
        return cls(
            leavers.with_keys_met(mentors),
            mentors.with_keys_met(leavers),
            np.flatnonzero(waiting),
            np.flatnonzero(fit),
            farthest,
            [rule for rule in about_two if not rule.asked_last],
            [rule for rule in about_two if rule.asked_last],
        )

    def open_pairs(self, some: Rows) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Return how many mentors each of some leavers may be paired with, and which."""
        others, grid = self._in_reach(some)
        leavers, mentors = self.leavers.down(some), self.mentors.across(others)
        for rule in self.first:
            grid &= rule.holds(leavers, mentors)
        counts = np.count_nonzero(grid, axis=1)
        row = np.repeat(np.arange(len(some)), counts)
        column = np.flatnonzero(grid) - row * len(others)
        one, other = self.leavers.take(some[row]), self.mentors.take(others[column])
        for rule in self.last:
            held = np.broadcast_to(rule.holds(one, other), row.shape)
            if not held.all():
                row, column = row[held], column[held]
                one, other = one.take(held), other.take(held)
        return np.bincount(row, minlength=len(some)), others[column].astype(np.int32)

    def _in_reach(self, some: Rows) -> tuple[Rows, Grid]:
        """Return the mentors who reach some of these leavers, and which: rule 11, by district."""
        places, district = self.leavers.conditions.places, self.leavers.district[some]
        _, first, which = np.unique(district, return_index=True, return_inverse=True)
        homes = np.any(places.km[district[first]] <= self.farthest, axis=0)
        others = self.fit[homes[self.mentors.district[self.fit]]]
        leavers, mentors = self.leavers.down(some[first]), self.mentors.across(others)
        reach = within_travel_limit(leavers, mentors)
        reached = np.flatnonzero(reach.any(axis=0))
        return others[reached], reach[:, reached][which]
