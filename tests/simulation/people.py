"""Who lives in a world: the desks, the mentors with all that vets them, and the leavers to come."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlmodel import Session

from matcher.referrals import PutForward
from matcher.screening import Screened
from models.accounts import Account
from models.contacts import Contact, ContactFacts
from models.desk_words import ContactWay
from models.people import LeaverFacts, Mentor
from models.referrals import ReferralFacts, ScreeningFacts
from models.rows import Row
from models.states import Role
from models.vetting import (
    AssessmentFacts,
    ChildrenCheck,
    Clearance,
    GangFacts,
    LicenceFacts,
    MentorAssessment,
    MentorGangs,
    MentorLicence,
    Supervision,
    SupervisionFacts,
    Term,
    TermFacts,
    Training,
    TrainingFacts,
)
from models.vocabulary import Region
from tests.factories import a_leaver, a_mentor
from tests.rows import a_mentor_row, an_account, places_of

PRISONS = ("LEI", "WCI", "MDI")
DISTRICTS = ("LS6", "LS7", "LS8", "LS11", "BD1")
TOUCHPOINTS, TROUBLES = 12, 20
"""No life has fewer touchpoints, or fewer events and faults."""

LONG_AFTER = date(2029, 6, 1)


@dataclass
class Life:
    """One leaver's life as the world sees it from outside; days count from the first of the world.

    `troubles` counts events told and faults met by kind, `quiet_since` the moment from which on
    nothing may be sent about the leaver but what keeps the mentor at home, `quiet_why` its reason.
    """

    number: int
    arrives: int
    leaves_after: int
    to_come: list[tuple[int, str]]
    end: str = ""
    leaver_id: UUID | None = None
    touchpoints: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    held_back: list[Any] = field(default_factory=list)
    dead: bool = False

    @property
    def has_enough(self) -> bool:
        """Say whether it has had its touchpoints, and its events and faults."""
        return len(self.touchpoints) >= TOUCHPOINTS and len(self.troubles) >= TROUBLES

    @property
    def number_told(self) -> str:
        """The prison number that the leaver is put forward under."""
        return f"A{self.number:04}AB"

    @property
    def second_number(self) -> str:
        """The number of a second record of the same person."""
        return f"B{self.number:04}AB"

    @property
    def code(self) -> str:
        """How the trace names the leaver."""
        return f"L{self.number:03}"


@dataclass
class Desks:
    """The accounts that people act by: of each prison, of the region, of each mentor."""

    liaisons: dict[str, UUID]
    peer: UUID
    manager: UUID
    mentors: dict[UUID, UUID]
    codes: dict[UUID, str]

    def by(self, role: Role, prison: str, mentor_id: UUID | None) -> UUID:
        """The account of whoever tells of someone in this prison."""
        if role is Role.MENTOR and mentor_id:
            return self.mentors[mentor_id]
        return self.manager if role is Role.MANAGER else self.liaisons[prison]


def settle_desks(db: Session, mentors: int, chance: Random, now: datetime) -> Desks:
    """Add the accounts and the mentors of a world, recorded long enough before it begins."""
    recorded = now - timedelta(days=3)
    accounts = {
        prison: _account(Role.LIAISON, f"liaison-{prison}", recorded, prison=prison)
        for prison in PRISONS
    }
    peer = _account(Role.PEER, "peer", recorded)
    manager = _account(Role.MANAGER, "manager", recorded)
    db.add_all([*accounts.values(), peer, manager])
    own: dict[UUID, UUID] = {}
    codes: dict[UUID, str] = {}
    for number in range(mentors):
        mentor, account = _add_mentor(db, number, chance, recorded)
        own[mentor.id], codes[mentor.id] = account.id, mentor.code
    db.flush()
    ids = {prison: account.id for prison, account in accounts.items()}
    return Desks(ids, peer.id, manager.id, own, codes)


def _account(role: Role, name: str, now: datetime, **told: Any) -> Account:
    return an_account(role, email=f"{name}@example.org", created_at=now, **told)


def _add_mentor(
    db: Session, number: int, chance: Random, recorded: datetime
) -> tuple[Mentor, Account]:
    code = f"M{number:03}"
    mentor = a_mentor_row(
        code=code,
        first_name="Alex",
        surname=f"Mentor{number}",
        birth_date=date(1970 + number % 20, 1 + number % 12, 1 + number % 28),
        home=chance.choice(DISTRICTS[:4]),
        places=chance.choice((2, 2, 3)),
        created_at=recorded,
        state_since=recorded,
        region=Region.YORKSHIRE,
    )
    account = _account(Role.MENTOR, code.lower(), recorded, mentor_id=mentor.id)
    phone = {"phone": f"07700 900{number:03}"} if number % 3 else {}
    contact = Contact(
        mentor_id=mentor.id, email=f"{code.lower()}@example.com", recorded_at=recorded, **phone
    )
    db.add(mentor)
    db.flush()
    db.add_all([account, contact, *places_of(mentor), *_vetting(mentor, recorded)])
    return mentor, account


def _vetting(mentor: Mentor, recorded: datetime) -> list[Row]:
    """All that vets a mentor, in date for the whole of a world, for two of the three prisons."""
    profile = a_mentor(
        assessed_on=recorded.date(),
        offence_free_since=date(2020, 1, 1),
        basic_training_on=date(2027, 1, 1),
        supervision_until=LONG_AFTER,
        term_starts_on=date(2027, 6, 1),
        term_ends_on=LONG_AFTER,
    )
    own: dict[str, Any] = {"mentor_id": mentor.id, "recorded_at": recorded}
    day = recorded.date()
    return [
        MentorAssessment(**_facts(profile, AssessmentFacts) | own),
        *(
            Clearance(prison=prison, cleared_from=day, cleared_until=LONG_AFTER, **own)
            for prison in PRISONS[:2]
        ),
        ChildrenCheck(checked_on=day, children_check_until=LONG_AFTER, **own),
        Training(**_facts(profile, TrainingFacts) | own),
        Supervision(**_facts(profile, SupervisionFacts) | own),
        Term(**_facts(profile, TermFacts) | own),
        MentorLicence(**_facts(profile, LicenceFacts) | own),
        MentorGangs(**_facts(profile, GangFacts) | own),
    ]


def told_of(life: Life, release: date, today: date, chance: Random) -> PutForward:
    """What a council says of a leaver who is put forward."""
    profile = a_leaver(
        prison_number=life.number_told,
        first_name="Sam",
        surname=f"Leaver{life.number}",
        birth_date=date(1990 + life.number % 10, 1 + life.number % 12, 1 + life.number % 28),
        release_date=release,
        consented_on=today,
        resettling_in=chance.choice(DISTRICTS),
    )
    names = PutForward.model_fields.keys() & (
        LeaverFacts.model_fields.keys() | ReferralFacts.model_fields.keys()
    )
    own = {name: getattr(profile, name) for name in sorted(names)}
    contact = ContactFacts(phone="07700 900456", shares=ContactWay.PHONE)
    return PutForward(**own | {"contact": contact})


def screened(today: date) -> Screened:
    """What a manager records: nothing stands in the way, and all of it is fresh."""
    profile = a_leaver(assessed_on=today, content_on=today)
    names = (*ScreeningFacts.model_fields, *LicenceFacts.model_fields, *GangFacts.model_fields)
    return Screened(**{name: getattr(profile, name) for name in names})


def _facts(profile: Any, kind: Any) -> dict[str, Any]:
    return {name: getattr(profile, name) for name in kind.model_fields}
