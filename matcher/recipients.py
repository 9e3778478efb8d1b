"""Whom a letter is for: the row behind its recipient, and the address when it is sent.

A letter names a person or a desk; only when it leaves is the address looked
up, so that the newest one counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.told_by_council import practitioner_of
from models.accounts import Account
from models.contacts import Contact
from models.meetings import Meeting
from models.outbox import Letter
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.referrals import Referral
from models.rows import newest
from models.states import Channel, Role
from models.vocabulary import Region

IN_THE_TRAY = "print tray"
"""The address of every printed letter."""

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}")


class Party(StrEnum):
    """Who may be written to."""

    MENTOR = "mentor"
    PRACTITIONER = "practitioner"
    MANAGER = "manager"
    LEAVER = "leaver"


@dataclass(frozen=True)
class Behind:
    """The rows that a letter is about, as far as it names any."""

    letter: Letter
    pair: Pair | None
    referral: Referral | None
    leaver: Leaver | None
    mentor: Mentor | None
    meeting: Meeting | None

    @property
    def party(self) -> Party:
        """Return who is written to."""
        return Party(self.letter.recipient.partition(":")[0])

    @property
    def region(self) -> Region | None:
        """Return the region whose manager hears if the letter cannot be sent."""
        if self.party is Party.MANAGER:
            return Region(self.letter.recipient.partition(":")[2])
        if self.referral:
            return self.referral.region
        return self.mentor.region if self.mentor else None


def behind(db: Session, letter: Letter) -> Behind:
    """Read the rows behind a letter: of a pair its people, of a leaver the newest referral."""
    meeting = db.get(Meeting, letter.meeting_id) if letter.meeting_id else None
    pair_id = letter.pair_id or (meeting.pair_id if meeting else None)
    pair = db.get(Pair, pair_id) if pair_id else None
    named = _named(letter)
    leaver_id = letter.leaver_id or (pair.leaver_id if pair else named.get(Party.LEAVER))
    leaver_id = leaver_id or named.get(Party.PRACTITIONER)
    mentor_id = letter.mentor_id or (pair.mentor_id if pair else named.get(Party.MENTOR))
    return Behind(
        letter=letter,
        pair=pair,
        referral=_referral(db, pair, leaver_id),
        leaver=db.get(Leaver, leaver_id) if leaver_id else None,
        mentor=db.get(Mentor, mentor_id) if mentor_id else None,
        meeting=meeting,
    )


def address_for(db: Session, rows: Behind) -> str | None:
    """Return where the letter goes as things stand now, or None if nobody can be reached there.

    Text messages go by e-mail as long as there is no gateway for them.
    """
    if rows.letter.channel is Channel.PRINT:
        return IN_THE_TRAY if rows.leaver else None
    address = _email(db, rows)
    return address if address and _ADDRESS.fullmatch(address) else None


def mentor_email(db: Session, mentor: Mentor) -> str | None:
    """Return the address the mentor gave, else the one they sign in with."""
    of_mentor = newest(Contact, "mentor_id").where(col(Contact.mentor_id) == mentor.id)
    contact: Contact | None = db.exec(of_mentor).first()
    if contact and contact.email:
        return contact.email
    own = select(Account.email).where(
        Account.mentor_id == mentor.id, col(Account.disabled_at).is_(None)
    )
    return db.exec(own).first()


def manager_of(db: Session, region: Region | None) -> Account | None:
    """Return the account of a region's manager who has an e-mail address; None if nobody has."""
    managers = select(Account).where(
        Account.role == Role.MANAGER,
        Account.region == region,
        col(Account.disabled_at).is_(None),
        col(Account.email).is_not(None),
    )
    return db.exec(managers.order_by(col(Account.created_at), col(Account.id))).first()


def _email(db: Session, rows: Behind) -> str | None:
    if rows.party is Party.MANAGER:
        manager = manager_of(db, rows.region)
        return manager.email if manager else None
    if rows.party is Party.PRACTITIONER and rows.leaver:
        practitioner = practitioner_of(db, rows.leaver.id)
        return practitioner.email if practitioner else None
    if rows.party is Party.MENTOR and rows.mentor:
        return mentor_email(db, rows.mentor)
    return None


def _referral(db: Session, pair: Pair | None, leaver_id: UUID | None) -> Referral | None:
    if pair:
        return db.get(Referral, pair.referral_id)
    of_leaver = select(Referral).where(Referral.leaver_id == leaver_id)
    return db.exec(of_leaver.order_by(col(Referral.created_at).desc())).first()


def _named(letter: Letter) -> dict[Party, UUID]:
    """Return the person that the recipient itself names, by party; none for a desk."""
    party, _, name = letter.recipient.partition(":")
    return {} if party == Party.MANAGER else {Party(party): UUID(name)}
