"""Every guard, scope and mask taken away, one at a time: the access tests must see each.

The list is made from the tables of the code. A guard is a row of `web/page_table.py`: the page is
opened to each kind of people that the row leaves out. A scope is one condition of a SELECT that
begins with who looks. A mask is a column that is shown only when asked for, or a condition on
which a card holds something back. The walk of the matrix and the table of who finds what judge.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from inspect import signature
from logging import CRITICAL, getLogger
from types import ModuleType
from typing import Any

from sqlmodel import Session

from matcher import accounts
from matcher.desks import mentor_pairs, offer_cards, twins_compared
from models import access, account_access, seen_fields
from models.database import make_engine, upgrade
from models.states import Role
from tests.person_keys import keep_keys_of_tests
from tests.prove.mutated import (
    functions,
    in_force,
    instead_of,
    swapped,
    without_each_condition,
)
from tests.prove.places import Place
from tests.prove.tally import Stopwatch, Tally
from tests.web.access.edges import stand_at_the_edges
from tests.web.access.found import expected
from tests.web.access.judging import Judge
from tests.web.access.masks import shared_too_early_or_too_long
from tests.web.access.scopes import MODULES, differences, finds
from tests.web.access.stories import World
from tests.web.access.walking import OUT, SHOWING_IDENTITY, Walk, a_walk
from tests.web.access.world import a_world
from tests.web.desks import Desks
from web import guard, masking
from web.page_rights import RIGHTS, may_ask

WHO: dict[str, tuple[str, ...]] = {
    "PEER": ("second peer", "other peer", "peer"),
    "LIAISON": ("other liaison", "liaison"),
    "MENTOR": ("ended mentor", "other mentor", "mentor"),
    "MANAGER": ("other manager", "manager"),
    "ADMINISTRATOR": ("administrator",),
}
"""Who meets the lack of a scope first."""

EVERYBODY = ("", *OUT, *(who for names in WHO.values() for who in names))


@dataclass(frozen=True)
class Mutation:
    """One thing taken away: how, who walks to notice it, and on which pages (none are all).

    What is a `scope` is held against the table of who finds what first.
    """

    name: str
    taken_away: Callable[[], AbstractContextManager[None]]
    who: tuple[str, ...]
    pages: tuple[str, ...] = ()
    is_scope: bool = False


def mutations() -> list[Mutation]:
    """Return all there are: what is new in the tables is taken away with the rest."""
    return [*_guards(), *_scopes(), *_masks(), *_conditions()]


def _guards() -> Iterator[Mutation]:
    """Yield each page opened to whoever has not signed in, and to each role it is not for."""
    for page, right in RIGHTS.items():
        if right.who is None:
            continue
        for role in (None, *(one for one in Role if one not in right.who)):
            opened = partial(_also_open, page, role)
            away = partial(instead_of, guard, "may_ask", opened)
            name = f"{page} opened to {role or 'whoever has not signed in'}"
            yield Mutation(name, away, (str(role or ""),), (page,))


def _also_open(page: str, to: Role | None, endpoint: str, role: Role | None) -> bool:
    return (endpoint == page and role == to) or may_ask(endpoint, role)


def _scopes() -> Iterator[Mutation]:
    """Yield every condition of every SELECT for who looks, made to hold for all rows."""
    for module in MODULES:
        for function in functions(module):
            if not _makes_a_select(module, function.name):
                continue
            for what, code in without_each_condition(function):
                role = what.removeprefix("Role.")
                name = f"{module.__name__}.{function.name} without {what}"
                away = partial(in_force, module, code)
                yield Mutation(name, away, WHO.get(role, EVERYBODY), is_scope=True)


def _makes_a_select(module: ModuleType, name: str) -> bool:
    told = signature(getattr(module, name))
    is_of_access = module in (access, account_access) or "account" in told.parameters
    returned = str(told.return_annotation)
    return is_of_access and ("SelectOfScalar" in returned or "ColumnElement" in returned)


def _masks() -> Iterator[Mutation]:
    """Yield each column that is masked until it is asked for, shown without asking."""
    for (table, column), readers in seen_fields.SEEN.items():
        if "asked" in readers:
            shown = partial(_also_shown, table, column)
            away = partial(instead_of, masking, "may_show", shown)
            name = f"{table}.{column} shown without asking"
            yield Mutation(name, away, ("manager",), SHOWING_IDENTITY)


def _also_shown(table: str, column: str, row: Any, asked_for: str, *told: Any, **more: Any) -> bool:
    is_it = (row.__tablename__, asked_for) == (table, column)
    return is_it or seen_fields.may_show(row, asked_for, *told, **more)


_CONDITIONS: tuple[tuple[ModuleType, str, str, str, tuple[str, ...]], ...] = (
    (guard, "_ask", "g.account is None", "False", ("", *OUT)),
    (guard, "_ask", "not may_ask(request.endpoint, g.account.role)", "False", ("peer",)),
    (accounts, "whose_stay", "found[0].desk == found[1].desk", "True", ("demoted",)),
    (masking, "as_seen", "may", "True", ("manager",)),
    (seen_fields, "may_show", "role in readers", "True", ("manager",)),
    (seen_fields, "may_show", "asked", "True", ("manager",)),
    (twins_compared, "_who", "masked", "False", ("manager",)),
    (twins_compared, "_who", "compared_only", "masked", ("manager",)),
    (mentor_pairs, "shared_with", "pair.state is not PairState.ACCEPTED", "False", ("mentor",)),
    (mentor_pairs, "shared_with", "col(Note.shareable)", "True", ("mentor",)),
    (mentor_pairs, "_one_way", "contact.shares.value", "'email'", ("mentor",)),
    (mentor_pairs, "_card", "not pair.is_live", "False", ("mentor",)),
    (mentor_pairs, "_card", "pair.state is PairState.ACCEPTED", "True", ("mentor",)),
    (
        offer_cards,
        "most_that_fits",
        "sum(map(fuller.fits, known)) >= FEWEST",
        "True",
        ("mentor",),
    ),
)
"""Conditions: in which function, as they are written, what stands there instead, who notices."""


def _conditions() -> Iterator[Mutation]:
    for module, name, condition, instead, who in _CONDITIONS:
        code = swapped(module, name, condition, instead)
        yield Mutation(f"{name} without {condition}", partial(in_force, module, code), who)
    [stay] = [one for one in functions(accounts) if one.name == "whose_stay"]
    for what, code in without_each_condition(stay):
        if not what.startswith("not "):
            yield Mutation(
                f"whose_stay without {what}", partial(in_force, accounts, code), EVERYBODY
            )


@dataclass(frozen=True)
class Suite:
    """What judges a mutation: a world to walk, and one with rows at the edges of each scope."""

    walk: Walk
    edges: World
    db: Session

    def notices(self, mutation: Mutation) -> bool:
        """Say whether anything is wrong while a mutation is in force; the first thing ends it."""
        with mutation.taken_away():
            return any(True for _ in self._wrongs(mutation))

    def _wrongs(self, mutation: Mutation) -> Iterator[str]:
        if mutation.is_scope:
            yield from differences(finds(self.db, self.edges), expected())
        elif not mutation.pages:
            yield from shared_too_early_or_too_long(self.db, self.edges)
        judge = Judge(self.walk)
        for one in _requests(self.walk, mutation.who, mutation.pages):
            yield from judge.wrongs(self.walk.ask(one))


def _requests(walk: Walk, who: Iterable[str], pages: Iterable[str]) -> Iterator[Any]:
    for name in who:
        for page in pages or (None,):
            yield from walk.requests(name, page)


def take_away_one_by_one(tally: Tally, place: Place) -> None:
    """Take each away on a world of canaries; one that nothing notices breaks the proof."""
    keep_keys_of_tests()
    getLogger("gatemate.seen").setLevel(CRITICAL)  # all that is refused is refused on purpose
    address = place.new()
    engine, edges = make_engine(address), make_engine(f"{address}-edges")
    for one in (engine, edges):
        upgrade(one)
    walk, watch = a_walk(Desks(engine)), Stopwatch(tally)
    with Session(edges, expire_on_commit=False) as db:
        world = a_world(db)
        stand_at_the_edges(db, world)
        suite = Suite(walk, world, db)
        for mutation in mutations()[tally.done : tally.wanted]:
            if not suite.notices(mutation):
                tally.broken.append(f"nothing notices: {mutation.name}")
            tally.done += 1
            watch.keep()
    for one in (engine, edges):
        one.dispose()
