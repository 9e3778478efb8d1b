"""Who has an account, and who is signed in.

A stay is a row; the browser holds a token of which only the hash is kept, and
which names the account: whoever can write to the row lends the stay to nobody
else, for what the browser holds is signed. It begins when both factors were
given (`signing_in.py`) and is over after half an hour without a page, after
twelve hours, when it is ended, and as soon as the account is closed or is for
another desk. Everything here is in real time.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, or_, select

from matcher import calendar_feeds, kiosk
from matcher.account_letters import tell_changed
from matcher.devices import forget_devices, hash_of_token
from matcher.passwords import check_password, fits, hash_of
from matcher.refusing import InTheWay, NotAllowed
from models.accounts import Account, Credential, SignIn, Unsent
from models.council_words import Draft
from models.key_ring import blind_index
from models.sign_ins import Invitation
from models.states import Role

IDLE = timedelta(minutes=30)
LONGEST_STAY = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
"""A stay in use is written down this often, not at each page."""

WRONG_PASSWORD = "This is not your password of now. Write it again."  # noqa: S105  a sentence


def open_account(
    db: Session,
    role: Role,
    *,
    sign_in_name: str,
    password: str,
    now: datetime,
    made_up: bool = False,
    **told: Any,
) -> Account:
    """Add an account of a role; `told` are its other columns: name, email, prison, region.

    Nobody signs in with it until it has a second factor. Raises NotAllowed
    for a password that is refused and a name that is taken.
    """
    account = Account(role=role, created_at=now, **told)
    check_password(password, [account.name, account.email, sign_in_name])
    name = free_name(db, account, sign_in_name)
    credential = Credential(
        account_id=account.id,
        sign_in_name=name,
        password_hash=hash_of(password),
        made_up=made_up,
        changed_at=now,
    )
    db.add_all([account, credential])
    db.flush()
    return account


def free_name(db: Session, account: Account, sign_in_name: str) -> str:
    """Return a sign-in name as it is kept; raise NotAllowed if it is empty or another's."""
    name = sign_in_name.strip().casefold()
    theirs = select(Credential.account_id).where(
        Credential.sign_in_name_index == blind_index("email", name),
        Credential.account_id != account.id,
    )
    if not name or db.exec(theirs).first():
        sentence = f'Someone signs in as "{name}" already: choose another name.'
        raise NotAllowed(InTheWay(sentence, "sign_in_name"))
    return name


def who_signs_in_as(db: Session, sign_in_name: str) -> Account | None:
    """Return the account of a sign-in name, None if it is nobody's."""
    index = blind_index("email", sign_in_name.strip().casefold())
    theirs = select(Account).join(Credential, col(Credential.account_id) == col(Account.id))
    return db.exec(theirs.where(Credential.sign_in_name_index == index)).first()


def change_password(
    db: Session, account: Account, old: str, new: str, *, keep: SignIn | None, now: datetime
) -> None:
    """Change a password; all other stays end, and no device is remembered any more.

    Raises NotAllowed where the old one is wrong or the new one is refused.
    """
    credential = db.get_one(Credential, account.id)
    if not fits(credential.password_hash, old):
        raise NotAllowed(InTheWay(WRONG_PASSWORD, "old_password"))
    check_password(new, [account.name, account.email, credential.sign_in_name], "new_password")
    credential.password_hash, credential.changed_at = hash_of(new), now
    changed(db, account, keep=keep, now=now)


def changed(db: Session, account: Account, *, keep: SignIn | None, now: datetime) -> None:
    """End what an older way of signing in had opened, but for one stay, and tell its owner."""
    forget_devices(db, account, now=now)
    end_stays(db, account, but=keep, now=now)
    tell_changed(db, account, now=now)


def begin_stay(
    db: Session,
    account: Account,
    *,
    now: datetime,
    browser: str = "",
    origin: str = "",
    device_id: UUID | None = None,
) -> str:
    """Begin a stay of somebody who has given both factors, and return its token."""
    token = f"{secrets.token_urlsafe(32)}.{account.id.hex}"
    stay = SignIn(
        account_id=account.id,
        token_hash=hash_of_token(token),
        started_at=now,
        seen_at=now,
        ends_at=now + LONGEST_STAY,
        desk=account.desk,
        browser=browser,
        origin=origin,
        device_id=device_id,
    )
    db.add(stay)
    db.flush()
    return token


def whose_stay(db: Session, token: str, *, now: datetime) -> tuple[Account, SignIn] | None:
    """Return the account that stays under this token, or None once the stay is over."""
    found = db.exec(
        select(Account, SignIn).where(
            Account.id == SignIn.account_id,
            SignIn.token_hash == hash_of_token(token),
            col(SignIn.ended_at).is_(None),
            col(Account.disabled_at).is_(None),
            SignIn.ends_at > now,
            SignIn.seen_at > now - IDLE,
        )
    ).first()
    if not found or not _names(token, found[0]):
        return None
    return (found[0], found[1]) if found[0].desk == found[1].desk else None


