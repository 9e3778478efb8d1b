"""What the person who runs Gatemate decides, read once from the environment.

One frozen object, handed to whoever needs it; nothing else reads the
environment.
"""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from matcher.master_keys import SettingsError, master_keys
from matcher.secret_files import told_by

__all__ = ["Settings", "SettingsError"]

DEFAULT_DATABASE = "sqlite:///var/gatemate.db"
DEFAULT_JOURNAL = "var/journal.jsonl"
DRIVERS = {"sqlite", "postgresql", "postgresql+psycopg"}
SHORTEST_LEASE, LONGEST_LEASE = 1.0, 3600.0
MOST_PROXIES = 5
SHORTEST_SECRET = 32
"""Characters: 128 bits or more, written as hexadecimal digits."""


@dataclass(frozen=True)
class Settings:
    """Every setting, checked.

    `database` is an address in SQLAlchemy's form; it and `mail` may hold a
    password, so they are never shown. `secret` is what cookies and the audit
    are sealed with; empty where nobody needs it. `old_secrets` are those before it,
    the newest first: the audit from their time is verified with them. `mail` is how letters leave:
    `smtp://user:password@host:port`, `smtps://` or `folder:NAME`; empty says
    that none do. `texts` is how text messages leave: `https://token@host/path`,
    `folder:NAME` or `notify:KEY:TEMPLATE`; without it they go by mail.
    `mail_from` is the sender's address, `address` where people find the pages,
    `service_phone` and `service_post` stand on every letter. `duty_phone` is whom
    a mentor rings who is worried, and `duty_hours` when it is answered, in words. `journal` is the
    file that says what was sent, `lease` for how many seconds a letter is
    held by who sends it, the same for every clock. `keys` is the address of the
    store of persons' keys, "" for a file beside the database, and `masters`
    are the master keys: the first wraps what is new, any opens what is there.
    `proxies` is how many proxies of our own stand in front and say who asks.
    """

    database: str = field(default=DEFAULT_DATABASE, repr=False)
    secret: str = field(default="", repr=False)
    old_secrets: tuple[str, ...] = field(default=(), repr=False)
    demo: bool = False
    mail: str = field(default="", repr=False)
    texts: str = field(default="", repr=False)
    mail_from: str = "gatemate@localhost"
    address: str = "http://127.0.0.1:8000"
    service_phone: str = ""
    service_post: str = ""
    duty_phone: str = ""
    duty_hours: str = ""
    journal: str = DEFAULT_JOURNAL
    lease: float = 120
    keys: str = field(default="", repr=False)
    masters: tuple[bytes, ...] = field(default=(), repr=False)
    proxies: int = 0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read the variables `GATEMATE_*`; raise SettingsError naming the one that is wrong."""
        environment = told_by(environment)
        secret, *old_secrets = _secrets(environment.get("GATEMATE_SECRET", ""))
        told = {
            name: environment[variable]
            for name, variable in _VARIABLES.items()
            if environment.get(variable)
        }
        return cls(
            database=_database(environment.get("GATEMATE_DATABASE", DEFAULT_DATABASE)),
            secret=secret,
            old_secrets=tuple(old_secrets),
            demo=environment.get("GATEMATE_DEMO", "") == "1",
            mail=_mail(environment.get("GATEMATE_MAIL", "")),
            texts=_texts(environment.get("GATEMATE_TEXTS", "")),
            lease=_lease(environment.get("GATEMATE_LEASE", "")),
            keys=_keys(environment.get("GATEMATE_KEYS", "")),
            masters=master_keys(environment),
            proxies=_proxies(environment.get("GATEMATE_PROXIES", "")),
            **told,
        )

    @property
    def key_store(self) -> str:
        """Return the address of the store of persons' keys."""
        if self.keys:
            return self.keys
        url = make_url(self.database)
        folder = Path(url.database or "").parent if url.drivername == "sqlite" else Path("var")
        return f"sqlite:///{folder}/keys.db"

    @property
    def audit_key(self) -> bytes:
        """Return the key of the audit's chain; raise SettingsError if there is no secret."""
        return self.key_for("audit")

    @property
    def old_audit_keys(self) -> tuple[bytes, ...]:
        """Return the keys that the audit's chain had before, the newest first."""
        return tuple(_key(secret, "audit") for secret in self.old_secrets)

    def key_for(self, purpose: str) -> bytes:
        """Return a key of its own for one purpose; raise SettingsError if there is no secret."""
        if not self.secret:
            raise SettingsError(
                "Set GATEMATE_SECRET to a secret of your own and keep it. This makes one: "
                "python3 -c 'import secrets; print(secrets.token_hex(32))'"
            )
        return _key(self.secret, purpose)


_VARIABLES = {
    "mail_from": "GATEMATE_MAIL_FROM",
    "address": "GATEMATE_ADDRESS",
    "service_phone": "GATEMATE_SERVICE_PHONE",
    "service_post": "GATEMATE_SERVICE_POST",
    "duty_phone": "GATEMATE_DUTY_PHONE",
    "duty_hours": "GATEMATE_DUTY_HOURS",
    "journal": "GATEMATE_JOURNAL",
}


def _keys(address: str) -> str:
    return _address("GATEMATE_KEYS", address) if address else ""


def _database(address: str) -> str:
    return _address("GATEMATE_DATABASE", address)


def _address(variable: str, address: str) -> str:
    try:
        url = make_url(address)
    except ArgumentError:
        url = None
    if url is None or url.drivername not in DRIVERS or url.database in {None, "", ":memory:"}:
        raise SettingsError(
            f"{variable} must be the address of a database, "
            f"such as {DEFAULT_DATABASE} or postgresql://user:password@host/gatemate."
        )
    return address


def _secrets(told: str) -> list[str]:
    secrets = [one.strip() for one in told.split(",")]
    if told and any(map(_is_weak, secrets)):
        raise SettingsError(
            f"GATEMATE_SECRET must be {SHORTEST_SECRET} random characters or more; "
            "once it was replaced, the new one, a comma and the old one."
        )
    return secrets


def _is_weak(secret: str) -> bool:
    return len(secret) < SHORTEST_SECRET or len(set(secret)) < SHORTEST_SECRET // 4


def _key(secret: str, purpose: str) -> bytes:
    return hmac.digest(secret.encode(), purpose.encode(), "sha256")


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


def _proxies(told: str) -> int:
    if told not in {"", *map(str, range(MOST_PROXIES + 1))}:
        raise SettingsError(f"GATEMATE_PROXIES must be a number from 0 to {MOST_PROXIES}.")
    return int(told or 0)


def _lease(seconds: str) -> float:
    try:
        lease = float(seconds or Settings.lease)
    except ValueError:
        lease = 0
    if not SHORTEST_LEASE <= lease <= LONGEST_LEASE:
        raise SettingsError("GATEMATE_LEASE must be a number of seconds from 1 to 3600.")
    return lease
