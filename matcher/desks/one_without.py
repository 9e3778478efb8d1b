"""One leaver without a mentor: what is in the way, and what would help, worked out now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from matcher.desks.whom_it_names import MentorNamed, mentors_called
from matcher.endings import live_pair_of
from matcher.why import WithoutMentor, without_mentor
from models.accounts import Account
from models.pairs import Pair
from models.people import Leaver
from models.referrals import Referral


@dataclass(frozen=True)
class OneWithout:
    """One leaver; `told` is None for whom a plan made now finds a mentor, or who has one.

    `mentor` is whom the change is about, if the manager sees them.
    """

    referral: Referral
    leaver: Leaver
    pair: Pair | None
    told: WithoutMentor | None
    mentor: MentorNamed | None


def one_without(db: Session, account: Account, referral: Referral, now: datetime) -> OneWithout:
    """Return what stands between the leaver of a referral and a mentor, as everybody stands now."""
    told = without_mentor(db, referral, now)
    code = told.mentor if told else ""
    known = mentors_called(db, account, [code]) if code else {}
    leaver = db.get_one(Leaver, referral.leaver_id)
    pair = live_pair_of(db, referral.leaver_id)
    return OneWithout(referral, leaver, pair, told, known.get(code))
