"""Two records of one mentor become one: places, standbys, the account and what vets them.

Where the two differ the more careful word counts, until somebody looks again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.becoming_one import become_one, fill_blanks
from matcher.consents_said import is_refused
from matcher.core.sending import local_day
from matcher.endings import end_pair, let_standbys_go
from matcher.final_events import close_account, mentor_withdraws
from matcher.mentor_lapses import lapses, leave_leavers, let_go_as_standby
from matcher.proposals import is_fixed
from matcher.readdressing import readdress
from matcher.rechecks import recheck_mentor
from matcher.repointing import repoint
from matcher.screened_twice import add_careful, careful_vetting
from matcher.standings import as_happened, standing_of
from matcher.stood import News
from models.accounts import Account
from models.council_words import Draft
from models.desk_words import LapseStep
from models.events import Event
from models.pairs import LIVE, Pair
from models.people import Mentor
from models.places import MentorPlace, fit_places
from models.privacy_words import Purpose
from models.referrals import Referral
from models.runs import PlanRun
from models.standbys import STANDBYS_PER_MENTOR, Standby
from models.states import EventKind, MentorState, Move

TWICE = "Two records were one mentor, who has no place left for this proposal."

ON_THE_WAY = (
    MentorState.RECRUITED,
    MentorState.TRAINED,
    MentorState.ASSESSED,
    MentorState.CLEARED,
    MentorState.ACTIVE,
)
"""States in their order; the others are ones that a mentor is brought to by something."""

NOT_THERE = (MentorState.PAUSED, MentorState.ENDED)
"""Nobody is walked along with by a mentor in one of these states, however they came to it."""


def join_mentors(db: Session, stays: Mentor, goes: Mentor, news: News) -> None:
    """Make one mentor of two, and ask every rule again of all their pairs."""
    careful = careful_vetting(db, stays, goes)
    _keep_places(db, stays, goes, news)
    _keep_standbys(db, stays, goes, now=news.now)
    _keep_one_account(db, stays, goes, now=news.now)
    _keep_codes(db, stays, goes)
    repoint(db, stays, goes)
    readdress(db, stays, goes, by=news.by, now=news.now)
    become_one(db, stays, goes, by=news.by, now=news.now)
    _keep_facts(stays, goes)
    if is_refused(db, stays.id, Purpose.OWN_WORDS):
        stays.own_words = ""
    db.flush()
    for kind, facts in careful.items():
        add_careful(db, kind, facts, by=news.by, now=news.now, mentor_id=stays.id)
    _let_follow(db, stays, news)


def live_pairs_of(db: Session, mentor: Mentor) -> Sequence[Pair]:
    """Return the live pairs of a mentor, those first that have come least far."""
    live = select(Pair).where(Pair.mentor_id == mentor.id, col(Pair.state).in_(LIVE))
    return sorted(db.exec(live).all(), key=lambda one: (one.state.rank, one.score, str(one.id)))


def _keep_places(db: Session, stays: Mentor, goes: Mentor, news: News) -> None:
    """Give every pair of the record that goes a place of the one that stays.

    Proposals for which there is none end; of more than those nobody asked for
    the merge (`merge_refusals`).
    """
    stays.places = max(stays.places, goes.places)
    stays.taken_elsewhere = max(stays.taken_elsewhere, goes.taken_elsewhere)
    pairs = [*live_pairs_of(db, goes), *live_pairs_of(db, stays)]
    spare = [pair for pair in pairs if not is_fixed(pair)][: max(0, len(pairs) - stays.places_here)]
    for pair in spare:
        end_pair(db, pair, Move.REPLACE, by=news.by, now=news.now, reason=TWICE)
        let_standbys_go(db, pair, now=news.now)
    fit_places(db, stays)
    held = {pair.place_number for pair in live_pairs_of(db, stays)}
    opened = select(MentorPlace.number).where(MentorPlace.mentor_id == stays.id)
    free = iter(sorted(set(db.exec(opened)) - held))
    theirs = select(Pair).where(Pair.mentor_id == goes.id).order_by(col(Pair.id))
    for pair in db.exec(theirs.with_for_update()).all():
        if pair.place_number is not None:
            pair.place_number = next(free)
        pair.mentor_id = stays.id
    db.flush()
    for place in db.exec(select(MentorPlace).where(MentorPlace.mentor_id == goes.id)).all():
        db.delete(place)
    db.flush()


def _keep_standbys(db: Session, stays: Mentor, goes: Mentor, *, now: datetime) -> None:
    """Let the one mentor stand by for no more than two, once each, and never beside themselves."""
    theirs = select(Standby).where(col(Standby.mentor_id).in_({stays.id, goes.id}))
    rows = db.exec(theirs.order_by(col(Standby.chosen_at), col(Standby.id))).all()
    kept: list[Standby] = []
    for row in rows:
        own = db.get_one(Pair, row.pair_id).mentor_id == stays.id
        twice = row.pair_id in {one.pair_id for one in kept}
        if row.slot is not None and (own or twice or len(kept) == STANDBYS_PER_MENTOR):
            row.close(now=now)
        elif row.slot is not None:
            kept.append(row)
    db.flush()
    taken = {row.slot for row in kept if row.mentor_id == stays.id}
    free = iter(sorted({*range(1, STANDBYS_PER_MENTOR + 1)} - taken))
    for row in rows:
        if row.mentor_id == goes.id:
            row.slot = next(free) if row.slot is not None else None
            row.mentor_id = stays.id
    db.flush()


def _keep_one_account(db: Session, stays: Mentor, goes: Mentor, *, now: datetime) -> None:
    """Keep the account in use of the one that stays, or else of the other; the rest are closed.

    What was begun in an account that is closed goes on in the one in use.
    """
    theirs = select(Account).where(col(Account.mentor_id).in_({stays.id, goes.id}))
    rows = db.exec(theirs.order_by(col(Account.created_at), col(Account.id))).all()
    in_use = [row for row in rows if row.disabled_at is None]
    in_use.sort(key=lambda row: row.mentor_id != stays.id)
    for row in in_use[1:]:
        close_account(db, row, now=now)
        for draft in db.exec(select(Draft).where(Draft.account_id == row.id)).all():
            draft.account_id = in_use[0].id
    db.flush()
    for row in rows:
        row.mentor_id = stays.id
    db.flush()


def _keep_codes(db: Session, stays: Mentor, goes: Mentor) -> None:
    """Let leavers who ruled one record out rule the person out, and prices be of the person."""
    for referral in db.exec(select(Referral).where(col(Referral.ruled_out) != frozenset())):
        if goes.code in referral.ruled_out:
            referral.ruled_out = referral.ruled_out - {goes.code} | {stays.code}
    run = db.exec(select(PlanRun).order_by(col(PlanRun.recorded_at).desc()).limit(1)).first()
    if run and goes.code in run.prices:
        prices = dict(run.prices)
        price = prices.pop(goes.code)
        run.prices = {stays.code: price, **prices}
    db.flush()


def _keep_facts(stays: Mentor, goes: Mentor) -> None:
    """Fill the blanks, and be no looser than either record about what keeps people safe."""
    fill_blanks(stays, goes, apart_from={"code", "offence_free_since", "substance_free_since"})
    stays.limits |= goes.limits
    stays.past_addiction = stays.past_addiction or goes.past_addiction
    for name in ("offence_free_since", "substance_free_since"):
        days = [day for day in (getattr(stays, name), getattr(goes, name)) if day]
        setattr(stays, name, max(days, default=None))
    further = stays.state in ON_THE_WAY and goes.state in ON_THE_WAY
    if further:
        later = ON_THE_WAY.index(goes.state) > ON_THE_WAY.index(stays.state)
    else:
        later = goes.state_since > stays.state_since
    if later:
        stays.state, stays.state_since = goes.state, goes.state_since


def _let_follow(db: Session, mentor: Mentor, news: News) -> None:
    """Let all that has happened to either count for the one that they are."""
    standing = standing_of(db, mentor)
    withdrawn, consented = standing.withdrawn_at, mentor.consented_on
    if withdrawn and (consented is None or consented <= local_day(withdrawn)):
        told = [one for one in _events(db, mentor.id) if one.happened_at == withdrawn]
        mentor_withdraws(db, mentor, replace(news, event=told[-1]))
        return
    steps = [one for one in _events(db, mentor.id) if one.kind is EventKind.MENTOR_LAPSED]
    over = [one for one in steps if one.facts["step"] == LapseStep.END]
    if steps:
        lapses(db, mentor, replace(news, event=(over or steps)[-1]))
    if mentor.state in NOT_THERE:
        leave_leavers(db, mentor, by=news.by, now=news.now)
        let_go_as_standby(db, mentor, now=news.now)
    recheck_mentor(db, mentor.id, now=news.now)


def _events(db: Session, mentor_id: UUID) -> Sequence[Event]:
    theirs = select(Event).where(Event.mentor_id == mentor_id)
    return sorted(db.exec(theirs), key=lambda one: as_happened(one).order)
