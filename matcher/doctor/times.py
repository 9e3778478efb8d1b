"""Times that are kept twice: I18."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import col, or_, select

from matcher.doctor.case import Breach, Case, Found
from models.meetings import Meeting


def local_times_agree(case: Case) -> Found:
    """I18: meetings whose moment is another than the local time that people were told."""
    timed = select(Meeting.id, Meeting.starts_at, Meeting.starts_local, Meeting.zone).where(
        or_(
            col(Meeting.starts_at).is_not(None),
            col(Meeting.starts_local).is_not(None),
            col(Meeting.zone).is_not(None),
        )
    )
    for meeting_id, starts_at, starts_local, zone in case.db.exec(timed.order_by(col(Meeting.id))):
        wrong = _what_is_wrong(starts_at, starts_local, zone)
        if wrong:
            yield Breach("meeting", str(meeting_id), wrong)


def _what_is_wrong(
    starts_at: datetime | None, starts_local: datetime | None, zone: str | None
) -> str:
    if starts_at is None or starts_local is None or zone is None:
        return "its time is kept in part only"
    try:
        local = starts_at.astimezone(ZoneInfo(zone))
    except (KeyError, ValueError, OSError):
        return "its zone is not one that we know"
    if local.replace(tzinfo=None, fold=0) != starts_local:
        return "its moment is not the local time that people were told"
    return ""
