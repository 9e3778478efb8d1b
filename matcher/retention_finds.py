"""What is older than it may be kept: one reading for each rule of retention."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from matcher.belongings import names
from matcher.break_glass import tasks_of
from matcher.core.sending import local_day
from matcher.legal_holds import held_people
from matcher.told_of import tells_of
from matcher.worries import tasks_about
from models.accounts import Account, SignIn
from models.calendar_feeds import CalendarFeed
from models.council_words import AvoidNote, Draft, Note, PersonToAvoid
from models.desk_words import TaskKind
from models.expenses import SETTLED as OVER_AND_DONE
from models.expenses import Expense, Receipt
from models.needs import ForumDate, LoadSaid
from models.outbox import SETTLED, HandOver, Letter
from models.pairs import LIVE, Pair
from models.people import Leaver, Mentor
from models.privacy import ChangeReason, Tombstone
from models.privacy_words import PersonKind
from models.referrals import BEFORE_MATCH, Referral, Screening
from models.releases import ExpectedLeaver
from models.restrictions import Curfew, ExclusionZone, Link
from models.rows import newest
from models.sign_ins import BreakGlass, Invitation, RememberedDevice
from models.states import MentorState, ReferralState
from models.tasks import Task
from models.worries import Worry

SENSITIVE: tuple[type[Any], ...] = (
    Note,
    Screening,
    AvoidNote,
    PersonToAvoid,
    ExclusionZone,
    Curfew,
    ChangeReason,
)
"""What goes first of someone whose last pair has ended."""

WAITING = frozenset({*BEFORE_MATCH, ReferralState.MATCHED})

_SAFEGUARDING = (
    col(Task.kind).in_({TaskKind.NO_HOME_SAFE, TaskKind.WORRY}),
    col(Task.done_by).is_not(None),
)
"""What a person wrote down about a worry, or when someone did not come home safe."""


@dataclass(frozen=True)
class Due:
    """One row whose time is over, whom it is about, and the moment that counts."""

    row: Any
    people: frozenset[UUID]
    at: datetime


def reported(db: Session, before: datetime) -> Iterator[Due]:
    """Yield lines of reports about people who have left before a moment's day."""
    gone = select(ExpectedLeaver).where(ExpectedLeaver.release_date < local_day(before))
    held = held_people(db)
    for row in db.exec(gone):
        same = (one.id for one in held if one.prison_number == row.prison_number)
        yield Due(row, frozenset({row.id, *same}), before)


def letters(db: Session, before: datetime) -> Iterator[Due]:
    """Yield letters that were settled and handed over before a moment, and still say something."""
    handed = select(HandOver.letter_id).where(HandOver.handed_at >= before)
    old = select(Letter, Pair.leaver_id, Pair.mentor_id).where(
        col(Letter.state).in_(SETTLED),
        Letter.state_since < before,
        col(Letter.id).not_in(handed),
    )
    for row, *of_pair in db.exec(old.outerjoin(Pair, col(Letter.pair_id) == Pair.id)):
        if row.body is not None or set(row.facts) - {"calls_off"}:
            yield Due(row, _people(row.leaver_id, row.mentor_id, *of_pair), row.state_since)


def drafts(db: Session, before: datetime) -> Iterator[Due]:
    """Yield forms that nobody has typed in since; of people it is looked who is under a hold."""
    held = held_people(db)
    for row in db.exec(select(Draft).where(Draft.changed_at < before)):
        named = (one.id for one in held if tells_of(row.answers, one))
        yield Due(row, frozenset(named), row.changed_at)


def unmatched(db: Session, before: datetime) -> Iterator[Due]:
    """Yield leavers who never had a mentor that said yes, and left or came so long ago."""
    had = select(Pair.leaver_id).where(or_(col(Pair.accepted_at).is_not(None), _is_live()))
    for row in db.exec(select(Leaver).where(col(Leaver.id).not_in(had))):
        last = db.exec(
            select(func.max(Referral.state_since)).where(Referral.leaver_id == row.id)
        ).one()
        since = max(filter(None, [row.created_at, last]))
        left = row.release_date is None or row.release_date < local_day(before)
        if left and since < before and not _waits(db, row):
            yield Due(row, _with_mentors(db, row.id), since)


