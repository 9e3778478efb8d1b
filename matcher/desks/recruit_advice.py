"""Whom to look for as mentors: what the prices of places say, and what solving again proves.

A price is what one more place of a mentor would add to the plan. Where places are dear, somebody
goes without. Nobody is named here: it is about where, and what has been lived.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col

from matcher.core.recruiting import Recruit
from matcher.core.words import counted, listed, lower_first
from matcher.desks.week_hours import DAYS
from matcher.ways_out import advice_kept
from models.access import mentors_seen_by
from models.accounts import Account
from models.people import Mentor
from models.reference import districts
from models.runs import PlanRun
from models.vocabulary import Sex

FEW = 2
"""What so many mentors have in common says something; what one has says who it is."""

NAMED = 3


@dataclass(frozen=True)
class RecruitAdvice:
    """Advice for one region, a sentence a line.

    `mentors` were proved by making the whole plan again, each with those before; None where that
    is not worked out yet. `prices` are read from the prices of places.
    """

    prices: tuple[str, ...]
    mentors: tuple[str, ...] | None


def recruit_advice(db: Session, account: Account, run: PlanRun) -> RecruitAdvice:
    """Return whom to look for in the region of a manager, by the newest run."""
    told = advice_kept(run, account.region) if account.region else None
    said = (_in_words(one, is_first=number == 0) for number, one in enumerate(told or ()))
    mentors = None if told is None else tuple(said)
    return RecruitAdvice(_of_prices(db, account, run), mentors)


def _of_prices(db: Session, account: Account, run: PlanRun) -> tuple[str, ...]:
    """Return where places are dear: how many mentors, around which towns, having lived what."""
    own = mentors_seen_by(account).where(Mentor.region == account.region)
    told = map(col, (Mentor.code, Mentor.home, Mentor.experiences))
    priced = own.where(col(Mentor.code).in_(run.prices)).with_only_columns(*told)
    mentors: Sequence[Any] = db.execute(priced).all()
    dear = [one for one in mentors if run.prices[one.code][0] > 0]
    if not dear:
        return ()
    whole = counted(len(mentors), "mentor")
    number = f"{len(dear):,} of the {whole} of your region"
    said = [f"One more place would give somebody else a mentor with {number}."]
    towns = Counter(districts()[one.home].place for one in dear)
    if where := _common(towns):
        said.append(f"Most of them live around {listed(where)}.")
    lived = Counter(one.label for mentor in dear for one in mentor.experiences)
    if what := _common(lived):
        shared = listed([lower_first(one) for one in what])
        said.append(f"What they have lived, and is wanted most: {shared}.")
    return tuple(said)


def _common(found: Mapping[str, int]) -> list[str]:
    """Return what is most common, the most common first, of what more than one has."""
    order: Iterable[str] = sorted(found, key=lambda one: (-found[one], one))
    return [one for one in order if found[one] >= FEW][:NAMED]


def _in_words(one: Recruit, *, is_first: bool) -> str:
    """Return a mentor to look for, as a manager reads of them."""
    who = "woman" if one.sex is Sex.FEMALE else "man"
    free = f"free on {DAYS[one.day]}s" if one.day is not None else "free most days"
    more = f"One mentor, a {who}," if is_first else f"One more mentor, a {who},"
    place = f"in {districts()[one.home].place} ({one.home})"
    lived = [lower_first(lived.label) for lived in one.experiences]
    asked = f" Best if they have lived: {listed(lived)}." if lived else ""
    return f"{more} {place} and {free}, would match {one.matched:,}.{asked}"
