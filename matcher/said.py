"""What leavers and mentors have said of one another, as the rules and the score ask for it.

A mentor who said no, or let an offer run out, is not offered the same leaver
again. A leaver who ruled a mentor out never meets them; one whom they chose
counts for the referral they were asked about.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

from sqlmodel import Session, and_, col, or_, select

from models.own_says import OwnSay, Wish
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.referrals import Referral
from models.states import EndReason, ReferralState

NO_ANSWER = (EndReason.DECLINED, EndReason.EXPIRED)
"""Ends of an offer after which the next best mentor is asked, never the same one again."""

STOPPED = (EndReason.WITHDRAWN, EndReason.STOOD_DOWN)
"""Ends by a manager, after which the same two are not paired again while the referral lasts."""


class OwnSays:
    """Whom leavers have ruled out or chosen, ready to be asked about one referral."""

    def __init__(self, db: Session) -> None:
        """Read what all leavers have said, with one query."""
        self._said: defaultdict[tuple[Wish, UUID], set[str]] = defaultdict(set)
        said = select(OwnSay.wish, OwnSay.leaver_id, OwnSay.referral_id, Mentor.code).where(
            OwnSay.mentor_id == Mentor.id, col(OwnSay.wish).in_((Wish.RULED_OUT, Wish.CHOSEN))
        )
        for wish, leaver_id, referral_id, code in db.execute(said):
            self._said[wish, leaver_id if wish is Wish.RULED_OUT else referral_id].add(code)

    def with_file(self, leaver_id: UUID, referral_id: UUID, told: dict[str, Any]) -> dict[str, Any]:
        """Return whom a leaver has ruled out and chosen, by code, those of a file included."""
        ruled_out = told["ruled_out"] | self._said.get((Wish.RULED_OUT, leaver_id), set())
        chosen = told["chosen"] | self._said.get((Wish.CHOSEN, referral_id), set())
        return {"ruled_out": ruled_out, "chosen": chosen}


def declined(db: Session) -> defaultdict[UUID, frozenset[str]]:
    """Return the codes of the leavers whom each mentor is not to be offered again."""
    lasting = and_(col(Pair.end_reason).in_(STOPPED), Referral.state != ReferralState.WITHDRAWN)
    ended = select(Pair.mentor_id, Leaver.code).where(
        Pair.leaver_id == Leaver.id,
        Pair.referral_id == Referral.id,
        or_(col(Pair.end_reason).in_(NO_ANSWER), lasting),
    )
    found: defaultdict[UUID, frozenset[str]] = defaultdict(frozenset)
    for mentor_id, code in db.exec(ended):
        found[mentor_id] |= {code}
    return found
