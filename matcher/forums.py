"""When the mentors of a region meet: added and taken away by its manager."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from matcher.meeting_days import in_utc
from matcher.refusing import InTheWay, NotAllowed
from models.needs import ForumDate
from models.vocabulary import Region

OVER = "This time is over. Give a day and a time that are still to come."
TWICE = "There is a forum at this time already. Choose another time, or take that one away first."


def add_forum(
    db: Session,
    region: Region,
    starts_local: datetime,
    place: str,
    *,
    by: UUID | None,
    now: datetime,
) -> ForumDate:
    """Add a forum of a region; NotAllowed for a time that is over or taken."""
    starts_at = in_utc(starts_local)
    if starts_at <= now:
        raise NotAllowed(InTheWay(OVER, "day"))
    same = select(ForumDate.id).where(ForumDate.region == region, ForumDate.starts_at == starts_at)
    if db.exec(same).first():
        raise NotAllowed(InTheWay(TWICE, "starts"))
    row = ForumDate(
        region=region, starts_at=starts_at, place=place, recorded_at=now, recorded_by=by
    )
    db.add(row)
    db.flush()
    return row


def take_away(db: Session, forum: ForumDate) -> None:
    """Take a forum away; mentors read of it no more."""
    db.delete(forum)
    db.flush()
