"""What an act is, and a deed: an act out of the ordinary that some life meets in every world."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlmodel import Session

from matcher.refusing import NotAllowed

if TYPE_CHECKING:
    from tests.simulation.desk import Seen
    from tests.simulation.people import Desks, Life

SELDOM = 0.003
"""How often a deed is done at a moment at which it may be."""

ANEW = 0.1
"""How often one is that nobody in the world has done yet."""

RARELY_POSSIBLE = 0.8
"""The same of a deed for which there is seldom an occasion."""

Do = Callable[[Session, datetime], Any]


@dataclass(frozen=True)
class Barring:
    """Whom an act keeps from a leaver, or lets near again; `mentor_id` None: everyone."""

    why: str
    mentor_id: UUID | None = None
    lifts: bool = False


@dataclass(frozen=True)
class Act:
    """One act of one account in one life: how the trace names it, and what it does.

    `bars` is what the oracle must know of it; `silences` says that it ends what was consented to.
    """

    life: Life
    what: str
    by: UUID
    do: Do
    bars: tuple[Barring, ...] = ()
    silences: bool = False


@dataclass(frozen=True)
class Chosen:
    """Whom a deed is about, as they are seen, and the chance by which it is done."""

    life: Life
    seen: Seen
    now: datetime
    desks: Desks
    chance: Random

    def is_since(self, begins: Sequence[str], ends: Sequence[str]) -> bool:
        """Say whether one of these deeds was done in the life, and none of those since."""
        done = [one for one in self.life.touchpoints if one in begins or one in ends]
        return bool(done) and done[-1] in begins

    @property
    def liaison(self) -> UUID:
        """The account of the liaison of the leaver's prison."""
        return self.desks.liaisons[self.seen.prison]

    @property
    def mentor(self) -> UUID:
        """The account of the mentor of the live pair."""
        if self.seen.mentor_id is None:
            raise ValueError("there is no pair")
        return self.desks.mentors[self.seen.mentor_id]


@dataclass(frozen=True)
class Deed:
    """A row of the table: when it may be done, and how it is made."""

    may: Callable[[Chosen], bool]
    make: Callable[[Chosen], Act]
    often: float = SELDOM
    anew: float = ANEW


def deeds_of(deeds: Mapping[str, Deed], one: Chosen, counted: Counter[str]) -> Iterator[Act]:
    """One deed at most is done about one leaver at a moment."""
    for what, deed in deeds.items():
        often = deed.often if counted[f"did: {what}"] else deed.anew
        if one.chance.random() < often and deed.may(one):
            yield deed.make(one)
            return


def there(found: Any) -> Any:
    """What was looked for; where there is nothing, nothing is done."""
    if not found:
        raise NotAllowed("There is nothing like that to do.")
    return found
