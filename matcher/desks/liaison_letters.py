"""The letters of one prison to print and hand over, today's first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, or_

from models.access import letters_seen_by
from models.accounts import Account
from models.outbox import HandOver, Letter
from models.people import Leaver
from models.states import LetterKind, LetterState

STAYS = timedelta(days=7)
"""How long a letter that was handed over can still be found."""


@dataclass(frozen=True)
class LetterCard:
    """One printed letter: for whom, since when it waits, and when it was handed over."""

    id: UUID
    kind: LetterKind
    leaver: str
    code: str
    leaves_on: date | None
    waits_since: datetime
    handed_at: datetime | None


def letters_in_tray(db: Session, account: Account, now: datetime) -> list[LetterCard]:
    """Return what waits to be handed over, the newest first, and what lately was."""
    in_tray = (
        letters_seen_by(account, now)
        .where(Letter.state == LetterState.SENT)
        .join(Leaver, col(Leaver.id) == col(Letter.leaver_id))
        .join(HandOver, col(HandOver.letter_id) == col(Letter.id), isouter=True)
        .where(or_(col(HandOver.handed_at).is_(None), col(HandOver.handed_at) >= now - STAYS))
        .order_by(col(Letter.sent_at).desc(), col(Leaver.code))
    )
    columns = (
        *map(col, (Letter.id, Letter.kind, Leaver.first_name, Leaver.surname, Leaver.code)),
        *map(col, (Leaver.release_date, Letter.sent_at, HandOver.handed_at)),
    )
    return [
        LetterCard(id_, kind, f"{first_name} {surname}".strip(), code, leaves_on, since, handed_at)
        for id_, kind, first_name, surname, code, leaves_on, since, handed_at in db.execute(
            in_tray.with_only_columns(*columns)
        )
    ]
