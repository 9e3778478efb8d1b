"""Rows and files that refer to nothing: I14."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from re import compile as pattern
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ForeignKeyConstraint, exists
from sqlalchemy import select as of_columns
from sqlmodel import col, func, select

from matcher.doctor.case import Breach, Case, Found
from matcher.recipients import Party
from models.accounts import Account
from models.events import Event
from models.outbox import Letter
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.runs import PlanRun
from models.tables import METADATA
from models.tasks import Task
from models.vocabulary import Region

LONG_WRITTEN = timedelta(minutes=15)
"""Nobody writes one letter to a folder for so long: a part of one that is older is left over."""

_ID = pattern(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PEOPLE: dict[str, tuple[str, type[Any]]] = {
    Party.ACCOUNT.value: ("account_id", Account),
    Party.MENTOR.value: ("mentor_id", Mentor),
    Party.LEAVER.value: ("leaver_id", Leaver),
    Party.PRACTITIONER.value: ("leaver_id", Leaver),
}
"""How a recipient names a person: the column that names them too, and their table."""


def nothing_refers_to_nothing(case: Case) -> Found:
    """I14: rows whose references lead nowhere, in columns, keys and names; files of no letter."""
    yield from _foreign_keys(case)
    yield from _recipients(case)
    yield from _ids_in_keys(case)
    yield from _files(case)


def _foreign_keys(case: Case) -> Iterator[Breach]:
    """Yield the rows of every table whose reference is not there, whatever the database holds."""
    for table in METADATA.sorted_tables:
        key = list(table.primary_key.columns)
        for reference in sorted(table.foreign_key_constraints, key=lambda one: str(one.name)):
            named = ", ".join(reference.column_keys)
            for row in case.db.execute(of_columns(*key).where(*_leads_nowhere(reference))):
                yield Breach(table.name, row_id(row), f"{named} leads nowhere")


def _leads_nowhere(reference: ForeignKeyConstraint) -> list[Any]:
    referred = reference.referred_table.alias("referred")
    ends: list[tuple[Column[Any], Any]] = [
        (each.parent, referred.c[each.column.name]) for each in reference.elements
    ]
    there = exists().where(*(theirs == own for own, theirs in ends)).select_from(referred)
    return [*(own.is_not(None) for own, _ in ends), ~there]


def _recipients(case: Case) -> Iterator[Breach]:
    """Yield the letters to someone who is not there, or who is not whom the letter is about."""
    there = {kind: set(case.db.exec(select(kind.id))) for kind in (Leaver, Mentor, Account)}
    letters = of_columns(
        col(Letter.id),
        col(Letter.recipient),
        func.coalesce(col(Letter.leaver_id), col(Pair.leaver_id)),
        func.coalesce(col(Letter.mentor_id), col(Pair.mentor_id)),
        col(Pair.leaver_id),
        col(Pair.mentor_id),
    ).outerjoin(Pair, col(Pair.id) == col(Letter.pair_id))
    for letter_id, recipient, leaver_id, mentor_id, *of_pair in case.db.execute(
        letters.order_by(col(Letter.id))
    ):
        if of_pair[0] and [leaver_id, mentor_id] != of_pair:
            yield Breach("letter", str(letter_id), "it is about a pair of other people")
            continue
        party, _, name = recipient.partition(":")
        about = {"leaver_id": leaver_id, "mentor_id": mentor_id}
        if party == Party.MANAGER.value:
            known = name.partition(":")[0] in Region.__members__.values()
        else:
            column, kind = _PEOPLE.get(party, ("", Mentor))
            named = _as_id(name)
            known = bool(column) and named in there[kind] and about.get(column) in {None, named}
        if not known:
            yield Breach("letter", str(letter_id), "its recipient is not there")


def _ids_in_keys(case: Case) -> Iterator[Breach]:
    """Yield letters, tasks and events whose keys tell of rows that are not there."""
    told: defaultdict[UUID, set[tuple[str, str]]] = defaultdict(set)
    keyed: dict[str, type[Any]] = {"letter": Letter, "task": Task, "event": Event}
    for noun, kind in keyed.items():
        for row, key in case.db.execute(of_columns(col(kind.id), col(kind.key))):
            for named in _ID.findall(key):
                told[UUID(named)].add((noun, str(row)))
    newest = select(PlanRun).order_by(col(PlanRun.recorded_at).desc()).limit(1)
    for run in case.db.exec(newest):
        for named in filter(_ID.fullmatch, run.ways_out):
            told[UUID(named)].add(("plan_run", str(run.id)))
    missing = told.keys() - _every_id(case) if told else set()
    broken = set(chain.from_iterable(told[one] for one in missing))
    for noun, row_text in sorted(broken):
        yield Breach(noun, row_text, "it tells of a row that is not there")


def _every_id(case: Case) -> set[UUID]:
    ids: set[UUID] = set()
    for table in METADATA.tables.values():
        if "id" in table.c and table.name != "audit_entry":
            ids.update(case.db.execute(of_columns(table.c.id)).scalars())
    return ids


def _files(case: Case) -> Iterator[Breach]:
    """Yield the files in a folder of letters that belong to no letter, and parts left over."""
    if case.post_folder is None or not case.post_folder.is_dir():
        return
    letters = {str(one) for one in case.db.exec(select(Letter.id))}
    for file in sorted(case.post_folder.iterdir()):
        if file.suffix == ".json" and file.stem not in letters:
            yield Breach("file", file.name, "there is no such letter")
        elif file.suffix == ".part" and _is_left_over(file, case.real_now):
            yield Breach("file", file.name, "it was never finished")


def _is_left_over(file: Path, real_now: datetime) -> bool:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC) < real_now - LONG_WRITTEN


def row_id(key: Any) -> str:
    """Return the primary key of a row as the audit writes it."""
    return "/".join(map(str, key))


def _as_id(name: str) -> UUID | None:
    return UUID(name) if _ID.fullmatch(name) else None
