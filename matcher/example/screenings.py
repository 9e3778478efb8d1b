"""What managers recorded of the leavers: risk, approvals, consent, and a few on hold."""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.example.country import Country
from matcher.example.figures import RISKS, share
from matcher.example.lots import Columns, Crowd, Indices, Mask, sets_of, where
from matcher.example.names import full_names
from models.reference import PrisonFunction
from models.vocabulary import Group, Risk

RISK_LEVELS = tuple(Risk)

GROUPS_AT_RISK: dict[str, tuple[float, ...]] = {
    "risk_to_public": (0.65, 0.25, 0.10),
    "risk_to_known_adult": (0.45, 0.30, 0.25),
    "risk_to_children": (0.15, 0.25, 0.60),
    "risk_to_staff": (0.06, 0.24, 0.70),
    "risk_to_prisoners": (0.06, 0.24, 0.70),
}
"""How often the level to a group is the overall one, one level below, or low (assumption)."""

RISK_TO: dict[Group, float] = {
    Group.WOMEN: 3,
    Group.ETHNIC_GROUPS: 1,
    Group.FAITH_GROUPS: 0.4,
    Group.LGBT: 0.5,
    Group.DISABLED_PEOPLE: 0.3,
    Group.OLDER_PEOPLE: 0.5,
    Group.ARSON: 2,
    Group.EXTREMISM: 0.4,
}
"""How many leavers of a hundred carry a flag that nothing else implies (assumption)."""

HELD_BY = {"stale": 35, "unknown": 25, "no consent": 20, "not content": 10, "not approved": 10}
"""What keeps those on hold there, in percent (assumption)."""

NO_GROUPS: list[frozenset[Group]] = [frozenset()]

GATES = ("high_risk", "mappa", "sexual_offence", "domestic_abuse")


def screening_columns(crowd: Crowd, country: Country, prison: Indices, women: Mask) -> Columns:
    """Return what was screened of the leavers, held by `prison`, an index for each."""
    risk = crowd.lots("risk").pick([figure.share for figure in RISKS.values()])
    flags = _flags(crowd, country, prison, women)
    category, level = _mappa(crowd, risk, flags["sexual_offence"])
    held = _held(crowd)
    on_licence = crowd.lots("licence").hit(share("on licence"))
    needed = {"high_risk": risk >= Risk.HIGH.rank, "mappa": level >= 2} | flags
    unknown = held["unknown"]
    groups = _risk_to_groups(crowd, risk)
    return (
        {name: where(~unknown, _words(ranks)) for name, ranks in groups.items()}
        | {name: where(~unknown, flag.tolist()) for name, flag in flags.items()}
        | {
            "risk": where(~unknown, _words(risk)),
            "mappa_category": where(~unknown & (category > 0), category.tolist()),
            "mappa_level": where(~unknown, level.tolist()),
            "risk_to": where(~unknown, _groups(crowd, flags, groups), NO_GROUPS * crowd.count),
            "no_one_to_one": crowd.lots("one to one").hit(share("no one-to-one")).tolist(),
        }
        | _assessment(crowd, held)
        | _approvals(crowd, needed, held["not approved"])
        | _licence(crowd, on_licence, held)
    )


def _held(crowd: Crowd) -> dict[str, Mask]:
    """Return who is on hold, and by what."""
    on_hold = crowd.lots("on hold").hit(share("on hold"))
    by = crowd.lots("held by").pick(list(HELD_BY.values()))
    return {name: on_hold & (by == index) for index, name in enumerate(HELD_BY)}


def _flags(crowd: Crowd, country: Country, prison: Indices, women: Mask) -> dict[str, Mask]:
    """Return whose offences need an approval of their own."""
    longer = country.held_as(PrisonFunction.TRAINING, prison)
    sexual = np.where(
        longer & ~women, share("sexual offence, longer sentences"), share("sexual offence")
    )
    abuse = np.where(women, share("domestic abuse, women"), share("domestic abuse, men"))
    return {
        "sexual_offence": crowd.lots("sexual offences").hit(np.where(women, 0.005, sexual)),
        "domestic_abuse": crowd.lots("domestic abuse").hit(abuse),
    }


