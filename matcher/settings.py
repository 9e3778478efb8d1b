"""What the person who runs Gatemate decides, read once from the environment.

One frozen object, handed to whoever needs it; nothing else reads the
environment.
"""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

DEFAULT_DATABASE = "sqlite:///var/gatemate.db"
DEFAULT_JOURNAL = "var/journal.jsonl"
DRIVERS = {"sqlite", "postgresql", "postgresql+psycopg"}
SHORTEST_LEASE, LONGEST_LEASE = 1.0, 3600.0
SHORTEST_SECRET = 32
"""Characters: 128 bits or more, written as hexadecimal digits."""


class SettingsError(ValueError):
    """A variable of the environment has a value Gatemate cannot use; its text is one sentence."""


@dataclass(frozen=True)
class Settings:
    """Every setting, checked.

    `database` is an address in SQLAlchemy's form; it and `mail` may hold a
    password, so they are never shown. `secret` is what cookies and the audit
    are sealed with; empty where nobody needs it. `mail` is how letters leave:
    `smtp://user:password@host:port`, `smtps://` or `folder:NAME`; empty says
    that none do. `texts` is how text messages leave: `https://token@host/path`,
    `folder:NAME` or `notify:KEY:TEMPLATE`; without it they go by mail.
    `mail_from` is the sender's address, `address` where people find the pages,
    `service_phone` and `service_post` stand on every letter. `journal` is the
    file that says what was sent, `lease` for how many seconds a letter is
    held by who sends it, the same for every clock.
    """

    database: str = field(default=DEFAULT_DATABASE, repr=False)
    secret: str = field(default="", repr=False)
    demo: bool = False
    mail: str = field(default="", repr=False)
    texts: str = field(default="", repr=False)
    mail_from: str = "gatemate@localhost"
    address: str = "http://127.0.0.1:8000"
    service_phone: str = ""
    service_post: str = ""
    journal: str = DEFAULT_JOURNAL
    lease: float = 120

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read the variables `GATEMATE_*`; raise SettingsError naming the one that is wrong."""
        told = {
            name: environment[variable]
            for name, variable in _VARIABLES.items()
            if environment.get(variable)
        }
        return cls(
            database=_database(environment.get("GATEMATE_DATABASE", DEFAULT_DATABASE)),
            secret=_secret(environment.get("GATEMATE_SECRET", "")),
            demo=environment.get("GATEMATE_DEMO", "") == "1",
            mail=_mail(environment.get("GATEMATE_MAIL", "")),
            texts=_texts(environment.get("GATEMATE_TEXTS", "")),
            lease=_lease(environment.get("GATEMATE_LEASE", "")),
            **told,
        )

    @property
    def audit_key(self) -> bytes:
        """Return the key of the audit's chain; raise SettingsError if there is no secret."""
        return self.key_for("audit")

    def key_for(self, purpose: str) -> bytes:
        """Return a key of its own for one purpose; raise SettingsError if there is no secret."""
        if not self.secret:
            raise SettingsError(
                "Set GATEMATE_SECRET to a secret of your own and keep it. This makes one: "
                "python3 -c 'import secrets; print(secrets.token_hex(32))'"
            )
        return hmac.digest(self.secret.encode(), purpose.encode(), "sha256")


_VARIABLES = {
    "mail_from": "GATEMATE_MAIL_FROM",
    "address": "GATEMATE_ADDRESS",
    "service_phone": "GATEMATE_SERVICE_PHONE",
    "service_post": "GATEMATE_SERVICE_POST",
    "journal": "GATEMATE_JOURNAL",
}


def _database(address: str) -> str:
    try:
        url = make_url(address)
    except ArgumentError:
        url = None
    if url is None or url.drivername not in DRIVERS or url.database in {None, "", ":memory:"}:
        raise SettingsError(
            "GATEMATE_DATABASE must be the address of a database, "
            f"such as {DEFAULT_DATABASE} or postgresql://user:password@host/gatemate."
        )
    return address


def _secret(secret: str) -> str:
    if secret and (len(secret) < SHORTEST_SECRET or len(set(secret)) < SHORTEST_SECRET // 4):
        raise SettingsError(f"GATEMATE_SECRET must be {SHORTEST_SECRET} random characters or more.")
    return secret


def _mail(address: str) -> str:
    parts = urlsplit(address)
    by_post = parts.scheme in {"smtp", "smtps"} and parts.hostname
    if address and not by_post and not (parts.scheme == "folder" and parts.path):
        raise SettingsError(
            "GATEMATE_MAIL must say how letters leave, such as "
            "smtp://user:password@mail.example.org:587 or folder:var/post."
        )
    return address


def _texts(address: str) -> str:
    parts = urlsplit(address)
    known = {
        "folder": bool(parts.path),
        "https": bool(parts.hostname),
        "notify": re.fullmatch(r"notify:[^:\s]+:[^:\s]+", address) is not None,
    }
    if address and not known.get(parts.scheme, False):
        raise SettingsError(
            "GATEMATE_TEXTS must say how text messages leave, such as "
            "https://token@texts.example.org/send, folder:var/post or notify:KEY:TEMPLATE."
        )
    return address


def _lease(seconds: str) -> float:
    try:
        lease = float(seconds or Settings.lease)
    except ValueError:
        lease = 0
    if not SHORTEST_LEASE <= lease <= LONGEST_LEASE:
        raise SettingsError("GATEMATE_LEASE must be a number of seconds from 1 to 3600.")
    return lease
