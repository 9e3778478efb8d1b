"""Why this pair, in sentences a manager reads: the strongest parts, and what to weigh.

Reasons about a pair are the manager's alone; nobody else is ever shown them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

import numpy as np

from matcher.core.columns import day_number, day_of
from matcher.core.conditions import Conditions
from matcher.core.features import LeaverColumns, MentorColumns
from matcher.core.parts import FULL_TIME_HOURS, PART_VALUES
from matcher.core.readings import groups_at_risk
from matcher.core.visits import last_visit_on, may_visit
from matcher.core.words import counted, day_in_words, listed, lower_first
from models.languages import Language
from models.profiles import LeaverProfile, MentorProfile
from models.vocabulary import Group, Importance, Risk

AFTERCARE = timedelta(weeks=12)
"""How long follow-ups run after the release."""

SOON = timedelta(weeks=2)
"""Supervision comes round often: only what lapses this soon is worth a manager's minute."""

EDGE = 0.75
"""From this share of the travel limit on, a mentor lives at its edge."""


@dataclass(frozen=True)
class PairOfProfiles:
    """One leaver and one mentor, under the conditions they were paired in.

    `may_visit` says whether the mentor may visit the leaver in prison.
    """

    leaver: LeaverProfile
    mentor: MentorProfile
    conditions: Conditions
    may_visit: bool

    @classmethod
    def of(cls, leaver: LeaverProfile, mentor: MentorProfile, conditions: Conditions) -> Self:
        """Return the two as a pair, asking the rule about visits."""
        leavers = LeaverColumns.of([leaver], conditions)
        mentors = MentorColumns.of([mentor], conditions)
        first = np.zeros(1, dtype=np.intp)
        return cls(leaver, mentor, conditions, bool(may_visit(leavers, mentors, first, first)[0]))

    @property
    def prison(self) -> str:
        """Return the name of the prison the leaver is in."""
        return self.conditions.places.prison_name(self.leaver.prison)

    @property
    def prison_in_zone(self) -> bool:
        """Say whether the prison and its gate lie in the mentor's exclusion zone."""
        district = self.conditions.places.prison_districts.get(self.leaver.prison)
        return district in self.mentor.exclusion_zone

    @property
    def prison_km(self) -> float:
        """Return the distance from the mentor's district to the prison, in kilometres."""
        places = self.conditions.places
        prison = places.prison_index[self.leaver.prison]
        return float(places.prison_km[prison, places.district_index[self.mentor.home]])

    @property
    def home_km(self) -> float:
        """Return the distance from the mentor's district to the resettlement district."""
        places = self.conditions.places
        there = places.district_index[self.leaver.resettling_in]
        return float(places.km[there, places.district_index[self.mentor.home]])


def strongest_parts(pair: PairOfProfiles, parts: Sequence[int], most: int = 3) -> list[str]:
    """Return a sentence for each of the strongest parts of the score, strongest first.

    `parts` are the seven parts in thousandths of a point. A part worth nothing
    is not praised, nor a risk that the mentor is only just assessed for:
    that is for the manager to weigh.
    """
    order = sorted(range(len(parts)), key=lambda index: (-parts[index], index))
    said = (SENTENCES[index](pair) for index in order if parts[index] > 0)
    return [sentence for sentence in said if sentence][:most]


def to_weigh(pair: PairOfProfiles) -> list[str]:
    """Return what a manager must weigh before approving this pair, gravest first."""
    return [sentence for weigh in WEIGHED for sentence in weigh(pair)]


def _experience(pair: PairOfProfiles) -> str:
    leaver, mentor = pair.leaver, pair.mentor
    needs = sorted(
        (need for need in leaver.needs if need in mentor.needs),
        key=lambda need: (-leaver.needs[need].rank, need.rank),
    )
    lived = sorted(leaver.experiences & mentor.experiences, key=lambda word: word.rank)
    said = []
    if needs:
        most = [need for need in needs if leaver.needs[need] is Importance.HIGH]
        named = listed([lower_first(need.label) for need in needs])
        said.append(
            f"The mentor came through {named}"
            + (
                ", the first of which matters most"
                if most and len(needs) > 1
                else ", which matters most"
                if most
                else ""
            )
        )
    if lived:
        named = listed([lower_first(word.label) for word in lived])
        said.append(f"both have lived this: {named}" if said else f"Both have lived this: {named}")
    return "; ".join(said) + "."


def _reach(pair: PairOfProfiles) -> str:
    near = (
        f"lives in {pair.mentor.home} too"
        if pair.mentor.home == pair.leaver.resettling_in
        else f"lives {pair.home_km:.0f} km from {pair.leaver.resettling_in}"
    )
    if not pair.may_visit:
        limit = pair.mentor.travel_limit_km
        where = "at the edge of" if pair.home_km > EDGE * limit else "within"
        return f"The mentor {near}, {where} the {limit} km they travel."
    return f"The mentor may visit {pair.prison}, {pair.prison_km:.0f} km away, and {near}."


def _time(pair: PairOfProfiles) -> str:
    shared = (pair.leaver.hours - pair.leaver.curfew) & (
        (pair.mentor.hours or pair.leaver.hours) - pair.mentor.curfew
    )
    least = "at least " if len(shared) > FULL_TIME_HOURS else ""
    hours = counted(min(len(shared), FULL_TIME_HOURS), "free hour")
    return f"They share {least}{hours} a week."


