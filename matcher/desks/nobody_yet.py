"""Whom nobody walks with yet: what is in the way of each, and the smallest change that would help.

What is in the way is worked out by solving the whole plan again, once for each run, and kept with
it. What is asked of the screening and of time is asked anew whenever the page is opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.core.features import LeaverColumns
from matcher.core.gates import hold_reasons
from matcher.desks.paging import Paged, paged
from matcher.desks.whom_it_names import MentorNamed, mentors_called
from matcher.mentors_for import conditions_at
from matcher.people_to_avoid import OPEN, count_unsettled
from matcher.profiles import leavers_at_the_gates
from matcher.why import WithoutMentor, kept_with, newest_run, not_waiting
from models.access import referrals_seen_by
from models.accounts import Account
from models.pairs import LIVE, Pair
from models.people import Leaver
from models.profiles import LeaverProfile
from models.reference import prisons
from models.referrals import Referral
from models.runs import PlanRun
from models.states import ReferralState

ON_THE_WAY = (ReferralState.ENDORSED, ReferralState.SCREENED, ReferralState.WAITING)
"""How far a referral has come about which a manager can do something."""

ON_A_PAGE = 15


@dataclass(frozen=True)
class NobodyCard:
    """One leaver without a mentor.

    `holds` say what holds them back from everyone; `told` is what the newest run keeps of them,
    None where nothing is worked out; `mentor` is whom the change is about, of those who are seen.
    """

    referral_id: UUID
    leaver_id: UUID
    leaver: str
    leaver_code: str
    prison: str
    resettling_in: str
    release_date: date | None
    holds: tuple[str, ...]
    told: WithoutMentor | None
    mentor: MentorNamed | None = None


@dataclass(frozen=True)
class NobodyYet:
    """A page of the leavers without a mentor; `run` is the newest plan, if there is one."""

    found: Paged[NobodyCard]
    run: PlanRun | None

    @property
    def is_worked_out(self) -> bool:
        """Whether it is worked out what would help those whom the newest plan left out."""
        return self.run is not None and bool(self.run.ways_out)


def nobody_yet(db: Session, account: Account, now: datetime, page: int = 1) -> NobodyYet:
    """Return a page of the region's leavers whom nobody walks with yet, soonest out first."""
    live = select(Pair.id).where(Pair.referral_id == Referral.id, col(Pair.state).in_(LIVE))
    query = (
        referrals_seen_by(account)
        .where(col(Referral.state).in_(ON_THE_WAY))
        .where(~live.exists())
        .join(Leaver, col(Leaver.id) == Referral.leaver_id)
        .order_by(col(Leaver.release_date).is_(None), col(Leaver.release_date), col(Leaver.code))
    )
    found = paged(db, query, page, lambda referral: referral, ON_A_PAGE)
    run = newest_run(db)
    people = leavers_at_the_gates(db, found.rows)
    columns = LeaverColumns.of([one.profile for one in people], conditions_at(now))
    open_ones = count_unsettled(db, [one.leaver_id for one in people])
    cards = [
        _card(
            referral,
            one.profile,
            (OPEN,) * bool(open_ones[one.leaver_id]) + tuple(gate.reason for gate in held),
            kept_with(run, referral.id) if run else None,
        )
        for referral, one, held in zip(found.rows, people, hold_reasons(columns), strict=True)
    ]
    return NobodyYet(replace(found, rows=tuple(_with_mentors(db, account, cards))), run)


def _with_mentors(db: Session, account: Account, cards: list[NobodyCard]) -> list[NobodyCard]:
    """Return the cards, each with the mentor whom the change is about if they may be read of."""
    codes = {card.told.mentor for card in cards if card.told and card.told.mentor}
    known: Mapping[str, MentorNamed] = mentors_called(db, account, codes) if codes else {}
    return [
        replace(card, mentor=known.get(card.told.mentor)) if card.told else card for card in cards
    ]


def _card(
    referral: Referral, leaver: LeaverProfile, holds: tuple[str, ...], told: WithoutMentor | None
) -> NobodyCard:
    if not holds and referral.state is not ReferralState.WAITING:
        holds = (not_waiting(referral.state),)
    return NobodyCard(
        referral_id=referral.id,
        leaver_id=referral.leaver_id,
        leaver=leaver.first_name,
        leaver_code=leaver.code,
        prison=prisons()[leaver.prison].title,
        resettling_in=referral.resettling_in,
        release_date=leaver.release_date,
        holds=holds,
        told=None if holds else told,
    )
