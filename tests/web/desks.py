"""Everything a test of pages needs: an application on a test database, and people signed in."""

from datetime import datetime
from functools import cache
from typing import Any
from unittest.mock import patch

from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from pyotp import TOTP
from sqlalchemy import Engine
from sqlmodel import Session

from matcher import accounts
from matcher.accounts import begin_stay, open_account
from matcher.passwords import hash_of
from matcher.plan_on_file import forget_newest_plan
from matcher.second_factor import STEP, begin_app
from matcher.settings import Settings
from models.accounts import Account
from models.sign_ins import SecondFactor
from models.states import Role
from models.vocabulary import Region
from tests.rows import NOW
from web.application import create_app
from web.surroundings import Surroundings

SECRET = "6f1d0c9ab27e4853" + "0123456789abcdef" * 3
PASSWORD = "a password for tests"
APP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SETTINGS = Settings(secret=SECRET, service_phone="0808 157 0100", service_post="PO Box 1, Leeds")
SCOPES: dict[Role, dict[str, Any]] = {
    Role.PEER: {"prison": "LEI"},
    Role.LIAISON: {"prison": "LEI"},
    Role.MANAGER: {"region": Region.YORKSHIRE},
    Role.MENTOR: {},
    Role.ADMINISTRATOR: {},
}


class CompiledTemplates(BytecodeCache):
    """Templates are compiled once per test process, not once per application."""

    def __init__(self) -> None:
        self.code: dict[str, tuple[str, Any]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Hand out what was compiled, if the template still reads the same."""
        checksum, code = self.code.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self.code[bucket.key] = (bucket.checksum, bucket.code)


COMPILED = CompiledTemplates()

HASHED_ONCE = cache(hash_of)
"""A hash is slow on purpose, and the password of tests is always the same."""


def app_code(now: datetime) -> str:
    """The six digits that an app with the secret of tests shows at a moment."""
    return TOTP(APP_SECRET).generate_otp(int(now.timestamp()) // STEP)


class Desks:
    """An application, a way to write rows, and a browser for each account.

    `now` may be set: it is what time it is for pages and stays alike. `app` is one that was made
    with the same settings before: it forgets whom and what it served. Making one takes longer than
    most tests do; whoever adds to it needs one of their own.
    """

    def __init__(
        self,
        engine: Engine,
        settings: Settings = SETTINGS,
        app: Flask | None = None,
        **config: Any,
    ) -> None:
        forget_newest_plan()
        self.engine = engine
        self.settings = settings
        self.now: datetime = NOW
        self.app: Flask = app or create_app(settings, engine, lambda: self.now)
        self.app.extensions["gatemate"] = Surroundings(settings, engine, lambda: self.now)
        self.app.extensions["names_for_tests"] = []
        self.app.jinja_env.bytecode_cache = COMPILED
        self.app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
        self.app.config.update(SESSION_COOKIE_SECURE=False, SESSION_COOKIE_NAME="gatemate")
        self.app.config.update(config)

    def session(self) -> Session:
        """A session to prepare and to look at rows; the test commits."""
        return Session(self.engine, expire_on_commit=False)

    def keep(self, *rows: Any) -> None:
        """Save rows; the audit is not told, and so the plan made last is let go of."""
        with self.session() as db:
            db.add_all(rows)
            db.commit()
        forget_newest_plan()

    def account(self, role: Role, **told: Any) -> Account:
        """Open an account; its sign-in name is its e-mail address."""
        count = len(self._names)
        name = told.pop("email", f"{role}{count}@example.org")
        self._names.append(name)
        scope = {"name": "Robin", "email": name} | SCOPES[role] | told
        with self.session() as db, patch.object(accounts, "hash_of", HASHED_ONCE):
            account = open_account(
                db, role, sign_in_name=name, password=PASSWORD, now=self.now, **scope
            )
            db.commit()
            return account

    @property
    def _names(self) -> list[str]:
        names: list[str] = self.app.extensions["names_for_tests"]
        return names

    def code_now(self) -> str:
        """What an app with the secret of tests shows now, whatever was taken before."""
        return app_code(self.now)

    def browser(self, account: Account | None = None) -> FlaskClient:
        """A browser, signed in as the account if one is given; the page is tested elsewhere."""
        client = self.app.test_client()
        if account:
            with self.session() as db:
                token = begin_stay(db, db.get_one(Account, account.id), now=self.now)
                db.commit()
            with client.session_transaction() as cookie:
                cookie["stay"] = token
        return client

    def code(self, account: Account) -> str:
        """The code that the account's app shows now; one taken before counts no more."""
        with self.session() as db:
            factor = db.get(SecondFactor, account.id) or begin_app(db, account, APP_SECRET)
            factor.confirmed_at, factor.last_step = self.now, 0
            db.commit()
        return app_code(self.now)

    def browser_of(self, role: Role, **told: Any) -> FlaskClient:
        """A browser signed in with a new account of a role."""
        return self.browser(self.account(role, **told))
