"""Which rows each account finds by each SELECT that begins with who looks: a table.

A row is named by what it is and by its story; "@here" and "@there" are all stories of one region.
What is not in the table nobody finds. Beside the stories of the world stand `edges.py`'s rows.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator
from types import ModuleType
from typing import Any

from sqlalchemy import inspect as identity_of
from sqlmodel import Session, select

from matcher.desks import moved_away, proposal_cards, restrictions_seen
from models import access, account_access
from models.referrals import Referral
from tests.rows import NOW, TODAY
from tests.web.access.stories import World

MODULES: tuple[ModuleType, ...] = (
    access,
    account_access,
    moved_away,
    proposal_cards,
    restrictions_seen,
)
"""Where SELECTs are made for somebody who looks."""


def selects() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield every function of these modules that returns a SELECT for an account."""
    for module in MODULES:
        for name, one in vars(module).items():
            if name.startswith("_") or not inspect.isfunction(one):
                continue
            told = inspect.signature(one)
            is_select = "SelectOfScalar" in str(told.return_annotation)
            if one.__module__ == module.__name__ and is_select and "account" in told.parameters:
                yield name, one


def finds(db: Session, world: World) -> Iterator[tuple[tuple[str, str], set[str]]]:
    """Yield the names of the rows that each account finds by each SELECT."""
    names = _names(world)
    for name, one in selects():
        for who in world.accounts:
            yield (name, who), {_said(names, *found) for found in _rows(db, world, one, who)}


def _rows(
    db: Session, world: World, one: Callable[..., Any], who: str
) -> Iterator[tuple[Referral | None, Any]]:
    wants = inspect.signature(one).parameters
    told: dict[str, Any] = {"account": world.accounts[who], "now": NOW, "today": TODAY}
    abouts = db.exec(select(Referral)).all() if {"referral", "referral_id"} & {*wants} else [None]
    for about in abouts:
        given = told | {"referral": about, "referral_id": about.id if about else None}
        for row in db.exec(one(**{name: given[name] for name in wants})).all():
            yield about, row


def _said(names: dict[Any, str], about: Referral | None, row: Any) -> str:
    """Return the name of a row; one that is found by asking about another's story says so."""
    key = _key(row)
    name = names.get(key, str(key))
    story = name.partition("@")[2]
    asked = names[_key(about)].partition("@")[2] if about else story
    return name if story == asked else f"{name} by way of {asked}"


def _key(row: Any) -> Any:
    state = identity_of(row, raiseerr=False)
    return (row.__tablename__, state.identity) if state is not None else row


def _names(world: World) -> dict[Any, str]:
    named = {
        _key(row): f"{name}@{story}"
        for story, rows in world.stories.items()
        for name, row in rows.items()
    }
    codes = {
        row.code: f"{name}.code@{story}"
        for story, rows in world.stories.items()
        for name, row in rows.items()
        if name in ("leaver", "twin")
    }
    return named | codes


def differences(
    found: Iterable[tuple[tuple[str, str], set[str]]], wanted: dict[tuple[str, str], set[str]]
) -> Iterator[str]:
    """Yield a sentence for each account that finds more or less than it should."""
    for (name, who), rows in found:
        if wrong := rows ^ wanted.get((name, who), set()):
            yield f"{who} by {name}: {sorted(wrong)}"
