"""Two records of one leaver become one: referral, pair, dates and all that follows.

What has come further stays. The rest falls away as the duplicate it is: not as
something that happened to the person.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, func, select

from matcher.becoming_one import become_one, fill_blanks
from matcher.endings import end_pair, let_standbys_go, live_pair_of
from matcher.final_events import has_died, leaver_withdraws
from matcher.following import follow, tell
from matcher.leaver_events import screen_again
from matcher.own_say import hand_on
from matcher.put_forward import open_referrals
from matcher.readdressing import readdress
from matcher.rechecks import recheck_leaver
from matcher.release_on_file import standing_dates
from matcher.repointing import repoint
from matcher.screened_twice import add_careful, careful_screening
from matcher.standings import events_of, standing_of
from matcher.stood import News, Stood, stood
from matcher.unheard import Unheard, tell_unheard, unheard
from models.events import Event
from models.meetings import Meeting
from models.pairs import Pair
from models.people import Leaver
from models.referrals import Referral, Screening
from models.release_words import DateKind
from models.releases import ReleaseDate
from models.runs import PlanRun
from models.states import EventKind, MeetingState, Move, PairState, ReferralMove, ReferralState

TWICE = "Two records were one person, and the other pair had come further."
"""Why the lesser of two pairs ended, in its history."""

ON_FILE = "on file"

FURTHER = (
    PairState.PROPOSED,
    PairState.APPROVED,
    PairState.OFFERED,
    PairState.SUSPENDED,
    PairState.ACCEPTED,
)


def join_leavers(db: Session, stays: Leaver, goes: Leaver, news: News) -> None:
    """Make one leaver of two, and ask every rule again."""
    for one in (stays, goes):
        _keep_undated(db, one)
    _end_both(db, stays, goes, news)
    careful = careful_screening(db, stays, goes)
    lesser = _keep_one_pair(db, stays, goes, news)
    _keep_one_referral(db, stays, goes, lesser, news)
    before, new = _together(db, stays, goes), unheard(db, stays, goes)
    _keep_prison_of_the_pair(db, stays, goes)
    _drop_no_news(db, stays, goes)
    repoint(db, stays, goes)
    readdress(db, stays, goes, by=news.by, now=news.now)
    become_one(db, stays, goes, by=news.by, now=news.now)
    fill_blanks(stays, goes, apart_from={"code", "prison_number"})
    recalls = {stays.recalled_on, goes.recalled_on} - {None}
    stays.recalled_on = max(filter(None, recalls), default=None)
    stays.scheme_reversed = stays.scheme_reversed or goes.scheme_reversed
    db.flush()
    if careful:
        add_careful(db, Screening, careful, by=news.by, now=news.now, leaver_id=stays.id)
    _let_follow(db, stays, before, new, news)
    if careful:
        screen_again(db, stays, news)


def _end_both(db: Session, stays: Leaver, goes: Leaver, news: News) -> None:
    """Let what ends everything for one record end it for the other, before it is asked what stays.

    So what was put forward after consent was withdrawn is never weighed against what ended.
    """
    died, withdrew = (
        [*events_of(db, stays, kind), *events_of(db, goes, kind)]
        for kind in (EventKind.DIED, EventKind.CONSENT_WITHDRAWN)
    )
    ends = has_died if died else leaver_withdraws
    for event in died or withdrew:
        if not event.facts.get("referral"):
            for one in (stays, goes):
                if died or open_referrals(db, one):
                    ends(db, one, replace(news, event=event))


def _keep_one_pair(db: Session, stays: Leaver, goes: Leaver, news: News) -> Pair | None:
    """End the lesser of two live pairs and return it; its mentor hears if they had said yes."""
    pair, other = live_pair_of(db, stays.id), live_pair_of(db, goes.id)
    if pair is None or other is None:
        return None
    lesser = min(other, pair, key=lambda one: _how_far(db, one))
    if lesser.state in (PairState.ACCEPTED, PairState.SUSPENDED):
        move = Move.STAND_DOWN
    elif lesser.state is PairState.PROPOSED and lesser.overridden_by is None:
        move = Move.REPLACE
    else:
        move = Move.WITHDRAW
    end_pair(db, lesser, move, by=news.by, now=news.now, reason=TWICE)
    let_standbys_go(db, lesser, now=news.now)
    return lesser


def _how_far(db: Session, pair: Pair) -> tuple[int, int]:
    held = select(func.count()).where(
        Meeting.pair_id == pair.id, Meeting.state == MeetingState.HELD
    )
    return FURTHER.index(pair.state), db.exec(held).one()


def _keep_one_referral(
    db: Session, stays: Leaver, goes: Leaver, lesser: Pair | None, news: News
) -> None:
    """Withdraw all open referrals but the one that has come further, without more ado.

    Whom the leaver ruled out on any of them, and whom a manager stopped, stays so.
    """
    referrals = open_referrals(db, stays, goes)
    if lesser:
        referrals.append(db.get_one(Referral, lesser.referral_id))
    paired = {pair.referral_id for one in (stays, goes) if (pair := live_pair_of(db, one.id))}
    kept = max(
        referrals,
        key=lambda one: (one.id in paired, one.state.rank, one.leaver_id == stays.id),
        default=None,
    )
    for referral in {one.id: one for one in referrals}.values():
        if kept is None or referral is kept:
            continue
        kept.ruled_out |= referral.ruled_out
        kept.chosen |= referral.chosen
        hand_on(db, referral, kept)
        ended = select(Pair).where(Pair.referral_id == referral.id, Pair.state == PairState.ENDED)
        for pair in db.exec(ended).all():
            pair.referral_id = pair.referral_id if pair is lesser else kept.id
        if referral.state is not ReferralState.WITHDRAWN:
            referral.move(ReferralMove.WITHDRAW, by=news.by, now=news.now)
        _forget_way_out(db, referral.id)
    db.flush()


def _forget_way_out(db: Session, referral_id: UUID) -> None:
    """Take a referral out of those that the newest plan tells ways out for."""
    run = db.exec(select(PlanRun).order_by(col(PlanRun.recorded_at).desc()).limit(1)).first()
    if run and str(referral_id) in run.ways_out:
        run.ways_out = {key: way for key, way in run.ways_out.items() if key != str(referral_id)}


def _keep_undated(db: Session, leaver: Leaver) -> None:
    """Keep a date that came without its history, so that it is one of both histories."""
    if leaver.release_date and not standing_dates(db, leaver):
        told: dict[str, Any] = {"leaver_id": leaver.id, "day": leaver.release_date}
        kind, at = DateKind.RELEASE_AS_REPORTED, leaver.created_at
        db.add(ReleaseDate(kind=kind, source=ON_FILE, recorded_at=at, **told))
        db.flush()


def _together(db: Session, stays: Leaver, goes: Leaver) -> Stood:
    """Return how both stood, with the day of the one who has the pair: its mentor knows that."""
    one, other = stood(db, stays), stood(db, goes)
    dated = other if live_pair_of(db, goes.id) else one
    return replace(
        one,
        release=dated.release,
        meetings={**one.meetings, **other.meetings},
        pairs={**one.pairs, **other.pairs},
        unsent={**one.unsent, **other.unsent},
        cancelled=one.cancelled | other.cancelled,
        asked=one.asked | other.asked,
        calls=one.calls | other.calls,
    )


def _drop_no_news(db: Session, stays: Leaver, goes: Leaver) -> None:
    """Drop the events of dates that one record told after the other had told the same day.

    Had there been one record, the second would have been no news.
    """
    theirs = select(ReleaseDate).where(col(ReleaseDate.leaver_id).in_({stays.id, goes.id}))
    rows = sorted(
        db.exec(theirs).all(),
        key=lambda row: (row.kind.value, row.recorded_at, row.leaver_id == stays.id),
    )
    last: ReleaseDate | None = None
    for row in rows:
        same = last is not None and (last.kind, last.day) == (row.kind, row.day)
        if last is not None and same and last.leaver_id != row.leaver_id:
            for event in db.exec(select(Event).where(Event.key == f"date_told:{row.id}")).all():
                db.delete(event)
        last = row
    db.flush()


def _keep_prison_of_the_pair(db: Session, stays: Leaver, goes: Leaver) -> None:
    """Let who was moved on one record be moved as their pair on the other is looking on."""
    if live_pair_of(db, goes.id) and standing_of(db, stays).prison == stays.prison:
        stays.prison = goes.prison
    db.flush()


def _let_follow(db: Session, leaver: Leaver, before: Stood, new: Unheard, news: News) -> None:
    """Let all that has happened to either count for the one that they are."""
    if standing_of(db, leaver).dead:
        return
    before = tell_unheard(db, leaver, new, before, news)
    follow(db, leaver, by=news.by, now=news.now)
    tell(db, leaver, before, now=news.now)
    recheck_leaver(db, leaver.id, now=news.now)
