"""All that a manager's task is about: whom, which meeting, which letter, and whom to ring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col

from matcher.core.sending import local_day
from matcher.desks.tasks_to_do import TaskCard, task_card
from matcher.told_by_council import practitioner_of
from models.access import (
    leavers_seen_by,
    letters_seen_by,
    meetings_seen_by,
    mentors_seen_by,
    pairs_seen_by,
    referrals_seen_by,
)
from models.accounts import Account
from models.contacts import Contact, Practitioner
from models.meetings import Meeting
from models.outbox import Letter
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.referrals import Referral
from models.rows import newest
from models.tasks import Task


@dataclass(frozen=True)
class TaskRecord:
    """One task with the rows it is about, each None unless this manager may find it.

    `contact` is the mentor's; the practitioner is that of a leaver whose
    referral the manager finds.
    """

    card: TaskCard
    pair: Pair | None
    leaver: Leaver | None
    mentor: Mentor | None
    referral: Referral | None
    meeting: Meeting | None
    letter: Letter | None
    contact: Contact | None
    practitioner: Practitioner | None


def task_record(db: Session, account: Account, task: Task, now: datetime) -> TaskRecord | None:
    """Return the record of a task that this manager has found."""
    card = task_card(db, account, task.id, local_day(now))
    if card is None:
        return None
    pair = db.exec(pairs_seen_by(account, now).where(Pair.id == task.pair_id)).first()
    leaver = db.exec(leavers_seen_by(account, now).where(Leaver.id == card.leaver_id)).first()
    mentor = db.exec(mentors_seen_by(account).where(Mentor.id == card.mentor_id)).first()
    meeting = meetings_seen_by(account, now).where(Meeting.id == task.meeting_id)
    letter = letters_seen_by(account, now).where(Letter.id == task.letter_id)
    referral = _referral(db, account, card.leaver_id, pair)
    return TaskRecord(
        card=card,
        pair=pair,
        leaver=leaver,
        mentor=mentor,
        referral=referral,
        meeting=db.exec(meeting).first(),
        letter=db.exec(letter).first(),
        contact=_contact(db, mentor),
        practitioner=practitioner_of(db, referral.leaver_id) if referral else None,
    )


def _referral(
    db: Session, account: Account, leaver_id: UUID | None, pair: Pair | None
) -> Referral | None:
    """Return the referral of the pair, or else the leaver's newest, if the manager finds it."""
    seen = referrals_seen_by(account)
    if pair:
        return db.exec(seen.where(Referral.id == pair.referral_id)).first()
    own = seen.where(Referral.leaver_id == leaver_id).order_by(col(Referral.created_at).desc())
    return db.exec(own).first()


def _contact(db: Session, mentor: Mentor | None) -> Contact | None:
    if mentor is None:
        return None
    return db.exec(newest(Contact, "mentor_id").where(Contact.mentor_id == mentor.id)).first()
