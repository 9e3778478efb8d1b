"""The leaver's own say in who is asked to be their mentor, from profiles without names.

A liaison shows three profiles and keys in what the leaver says: this one,
not this one, or no wish. Who is chosen is worth some points more; who is
ruled out is barred for this leaver. No mentor is ever told. A draw is kept,
so that asking again shows the same three: nobody can look through the mentors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, func, select

from matcher.core.sending import local_day
from matcher.desks.own_profiles import Profile, drawn, told_of
from matcher.endings import live_pair_of
from matcher.locks import hold_leavers
from matcher.mentors_for import MentorsFor
from matcher.rechecks import recheck_leaver
from matcher.refusing import NotAllowed
from matcher.tasks import raise_for_manager
from models.desk_words import TaskKind
from models.own_says import OwnSay, Wish
from models.pairs import Pair
from models.people import Mentor
from models.referrals import Referral
from models.rows import count_change
from models.states import MentorState, PairState, ReferralState

AT_ONCE = 3
"""So many profiles are shown."""

AT_MOST = 6
"""So many are ever shown to one leaver, those included that somebody else has met since."""

ENOUGH = 5
"""So many mentors must fit before any is shown: of fewer it could be guessed who is who."""

TOO_FEW = (
    "Too few mentors fit now, so nobody can be shown. Look again in a week. The plan goes on "
    "looking for a mentor."
)
NOT_WAITING = "You can only ask while this person waits for a mentor."
NO_PROFILES = "Get the profiles first. Then ask."
ON_FILE = "Their wish is on file. Take it back first, then ask again."
ONE_AT_MOST = "Choose “This one” for one profile at most."


def shown_to(db: Session, referral: Referral) -> Sequence[OwnSay]:
    """Return the profiles that are asked about, in the order of their letters."""
    of_it = select(OwnSay).where(OwnSay.referral_id == referral.id, col(OwnSay.gone_at).is_(None))
    return db.exec(of_it.order_by(col(OwnSay.number))).all()


def said_on(db: Session, referral: Referral) -> datetime | None:
    """Return when the leaver's wish was keyed in; None if none is on file."""
    said = select(OwnSay.said_at).where(
        OwnSay.referral_id == referral.id, col(OwnSay.said_at).is_not(None)
    )
    found: datetime | None = db.exec(said.order_by(col(OwnSay.said_at).desc()).limit(1)).first()
    return found


def may_ask(referral: Referral) -> bool:
    """Say whether the leaver waits, and so has a say."""
    return referral.state is ReferralState.WAITING


def draw(db: Session, referral: Referral, *, by: UUID, now: datetime) -> None:
    """Keep three profiles to show; of those kept before, who fits no more gives way to another.

    Raises NotAllowed when fewer than five mentors fit, or a wish is on file.
    """
    hold_leavers(db, [referral.leaver_id])
    _refuse_unless_asked(db, referral)
    people = MentorsFor.of(db, referral, now=now)
    fit = {one.mentor_id for one in people.candidates() if one.score is not None}
    if len(fit) < ENOUGH:
        raise NotAllowed(TOO_FEW)
    before = db.exec(select(OwnSay).where(OwnSay.referral_id == referral.id)).all()
    for one in before:
        if one.gone_at is None and one.mentor_id not in fit:
            one.gone_at = now
    profiles = _profiles(people, fit - {one.mentor_id for one in before})
    for mentor_id in _next(referral, before, profiles):
        _keep(db, referral, mentor_id, profiles[mentor_id], by=by, now=now)
    count_change(db, referral)
    db.flush()


def key_in(
    db: Session, referral: Referral, wishes: Mapping[UUID, Wish], *, by: UUID, now: datetime
) -> None:
    """Keep what the leaver says of each profile, by the id of its row.

    A mentor ruled out who was to be asked, or is asked now, is asked no more;
    if they had an offer already, the manager gets a task.
    """
    hold_leavers(db, [referral.leaver_id])
    _refuse_unless_asked(db, referral)
    shown = shown_to(db, referral)
    if not shown or {one.id for one in shown} != wishes.keys():
        raise NotAllowed(NO_PROFILES)
    if sum(wish is Wish.CHOSEN for wish in wishes.values()) > 1:
        raise NotAllowed(ONE_AT_MOST)
    for one in shown:
        one.wish, one.said_at, one.said_by = wishes[one.id], now, by
    count_change(db, referral)
    db.flush()
    ruled_out = {one.mentor_id for one in shown if one.wish is Wish.RULED_OUT}
    pair = live_pair_of(db, referral.leaver_id)
    if pair and pair.mentor_id in ruled_out:
        _let_go(db, pair, now=now)


