"""Secrets from the environment or from files, one way for all of them.

`GATEMATE_SECRET_FILE=/run/secrets/gatemate` says the same as `GATEMATE_SECRET`
with what is in the file; so does each other variable of `SECRETS`. Outside a
demo a file that anyone on the machine may read is refused.
"""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path

from matcher.master_keys import SettingsError

SECRETS = (
    "GATEMATE_SECRET",
    "GATEMATE_MASTER_KEY",
    "GATEMATE_DATABASE",
    "GATEMATE_KEYS",
    "GATEMATE_MAIL",
    "GATEMATE_TEXTS",
)
"""The variables that may hold a password or a key, each with a twin that names a file."""

OPEN_TO_OTHERS = stat.S_IRWXO | stat.S_IWGRP
"""Rights that no file with a secret in it has outside a demo."""


def told_by(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment with each secret of a file put in; raise SettingsError if it cannot.

    The sentence names the variable and the file, and never what is in it.
    """
    is_demo = environment.get("GATEMATE_DEMO") == "1"
    told = dict(environment)
    for name in SECRETS:
        file = environment.get(f"{name}_FILE")
        if not file:
            continue
        if environment.get(name):
            raise SettingsError(f"Set {name} or {name}_FILE, not both.")
        told[name] = _read(f"{name}_FILE", Path(file), is_demo=is_demo)
    return told


def refuse_open_to_others(variable: str, file: Path) -> None:
    """Raise SettingsError for a file that other people of this machine may read or write."""
    if file.stat().st_mode & OPEN_TO_OTHERS:
        raise SettingsError(f"{variable}: others can read {file}. Run: chmod 600 {file}")


def _read(variable: str, file: Path, *, is_demo: bool) -> str:
    try:
        if not is_demo:
            refuse_open_to_others(variable, file)
        return file.read_text().strip()
    except (OSError, UnicodeDecodeError) as wrong:
        raise SettingsError(f"{variable}: {file} cannot be read.") from wrong
