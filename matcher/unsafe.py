"""What no service with real people may start with: each a row of `CHECKS`, one sentence each.

A demo has made-up people and answers its own machine alone, so none of it is
asked there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import URL, make_url

from matcher.secret_files import refuse_open_to_others
from matcher.settings import Settings, SettingsError

SAFE_LINES = {"require", "verify-ca", "verify-full"}
"""Values of `sslmode` with which PostgreSQL's line is sealed or not opened at all."""

LONGEST_PATTERN = 16
"""A secret that says the same again after so many characters was typed, not drawn."""

NOT_ON = {"", "0", "false", "no"}


def refuse_unsafe(settings: Settings, environment: Mapping[str, str]) -> None:
    """Raise SettingsError with what is unsafe in these settings, if anything is, outside a demo."""
    if settings.demo:
        return
    for check in CHECKS:
        said = check(settings, environment)
        if said:
            raise SettingsError(said)


def _drawn_secret(settings: Settings, _environment: Mapping[str, str]) -> str | None:
    secret = settings.secret
    sizes = range(1, LONGEST_PATTERN + 1)
    if secret and any((secret[:size] * len(secret)).startswith(secret) for size in sizes):
        return "GATEMATE_SECRET is a pattern, not a secret. Draw one: see the README."
    return None


def _keys_apart(settings: Settings, _environment: Mapping[str, str]) -> str | None:
    if settings.secret and any(key.hex() == settings.secret.lower() for key in settings.masters):
        return "GATEMATE_SECRET and GATEMATE_MASTER_KEY must be two different secrets."
    return None


def _no_debugging(_settings: Settings, environment: Mapping[str, str]) -> str | None:
    if environment.get("FLASK_DEBUG", "").lower() not in NOT_ON:
        return "FLASK_DEBUG shows the inside of the service to whoever meets an error. Unset it."
    return None


def _sealed_lines(settings: Settings, _environment: Mapping[str, str]) -> str | None:
    for variable, address in _databases(settings).items():
        if not _is_sealed(address):
            return (
                f"{variable} is on another machine, and its line is not encrypted. "
                "Add ?sslmode=verify-full to it."
            )
    return None


def _sealed_mail(settings: Settings, _environment: Mapping[str, str]) -> str | None:
    parts = urlsplit(settings.mail)
    if parts.scheme == "smtp" and not parts.username and not is_this_machine(parts.hostname):
        return (
            "GATEMATE_MAIL is on another machine, and its line is not encrypted. "
            "Use smtps://, or smtp:// with a user and password."
        )
    return None


def _pages_by_https(settings: Settings, _environment: Mapping[str, str]) -> str | None:
    parts = urlsplit(settings.address)
    if parts.scheme != "https" and not is_this_machine(parts.hostname):
        return "GATEMATE_ADDRESS must begin with https:// for pages that others can reach."
    return None


def _files_of_our_own(settings: Settings, _environment: Mapping[str, str]) -> str | None:
    url = make_url(settings.key_store)
    file = Path(url.database or "")
    if url.get_backend_name() == "sqlite" and file.exists():
        refuse_open_to_others("GATEMATE_KEYS", file)
    return None


CHECKS: tuple[Callable[[Settings, Mapping[str, str]], str | None], ...] = (
    _drawn_secret,
    _keys_apart,
    _no_debugging,
    _sealed_lines,
    _sealed_mail,
    _pages_by_https,
    _files_of_our_own,
)


def is_this_machine(host: str | None) -> bool:
    """Say whether a host is this machine: none, a socket's path, its name or a loopback address."""
    if not host or host == "localhost" or host.startswith("/"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _databases(settings: Settings) -> dict[str, URL]:
    told = {"GATEMATE_DATABASE": settings.database, "GATEMATE_KEYS": settings.key_store}
    return {variable: make_url(address) for variable, address in told.items()}


def _is_sealed(address: URL) -> bool:
    hosts = [address.host, *_told(address, "host"), *_told(address, "hostaddr")]
    is_here = address.get_backend_name() == "sqlite" or all(map(is_this_machine, hosts))
    return is_here or bool(SAFE_LINES.intersection(_told(address, "sslmode")))


def _told(address: URL, name: str) -> tuple[str, ...]:
    return tuple(address.normalized_query.get(name, ()))
