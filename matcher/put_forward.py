"""What someone is put forward for now, and what had happened before that."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, or_, select

from matcher.core.sending import local_day
from matcher.core.standing import Happened
from models.pairs import LIVE, Pair
from models.people import Leaver
from models.referrals import BEFORE_MATCH, Referral
from models.states import ReferralState

OPEN = (ReferralState.DRAFT, *BEFORE_MATCH)


def open_referrals(db: Session, *leavers: Leaver) -> list[Referral]:
    """Return the referrals of these leavers that are open, or led to a pair that is live."""
    db.flush()
    ids = {one.id for one in leavers}
    live = select(Pair.referral_id).where(col(Pair.leaver_id).in_(ids), col(Pair.state).in_(LIVE))
    under_way = or_(col(Referral.state).in_(OPEN), col(Referral.id).in_(live))
    theirs = select(Referral).where(col(Referral.leaver_id).in_(ids), under_way)
    return list(db.exec(theirs.order_by(col(Referral.id))))


def since_put_forward(db: Session, leavers: Collection[UUID]) -> dict[UUID, Referral]:
    """Return by leaver what they are put forward for now, or else were last, with two queries."""
    theirs = select(Referral).where(col(Referral.leaver_id).in_(leavers))
    live = select(Pair.referral_id).where(
        col(Pair.leaver_id).in_(leavers), col(Pair.state).in_(LIVE)
    )
    with_pair = set(db.exec(live))
    in_order = sorted(
        db.exec(theirs),
        key=lambda one: (
            one.state in OPEN or one.id in with_pair,
            put_forward_at(one),
            str(one.id),
        ),
    )
    return {one.leaver_id: one for one in in_order}


def put_forward_at(referral: Referral) -> datetime:
    """Return when someone was put forward; a referral from a file has the moment it came."""
    return referral.put_forward_at or referral.created_at


def was_before(event: Happened, referral: Referral) -> bool:
    """Say whether it happened on a day before someone was put forward, or was known before.

    So whoever is put forward on the very day goes on only if it was known by then.
    """
    put_forward = put_forward_at(referral)
    return event.on < local_day(put_forward) or event.told < put_forward
