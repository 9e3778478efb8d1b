"""Two records side by side, for the manager who is to say whether they are one person.

Of a leaver the surname, the numbers and the date of birth are masked until
asked for: whether they are alike is said all the same. Of a mentor the prison
number and the date of birth are only compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.core.alike import names_alike, one_sign_apart
from matcher.core.sending import local_day
from matcher.core.words import day_in_words
from matcher.endings import live_pair_of
from matcher.twin_tasks import both_of
from matcher.twins import why_alike
from models.access import leavers_seen_by, mentors_seen_by, tasks_seen_by
from models.accounts import Account
from models.desk_words import TaskKind
from models.people import Leaver, Mentor
from models.reference import prisons
from models.referrals import Referral
from models.tasks import Task

HIDDEN = "Hidden"
NOT_GIVEN = "Not given"
SAME, ALIKE, OTHER = "The same", "Nearly the same", "Different"


@dataclass(frozen=True)
class Compared:
    """One line of the comparison: what it is, what each record says, and how like they are."""

    what: str
    one: str
    other: str
    verdict: str


@dataclass(frozen=True)
class TwinCard:
    """Two records that may be one person: the older one first, which is proposed to stay."""

    task: Task
    one: Leaver | Mentor
    other: Leaver | Mentor
    why: str
    lines: tuple[Compared, ...]

    @property
    def is_of_leavers(self) -> bool:
        """Whether both are leavers; else both are mentors."""
        return isinstance(self.one, Leaver)


def twin_card(
    db: Session, account: Account, task: Task, now: datetime, *, shown: bool = False
) -> TwinCard | None:
    """Return two records side by side; None if this manager does not see both of them any more.

    `shown` says that the manager asked for what is masked.
    """
    found = [one for person in both_of(task) if (one := _seen(db, account, task, person, now))]
    if len(found) < 2:
        return None
    one, other = sorted(found, key=lambda row: (row.created_at, row.code))
    lines = (*_who(one, other, shown=shown), *_where(db, one, other))
    return TwinCard(task, one, other, why_alike(one, other), lines)


def open_twins_of(
    db: Session, account: Account, person: Leaver | Mentor, now: datetime
) -> list[TwinCard]:
    """Return the records that may be the same person as this one, and nobody has said yet."""
    asked = tasks_seen_by(account).where(
        Task.kind == TaskKind.TWINS,
        col(Task.key).contains(str(person.id)),
        col(Task.done_at).is_(None),
    )
    cards = [twin_card(db, account, task, now) for task in db.exec(asked).all()]
    return [card for card in cards if card]


def _seen(
    db: Session, account: Account, task: Task, person_id: UUID, now: datetime
) -> Leaver | Mentor | None:
    if task.leaver_id:
        leavers = leavers_seen_by(account, now).where(Leaver.id == person_id)
        return db.exec(leavers).first()
    return db.exec(mentors_seen_by(account).where(Mentor.id == person_id)).first()


def _who(one: Leaver | Mentor, other: Leaver | Mentor, *, shown: bool) -> Iterator[Compared]:
    masked = isinstance(one, Leaver) and not shown
    yield _plain("First name", one.first_name, other.first_name)
    surnames = _plain("Surname", one.surname, other.surname)
    yield replace(surnames, one=HIDDEN, other=HIDDEN) if masked else surnames
    numbers = _plain("Prison number", one.prison_number or "", other.prison_number or "")
    born = [day_in_words(row.birth_date).partition(" ")[2] for row in (one, other)]
    births = _plain("Date of birth", *born)
    compared_only = masked or isinstance(one, Mentor)
    for line in (numbers, births):
        yield replace(line, one=HIDDEN, other=HIDDEN) if compared_only else line
    yield _plain("Sex", one.sex.label, other.sex.label)


def _where(db: Session, one: Leaver | Mentor, other: Leaver | Mentor) -> Iterator[Compared]:
    said = [_said(db, row) for row in (one, other)]
    for what in said[0]:
        yield _plain(what, said[0][what], said[1].get(what, ""))


def _said(db: Session, row: Leaver | Mentor) -> dict[str, str]:
    """Return what else tells two people apart; how far each record has come is said last."""
    since = {"On file since": day_in_words(local_day(row.created_at))}
    if isinstance(row, Mentor):
        return {"Lives in": row.home, "How far": row.state.label} | since
    newest = select(Referral).where(Referral.leaver_id == row.id)
    referral = db.exec(newest.order_by(col(Referral.created_at).desc())).first()
    return {
        "Prison": prisons()[row.prison].title,
        "Leaves": day_in_words(row.release_date) if row.release_date else "",
        "How far": referral.state.label if referral else "",
        "Has a mentor": "Yes" if _has_a_mentor(db, row.id) else "No",
    } | since


def _has_a_mentor(db: Session, leaver_id: UUID) -> bool:
    pair = live_pair_of(db, leaver_id)
    return pair is not None and pair.accepted_at is not None


def _plain(what: str, one: str, other: str) -> Compared:
    told = (one or NOT_GIVEN, other or NOT_GIVEN)
    if not one or not other:
        return Compared(what, *told, "")
    if one.casefold() == other.casefold():
        return Compared(what, *told, SAME)
    alike = names_alike(one.casefold(), other.casefold()) if "name" in what.lower() else False
    return Compared(what, *told, ALIKE if alike or _one_sign(what, one, other) else OTHER)


def _one_sign(what: str, one: str, other: str) -> bool:
    return what == "Prison number" and one_sign_apart(one, other)
