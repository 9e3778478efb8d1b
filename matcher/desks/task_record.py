"""All that a manager's task is about: whom, which meeting, which letter, and whom to ring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.core.sending import local_day
from matcher.desks.tasks_to_do import TaskCard, task_card
from matcher.told_by_council import practitioner_of
from matcher.twin_tasks import both_of
from matcher.worries import worry_of
from models.access import (
    leavers_seen_by,
    letters_seen_by,
    meetings_seen_by,
    mentors_seen_by,
    pairs_seen_by,
    referrals_seen_by,
    worries_seen_by,
)
from models.accounts import Account
from models.contacts import Contact, Practitioner
from models.desk_words import TaskKind
from models.meetings import Meeting
from models.outbox import Letter
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.referrals import Referral
from models.rows import newest
from models.tasks import Task
from models.vocabulary import Region
from models.worries import Worry

OTHER_REGION = (
    "The same prison number is on another record: {code} ({region}). Ring the manager there and "
    "find out if they are one person. If they are, choose “Another record is the same person” on "
    "the page of the leaver."
)
NO_REGION = "never put forward"


@dataclass(frozen=True)
class TaskRecord:
    """One task with the rows it is about, each None unless this manager may find it.

    Of a worry, pair and leaver are those that it is about. `contact` is the
    mentor's; the practitioner is that of a leaver whose referral the manager
    finds. `other_record` says where another record with the leaver's prison
    number is that this manager does not find; "" where there is none.
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
    worry: Worry | None = None
    other_record: str = ""


def task_record(db: Session, account: Account, task: Task, now: datetime) -> TaskRecord | None:
    """Return the record of a task that this manager has found."""
    card = task_card(db, account, task.id, local_day(now))
    if card is None:
        return None
    worry = db.exec(worries_seen_by(account).where(Worry.id == worry_of(task))).first()
    pair_id = worry.pair_id if worry else task.pair_id
    leaver_id = worry.leaver_id if worry else card.leaver_id
    pair = db.exec(pairs_seen_by(account, now).where(Pair.id == pair_id)).first()
    leaver = db.exec(leavers_seen_by(account, now).where(Leaver.id == leaver_id)).first()
    mentor = db.exec(mentors_seen_by(account).where(Mentor.id == card.mentor_id)).first()
    meeting = meetings_seen_by(account, now).where(Meeting.id == task.meeting_id)
    letter = letters_seen_by(account, now).where(Letter.id == task.letter_id)
    referral = _referral(db, account, leaver_id, pair)
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
        worry=worry,
        other_record=_other_record(db, account, task, now) if leaver else "",
    )


def _other_record(db: Session, account: Account, task: Task, now: datetime) -> str:
    """Say by code and region alone where a leaver may have another record."""
    if task.kind is not TaskKind.TWINS or task.done_at:
        return ""
    for other_id in set(both_of(task)) - {task.leaver_id}:
        if db.exec(leavers_seen_by(account, now).where(Leaver.id == other_id)).first():
            continue
        code = db.exec(select(Leaver.code).where(Leaver.id == other_id)).first()
        theirs = select(Referral.region).where(Referral.leaver_id == other_id)
        region = db.exec(theirs.order_by(col(Referral.created_at).desc())).first()
        if code:
            return OTHER_REGION.format(
                code=code, region=Region(region).label if region else NO_REGION
            )
    return ""


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
