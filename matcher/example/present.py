"""What lies on the desks when a demo begins: people just put forward, and some expected."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from matcher import referrals
from matcher.core.sending import local_day
from matcher.example.region import Cast, RegionsPeople
from matcher.told_by_council import Avoid, PutForward
from models.accounts import Account, Credential
from models.contacts import ContactFacts, Practitioner
from models.desk_words import ContactWay
from models.pairs import Pair
from models.profiles import LeaverInFile
from models.referrals import ReferralFacts
from models.release_words import DateKind
from models.releases import ExpectedLeaver, ReleaseDate
from models.states import PairState

TO_SCREEN = 3
TO_ENDORSE = 3


def put_on_the_desks(
    db: Session, people: RegionsPeople, cast: Cast, mentor_name: str, *, now: datetime
) -> None:
    """Let the last people come in, each one step further than the next, and pick a mentor.

    `mentor_name` is what the mentor with most to do signs in with.
    """
    last = people.last
    for number, leaver in enumerate(last[: TO_SCREEN + TO_ENDORSE]):
        at = now - timedelta(days=2, minutes=number)
        referral = referrals.put_forward(
            db, _told(leaver, at), prison=leaver.prison, by=cast.peer, now=at
        )
        if number < TO_SCREEN:
            at += timedelta(days=1)
            by = cast.liaisons[leaver.prison]
            practitioner: dict[str, Any] = {"name": "Lee Thistlemoor", "email": "lee@example.org"}
            told = {"leaver_id": referral.leaver_id, "recorded_at": at}
            db.add(Practitioner(**practitioner | told))
            referrals.endorse(db, referral, by=by, now=at)
    for leaver in last[TO_SCREEN + TO_ENDORSE :]:
        _expect(db, leaver, now=now)
    _name_mentor(db, cast, mentor_name)


def _told(leaver: LeaverInFile, at: datetime) -> PutForward:
    """Return what a council would have said of someone."""
    own = {name: getattr(leaver, name) for name in PutForward.model_fields if hasattr(leaver, name)}
    own |= {name: getattr(leaver, name) for name in ReferralFacts.model_fields}
    return PutForward(
        **own
        | {
            "may_show": frozenset(sorted(leaver.experiences)[:2]),
            "contact": ContactFacts(phone="07700 900456", shares=ContactWay.PHONE),
            "avoid": (Avoid(name="A cousin called Al", why="We fell out."),),
            "note": "Gets on with people who like football.",
            "note_shareable": True,
            "consented_on": local_day(at),
        }
    )


def _expect(db: Session, leaver: LeaverInFile, *, now: datetime) -> None:
    """Let someone be expected, as a report of the prison would have it."""
    told = {name: getattr(leaver, name) for name in ("prison_number", "first_name", "surname")}
    expected = ExpectedLeaver(
        **told,
        birth_date=leaver.birth_date,
        prison=leaver.prison,
        release_date=leaver.release_date or local_day(now),
        recorded_at=now,
        last_seen_at=now,
    )
    given = ReleaseDate(
        expected_leaver_id=expected.id,
        kind=DateKind.CONDITIONAL,
        day=leaver.release_date,
        source="12-week discharge report",
        recorded_at=now,
    )
    db.add_all([expected, given])


def _name_mentor(db: Session, cast: Cast, name: str) -> None:
    """Let a mentor who has an offer, and someone accepted if possible, sign in by this name."""
    live = select(Pair.mentor_id, Pair.state).where(
        col(Pair.state).in_((PairState.OFFERED, PairState.ACCEPTED)),
        col(Pair.mentor_id).in_(cast.mentors),
    )
    states: dict[object, set[PairState]] = {}
    for mentor_id, state in db.exec(live):
        states.setdefault(mentor_id, set()).add(PairState(state))
    busiest = max(
        cast.mentors,
        key=lambda one: (
            len(states.get(one, set())),
            PairState.OFFERED in states.get(one, set()),
            str(one),
        ),
    )
    account = db.get_one(Account, cast.mentors[busiest])
    db.get_one(Credential, account.id).sign_in_name = name
