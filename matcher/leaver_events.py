"""What follows an event in the life of a leaver, beside the plan that follows by itself.

Each verb takes the event as it was recorded and how things stood before it.
Each may be called again for the same event, and then changes nothing more.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from matcher import post
from matcher.coming_out import comes_out
from matcher.core.sending import local_day
from matcher.endings import is_stood_down, stand_down
from matcher.following import follow, gate_is_near, pair_begun, tell
from matcher.journey import next_generation
from matcher.put_forward import was_before
from matcher.rechecks import recheck_leaver
from matcher.ringing import raise_ring
from matcher.standings import as_happened, standing_of
from matcher.stood import News
from matcher.tasks import raise_task, settle
from matcher.told_before import task_key
from models.desk_words import RingReason, TaskKind
from models.events import Event
from models.gate import GateMark
from models.pairs import Pair
from models.people import Leaver
from models.referrals import Referral
from models.states import Channel, EventKind, LetterKind

BACK_IN_PRISON = "They are back in prison."


def goes_along(db: Session, leaver: Leaver, news: News) -> None:
    """Let the plan follow, and tell the mentor once."""
    follow(db, leaver, by=news.by, now=news.now)
    tell(db, leaver, news.before, now=news.now)


def stops(db: Session, leaver: Leaver, news: News) -> None:
    """Let the plan stop, tell the mentor once, and have them rung: they are to go nowhere."""
    goes_along(db, leaver, news)
    pair = pair_begun(db, leaver)
    if pair and standing_of(db, leaver).frozen:
        raise_ring(db, pair, RingReason.ON_PAUSE, now=news.now)


def is_recalled(db: Session, leaver: Leaver, news: News) -> None:
    """Pause, and let nothing that was tapped before stand in the way of the next release."""
    pair = pair_begun(db, leaver)
    if pair and not was_before(as_happened(news.event), db.get_one(Referral, pair.referral_id)):
        back_on = as_happened(news.event).on
        for mark in db.exec(select(GateMark).where(GateMark.pair_id == pair.id)).all():
            if local_day(mark.marked_at) <= back_on:
                db.delete(mark)
        worry = {TaskKind.NO_HOME_SAFE, TaskKind.FIRST_MEETING}
        settle(db, worry, outcome=BACK_IN_PRISON, by=news.by, now=news.now, pair_id=pair.id)
    stops(db, leaver, news)


def is_sentenced(db: Session, leaver: Leaver, news: News) -> None:
    """Pause, and let the manager decide whether the pair stays on pause or ends."""
    stops(db, leaver, news)
    pair = pair_begun(db, leaver)
    if pair and standing_of(db, leaver).frozen:
        _for_manager(db, leaver, news.event, TaskKind.DECIDE, pair, now=news.now)


def is_not_released(db: Session, leaver: Leaver, news: News) -> None:
    """Stand the mentor down at once: nobody is to wait at the gate. Or they came out after all.

    A mentor who was stood down already hears nothing that they have not heard.
    """
    if news.event.facts.get("came_out"):
        return comes_out(db, leaver, news)
    pair = pair_begun(db, leaver)
    if pair is None or not standing_of(db, leaver).frozen or is_stood_down(db, pair):
        return goes_along(db, leaver, news)
    post.cancel_letters(db, now=news.now, pair_id=pair.id)
    follow(db, leaver, by=news.by, now=news.now)
    stand_down(db, pair, RingReason.NOT_RELEASED, now=news.now)
    kind, region = LetterKind.STOOD_DOWN, db.get_one(Referral, pair.referral_id).region
    post.plan_letter(
        db,
        kind,
        Channel.EMAIL,
        post.to_manager(region),
        now=news.now,
        mentor_id=pair.mentor_id,
        pair_id=pair.id,
        generation=next_generation(db, kind, pair.id),
    )
    return None


def is_at_large(db: Session, leaver: Leaver, news: News) -> None:
    """Freeze the plan: no letter leaves that was planned before, and nobody is told a place."""
    if EventKind.UNLAWFULLY_AT_LARGE in standing_of(db, leaver).frozen:
        post.cancel_letters(db, now=news.now, leaver_id=leaver.id)
        pair = pair_begun(db, leaver)
        if pair:
            post.cancel_letters(db, now=news.now, pair_id=pair.id)
    stops(db, leaver, news)


def is_away(db: Session, leaver: Leaver, news: News) -> None:
    """Let meetings wait, and if the gate is near find out whether there is one."""
    goes_along(db, leaver, news)
    pair, told = pair_begun(db, leaver), as_happened(news.event)
    until, today = told.day("until"), local_day(news.now)
    if pair and gate_is_near(leaver, news.now) and (until is None or until >= today):
        raise_ring(db, pair, RingReason.AWAY, now=news.now)


def is_moved(db: Session, leaver: Leaver, news: News) -> None:
    """Keep the pair, and tell both councils: the one they left and the one they came to."""
    old = leaver.prison
    goes_along(db, leaver, news)
    if leaver.prison == old:
        return
    for prison in (old, leaver.prison):
        raise_task(
            db,
            f"moved_prison:{news.event.key}:{prison}",
            TaskKind.MOVED_PRISON,
            due_on=local_day(news.now),
            now=news.now,
            prison=prison,
            leaver_id=leaver.id,
        )


def is_another_risk(db: Session, leaver: Leaver, news: News) -> None:
    """Ask every rule again at once, and have the manager screen again."""
    recheck_leaver(db, leaver.id, now=news.now)
    screen_again(db, leaver, news)


def screen_again(db: Session, leaver: Leaver, news: News) -> None:
    """Have the manager screen again."""
    _for_manager(
        db, leaver, news.event, TaskKind.SCREEN_AGAIN, pair_begun(db, leaver), now=news.now
    )


def _for_manager(
    db: Session, leaver: Leaver, event: Event, kind: TaskKind, pair: Pair | None, *, now: datetime
) -> None:
    newest = select(Referral).where(Referral.leaver_id == leaver.id)
    referral = db.exec(newest.order_by(col(Referral.created_at).desc())).first()
    if referral is None:
        return
    raise_task(
        db,
        task_key(kind, event),
        kind,
        due_on=local_day(now),
        now=now,
        region=referral.region,
        leaver_id=leaver.id,
        mentor_id=pair.mentor_id if pair else None,
        pair_id=pair.id if pair else None,
    )
