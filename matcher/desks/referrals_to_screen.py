"""Whom a manager has to screen: endorsed and never screened, or on hold for what is missing.

What is missing may be an answer, or someone to avoid whom nobody has settled.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, or_

from matcher.core.features import LeaverColumns
from matcher.core.gates import hold_reasons
from matcher.desks.paging import ROWS_PER_PAGE, Paged, paged
from matcher.mentors_for import conditions_at
from matcher.on_hold import is_held_by_the_screening
from matcher.people_to_avoid import OPEN, count_unsettled
from matcher.profiles import leavers_at_the_gates
from models.access import referrals_seen_by
from models.accounts import Account
from models.people import Leaver
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
    leaver_id: UUID
    leaver: str
    leaver_code: str
    prison: str
    release_date: date | None
    is_new: bool
    holds: tuple[str, ...]


def referrals_to_screen(
    db: Session, account: Account, now: datetime, page: int = 1, size: int = ROWS_PER_PAGE
) -> Paged[ReferralToScreen]:
    """Return a page of the region's referrals that wait for a screening, soonest out first."""
    conditions = conditions_at(now)
    is_held = or_(
        col(Referral.state).in_((ReferralState.ENDORSED, ReferralState.SCREENED)),
        is_held_by_the_screening(conditions),
    )
    query = (
        referrals_seen_by(account)
        .where(col(Referral.state).in_(TO_SCREEN))
        .where(is_held)
        .join(Leaver, col(Leaver.id) == Referral.leaver_id)
        .order_by(col(Leaver.release_date).is_(None), col(Leaver.release_date), col(Leaver.code))
    )
    found = paged(db, query, page, lambda referral: referral, size)
    people = leavers_at_the_gates(db, found.rows)
    gates = hold_reasons(LeaverColumns.of([one.profile for one in people], conditions))
    open_ones = count_unsettled(db, [one.leaver_id for one in people])
    cards = (
        _card(
            referral,
            one.profile,
            (OPEN,) * bool(open_ones[one.leaver_id])
            + tuple(gate.reason for gate in held if gate.code not in NOT_OF_THE_SCREENING),
        )
        for referral, one, held in zip(found.rows, people, gates, strict=True)
    )
    return replace(found, rows=tuple(cards))


def _card(referral: Referral, leaver: LeaverProfile, holds: tuple[str, ...]) -> ReferralToScreen:
    is_new = referral.state is ReferralState.ENDORSED
    return ReferralToScreen(
        referral_id=referral.id,
        leaver_id=referral.leaver_id,
        leaver=leaver.first_name,
        leaver_code=leaver.code,
        prison=prisons()[leaver.prison].title,
        release_date=leaver.release_date,
        is_new=is_new,
        holds=() if is_new else holds,
    )
