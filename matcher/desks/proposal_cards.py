"""Proposals as a manager reads them: who with whom, why, what to weigh, who else could.

A leaver's own region approves. The manager of the mentor's home sees the pair
and may stop it, and does not approve.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from matcher.core.sending import local_day
from matcher.core.working_days import official_calendar
from matcher.desks.beside_pairs import NOTHING_BESIDE, Beside, beside
from matcher.desks.finding import among
from matcher.desks.paging import Paged, Part, paged
from matcher.pair_days import days_to_decide
from matcher.plan_tables import PARTS
from models.access import pairs_seen_by, referrals_seen_by
from models.accounts import Account
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.reference import prisons
from models.referrals import Referral
from models.standbys import Standby
from models.states import PairForm, PairState

DAYS_TO_APPROVE = 2
"""Working days after which a proposal that nobody has approved is overdue."""

IN_ONE_SITTING = 10
"""How many proposals are laid out on one page."""

ONE_SITTING = Part(size=IN_ONE_SITTING)


@dataclass(frozen=True)
class StandbyCard:
    """A second mentor beside a pair; `score` in thousandths of a point."""

    mentor_id: UUID
    mentor: str
    code: str
    score: int


@dataclass(frozen=True)
class Reasons:
    """A pair's explanation in its three parts, each a sentence a line."""

    why: tuple[str, ...]
    not_counted: tuple[str, ...]
    to_weigh: tuple[str, ...]


@dataclass(frozen=True)
class ProposalCard:
    """One proposed pair; `score` in thousandths of a point.

    Before `ready_on` the plan may still find something better. From
    `approve_by` on, a proposal that nobody has approved is overdue.
    """

    pair_id: UUID
    version: int
    referral_id: UUID
    leaver: str
    leaver_code: str
    release_date: date | None
    prison: str
    resettling_in: str
    mentor_id: UUID
    mentor: str
    mentor_code: str
    score: int
    form: PairForm
    reasons: Reasons
    override_reason: str | None
    proposed_at: datetime
    ready_on: date
    is_ready: bool
    approve_by: date
    is_overdue: bool
    standbys: tuple[StandbyCard, ...] = ()
    beside: Beside = NOTHING_BESIDE


def pairs_to_approve(account: Account, now: datetime) -> SelectOfScalar[Pair]:
    """Return the pairs that this manager decides on: those of leavers of the region."""
    own = referrals_seen_by(account).with_only_columns(col(Referral.id))
    return pairs_seen_by(account, now).where(col(Pair.referral_id).in_(own))


def is_proposed(account: Account, pair_id: SQLColumnExpression[UUID | None]) -> ColumnElement[bool]:
    """Whether the pair of a row is one of the proposals that wait for this manager."""
    waiting = _waiting_for(account).with_only_columns(col(Pair.id))
    return waiting.where(col(Pair.id) == pair_id).exists()


def _waiting_for(account: Account) -> SelectOfScalar[Referral]:
    pair = col(Pair.referral_id) == Referral.id
    return referrals_seen_by(account).join(Pair, pair).where(Pair.state == PairState.PROPOSED)


def proposals(
    db: Session,
    account: Account,
    now: datetime,
    part: Part = ONE_SITTING,
    form: PairForm | None = None,
) -> Paged[ProposalCard]:
    """Return a page of the proposals to approve, those who leave first at the top.

    With a `form` only those that would meet so.
    """
    query = (
        _waiting_for(account)
        .join(Leaver, col(Leaver.id) == Referral.leaver_id)
        .join(Mentor, col(Mentor.id) == Pair.mentor_id)
        .where(among(part.people, leaver_id=col(Leaver.id), mentor_id=col(Mentor.id)))
        .with_only_columns(Pair, Leaver, Referral, Mentor)
        .order_by(col(Leaver.release_date), col(Leaver.code))
    )
    today = local_day(now)
    if form:
        query = query.where(col(Pair.form) == form)
    found = paged(db, query, part.page, lambda *row: _card(today, *row), part.size)
    standbys = standbys_of(db, [card.pair_id for card in found.rows])
    others = beside(db, account, {card.pair_id: card.mentor_code for card in found.rows})
    cards = (
        replace(card, standbys=standbys.get(card.pair_id, ()), beside=others[card.pair_id])
        for card in found.rows
    )
    return replace(found, rows=tuple(cards))


def standbys_of(db: Session, pair_ids: Collection[UUID]) -> Mapping[UUID, tuple[StandbyCard, ...]]:
    """Return the open standbys of some pairs, by the pair's id; the first in turn first."""
    rows = db.exec(
        select(Standby, Mentor)
        .where(Standby.mentor_id == Mentor.id, col(Standby.slot).is_not(None))
        .where(col(Standby.pair_id).in_(pair_ids))
        .order_by(col(Standby.turn))
    )
    found: dict[UUID, tuple[StandbyCard, ...]] = {}
    for standby, mentor in rows:
        card = StandbyCard(mentor.id, mentor.first_name, mentor.code, standby.score)
        found[standby.pair_id] = (*found.get(standby.pair_id, ()), card)
    return found


def reasons_of(pair: Pair) -> Reasons:
    """Return why a pair was proposed, what was not counted, and what to weigh."""
    parts = [*pair.explanation.split("\n\n"), "", ""]
    why, not_counted, to_weigh = (tuple(filter(None, part.split("\n"))) for part in parts[:3])
    return Reasons(why, not_counted, to_weigh)


def score_parts(pair: Pair) -> list[tuple[str, int]]:
    """Return the parts of a score that count: label and thousandths of a point."""
    counted = [(part.label, pair.parts[part.name]) for part in PARTS if part.name in pair.parts]
    return counted or [("Score", pair.score)]


def approve_by(ready_on: date) -> date:
    """Return the last day on which approving a proposal is in time."""
    return official_calendar().add(ready_on, DAYS_TO_APPROVE)


def _card(
    today: date, pair: Pair, leaver: Leaver, referral: Referral, mentor: Mentor
) -> ProposalCard:
    ready_on = days_to_decide(pair, referral, leaver.release_date).ready_on
    due = approve_by(ready_on)
    return ProposalCard(
        pair_id=pair.id,
        version=pair.version,
        referral_id=referral.id,
        leaver=leaver.first_name,
        leaver_code=leaver.code,
        release_date=leaver.release_date,
        prison=prisons()[leaver.prison].title,
        resettling_in=referral.resettling_in,
        mentor_id=mentor.id,
        mentor=mentor.first_name,
        mentor_code=mentor.code,
        score=pair.score,
        form=pair.form,
        reasons=reasons_of(pair),
        override_reason=pair.override_reason,
        proposed_at=pair.proposed_at,
        ready_on=ready_on,
        is_ready=ready_on <= today,
        approve_by=due,
        is_overdue=due <= today,
    )
