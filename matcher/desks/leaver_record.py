"""A leaver as a manager sees them: dates, referrals and pairs, as far as they are theirs to see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from models.access import pairs_seen_by, referrals_seen_by
from models.accounts import Account
from models.contacts import Contact
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.reference import prisons
from models.referrals import Referral
from models.releases import ReleaseDate
from models.rows import newest
from models.states import EndReason, PairState


@dataclass(frozen=True)
class PairOfLeaver:
    """One of the leaver's pairs, live or ended."""

    pair_id: UUID
    mentor: str
    mentor_code: str
    state: PairState
    end_reason: EndReason | None
    since: datetime


@dataclass(frozen=True)
class LeaverRecord:
    """One leaver; `contact` is there only for the manager of a referral."""

    leaver: Leaver
    prison: str
    dates: tuple[ReleaseDate, ...]
    referrals: tuple[Referral, ...]
    pairs: tuple[PairOfLeaver, ...]
    contact: Contact | None


def leaver_record(db: Session, account: Account, leaver: Leaver, now: datetime) -> LeaverRecord:
    """Return the record of a leaver that this manager has found."""
    dates = select(ReleaseDate).where(ReleaseDate.leaver_id == leaver.id)
    own = referrals_seen_by(account).where(Referral.leaver_id == leaver.id)
    referrals = db.exec(own.order_by(col(Referral.created_at).desc())).all()
    contact = newest(Contact, "leaver_id").where(Contact.leaver_id == leaver.id)
    return LeaverRecord(
        leaver=leaver,
        prison=prisons()[leaver.prison].title,
        dates=tuple(db.exec(dates.order_by(col(ReleaseDate.recorded_at).desc()))),
        referrals=tuple(referrals),
        pairs=_pairs(db, account, leaver, now),
        contact=db.exec(contact).first() if referrals else None,
    )


def _pairs(
    db: Session, account: Account, leaver: Leaver, now: datetime
) -> tuple[PairOfLeaver, ...]:
    seen = pairs_seen_by(account, now).where(Pair.leaver_id == leaver.id)
    rows = db.exec(
        select(Pair, Mentor)
        .where(Pair.mentor_id == Mentor.id)
        .where(col(Pair.id).in_(seen.with_only_columns(col(Pair.id))))
        .order_by(col(Pair.proposed_at).desc())
    )
    return tuple(
        PairOfLeaver(
            pair.id, mentor.first_name, mentor.code, pair.state, pair.end_reason, pair.state_since
        )
        for pair, mentor in rows
    )
