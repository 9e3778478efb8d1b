"""A code typed twice at one moment opens one stay; tries at one moment are all counted."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from pyotp import TOTP
from sqlmodel import Session

from matcher.accounts import open_account
from matcher.rate_limits import LIMITS, count_try
from matcher.second_factor import STEP, begin_app, begin_sheet, read_code, take_code
from models.audit import Hand
from models.database import sessions
from models.sign_ins import LimitKind
from models.states import Role
from tests.rows import NOW
from tests.web.desks import APP_SECRET, PASSWORD, SECRET

AT_ONCE = 6


def an_account(engine, kind):
    with Session(engine) as db:
        told = {"sign_in_name": "kit", "password": PASSWORD, "now": NOW}
        account = open_account(db, Role.ADMINISTRATOR, **told)
        if kind == "app":
            begin_app(db, account, APP_SECRET)
            code = TOTP(APP_SECRET).generate_otp(int(NOW.timestamp()) // STEP)
        else:
            code = begin_sheet(db, account, now=NOW)[0]
        db.commit()
        return account.id, read_code(code)


def at_once(engine, act):
    """Do the same in several sessions at the same moment, each committing."""
    opens = sessions(engine, SECRET.encode())

    def alone(_number):
        with opens() as db:
            db.write_as(Hand(None, at=NOW))
            came = act(db)
            db.commit()
            return came

    with ThreadPoolExecutor(AT_ONCE) as hands:
        return list(hands.map(alone, range(AT_ONCE)))


@pytest.mark.parametrize("kind", ["app", "sheet"])
def test_of_many_who_type_one_code_at_once_one_gets_in(engine, kind):
    account_id, typed = an_account(engine, kind)

    taken = at_once(engine, lambda db: take_code(db, account_id, typed, now=NOW))

    assert sorted(taken) == [False] * (AT_ONCE - 1) + [True]


def test_tries_at_the_same_moment_are_all_counted(engine):
    free = LIMITS[LimitKind.CODE].tries

    waits = at_once(engine, lambda db: count_try(db, [(LimitKind.CODE, "ABCD")], now=NOW))

    assert sum(one is None for one in waits) == min(free, AT_ONCE)
