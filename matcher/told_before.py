"""Whether what someone tells is on file already: told before, and still true.

What was told before is no longer on file as it was once something has come in
between that undid or answered it: another telling of the same thing, a new
date, a referral put forward anew, a screening asked for and done.
"""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, select

from matcher.put_forward import open_referrals, was_before
from matcher.standings import as_happened, events_of, is_same, would_change
from models.accounts import Account
from models.desk_words import TaskKind
from models.events import Event
from models.people import Leaver, Mentor
from models.states import EventKind, MentorState
from models.tasks import Task


def is_on_file(db: Session, person: Leaver | Mentor, event: Event) -> bool:
    """Say whether the same was told last of the same day and still stands: a form sent twice.

    What a mentor told is told anew by staff: their word stands when the mentor's is taken back.
    """
    on = as_happened(event).on
    told = [one for one in events_of(db, person, event.kind) if as_happened(one).on == on]
    if not told or not is_same(told[-1], event):
        return False
    if confirms_a_mentor(db, told[-1], event):
        return False
    if would_change(db, person, event) or _asks_again(db, told[-1]):
        return False
    return event.kind is not EventKind.CONSENT_WITHDRAWN or not _ends_anything(db, person, event)


def confirms_a_mentor(db: Session, told: Event, again: Event) -> bool:
    """Say whether staff tell again what a mentor told: that is kept beside the mentor's word."""
    return _is_mentors(db, told.recorded_by) and _is_staffs(db, again.recorded_by)


def task_key(kind: TaskKind, event: Event) -> str:
    """Return by what the task is known that an event has put on the manager's desk."""
    return f"{kind.value}:{event.key}"


def _asks_again(db: Session, told: Event) -> bool:
    """Say whether the manager has screened since: the same told now asks for it once more."""
    if told.kind is not EventKind.RISK_CHANGED:
        return False
    asked = select(Task).where(Task.key == task_key(TaskKind.SCREEN_AGAIN, told))
    task = db.exec(asked).first()
    return task is not None and task.done_at is not None


def _ends_anything(db: Session, person: Leaver | Mentor, withdrawn: Event) -> bool:
    """Say whether someone has consented again to what a withdrawal told now would end."""
    if isinstance(person, Mentor):
        return person.consented_on is not None or person.state is not MentorState.ENDED
    told = as_happened(withdrawn)
    return any(not was_before(told, one) for one in open_referrals(db, person))


def _is_mentors(db: Session, account_id: UUID | None) -> bool:
    account = db.get(Account, account_id) if account_id else None
    return account is not None and account.mentor_id is not None


def _is_staffs(db: Session, account_id: UUID | None) -> bool:
    account = db.get(Account, account_id) if account_id else None
    return account is not None and account.mentor_id is None
