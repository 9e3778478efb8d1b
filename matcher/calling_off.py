"""A booking that is lost is taken out of the mentor's calendar as well."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, col, select

from matcher import post
from matcher.core.sending import sending_window
from matcher.core.working_days import official_calendar
from models.meetings import Meeting
from models.outbox import Letter
from models.pairs import Pair
from models.states import Channel, LetterKind

CALLS_OFF = {"calls_off": True}
"""The facts of a calendar entry that takes an appointment away."""


def call_off(db: Session, meeting: Meeting, *, now: datetime) -> None:
    """Plan the entry that cancels a lost booking, if the mentor may have it in a calendar.

    None for a meeting that has begun, or will have before the letter can go.
    """
    if meeting.starts_at is None or not _was_sent(db, meeting):
        return
    kind, channel = LetterKind.CALENDAR_ENTRY, Channel.CALENDAR
    window = sending_window(kind, now, official_calendar())
    if window.not_before >= meeting.starts_at:
        return
    mentor_id = db.get_one(Pair, meeting.pair_id).mentor_id
    post.plan_letter(
        db,
        kind,
        channel,
        post.to_mentor(mentor_id),
        now=now,
        window=replace(window, not_after=min(window.not_after, meeting.starts_at)),
        # Not of the leaver: when all that is about a leaver is withdrawn, this still goes.
        mentor_id=mentor_id,
        pair_id=meeting.pair_id,
        meeting_id=meeting.id,
        generation=meeting.generation,
        facts=CALLS_OFF,
    )


def calls_off(letter: Letter) -> bool:
    """Say whether this calendar entry takes an appointment away."""
    return letter.kind is LetterKind.CALENDAR_ENTRY and bool(letter.facts.get("calls_off"))


def _was_sent(db: Session, meeting: Meeting) -> bool:
    """Say whether the newest entry that left, or may have, was an invitation.

    One that was tried may have arrived, whatever was heard of it.
    """
    entries = select(Letter).where(
        Letter.meeting_id == meeting.id,
        Letter.kind == LetterKind.CALENDAR_ENTRY,
        col(Letter.attempt) > 0,
    )
    newest = db.exec(entries.order_by(col(Letter.generation).desc())).first()
    return newest is not None and not calls_off(newest)
