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

from matcher.consents_said import is_refused
from matcher.told_by_council import practitioner_of
from models.accounts import Account
from models.contacts import Contact
from models.desk_words import ContactWay
from models.meetings import Meeting
from models.outbox import Letter
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.privacy_words import Purpose
from models.reference import prisons
from models.referrals import Referral
from models.rows import newest
from models.states import Channel, Role
from models.vocabulary import Region

IN_THE_TRAY = "print tray"
"""The address of every printed letter."""

_MOBILE = re.compile(r"(?:(?:\+|00)440?|0)(7[1-57-9]\d{8}|7624\d{6})", re.ASCII)
"""Ofcom's numbering plan: 07 but for 070 and 076, which are no phones, save 07624 (Isle of Man)."""

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}")


@dataclass(frozen=True)
class Place:
    """How a letter goes, and to which address or number."""

    channel: Channel
    address: str


class Party(StrEnum):
    """Who may be written to."""

    MENTOR = "mentor"
    PRACTITIONER = "practitioner"
    MANAGER = "manager"
    LEAVER = "leaver"
    ACCOUNT = "account"


@dataclass(frozen=True)
class Behind:
    """The rows that a letter is about, as far as it names any."""

    letter: Letter
    pair: Pair | None
    referral: Referral | None
    leaver: Leaver | None
    mentor: Mentor | None
    meeting: Meeting | None
    account: Account | None = None

    @property
    def party(self) -> Party:
        """Return who is written to."""
        return Party(self.letter.recipient.partition(":")[0])

    @property
    def region(self) -> Region | None:
        """Return the region whose manager hears if the letter cannot be sent."""
        if self.party is Party.MANAGER:
            return Region(self.letter.recipient.split(":")[1])
        if self.account and not self.mentor:
            return region_of(self.account)
        if self.referral:
            return self.referral.region
        return self.mentor.region if self.mentor else None


def region_of(account: Account) -> Region | None:
    """Return the region of an account's prison, or its own; None for a mentor and no region."""
    return prisons()[account.prison].region if account.prison else account.region


def behind(db: Session, letter: Letter) -> Behind:
    """Read the rows behind a letter: of a pair its people, of a leaver the newest referral."""
    meeting = db.get(Meeting, letter.meeting_id) if letter.meeting_id else None
    pair_id = letter.pair_id or (meeting.pair_id if meeting else None)
    together = _pair_with_its_people(db, pair_id) if pair_id else None
    pair = together[0] if together else None
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
        account=db.get(Account, named[Party.ACCOUNT]) if Party.ACCOUNT in named else None,
    )


def place_for(db: Session, rows: Behind, *, by_text: bool) -> Place | None:
    """Return how and where the letter goes as things stand now, or None if it may go nowhere.

    A text message goes to the mentor's own phone where there is a gateway
    (`by_text`), a phone that they gave and no word against it; without, it goes as an e-mail. To
    leavers nothing goes but what the liaison prints.
    """
    channel = rows.letter.channel
    if channel is Channel.PRINT:
        return Place(channel, IN_THE_TRAY) if rows.leaver else None
    if channel is Channel.TEXT:
        number = _phone(db, rows) if by_text else None
        if number:
            return Place(channel, number)
        channel = Channel.EMAIL
    address = email_for(db, rows)
    return Place(channel, address) if address else None


def email_for(db: Session, rows: Behind) -> str | None:
    """Return the e-mail address of whoever is written to; None without one that may be used."""
    address = _email(db, rows)
    return address if address and _ADDRESS.fullmatch(address) else None


def mobile_number(phone: str) -> str | None:
    """Return a mobile number of the United Kingdom as "+447700900123", or None for any other.

    Blanks, brackets, dots and hyphens between the digits count for nothing.
    """
    found = _MOBILE.fullmatch(re.sub(r"[\s().-]", "", phone))
    return f"+44{found[1]}" if found else None


def mentor_email(db: Session, mentor: Mentor) -> str | None:
    """Return the address the mentor gave, else the one they sign in with."""
    return _address_of(db, mentor, _contact(db, mentor))


def address_of_account(db: Session, account: Account) -> str | None:
    """Return the e-mail of whoever has an account, a mentor's as they gave it; None without."""
    mentor = db.get(Mentor, account.mentor_id) if account.mentor_id else None
    return account.email or (mentor_email(db, mentor) if mentor else None)


def _address_of(db: Session, mentor: Mentor, contact: Contact | None) -> str | None:
    if contact and contact.email:
        return contact.email
    own = select(Account).where(Account.mentor_id == mentor.id, col(Account.disabled_at).is_(None))
    account = db.exec(own).first()
    return account.email if account else None


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
        deputy = _deputy(db, rows.letter)
        manager = deputy or manager_of(db, rows.region)
        return manager.email if manager else None
    if rows.party is Party.PRACTITIONER and rows.leaver:
        practitioner = practitioner_of(db, rows.leaver.id)
        return practitioner.email if practitioner else None
    if rows.account:
        return address_of_account(db, rows.account)
    if rows.party is not Party.MENTOR or rows.mentor is None:
        return None
    contact = _contact(db, rows.mentor)
    may_use = _may_use(contact, ContactWay.EMAIL)
    return _address_of(db, rows.mentor, contact) if may_use else None


def _deputy(db: Session, letter: Letter) -> Account | None:
    """Return the manager named beside the region: one who stands in for it."""
    named = letter.recipient.split(":")[2:]
    account = db.get(Account, UUID(named[0])) if named else None
    return account if account and account.disabled_at is None and account.email else None


def _phone(db: Session, rows: Behind) -> str | None:
    if rows.party is not Party.MENTOR or rows.mentor is None:
        return None
    contact = _contact(db, rows.mentor)
    if contact is None or not _may_use(contact, ContactWay.PHONE):
        return None
    if is_refused(db, rows.mentor.id, Purpose.TEXTS):
        return None
    return mobile_number(contact.phone)


def _may_use(contact: Contact | None, way: ContactWay) -> bool:
    """Say whether a mentor may be written to this way: who named one way is reached by no other."""
    return contact is None or contact.shares in {None, way}


def _contact(db: Session, mentor: Mentor) -> Contact | None:
    of_mentor = newest(Contact, "mentor_id").where(col(Contact.mentor_id) == mentor.id)
    contact: Contact | None = db.exec(of_mentor).first()
    return contact


def _pair_with_its_people(
    db: Session, pair_id: UUID
) -> tuple[Pair, Referral, Leaver, Mentor] | None:
    """Read a pair and all it is about in one statement; while they are held, `get` has them."""
    of_pair = (
        select(Pair, Referral, Leaver, Mentor)
        .where(Pair.id == pair_id, Referral.id == Pair.referral_id)
        .where(Leaver.id == Pair.leaver_id, Mentor.id == Pair.mentor_id)
    )
    return db.exec(of_pair).first()


def _referral(db: Session, pair: Pair | None, leaver_id: UUID | None) -> Referral | None:
    if pair:
        return db.get(Referral, pair.referral_id)
    of_leaver = select(Referral).where(Referral.leaver_id == leaver_id)
    return db.exec(of_leaver.order_by(col(Referral.created_at).desc())).first()


def _named(letter: Letter) -> dict[Party, UUID]:
    """Return the person that the recipient itself names, by party; none for a desk."""
    party, _, name = letter.recipient.partition(":")
    return {} if party == Party.MANAGER else {Party(party): UUID(name)}
