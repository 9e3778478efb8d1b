"""Full leavers and mentors as files: read with every bad cell named, and written.

The columns are those of `people_columns`. A file is taken strictly: a column
that is not known is refused, since leaving out an exclusion zone because of a
slip in its heading would harm someone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from matcher.files.cells import folded, is_empty, shown
from matcher.files.date_order import DateOrder, decide
from matcher.files.mending import BadCell, BadRow, without_advice, write_csv
from matcher.files.people_cells import Day, Each, Text
from matcher.files.people_columns import TEXTS, Column, columns_by_name, columns_of
from matcher.files.refusals import IntakeRefused
from matcher.files.spreadsheets import read_table
from matcher.files.tables import Row, Table
from models.facts import Name
from models.profiles import LeaverProfile, MentorProfile

Person = TypeVar("Person", LeaverProfile, MentorProfile)

TOO_MANY_CELLS = (
    "it has more cells than the file has columns, so a comma within a cell may have moved the "
    "cells after it. Put quotation marks round the cell that holds the comma."
)


@dataclass(frozen=True)
class PeopleReading(Generic[Person]):
    """The people of a file, each once and in its order, and the rows that stay out.

    `rows` are the rows of the people, by their codes.
    """

    people: tuple[Person, ...]
    bad: tuple[BadRow, ...]
    header: tuple[str, ...]
    rows: Mapping[str, Row]
    notes: tuple[str, ...] = ()

    def bad_cell(self, person: Person, field: str, value: str | None, advice: str) -> BadCell:
        """Return what is wrong with a field of someone in the file."""
        heading = columns_by_name(type(person))[folded(field)].heading
        return BadCell(self.rows[person.code].number, heading, value, advice)


def read_leavers(
    content: bytes, *, date_order: DateOrder | None = None, sheet: str | None = None
) -> PeopleReading[LeaverProfile]:
    """Read a leavers file; raises IntakeRefused, or ChoiceNeeded where a person must choose."""
    return _read(content, LeaverProfile, "leavers", date_order, sheet)


def read_mentors(
    content: bytes, *, date_order: DateOrder | None = None, sheet: str | None = None
) -> PeopleReading[MentorProfile]:
    """Read a mentors file; raises IntakeRefused, or ChoiceNeeded where a person must choose."""
    return _read(content, MentorProfile, "mentors", date_order, sheet)


def write_leavers(people: Iterable[LeaverProfile]) -> bytes:
    """Return the leavers as a CSV file that `read_leavers` reads back the same."""
    return _write(LeaverProfile, people)


def write_mentors(people: Iterable[MentorProfile]) -> bytes:
    """Return the mentors as a CSV file that `read_mentors` reads back the same."""
    return _write(MentorProfile, people)


def _write(profile: type[Person], people: Iterable[Person]) -> bytes:
    columns = columns_of(profile)
    lines = ([column.write(getattr(one, column.field)) for column in columns] for one in people)
    return write_csv([column.heading for column in columns], lines)


def _read(
    content: bytes, profile: type[Person], noun: str, told: DateOrder | None, sheet: str | None
) -> PeopleReading[Person]:
    names = columns_by_name(profile)
    found = read_table(
        content,
        lambda cell: folded(cell) in names,
        lambda header: not _missing(header, profile),
        sheet=sheet,
    )
    if found is None:
        raise IntakeRefused(
            f"This file has no row with the column names of a {noun} file. "
            "Start from the template, or see docs/files.md."
        )
    table = without_advice(found)
    columns = _columns(table.header, profile, noun)
    reader = _PersonReader(profile, columns, decide(_days(table, columns), told))
    read = [(row, reader.read(row)) for row in table.rows]
    people, doubles = _each_once(reader, [found for _, found in read if isinstance(found, _Read)])
    problems = (
        (row, doubles.get(row.number, ()) if isinstance(found, _Read) else found)
        for row, found in read
    )
    bad = tuple(BadRow(row.cells, why) for row, why in problems if why)
    rows = {found.person.code: row for row, found in read if isinstance(found, _Read)}
    return PeopleReading(people, bad, table.header, rows, table.notes)


def _missing(header: Sequence[str], profile: type[Person]) -> list[str]:
    given = set(map(folded, header))
    columns = columns_of(profile)
    return [c.heading for c in columns if c.required and folded(c.field) not in given]


def _columns(header: Sequence[str], profile: type[Person], noun: str) -> tuple[Column | None, ...]:
    """Return the column of each place; raises IntakeRefused unless every name is known, once."""
    names = columns_by_name(profile)
    columns = tuple(names.get(folded(name)) for name in header)
    for name, column in zip(header, columns, strict=True):
        if name and column is None:
            raise IntakeRefused(_unknown(name, names, noun))
        if column and columns.count(column) > 1:
            raise IntakeRefused(f"Two columns are called {shown(name)}. Keep one of them.")
    if missing := _missing(header, profile):
        listed = ", ".join(f'"{heading}"' for heading in missing)
        raise IntakeRefused(f"This {noun} file has no column {listed}. Add what is missing.")
    return columns


def _unknown(name: str, names: Mapping[str, Column], noun: str) -> str:
    near = get_close_matches(folded(name), names, n=1)
    meant = f' Did you mean "{names[near[0]].heading}"?' if near else ""
    return (
        f"{shown(name)} is not a column of a {noun} file.{meant} Rename it or take it out; "
        "the columns are listed in docs/files.md and in the template."
    )


def _days(table: Table, columns: Sequence[Column | None]) -> set[str]:
    """Return the days of the file, which settle the order they are all written in."""
    dated = [place for place, c in enumerate(columns) if c and isinstance(c.kind, Day | Each)]
    cells = (row.cells[p] for row in table.rows for p in dated if p < len(row.cells))
    return {word for cell in set(cells) for word in (cell, *cell.replace(";", " ").split())}


@dataclass(frozen=True)
class _Read(Generic[Person]):
    """Someone read from a row."""

    row: int
    person: Person


class _PersonReader(Generic[Person]):
    """Reads the rows of one file; what a cell means is remembered, as cells repeat."""

    def __init__(
        self, profile: type[Person], columns: Sequence[Column | None], order: DateOrder | None
    ) -> None:
        self.profile: type[Person] = profile
        self.columns = columns
        self.order = order
        self.headings = {c.field: c.heading for c in columns if c}
        self.remembered: list[dict[str, Any]] = [{} for _ in columns]

    def read(self, row: Row) -> _Read[Person] | tuple[BadCell, ...]:
        """Return the person, or everything that is wrong with the row."""
        if row.broken:
            return (BadCell(row.number, "", None, row.broken),)
        if any(row.cells[len(self.columns) :]):
            return (BadCell(row.number, "", None, TOO_MANY_CELLS),)
        cells = (*row.cells, *[""] * (len(self.columns) - len(row.cells)))
        facts: dict[str, Any] = {}
        problems: list[BadCell] = []
        for column, remembered, cell in zip(self.columns, self.remembered, cells, strict=False):
            value = remembered.get(cell, remembered)
            if value is remembered:
                value = remembered[cell] = _value_of(column, cell, self.order)
            if isinstance(value, ValueError):
                heading = column.heading if column else ""
                problems.append(BadCell(row.number, heading, cell, str(value)))
            elif column and value is not None:
                facts[column.field] = value
        return tuple(problems) or self._person(row.number, facts)

    def _person(self, row: int, facts: Mapping[str, Any]) -> _Read[Person] | tuple[BadCell, ...]:
        try:
            return _Read(row, self.profile(**facts))
        except ValidationError as wrong:
            return tuple(self._problem(row, error) for error in wrong.errors())

    def _problem(self, row: int, error: Any) -> BadCell:
        field = str(error["loc"][0]) if error["loc"] else ""
        advice = str(error["msg"]).removeprefix("Value error, ")
        return BadCell(row, self.headings.get(field, field), None, _sentence(advice))


def _value_of(column: Column | None, cell: str, order: DateOrder | None) -> Any:
    """Return what a cell says, None to leave the default, or the ValueError that says why not."""
    if column is None:
        return ValueError("this cell stands under no column name.") if cell else None
    nothing = is_empty(cell) and not (cell and _may_say_anything(column))
    if nothing and column.required:
        return ValueError(f"there is nothing here. Write {column.kind.about}.")
    if not cell or (nothing and column.default is None):
        return None
    try:
        return column.kind.read(cell, order)
    except ValueError as wrong:
        return ValueError(_sentence(str(wrong)))


def _may_say_anything(column: Column) -> bool:
    """Say whether a word such as "null" may be meant: it is a surname, and NA is a code."""
    return column.kind is TEXTS[Name] or (column.required and isinstance(column.kind, Text))


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?")) else f"{text}."


def _each_once(
    reader: _PersonReader[Person], read: Sequence[_Read[Person]]
) -> tuple[tuple[Person, ...], dict[int, tuple[BadCell, ...]]]:
    """Return each person once; rows that share a code or number but differ are problems."""
    problems: dict[int, tuple[BadCell, ...]] = {}
    for field in ("prison_number", "code"):
        groups: dict[str, list[_Read[Person]]] = {}
        for one in read:
            groups.setdefault(getattr(one.person, field) or "", []).append(one)
        for key, same in groups.items():
            if key and any(one.person != same[0].person for one in same[1:]):
                problems |= _doubled(reader.headings[field], key, same)
    people = {one.person.code: one.person for one in read if one.row not in problems}
    return tuple(people.values()), problems


def _doubled(
    heading: str, key: str, same: Sequence[_Read[Person]]
) -> dict[int, tuple[BadCell, ...]]:
    rows = ", ".join(str(one.row) for one in same)
    advice = f"rows {rows} share it but differ. Keep the one that is right, or give each its own."
    return {one.row: (BadCell(one.row, heading, key, advice),) for one in same}
