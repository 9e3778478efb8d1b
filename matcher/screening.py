"""What a manager records of a leaver's risk, restrictions and approvals, and what holds them back.

Verbs: they take the session and `now`, never commit and never read the
clock. Unknown or stale is hold, never "low".
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, func, select

from matcher import post
from matcher.core.features import LeaverColumns
from matcher.core.gates import hold_reasons
from matcher.locks import hold_leavers
from matcher.mentors_for import conditions_at
from matcher.people_to_avoid import (
    OPEN,
    count_unsettled,
    note_asked,
    settle,
    unsettled,
    wait_or_hold,
)
from matcher.profiles import leavers_at_the_gates
from matcher.rechecks import recheck_leaver
from matcher.refusing import NotAllowed
from matcher.restrictions import (
    OtherPerson,
    add_curfew,
    add_link,
    add_zone,
    close_link,
    keep_tags,
    lift,
    oppose,
)
from matcher.standings import STOPPED, note_event, stopped_among
from matcher.told_by_council import practitioner_of
from models.outbox import NOT_UNDER_WAY, Letter
from models.referrals import Referral, Screening, ScreeningFacts
from models.states import Channel, EventKind, LetterKind, ReferralMove, ReferralState
from models.vetting import GangFacts, LicenceFacts

__all__ = [
    "OtherPerson",
    "Screened",
    "add_curfew",
    "add_link",
    "add_zone",
    "ask_practitioner",
    "close_link",
    "holds",
    "holds_of",
    "lift",
    "note_asked",
    "oppose",
    "record",
    "settle",
    "unsettled",
]

SCREENED_BEFORE = (ReferralState.SCREENED, ReferralState.WAITING, ReferralState.MATCHED)


class Screened(ScreeningFacts, LicenceFacts, GangFacts):
    """All that a manager records when screening; what is not known is left open."""


def record(
    db: Session, referral: Referral, told: Screened, *, by: UUID | None, now: datetime
) -> Screening:
    """Keep a screening: the first one lets an endorsed leaver wait for a mentor.

    A later one stands in its place, and the leaver's pair is asked again. While
    someone the leaver must not meet is not settled, the leaver does not wait.
    """
    hold_leavers(db, [referral.leaver_id])
    if referral.state not in SCREENED_BEFORE:
        referral.move(ReferralMove.SCREEN, by=by, now=now)
    wait_or_hold(db, referral, by=by, now=now)
    keep_tags(db, told.gangs, by=by, now=now)
    screening = Screening(
        **dict(told), leaver_id=referral.leaver_id, recorded_at=now, recorded_by=by
    )
    db.add(screening)
    about: dict[str, Any] = {"leaver_id": referral.leaver_id}
    note_event(db, EventKind.RISK_CHANGED, screening.id, by=by, now=now, **about)
    recheck_leaver(db, referral.leaver_id, now=now)
    return screening


def holds(db: Session, referral: Referral, now: datetime) -> list[str]:
    """Return why the leaver of a referral is on hold, a sentence each; empty if they are not."""
    return holds_of(db, [referral], now)[referral.id]


def holds_of(db: Session, referrals: Collection[Referral], now: datetime) -> dict[UUID, list[str]]:
    """Return why each leaver is on hold, by the id of the referral, with a few queries for all."""
    conditions = conditions_at(now)
    people = leavers_at_the_gates(db, referrals)
    columns = LeaverColumns.of([leaver.profile for leaver in people], conditions)
    held = hold_reasons(columns)
    ids = [leaver.leaver_id for leaver in people]
    unsettled_of, stopped = count_unsettled(db, ids), stopped_among(db, ids)
    return {
        leaver.referral_id: [OPEN] * bool(unsettled_of[leaver.leaver_id])
        + [STOPPED] * (leaver.leaver_id in stopped)
        + [gate.reason for gate in gates]
        for leaver, gates in zip(people, held, strict=True)
    }


def ask_practitioner(db: Session, referral: Referral, *, by: UUID | None, now: datetime) -> Letter:
    """Ask the practitioner by e-mail whether probation is content with this mentoring.

    A question that has not left yet is not asked twice.
    """
    practitioner = practitioner_of(db, referral.leaver_id)
    if practitioner is None or not practitioner.email:
        raise NotAllowed(
            "There is no e-mail address of the leaver's practitioner. Ask the liaison to add it."
        )
    asked = select(Letter).where(
        Letter.leaver_id == referral.leaver_id, Letter.kind == LetterKind.PRACTITIONER_QUESTION
    )
    waiting = db.exec(asked.where(col(Letter.state).in_(NOT_UNDER_WAY))).first()
    if waiting:
        return waiting
    count = db.exec(select(func.count()).select_from(asked.subquery())).one()
    letter = post.plan_letter(
        db,
        LetterKind.PRACTITIONER_QUESTION,
        Channel.EMAIL,
        post.to_practitioner(referral.leaver_id),
        now=now,
        leaver_id=referral.leaver_id,
        number=count + 1,
        facts={"asked_by": str(by) if by else None},
    )
    if letter is None:
        raise NotAllowed("Someone has just asked the practitioner.")
    db.flush()
    return letter