def _risk_margin(pair: PairOfProfiles) -> str:
    risk, limit = pair.leaver.risk, pair.mentor.risk_limit
    if not risk or not limit or limit.rank <= risk.rank:
        return ""
    return "The mentor is assessed above the leaver's risk of serious harm."


def _culture(pair: PairOfProfiles) -> str:
    offered = pair.mentor.languages | pair.mentor.cultures
    met = sorted((wish for wish in pair.leaver.wishes if wish in offered), key=str)
    speaks = [f"speaks {wish.label}" for wish in met if isinstance(wish, Language)]
    shares = [wish.label for wish in met if not isinstance(wish, Language)]
    said = speaks + ([f"shares their faith or background ({listed(shares)})"] if shares else [])
    return f"As the leaver asked, the mentor {listed(said)}."


def _interests(pair: PairOfProfiles) -> str:
    shared = sorted(pair.leaver.interests & pair.mentor.interests, key=lambda word: word.rank)
    return f"Both like {listed([lower_first(word.label) for word in shared])}."


def _own_say(_pair: PairOfProfiles) -> str:
    return "The leaver chose this mentor from three profiles without names."


SENTENCES: tuple[Callable[[PairOfProfiles], str], ...] = (
    _experience,
    _reach,
    _time,
    _risk_margin,
    _culture,
    _interests,
    _own_say,
)
"""One sentence for each part of the score, in the order of `PART_VALUES`; the own say is last."""

if len(SENTENCES) != len(PART_VALUES) + 1:
    raise AssertionError("every part of the score needs its sentence")


def _weigh_risk(pair: PairOfProfiles) -> list[str]:
    leaver, mentor = pair.leaver, pair.mentor
    if (
        not leaver.risk
        or leaver.risk.rank < Risk.MEDIUM.rank
        or leaver.risk is not mentor.risk_limit
    ):
        return []
    return [f"The leaver's risk ({leaver.risk.label}) is the most this mentor is assessed for."]


def _weigh_approvals(pair: PairOfProfiles) -> list[str]:
    leaver, flags = pair.leaver, groups_at_risk(pair.leaver)
    relied_on = [
        (leaver.risk in (Risk.HIGH, Risk.VERY_HIGH), "high risk", "high_risk", leaver),
        ((leaver.mappa_level or 0) >= 2, f"MAPPA level {leaver.mappa_level}", "mappa", leaver),
        (Group.SEXUAL_OFFENCES in flags, "a sexual-offence flag", "sexual_offence", leaver),
        (Group.DOMESTIC_ABUSE in flags, "a domestic-abuse flag", "domestic_abuse", leaver),
        (leaver.licence_bars_contact, "the leaver's licence", "licence", leaver),
        (pair.mentor.licence_bars_contact, "the mentor's licence", "licence", pair.mentor),
    ]
    return [
        f"Rests on the approval of {getattr(person, f'{stem}_approved_by')} "
        f"({day_in_words(getattr(person, f'{stem}_approved_on'))}) for {what}."
        for holds, what, stem, person in relied_on
        if holds and getattr(person, f"{stem}_approved_on")
    ]


def _weigh_visits(pair: PairOfProfiles) -> list[str]:
    if pair.may_visit:
        return []
    until = pair.mentor.clearances.get(pair.leaver.prison)
    why = "the mentor's licence bars prison meetings"
    if pair.prison_in_zone:
        why = f"{pair.prison} lies in the mentor's exclusion zone"
        return [f"No prison visits and nobody at the gate: {why}. The plan is video and after."]
    if not pair.mentor.licence_bars_prisons:
        last = _last_visit(pair)
        why = (
            f"the clearance for {pair.prison} ends on {day_in_words(until)}, "
            f"before the last visit on {day_in_words(last)}"
            if until
            else f"the mentor is not cleared for {pair.prison}"
        )
    return [f"No prison visits: {why}. The plan is video, gate and after."]


def _last_visit(pair: PairOfProfiles) -> date:
    today = pair.conditions.today
    release = np.array([day_number(max(pair.leaver.release_date or today, today))], np.int32)
    return day_of(int(last_visit_on(release, day_number(today))[0]))


def _weigh_language(pair: PairOfProfiles) -> list[str]:
    if pair.leaver.languages & pair.mentor.languages:
        return []
    return ["They have no common language: every meeting needs the interpreter."]


def _weigh_lapses(pair: PairOfProfiles) -> list[str]:
    today, mentor = pair.conditions.today, pair.mentor
    last_follow_up = (pair.leaver.release_date or today) + AFTERCARE
    said = []
    if mentor.term_ends_on and mentor.term_ends_on < last_follow_up:
        day = day_in_words(mentor.term_ends_on)
        said.append(f"The mentor's term ends on {day}, before the last follow-up.")
    if mentor.supervision_until and mentor.supervision_until < today + SOON:
        day = day_in_words(mentor.supervision_until)
        said.append(f"The mentor's supervision needs renewing by {day}.")
    return said


def _weigh_experience(pair: PairOfProfiles) -> list[str]:
    leaver, mentor = pair.leaver, pair.mentor
    ticked = bool(leaver.needs or leaver.experiences)
    shared = (set(leaver.needs) & mentor.needs) or (leaver.experiences & mentor.experiences)
    return ["They share nothing that the leaver ticked."] if ticked and not shared else []


WEIGHED: tuple[Callable[[PairOfProfiles], list[str]], ...] = (
    _weigh_risk,
    _weigh_approvals,
    _weigh_visits,
    _weigh_language,
    _weigh_lapses,
    _weigh_experience,
)
"""What a manager is asked to weigh, gravest first: to add one, add a function."""
