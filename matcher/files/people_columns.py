"""The columns of a leavers file and of a mentors file: the fields of the profiles.

Nothing is listed here twice: a new field of `LeaverInFile` or
`MentorProfile` is a new column by itself, written and read by the kind of
its type.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from inspect import get_annotations
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from matcher.files.cells import folded
from matcher.files.people_cells import (
    NONE,
    Day,
    Each,
    Hours,
    Kind,
    Number,
    OneWord,
    Several,
    Text,
    YesNo,
    list_name,
)
from matcher.files.prison_names import prison_code
from models.facts import CaseNumber, Code, District, Hour, Name, Pnc, PrisonCode, PrisonNumber
from models.person_keys import PersonKey
from models.profiles import LeaverInFile, MentorProfile
from models.reference import districts
from models.vocabulary import Importance, Word

Profile = LeaverInFile | MentorProfile

_OUTWARD = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)\s*\d[A-Z]{2}", re.ASCII)
_ALL_CAPITALS = frozenset({"crn", "pnc", "mappa"})


def known_district(text: str) -> str:
    """Return the postcode district of a district or of a full postcode, or raise ValueError."""
    code = " ".join(text.upper().split())
    if found := _OUTWARD.fullmatch(code):
        code = found[1]
    if code not in districts():
        raise ValueError(
            "there is no such postcode district in England and Wales. Give the first half of "
            "the postcode, such as LS6."
        )
    return code


TEXTS: Mapping[Any, Text] = {
    Name: Text(Name, "a name of at most 80 letters"),
    Code: Text(Code, "a code: up to 20 letters, digits and hyphens, such as L17"),
    PrisonNumber: Text(PrisonNumber, "a prison number, such as A1234BC", "".join),
    CaseNumber: Text(CaseNumber, "a CRN: a letter and six digits, such as X123456"),
    Pnc: Text(Pnc, "a PNC with its right last letter, such as 2002/0073319Z"),
    PrisonCode: Text(PrisonCode, "a prison's code or name, such as LEI or HMP Leeds", prison_code),
    District: Text(District, "a postcode district, such as LS6", known_district),
    PersonKey: Text(
        PersonKey,
        "a code, a prison number, a CRN, or a surname, first name and birth date such as "
        "ORDINARY SAM 1990-05-17",
    ),
}
"""How each kind of text is written, by its type in the models."""


@dataclass(frozen=True)
class Column:
    """One column: the field it fills, what it is called, how it is written.

    `default` is what an empty cell means; it counts only where the column is
    not required.
    """

    field: str
    heading: str
    kind: Kind
    required: bool
    default: Any

    @property
    def about(self) -> str:
        """Return what to write and what an empty cell means."""
        if self.required:
            return f"{self.kind.about}. **Must be filled in.**"
        if self.default in (None, "", frozenset(), {}):
            return f"{self.kind.about}."
        return f"{self.kind.about}. Empty means {self.kind.write(self.default)}."

    def write(self, value: Any) -> str:
        """Return the cell for a value, from which the same value is read."""
        if value is None:
            return ""
        cell = self.kind.write(value)
        return NONE if cell == "" and value != self.default else cell


@cache
def columns_of(profile: type[Profile]) -> tuple[Column, ...]:
    """Return the columns of a file of such people, in order."""
    hints = get_type_hints(profile, include_extras=True)
    return tuple(_column(profile, name, hints[name]) for name in _in_order(profile))


@cache
def columns_by_name(profile: type[Profile]) -> Mapping[str, Column]:
    """Return the columns by their folded names: "release_date" and "Release date" are one."""
    return {folded(column.field): column for column in columns_of(profile)}


def _in_order(profile: type[Profile]) -> Iterator[str]:
    """Return the fields list by list, who someone is first, what only a profile has last."""
    lists = [*profile.__mro__[1:], profile]
    for facts in lists:
        names = get_annotations(facts)
        yield from (name for name in names if name in profile.model_fields)


def _column(profile: type[Profile], name: str, hint: Any) -> Column:
    info = profile.model_fields[name]
    bounds = {
        end: getattr(said, end)
        for said in info.metadata
        for end in ("ge", "le")
        if hasattr(said, end)
    }
    default = None if info.is_required() else info.get_default(call_default_factory=True)
    return Column(name, _heading(name), _kind(hint, bounds), info.is_required(), default)


def _heading(field: str) -> str:
    words = (word.upper() if word in _ALL_CAPITALS else word for word in field.split("_"))
    heading = " ".join(words)
    return heading[0].upper() + heading[1:]


def _kind(hint: Any, bounds: Mapping[str, int]) -> Kind:
    """Return the kind of a type; one that has none is a TypeError when the program starts."""
    if hint in TEXTS:
        return TEXTS[hint]
    if hint is int:
        return Number(bounds["ge"], bounds["le"])
    if hint in (date, bool):
        return Day() if hint is date else YesNo()
    if get_origin(hint) is frozenset:
        [item] = get_args(hint)
        return Hours() if item == Hour else Several(_kind(item, bounds))
    if get_origin(hint) not in (None, Annotated, Union, UnionType):
        return _each(*get_args(hint))
    return _one_of(hint, bounds)


def _one_of(hint: Any, bounds: Mapping[str, int]) -> Kind:
    """Return the kind of a word, of a union of words, or of something that may be unknown."""
    parts = [part for part in get_args(hint) or (hint,) if part is not NoneType]
    if all(isinstance(part, type) and issubclass(part, Word) for part in parts):
        return OneWord(tuple(parts))
    if len(parts) != 1 or parts[0] is hint:
        raise TypeError(f"no way is known to write {hint} in a cell")
    return _kind(parts[0], bounds)


def _each(key: Any, value: Any) -> Kind:
    """Return the kind of a mapping: words with how much they matter, or codes with days."""
    if value is date:
        about = "each prison with a day, such as LEI 2027-05-01; WLI 2027-01-01"
        return Each(_kind(key, {}), Day(), " ", about)
    about = (
        f"words under {list_name(key)}, each with how much it matters ({', '.join(value)}), "
        f"such as {min(key)}: high; {max(key)}. Unsaid means medium"
    )
    return Each(_kind(key, {}), _kind(value, {}), ":", about, unsaid=Importance.MEDIUM)
