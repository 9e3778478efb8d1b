"""How people come by an account, and back into one: by a code that somebody hands them.

A code is shown once, to whoever invites, as a link or on paper. It is good
for a week, for one person and one time, and can be taken back. With it the
person chooses a password and a second factor of their own; nobody else ever
knows either. Nothing of this goes by e-mail.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from matcher.account_letters import tell_changed
from matcher.account_scopes import check_email, check_name
from matcher.accounts import changed, free_name, move_desk
from matcher.demo_clock import has_demo_clock
from matcher.passwords import check_password, fits, hash_of
from matcher.refusing import NotAllowed
from matcher.second_factor import (
    Typed,
    a_code,
    begin_app,
    begin_sheet,
    confirm,
    fits_factor,
    take_code,
)
from models.account_access import MAY_INVITE
from models.accounts import Account, Credential
from models.people import Mentor
from models.reference import prisons
from models.sign_ins import FactorKind, Invitation, SecondFactor
from models.states import Role

GOOD_FOR = timedelta(days=7)
SELECTOR, SECRET = 4, 12
"""Characters of a code that find it, and those that are secret: 60 bits, checked slowly."""

TWO_PEOPLE = MAY_INVITE[Role.ADMINISTRATOR]
"""Whose code works only when two people say so: else one alone could take their place, or make up
a second person. Where there is no other, whoever runs the server makes the code."""

NOT_YOU = (
    "The second person must be another administrator or a manager of that region, and neither "
    "the one who made the code nor the one it is for."
)
NOT_YOURS = "You cannot invite this person: ask whoever looks after their prison or region."
HAS_ACCOUNT = "This mentor has an account. If they cannot sign in, give them a new code for it."


def invite(
    db: Session,
    by: Account | None,
    role: Role,
    *,
    now: datetime,
    name: str,
    email: str | None = None,
    **scope: Any,
) -> tuple[Invitation, str]:
    """Invite somebody to a role; return the invitation, and its code, which is not kept.

    `scope` is the prison, region or mentor_id that the role asks for; `by`
    None is whoever runs the service. Raises NotAllowed.
    """
    if by is not None:
        check_may(db, by, role, scope)
    check_name(name)
    check_email(db, email, by=by)
    mentor_id = scope.get("mentor_id")
    if mentor_id and _in_use(db, mentor_id):
        raise NotAllowed(HAS_ACCOUNT)
    told = {"name": name.strip(), "email": email, **scope}
    return _write(db, by, role, now=now, **told)


def let_back_in(
    db: Session, by: Account | None, account: Account, *, now: datetime
) -> tuple[Invitation, str]:
    """Give somebody a code to choose a new password and second factor with.

    Until they do, the account opens for nobody: its stays end and its devices
    are forgotten at once, since a phone or a password may be in other hands.
    Raises NotAllowed for one's own account and for a closed one.
    """
    if by is not None and account.id == by.id:
        raise NotAllowed("This is your own account. Ask someone else to let you back in.")
    if account.disabled_at is not None:
        raise NotAllowed("This account is closed, and a closed account stays closed.")
    for older in open_for(db, account, now=now):
        older.revoked_at = now
    changed(db, account, keep=None, now=now)
    if factor := db.get(SecondFactor, account.id):
        factor.confirmed_at = None
    told: dict[str, Any] = {
        "name": account.name,
        "prison": account.prison,
        "region": account.region,
    }
    told |= {"mentor_id": account.mentor_id, "account_id": account.id, "is_recovery": True}
    return _write(db, by, account.role, now=now, **told)


def move(
    db: Session, by: Account, account: Account, role: Role, *, now: datetime, **scope: Any
) -> tuple[Invitation, str] | None:
    """Put an account at another desk; None, or the code that opens it there.

    A desk of `TWO_PEOPLE` opens with a new code alone, to which a second
    person agrees: no move is a way round that. Raises NotAllowed.
    """
    check_may(db, by, role, scope)
    move_desk(db, account, role, by=by.id, now=now, **scope)
    return let_back_in(db, by, account, now=now) if role in TWO_PEOPLE else None


def open_for(db: Session, account: Account, *, now: datetime) -> Sequence[Invitation]:
    """Return the invitations of an account that can still be used."""
    mine = _still_open(now).where(Invitation.account_id == account.id)
    return db.exec(mine).all()


def waiting_for_second(db: Session, account: Account, *, now: datetime) -> Invitation | None:
    """Return the way back into an account to which a second person has yet to agree."""
    waits = (one for one in open_for(db, account, now=now) if one.needs_second)
    return next((one for one in waits if one.agreed_by is None), None)


def agree(db: Session, invitation: Invitation, *, by: Account) -> None:
    """Let a code open an account, as the second person; raise NotAllowed for anyone else."""
    if not is_second(invitation, by):
        raise NotAllowed(NOT_YOU)
    invitation.agreed_by = by.id
    db.flush()


def is_second(invitation: Invitation, by: Account) -> bool:
    """Say whether somebody may be the second person of a code: its role and region decide."""
    if by.disabled_at or by.id in (invitation.invited_by, invitation.account_id):
        return False
    of_region = invitation.role is Role.MANAGER and by.region is invitation.region
    return by.role is Role.ADMINISTRATOR or (by.role is Role.MANAGER and of_region)


def revoke(db: Session, invitation: Invitation, *, now: datetime) -> None:
    """Take an invitation back; one that was used or taken back stays as it is."""
    if invitation.used_at is None:
        invitation.revoked_at = invitation.revoked_at or now
        db.flush()


def selector_of(code: str) -> str:
    """Return the part of a code that is no secret: tries are counted by it."""
    return _plain(code)[:SELECTOR]


def find(db: Session, code: str, *, now: datetime) -> Invitation | None:
    """Return the invitation of a code, while it is good; an unknown one takes as long."""
    plain = _plain(code)
    mine = usable(now).where(Invitation.selector == plain[:SELECTOR])
    found = db.exec(mine).first()
    return found if fits(found.code_hash if found else None, plain[SELECTOR:]) else None


def usable(now: datetime) -> SelectOfScalar[Invitation]:
    """Return the invitations whose code works at this moment."""
    agreed = or_(col(Invitation.needs_second).is_(False), col(Invitation.agreed_by).is_not(None))
    return _still_open(now).where(agreed)


def accept(
    db: Session,
    invitation: Invitation,
    *,
    sign_in_name: str,
    password: str,
    kind: FactorKind,
    now: datetime,
) -> tuple[Account, list[str]]:
    """Take the name, the password and the kind of second factor that somebody chose.

    Returns the account, and the codes of a sheet, shown once. It opens once a
    code was typed; the same invitation lets them choose again until then.
    Raises NotAllowed for a password that is refused and a name that is taken.
    """
    account = _account(db, invitation, now)
    credential = db.get(Credential, account.id)
    is_kept = invitation.is_recovery and credential is not None
    name = credential.sign_in_name if is_kept and credential else ""
    check_password(password, [account.name, account.email, name or sign_in_name])
    name = name or free_name(db, account, sign_in_name)
    if credential is None:
        credential = Credential(
            account_id=account.id,
            sign_in_name=name,
            password_hash="",
            made_up=has_demo_clock(db),
            changed_at=now,
        )
    credential.sign_in_name, credential.changed_at = name, now
    credential.password_hash = hash_of(password)
    db.add_all([account, credential])
    invitation.account_id = account.id
    db.flush()
    if kind is FactorKind.SHEET:
        return account, begin_sheet(db, account, now=now)
    begin_app(db, account)
    return account, []


def finish(
    db: Session, invitation: Invitation, account: Account, typed: Typed, *, now: datetime
) -> bool:
    """Open the account if the code that was typed is one of its second factor."""
    if not fits_factor(db, account, typed, now=now):
        return False
    if not take_code(db, account.id, typed, now=now):
        return False
    confirm(db, account, now=now)
    if invitation.is_recovery:
        tell_changed(db, account, now=now)
    invitation.used_at, invitation.held_by, invitation.held_at = now, None, None
    db.flush()
    return True


def check_may(db: Session, by: Account, role: Role, scope: dict[str, Any]) -> None:
    """Raise NotAllowed unless somebody may have an account of this role and scope made."""
    if role not in MAY_INVITE.get(by.role, frozenset()):
        raise NotAllowed(NOT_YOURS)
    if by.role is Role.MANAGER:
        mentor = db.get(Mentor, scope["mentor_id"]) if scope.get("mentor_id") else None
        found = mentor or prisons().get(scope.get("prison") or "")
        if found is None or found.region is not by.region:
            raise NotAllowed(NOT_YOURS)


def _write(
    db: Session, by: Account | None, role: Role, *, now: datetime, **told: Any
) -> tuple[Invitation, str]:
    selector, secret = _free_selector(db), a_code(SECRET)
    invitation = Invitation(
        role=role,
        selector=selector,
        code_hash=hash_of(secret),
        invited_at=now,
        invited_by=by.id if by else None,
        needs_second=by is not None and role in TWO_PEOPLE,
        ends_at=now + GOOD_FOR,
        **told,
    )
    db.add(invitation)
    db.flush()
    return invitation, "-".join(re.findall("....", selector + secret))


def _free_selector(db: Session) -> str:
    while db.exec(
        select(Invitation.id).where(Invitation.selector == (made := a_code(SELECTOR)))
    ).first():
        pass
    return made


def _still_open(now: datetime) -> SelectOfScalar[Invitation]:
    return select(Invitation).where(
        col(Invitation.used_at).is_(None),
        col(Invitation.revoked_at).is_(None),
        Invitation.ends_at > now,
    )


def _account(db: Session, invitation: Invitation, now: datetime) -> Account:
    if invitation.account_id:
        return db.get_one(Account, invitation.account_id)
    if invitation.mentor_id and _in_use(db, invitation.mentor_id):
        raise NotAllowed(HAS_ACCOUNT)
    check_email(db, invitation.email)
    names = ("role", "name", "email", "prison", "region", "mentor_id")
    return Account(created_at=now, **{name: getattr(invitation, name) for name in names})


def _in_use(db: Session, mentor_id: UUID) -> bool:
    in_use = (Account.mentor_id == mentor_id, col(Account.disabled_at).is_(None))
    return db.exec(select(Account.id).where(*in_use)).first() is not None


def _plain(code: str) -> str:
    """Return a code as it is kept: capitals, no blanks and hyphens, no letters like digits."""
    return re.sub(r"[\W_]", "", code).upper().translate(str.maketrans("OIL", "011"))
