"""What ends everything at once: a death, and consent that is withdrawn.

In the same transaction nothing unsent is left, and nothing that comes later
brings it back. What a mentor must know to stay at home, or to ring us, is the
only thing written afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, or_, select

from matcher import calendar_feeds, post
from matcher.consents_said import keep_said
from matcher.core.sending import local_day
from matcher.endings import close_pair, end_pair, let_standbys_go, live_pair_of
from matcher.journey import next_generation
from matcher.mentor_lapses import leave_leavers, let_go_as_standby
from matcher.put_forward import open_referrals, was_before
from matcher.ringing import raise_ring
from matcher.standings import as_happened
from matcher.stood import News
from matcher.tasks import NEVER_NEEDLESS, settle
from models.accounts import Account, SignIn
from models.desk_words import RingReason, TaskKind
from models.outbox import NOT_UNDER_WAY, Letter
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.privacy_words import Purpose
from models.referrals import REFERRAL_STEPS, Referral
from models.states import (
    Channel,
    LetterKind,
    LetterMove,
    MentorMove,
    MentorState,
    Move,
    ReferralMove,
)

OVER = "It is needless now."
"""How tasks end that nobody has to do any more; never why."""


def has_died(db: Session, leaver: Leaver, news: News) -> None:
    """End all in silence: no letter to anyone but "please ring us" to a mentor who walked along.

    The manager is to ring the mentor. No calendar entry is called off by mail:
    a machine is not to speak first. The mentor's diary and the calendar it
    feeds are empty at once.
    """
    pair = live_pair_of(db, leaver.id)
    if pair:
        close_pair(db, pair, Move.RECORD_DEATH, by=news.by, now=news.now)
        let_standbys_go(db, pair, now=news.now)
    _close_referrals(db, leaver, by=news.by, now=news.now)
    said = {LetterKind.RING_US} if pair is None else set()
    _cancel(_unsent_about(db, leaver), apart_from=said, now=news.now)
    needless = set(TaskKind) - NEVER_NEEDLESS - {TaskKind.DEAD_LETTER}
    settle(db, needless, outcome=OVER, by=news.by, now=news.now, leaver_id=leaver.id)
    if pair and pair.accepted_at:
        _please_ring(db, pair, now=news.now)
    db.flush()


def leaver_withdraws(db: Session, leaver: Leaver, news: News) -> None:
    """End what a leaver consented to; a mentor who said yes hears at once not to set out.

    What they are put forward for later, they consent to anew: that goes on, told in either order.
    """
    still_open, told = open_referrals(db, leaver), as_happened(news.event)
    if still_open and all(was_before(told, one) for one in still_open):
        return
    pair = live_pair_of(db, leaver.id)
    _cancel(_unsent_about(db, leaver), now=news.now)
    if pair:
        end_pair(db, pair, Move.WITHDRAW, by=news.by, now=news.now)
        let_standbys_go(db, pair, now=news.now)
    _close_referrals(db, leaver, by=news.by, now=news.now)
    needless = set(TaskKind) - NEVER_NEEDLESS - {TaskKind.DEAD_LETTER}
    settle(db, needless, outcome=OVER, by=news.by, now=news.now, leaver_id=leaver.id)
    db.flush()


def mentor_withdraws(db: Session, mentor: Mentor, news: News) -> None:
    """Let a mentor go: no letter, no pair, no place as a standby, no way to sign in."""
    leave_leavers(db, mentor, by=news.by, now=news.now, tells=False)
    let_go_as_standby(db, mentor, now=news.now)
    mentor.consented_on = None
    told_on = local_day(news.event.happened_at)
    keep_said(db, mentor, Purpose.WALKING, False, told_on, by=news.by, now=news.now)
    if mentor.state is not MentorState.ENDED:
        mentor.move(MentorMove.END, now=news.now)
    db.add(mentor)
    _close_accounts(db, mentor, now=news.now)
    _cancel(_unsent_about(db, mentor), now=news.now)
    db.flush()


def _close_accounts(db: Session, mentor: Mentor, *, now: datetime) -> None:
    for account in db.exec(select(Account).where(Account.mentor_id == mentor.id)).all():
        close_account(db, account, now=now)


def close_account(db: Session, account: Account, *, now: datetime) -> None:
    """Let an account open nothing any more, and end its stays and its calendar's link."""
    account.disabled_at = account.disabled_at or now
    calendar_feeds.revoke(db, account, now=now)
    stays = select(SignIn).where(SignIn.account_id == account.id, col(SignIn.ended_at).is_(None))
    for stay in db.exec(stays):
        stay.ended_at = now


def _close_referrals(db: Session, leaver: Leaver, *, by: UUID | None, now: datetime) -> None:
    open_ones = select(Referral).where(
        Referral.leaver_id == leaver.id,
        col(Referral.state).in_(REFERRAL_STEPS[ReferralMove.WITHDRAW].starts),
    )
    for referral in db.exec(open_ones).all():
        referral.move(ReferralMove.WITHDRAW, by=by, now=now)


def _unsent_about(db: Session, person: Leaver | Mentor) -> list[Letter]:
    """Return the unsent letters about someone, to them, of their pairs, and to their practitioner.

    Locked and read afresh, so that a letter just claimed and sent is not called cancelled.
    """
    leaver = isinstance(person, Leaver)
    names = [post.to_leaver(person.id), post.to_practitioner(person.id)]
    pairs = select(Pair.id).where((Pair.leaver_id if leaver else Pair.mentor_id) == person.id)
    about = or_(
        (Letter.leaver_id if leaver else Letter.mentor_id) == person.id,
        col(Letter.recipient).in_(names if leaver else [post.to_mentor(person.id)]),
        col(Letter.pair_id).in_(pairs) if leaver else col(Letter.mentor_id) == person.id,
    )
    db.flush()
    goes = (col(Letter.state).in_(NOT_UNDER_WAY), Letter.kind != LetterKind.WORRY)
    unsent = select(Letter).where(about, *goes)
    in_order = unsent.order_by(col(Letter.id)).with_for_update()
    return list(db.exec(in_order.execution_options(populate_existing=True)))


def _cancel(
    letters: Iterable[Letter], *, apart_from: Iterable[LetterKind] = (), now: datetime
) -> None:
    kept = frozenset(apart_from)
    for letter in letters:
        if letter.kind not in kept:
            letter.move(LetterMove.CANCEL, now=now)


def _please_ring(db: Session, pair: Pair, *, now: datetime) -> None:
    """Ask the mentor to ring, and the manager to ring the mentor, at any hour; say no more."""
    kind, region = LetterKind.RING_US, db.get_one(Referral, pair.referral_id).region
    generation = next_generation(db, kind, pair.id)
    for recipient in (post.to_mentor(pair.mentor_id), post.to_manager(region)):
        post.plan_letter(
            db,
            kind,
            Channel.EMAIL,
            recipient,
            now=now,
            mentor_id=pair.mentor_id,
            pair_id=pair.id,
            generation=generation,
        )
    raise_ring(db, pair, RingReason.DIED, now=now)
