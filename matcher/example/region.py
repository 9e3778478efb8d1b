"""The people of a demo: one region's leavers and mentors, with contacts and accounts.

Everyone is made up. E-mail addresses end in example.org; phone numbers are
among those that Ofcom keeps for drama.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zlib import crc32

from sqlmodel import Session, col, select

from matcher.accounts import open_account
from matcher.example import example_people
from matcher.example.names import someone
from matcher.files.people_files import read_leavers, read_mentors, write_leavers, write_mentors
from matcher.people_intake import take_people
from models.accounts import Account, Credential
from models.contacts import Contact, Practitioner
from models.people import Leaver, Mentor
from models.profiles import LeaverInFile, MentorProfile
from models.reference import districts
from models.sign_ins import FactorKind, SecondFactor
from models.states import Role
from models.vocabulary import Region

REGION = Region.YORKSHIRE
SEED = 7
IN_THE_COUNTRY = {"leavers": 640, "mentors": 430}
"""So many in England and Wales leave about seventy leavers and fifty mentors to the region."""

DAYS_OF_PAST = 9
"""How long the people of a demo have done what people do when it begins."""

OWN_WORDS = (
    "I was inside twice. The second time someone met me at the gate. That changed it.",
    "I have been out for six years. I know how loud the first day is. We can go slowly.",
    "I lost my flat when I went in and found another. I can show you how I did it.",
    "I stopped drinking in prison and have not started again. I will not judge you.",
    "I read badly when I came out. Now I help others with forms. Ask me anything.",
)


@dataclass(frozen=True)
class RegionsPeople:
    """The profiles of one region, and the prison that most of its leavers are in."""

    leavers: tuple[LeaverInFile, ...]
    mentors: tuple[MentorProfile, ...]

    @property
    def prison(self) -> str:
        """Return the code of the prison with the most of these leavers."""
        return Counter(leaver.prison for leaver in self.leavers).most_common(1)[0][0]

    @property
    def last(self) -> tuple[LeaverInFile, ...]:
        """Return those of that prison who leave last: in a demo they are just coming in."""
        there = [one for one in self.leavers if one.prison == self.prison and one.release_date]
        return tuple(sorted(there, key=lambda one: (one.release_date or date.min, one.code)))[-9:]

    def arriving(self, number: int) -> tuple[LeaverInFile, ...]:
        """Return who is put forward on a day of the past: most on day 0, some on days after."""
        last = {one.code for one in self.last}
        return tuple(
            one for one in self.leavers if one.code not in last and _arrival(one) == number
        )


@dataclass(frozen=True)
class Cast:
    """The accounts of a demo, by whose they are."""

    peer: UUID
    manager: UUID
    liaisons: Mapping[str, UUID]
    mentors: Mapping[UUID, UUID]


def _arrival(leaver: LeaverInFile) -> int:
    """Return the day of the past on which someone is put forward; those who leave soon first."""
    number = crc32(leaver.code.encode()) % (2 * DAYS_OF_PAST)
    return number if number < DAYS_OF_PAST else 0


def people_of_region(today: date) -> RegionsPeople:
    """Return the region's people as they would stand on `today`."""
    everyone = example_people(**IN_THE_COUNTRY, seed=SEED, today=today)
    region_of = {code: district.region for code, district in districts().items()}
    return RegionsPeople(
        tuple(one for one in everyone.leavers if region_of[one.resettling_in] is REGION),
        tuple(one for one in everyone.mentors if region_of[one.home] is REGION),
    )


def take_mentors(db: Session, people: Iterable[MentorProfile], *, now: datetime) -> None:
    """Take the mentors in, each with a way to be reached and words of their own."""
    take_people(db, mentors=read_mentors(write_mentors(people)), now=now)
    for number, mentor in enumerate(db.exec(select(Mentor).order_by(col(Mentor.code)))):
        mentor.own_words = OWN_WORDS[number % len(OWN_WORDS)]
        email = f"{mentor.code.lower()}@example.org"
        phone = _drama_number(number)
        db.add(Contact(mentor_id=mentor.id, email=email, phone=phone, recorded_at=now))


