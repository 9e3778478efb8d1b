"""How a link names a person: by a number, or by name and birth date.

A link that misses the person it names would let two people meet who must
not. So a key has one form however it was typed, one that can name nobody is
refused, and someone whose full name is not on file answers to their birth
date alone. A name with a middle name and the same one without it are one
name, where the birth date is the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations
from typing import Annotated

from pydantic import AfterValidator

from models.people import LeaverFacts, MentorFacts

MOST_WORDS = 6
"""A name of more words is only compared whole."""

_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9-]{0,19}")
_NAME = re.compile(r"(?P<name>.*[^\W\d_].*) (?P<born>[0-9]{4}-[0-9]{2}-[0-9]{2})")
_NOT_WRITTEN = re.compile("['\u2018\u2019\u02bc`\u00b4.]")
_ACCENT = re.compile("[\u0300-\u036f]")
_SAME_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th"}
)


def person_key(text: str) -> str:
    """Return the one form of a key: a code, a prison number, a CRN, or a name with a birth date.

    Raises ValueError for a text that can name nobody.
    """
    tidy = " ".join(text.split())
    if _NUMBER.fullmatch(tidy.upper()):
        return tidy.upper()
    named = _NAME.fullmatch(tidy)
    if not named:
        raise ValueError(
            f'"{text}" names nobody: write a code, a prison number, a CRN, '
            "or SURNAME FIRST-NAME 1980-01-31"
        )
    return name_key("", named["name"], date.fromisoformat(named["born"]))


PersonKey = Annotated[str, AfterValidator(person_key)]


def name_key(first_name: str, surname: str, birth_date: date) -> str:
    """Return the key of someone known by name and birth date, however it was typed.

    Case, accents, hyphens, apostrophes, blanks, signs that nobody sees and
    the order of the names make no difference.
    """
    words = words_of(f"{surname} {first_name}")
    return f"{' '.join(sorted(words))} {birth_date.isoformat()}"


def words_of(written: str) -> list[str]:
    """Return the words of a text as names are compared: without case, accents and signs."""
    plain = _NOT_WRITTEN.sub("", written)
    if not plain.isascii():
        plain = "".join(sign for sign in plain if unicodedata.category(sign) != "Cf")
    letters = _ACCENT.sub("", unicodedata.normalize("NFKD", plain))
    return re.findall(r"[^\W_]+", letters.casefold().translate(_SAME_LETTERS))


def own_keys(person: LeaverFacts | MentorFacts) -> frozenset[str]:
    """Return what two records of one person share: the prison number, the name with birth date."""
    keys = {person.prison_number} if person.prison_number else set()
    if person.first_name and person.surname:
        keys.add(name_key(person.first_name, person.surname, person.birth_date))
    return frozenset(keys)


def person_keys(person: LeaverFacts | MentorFacts) -> frozenset[str]:
    """Return every key by which a link may name this person, former records of theirs included."""
    keys = {person.code, getattr(person, "crn", None)}
    if not (person.first_name and person.surname):
        keys.add(person.birth_date.isoformat())
    own = own_keys(person) | set(getattr(person, "former_keys", ()))
    parts = {_part(shorter) for key in own if " " in key for shorter in _shorter(key)}
    return own | parts | {key for key in keys if key}


def link_keys(links: frozenset[str]) -> frozenset[str]:
    """Return every key of the people whom links name.

    With a name go the birth date alone, which finds only people whose full
    name is not on file, the names with fewer words, and the names of which
    this one is a part.
    """
    named = [link for link in links if " " in link]
    births = {link.rpartition(" ")[2] for link in named}
    shorter = {key for link in named for key in _shorter(link)}
    return links | births | shorter | {_part(link) for link in named}


def names_themselves(person: LeaverFacts | MentorFacts, keys: frozenset[str]) -> bool:
    """Say whether keys by which a link names someone name this very person.

    That two people were born on one day says nothing, whatever is not on file.
    """
    births = {person.birth_date.isoformat()}
    return bool((link_keys(keys) & person_keys(person)) - births)


def _shorter(key: str) -> Iterator[str]:
    """Yield the key of every name that leaves words of this one out and keeps two or more."""
    *words, born = key.split(" ")
    if len(words) <= MOST_WORDS:
        for count in range(2, len(words)):
            yield from (_key(some, born) for some in combinations(words, count))


def _part(key: str) -> str:
    """Return the key by which a link asks for longer names that this one is a part of."""
    return f"+{key}"


def _key(words: Sequence[str], born: str) -> str:
    return " ".join((*words, born))
