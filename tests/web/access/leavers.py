"""Someone put forward, with a canary in all that is known of them."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from sqlmodel import Session

from models.accounts import Account
from models.contacts import Contact, Practitioner
from models.council_words import AvoidNote, Draft, Note, PersonToAvoid
from models.desk_words import ContactWay
from models.former import FormerNumber
from models.hours import read_hours
from models.privacy import ChangeReason, Consent, LegalHold
from models.privacy_words import Purpose, ReasonFor
from models.release_words import DateKind
from models.releases import ReleaseDate
from models.restrictions import Curfew, ExclusionZone, Link
from models.rows import Row
from models.sign_ins import BreakGlass
from models.states import (
    ReferralState,
)
from models.vocabulary import CountyLines, Importance, LinkKind, Need, Risk
from tests.rows import (
    NOW,
    a_leaver_row,
    a_referral,
    a_screening,
    an_event,
)
from tests.web.access.canaries import fill
from tests.web.access.desk_rows import a_twin, a_twin_of_the_mentor
from tests.web.access.stories import SECRET_EXPERIENCE, SHOWN_EXPERIENCE, Place, World


def put_forward(
    db: Session, world: World, story: str, place: Place, state: ReferralState
) -> tuple[Any, Any]:
    """Keep someone put forward, with all that is known of them."""
    leaver = fill(a_leaver_row(prison=place.prison, release_date=_leaves(len(world.stories))))
    leaver.former_keys = (fill(a_leaver_row()).code,)
    referral = a_referral(
        leaver,
        state=state,
        region=place.region,
        put_forward_at=NOW - timedelta(days=20),
        put_forward_by=place.peer.id,
        endorsed_by=place.liaison.id,
        needs={Need.DEBT: Importance.HIGH},
        experiences={SECRET_EXPERIENCE, SHOWN_EXPERIENCE},
        may_show={SHOWN_EXPERIENCE},
    )
    world.keep(db, story, leaver=leaver, referral=referral, **_told_of(leaver, place))
    alike = a_twin(leaver, place)
    if story == "proposed":  # the task of this story is about its mentor instead
        alike |= {"leavers_alike": alike["twins_task"], **a_twin_of_the_mentor(place)}
    world.keep(db, story, **alike)
    return leaver, referral


def _told_of(leaver: Any, place: Place) -> dict[str, Row]:
    """Return what is known of someone beside their referral, and a form begun by their peer."""
    by = {"recorded_at": NOW, "recorded_by": place.manager.id}
    of = by | {"leaver_id": leaver.id}
    avoided = fill(PersonToAvoid(**of))
    screening = fill(
        a_screening(leaver, risk=Risk.VERY_HIGH, gangs={"NORTH"}, county_lines=CountyLines.VICTIM)
    )
    ends = {"kind": LinkKind.NON_ASSOCIATION, "one_leaver_id": leaver.id}
    named = {"other_prison_number": fill(a_leaver_row()).prison_number}
    asked = {"asked_by": place.manager.id, "asked_at": NOW, "region": place.region}
    about = {"about": ReasonFor.LINK, "row_id": "r1"}
    return {
        "screening": screening,
        "person": avoided,
        "avoid_note": fill(AvoidNote(person_id=avoided.id, **of)),
        "note": fill(Note(shareable=True, **of)),
        "secret_note": fill(Note(shareable=False, **of)),
        "contact": fill(Contact(shares=ContactWay.PHONE, **of)),
        "practitioner": fill(Practitioner(**of)),
        "former": fill(FormerNumber(id=uuid4(), **of)),
        "link": fill(Link(**ends, **named, **by), but=_LINK_ENDS),
        "zone": ExclusionZone(district="LS1", **of),
        "curfew": Curfew(hours=read_hours("daily 19-7"), **of),
        "event": an_event(leaver, recorded_by=place.manager.id, facts=_date_given()),
        "date": fill(ReleaseDate(kind=DateKind.CONDITIONAL, day=date(2027, 2, 3), **of)),
        "consent": Consent(purpose=Purpose.MATCHING, given=True, told_on=NOW.date(), **of),
        "hold": fill(LegalHold(**of)),
        "reason": fill(ChangeReason(**about, **of)),
        "glass": fill(BreakGlass(leaver_id=leaver.id, **asked)),
        "draft": draft(place.peer),
    }


_LINK_ENDS = frozenset(
    f"{end}_{way}"
    for end in ("one", "other")
    for way in ("prison_number", "first_name", "surname", "birth_date")
)


def _date_given() -> dict[str, Any]:
    told = {"kind": DateKind.CONDITIONAL.value, "given": "2027-02-10"}
    return told | {"said_by": fill(a_leaver_row()).first_name}


def draft(account: Account) -> Draft:
    answers = {"about": {"first_name": [fill(a_leaver_row()).first_name]}}
    return Draft(account_id=account.id, answers=answers, created_at=NOW, changed_at=NOW)


def _leaves(number: int) -> date:
    return date(2027, 2, 3) + timedelta(days=37 * number)
