"""One person put forward, as the liaison of their prison reads them.

What a liaison writes and never reads (who to avoid, contacts, experience,
preferences, notes) is in no card: a card only says whether it was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, func, select

from matcher.core.words import name_in_words
from matcher.desks.liaison_start import standing_of
from matcher.referrals import is_still_open, missing_for_endorsing
from matcher.refusing import NotAllowed
from matcher.release_on_file import release_of
from matcher.told_by_council import Completed
from matcher.writing import facts_in
from models.access import leavers_seen_by, pairs_seen_by, referrals_seen_by
from models.accounts import Account
from models.contacts import Contact, Practitioner
from models.council_words import Note, PersonToAvoid
from models.desk_words import ContactWay, FilledIn
from models.pairs import Pair
from models.people import Leaver, LeaverFacts
from models.reference import districts
from models.referrals import BEFORE_MATCH, Referral, ReferralFacts
from models.releases import ExpectedLeaver
from models.rows import newest
from models.states import ReferralState
from models.vocabulary import Importance, Need, Region

OVER = (ReferralState.WITHDRAWN, ReferralState.RELEASED_UNMATCHED)
NO_CONSENT = "No day of consent is on file. Open “Their yes” first and record it."


@dataclass(frozen=True)
class Written:
    """What was written and is not shown: only whether or since when it is there, or how many."""

    experience: bool
    likes: bool
    reach: datetime | None
    practitioner: datetime | None
    avoid: int
    notes: int


@dataclass(frozen=True)
class ReferralCard:
    """One person put forward; `missing` is what must be settled before endorsing.

    All of it `may_change` until there is a mentor; what the mentor was not
    chosen by one `may_mend` until the pair has ended.
    """

    id: UUID
    leaver_id: UUID
    version: int
    code: str
    first_name: str
    surname: str
    prison_number: str
    birth_date: date
    release_date: date | None
    release_why: str
    standing: str
    may_change: bool
    may_mend: bool
    may_endorse: bool
    is_over: bool
    missing: tuple[str, ...]
    needs: Mapping[Need, Importance]
    district: str
    place: str
    region: Region
    consented_on: date | None
    filled_in: FilledIn | None
    written: Written

    @property
    def name(self) -> str:
        """First name and surname."""
        return f"{self.first_name} {self.surname}".strip()


def referral_card(db: Session, account: Account, referral: Referral, now: datetime) -> ReferralCard:
    """Return the card of a referral that this liaison has found."""
    leaver = leaver_of(db, account, referral, now)
    release = release_of(db, leaver)
    waits = referral.state is ReferralState.PUT_FORWARD
    return ReferralCard(
        id=referral.id,
        leaver_id=leaver.id,
        version=referral.version,
        **{name: getattr(leaver, name) for name in ("code", "first_name", "surname")},
        prison_number=leaver.prison_number,
        birth_date=leaver.birth_date,
        release_date=leaver.release_date,
        release_why=release.why if release.day else "",
        standing=standing_of(referral.state, _pair_state(db, account, referral, now)),
        may_change=referral.state in BEFORE_MATCH,
        may_mend=is_still_open(db, referral),
        may_endorse=waits,
        is_over=referral.state in OVER,
        missing=tuple(missing_for_endorsing(db, referral)) if waits else (),
        needs=referral.needs,
        district=referral.resettling_in,
        place=districts()[referral.resettling_in].place,
        region=referral.region,
        consented_on=referral.consented_on,
        filled_in=referral.filled_in,
        written=_written(db, referral),
    )


def leaver_of(db: Session, account: Account, referral: Referral, now: datetime) -> Leaver:
    """Return the leaver of a referral that this liaison has found."""
    theirs = leavers_seen_by(account, now).where(Leaver.id == referral.leaver_id)
    return db.exec(theirs).one()


def live_referral_of(db: Session, account: Account, leaver_id: UUID) -> Referral | None:
    """Return the newest referral of a leaver in this liaison's prison."""
    theirs = referrals_seen_by(account).where(Referral.leaver_id == leaver_id)
    return db.exec(theirs.order_by(col(Referral.created_at).desc())).first()


def told_so_far(referral: Referral, leaver: Leaver) -> dict[str, Any]:
    """Return what is on file as the facts that `referrals.complete` takes, without added words.

    The day of consent is missing where none is on file.
    """
    person = {
        name: value
        for name, value in facts_in(leaver, LeaverFacts).items()
        if name in Completed.model_fields and name != "release_date"
    }
    told = person | facts_in(referral, ReferralFacts) | {"may_show": referral.may_show}
    return {name: value for name, value in told.items() if value is not None}


def completed(referral: Referral, leaver: Leaver, **changes: Any) -> Completed:
    """Return all that is on file with some changes; NotAllowed while there is no consent."""
    told = told_so_far(referral, leaver) | changes
    if "consented_on" not in told:
        raise NotAllowed(NO_CONSENT)
    return Completed(**told)


def ways_on_file(db: Session, leaver_id: UUID) -> frozenset[ContactWay]:
    """Return by which ways this leaver can be reached; never the ways themselves."""
    contact = db.exec(newest(Contact, "leaver_id").where(Contact.leaver_id == leaver_id)).first()
    return frozenset(way for way in ContactWay if contact and getattr(contact, way.value))


def prefilled(expected: ExpectedLeaver) -> dict[str, Any]:
    """Return what a report says of someone, as if it had been typed into the form."""
    first_name, surname = name_in_words(expected.first_name, expected.surname)
    typed = {
        "prison_number": [expected.prison_number],
        "first_name": [first_name],
        "surname": [surname],
        "birth_date": _parts(expected.birth_date),
        "release_date": _parts(expected.release_date),
        "sentence_kind": [expected.sentence_kind.value],
    }
    return {name: values for name, values in typed.items() if any(values)}


def _parts(day: date | None) -> list[str]:
    return [str(day.day), str(day.month), str(day.year)] if day else []


def _pair_state(db: Session, account: Account, referral: Referral, now: datetime) -> Any:
    theirs = pairs_seen_by(account, now).where(Pair.referral_id == referral.id)
    return db.execute(theirs.with_only_columns(col(Pair.state))).scalar()


def _written(db: Session, referral: Referral) -> Written:
    leaver_id = referral.leaver_id
    return Written(
        experience=bool(referral.experiences),
        likes=bool(referral.interests),
        reach=_written_at(db, Contact, leaver_id) if ways_on_file(db, leaver_id) else None,
        practitioner=_written_at(db, Practitioner, leaver_id),
        avoid=_count(db, PersonToAvoid, leaver_id),
        notes=_count(db, Note, leaver_id),
    )


def _written_at(db: Session, kind: Any, leaver_id: UUID) -> datetime | None:
    stands = db.exec(newest(kind, "leaver_id").where(kind.leaver_id == leaver_id)).first()
    return stands.recorded_at if stands else None


def _count(db: Session, kind: Any, leaver_id: UUID) -> int:
    return db.exec(select(func.count()).where(kind.leaver_id == leaver_id)).one()
