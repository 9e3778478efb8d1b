"""What is kept beside the journal, so that no loss or change of the database undoes it.

Who was erased (`tombstones.jsonl`) and how far the audit had come
(`audit-heads.jsonl`). No word of anyone stands in either.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path

from sqlmodel import Session

from matcher import tombstones
from matcher.audit_chain import end_of_chain
from matcher.audit_heads import NAME as HEADS
from matcher.audit_heads import PUT_BACK, Heads, note_head
from matcher.settings import Settings
from matcher.tombstones import NAME as STONES
from matcher.tombstones import EraseKey, StoneFile
from models.audit import AuditedSession
from models.key_ring import erase_key, keys


def stones_of(journal: Path) -> StoneFile:
    """Return the file of who was erased, beside the journal."""
    return StoneFile(journal.with_name(STONES))


def keep(db: Session, settings: Settings, journal: Path, *, now: datetime) -> int:
    """Destroy the keys of who was erased, write them down, and how far the audit has come.

    Returns how many had been erased since. To be called after a commit.
    """
    folder = settings.mail.removeprefix("folder:") if settings.mail.startswith("folder:") else ""
    erased = tombstones.see_to(
        db, stones_of(journal), key_eraser(now), Path(folder) if folder else None
    )
    _destroy_what_came_back(stones_of(journal), key_eraser(now))
    if settings.secret:
        note_head(db, _heads(settings, journal), now=now)
    return erased


def _destroy_what_came_back(file: StoneFile, erase: EraseKey) -> None:
    """Destroy again the keys of those who have a line, where an older store of keys came back."""
    for one in file.ids():
        if not keys().is_erased(one):
            erase(one)


def key_eraser(now: datetime) -> EraseKey:
    """Return what destroys the key of a person: the one place where that is done."""
    return partial(erase_key, now=now)


def clean(db: AuditedSession, journal: Path, *, now: datetime) -> int:
    """Erase again whom a backup brought back; return how many."""
    return tombstones.clean(db, stones_of(journal), now=now)


def after_putting_back(
    db: AuditedSession, settings: Settings, journal: Path, *, now: datetime
) -> int:
    """Clean a database that was put back, and note that its audit ends earlier for a reason."""
    cleaned = clean(db, journal, now=now)
    _heads(settings, journal).note(end_of_chain(db), PUT_BACK, now=now)
    return cleaned


def _heads(settings: Settings, journal: Path) -> Heads:
    return Heads(journal.with_name(HEADS), settings.audit_key, settings.old_audit_keys)