def _with_mentors(db: Session, leaver_id: UUID) -> frozenset[UUID]:
    """Return a leaver and all whom they had a pair with: it would go with them."""
    theirs = db.exec(select(Pair.mentor_id).where(Pair.leaver_id == leaver_id))
    return frozenset({leaver_id, *theirs})


def _waits(db: Session, leaver: Leaver) -> bool:
    """Say whether someone with no date at all still waits for a mentor."""
    if leaver.release_date is not None:
        return False
    states = db.exec(select(Referral.state).where(Referral.leaver_id == leaver.id))
    return any(state in WAITING for state in states)


def sensitive(db: Session, before: datetime) -> Iterator[Due]:
    """Yield notes, screenings and restrictions of leavers whose last pair ended so long ago."""
    closed = {leaver.id: at for leaver, at in _closed(db, before)}
    for kind in SENSITIVE:
        for row in db.exec(select(kind).where(kind.leaver_id.in_(closed))):
            yield Due(row, frozenset({row.leaver_id}), closed[row.leaver_id])
    held = held_people(db)
    either = or_(col(Link.one_leaver_id).in_(closed), col(Link.other_leaver_id).in_(closed))
    for link in db.exec(select(Link).where(either)):
        both = _people(link.one_leaver_id, link.other_leaver_id)
        mentors = _people(link.one_mentor_id, link.other_mentor_id)
        if both <= closed.keys():
            named = (one.id for one in held if names(link, one))
            yield Due(link, both | mentors | {*named}, before)


def paired(db: Session, before: datetime) -> Iterator[Due]:
    """Yield leavers who had a mentor, and whose last pair ended so long ago.

    What was written when someone did not come home safe, or of a worry, is
    kept for longer, and so is who it is about.
    """
    told_of = set(db.exec(select(Task.leaver_id).where(*_SAFEGUARDING)))
    told_of |= set(db.exec(select(Worry.leaver_id)))
    for leaver, at in _closed(db, before):
        if leaver.id not in told_of:
            yield Due(leaver, _with_mentors(db, leaver.id), at)


def _closed(db: Session, before: datetime) -> Iterator[tuple[Leaver, datetime]]:
    """Yield leavers with no pair left and no referral open, and when the last pair ended."""
    still = select(Pair.leaver_id).where(_is_live())
    waiting = select(Referral.leaver_id).where(col(Referral.state).in_(WAITING))
    said_yes = select(Pair.leaver_id).where(col(Pair.accepted_at).is_not(None))
    over = select(Leaver).where(
        col(Leaver.id).in_(said_yes),
        col(Leaver.id).not_in(still),
        col(Leaver.id).not_in(waiting),
    )
    for leaver in db.exec(over):
        last = select(func.max(Pair.state_since)).where(Pair.leaver_id == leaver.id)
        at: datetime | None = db.exec(last).one()
        if at is not None and at < before:
            yield leaver, at


def mentors(db: Session, before: datetime) -> Iterator[Due]:
    """Yield mentors who left so long ago, whose pairs are over, and who told of no worry."""
    still = select(Pair.mentor_id).where(_is_live())
    told = select(Worry.mentor_id)
    left = select(Mentor).where(
        Mentor.state == MentorState.ENDED,
        Mentor.state_since < before,
        col(Mentor.id).not_in(still),
        col(Mentor.id).not_in(told),
    )
    for row in db.exec(left):
        theirs = db.exec(select(Pair.leaver_id).where(Pair.mentor_id == row.id))
        yield Due(row, frozenset({row.id, *theirs}), row.state_since)


def safeguarding(db: Session, before: datetime) -> Iterator[Due]:
    """Yield worries, and tasks about someone who did not come home safe, settled so long ago."""
    for worry in db.exec(select(Worry).where(Worry.told_at < before)):
        ends = [task.done_at for task in tasks_about(db, worry)]
        if all(at is not None and at < before for at in ends):
            yield Due(worry, _people(worry.leaver_id, worry.mentor_id), worry.told_at)
    done = select(Task).where(*_SAFEGUARDING, col(Task.done_at) < before)
    for row in db.exec(done):
        yield Due(row, _people(row.leaver_id, row.mentor_id), before)


def receipts(db: Session, before: datetime) -> Iterator[Due]:
    """Yield receipts of claims that were paid or refused so long ago."""
    settled = select(Receipt).join(Expense, col(Receipt.expense_id) == col(Expense.id))
    old = settled.where(col(Expense.state).in_(OVER_AND_DONE), Expense.state_since < before)
    for row in db.exec(old):
        yield Due(row, frozenset({row.mentor_id}), row.kept_at)


