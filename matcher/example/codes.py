"""The one-time codes of a demo: one sheet, the same for every account that the demo made up.

A demo holds nobody real, so its codes may be printed for all to read; each
still works once for each account, as codes do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from matcher.accounts import who_signs_in_as
from matcher.passwords import hash_of
from matcher.second_factor import CODES_ON_SHEET, a_code, as_written
from models.accounts import Credential
from models.sign_ins import FactorKind, OneTimeCode, SecondFactor


def write_sheet(db: Session) -> list[str]:
    """Give every made-up account the same new sheet, and return its codes in their order."""
    sheet = {number: a_code(8) for number in range(1, CODES_ON_SHEET + 1)}
    hashes = {number: hash_of(secret) for number, secret in sheet.items()}
    made_up = select(SecondFactor.account_id).where(
        SecondFactor.kind == FactorKind.SHEET,
        col(SecondFactor.account_id).in_(
            select(Credential.account_id).where(col(Credential.made_up))
        ),
    )
    accounts = db.exec(made_up).all()
    db.execute(delete(OneTimeCode).where(col(OneTimeCode.account_id).in_(accounts)))
    rows = [
        {"account_id": one, "number": number, "code_hash": hashed}
        for one in accounts
        for number, hashed in hashes.items()
    ]
    if rows:
        db.execute(insert(OneTimeCode), rows)
    return [as_written(number, secret) for number, secret in sheet.items()]


def next_codes(db: Session, names: Iterable[str], sheet: list[str]) -> Mapping[str, list[str]]:
    """Return for each sign-in name the codes of the sheet that it has not used yet."""
    return {name: _unused(db, name, sheet) for name in names}


def _unused(db: Session, name: str, sheet: list[str]) -> list[str]:
    account = who_signs_in_as(db, name)
    used = select(OneTimeCode.number).where(
        OneTimeCode.account_id == (account.id if account else None),
        col(OneTimeCode.used_at).is_not(None),
    )
    gone = set(db.exec(used))
    return [code for number, code in enumerate(sheet, start=1) if number not in gone]
