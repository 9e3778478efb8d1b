"""What a council peer reads: the code and the standing of whom they put forward, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from matcher.uploads import is_upload
from models.access import drafts_seen_by, referrals_seen_by, sent_at_kiosk_in
from models.accounts import Account, SignIn
from models.council_words import Draft
from models.people import Leaver
from models.referrals import Referral
from models.states import ReferralState

STANDING: Mapping[ReferralState, str] = {
    ReferralState.DRAFT: "Not sent yet",
    ReferralState.PUT_FORWARD: "With the liaison",
    ReferralState.ENDORSED: "With the regional manager",
    ReferralState.SCREENED: "With the regional manager",
    ReferralState.WAITING: "No mentor yet",
    ReferralState.MATCHED: "Has a mentor",
    ReferralState.WITHDRAWN: "No longer going ahead",
    ReferralState.RELEASED_UNMATCHED: "Has left prison",
}
"""How a referral stands, in words that say nothing about why."""


@dataclass(frozen=True)
class SentCard:
    """One person put forward: the code to quote, and how it stands."""

    id: UUID
    code: str
    standing: str


@dataclass(frozen=True)
class BegunCard:
    """A form that was begun, when, and for whom by first name as typed; only its owner sees it."""

    id: UUID
    begun_at: datetime
    first_name: str
    is_paper: bool = False


def put_forward_by(db: Session, account: Account) -> list[SentCard]:
    """Return whom this account put forward, the latest first."""
    return _cards(db, referrals_seen_by(account).order_by(col(Referral.created_at).desc()))


def sent_by(db: Session, account: Account, referral_id: UUID) -> SentCard | None:
    """Return one of them, or None for anyone else's."""
    only = referrals_seen_by(account).where(Referral.id == referral_id)
    return next(iter(_cards(db, only)), None)


def code_sent_in(db: Session, stay: SignIn) -> str | None:
    """Return the code of what was just sent at a kiosk in this stay, None once it is put away."""
    sent = sent_at_kiosk_in(stay).join(Leaver, col(Leaver.id) == col(Referral.leaver_id))
    return db.execute(sent.with_only_columns(col(Leaver.code))).scalar()


def _cards(db: Session, seen: SelectOfScalar[Referral]) -> list[SentCard]:
    joined = seen.join(Leaver, col(Leaver.id) == col(Referral.leaver_id))
    columns = joined.with_only_columns(col(Referral.id), col(Leaver.code), col(Referral.state))
    return [SentCard(id_, code, STANDING[state]) for id_, code, state in db.execute(columns)]


def forms_begun_by(db: Session, account: Account) -> list[BegunCard]:
    """Return the forms this account has begun, the latest first; uploads are none."""
    begun = drafts_seen_by(account).where(~is_upload()).order_by(col(Draft.created_at).desc())
    return [
        BegunCard(one.id, one.created_at, _first_name(one.answers), "paper" in one.answers)
        for one in db.exec(begun)
    ]


def form_begun_of(db: Session, account: Account, prison_number: str) -> UUID | None:
    """Return the form that this account has begun for someone whom a report names, if any."""
    begun = drafts_seen_by(account).where(~is_upload()).order_by(col(Draft.created_at))
    known = ((one.id, one.answers.get("known") or {}) for one in db.exec(begun))
    numbers = ((id_, *said.get("prison_number", ())) for id_, said in known)
    return next((id_ for id_, *number in numbers if number == [prison_number]), None)


def _first_name(answers: Mapping[str, Any]) -> str:
    """Return the first name as typed, else as a report gives it, else nothing."""
    about = answers.get("about") or answers.get("known") or {}
    return next(iter(about.get("first_name", ())), "").strip()
