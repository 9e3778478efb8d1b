"""What stays of pairs whose people are no longer on file: numbers by month, region and end."""

from __future__ import annotations

from sqlmodel import Session, col, func, select

from matcher.core.sending import local_day
from models.meetings import Meeting
from models.pairs import Pair
from models.privacy import PairCount
from models.referrals import Referral
from models.states import MeetingState


def count_pair(db: Session, pair: Pair) -> PairCount:
    """Count a pair that has ended among those of its month and region; return the count."""
    region = db.get_one(Referral, pair.referral_id).region
    month = local_day(pair.state_since).replace(day=1)
    if pair.end_reason is None:
        raise ValueError("only a pair that has ended is counted")
    count = db.get(PairCount, (month, region, pair.end_reason))
    if count is None:
        count = PairCount(month=month, region=region, end_reason=pair.end_reason)
        db.add(count)
    count.pairs += 1
    count.held += _meetings(db, pair, MeetingState.HELD)
    count.missed += _meetings(db, pair, MeetingState.MISSED)
    db.flush()
    return count


def _meetings(db: Session, pair: Pair, state: MeetingState) -> int:
    theirs = select(func.count()).where(col(Meeting.pair_id) == pair.id, Meeting.state == state)
    return db.exec(theirs).one()
