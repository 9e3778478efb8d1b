"""Whom a leaver must not meet, as told to the council, until a manager has settled each of them.

Nobody is looked for as long as one of them is open: the leaver is screened
and does not wait, whatever the screening says. Verbs: they take the session
and `now`, never commit and never read the clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.endings import end_pair, let_standbys_go, live_pair_of
from matcher.locks import hold_leavers
from matcher.refusing import NotAllowed
from matcher.restrictions import OtherPerson, add_link
from matcher.ringing import raise_ring, settle_rings
from matcher.standings import standing_of
from models.council_words import AvoidNote, PersonToAvoid
from models.desk_words import RingReason
from models.people import Leaver
from models.referrals import Referral
from models.restrictions import Link
from models.states import Move, ReferralMove, ReferralState
from models.vocabulary import LinkKind

OPEN = "Someone the leaver must not meet is not settled yet."
"""Why a leaver is on hold, and why an offer is taken back, for the manager alone."""


def unsettled(db: Session, leaver_id: UUID) -> list[PersonToAvoid]:
    """Return whom a leaver must not meet, as told to the council, and no manager has settled."""
    open_ones = select(PersonToAvoid).where(
        PersonToAvoid.leaver_id == leaver_id, col(PersonToAvoid.settled_at).is_(None)
    )
    return list(db.exec(open_ones.order_by(col(PersonToAvoid.recorded_at), col(PersonToAvoid.id))))


def count_unsettled(db: Session, leaver_ids: Collection[UUID]) -> Counter[UUID]:
    """Return how many people each of these leavers must not meet are not settled."""
    of_them = select(PersonToAvoid.leaver_id).where(
        col(PersonToAvoid.leaver_id).in_(leaver_ids), col(PersonToAvoid.settled_at).is_(None)
    )
    return Counter(db.exec(of_them))


def note_asked(
    db: Session, person: PersonToAvoid, *, text: str, by: UUID, now: datetime
) -> AvoidNote:
    """Keep what was asked of whom about someone not found yet; the leaver stays on hold."""
    _refuse_settled(person)
    if not text.strip():
        raise NotAllowed("Write whom you have asked, and what.")
    return _note(db, person, text, by=by, now=now)


def settle(
    db: Session,
    person: PersonToAvoid,
    *,
    link: LinkKind | None,
    other: OtherPerson | None = None,
    why: str = "",
    by: UUID,
    now: datetime,
) -> Link | None:
    """Make a link of someone a leaver must not meet, or say why none is needed (`link` None).

    A leaver who is screened waits for a mentor once the last one is settled.
    """
    hold_leavers(db, [person.leaver_id])
    _refuse_settled(person)
    made = None
    if link:
        if other is None:
            raise NotAllowed("Say who this is: by prison number, or by name and date of birth.")
        leaver = db.get_one(Leaver, person.leaver_id)
        detail = f"{person.name}. {person.why}".strip()
        made = add_link(db, leaver, link, other, detail=detail, by=by, now=now)
    elif not why.strip():
        raise NotAllowed("Write how you know that no link is needed.")
    if why.strip():
        _note(db, person, why, by=by, now=now)
    person.settled_at, person.settled_by = now, by
    person.link_id = made.id if made else None
    db.flush()
    screened = select(Referral).where(
        Referral.leaver_id == person.leaver_id, Referral.state == ReferralState.SCREENED
    )
    for referral in db.exec(screened):
        wait_or_hold(db, referral, by=by, now=now)
    _settle_rings(db, person.leaver_id, by=by, now=now)
    return made


def _settle_rings(db: Session, leaver_id: UUID, *, by: UUID, now: datetime) -> None:
    pair = live_pair_of(db, leaver_id)
    if pair and not unsettled(db, leaver_id):
        why = {RingReason.SOMEONE_NAMED}
        outcome = "Everyone named is settled."
        settle_rings(db, why, outcome=outcome, by=by, now=now, pair_id=pair.id)


def wait_or_hold(db: Session, referral: Referral, *, by: UUID | None, now: datetime) -> None:
    """Let a screened leaver wait for a mentor, or hold one who waits.

    One is held while someone they named is not settled, or an event stops their plan.

    What was proposed or offered to a mentor meanwhile is taken back.
    """
    leaver = db.get_one(Leaver, referral.leaver_id)
    is_open = bool(unsettled(db, leaver.id) or standing_of(db, leaver).frozen)
    if referral.state is ReferralState.SCREENED and not is_open:
        referral.move(ReferralMove.WAIT, by=by, now=now)
    elif referral.state is ReferralState.WAITING and is_open:
        referral.move(ReferralMove.HOLD, by=by, now=now)
        _take_back(db, referral, now=now)
    db.flush()


def ask_about_new(db: Session, referral: Referral, *, now: datetime) -> None:
    """Ask the manager to find out at once where a mentor has said yes already."""
    pair = live_pair_of(db, referral.leaver_id)
    if pair and referral.state is ReferralState.MATCHED:
        raise_ring(db, pair, RingReason.SOMEONE_NAMED, now=now)


def _take_back(db: Session, referral: Referral, *, now: datetime) -> None:
    """End what has not been accepted; a referral that waits has nothing that has."""
    pair = live_pair_of(db, referral.leaver_id)
    if pair and pair.referral_id == referral.id:
        end_pair(db, pair, Move.BAR, by=None, now=now, reason=OPEN)
        let_standbys_go(db, pair, now=now)


def _refuse_settled(person: PersonToAvoid) -> None:
    if person.settled_at:
        raise NotAllowed("This has been settled already.")


def _note(db: Session, person: PersonToAvoid, text: str, *, by: UUID, now: datetime) -> AvoidNote:
    note = AvoidNote(
        leaver_id=person.leaver_id,
        person_id=person.id,
        text=text.strip(),
        recorded_at=now,
        recorded_by=by,
    )
    db.add(note)
    db.flush()
    return note
