"""The stones of people who were erased, written down outside of the database too.

A backup from before does not know that someone was erased. The file does: it
lies beside the journal and holds ids, days and keyed hashes, no word of anyone.
Once a stone is committed the person's key is destroyed, and only then it has its
line: what has a line is gone from every backup that was ever made.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from matcher.belongings import keys_said_in
from matcher.erasing import STONES, erase, mark, remove, stones_since
from matcher.outside import append_line
from models.accounts import Unsent
from models.audit import AuditedSession
from models.council_words import Draft, PersonToAvoid
from models.outbox import Letter
from models.people import Leaver, Mentor
from models.privacy import Tombstone
from models.privacy_words import ErasedBecause, PersonKind
from models.restrictions import Link
from models.row_seals import kinds

NAME = "tombstones.jsonl"

PEOPLE = (PersonKind.LEAVER, PersonKind.MENTOR)

EraseKey = Callable[[UUID], object]
_READ: dict[Path, tuple[int, frozenset[UUID]]] = {}
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Line:
    """One line of the file: who was erased, when and why, and by which hashes they are known."""

    id: UUID
    kind: PersonKind
    because: ErasedBecause
    erased_at: datetime
    marks: frozenset[str] = frozenset()


class StoneFile:
    """The file of stones; one that is not there yet is empty."""

    def __init__(self, path: Path) -> None:
        """Hold where it lies."""
        self.path = path
        self.held: tuple[Line, ...] | None = None

    def as_it_is(self) -> StoneFile:
        """Return the file with the lines that it has now; what is added later stands elsewhere."""
        now = StoneFile(self.path)
        now.held = tuple(self.lines())
        return now

    def lines(self) -> Iterator[Line]:
        """Yield the lines, the oldest first; what is not a whole line is passed over."""
        if self.held is not None:
            yield from self.held
            return
        if not self.path.exists():
            return
        for line in self.path.read_text().splitlines():
            try:
                told = json.loads(line)
                kind, because = PersonKind(told["kind"]), ErasedBecause(told["because"])
                at = datetime.fromisoformat(told["erased_at"])
                yield Line(UUID(told["id"]), kind, because, at, frozenset(told.get("marks", ())))
            except (KeyError, TypeError, ValueError):
                continue

    def ids(self) -> frozenset[UUID]:
        """Return everyone who has a line; the file is only read again when it has grown."""
        if self.held is not None:
            return frozenset(line.id for line in self.held)
        size = self.path.stat().st_size if self.path.exists() else 0
        known = _READ.get(self.path)
        if known is None or known[0] != size:
            known = _READ[self.path] = (size, frozenset(line.id for line in self.lines()))
        return known[1]

    def add(self, stone: Tombstone) -> None:
        """Write a stone down, and see it onto the disk."""
        told = {
            "id": str(stone.id),
            "kind": stone.kind.value,
            "because": stone.because.value,
            "erased_at": stone.erased_at.isoformat(),
            "marks": sorted(stone.marks),
        }
        append_line(self.path, json.dumps(told))


def see_to(
    db: Session, file: StoneFile, erase_key: EraseKey, post_folder: Path | None = None
) -> int:
    """Destroy the keys of those who were erased, and write each down; return how many.

    To be called after the commit, and again and again: whatever a crash left
    undone is done the next time.
    """
    waiting = stones_since(db, file.ids())
    if waiting and post_folder:
        _clear(db, post_folder)
    for stone in waiting:
        erase_key(stone.id)
        file.add(stone)
    return len(waiting)


def erased_by_all(db: Session, file: StoneFile) -> frozenset[UUID]:
    """Return everyone of whom the database or the file knows that they were erased."""
    return file.ids() | frozenset(db.exec(select(Tombstone.id)))


def clean(db: AuditedSession, file: StoneFile, *, now: datetime) -> int:
    """Erase again whoever a backup brought back, before anyone can see them; return how many.

    What others wrote is sealed with keys of theirs, and would tell of them still: links and those
    not to meet that name them go, and all forms that were begun, for nobody can say any more of
    whom they tell.
    """
    cleaned, lines = 0, list(file.lines())
    anew = [line for line in lines if db.get(Tombstone, line.id) is None]
    for line in lines:
        row = db.get(kinds()[_noun(line.kind)], line.id)
        if row is None:
            continue
        if isinstance(row, Leaver | Mentor):
            erase(db, row, because=line.because, by=None, now=now, again=True)
        elif line.kind is PersonKind.EXPECTED:
            remove(db, {line.kind.value: [row]})
        cleaned += 1
    for line in anew:
        _mark_again(db, line)
    if any(line.kind in PEOPLE for line in anew):
        remove(db, {"draft": list(db.exec(select(Draft))), "unsent": list(db.exec(select(Unsent)))})
        said = {"link": Link, "person_to_avoid": PersonToAvoid}
        remove(db, {noun: list(_naming(db, kind, lines)) for noun, kind in said.items()})
    return cleaned


def _mark_again(db: Session, line: Line) -> None:
    """Put a stone back as it was: of a row that cannot be read any more no hash is right."""
    stone = db.get(Tombstone, line.id)
    if stone is None:
        told: dict[str, Any] = {"kind": line.kind, "because": line.because}
        stone = Tombstone(id=line.id, erased_at=line.erased_at, **told)
        db.add(stone)
    stone.marks = line.marks
    db.flush()


def _naming(db: AuditedSession, kind: type[Any], lines: Iterable[Line]) -> Iterator[Any]:
    """Yield the rows of a kind that name someone erased by a number, or by name and birth date."""
    marks = frozenset[str]().union(*(line.marks for line in lines))
    for row in db.exec(select(kind)):
        if any(mark(one.value, key) in marks for one in PEOPLE for key in keys_said_in(row)):
            yield row


def _noun(kind: PersonKind) -> str:
    return next(noun for noun, stands_for in STONES.items() if stands_for is kind)


def _clear(db: Session, folder: Path) -> None:
    """Take away the files of letters that are no more; only a demo has such a folder."""
    if not folder.is_dir():
        return
    letters = {str(one) for one in db.exec(select(Letter.id))}
    for file in folder.iterdir():
        named = _ID.search(file.name)
        if named and named.group() not in letters:
            file.unlink(missing_ok=True)
