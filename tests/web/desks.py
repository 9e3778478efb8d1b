"""Everything a test of pages needs: an application on a test database, and people signed in."""

from datetime import datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from sqlmodel import Session

from matcher.accounts import open_account
from matcher.settings import Settings
from models.accounts import Account
from models.states import Role
from models.vocabulary import Region
from tests.rows import NOW
from web.application import create_app

SECRET = "0123456789abcdef" * 4
PASSWORD = "a password for tests"
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


class Desks:
    """An application, a way to write rows, and a browser for each account.

    `now` may be set: it is what time it is for pages and stays alike.
    """

    def __init__(self, engine: Engine, settings: Settings = SETTINGS, **config: Any) -> None:
        self.engine = engine
        self.settings = settings
        self.now: datetime = NOW
        self.app: Flask = create_app(settings, engine, lambda: self.now)
        self.app.jinja_env.bytecode_cache = COMPILED
        self.app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
        self.app.config.update(SESSION_COOKIE_SECURE=False, SESSION_COOKIE_NAME="gatemate")
        self.app.config.update(config)

    def session(self) -> Session:
        """A session to prepare and to look at rows; the test commits."""
        return Session(self.engine, expire_on_commit=False)

    def keep(self, *rows: Any) -> None:
        """Save rows."""
        with self.session() as db:
            db.add_all(rows)
            db.commit()

    def account(self, role: Role, **told: Any) -> Account:
        """Open an account; its sign-in name is its e-mail address."""
        count = len(self._names)
        name = told.pop("email", f"{role}{count}@example.org")
        self._names.append(name)
        scope = {"name": "Robin", "email": name} | SCOPES[role] | told
        with self.session() as db:
            account = open_account(
                db, role, sign_in_name=name, password=PASSWORD, now=self.now, **scope
            )
            db.commit()
            return account

    @property
    def _names(self) -> list[str]:
        return self.app.extensions.setdefault("names_for_tests", [])

    def browser(self, account: Account | None = None) -> FlaskClient:
        """A browser, signed in as the account if one is given."""
        client = self.app.test_client()
        if account:
            form = {"sign_in_name": account.email, "password": PASSWORD}
            answer = client.post("/sign-in", data=form)
            assert answer.status_code == 302, answer.text
        return client

    def browser_of(self, role: Role, **told: Any) -> FlaskClient:
        """A browser signed in with a new account of a role."""
        return self.browser(self.account(role, **told))
