"""Forms begun and not yet sent: kept page by page as they were typed, thrown away once sent.

Verbs: they take the session and `now`, never commit and never read the clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from models.accounts import Account
from models.council_words import Draft

Typed = Mapping[str, Sequence[str]]
"""What one page sent: the texts typed, by the name of the input."""


def begin(
    db: Session,
    account: Account,
    *,
    now: datetime,
    answers: Mapping[str, Any] | None = None,
    stay_id: UUID | None = None,
) -> Draft:
    """Begin a form for someone; `answers` is what is known of them already.

    With `stay_id` it is begun at a kiosk, and no desk finds it.
    """
    draft = Draft(
        account_id=account.id,
        stay_id=stay_id,
        answers=answers or {},
        created_at=now,
        changed_at=now,
    )
    db.add(draft)
    db.flush()
    return draft


def keep(draft: Draft, page: str, typed: Any, *, now: datetime) -> None:
    """Keep what one page of a form says; what it said before is gone."""
    draft.answers = {**draft.answers, page: typed}
    draft.changed_at = now


def keep_pages(draft: Draft, pages: Mapping[str, Any], *, now: datetime) -> None:
    """Keep what several pages of a form say at once, right or wrong."""
    draft.answers = {**draft.answers, **pages}
    draft.changed_at = now


def throw_away(db: Session, draft: Draft) -> None:
    """Forget a form and all that was typed into it."""
    db.delete(draft)
    db.flush()
