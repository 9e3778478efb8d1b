"""Links, zones, curfews and gang tags of someone in a file, as rows; only ever added.

A file that no longer names a restriction does not lift it: that is a
manager's act.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from matcher.people_checks import PRISON_NUMBER
from matcher.people_on_file import PeopleOnFile
from matcher.writing import Writing
from models.people import Leaver, Mentor
from models.person_keys import person_keys
from models.profiles import LeaverProfile, MentorProfile
from models.restrictions import Curfew, ExclusionZone, GangTag, Link, OpposedGangs
from models.vocabulary import LinkKind

FROM_A_FILE = "From a file of people."


class RestrictionRows:
    """Writes the restrictions of leavers and mentors once all of them have a row."""

    def __init__(self, writing: Writing, on_file: PeopleOnFile) -> None:
        """Hold what is on file, everyone in the files included."""
        self.writing = writing
        self.on_file = on_file
        self.by_key = on_file.by_key()

    def take(self, person: LeaverProfile | MentorProfile, row: Leaver | Mentor) -> None:
        """Add each restriction in the file that is not on file."""
        owner: dict[str, Any] = {f"{_noun(row)}_id": row.id}
        for district in sorted(person.exclusion_zone - self.on_file.zones[row.id]):
            self.writing.add(ExclusionZone(**owner, district=district, **self.writing.stamp))
        if not person.curfew <= self.on_file.curfews[row.id]:
            self.writing.add(Curfew(**owner, hours=person.curfew, **self.writing.stamp))
        self._tags(person)
        for key in sorted(person.no_contact - self.on_file.links[row.id]):
            self._link(row, key)

    def _tags(self, person: LeaverProfile | MentorProfile) -> None:
        for tag in sorted((person.gangs | person.opposed_gangs) - self.on_file.tags):
            self.writing.add(GangTag(code=tag, **self.writing.stamp))
            self.on_file.tags.add(tag)
        pairs = {frozenset({own, other}) for own in person.gangs for other in person.opposed_gangs}
        for pair in sorted(pairs - self.on_file.opposed, key=sorted):
            if len(pair) == 2:
                one, other = sorted(pair)
                self.writing.add(OpposedGangs(one=one, other=other, **self.writing.stamp))
        self.on_file.opposed |= pairs

    def _link(self, row: Leaver | Mentor, key: str) -> None:
        """Add a link; told from the other end too, it is the same link."""
        other = self.by_key.get(key)
        ends = {f"one_{_noun(row)}_id": row.id, **_other_end(key, other)}
        self.writing.add(
            Link(**ends, kind=LinkKind.NAMED_PERSON, detail=FROM_A_FILE, **self.writing.stamp)
        )
        self.on_file.links[row.id].add(key)
        if other:
            self.on_file.links[other.id] |= person_keys(row)


def _other_end(key: str, other: Leaver | Mentor | None) -> Mapping[str, Any]:
    """Return how a link names its other end: a row, a prison number, or a name and birth date."""
    if other:
        return {f"other_{_noun(other)}_id": other.id}
    if PRISON_NUMBER.fullmatch(key):
        return {"other_prison_number": key}
    name, _, born = key.rpartition(" ")
    return {
        "other_surname": name,
        "other_first_name": "",
        "other_birth_date": date.fromisoformat(born),
    }


def _noun(row: Leaver | Mentor) -> str:
    return "leaver" if isinstance(row, Leaver) else "mentor"
