"""A mentor is worried: it reaches the managers at once, and nothing but a person ends it.

Told are the manager of the region where the leaver resettles and the
mentor's own; of a worry about nobody the mentor's own alone. Each has a task
that stands at the top of Today and an urgent letter without a word of what
it is. The practitioner of a leaver on licence is asked to ring, as about
other news, without waiting for a manager: `domain.md` has them told of
worries as of a pair and a missed gate, a message that says nothing can do no
harm, and a manager who is away must not keep them from asking.

Task and letter are about the mentor alone: what a leaver is given of their
own record must not say that somebody was worried about them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints
from sqlmodel import Session, col, func, select

from matcher import post
from matcher.core.sending import local_day
from matcher.practitioner_news import tell_practitioner
from matcher.tasks import raise_task
from models.desk_words import TaskKind, WorryKind
from models.facts import Facts
from models.outbox import Letter
from models.pairs import Pair
from models.people import Mentor
from models.referrals import Referral
from models.states import Channel, LetterKind
from models.tasks import Task
from models.vocabulary import Region
from models.worries import Worry

WORDS_AT_MOST = 2000

PRESSED_TWICE = timedelta(minutes=10)
"""The same worry in the same words within this time is one worry: the button was pressed twice."""

_BEGINS = f"{TaskKind.WORRY.value}:"


class WorryFacts(Facts):
    """What is the matter, and what the mentor wrote about it."""

    kind: WorryKind
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=WORDS_AT_MOST)] = ""


def tell(
    db: Session,
    mentor: Mentor,
    facts: WorryFacts,
    pair: Pair | None,
    *,
    by: UUID | None,
    now: datetime,
) -> Worry:
    """Keep a worry of a mentor and tell whoever must know; told twice running it is one.

    `pair` is the mentor's with whom it is about, None for nobody they walk with.
    """
    _wait_for_the_first_press(db, mentor)
    if known := _just_told(db, mentor, facts, pair, now=now):
        return known
    region, also = _regions(db, mentor, pair)
    worry = Worry(
        mentor_id=mentor.id,
        leaver_id=pair.leaver_id if pair else None,
        pair_id=pair.id if pair else None,
        region=region,
        also_region=also,
        told_at=now,
        told_by=by,
        **facts.model_dump(),
    )
    db.add(worry)
    for one in filter(None, (region, also)):
        _tell_manager(db, worry, one, now=now)
    if pair:
        tell_practitioner(db, pair, now=now)
    db.flush()
    return worry


def note_read(worry: Worry, *, by: UUID, now: datetime) -> bool:
    """Keep when a manager first opened a worry; say whether this was the first time."""
    if worry.read_at:
        return False
    worry.read_at, worry.read_by = now, by
    return True


def worry_of(task: Task) -> UUID | None:
    """Return the id of the worry that a task is about; None for a task of another kind."""
    return UUID(task.key.split(":")[1]) if task.kind is TaskKind.WORRY else None


def tasks_about(db: Session, worry: Worry) -> list[Task]:
    """Return the tasks that a worry has raised, whoever's desk they are on."""
    theirs = select(Task).where(col(Task.key).startswith(f"{_BEGINS}{worry.id}:"))
    return list(db.exec(theirs.order_by(col(Task.key))))


def _wait_for_the_first_press(db: Session, mentor: Mentor) -> None:
    """Let only one worry of a mentor be told at a time, so that two presses are seen as two."""
    mine = select(Mentor.id).where(Mentor.id == mentor.id)
    db.exec(mine.with_for_update(key_share=True)).one()


def _just_told(
    db: Session, mentor: Mentor, facts: WorryFacts, pair: Pair | None, *, now: datetime
) -> Worry | None:
    lately = select(Worry).where(
        Worry.mentor_id == mentor.id,
        Worry.kind == facts.kind,
        Worry.pair_id == (pair.id if pair else None),
        col(Worry.told_at) > now - PRESSED_TWICE,
    )
    return next((one for one in db.exec(lately) if one.text == facts.text), None)


def _regions(db: Session, mentor: Mentor, pair: Pair | None) -> tuple[Region, Region | None]:
    """Return whose managers are told: the leaver's first, and the mentor's if it is another."""
    if pair is None:
        return mentor.region, None
    region = db.get_one(Referral, pair.referral_id).region
    return region, mentor.region if mentor.region is not region else None


def _tell_manager(db: Session, worry: Worry, region: Region, *, now: datetime) -> None:
    key, kind = f"{_BEGINS}{worry.id}:{region.value}", LetterKind.WORRY
    about = {"region": region, "mentor_id": worry.mentor_id}
    raise_task(db, key, TaskKind.WORRY, due_on=local_day(now), now=now, **about)  # type: ignore[arg-type]
    to = post.to_manager(region)
    before = select(func.count()).where(Letter.recipient == to, Letter.kind == kind)
    number = db.exec(before.where(Letter.mentor_id == worry.mentor_id)).one() + 1
    told: post.About = {"mentor_id": worry.mentor_id, "number": number}
    post.plan_letter(db, kind, Channel.EMAIL, to, now=now, **told)
