"""What must be true of the rows at every moment: a table of invariants, each with its reading.

A reading returns whatever breaks its invariant: table and id of the row, and
what is wrong, never a name. Nothing is written. To add an invariant, add a
row; one without a reading is "not looked at yet", which is not "sound".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy.exc import InvalidRequestError
from sqlmodel import Session

from matcher.audit_heads import NAME, Heads
from matcher.doctor.audit import audit_has_every_change
from matcher.doctor.case import Breach, CannotLook, Case, Found, Note
from matcher.doctor.erased import erased_is_nowhere
from matcher.doctor.letters import (
    journal_has_the_sent,
    one_row_per_key,
    sent_once,
    sent_was_accepted,
)
from matcher.doctor.offers import barred_never_offered
from matcher.doctor.pairs import ended_stays_ended, one_live_pair, within_capacity
from matcher.doctor.plans import plans_are_as_planned
from matcher.doctor.references import nothing_refers_to_nothing
from matcher.doctor.sendings import inside_the_window, nothing_after_the_end
from matcher.doctor.survivors import acknowledged_writes_survive
from matcher.doctor.times import local_times_agree
from matcher.doctor.waiting import nothing_is_stuck
from matcher.journal import Journal
from matcher.settings import Settings
from matcher.tombstones import NAME as STONES
from matcher.tombstones import StoneFile
from models.key_ring import KeysError
from models.states import Channel

Reading = Callable[[Case], Found]

NOT_YET = "Nobody has taught the doctor this yet."


@dataclass(frozen=True)
class Invariant:
    """One thing that is always true: its code, a sentence, and what finds rows that break it."""

    code: str
    sentence: str
    find: Reading | None = None


class Health(StrEnum):
    """How it stands with one invariant."""

    SOUND = "sound"
    BROKEN = "broken"
    NOT_LOOKED_AT = "not looked at"
    UNREADABLE = "could not be read"


@dataclass(frozen=True)
class Verdict:
    """What was found of one invariant: the rows that break it, and what else is to be known."""

    invariant: Invariant
    health: Health
    breaches: tuple[Breach, ...] = ()
    notes: tuple[str, ...] = ()


INVARIANTS: tuple[Invariant, ...] = (
    Invariant("I1", "A leaver has one live pair at most.", one_live_pair),
    Invariant("I2", "A mentor has no more live pairs than places.", within_capacity),
    Invariant("I3", "A letter has one row, and no other has its key.", one_row_per_key),
    Invariant("I4", "A letter is called sent only if its server took it.", sent_was_accepted),
    Invariant("I5", "The journal knows of every letter that is sent.", journal_has_the_sent),
    Invariant("I6", "Nothing is sent about what is withdrawn or over.", nothing_after_the_end),
    Invariant("I7", "A letter goes in its window, unless it is urgent.", inside_the_window),
    Invariant("I8", "A letter goes once, or once more for each unclear answer.", sent_once),
    Invariant("I9", "Nothing that is due waits for more than 15 minutes.", nothing_is_stuck),
    Invariant("I10", "A plan is what its table and its dates give.", plans_are_as_planned),
    Invariant("I11", "No mentor saw what is secret before they said yes."),
    Invariant("I12", "Two people whom a rule kept apart were never offered.", barred_never_offered),
    Invariant("I13", "The audit has every change, and its chain holds.", audit_has_every_change),
    Invariant("I14", "No row and no file refers to nothing.", nothing_refers_to_nothing),
    Invariant("I15", "What was acknowledged is still there.", acknowledged_writes_survive),
    Invariant("I16", "What was erased is nowhere.", erased_is_nowhere),
    Invariant("I17", "What has ended does not change any more.", ended_stays_ended),
    Invariant("I18", "A time and its local time are the same moment.", local_times_agree),
)
"""In the order of their numbers."""


def examine(case: Case, invariants: Sequence[Invariant] = INVARIANTS) -> list[Verdict]:
    """Look at each invariant on one picture of the database, and say how it stands."""
    return [_verdict(invariant, case) for invariant in invariants]


@dataclass(frozen=True)
class Beside:
    """The files beside the journal as they were at one moment; no heads where there is no secret.

    To be read before the picture of the database is taken. What they say is written after it is
    true of the database, so an older picture knows nothing of it and would look cut off.
    """

    heads: Heads | None
    stones: StoneFile


def beside(settings: Settings) -> Beside:
    """Return what the files beside the journal say now."""
    journal = Path(settings.journal)
    stones = StoneFile(journal.with_name(STONES)).as_it_is()
    if not settings.secret:
        return Beside(None, stones)
    keys = settings.audit_key, settings.old_audit_keys
    return Beside(Heads(journal.with_name(NAME), *keys).as_it_is(), stones)


def case_of(
    db: Session, settings: Settings, known: Beside, *, now: datetime, real_now: datetime
) -> Case:
    """Return what the doctor looks at in a service with these settings.

    `known` is what was beside the journal before the first question of `db`.
    """
    channels = {Channel.PRINT}
    if settings.mail:
        channels = set(Channel)
    folder = settings.mail.removeprefix("folder:") if settings.mail.startswith("folder:") else ""
    return Case(
        db,
        now=now,
        real_now=real_now,
        journal=Journal(Path(settings.journal)),
        channels=channels | ({Channel.TEXT} if settings.texts else set()),
        post_folder=Path(folder) if folder else None,
        audit_key=settings.audit_key if settings.secret else None,
        old_audit_keys=settings.old_audit_keys,
        heads=known.heads,
        stones=known.stones,
    )


def _verdict(invariant: Invariant, case: Case) -> Verdict:
    if invariant.find is None:
        return Verdict(invariant, Health.NOT_LOOKED_AT, notes=(NOT_YET,))
    try:
        found = list(invariant.find(case))
    except CannotLook as why:
        return Verdict(invariant, Health.NOT_LOOKED_AT, notes=(str(why),))
    except KeysError as wrong:
        return Verdict(invariant, Health.UNREADABLE, notes=(str(wrong),))
    except (InvalidRequestError, LookupError, ValueError) as wrong:
        # What an error says may hold a name.
        sentence = f"A row holds what no row may hold: {type(wrong).__name__}."
        return Verdict(invariant, Health.UNREADABLE, notes=(sentence,))
    breaches = sorted({one for one in found if isinstance(one, Breach)})
    notes = tuple(one.text for one in found if isinstance(one, Note))
    health = Health.BROKEN if breaches else Health.SOUND
    return Verdict(invariant, health, tuple(breaches), notes)
