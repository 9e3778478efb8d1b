"""Telling somebody that their way of signing in was changed: by e-mail, outside the desk.

Whoever changed it may be somebody else, and then a notice at the next sign-in
comes too late. Who has no e-mail, as at many prison desks, gets no letter: the
day stands beside their account on the page of whoever looks after it.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, func, select

from matcher.demo_clock import demo_time
from matcher.post import plan_letter, to_account
from matcher.recipients import address_of_account
from models.accounts import Account
from models.outbox import Letter
from models.states import Channel, LetterKind


def tell_changed(db: Session, account: Account, *, now: datetime) -> None:
    """Plan the letter that a password or second factor was changed, if there is an address.

    `now` is real, as all about signing in; letters keep to a demo's date.
    """
    if address_of_account(db, account) is None:
        return
    recipient, kind = to_account(account.id), LetterKind.SIGN_IN_CHANGED
    before = select(func.count()).where(Letter.recipient == recipient, Letter.kind == kind)
    plan_letter(
        db,
        kind,
        Channel.EMAIL,
        recipient,
        now=demo_time(db, now),
        mentor_id=account.mentor_id,
        number=db.exec(before).one() + 1,
        facts={"changed_at": now.isoformat()},
    )
