"""Whether everyone has the same chance of a mentor, and waits as long: by groups of people.

Nobody may be singled out: groups in which few have a mentor, or few do not,
are put together (`small_numbers.py`). Counted are those who are still inside
or left in the last 12 weeks: who found no mentor goes from the records some
time after the release, sooner than who did, and that would look like fairness.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, or_, select

from matcher.core.sending import local_day
from matcher.core.small_numbers import Halves, is_large_enough, put_together, total
from matcher.core.words import listed
from matcher.desks.picture_parts import Cell, Column, Drawing, Line, Part, Picture
from matcher.desks.waiting_times import days_between, no_longer_than, put_forward
from models.access import referrals_seen_by
from models.accounts import Account
from models.ethnic_groups import EthnicGroup
from models.pairs import Pair
from models.people import Leaver
from models.reference import prisons
from models.referrals import BEFORE_MATCH, Referral, Screening
from models.rows import newest
from models.sealed import is_erased, opened
from models.states import ReferralState
from models.vocabulary import Risk, Sex

LEFT_LATELY = timedelta(weeks=12)
COUNTED = (*BEFORE_MATCH, ReferralState.MATCHED, ReferralState.RELEASED_UNMATCHED)
COLUMNS = (Column("People"), Column("Have a mentor"), Column("Share", "%"), Column("Days waited"))
AGES = (18, 21, 25, 30, 40, 50)
"""The first year of each age band; the last goes on."""

MOST_LINES = 20
"""So many groups are told by themselves at most: a page with every prison is not read."""

UNKNOWN = "Not known"
EMPTY = (
    "There are too few people to tell anything about them without telling of one. Come back when "
    "at least 5 people have a mentor and at least 5 do not."
)
WHO = (
    "Counted are people of your region who are still in prison, or who left in the last 12 weeks. "
    "Those who withdrew are not counted. Days waited is the middle of those who have a mentor."
)
SMALL = (
    "We never show a number of people below 5. Small groups are put together into one line, so "
    "that nobody can be picked out. Where a group is small, chance plays a part too."
)
NOT_SAID = "Not said"
OWN_CHOICE = (
    "Ethnic group is what people said themselves, if they chose to. It is only counted here. It is "
    "never used to choose a mentor."
)


@dataclass(frozen=True)
class Waiter:
    """What is asked of one person; `days` is how long they waited, None while they have nobody."""

    prison: str
    sex: Sex
    age: int | None
    ethnic_group: EthnicGroup | None
    risk: Risk | None
    days: int | None


def fairness(db: Session, account: Account, now: datetime) -> Picture:
    """Return the share who have a mentor, and the days they waited, by five kinds of groups."""
    people, notes = _people(db, account, now), (WHO, SMALL, OWN_CHOICE)
    if not is_large_enough(_halves(people)):
        return Picture((), EMPTY, notes)
    return Picture(tuple(_part(by, people, group) for by, group in GROUPS.items()), "", notes)


def _age_band(one: Waiter) -> str:
    if one.age is None:
        return UNKNOWN
    first = max((year for year in AGES if year <= one.age), default=None)
    if first is None:
        return f"Under {AGES[0]}"
    after = AGES[AGES.index(first) + 1 :]
    return f"{first} to {after[0] - 1}" if after else f"{first} and over"


GROUPS: Mapping[str, Callable[[Waiter], str]] = {
    "Prison": lambda one: prisons()[one.prison].title,
    "Sex": lambda one: one.sex.label,
    "Age": _age_band,
    "Risk of serious harm": lambda one: one.risk.label.capitalize() if one.risk else "Not screened",
    "Ethnic group": lambda one: one.ethnic_group.label if one.ethnic_group else NOT_SAID,
}


IN_ORDER = (
    *(risk.label.capitalize() for risk in Risk),
    *(group.label for group in EthnicGroup),
)
"""Groups that stand in the order of their own list."""


def _part(by: str, people: Sequence[Waiter], group: Callable[[Waiter], str]) -> Part:
    """Return the table of one kind of groups, small ones put together, and everyone at the end."""
    groups: dict[str, list[Waiter]] = {}
    for one in people:
        groups.setdefault(group(one), []).append(one)
    names = sorted(groups, key=_order)
    small = put_together([_halves(groups[name]) for name in names], most=MOST_LINES)
    lines = [_line(name, groups[name]) for at, name in enumerate(names) if at not in small]
    if small and lines:
        hidden = [names[at] for at in sorted(small)]
        theirs = [one for name in hidden for one in groups[name]]
        lines.append(_line(_together(hidden), theirs, short=f"{len(hidden)} groups together"))
    lines.append(_line("Everyone", people))
    drawings = (
        Drawing(f"In 100 people, how many have a mentor, by {by.lower()}", (2,), most=100),
        Drawing(f"Days waited, the middle, by {by.lower()}", (3,)),
    )
    return Part(f"By {by.lower()}", by, COLUMNS, tuple(lines), drawings)


def _order(name: str) -> tuple[int, str]:
    """Put closed lists in their own order, what is not known last, and all else by name."""
    if name in IN_ORDER:
        return IN_ORDER.index(name), ""
    first = -1 if name.startswith("Under") else len(IN_ORDER)
    return (len(IN_ORDER) + 1 if name.startswith("Not ") else first), name


def _together(names: Sequence[str]) -> str:
    if len(names) > 3:
        return f"{len(names)} small groups together"
    return f"{listed(names)}, together"


def _line(name: str, people: Sequence[Waiter], short: str = "") -> Line:
    days = [one.days for one in people if one.days is not None]
    share = round(100 * len(days) / len(people))
    figures: tuple[Cell, ...] = (len(people), len(days), share, no_longer_than(days, 50))
    return Line(name, short or name, figures)


def _halves(people: Iterable[Waiter]) -> Halves:
    """Return how many of some people have a mentor, and how many do not."""
    return total((0, 1) if one.days is None else (1, 0) for one in people)


def _people(db: Session, account: Account, now: datetime) -> list[Waiter]:
    """Return everyone who is counted, found with one question."""
    today = local_day(now)
    accepted = (
        select(col(Pair.referral_id).label("referral_id"), func.min(Pair.accepted_at).label("yes"))
        .where(col(Pair.accepted_at).is_not(None))
        .group_by(col(Pair.referral_id))
        .subquery()
    )
    newest_one = newest(Screening, "leaver_id")
    screened = newest_one.with_only_columns(
        col(Screening.leaver_id), col(Screening.risk)
    ).subquery()
    release = col(Leaver.release_date)
    columns: list[Any] = [Leaver.id, Leaver.prison, Leaver.sex]
    columns += [Leaver.birth_date, Leaver.ethnic_group]
    query = (
        referrals_seen_by(account)
        .where(col(Referral.state).in_(COUNTED))
        .join(Leaver, col(Leaver.id) == Referral.leaver_id)
        .join(accepted, accepted.c.referral_id == Referral.id, isouter=True)
        .join(screened, screened.c.leaver_id == Leaver.id, isouter=True)
        .where(or_(release.is_(None), release >= today - LEFT_LATELY))
        .with_only_columns(*columns, screened.c.risk, put_forward(), accepted.c.yes)
    )
    found = []
    for leaver_id, prison, sex, born, group, risk, since, yes in db.execute(query):
        told = opened(Leaver, leaver_id, {"birth_date": born, "ethnic_group": group})
        days = days_between(since, yes) if yes else None
        age = _age(told["birth_date"], today)
        found.append(Waiter(prison, sex, age, told["ethnic_group"], risk, days))
    return found


def _age(born: date, today: date) -> int | None:
    if is_erased(born):
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