def take_leavers(db: Session, people: Iterable[LeaverInFile], *, now: datetime) -> None:
    """Take leavers in, with a practitioner for each who will be on licence."""
    on_licence = {one.code for one in people if one.on_licence}
    take_people(db, leavers=read_leavers(write_leavers(people)), now=now)
    for number, leaver in enumerate(db.exec(select(Leaver).order_by(col(Leaver.code)))):
        new = leaver.created_at == now
        if new and leaver.code in on_licence:
            db.add(
                Practitioner(
                    leaver_id=leaver.id,
                    name=someone(number),
                    phone=_drama_number(number + 500),
                    email=f"practitioner{number + 1}@example.org",
                    recorded_at=now,
                )
            )


def open_desks(
    db: Session,
    people: RegionsPeople,
    names: Mapping[Role, str],
    password: str,
    *,
    now: datetime,
) -> Cast:
    """Open an account for each desk, for each prison's liaison, and for each mentor."""
    prison = people.prison
    opened = _open_own(db, people.prison, names, password, now)
    like = db.exec(select(Credential).where(Credential.account_id == opened[Role.PEER].id)).one()
    prisons = sorted({leaver.prison for leaver in people.leavers} - {prison})
    liaisons = {
        code: _open_like(
            db, like, f"liaison-{code.lower()}", Role.LIAISON, now, name="Sandy", prison=code
        )
        for code in prisons
    }
    mentors = {
        mentor.id: _open_like(
            db,
            like,
            mentor.code.lower(),
            Role.MENTOR,
            now,
            name=mentor.first_name,
            mentor_id=mentor.id,
        )
        for mentor in db.exec(select(Mentor))
    }
    return Cast(
        opened[Role.PEER].id,
        opened[Role.MANAGER].id,
        liaisons | {prison: opened[Role.LIAISON].id},
        mentors,
    )


def _open_own(
    db: Session, prison: str, names: Mapping[Role, str], password: str, now: datetime
) -> dict[Role, Account]:
    """Open the accounts that a visitor signs in with, the mentor's apart."""
    scopes: dict[Role, dict[str, Any]] = {
        Role.PEER: {"prison": prison},
        Role.LIAISON: {"prison": prison},
        Role.MANAGER: {"region": REGION, "phone": "0808 157 0142"},
        Role.ADMINISTRATOR: {},
    }
    firsts = {Role.PEER: "Ash", Role.LIAISON: "Gwen", Role.MANAGER: "Noor"}
    opened = {
        role: open_account(
            db,
            role,
            sign_in_name=names[role],
            password=password,
            made_up=True,
            now=now,
            name=firsts.get(role, "Kit"),
            email=f"{names[role]}@example.org",
            **scope,
        )
        for role, scope in scopes.items()
    }
    db.add_all(_with_sheet(one.id, now) for one in opened.values())
    return opened


def _open_like(
    db: Session, like: Credential, signs_in_as: str, role: Role, now: datetime, **scope: Any
) -> UUID:
    """Open an account with a password that has been hashed already: hashing is slow on purpose."""
    account = Account(role=role, created_at=now, email=f"{signs_in_as}@example.org", **scope)
    credential = Credential(
        account_id=account.id,
        sign_in_name=signs_in_as,
        password_hash=like.password_hash,
        made_up=True,
        changed_at=now,
    )
    db.add_all([account, credential, _with_sheet(account.id, now)])
    return account.id


def _with_sheet(account_id: UUID, now: datetime) -> SecondFactor:
    """Return a second factor that counts; its codes are made when the demo starts."""
    return SecondFactor(
        account_id=account_id, kind=FactorKind.SHEET, codes_made_at=now, confirmed_at=now
    )


def _drama_number(number: int) -> str:
    return f"07700 900{number % 1000:03d}"
