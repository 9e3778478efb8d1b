"""What a leaver says yes or no to, purpose by purpose, beside the basis in law that we rely on.

A yes is recorded, a no is recorded and followed at once, in the same
transaction: what was planned for that purpose does not leave any more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from matcher import post, referrals
from matcher.consents_said import is_refused, keep_said, newest_of
from matcher.core.sending import local_day
from matcher.refusing import InTheWay, NotAllowed
from models.accounts import Account
from models.contacts import Contact, ContactFacts
from models.outbox import NOT_UNDER_WAY, Letter
from models.people import Leaver
from models.privacy import Consent
from models.privacy_words import Purpose
from models.referrals import REFERRAL_STEPS, Referral
from models.rows import newest
from models.states import LetterMove, ReferralMove

NOT_YET = "That day has not come yet. Give the day on which they said it."
ASK_FORM = "Put them forward again with their yes. Nobody is matched by a tick on this page."

BY_A_FILE = "a file, or someone who has left"


@dataclass(frozen=True)
class Basis:
    """What lets us use what we know for one purpose, and what a no does, in plain words."""

    law: str
    a_no: str


BASES: Mapping[Purpose, Basis] = {
    Purpose.MATCHING: Basis(
        "A task in the public interest; for what is most private, their own clear yes.",
        "We stop at once. A mentor who said yes hears not to come, and is told no reason.",
    ),
    Purpose.EXPERIENCES: Basis(
        "Their own clear yes.",
        "The mentor is told of none of it from then on.",
    ),
    Purpose.CONTACT: Basis(
        "Their own yes.",
        "The mentor is given no way to reach them.",
    ),
    Purpose.PRACTITIONER: Basis(
        "A task in the public interest. We still ask first.",
        "No e-mail goes to the practitioner. On licence there may then be no mentor.",
    ),
}


@dataclass(frozen=True)
class Standing:
    """How it stands with one purpose: what they said last, None if it was not written down.

    `by` says at which kind of desk it was written down. `yes_since` is the day of their yes to
    be put forward, or to being a mentor, where that is all that they were asked.
    """

    purpose: Purpose
    basis: Basis
    said: Consent | None
    by: str = ""
    yes_since: date | None = None


def standing(db: Session, leaver_id: UUID) -> list[Standing]:
    """Return how it stands with each purpose."""
    said = {purpose: newest_of(db, leaver_id, purpose) for purpose in BASES}
    told = {purpose: written_by(db, word) for purpose, word in said.items()}
    since = {} if said[Purpose.MATCHING] else {Purpose.MATCHING: _yes_to_the_form(db, leaver_id)}
    return [
        Standing(purpose, basis, said[purpose], told[purpose], since.get(purpose))
        for purpose, basis in BASES.items()
    ]


def _yes_to_the_form(db: Session, leaver_id: UUID) -> date | None:
    """Return the day on which they last said yes to be put forward, as the referral has it."""
    days = select(col(Referral.consented_on)).where(
        Referral.leaver_id == leaver_id, col(Referral.consented_on).is_not(None)
    )
    return db.exec(days.order_by(col(Referral.consented_on).desc()).limit(1)).first()


def written_by(db: Session, said: Consent | None) -> str:
    """Return at which kind of desk a word was written down."""
    account = db.get(Account, said.recorded_by) if said and said.recorded_by else None
    return account.role.label if account else BY_A_FILE


def record(
    db: Session,
    leaver: Leaver,
    purpose: Purpose,
    *,
    given: bool,
    told_on: date,
    by: UUID | None,
    now: datetime,
) -> None:
    """Record what someone says to a purpose now, and follow a no at once.

    Raises NotAllowed for a day ahead, and for a yes to matching of someone
    whom nobody puts forward: that yes is given on the form.
    """
    if told_on > local_day(now):
        raise NotAllowed(InTheWay(NOT_YET, "told_on"))
    if given and purpose is Purpose.MATCHING and is_refused(db, leaver.id, purpose):
        raise NotAllowed(InTheWay(ASK_FORM, "given"))
    keep_said(db, leaver, purpose, given, told_on, by=by, now=now)
    if not given:
        _FOLLOWS[purpose](db, leaver, by, now)
    db.flush()


def _stop(db: Session, leaver: Leaver, by: UUID | None, now: datetime) -> None:
    open_ones = select(Referral).where(
        Referral.leaver_id == leaver.id,
        col(Referral.state).in_(REFERRAL_STEPS[ReferralMove.WITHDRAW].starts),
    )
    for referral in db.exec(open_ones).all():
        referrals.withdraw(db, referral, by=by, now=now)


def _show_nothing(db: Session, leaver: Leaver, _by: UUID | None, _now: datetime) -> None:
    for referral in db.exec(select(Referral).where(Referral.leaver_id == leaver.id)):
        if referral.may_show:
            referral.may_show = frozenset()


def _share_nothing(db: Session, leaver: Leaver, by: UUID | None, now: datetime) -> None:
    last = db.exec(newest(Contact, "leaver_id").where(Contact.leaver_id == leaver.id)).first()
    if last and last.shares and last.recorded_at >= now:
        last.shares = None
    elif last and last.shares:
        told = {name: getattr(last, name) for name in ContactFacts.model_fields}
        told |= {"shares": None, "leaver_id": leaver.id}
        db.add(Contact(recorded_at=now, recorded_by=by, **told))


def _ask_nobody(db: Session, leaver: Leaver, _by: UUID | None, now: datetime) -> None:
    unsent = select(Letter).where(
        Letter.recipient == post.to_practitioner(leaver.id), col(Letter.state).in_(NOT_UNDER_WAY)
    )
    in_order = unsent.order_by(col(Letter.id)).with_for_update()
    for letter in db.exec(in_order.execution_options(populate_existing=True)):
        letter.move(LetterMove.CANCEL, now=now)


_FOLLOWS: Mapping[Purpose, Callable[..., None]] = {
    Purpose.MATCHING: _stop,
    Purpose.EXPERIENCES: _show_nothing,
    Purpose.CONTACT: _share_nothing,
    Purpose.PRACTITIONER: _ask_nobody,
}
