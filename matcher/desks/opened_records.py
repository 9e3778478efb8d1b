"""Records opened at the administrators' desk: who asked, who agreed, and what is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.break_glass import ANSWER_WITHIN, is_open, may_answer
from matcher.desks.paging import Paged, paged
from models.account_access import glass_seen_by
from models.accounts import Account
from models.contacts import Contact
from models.council_words import Note
from models.people import Leaver, Mentor
from models.referrals import Referral, Screening
from models.rows import Row, newest
from models.sign_ins import BreakGlass
from models.vetting import Clearance
from models.vocabulary import Word

OF_LEAVER = {
    "first_name": "First name",
    "surname": "Surname",
    "prison_number": "Prison number",
    "birth_date": "Date of birth",
    "prison": "Prison",
    "release_date": "Release date",
}
OF_REFERRAL = {"experiences": "Shared experience", "wants": "Wants to be with"}
OF_CONTACT = {"phone": "Phone", "email": "E-mail", "address": "Address"}
OF_SCREENING = {
    "risk": "Risk of serious harm",
    "risk_to": "Risk to",
    "mappa_level": "MAPPA level",
    "sexual_offence": "Sexual offence",
    "domestic_abuse": "Domestic abuse",
    "no_one_to_one": "Not alone with one person",
}
OF_CLEARANCE = {"prison": "Prison", "cleared_from": "From", "cleared_until": "Until"}
OF_MENTOR = {
    "surname": "Surname",
    "first_name": "First name",
    "birth_date": "Date of birth",
    "state": "Standing",
    "offence_free_since": "Free of offences since",
}
"""What an opened record shows, and under which words. Whom somebody avoids is in none."""


@dataclass(frozen=True)
class GlassCard:
    """One time that a record was asked for, as the two desks read it."""

    id: UUID
    version: int
    code: str
    reason: str
    asked_by: str
    asked_at: datetime
    answered_by: str
    answered_at: datetime | None
    ends_at: datetime | None
    shut_at: datetime | None
    state: str
    may_answer: bool
    may_look: bool


@dataclass(frozen=True)
class Part:
    """Some rows of a record under one heading: (words, value), and what of which row was read."""

    title: str
    row: Row
    fields: tuple[str, ...]
    lines: tuple[tuple[str, str], ...]


def glass_cards(
    db: Session, account: Account, now: datetime, page: int = 1, *, only: UUID | None = None
) -> Paged[GlassCard]:
    """Return one page of the records that were asked for, the newest first."""
    seen = glass_seen_by(account).where(True if only is None else BreakGlass.id == only)
    newest_first = seen.order_by(col(BreakGlass.asked_at).desc(), col(BreakGlass.id))
    return paged(db, newest_first, page, lambda one: _card(db, one, account, now))


def opened_record(db: Session, glass: BreakGlass) -> tuple[Part, ...]:
    """Return what an opened record shows; each part is to be noted in the audit."""
    return tuple(_of_leaver(db, glass) if glass.leaver_id else _of_mentor(db, glass))


def _of_leaver(db: Session, glass: BreakGlass) -> Iterator[Part]:
    leaver = db.get_one(Leaver, glass.leaver_id)
    yield _part("The leaver", leaver, OF_LEAVER)
    own = select(Referral).where(Referral.leaver_id == leaver.id)
    yield from _parts("Asked for", db.exec(own), OF_REFERRAL)
    theirs = newest(Contact, "leaver_id").where(Contact.leaver_id == leaver.id)
    yield from _parts("After release", db.exec(theirs), OF_CONTACT)
    notes = select(Note).where(Note.leaver_id == leaver.id, col(Note.shareable))
    yield from _parts("Note for the mentor", db.exec(notes), {"text": "Note"})
    screened = newest(Screening, "leaver_id").where(Screening.leaver_id == leaver.id)
    yield from _parts("Risk", db.exec(screened), OF_SCREENING)


def _of_mentor(db: Session, glass: BreakGlass) -> Iterator[Part]:
    mentor = db.get_one(Mentor, glass.mentor_id)
    yield _part("The mentor", mentor, OF_MENTOR)
    theirs = newest(Contact, "mentor_id").where(Contact.mentor_id == mentor.id)
    yield from _parts("How to reach them", db.exec(theirs), OF_CONTACT)
    cleared = newest(Clearance, "mentor_id", "prison").where(Clearance.mentor_id == mentor.id)
    yield from _parts("Clearance", db.exec(cleared), OF_CLEARANCE)


def _parts(title: str, rows: Iterable[Any], words: dict[str, str]) -> Iterator[Part]:
    for row in rows:
        yield _part(title, row, words)


def _part(title: str, row: Row, words: dict[str, str]) -> Part:
    told = {name: label for name, label in words.items() if hasattr(row, name)}
    lines = tuple((label, _said(getattr(row, name))) for name, label in told.items())
    return Part(title, row, tuple(told), lines)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Word):
        return value.label
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    if isinstance(value, frozenset):
        return ", ".join(sorted(_said(one) for one in value))
    return "" if value is None else str(value)


def _card(db: Session, glass: BreakGlass, account: Account, now: datetime) -> GlassCard:
    kind: Any = Leaver if glass.leaver_id else Mentor
    person = db.get(kind, glass.leaver_id or glass.mentor_id)
    is_own = glass.asked_by == account.id
    return GlassCard(
        id=glass.id,
        version=glass.version,
        code=person.code if person else "No longer on file",
        reason=glass.reason,
        asked_by=_name(db, glass.asked_by),
        asked_at=glass.asked_at,
        answered_by=_name(db, glass.answered_by),
        answered_at=glass.answered_at,
        ends_at=glass.ends_at,
        shut_at=glass.shut_at,
        state=_state(glass, now),
        may_answer=may_answer(glass, account, now=now),
        may_look=is_own and is_open(glass, now=now),
    )


def _state(glass: BreakGlass, now: datetime) -> str:
    if is_open(glass, now=now):
        return "Open"
    if glass.ends_at is not None:
        return "Shut"
    if glass.answered_at is not None:
        return "Refused"
    return "Waits for an answer" if now < glass.asked_at + ANSWER_WITHIN else "Not answered"


def _name(db: Session, account_id: UUID | None) -> str:
    account = db.get(Account, account_id) if account_id else None
    return account.name if account else ""
