"""Backups of the keys of persons, kept apart from those of the rows, and for 30 days.

One file of JSON each: the keys as they lie in the store, wrapped by the
master key, which is in no backup, and who was erased by then. What was erased
never comes back: not from this file, and not from an older one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from models.backup_words import BackupError, see_onto_the_disk
from models.key_ring import KeyRing
from models.person_store import Wrapped

KEPT = timedelta(days=30)
"""So long after an erasure nobody can bring the person back from any backup."""

NAME = "gatemate-keys-{:%Y%m%dT%H%M%SZ}.json"
OURS = "gatemate-keys-*.json"


@dataclass(frozen=True)
class KeysBack:
    """What came back: how many keys, and how many were left out since their person is erased."""

    keys: int
    erased: int


def back_up_keys(ring: KeyRing, folder: Path, *, now: datetime) -> tuple[Path, int]:
    """Write all keys into a new file of a folder; files of ours that are too old are removed.

    Returns the file and how many old ones went. Raises BackupError where there is one already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    moment = now.astimezone(UTC)
    keys = [[one.holder.hex, one.version, one.wrapped] for one in ring.store.everything()]
    erased = [[one.hex, at.isoformat()] for one, at in sorted(ring.store.erased().items())]
    made_at = moment.isoformat(timespec="seconds")
    told = {"format": 2, "made_at": made_at, "keys": keys, "erased": erased}
    place = folder / NAME.format(moment)
    aside = place.with_suffix(".part")
    aside.unlink(missing_ok=True)
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(told | {"sha256": _digest([keys, erased])}, file)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(aside, place)  # unlike a renaming this overwrites nothing
    except FileExistsError as there:
        raise BackupError(f"{place}: there is a backup of this second already.") from there
    finally:
        aside.unlink()
    see_onto_the_disk(folder)
    return place, _drop_old(folder, moment)


def restore_keys(
    ring: KeyRing, file: Path, *, now: datetime, erased_since: Collection[UUID] = ()
) -> KeysBack:
    """Put back the keys of a file that are missing; what is there stays, and the erased stay so.

    `erased_since` are those of whom the rows, or what lies beside them, know
    that they were erased: a new store does not, nor does an older file.
    Raises BackupError for a file that is not whole, KeysError for another master key's.
    """
    keys, erased_then = _read(file)
    for person in set(erased_since) - ring.store.erased().keys():
        ring.store.erase(person, now=now)
    ring.store.note_erased(erased_then)
    there = {(one.holder, one.version) for one in ring.store.everything()}
    erased = ring.store.erased()
    new = [one for one in keys if (one.holder, one.version) not in there]
    back = [one for one in new if one.holder not in erased]
    for one in back[:1]:
        ring.unwrapped(one)
    ring.store.keep(back)
    ring.store.note_replaced()
    ring.refresh()
    return KeysBack(len(back), len(new) - len(back))


def _read(file: Path) -> tuple[list[Wrapped], Mapping[UUID, datetime]]:
    try:
        told = json.loads(file.read_text())
        listed = told.get("erased", [])
        signed = {1: told["keys"], 2: [told["keys"], listed]}[told["format"]]
        whole = told["sha256"] == _digest(signed)
        keys = [Wrapped(UUID(holder), int(version), key) for holder, version, key in told["keys"]]
        erased = {UUID(holder): datetime.fromisoformat(at) for holder, at in listed}
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise BackupError(f"{file}: this is not a whole backup of keys.") from wrong
    if not whole:
        raise BackupError(f"{file}: this is not a whole backup of keys.")
    return keys, erased


def _drop_old(folder: Path, now: datetime) -> int:
    """Remove the files of ours whose name says that they are too old."""
    oldest = NAME.format(now - KEPT)
    old = [one for one in folder.glob(OURS) if one.name < oldest]
    for one in old:
        one.unlink()
    return len(old)


def _digest(keys: list[Any]) -> str:
    return sha256(json.dumps(keys).encode()).hexdigest()