def whose_stay_lapsed(db: Session, token: str, *, now: datetime) -> Account | None:
    """Return whose stay under this token is over by time alone.

    A stay that was ended, one at another desk and one of a closed account are nobody's.
    """
    found = db.exec(
        select(Account, SignIn).where(
            Account.id == SignIn.account_id,
            SignIn.token_hash == hash_of_token(token),
            col(SignIn.ended_at).is_(None),
            col(Account.disabled_at).is_(None),
            or_(col(SignIn.ends_at) <= now, col(SignIn.seen_at) <= now - IDLE),
        )
    ).first()
    if not found or not _names(token, found[0]):
        return None
    return found[0] if found[0].desk == found[1].desk else None


def _names(token: str, account: Account) -> bool:
    return token.endswith(f".{account.id.hex}")


def is_due_to_be_seen(stay: SignIn, *, now: datetime) -> bool:
    """Say whether it is time to write down that a stay is in use."""
    return now - stay.seen_at > SEEN_EVERY


def stay_on(db: Session, token: str, *, now: datetime) -> None:
    """Write down that a stay is in use."""
    stay = db.exec(select(SignIn).where(SignIn.token_hash == hash_of_token(token))).first()
    if stay:
        stay.seen_at = max(stay.seen_at, now)


def sign_out(db: Session, token: str, *, now: datetime) -> None:
    """End a stay; one that is over or unknown stays as it was."""
    stay = db.exec(select(SignIn).where(SignIn.token_hash == hash_of_token(token))).first()
    if stay:
        stay.ended_at = stay.ended_at or now
        kiosk.wipe(db, stay)


def stays_of(db: Session, account: Account, *, now: datetime) -> Sequence[SignIn]:
    """Return the stays of an account that go on, the last used first."""
    going_on = select(SignIn).where(
        SignIn.account_id == account.id,
        SignIn.desk == account.desk,
        col(SignIn.ended_at).is_(None),
        SignIn.ends_at > now,
        SignIn.seen_at > now - IDLE,
    )
    return db.exec(going_on.order_by(col(SignIn.seen_at).desc())).all()


def stay_of(db: Session, account: Account, stay_id: UUID) -> SignIn | None:
    """Return one stay of an account, None where the account has no such stay."""
    stay = db.get(SignIn, stay_id)
    return stay if stay is not None and stay.account_id == account.id else None


def end_stay(db: Session, account: Account, stay_id: UUID, *, now: datetime) -> bool:
    """End one stay of an account; False where the account has no such stay."""
    stay = stay_of(db, account, stay_id)
    if stay is None:
        return False
    stay.ended_at = stay.ended_at or now
    return True


def end_stays(db: Session, account: Account, *, but: SignIn | None = None, now: datetime) -> None:
    """End every stay of an account, but for one."""
    stays = select(SignIn).where(SignIn.account_id == account.id, col(SignIn.ended_at).is_(None))
    for stay in db.exec(stays):
        if but is None or stay.id != but.id:
            stay.ended_at = now
    db.flush()


def disable(db: Session, account: Account, *, by: UUID | None, now: datetime) -> None:
    """Close an account and end its stays; one that is closed stays as it was.

    Raises NotAllowed for one's own: somebody must be left to look after the rest.
    """
    if account.id == by:
        raise NotAllowed("This is your own account. Ask someone else to close it.")
    account.disabled_at = account.disabled_at or now
    _leave_desk(db, account, now=now)


def move_desk(
    db: Session,
    account: Account,
    role: Role,
    *,
    by: UUID | None,
    now: datetime,
    **scope: Any,
) -> None:
    """Put an account at another desk; whoever is signed in with it is out at once.

    `scope` is the prison or region of the new desk. What was typed at the old
    one and not sent is deleted: it tells of people of that desk.
    Raises NotAllowed for one's own account and for a mentor's, which belongs
    to the mentor.
    """
    if account.id == by:
        raise NotAllowed("This is your own account. Ask someone else to change it.")
    if Role.MENTOR in {account.role, role}:
        raise NotAllowed("A mentor’s account stays the mentor’s. Close it and invite them anew.")
    account.role = role
    account.prison, account.region = scope.get("prison"), scope.get("region")
    _leave_desk(db, account, now=now)
    _let_go_of_words(db, account)


def _let_go_of_words(db: Session, account: Account) -> None:
    """Let forms begun, files held and answers kept from a stay that was over go."""
    for kind in (Draft, Unsent):
        for row in db.exec(select(kind).where(kind.account_id == account.id)).all():
            db.delete(row)
    db.flush()


def has_real_account(db: Session) -> bool:
    """Say whether anyone has an account that no demo made up."""
    made_up = select(Credential.account_id).where(col(Credential.made_up))
    real = select(Account.id).where(col(Account.id).not_in(made_up))
    return db.exec(real).first() is not None


def _leave_desk(db: Session, account: Account, *, now: datetime) -> None:
    """End what opens the desk they had: stays, devices, a calendar's link, codes on their way."""
    end_stays(db, account, now=now)
    calendar_feeds.revoke(db, account, now=now)
    forget_devices(db, account, now=now)
    still = select(Invitation).where(
        Invitation.account_id == account.id, col(Invitation.used_at).is_(None)
    )
    for invitation in db.exec(still):
        invitation.revoked_at = invitation.revoked_at or now
    db.flush()
