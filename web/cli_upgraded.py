"""What is to be done once a database of an older version was brought up to this one."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Engine
from sqlmodel import Session

from matcher.audit_chain import without_seal
from matcher.core.words import counted
from models.clearing import is_to_be_rewritten, rewrite

SEALED = (
    "Names, contacts and notes are sealed now, and their plain words are gone from its files.",
    "Backups from before hold them in plain words. Make new ones, of rows and keys:",
    "gatemate backup FOLDER, then gatemate keys backup FOLDER; then destroy the old ones.",
)
IN_USE = (
    "The plain words from before are still in its files, for somebody uses the database. "
    "Stop all pages and clocks, then run again: gatemate db upgrade"
)
ADOPT = (
    "The audit keeps no seal of {rows} yet. Look at them with gatemate audit verify, then vouch "
    "for them once: gatemate audit adopt"
)


def see_it_through(engine: Engine) -> Iterator[str]:
    """Write the files anew where that is still to be done; yield what to tell and to run next."""
    if is_to_be_rewritten(engine):
        if rewrite(engine):
            yield from SEALED
        else:
            yield IN_USE
    with Session(engine) as db:
        unknown = without_seal(db)
    if unknown:
        yield ADOPT.format(rows=counted(unknown, "row"))
