"""The send journal: a file outside the database that says which letters were taken, and when.

One line of JSON for each letter that a server said yes to, on the disk before
the database hears of it. So a database that lost its last minutes, or was put
back from a backup, is told what has left already, and nothing goes twice. No
names and no addresses stand in it.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import TIMEOUT_MAX, Lock
from time import monotonic
from typing import IO
from uuid import UUID

from matcher.messages import without_addresses
from models.states import Channel

SPARE_BYTES = 64 * 1024
"""Room kept beside the journal, given up when the disk is full, so that a yes can be written."""


class JournalError(Exception):
    """The journal cannot be written; its text says why, in words without names."""


@dataclass(frozen=True)
class Entry:
    """One letter that was taken: its id and key, its Message-ID, at which attempt, how and when.

    `answer` is what the server said, without addresses. `at` is when the
    hand-over began; aware, UTC.
    """

    letter: UUID
    key: str
    message_id: str
    attempt: int
    channel: Channel
    at: datetime
    answer: str = ""

    def line(self) -> bytes:
        """Return the entry as one line of the file."""
        told = {
            "letter": str(self.letter),
            "key": self.key,
            "message_id": self.message_id,
            "attempt": self.attempt,
            "channel": self.channel.value,
            "at": self.at.astimezone(UTC).isoformat(),
            "answer": without_addresses(self.answer),
        }
        return json.dumps(told).encode() + b"\n"

    @classmethod
    def of_line(cls, line: bytes) -> Entry | None:
        """Return the entry that a line tells of, or None for one that was torn."""
        with suppress(ValueError, KeyError, TypeError):
            told = json.loads(line)
            return cls(
                letter=UUID(told["letter"]),
                key=str(told["key"]),
                message_id=str(told["message_id"]),
                attempt=int(told["attempt"]),
                channel=Channel(told["channel"]),
                at=datetime.fromisoformat(told["at"]),
                answer=str(told.get("answer", "")),
            )
        return None


class Journal:
    """The file and what it says, shared by every clock that names it.

    Each line is written whole under a lock of the file; a line that was torn
    by a crash counts for nothing and spoils no other. Where the file has
    grown, what is new is read before an answer is given. What could not be
    written is owed: it counts as said, and nothing leaves until it is written.
    """

    def __init__(self, path: Path) -> None:
        """Name the file; it is made when the first letter is about to leave."""
        self.path = path
        self._held, self._writing, self._last_word = Lock(), Lock(), Lock()
        self._owed: list[Entry] = []
        self._places: dict[str, int] = {}
        self._read_to = 0
        self._file_number = 0

    def make_ready(self) -> None:
        """Write what is owed, and make sure that one more entry can be; JournalError if not."""
        with self._writing, self._as_journal_errors():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._write_owed()
            with self._locked():
                self._keep_room()

    @contextmanager
    def alone(self, until: float) -> Iterator[None]:
        """Let one letter of this process at a time be between its last word and its entry.

        So a death leaves one at most that was taken and is not known to be.
        Raises TimeoutError once it is `until`, in seconds of `monotonic`, and
        JournalError while an entry is owed.
        """
        wait = min(max(until - monotonic(), 0), TIMEOUT_MAX)
        if not self._last_word.acquire(timeout=wait):
            raise TimeoutError
        try:
            if monotonic() >= until:
                raise TimeoutError
            if self._owed:
                raise JournalError(self._trouble())
            yield
        finally:
            self._last_word.release()

    def add(self, entry: Entry) -> None:
        """Write an entry and see it onto the disk; where that cannot be, owe it: JournalError."""
        with self._writing, self._as_journal_errors():
            self._owed.append(entry)
            self._write_owed()

    def says_sent(self, letter: str) -> Entry | None:
        """Return the first entry of a letter, by its key or its id, or None if there is none."""
        with self._held:
            self._read_on()
            place = self._places.get(letter)
            if place is None:
                owed = (one for one in self._owed if letter in {one.key, str(one.letter)})
                return next(owed, None)
            with self.path.open("rb") as file:
                file.seek(place)
                return Entry.of_line(file.readline())

    def entries(self) -> Iterator[Entry]:
        """Go through all entries, the oldest first; none if there is no file."""
        with suppress(FileNotFoundError), self.path.open("rb") as file:
            yield from filter(None, map(Entry.of_line, file))

    def forget(self) -> None:
        """Take the file away with all it says; for a demo that is made anew."""
        self._owed.clear()
        for file in (self.path, self._spare):
            file.unlink(missing_ok=True)

    @property
    def _spare(self) -> Path:
        return self.path.with_name(self.path.name + ".spare")

    def _write_owed(self) -> None:
        """Write every entry that is not written yet, each the moment it can be."""
        while self._owed:
            line = self._owed[0].line()
            with self._locked() as file:
                try:
                    _append(file, line)
                except OSError:
                    # The disk may be full: this is what the room was kept for.
                    self._spare.unlink(missing_ok=True)
                    _append(file, line)
            del self._owed[0]

    def _trouble(self, wrong: str = "") -> str:
        lacks = f", and lacks {len(self._owed):,} that left" if self._owed else ""
        return f"the journal cannot be written{lacks}{wrong}"

    @contextmanager
    def _as_journal_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as wrong:
            raise JournalError(self._trouble(f": {type(wrong).__name__}")) from wrong

    def _keep_room(self) -> None:
        """Lay the room aside where it is missing; on the disk, or it would be none."""
        if self._spare.exists():
            return
        aside = self._spare.with_name(f"{self._spare.name}.{os.getpid()}")
        try:
            with aside.open("wb") as file:
                file.write(os.urandom(SPARE_BYTES))  # zeros might take no room at all
                file.flush()
                os.fsync(file.fileno())
            aside.replace(self._spare)
        except OSError:
            aside.unlink(missing_ok=True)
            raise
        _see_onto_the_disk(self.path.parent)

    @contextmanager
    def _locked(self) -> Iterator[IO[bytes]]:
        """Open the file for one who appends, alone."""
        with self.path.open("a+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file

    def _read_on(self) -> None:
        """Note where the entries lie that were written since; all anew for another file."""
        try:
            now = self.path.stat()
        except FileNotFoundError:
            self._places, self._read_to, self._file_number = {}, 0, 0
            return
        if now.st_ino != self._file_number or now.st_size < self._read_to:
            self._places, self._read_to, self._file_number = {}, 0, now.st_ino
        if now.st_size == self._read_to:
            return
        with self.path.open("rb") as file:
            file.seek(self._read_to)
            for line in file:
                if not line.endswith(b"\n"):
                    return  # someone is at it, or died at it: it is looked at again
                entry = Entry.of_line(line)
                if entry:
                    self._places.setdefault(entry.key, self._read_to)
                    self._places.setdefault(str(entry.letter), self._read_to)
                self._read_to += len(line)


def _append(file: IO[bytes], line: bytes) -> None:
    """Write a line at the end, after ending one that was torn; undo it where it does not fit."""
    end = file.seek(0, os.SEEK_END)
    if end:
        file.seek(end - 1)
        if file.read(1) != b"\n":
            line = b"\n" + line
    try:
        written = file.write(line)
        if written != len(line):
            raise OSError("the disk took only a part of the line")
        os.fsync(file.fileno())
    except OSError:
        with suppress(OSError):
            file.truncate(end)
        raise


def _see_onto_the_disk(folder: Path) -> None:
    """Let a file's name be on the disk as well."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
