"""The stages of a story, where it plays, and a world of stories by their rows."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import inspect
from sqlmodel import Session

from models.accounts import Account
from models.people import Mentor
from models.rows import Row
from models.states import (
    PairState,
    ReferralState,
)
from models.vocabulary import Experience, Region
from tests.rows import (
    NOW,
)

SECRET_EXPERIENCE = Experience.SEX_WORK
SHOWN_EXPERIENCE = Experience.FIRST_TIME
STAGES = {
    "offered": (PairState.OFFERED, ReferralState.WAITING, NOW - timedelta(hours=3)),
    "accepted": (PairState.ACCEPTED, ReferralState.MATCHED, NOW - timedelta(days=10)),
    "closed": (PairState.ENDED, ReferralState.WAITING, NOW - timedelta(days=3)),
    "lapsed": (PairState.ENDED, ReferralState.WAITING, NOW - timedelta(days=15)),
    "paused": (PairState.SUSPENDED, ReferralState.MATCHED, NOW - timedelta(days=10)),
    "proposed": (PairState.PROPOSED, ReferralState.WAITING, NOW - timedelta(days=1)),
}
"""The pair's state, the referral's state, and since when."""


OVER = ("signed out", "stayed too long", "away too long")
"""Stays of a manager that are over: by hand, by their end, and by half an hour without a page."""


@dataclass
class Place:
    """Where a story plays: a prison, a region, a mentor, and who put people forward."""

    prison: str
    region: Region
    mentor: Mentor
    peer: Account
    liaison: Account
    manager: Account
    mentor_account: Account


@dataclass
class World:
    """All rows by the story they are in, and the accounts that look."""

    stories: dict[str, dict[str, Row]] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    story_of: dict[tuple[str, Any], str] = field(default_factory=dict)

    def keep(self, db: Session, story: str, **rows: Any) -> None:
        """Keep the rows of a story, each by a name."""
        own = self.stories.setdefault(story, {})
        for name, row in rows.items():
            for number, one in enumerate(row if isinstance(row, list) else [row]):
                own[f"{name}{number or ''}"] = one
                db.add(one)
        db.flush()
        for one in own.values():
            self.story_of[str(one.__tablename__), inspect(one).identity] = story

    def id_of(self, story: str, name: str) -> UUID:
        """Return the id of a row of a story."""
        row: Any = self.stories[story][name]
        found: UUID = row.id
        return found
