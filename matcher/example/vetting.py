"""What vets the mentors: assessment, training, supervision, term, clearances; a few lapses."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from matcher.example.country import Country
from matcher.example.figures import share
from matcher.example.lots import Columns, Crowd, Indices, Mask, sets_of, where
from matcher.example.names import full_names
from models.reference import PrisonFunction
from models.vocabulary import Module, Risk, Sex

RISK_LIMITS = {Risk.LOW: 4, Risk.MEDIUM: 44, Risk.HIGH: 46, Risk.VERY_HIGH: 6}
"""The greatest risk that mentors are assessed for, in percent (assumption)."""

LAPSES = (
    "assessment",
    "supervision",
    "term",
    "training",
    "consent",
    "offence",
    "substance",
)
"""What has lapsed, each as often as the next, for the few who may not be paired."""

MODULES = {
    Module.DRUGS_AND_ALCOHOL: 45,
    Module.MENTAL_HEALTH: 40,
    Module.DOMESTIC_ABUSE: 20,
    Module.LEARNING_DISABILITY: 12,
    Module.NEURODIVERSITY: 18,
    Module.SAFEGUARDING_CHILDREN: 10,
}
"""Mentors of a hundred who have done a module (assumption)."""

CLEARED_KM = 80
"""No mentor is cleared for a prison farther from home (assumption)."""

CLEARED_BY_NEARNESS = (0.85, 0.7, 0.5, 0.35, 0.2, 0.1)
"""The chance to be cleared for the nearest prison, the next, and so on (assumption)."""

TERM_DAYS = 730
"""A term lasts 24 months."""


def vetting_columns(
    crowd: Crowd, country: Country, home: Indices, women: Mask, for_children: Mask
) -> Columns:
    """Return everything that vets the mentors living in the districts `home`."""
    lapsed = _lapses(crowd)
    modules = crowd.lots("modules").stream.random((crowd.count, len(MODULES)))
    done = modules < np.array(list(MODULES.values())) / 100
    done[:, Module.SAFEGUARDING_CHILDREN.rank] |= for_children
    return (
        _in_date(crowd, lapsed)
        | _licence(crowd)
        | {
            "clearances": _clearances(crowd, country, home, women, for_children),
            "children_check_until": where(for_children, crowd.days_ahead("check", 100, 900)),
            "modules": sets_of(tuple(MODULES), done),
        }
    )


def _lapses(crowd: Crowd) -> dict[str, Mask]:
    """Return whose vetting has lapsed, and in what."""
    has_lapsed = crowd.lots("lapsed").hit(share("mentors lapsed"))
    what = crowd.lots("lapses").pick([1] * len(LAPSES))
    return {name: has_lapsed & (what == index) for index, name in enumerate(LAPSES)}


def past_columns(crowd: Crowd, recovering: Mask) -> Columns:
    """Return since when mentors are free of offences and, where they must be, of substances.

    `recovering` are those who told of a recovery; one in ten others was addicted too.
    """
    lapsed = _lapses(crowd)
    addicted = recovering | crowd.lots("addicted").hit(0.1) | lapsed["substance"]
    return {
        "past_addiction": addicted.tolist(),
        "offence_free_since": _long_ago(crowd, "free of offences", lapsed["offence"]),
        "substance_free_since": where(
            addicted, _long_ago(crowd, "free of substances", lapsed["substance"])
        ),
    }


def _long_ago(crowd: Crowd, topic: str, too_recent: Mask) -> list[date]:
    """Return a day from 25 months to 15 years ago, or one of the last 18 months."""
    recent = crowd.days_ago(f"{topic}, too recent", 60, 540)
    return where(too_recent, recent, crowd.days_ago(topic, 770, 5500))


def _in_date(crowd: Crowd, lapsed: dict[str, Mask]) -> Columns:
    """Return the assessment, consent, training, supervision and term of each mentor."""
    began = where(
        lapsed["term"], crowd.days_ago("old terms", 740, 900), crowd.days_ago("terms", 20, 620)
    )
    consented = [day - timedelta(days=20) for day in began]
    trained = [day - timedelta(days=10) for day in began]
    limits = crowd.lots("risk limits").choose(list(RISK_LIMITS), list(RISK_LIMITS.values()))
    fresh, stale = crowd.days_ago("assessed", 5, 170), crowd.days_ago("stale", 200, 420)
    ahead, over = crowd.days_ahead("supervision", 5, 90), crowd.days_ago("overdue", 5, 90)
    return {
        "risk_limit": limits,
        "assessed_on": where(lapsed["assessment"], stale, fresh),
        "assessor": full_names(crowd.lots("assessors")),
        "consented_on": where(~lapsed["consent"], consented),
        "basic_training_on": where(~lapsed["training"], trained),
        "supervision_until": where(lapsed["supervision"], over, ahead),
        "term_starts_on": began,
        "term_ends_on": [day + timedelta(days=TERM_DAYS) for day in began],
    }


def _licence(crowd: Crowd) -> Columns:
    """Return which mentors are on licence and what it says; probation is content with most."""
    on_licence = crowd.lots("licence").hit(share("mentors on licence"))
    content = on_licence & crowd.lots("content").hit(0.95)
    bars = on_licence & crowd.lots("licence bars").hit(0.1)
    approved = bars & crowd.lots("licence approved").hit(0.7)
    return {
        "on_licence": on_licence.tolist(),
        "licence_bars_prisons": (on_licence & crowd.lots("bars prisons").hit(0.15)).tolist(),
        "licence_bars_contact": bars.tolist(),
        "licence_approved_by": where(approved, full_names(crowd.lots("licence approved by"))),
        "licence_approved_on": where(approved, crowd.days_ago("licence approved on", 5, 200)),
        "content_by": where(content, full_names(crowd.lots("content by"))),
        "content_on": where(content, crowd.days_ago("content on", 5, 200)),
    }


def _clearances(
    crowd: Crowd, country: Country, home: Indices, women: Mask, for_children: Mask
) -> list[dict[str, date]]:
    """Return until when each mentor is cleared for which prisons near home.

    Men are cleared for men's prisons, women for women's and men's, and those
    who work with people under 18 for the prisons that hold them.
    """
    children = np.array([p.function is PrisonFunction.CHILDREN for p in country.prisons])
    womens = np.array([p.sex is Sex.FEMALE for p in country.prisons])
    lots = crowd.lots("clearances")
    cleared = np.zeros((crowd.count, len(country.prisons)), dtype=np.bool_)
    for who, which, chance in (
        (~for_children, ~children & ~womens, np.where(women, 0.5, 1.0)),
        (~for_children & women, womens, np.ones(crowd.count)),
        (for_children, children, np.ones(crowd.count)),
    ):
        nearest, near = _nearest(country, home, np.flatnonzero(which & country.in_use))
        for rank, by_nearness in enumerate(CLEARED_BY_NEARNESS[: near.shape[1]]):
            passed = who & near[:, rank] & lots.hit(chance * by_nearness)
            cleared[np.flatnonzero(passed), nearest[passed, rank]] = True
    until = _cleared_until(crowd)
    codes = [prison.code for prison in country.prisons]
    found = sets_of(codes, cleared)
    return [dict.fromkeys(sorted(some), day) for some, day in zip(found, until, strict=True)]


def _nearest(
    country: Country, home: Indices, prisons: Indices
) -> tuple[Indices, NDArray[np.bool_]]:
    """Return the prisons of a kind nearest to each home, and whether they are near enough."""
    km = country.places.prison_km[prisons].T
    order = np.argsort(km, axis=1, kind="stable")[:, : len(CLEARED_BY_NEARNESS)]
    near = np.take_along_axis(km, order, axis=1) <= CLEARED_KM
    return prisons[order][home], near[home]


def _cleared_until(crowd: Crowd) -> list[date]:
    """Return the last day of each mentor's clearances; one in twenty has run out."""
    expired = crowd.lots("clearance expired").hit(0.05)
    ahead = crowd.days_ahead("cleared until", 20, 700)
    return where(expired, crowd.days_ago("cleared no more", 5, 200), ahead)
