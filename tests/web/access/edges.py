"""Rows at the edge of a scope: each is found, or not, by one condition alone.

They stand beside the stories of the world, each in one of its own, and nobody walks among them.
"""

from datetime import timedelta
from typing import Any

from sqlmodel import Session

from models.hours import read_hours
from models.privacy import PairCount
from models.restrictions import Curfew, ExclusionZone
from models.sign_ins import BreakGlass, Invitation
from models.states import Channel, EndReason, LetterKind, PairState, ReferralState, Role
from tests.rows import NOW, TODAY, a_letter, a_meeting, a_mentor_row, a_pair, a_referral
from tests.web.access.leavers import put_forward
from tests.web.access.stories import Place, World

LONG_AGO = NOW - timedelta(days=15)
AT_NIGHT = read_hours("daily 19-7")


def stand_at_the_edges(db: Session, world: World) -> None:
    """Keep them."""
    here, there = world.places["here"], world.places["there"]
    _across(db, world, here, there)
    _never_accepted(db, world, here)
    _moved(db, world, here, there)
    _letters(db, world)
    _restrictions(db, world, here)
    _records(db, world, here)
    _codes(db, world, here, there)
    _counts(db, world, here, there)
    db.commit()


def _counts(db: Session, world: World, here: Place, there: Place) -> None:
    """What is left of pairs of each region whose people are no longer on file."""
    for name, place in {"count": here, "count_there": there}.items():
        told = {"month": TODAY.replace(day=1), "region": place.region, "pairs": 1}
        world.keep(db, "counts", **{name: PairCount(end_reason=EndReason.COMPLETED, **told)})


def _across(db: Session, world: World, here: Place, there: Place) -> None:
    """A leaver of one region whose mentor lives in the other, now and once."""
    live = {"state": PairState.ACCEPTED, "accepted_at": LONG_AGO, "place_number": 7}
    over = {"state": PairState.ENDED, "end_reason": EndReason.COMPLETED, "accepted_at": LONG_AGO}
    over |= {"place_number": None, "state_since": LONG_AGO}
    for story, told in (("across", live), ("across-over", over)):
        _, referral = put_forward(db, world, story, there, ReferralState.MATCHED)
        mentor = here.mentor if told is live else a_mentor_row(region=here.region)
        world.keep(db, story, **({} if told is live else {"mentor": mentor}))
        pair = a_pair(referral, mentor, **told)
        world.keep(db, story, pair=pair, meeting=a_meeting(pair))
    _put_forward_twice(db, world, here, there)


def _put_forward_twice(db: Session, world: World, here: Place, there: Place) -> None:
    """A leaver put forward in one region, then in the other where they have a mentor."""
    leaver, referral = put_forward(db, world, "twice", there, ReferralState.MATCHED)
    before = a_referral(leaver, state=ReferralState.WITHDRAWN, region=here.region)
    pair = a_pair(referral, there.mentor, state=PairState.ACCEPTED, place_number=7)
    world.keep(db, "twice", before=before, pair=pair)
    mailed = a_letter(pair_id=pair.id, leaver_id=leaver.id)
    world.keep(db, "twice", mailed=mailed)


def _moved(db: Session, world: World, here: Place, there: Place) -> None:
    """Somebody put forward here who is in the other prison now, with nobody walking with them."""
    leaver, _ = put_forward(db, world, "moved", here, ReferralState.WAITING)
    leaver.prison = there.prison


def _never_accepted(db: Session, world: World, here: Place) -> None:
    """Pairs that ended before a yes: one was offered, one was not, one was accepted and is over."""
    ended = {"state": PairState.ENDED, "end_reason": EndReason.DECLINED, "place_number": None}
    offered = {"answer_by": NOW}
    kinds: dict[str, dict[str, Any]] = {
        "declined": offered,
        "not-offered": {},
        "begun-over": offered | {"accepted_at": LONG_AGO, "state_since": LONG_AGO},
    }
    for story, told in kinds.items():
        _, referral = put_forward(db, world, story, here, ReferralState.WAITING)
        world.keep(db, story, pair=a_pair(referral, here.mentor, **ended | told))


