"""The master keys, and the keys of persons opened with them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial

from sqlalchemy import Engine

from models import key_fit
from models.key_ring import KeyRing, KeysError, use_keys
from models.person_store import PersonStore

_ONE = re.compile("[0-9a-fA-F]{64}")
SHAPE = (
    "GATEMATE_MASTER_KEY must be 64 hexadecimal digits; while it is being replaced, the new one, "
    "a comma and the old one."
)


class SettingsError(ValueError):
    """A variable of the environment has a value Gatemate cannot use; its text is one sentence."""


def master_keys(environment: Mapping[str, str]) -> tuple[bytes, ...]:
    """Return the master keys that the environment names, none where it names none.

    Raises SettingsError for what is no key. A file is read by `secret_files`.
    """
    return masters_in(environment.get("GATEMATE_MASTER_KEY") or "")


def masters_in(text: str) -> tuple[bytes, ...]:
    """Return the master keys that a text names, the newest first."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if any(not _ONE.fullmatch(part) or len(set(part.lower())) < 8 for part in parts):
        raise SettingsError(SHAPE)
    return tuple(map(bytes.fromhex, parts))


def take_keys(address: str, masters: Sequence[bytes]) -> None:
    """Have this process seal and open with the keys of a store; it is opened when first needed."""
    if masters:
        use_keys(partial(_opened, address, tuple(masters)))


def refuse_other_keys(engine: Engine) -> None:
    """Raise SettingsError where the keys at hand are not those that the database was sealed with.

    To be called before anything is written: a wrong address of the store would make a new one.
    """
    try:
        with engine.execution_options(only_reads=True).connect() as connection:
            key_fit.refuse_other_keys(connection)
    except KeysError as wrong:
        raise SettingsError(str(wrong)) from wrong


def _opened(address: str, masters: tuple[bytes, ...]) -> KeyRing:
    return KeyRing(PersonStore(address), masters)
