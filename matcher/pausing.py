"""What keeps a pair that has begun from going on: rules and gates that pause it.

Asked when something about one of the two changes, and each time a paused pair
is about to go on, whatever paused it.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from matcher.core.candidates import BrokenRule
from matcher.mentors_for import MentorsFor
from models.pairs import Pair
from models.referrals import Referral

NO_LONGER_ASKED = frozenset({"inside_the_window"})
"""A pair that has begun goes on after the release."""

ALSO_PAUSES = frozenset({"within_assessed_risk"})
"""A rule that may be met by a new assessment, and bars until it is."""


def what_pauses(db: Session, pair: Pair, *, now: datetime) -> list[BrokenRule]:
    """Return what stands in the way of a pair going on, as everyone stands at `now`."""
    db.flush()
    referral = db.get_one(Referral, pair.referral_id)
    return those_that_pause(MentorsFor.of(db, referral, now=now, only=[pair.mentor_id]), pair)


def those_that_pause(people: MentorsFor, pair: Pair) -> list[BrokenRule]:
    """Return those broken rules and gates of a pair that pause it."""
    return [rule for rule in people.in_the_way(pair.mentor_id) if _pauses(rule)]


def _pauses(rule: BrokenRule) -> bool:
    if rule.code in NO_LONGER_ASKED:
        return False
    return not rule.relaxable or rule.code in ALSO_PAUSES
