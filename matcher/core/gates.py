"""The approval gates: what holds a leaver back before any mentor is looked at.

Each gate is a function of the leavers that returns who passes. Unknown or
stale never passes. A leaver whom one gate holds is on hold: shown to the
manager with the reason, paired with nobody. To add a gate, add a function.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from matcher.core.columns import NOT_YET, Flags
from matcher.core.features import LeaverColumns
from matcher.plans.through_the_gate import THROUGH_THE_GATE
from models.states import Pathway
from models.vocabulary import Risk

DAYS_BEFORE = -THROUGH_THE_GATE.opens.days
"""A referral may open 12 weeks before the release, says the table of the pathway."""

DAYS_AFTER = {Pathway.THROUGH_THE_GATE: 0, Pathway.VETERANS: 0, Pathway.RECONNECT: 183}
"""How long after the release a leaver may still be paired, by pathway; the
pathways not named have no release to count from. Reconnect runs to 6 months."""


@dataclass(frozen=True)
class Gate:
    """One gate: its code, the reason a manager reads, and who passes it."""

    code: str
    reason: str
    passes: Callable[[LeaverColumns], Flags]


GATES: list[Gate] = []
"""Every gate, in the order in which a manager would meet them."""


def gate(reason: str) -> Callable[[Callable[[LeaverColumns], Flags]], Callable[..., Flags]]:
    """Add the function below to the table of gates, under its own name."""

    def add(passes: Callable[[LeaverColumns], Flags]) -> Callable[..., Flags]:
        GATES.append(Gate(passes.__name__, reason, passes))
        return passes

    return add


@gate("Consent is not on file.")
def leaver_consented(leavers: LeaverColumns) -> Flags:
    """The leaver has consented, by today."""
    return leavers.consented_on <= leavers.today


@gate("The release date is missing, past, or more than 12 weeks away.")
def inside_the_window(leavers: LeaverColumns) -> Flags:
    """The release lies inside the time in which this pathway pairs people."""
    after = np.array([DAYS_AFTER.get(pathway, NOT_YET) for pathway in Pathway], dtype=np.int32)
    until = after[leavers.pathway]
    days_to_go = leavers.release_on - leavers.today
    inside: Flags = (days_to_go <= DAYS_BEFORE) & (days_to_go >= -until)
    any_day: Flags = until == NOT_YET
    return inside | any_day


@gate("The screening is not complete: risk, MAPPA level, flags, licence, assessor and date.")
def screening_complete(leavers: LeaverColumns) -> Flags:
    """Every question of the screening has an answer."""
    return leavers.screened


@gate("The risk assessment is out of date or dated in the future.")
def screening_fresh(leavers: LeaverColumns) -> Flags:
    """The assessment is no older than the settings allow (6 months) and not from the future."""
    return leavers.fresh(leavers.assessed_on)


@gate("High or very high risk of serious harm needs a named, dated approval.")
def high_risk_approved(leavers: LeaverColumns) -> Flags:
    """High and very high risk wait for an approval."""
    below: Flags = leavers.risk < Risk.HIGH.rank
    return below | (leavers.high_risk_approved_on <= leavers.today)


@gate("MAPPA level 2 or 3 needs a named, dated approval.")
def mappa_approved(leavers: LeaverColumns) -> Flags:
    """MAPPA levels 2 and 3 wait for an approval."""
    below: Flags = leavers.mappa_level < 2
    return below | (leavers.mappa_approved_on <= leavers.today)


@gate("A sexual-offence flag needs a named, dated approval.")
def sexual_offence_approved(leavers: LeaverColumns) -> Flags:
    """A sexual-offence flag waits for an approval."""
    return ~leavers.sexual_offence | (leavers.sexual_offence_approved_on <= leavers.today)


@gate("A domestic-abuse flag needs a named, dated approval.")
def domestic_abuse_approved(leavers: LeaverColumns) -> Flags:
    """A domestic-abuse flag waits for an approval."""
    return ~leavers.domestic_abuse | (leavers.domestic_abuse_approved_on <= leavers.today)


@gate("Probation has not said, by name and date, that it is content with this mentoring.")
def leaver_probation_content(leavers: LeaverColumns) -> Flags:
    """A leaver on licence waits for probation's "content"."""
    return ~leavers.on_licence | (leavers.content_on <= leavers.today)


def on_hold(leavers: LeaverColumns) -> Flags:
    """Return which leavers at least one gate holds."""
    held: Flags = ~np.logical_and.reduce([each.passes(leavers) for each in GATES])
    return held


def hold_reasons(leavers: LeaverColumns) -> list[list[Gate]]:
    """Return, for each leaver, the gates that hold them, in the table's order.

    An assessment that is not there is missing, and not also out of date.
    """
    held = np.array([~each.passes(leavers) for each in GATES])
    codes = [each.code for each in GATES]
    held[codes.index("screening_fresh")] &= leavers.assessed_on != NOT_YET
    return [[GATES[index] for index in np.flatnonzero(column)] for column in held.T]
