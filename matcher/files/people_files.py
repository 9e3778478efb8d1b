"""Full leavers and mentors as files: read with every bad cell named, and written.

The columns are those of `people_columns`. A file is taken strictly: a column
that is not known is refused, since leaving out an exclusion zone because of a
slip in its heading would harm someone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain, repeat, zip_longest
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
from models.profiles import LeaverInFile, LeaverProfile, MentorProfile

Person = TypeVar("Person", LeaverInFile, MentorProfile)

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
) -> PeopleReading[LeaverInFile]:
    """Read a leavers file; raises IntakeRefused, or ChoiceNeeded where a person must choose."""
    return _read(content, LeaverInFile, "leavers", date_order, sheet)


def read_mentors(
    content: bytes, *, date_order: DateOrder | None = None, sheet: str | None = None
) -> PeopleReading[MentorProfile]:
    """Read a mentors file; raises IntakeRefused, or ChoiceNeeded where a person must choose."""
    return _read(content, MentorProfile, "mentors", date_order, sheet)


def write_leavers(people: Iterable[LeaverProfile]) -> bytes:
    """Return the leavers as a CSV file that `read_leavers` reads back the same."""
    return _write(LeaverInFile, people)


def write_mentors(people: Iterable[MentorProfile]) -> bytes:
    """Return the mentors as a CSV file that `read_mentors` reads back the same."""
    return _write(MentorProfile, people)


def _write(
    profile: type[LeaverInFile | MentorProfile], people: Iterable[LeaverProfile | MentorProfile]
) -> bytes:
    """Return the people as a file; what only a file tells may be unsaid of them."""
    columns = columns_of(profile)
    cells = [(column, column.field, column.default) for column in columns]
    lines = ([c.write(getattr(one, field, unsaid)) for c, field, unsaid in cells] for one in people)
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
    read = list(zip(table.rows, reader.read(table.rows), strict=True))
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
    """Reads the rows of one file, column by column: cells repeat, and each is read once."""

    def __init__(
        self, profile: type[Person], columns: Sequence[Column | None], order: DateOrder | None
    ) -> None:
        self.profile: type[Person] = profile
        self.columns = columns
        self.order = order
        self.fields = [c.field if c else "" for c in columns]
        self.headings = {c.field: c.heading for c in columns if c}

    def read(self, rows: Sequence[Row]) -> list[_Read[Person] | tuple[BadCell, ...]]:
        """Return the person of each row, or everything that is wrong with it."""
        spoilt = {row.number: why for row in rows if (why := self._out_of_line(row))}
        in_line = [row for row in rows if row.number not in spoilt]
        cells = zip_longest(*(row.cells for row in in_line), fillvalue="")
        empty = repeat([""] * len(in_line))
        said = zip(*map(self._column, self.columns, chain(cells, empty)), strict=True)
        read = iter(map(self._one, in_line, said))
        return [spoilt.get(row.number) or next(read) for row in rows]

    def _out_of_line(self, row: Row) -> tuple[BadCell, ...]:
        """Return why the cells of a row cannot be told apart by their columns, if they cannot."""
        why = row.broken or (TOO_MANY_CELLS if any(row.cells[len(self.columns) :]) else "")
        return (BadCell(row.number, "", None, why),) if why else ()

    def _column(self, column: Column | None, cells: Sequence[str]) -> Iterator[Any]:
        """Return what each cell of a column says; see `_value_of`."""
        said = {cell: _value_of(column, cell, self.order) for cell in set(cells)}
        return map(said.__getitem__, cells)

    def _one(self, row: Row, values: Sequence[Any]) -> _Read[Person] | tuple[BadCell, ...]:
        if ValueError in map(type, values):
            return tuple(
                BadCell(row.number, self.headings.get(field, ""), _cell(row, place), str(value))
                for place, (field, value) in enumerate(zip(self.fields, values, strict=True))
                if isinstance(value, ValueError)
            )
        named = zip(self.fields, values, strict=True)
        facts = {field: value for field, value in named if value is not None}
        try:
            return _Read(row.number, self.profile(**facts))
        except ValidationError as wrong:
            return tuple(self._problem(row.number, error) for error in wrong.errors())

    def _problem(self, row: int, error: Any) -> BadCell:
        field = str(error["loc"][0]) if error["loc"] else ""
        advice = str(error["msg"]).removeprefix("Value error, ")
        return BadCell(row, self.headings.get(field, field), None, _sentence(advice))


def _cell(row: Row, place: int) -> str:
    return row.cells[place] if place < len(row.cells) else ""


def _value_of(column: Column | None, cell: str, order: DateOrder | None) -> Any:
    """Return what a cell says, None to leave the default, or the ValueError that says why not."""
    if column is None:
        return ValueError("this cell stands under no column name.") if cell else None
    nothing = is_empty(cell) and not (cell and _may_say_anything(column))
    if nothing and column.required:
        said = "this stands for nothing" if cell else "there is nothing here"
        return ValueError(f"{said}. Write {column.kind.about}.")
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
