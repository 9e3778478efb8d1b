"""What the person who runs Gatemate decides, read once from the environment.

One frozen object, handed to whoever needs it; nothing else reads the
environment.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

DEFAULT_DATABASE = "sqlite:///var/gatemate.db"
DRIVERS = {"sqlite", "postgresql", "postgresql+psycopg"}


class SettingsError(ValueError):
    """A variable of the environment has a value Gatemate cannot use; its text is one sentence."""


@dataclass(frozen=True)
class Settings:
    """Every setting, checked.

    `database` is an address in SQLAlchemy's form; it may hold a password, so
    it is never shown.
    """

    database: str = field(default=DEFAULT_DATABASE, repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read `GATEMATE_DATABASE`; raise SettingsError naming the variable that is wrong."""
        return cls(database=_database(environment.get("GATEMATE_DATABASE", DEFAULT_DATABASE)))


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