def _letters(db: Session, world: World) -> None:
    """Letters of every story by mail, some by no pair, and printed ones of pairs that wait."""
    for story in ("offered", "accepted", "foreign"):
        pair: Any = world.stories[story]["pair"]
        about = {"leaver_id": pair.leaver_id}
        mailed = a_letter(channel=Channel.EMAIL, pair_id=pair.id, **about)
        asked = a_letter(kind=LetterKind.PRACTITIONER_QUESTION, **about)
        world.keep(db, story, mailed=mailed, asked_of=asked)
    world.keep(db, "service", unowned=a_letter())


def _restrictions(db: Session, world: World, here: Place) -> None:
    """A district and hours that bind nobody any more."""
    leaver: Any = world.stories["accepted"]["leaver"]
    of = {"leaver_id": leaver.id, "recorded_at": NOW, "recorded_by": here.manager.id}
    of |= {"ends_on": TODAY - timedelta(days=1)}
    zone_over = ExclusionZone(district="LS1", **of)
    world.keep(db, "accepted", zone_over=zone_over, curfew_over=Curfew(hours=AT_NIGHT, **of))


def _records(db: Session, world: World, here: Place) -> None:
    """Records asked for by an administrator: agreed and over, shut, and not yet answered."""
    leaver: Any = world.stories["accepted"]["leaver"]
    asked = {"leaver_id": leaver.id, "region": here.region, "reason": "Support call."}
    asked |= {"asked_by": world.accounts["administrator"].id, "asked_at": NOW}
    agreed = {"answered_by": here.manager.id, "answered_at": NOW}
    soon = NOW + timedelta(minutes=20)
    by_another = asked | {"asked_by": world.accounts["other manager"].id}
    world.keep(
        db,
        "records",
        glass_over=BreakGlass(**asked, **agreed, ends_at=NOW),
        glass_shut=BreakGlass(**asked, **agreed, ends_at=soon, shut_at=NOW),
        glass_unanswered=BreakGlass(**asked),
        glass_of_another=BreakGlass(**by_another, **agreed, ends_at=soon),
    )


def _codes(db: Session, world: World, here: Place, there: Place) -> None:
    """Invitations of each kind, and those that nobody may agree to any more."""
    own, administrator = here.manager, world.accounts["administrator"]
    told = {"invited_at": NOW, "ends_at": NOW + timedelta(days=2), "code_hash": "$argon2id$"}
    waits = told | {"role": Role.MANAGER, "region": here.region, "needs_second": True}
    by = {"invited_by": administrator.id}
    other = {"invited_by": there.manager.id}
    rows = {
        "of_mentor": told | {"role": Role.MENTOR, "mentor_id": here.mentor.id} | by,
        "of_mentor_there": told | {"role": Role.MENTOR, "mentor_id": there.mentor.id} | by,
        "of_administrator": waits | {"role": Role.ADMINISTRATOR, "region": None} | other,
        "for_another_role": waits | {"role": Role.LIAISON, "region": here.region} | other,
        "of_manager_at_a_prison": waits | {"prison": here.prison} | other | {"needs_second": False},
        "waiting": waits | by,
        "by_the_manager": waits | {"invited_by": own.id},
        "for_the_manager": waits | other | {"account_id": own.id},
        "agreed": waits | by | {"agreed_by": there.manager.id},
        "used": waits | other | {"used_at": NOW, "account_id": there.manager.id},
        "revoked": waits | other | {"revoked_at": NOW},
        "of_one_person": waits | other | {"needs_second": False},
    }
    made = {name: Invitation(selector=f"Q{name}"[:20], **row) for name, row in rows.items()}
    world.keep(db, "codes", **made)
