"""What was erased is nowhere: no row, no key of another row and no file tells of it: I16."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, String, Uuid
from sqlalchemy import select as of_columns
from sqlmodel import select

from matcher.audit_chain import MANY
from matcher.belongings import ABOUT, keys_said_in
from matcher.doctor.case import Breach, Case, Found
from matcher.erasing import mark, marks_of
from models.council_words import Draft, PersonToAvoid
from models.people import Leaver, Mentor
from models.privacy import Tombstone
from models.restrictions import Link
from models.row_seals import key_of
from models.tables import METADATA

OUTLIVES = frozenset({"audit_entry", "tombstone"})
"""Tables in which the id of someone who was erased may stand."""

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def erased_is_nowhere(case: Case) -> Found:
    """I16: rows that name or mention someone erased; people whom a file brought back."""
    stones = {stone.id: stone for stone in case.db.exec(select(Tombstone))}
    if case.stones is not None:
        for line in case.stones.lines():
            if line.id not in stones:
                yield Breach("tombstone", str(line.id), "the database has forgotten this stone")
    known = frozenset(stones) | (case.stones.ids() if case.stones else frozenset())
    if not known:
        return
    yield from _rows_telling_of(case, known)
    yield from _people_brought_back(case, list(stones.values()))
    yield from _words_of_others(case, list(stones.values()))


def _rows_telling_of(case: Case, erased: frozenset[UUID]) -> Iterator[Breach]:
    for table in METADATA.sorted_tables:
        if table.name in OUTLIVES:
            continue
        ids = [one for one in table.columns if isinstance(one.type, Uuid)]
        texts = [one for one in table.columns if _is_plain_text(one)]
        columns = {one.name: one for one in [*table.primary_key.columns, *ids, *texts]}
        if not ids and not texts:
            continue
        rows = case.db.execute(
            of_columns(*columns.values()).execution_options(yield_per=MANY)
        ).mappings()
        for row in rows:
            if row.get("noun") in OUTLIVES:
                continue  # the seal of a stone
            named = {row[one.name] for one in ids} & erased
            told = {UUID(found) for one in texts for found in _ID.findall(str(row[one.name] or ""))}
            if named or told & erased:
                name = "/".join(str(row[one]) for one in key_of(table))
                yield Breach(table.name, name, "tells of someone who was erased")


def _is_plain_text(column: Column[object]) -> bool:
    return isinstance(getattr(column.type, "impl", column.type), String)


def _people_brought_back(case: Case, stones: list[Tombstone]) -> Iterator[Breach]:
    """Yield people on file since before a stone that is theirs, by code, number or name."""
    marked = {one: stone for stone in stones for one in stone.marks}
    known: list[Any] = [Leaver, Mentor] if marked else []
    for kind in known:
        for person in case.db.exec(select(kind)):
            theirs = [marked[one] for one in marks_of(person) if one in marked]
            if any(person.created_at < stone.erased_at for stone in theirs):
                noun = str(person.__tablename__)
                yield Breach(noun, str(person.id), "was erased, and is on file again")


def _words_of_others(case: Case, stones: list[Tombstone]) -> Iterator[Breach]:
    """Yield what others said of someone before they were erased: by a number, a name, a form."""
    marked = {one: stone for stone in stones for one in stone.marks}
    for noun, row_id, at, keys in _said_by_others(case) if marked else ():
        told = (marked.get(mark(kind, key)) for key in keys for kind in ("leaver", "mentor"))
        if any(stone and at < stone.erased_at for stone in told):
            yield Breach(noun, str(row_id), "names someone who was erased")


def _said_by_others(case: Case) -> Iterator[tuple[str, UUID, datetime, list[str]]]:
    """Yield table, id, moment, and the keys by which each row names people without a reference."""
    kinds: tuple[Any, ...] = (Link, PersonToAvoid)
    for kind in kinds:
        for row in case.db.exec(select(kind)):
            yield str(kind.__tablename__), row.id, row.recorded_at, keys_said_in(row)
    for draft in case.db.exec(select(Draft)):
        typed = draft.answers.get(ABOUT, {}).get("prison_number") or ""
        number = typed if isinstance(typed, str) else "".join(map(str, typed))
        yield "draft", draft.id, draft.created_at, ["".join(number.split()).upper()]
