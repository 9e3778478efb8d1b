"""Mentors as profiles without names: three that differ, and nothing that says who any of them is.

A profile tells the region, the languages beside English and wide words of
what was lived. Each thing told fits at least five mentors together with all
that is told before it; what fits fewer is left out. Nothing that a mentor
wrote is told: own words give people away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Self
from uuid import UUID

from matcher.desks.offer_cards import FEWEST
from matcher.desks.wide_words import COARSE
from models.languages import Language
from models.profiles import MentorProfile
from models.reference import districts


@dataclass(frozen=True)
class Profile:
    """What is told of one mentor: sets of words, any of which may be empty."""

    region: frozenset[str] = frozenset()
    speaks: frozenset[str] = frozenset()
    lived: frozenset[str] = frozenset()

    @classmethod
    def of(cls, mentor: MentorProfile) -> Self:
        """Return all that could be told of a mentor."""
        beside = mentor.languages - {Language.ENGLISH}
        return cls(
            region=frozenset({districts()[mentor.home].region.label}),
            speaks=frozenset(one.label for one in beside),
            lived=frozenset(COARSE[one] for one in mentor.experiences),
        )

    @classmethod
    def kept(cls, told: Mapping[str, Any]) -> Self:
        """Return a profile as it was kept when it was drawn."""
        return cls(**{name: frozenset(words) for name, words in told.items()})

    @property
    def to_keep(self) -> dict[str, list[str]]:
        """Return what is kept of it, in an order that is always the same."""
        return {name: sorted(words) for name, words in vars(self).items()}

    def and_also(self, name: str, word: str) -> Self:
        """Return the profile with one word more."""
        return type(self)(**vars(self) | {name: getattr(self, name) | {word}})

    def fits(self, one: Profile) -> bool:
        """Say whether all that is told is true of someone."""
        return self.region <= one.region and self.speaks <= one.speaks and self.lived <= one.lived

    def apart_from(self, other: Profile) -> int:
        """Return how many words tell two profiles apart."""
        return sum(len(getattr(self, name) ^ getattr(other, name)) for name in vars(self))


def told_of(mentor: MentorProfile, others: Sequence[Profile]) -> Profile:
    """Return as much of a mentor as fits five of `others` or more, themselves among them."""
    whole, told = Profile.of(mentor), Profile()
    for name, word in _one_at_a_time(whole):
        fuller = told.and_also(name, word)
        if sum(map(fuller.fits, others)) >= FEWEST:
            told = fuller
    return told


def drawn(
    seed: UUID, profiles: Mapping[UUID, Profile], already: Sequence[Profile], wanted: int
) -> list[UUID]:
    """Return so many of the mentors, each as unlike those before as can be.

    The same seed and mentors give the same draw, whoever asks and how often.
    """
    order = sorted(profiles, key=lambda one: blake2b(seed.bytes + one.bytes).digest())
    shown, chosen = list(already), list[UUID]()
    while order and len(chosen) < wanted:
        next_one = max(order, key=lambda one: _least_apart(profiles[one], shown))
        order.remove(next_one)
        chosen.append(next_one)
        shown.append(profiles[next_one])
    return chosen


def _one_at_a_time(whole: Profile) -> Iterator[tuple[str, str]]:
    for name in ("region", "speaks", "lived"):
        yield from ((name, word) for word in sorted(getattr(whole, name)))


def _least_apart(one: Profile, shown: Sequence[Profile]) -> int:
    return min((one.apart_from(other) for other in shown), default=0)
