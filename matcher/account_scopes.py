"""Who a new account is for: the prison, the region or the mentor that its role asks for."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session, select

from matcher.former import called
from matcher.refusing import NotAllowed
from models.accounts import Account
from models.people import Mentor
from models.reference import prisons
from models.states import Role
from models.vocabulary import Region

ASKED_OF = {
    Role.PEER: "prison",
    Role.LIAISON: "prison",
    Role.MANAGER: "region",
    Role.MENTOR: "mentor",
}
"""What each role belongs to; an administrator belongs to nothing."""


def scope_of(db: Session, role: Role, told: dict[str, str | None]) -> dict[str, Any]:
    """Return the columns of an account that say whose it is.

    `told` may have a prison's code, a region's name or code, a mentor's code.
    Raises NotAllowed for what is missing, too much or not known.
    """
    given = {name: value.strip() for name, value in told.items() if value}
    asked = ASKED_OF.get(role)
    extra = sorted(given.keys() - {asked})
    if asked and asked not in given:
        raise NotAllowed(f"A {role.label.lower()} belongs to a {asked}: give --{asked}.")
    if extra:
        raise NotAllowed(f"A {role.label.lower()} has no {extra[0]}: leave out --{extra[0]}.")
    return _FINDERS[asked](db, given[asked]) if asked else {}


def check_email(db: Session, email: str | None) -> None:
    """Raise NotAllowed for an e-mail address that another account has."""
    if email and db.exec(select(Account.id).where(Account.email == email)).first():
        raise NotAllowed(f"Another account has the e-mail {email}: give another one.")


def _prison(_db: Session, code: str) -> dict[str, Any]:
    if code.upper() not in prisons():
        raise NotAllowed(f'There is no prison "{code}". Give its three letters, such as LEI.')
    return {"prison": code.upper()}


def _region(_db: Session, name: str) -> dict[str, Any]:
    for region in Region:
        if name.casefold() in (region.value.casefold(), region.label.casefold()):
            return {"region": region}
    known = "; ".join(region.label for region in Region)
    raise NotAllowed(f'There is no region "{name}". Give one of these: {known}.')


def _mentor(db: Session, code: str) -> dict[str, Any]:
    mentor = called(db, Mentor, code)
    if mentor is None:
        raise NotAllowed(f'There is no mentor with the code "{code}". Check each letter.')
    if db.exec(select(Account.id).where(Account.mentor_id == mentor.id)).first():
        raise NotAllowed(f"The mentor {code} has an account already.")
    return {"mentor_id": mentor.id}


_FINDERS = {"prison": _prison, "region": _region, "mentor": _mentor}
