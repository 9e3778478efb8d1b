"""Whom a manager has to screen: endorsed and never screened, or on hold for what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col

from matcher.core.features import LeaverColumns
from matcher.core.gates import hold_reasons
from matcher.mentors_for import conditions_at
from matcher.profiles import leavers_of
from models.access import referrals_seen_by
from models.accounts import Account
from models.profiles import LeaverProfile
from models.reference import prisons
from models.referrals import Referral
from models.states import ReferralState

TO_SCREEN = (ReferralState.ENDORSED, ReferralState.SCREENED, ReferralState.WAITING)

NOT_OF_THE_SCREENING = {"leaver_consented", "inside_the_window"}
"""Gates that no screening opens: the liaison's, and time."""


@dataclass(frozen=True)
class ReferralToScreen:
    """One leaver on hold until the manager has acted; `holds` are the reasons, if screened once."""

    referral_id: UUID
    leaver: str
    leaver_code: str
    prison: str
    release_date: date | None
    is_new: bool
    holds: tuple[str, ...]


def referrals_to_screen(db: Session, account: Account, now: datetime) -> list[ReferralToScreen]:
    """Return the region's referrals that wait for a screening or are on hold, soonest out first."""
    open_ones = referrals_seen_by(account).where(col(Referral.state).in_(TO_SCREEN))
    referrals = db.exec(open_ones).all()
    if not referrals:
        return []
    conditions = conditions_at(now)
    people = leavers_of(db, conditions.today, referrals)
    gates = hold_reasons(LeaverColumns.of([one.profile for one in people], conditions))
    cards = [
        _card(
            referral,
            one.profile,
            tuple(gate.reason for gate in held if gate.code not in NOT_OF_THE_SCREENING),
        )
        for referral, one, held in zip(referrals, people, gates, strict=True)
    ]
    wanted = [card for card in cards if card.is_new or card.holds]
    return sorted(wanted, key=lambda card: (card.release_date or date.max, card.leaver_code))


def _card(referral: Referral, leaver: LeaverProfile, holds: tuple[str, ...]) -> ReferralToScreen:
    is_new = referral.state is ReferralState.ENDORSED
    return ReferralToScreen(
        referral_id=referral.id,
        leaver=leaver.first_name,
        leaver_code=leaver.code,
        prison=prisons()[leaver.prison].title,
        release_date=leaver.release_date,
        is_new=is_new,
        holds=() if is_new else holds,
    )