def _mappa(crowd: Crowd, risk: Indices, sexual_offence: Mask) -> tuple[Indices, Indices]:
    """Return the MAPPA category and level; 0 says not managed under MAPPA (assumption)."""
    lots = crowd.lots("mappa")
    violent = lots.hit(np.array([0.02, 0.1, 0.3, 0.8])[risk])
    other = lots.hit(np.array([0.0, 0.0, 0.01, 0.05])[risk])
    category = np.select([sexual_offence, violent, other], [1, 2, 3], 0)
    managed = lots.pick([93, 6, 1]) + 1
    managed = np.where(risk >= Risk.HIGH.rank, managed, 1)
    return category, np.where(category > 0, managed, 0)


def _words(ranks: Indices) -> list[Risk]:
    """Return the risk words of ranks."""
    return [RISK_LEVELS[rank] for rank in ranks.tolist()]


def _risk_to_groups(crowd: Crowd, risk: Indices) -> dict[str, Indices]:
    """Return the rank of the risk to each group; one at least is the overall, none above it."""
    levels = {
        name: np.choose(crowd.lots(name).pick(chances), [risk, np.maximum(risk - 1, 0), risk * 0])
        for name, chances in GROUPS_AT_RISK.items()
    }
    highest = np.max(list(levels.values()), axis=0)
    public = levels["risk_to_public"]
    levels["risk_to_public"] = np.where(highest < risk, risk, public)
    return levels


def _groups(
    crowd: Crowd, flags: dict[str, Mask], levels: dict[str, Indices]
) -> list[frozenset[Group]]:
    """Return the flags a manager set: those of the offences, high levels, and a few more."""
    shares = np.array([RISK_TO.get(group, 0.0) / 100 for group in Group])
    ticked = crowd.lots("risk to groups").stream.random((crowd.count, len(Group))) < shares
    for name, ranks in levels.items():
        group = Group(name.removeprefix("risk_to_"))
        ticked[:, group.rank] |= ranks >= Risk.HIGH.rank
    ticked[:, Group.SEXUAL_OFFENCES.rank] |= flags["sexual_offence"]
    ticked[:, Group.DOMESTIC_ABUSE.rank] |= flags["domestic_abuse"]
    return sets_of(tuple(Group), ticked)


def _assessment(crowd: Crowd, held: dict[str, Mask]) -> Columns:
    """Return who assessed and when, in date but for those held, and the consent."""
    fresh = crowd.days_ago("assessed", 5, 150)
    stale = crowd.days_ago("assessed too long ago", 200, 420)
    return {
        "assessed_on": where(~held["unknown"], where(held["stale"], stale, fresh)),
        "assessor": where(~held["unknown"], full_names(crowd.lots("assessors"))),
        "consented_on": where(~held["no consent"], crowd.days_ago("consented", 3, 60)),
    }


def _approvals(crowd: Crowd, needed: dict[str, Mask], missing: Mask) -> Columns:
    """Return the name and date of each approval needed, but for those still missing."""
    columns: Columns = {}
    for gate in GATES:
        given = needed[gate] & ~missing
        names: list[Any] = full_names(crowd.lots(f"{gate} approved by"))
        columns[f"{gate}_approved_by"] = where(given, names)
        columns[f"{gate}_approved_on"] = where(given, crowd.days_ago(f"{gate} approved", 2, 30))
    return columns


def _licence(crowd: Crowd, on_licence: Mask, held: dict[str, Mask]) -> Columns:
    """Return what the licence says and who in probation is content."""
    content = on_licence & ~held["not content"]
    bars = on_licence & crowd.lots("licence bars").hit(share("licence bars contact"))
    approved = bars & crowd.lots("licence approved").hit(0.9)
    signed = crowd.days_ago("licence approved on", 2, 30)
    return {
        "on_licence": where(~held["unknown"], on_licence.tolist()),
        "content_by": where(content, full_names(crowd.lots("content by"))),
        "content_on": where(content, crowd.days_ago("content on", 1, 45)),
        "licence_bars_contact": bars.tolist(),
        "licence_approved_by": where(approved, full_names(crowd.lots("licence approved by"))),
        "licence_approved_on": where(approved, signed),
    }
