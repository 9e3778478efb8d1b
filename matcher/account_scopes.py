"""Who a new account is for: the prison, the region or the mentor that its role asks for."""

from __future__ import annotations

import re
from typing import Any
from unicodedata import category

from sqlmodel import Session, select

from matcher.former import called
from matcher.refusing import NotAllowed
from models.account_access import accounts_kept_by
from models.accounts import Account
from models.key_ring import blind_index
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

LONGEST_NAME = 80
EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"
)


def scope_of(
    db: Session, role: Role, told: dict[str, str | None], *, by: Account | None = None
) -> dict[str, Any]:
    """Return the columns of an account that say whose it is.

    `told` may have a prison's code, a region's name or code, a mentor's code.
    `by` None is whoever runs the service. Raises NotAllowed for what is
    missing, too much or not known to them: a mentor of another region is not.
    """
    given = {name: value.strip() for name, value in told.items() if value}
    asked = ASKED_OF.get(role)
    extra = sorted(given.keys() - {asked})
    if asked and asked not in given:
        raise NotAllowed(f"A {role.label.lower()} belongs to a {asked}: give --{asked}.")
    if extra:
        raise NotAllowed(f"A {role.label.lower()} has no {extra[0]}: leave out --{extra[0]}.")
    if asked == "mentor":
        return _mentor(db, given[asked], by)
    return _FINDERS[asked](given[asked]) if asked else {}


def odd_sign(name: str) -> str:
    """Return the first sign that does not belong in a name, "" where all do."""
    odd = (sign for sign in name if category(sign)[0] not in "LM" and sign not in " -'’.,()")
    return next(odd, "")


def check_name(name: str) -> None:
    """Raise NotAllowed for what is no name of a person."""
    odd = odd_sign(name)
    if odd:
        raise NotAllowed(f"Take out “{odd}”. A name has letters, hyphens and apostrophes.")
    if not any(category(sign)[0] == "L" for sign in name) or len(name) > LONGEST_NAME:
        raise NotAllowed(f"Write what the person is called, in 1 to {LONGEST_NAME} letters.")


def check_email(db: Session, email: str | None, *, by: Account | None = None) -> None:
    """Raise NotAllowed for what is no e-mail address, or one that another account has.

    `by` None is whoever runs the service, or the person themselves. Anyone
    else is told only of accounts that they look after.
    """
    if not email:
        return
    if not EMAIL.fullmatch(email):
        raise NotAllowed(f'"{email}" is no e-mail address. Write it like robin@example.org.')
    seen = accounts_kept_by(by) if by else select(Account)
    if db.exec(seen.where(Account.email_index == blind_index("email", email))).first():
        raise NotAllowed(f"Another account has the e-mail {email}. Give another one, or none.")


def _prison(code: str) -> dict[str, Any]:
    if code.upper() not in prisons():
        raise NotAllowed(f'There is no prison "{code}". Give its three letters, such as LEI.')
    return {"prison": code.upper()}


def _region(name: str) -> dict[str, Any]:
    for region in Region:
        if name.casefold() in (region.value.casefold(), region.label.casefold()):
            return {"region": region}
    known = "; ".join(region.label for region in Region)
    raise NotAllowed(f'There is no region "{name}". Give one of these: {known}.')


def _mentor(db: Session, code: str, by: Account | None) -> dict[str, Any]:
    mentor = called(db, Mentor, code)
    if mentor is None or (by and by.role is Role.MANAGER and mentor.region is not by.region):
        raise NotAllowed(f'There is no mentor with the code "{code}". Check each letter.')
    if db.exec(select(Account.id).where(Account.mentor_id == mentor.id)).first():
        raise NotAllowed(f"The mentor {code} has an account already.")
    return {"mentor_id": mentor.id}


_FINDERS = {"prison": _prison, "region": _region}
