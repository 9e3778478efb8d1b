"""All that the manager of a region may see of one referral and the leaver behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from matcher import screening
from matcher.core.sending import local_day
from matcher.desks.restrictions_seen import (
    CurfewCard,
    LinkCard,
    curfew_card,
    curfews,
    links_of,
    notes_on,
    people_to_avoid,
    zones,
)
from matcher.desks.week_hours import hours_in_words
from matcher.endings import live_pair_of
from matcher.own_say import said_of
from matcher.told_by_council import practitioner_of
from models.accounts import Account
from models.contacts import Contact, Practitioner
from models.council_words import AvoidNote, Note, PersonToAvoid
from models.outbox import Letter
from models.own_says import OwnSay
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.reference import prisons
from models.referrals import Referral, Screening
from models.releases import ReleaseDate
from models.restrictions import ExclusionZone
from models.rows import newest
from models.states import LetterKind


@dataclass(frozen=True)
class ReferralRecord:
    """One referral in full; `screening` is the one that stands.

    `holds` says why the leaver is on hold; `question` is the last one sent to
    the practitioner; `own_say` is what the leaver said of mentors, with whom they meant.
    """

    referral: Referral
    leaver: Leaver
    prison: str
    screening: Screening | None
    holds: list[str]
    avoid: tuple[PersonToAvoid, ...]
    avoid_notes: Mapping[UUID, tuple[AvoidNote, ...]]
    links: tuple[LinkCard, ...]
    zones: tuple[ExclusionZone, ...]
    curfews: tuple[CurfewCard, ...]
    free_hours: str
    notes: tuple[Note, ...]
    contact: Contact | None
    practitioner: Practitioner | None
    question: Letter | None
    dates: tuple[ReleaseDate, ...]
    pair: Pair | None
    own_say: tuple[tuple[OwnSay, Mentor], ...]

    @property
    def unsettled(self) -> tuple[PersonToAvoid, ...]:
        """Return those to avoid whom nobody has settled."""
        return tuple(person for person in self.avoid if person.settled_at is None)


def referral_record(
    db: Session, account: Account, referral: Referral, now: datetime
) -> ReferralRecord:
    """Return the record of a referral that this manager has found."""
    leaver, today = db.get_one(Leaver, referral.leaver_id), local_day(now)
    own = leaver.id
    avoid = db.exec(people_to_avoid(account, referral)).all()
    contact = newest(Contact, "leaver_id").where(Contact.leaver_id == own)
    notes = select(Note).where(Note.leaver_id == own).order_by(col(Note.recorded_at))
    return ReferralRecord(
        referral=referral,
        leaver=leaver,
        prison=prisons()[leaver.prison].title,
        screening=screening_of(db, referral),
        holds=screening.holds(db, referral, now),
        avoid=tuple(avoid),
        avoid_notes=notes_on(db, *avoid),
        links=tuple(card for _link, card in links_of(db, leaver)),
        zones=tuple(db.exec(zones(account, referral, today))),
        curfews=tuple(map(curfew_card, db.exec(curfews(account, referral, today)))),
        free_hours=hours_in_words(referral.hours) or "Any daytime hour",
        notes=tuple(db.exec(notes)),
        contact=db.exec(contact).first(),
        practitioner=practitioner_of(db, own),
        question=_question(db, leaver),
        dates=tuple(db.exec(_dates(leaver))),
        pair=live_pair_of(db, own),
        own_say=tuple(said_of(db, referral)),
    )


def screening_of(db: Session, referral: Referral) -> Screening | None:
    """Return the screening that stands for the leaver of a referral."""
    of_leaver = Screening.leaver_id == referral.leaver_id
    return db.exec(newest(Screening, "leaver_id").where(of_leaver)).first()


def screening_version(db: Session, referral: Referral) -> int:
    """Return a number that rises with each change of the referral and each screening."""
    of_leaver = select(func.count()).where(Screening.leaver_id == referral.leaver_id)
    return referral.version + db.exec(of_leaver).one()


def _question(db: Session, leaver: Leaver) -> Letter | None:
    """Return the last question to the practitioner, whatever became of it."""
    asked = select(Letter).where(
        Letter.leaver_id == leaver.id, Letter.kind == LetterKind.PRACTITIONER_QUESTION
    )
    return db.exec(asked.order_by(col(Letter.number).desc())).first()


def _dates(leaver: Leaver) -> SelectOfScalar[ReleaseDate]:
    given = select(ReleaseDate).where(ReleaseDate.leaver_id == leaver.id)
    return given.order_by(col(ReleaseDate.recorded_at).desc())