def take_back(db: Session, referral: Referral) -> None:
    """Let what the leaver said count no more; the same profiles may be asked about again."""
    if not may_ask(referral):
        raise NotAllowed(NOT_WAITING)
    for one in db.exec(select(OwnSay).where(OwnSay.referral_id == referral.id)):
        one.wish = one.said_at = one.said_by = None
    count_change(db, referral)
    db.flush()


def said_of(db: Session, referral: Referral) -> list[tuple[OwnSay, Mentor]]:
    """Return what the leaver said, with the mentors meant: the manager's alone to read."""
    said = select(OwnSay, Mentor).where(
        OwnSay.referral_id == referral.id,
        OwnSay.mentor_id == Mentor.id,
        col(OwnSay.said_at).is_not(None),
    )
    return [(one, mentor) for one, mentor in db.exec(said.order_by(col(OwnSay.number)))]


def hand_on(db: Session, before: Referral, after: Referral) -> None:
    """Let what was said to one referral count for another of the same person.

    Where somebody is chosen on both, the choice of the one that goes on stands.
    """
    of_it = select(OwnSay).order_by(col(OwnSay.number))
    theirs = db.exec(of_it.where(OwnSay.referral_id == after.id)).all()
    number, has_chosen = _last_number(db, after), any(one.wish is Wish.CHOSEN for one in theirs)
    moved = db.exec(of_it.where(OwnSay.referral_id == before.id)).all()
    for place, one in enumerate(moved, start=1):
        one.referral_id, one.number = after.id, number + place
        if has_chosen and one.wish is Wish.CHOSEN:
            one.wish = Wish.NO_WISH
        if theirs and one.wish is None:
            one.gone_at = one.gone_at or one.recorded_at
    db.flush()


def _refuse_unless_asked(db: Session, referral: Referral) -> None:
    if not may_ask(referral):
        raise NotAllowed(NOT_WAITING)
    if said_on(db, referral):
        raise NotAllowed(ON_FILE)


def _next(
    referral: Referral, before: Sequence[OwnSay], profiles: Mapping[UUID, Profile]
) -> list[UUID]:
    """Return whom to show beside those who are shown already."""
    standing = [Profile.kept(one.told) for one in before if one.gone_at is None]
    wanted = min(AT_ONCE - len(standing), AT_MOST - len(before))
    return drawn(referral.id, profiles, standing, wanted)


def _keep(
    db: Session, referral: Referral, mentor_id: UUID, profile: Profile, *, by: UUID, now: datetime
) -> None:
    """Keep one profile under the next letter."""
    db.add(
        OwnSay(
            leaver_id=referral.leaver_id,
            referral_id=referral.id,
            mentor_id=mentor_id,
            number=_last_number(db, referral) + 1,
            told=profile.to_keep,
            recorded_at=now,
            recorded_by=by,
        )
    )
    db.flush()


def _last_number(db: Session, referral: Referral) -> int:
    last = select(func.max(OwnSay.number)).where(OwnSay.referral_id == referral.id)
    return db.exec(last).one() or 0


def _profiles(people: MentorsFor, ids: set[UUID]) -> dict[UUID, Profile]:
    """Return what may be told of some mentors, so that each fits five active ones."""
    active = [one for one in people.mentors.values() if one.state is MentorState.ACTIVE]
    others = [Profile.of(one) for one in active]
    return {one: told_of(people.mentors[one], others) for one in ids}


def _let_go(db: Session, pair: Pair, *, now: datetime) -> None:
    """Take back a proposal or an offer to a mentor whom the leaver has ruled out."""
    had_offer = pair.state is PairState.OFFERED
    recheck_leaver(db, pair.leaver_id, now=now)
    if had_offer:
        key = f"ruled_out:{pair.id}"
        raise_for_manager(db, pair, key, TaskKind.RULED_OUT, due_on=local_day(now), now=now)
    db.flush()
