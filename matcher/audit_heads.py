"""Where the audit ended, written down outside of the database now and then.

A chain cannot tell that its newest end is missing. A file beside the journal
can: each line says how far the audit had come and how its chain stood, and is
signed. Keep it where whoever can write to the database cannot write.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from os import SEEK_END
from pathlib import Path

from sqlmodel import Session, col, select

from matcher.audit_chain import End, beginning, end_of_chain
from matcher.doctor.case import Breach
from matcher.outside import append_line
from models.audit import AuditEntry

NAME = "audit-heads.jsonl"
EACH = timedelta(hours=1)
"""Between two lines: what was cut off within one goes unseen."""

LONGEST_LINE = 2_000
PUT_BACK = "a backup was put back"


@dataclass(frozen=True)
class Head:
    """One line: how far the audit had come at a moment, and why it was written down."""

    at: str
    number: int
    chain: str
    why: str
    seal: str


class Heads:
    """The file of heads; one that is not there yet is empty."""

    def __init__(self, path: Path, key: bytes, older: Sequence[bytes] = ()) -> None:
        """Hold where it lies, the key that it is signed with, and those before it."""
        self.path, self.key, self.older = path, key, older
        self.held: tuple[Head, ...] | None = None

    def as_it_is(self) -> Heads:
        """Return the file with the lines that it has now; what is added later stands elsewhere."""
        now = Heads(self.path, self.key, self.older)
        now.held = tuple(self.lines())
        return now

    def lines(self) -> Iterator[Head]:
        """Yield the lines, the oldest first; what is not a whole line is passed over."""
        if self.held is not None:
            yield from self.held
            return
        if not self.path.exists():
            return
        for line in self.path.read_text().splitlines():
            if head := _head(line):
                yield head

    def note(self, end: End, why: str, *, now: datetime) -> None:
        """Write down where the audit ends now."""
        at = now.isoformat(timespec="seconds")
        head = Head(at, end.number, end.chain, why, self._seal(self.key, at, end, why))
        append_line(self.path, json.dumps(vars(head)))

    def last(self) -> Head | None:
        """Return the newest line, or None."""
        if not self.path.exists():
            return None
        with self.path.open("rb") as file:
            file.seek(max(0, file.seek(0, SEEK_END) - LONGEST_LINE))
            told = file.read().decode(errors="replace").splitlines()
        return next((head for head in map(_head, reversed(told)) if head), None)

    @staticmethod
    def _seal(key: bytes, at: str, end: End, why: str) -> str:
        told = "\n".join(["head", at, str(end.number), end.chain, why])
        return hmac.new(key, told.encode(), "sha256").hexdigest()

    def is_signed(self, head: Head) -> bool:
        """Say whether a line was written with our key, or one before it."""
        told = head.at, End(head.number, head.chain), head.why
        keys = (self.key, *self.older)
        return any(hmac.compare_digest(self._seal(key, *told), head.seal) for key in keys)


def _head(line: str) -> Head | None:
    try:
        return Head(**json.loads(line))
    except (TypeError, ValueError):
        return None


def note_head(db: Session, heads: Heads, *, now: datetime) -> None:
    """Write down where the audit ends, once an hour at most, if it has come further."""
    last = heads.last()
    if last and now - datetime.fromisoformat(last.at) < EACH:
        return
    end = end_of_chain(db)
    if end.number and (last is None or (last.number, last.chain) != end):
        heads.note(end, "", now=now)


def missing_ends(db: Session, heads: Heads) -> Iterator[Breach]:
    """Yield the heads that the audit no longer has: its newest end was cut off or written anew.

    Where a backup was put back, what was written down after the moment of
    that backup is gone for a reason.
    """
    lines, begins = list(heads.lines()), beginning(db).number
    put_back = [place for place, head in enumerate(lines) if head.why == PUT_BACK]
    for place, head in enumerate(lines):
        if not heads.is_signed(head):
            yield Breach("audit_head", str(place + 1), "was not written with this secret")
            continue
        later = [lines[back].number for back in put_back if back > place]
        if head.number <= begins or any(head.number > number for number in later):
            continue
        entry = select(AuditEntry.chain).where(col(AuditEntry.number) == head.number)
        if db.exec(entry).first() != head.chain:
            yield Breach("audit_entry", str(head.number), "is not there any more as it was")