def expenses(db: Session, before: datetime) -> Iterator[Due]:
    """Yield claims that were paid or refused so long ago, and a receipt that is still there."""
    yield from receipts(db, before)
    old = select(Expense).where(col(Expense.state).in_(OVER_AND_DONE), Expense.state_since < before)
    for row in db.exec(old):
        yield Due(row, frozenset({row.mentor_id}), row.state_since)


def forums(db: Session, before: datetime) -> Iterator[Due]:
    """Yield forums that were so long ago; they tell of nobody."""
    for row in db.exec(select(ForumDate).where(ForumDate.starts_at < before)):
        yield Due(row, frozenset(), row.starts_at)


def loads(db: Session, before: datetime) -> Iterator[Due]:
    """Yield how heavy mentors said it was so long ago; what each said last stays."""
    last = newest(LoadSaid, "mentor_id").with_only_columns(col(LoadSaid.id))
    old = select(LoadSaid).where(LoadSaid.recorded_at < before, col(LoadSaid.id).not_in(last))
    for row in db.exec(old):
        yield Due(row, frozenset({row.mentor_id}), row.recorded_at)


def stays(db: Session, before: datetime) -> Iterator[Due]:
    """Yield stays that began so long ago."""
    old = select(SignIn, Account.mentor_id).where(SignIn.started_at < before)
    for row, mentor_id in db.exec(old.join(Account, col(SignIn.account_id) == Account.id)):
        yield Due(row, _people(mentor_id), row.started_at)


def devices(db: Session, before: datetime) -> Iterator[Due]:
    """Yield devices remembered no more since a moment, once no stay on file began on them.

    With them go links to a calendar that were revoked before it.
    """
    still = select(SignIn.device_id).where(col(SignIn.device_id).is_not(None))
    over = func.coalesce(RememberedDevice.revoked_at, RememberedDevice.ends_at)
    old = select(RememberedDevice, Account.mentor_id).where(
        over < before, col(RememberedDevice.id).not_in(still)
    )
    whose = col(RememberedDevice.account_id) == Account.id
    for row, mentor_id in db.exec(old.join(Account, whose)):
        yield Due(row, _people(mentor_id), row.ends_at)
    yield from _feeds(db, before)


def _feeds(db: Session, before: datetime) -> Iterator[Due]:
    """Yield links to a calendar that were revoked before a moment."""
    old = select(CalendarFeed, Account.mentor_id).where(col(CalendarFeed.revoked_at) < before)
    for row, mentor_id in db.exec(old.join(Account, col(CalendarFeed.account_id) == Account.id)):
        yield Due(row, _people(mentor_id), row.made_at)


def invitations(db: Session, before: datetime) -> Iterator[Due]:
    """Yield codes that were used, taken back or too old before a moment."""
    over = func.coalesce(Invitation.used_at, Invitation.revoked_at, Invitation.ends_at)
    for row in db.exec(select(Invitation).where(over < before)):
        yield Due(row, _people(row.mentor_id), row.ends_at)


def opened(db: Session, before: datetime) -> Iterator[Due]:
    """Yield records that were asked for before a moment, and the tasks that told of them."""
    for row in db.exec(select(BreakGlass).where(BreakGlass.asked_at < before)):
        people = _people(row.leaver_id, row.mentor_id)
        yield Due(row, people, row.asked_at)
        for task in db.exec(tasks_of(row)):
            yield Due(task, people, row.asked_at)


def audit_entries(_db: Session, before: datetime) -> Iterator[Due]:
    """Yield the moment before which entries of the audit are too old."""
    yield Due(None, frozenset(), before)


def stones_of_reports(db: Session, before: datetime) -> Iterator[Due]:
    """Yield the stones of people in reports: every backup that knew them is gone."""
    old = select(Tombstone).where(
        Tombstone.kind == PersonKind.EXPECTED, Tombstone.erased_at < before
    )
    for row in db.exec(old):
        yield Due(row, frozenset(), row.erased_at)


def _is_live() -> Any:
    return col(Pair.state).in_(LIVE)


def _people(*ids: UUID | None) -> frozenset[UUID]:
    return frozenset(one for one in ids if one)
