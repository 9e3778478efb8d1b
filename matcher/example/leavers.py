"""Leavers: who they are, when they leave, what they ask for."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.core.working_days import DAY, official_calendar
from matcher.example.background import CULTURES, Background, draw_background
from matcher.example.country import Country
from matcher.example.figures import AGES, FIGURES, WEEKDAYS, share
from matcher.example.likes import LEAVERS_HOURS, draw_hours, draw_interests
from matcher.example.lots import Columns, Crowd, Lots, Mask, sets_of, where
from matcher.example.names import birth_dates, case_numbers, codes, genders, named
from matcher.example.nationalities import ETHNIC_GROUPS, INTERPRETER_ARRANGED
from matcher.example.restrictions import restriction_columns
from matcher.example.screenings import screening_columns
from matcher.example.ticks import EXPERIENCE_TICKS, IMPORTANCES, NEED_TICKS, PRESSING_HEADINGS
from models.languages import Language
from models.reference import PrisonFunction
from models.release_words import SentenceKind
from models.states import Pathway
from models.vocabulary import Companion, Culture, Experience, Need, Region

WINDOW_DAYS = 84
"""Releases lie between tomorrow and 12 weeks from today."""

NEEDS = tuple(Need)
EXPERIENCES = tuple(Experience)


def leaver_columns(crowd: Crowd, country: Country, prison_numbers: list[str]) -> Columns:
    """Return every fact of the leavers of a crowd, as columns."""
    women = crowd.lots("sex").hit(share("women among leavers"))
    prison, district = country.draw_journeys(crowd.lots("journey"), women)
    in_wales = country.regions_of(district) == Region.WALES.rank
    ages = draw_ages(crowd, country.held_as(PrisonFunction.CHILDREN, prison))
    foreign = country.held_as(PrisonFunction.FOREIGN_NATIONALS, prison)
    background = draw_background(crowd, women, ages, in_wales, foreign)
    releases = draw_release_days(crowd)
    journey: Columns = {
        "prison": [country.prisons[index].code for index in prison],
        "resettling_in": [country.districts[index].code for index in district],
        "travel_km": crowd.lots("travel").choose([5, 10, 15, 20, 30], [10, 25, 40, 15, 10]),
        "release_date": releases,
    }
    return (
        _identity(crowd, background, prison_numbers)
        | journey
        | _asks(crowd, background)
        | screening_columns(crowd, country, prison, women)
        | restriction_columns(crowd, country, district, background)
    )


def draw_ages(crowd: Crowd, under_18: Mask) -> NDArray[np.int64]:
    """Return each person's age today: 18 and over, or 15 to 17 where they are children."""
    lots = crowd.lots("ages")
    bands = np.array(list(AGES))[lots.pick([figure.share for figure in AGES.values()])]
    adult = lots.stream.integers(bands[:, 0], bands[:, 1], endpoint=True)
    return np.where(under_18, lots.between(15, 17), adult)


def draw_release_days(crowd: Crowd) -> list[date]:
    """Return a working day of the next 12 weeks for each person, seldom a Friday."""
    calendar = official_calendar()
    first, last = crowd.today + DAY, crowd.today + DAY * WINDOW_DAYS
    working = calendar.between(first, last)
    before_holiday = [day + DAY in calendar.bank_holidays for day in working]
    weights = [
        WEEKDAYS[4 if is_eve else day.weekday()].share
        for day, is_eve in zip(working, before_holiday, strict=True)
    ]
    return crowd.lots("release days").choose(working, weights)


def _identity(crowd: Crowd, background: Background, prison_numbers: list[str]) -> Columns:
    """Return who the leavers are."""
    kinds = {
        SentenceKind.PAROLE: share("paroled"),
        SentenceKind.INDETERMINATE: share("indeterminate"),
    }
    kinds[SentenceKind.DETERMINATE] = 1 - sum(kinds.values())
    lots = crowd.lots("sentence kinds")
    return named(crowd, background.women) | {
        "code": codes("L", crowd.count),
        "prison_number": prison_numbers,
        "crn": case_numbers(crowd),
        "birth_date": birth_dates(crowd, background.ages),
        "gender": genders(crowd, background.women, FIGURES["transgender"].share),
        "sentence_kind": lots.choose(list(kinds), list(kinds.values())),
        "ethnic_group": crowd.lots("ethnic group").choose(
            list(ETHNIC_GROUPS), [figure.percent for figure in ETHNIC_GROUPS.values()]
        ),
    }


def _asks(crowd: Crowd, background: Background) -> Columns:
    """Return what the leavers put forward of themselves."""
    needs = background.ticked(crowd, NEED_TICKS, NEEDS)
    experiences = background.ticked(crowd, EXPERIENCE_TICKS, EXPERIENCES)
    no_english = np.array([Language.ENGLISH not in s for s in background.languages], bool)
    arranged = crowd.lots("interpreters").hit(INTERPRETER_ARRANGED.share)
    return {
        "pathway": _pathways(crowd, background, experiences),
        "needs": _with_importance(crowd, needs),
        "experiences": sets_of(EXPERIENCES, experiences),
        "interests": draw_interests(crowd),
        "languages": background.languages,
        "interpreter": (no_english & arranged).tolist(),
        "wishes": _wishes(crowd, background),
        "wants": _wants(crowd, background.women),
        "hours": draw_hours(crowd, LEAVERS_HOURS),
    }


def _with_importance(crowd: Crowd, needs: Mask) -> list[dict[Any, Any]]:
    """Return how much each need that was ticked matters."""
    people: list[dict[Any, Any]] = [{} for _ in range(crowd.count)]
    for column, need in enumerate(NEEDS):
        weights = IMPORTANCES[need.heading in PRESSING_HEADINGS]
        drawn = Lots(crowd.seed, f"importance of {need}", crowd.count).choose(
            list(weights), list(weights.values())
        )
        for row in np.flatnonzero(needs[:, column]):
            people[row][need] = drawn[row]
    return people


def _pathways(crowd: Crowd, background: Background, experiences: Mask) -> list[Pathway]:
    """Return the service each referral comes through; most come through the gate."""
    lots = crowd.lots("pathways")
    told = experiences[:, Experience.ARMED_FORCES.rank] & lots.hit(0.5)
    ill = background.traits["mental health"] & lots.hit(0.08) & (background.ages >= 18)
    named = np.where(told, Pathway.VETERANS, np.where(ill, Pathway.RECONNECT, ""))
    return [Pathway(name) if name else Pathway.THROUGH_THE_GATE for name in named.tolist()]


def _wants(crowd: Crowd, women: Mask) -> list[frozenset[Companion]]:
    """Return whose company the leavers ask for, by sex."""
    asks = crowd.lots("wants").hit(
        np.where(women, share("women who want a woman"), share("men who want a man"))
    )
    own = [frozenset({Companion.FEMALE if woman else Companion.MALE}) for woman in women]
    return where(asks, own, [frozenset()] * crowd.count)


def _wishes(crowd: Crowd, background: Background) -> list[frozenset[Language | Culture]]:
    """Return the languages and cultures wished for: one's own, by some of those in a minority."""
    large = [Culture.CHRISTIAN.rank, Culture.NO_RELIGION.rank]
    chances = np.full(len(CULTURES), 0.12)
    chances[large] = 0.02
    cultures = crowd.lots("wishes").sets(CULTURES, chances * background.cultures)
    asks = crowd.lots("wished languages").hit(0.4)
    return [
        culture | (spoken - {Language.ENGLISH} if wish else frozenset())
        for culture, spoken, wish in zip(cultures, background.languages, asks, strict=True)
    ]
