"""Opening one person's record at the administrators' desk: with a reason, by two people, shortly.

An administrator sees nobody's story. Where the service cannot be put right
without, one asks for one person's record and says why; a second person, the
manager of the region or another administrator, agrees or does not. It is then
open for 30 minutes to whoever asked. The region's manager has a task as soon
as it is asked for, and another once it is open; each look stands in the audit.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from matcher.core.sending import local_day
from matcher.former import called
from matcher.refusing import InTheWay, NotAllowed
from matcher.tasks import finish, raise_task
from models.accounts import Account
from models.desk_words import TaskKind
from models.people import Leaver, Mentor
from models.reference import prisons
from models.referrals import Referral
from models.sign_ins import BreakGlass
from models.states import Role
from models.tasks import Task
from models.vocabulary import Region

OPEN_FOR = timedelta(minutes=30)
ANSWER_WITHIN = timedelta(hours=24)

NOBODY = "Nobody has this code. Check each letter."
ASKED_ALREADY = "You have asked for this record already. Wait for the answer, or shut it first."
NOT_YOU = "The second person must be somebody else, who may see this region."
TOO_LATE = "This was asked for more than a day ago. It has to be asked for anew."
ANSWERED_SO = "It was answered: see the opened records."
ANSWERED = "Somebody has answered this already."


def ask(db: Session, by: Account, *, code: str, reason: str, now: datetime) -> BreakGlass:
    """Ask for the record of the leaver or mentor who has this code; tell the region's manager.

    Raises NotAllowed for whoever is no administrator, and for a code of nobody.
    """
    if by.role is not Role.ADMINISTRATOR:
        raise NotAllowed("Only an administrator asks for a record.")
    plain = code.strip().upper()
    leaver, mentor = called(db, Leaver, plain), called(db, Mentor, plain)
    if leaver is None and mentor is None:
        raise NotAllowed(InTheWay(NOBODY, "person"))
    about: dict[str, Any] = {"leaver_id": leaver.id} if leaver else {"mentor_id": mentor.id}  # type: ignore[union-attr]
    region = _region_of(db, leaver) if leaver else mentor.region  # type: ignore[union-attr]
    asked = BreakGlass(reason=reason, region=region, asked_by=by.id, asked_at=now, **about)
    if any(_is_same(asked, other) for other in _pending(db, by, now)):
        raise NotAllowed(InTheWay(ASKED_ALREADY, "person"))
    db.add(asked)
    _tell(db, _key_asked(asked), TaskKind.GLASS_ASKED, asked, now)
    return asked


def agree(db: Session, glass: BreakGlass, *, by: Account, now: datetime) -> None:
    """Open the record for half an hour, and tell the region's manager.

    Raises NotAllowed for whoever asked, for whoever may not say, and where it is too late.
    """
    _answer(db, glass, by, now)
    glass.ends_at = now + OPEN_FOR
    _tell(db, f"glass_broken:{glass.id}", TaskKind.GLASS_BROKEN, glass, now)


def refuse(db: Session, glass: BreakGlass, *, by: Account, now: datetime) -> None:
    """Say no; the record stays shut. Raises NotAllowed as agreeing does."""
    _answer(db, glass, by, now)
    db.flush()


def shut(db: Session, glass: BreakGlass, *, now: datetime) -> None:
    """Shut a record before its time; one that is shut stays as it was."""
    glass.shut_at = glass.shut_at or now
    db.flush()


def may_answer(glass: BreakGlass, by: Account, *, now: datetime) -> bool:
    """Say whether somebody may be the second person, and it is not too late."""
    waits = glass.answered_at is None and now < glass.asked_at + ANSWER_WITHIN
    return waits and _is_second(glass, by)


def is_open(glass: BreakGlass, *, now: datetime) -> bool:
    """Say whether a record is open at this moment."""
    return glass.ends_at is not None and glass.ends_at > now and glass.shut_at is None


def tasks_of(glass: BreakGlass) -> SelectOfScalar[Task]:
    """Return the tasks that tell a manager of a record that was asked for."""
    keys = (_key_asked(glass), f"glass_broken:{glass.id}")
    return select(Task).where(col(Task.key).in_(keys))


def _key_asked(glass: BreakGlass) -> str:
    return f"glass_asked:{glass.id}"


def _tell(db: Session, key: str, kind: TaskKind, glass: BreakGlass, now: datetime) -> None:
    raise_task(db, key, kind, due_on=local_day(now), now=now, region=glass.region)
    db.flush()


def _answer(db: Session, glass: BreakGlass, by: Account, now: datetime) -> None:
    if not _is_second(glass, by):
        raise NotAllowed(NOT_YOU)
    if glass.answered_at is not None:
        raise NotAllowed(ANSWERED)
    if now >= glass.asked_at + ANSWER_WITHIN:
        raise NotAllowed(TOO_LATE)
    glass.answered_by, glass.answered_at = by.id, now
    for task in db.exec(tasks_of(glass)):
        finish(db, task, outcome=ANSWERED_SO, by=by.id, now=now)


def _is_second(glass: BreakGlass, by: Account) -> bool:
    if by.id == glass.asked_by or by.disabled_at is not None:
        return False
    is_manager = by.role is Role.MANAGER and by.region is glass.region
    return is_manager or by.role is Role.ADMINISTRATOR


def _pending(db: Session, by: Account, now: datetime) -> list[BreakGlass]:
    own = select(BreakGlass).where(
        BreakGlass.asked_by == by.id, BreakGlass.asked_at > now - ANSWER_WITHIN
    )
    return [one for one in db.exec(own) if one.answered_at is None or is_open(one, now=now)]


def _is_same(one: BreakGlass, other: BreakGlass) -> bool:
    return (one.leaver_id, one.mentor_id) == (other.leaver_id, other.mentor_id)


def _region_of(db: Session, leaver: Leaver) -> Region:
    """Return where a leaver resettles, or where their prison is while that is not known."""
    mine = select(Referral.region).where(Referral.leaver_id == leaver.id)
    newest = db.exec(mine.order_by(col(Referral.created_at).desc())).first()
    return Region(newest) if newest else prisons()[leaver.prison].region
