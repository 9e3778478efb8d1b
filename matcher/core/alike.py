"""How alike two records of people are: a name written otherwise, a number with one wrong sign."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

ALIKE = 0.8
"""Two names of which so much is the same are probably one name, spelt in two ways."""


def names_alike(one: str, other: str) -> bool:
    """Say whether two names, as words in order of the alphabet, are probably of one person.

    The words of one may all be among those of the other, or one may be
    spelt a little otherwise. Nobody is like a person without a name.
    """
    words, others = set(one.split()), set(other.split())
    if not words or not others:
        return False
    if words <= others or others <= words:
        return True
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE


def one_sign_apart(one: str | None, other: str | None) -> bool:
    """Say whether two numbers differ in one sign, or by two neighbours that changed places."""
    if not one or not other or len(one) != len(other):
        return False
    wrong = [place for place, pair in enumerate(zip(one, other, strict=True)) if len(set(pair)) > 1]
    if len(wrong) == 2 and wrong[1] == wrong[0] + 1:
        first, second = wrong
        return (one[first], one[second]) == (other[second], other[first])
    return len(wrong) == 1


def nearly(number: str) -> Iterator[str]:
    """Yield what a number has in common with those one wrong sign away, for looking them up.

    Two neighbours that changed places have a pattern in common as well.
    """
    for place in range(len(number)):
        yield f"{number[:place]}?{number[place + 1 :]}"
    for place in range(len(number) - 1):
        swapped = "".join(sorted(number[place : place + 2]))
        yield f"{number[:place]}<{swapped}>{number[place + 2 :]}"
