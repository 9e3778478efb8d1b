"""The letters of one prison to print and hand over, who leaves next first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_

from matcher.core.sending import local_day
from matcher.handing_over import MAY_BE_MENDED
from models.access import letters_seen_by
from models.accounts import Account
from models.outbox import HandOver, Letter
from models.people import Leaver
from models.states import LetterKind, LetterState


@dataclass(frozen=True)
class LetterCard:
    """One printed letter: for whom, since when it waits, and when it was handed over."""

    id: UUID
    kind: LetterKind
    leaver_id: UUID
    leaver: str
    code: str
    leaves_on: date | None
    waits_since: datetime
    handed_at: datetime | None


def letters_in_tray(db: Session, account: Account, now: datetime) -> list[LetterCard]:
    """Return what waits to be handed over, who leaves next first, and what lately was."""
    handed_at = col(HandOver.handed_at)
    waits = handed_at.is_(None) & has_not_left(local_day(now))
    in_tray = (
        letters_seen_by(account, now)
        .where(Letter.state == LetterState.SENT)
        .join(Leaver, col(Leaver.id) == col(Letter.leaver_id))
        .join(HandOver, col(HandOver.letter_id) == col(Letter.id), isouter=True)
        .where(or_(handed_at >= now - MAY_BE_MENDED, waits))
    )
    columns: tuple[Any, ...] = (
        *map(col, (Letter.id, Letter.kind)),
        Leaver,
        *map(col, (Leaver.code, Leaver.release_date, Letter.sent_at, HandOver.handed_at)),
    )
    rows = db.execute(in_tray.with_only_columns(*columns))
    return sorted((_card(*row) for row in rows), key=_place)


def has_not_left(today: date) -> ColumnElement[bool]:
    """Return the condition that someone can still be handed a letter in prison."""
    return or_(col(Leaver.release_date).is_(None), col(Leaver.release_date) >= today)


def _card(id_: UUID, kind: LetterKind, leaver: Leaver, *about: Any) -> LetterCard:
    name = f"{leaver.first_name} {leaver.surname}".strip()
    return LetterCard(id_, kind, leaver.id, name, *about)


def _place(card: LetterCard) -> tuple[date, str, int, datetime]:
    """Return where a letter stands: by the day its reader leaves, then by reader and letter."""
    kind = list(LetterKind).index(card.kind)
    return card.leaves_on or date.max, card.code, kind, card.waits_since
