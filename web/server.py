"""What gunicorn runs: `gunicorn --config python:web.server 'web.server:application()'`.

Starting is refused, in one sentence, without a secret, without tables, with
unsafe settings, and for a demo that anyone but this machine could reach.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from matcher.accounts import has_real_account
from matcher.log_lines import for_gunicorn
from matcher.master_keys import refuse_other_keys, take_keys
from matcher.settings import Settings, SettingsError
from matcher.unsafe import refuse_unsafe
from models.database import is_current, make_engine, reading
from models.key_ring import NO_KEYS
from web.application import create_app

bind = os.environ.get("GATEMATE_BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = 2
threads = 4
timeout = 60
graceful_timeout = 20
max_requests = 20_000
max_requests_jitter = 2_000
control_socket_disable = True
forwarded_allow_ips = "127.0.0.1"
logconfig_dict = for_gunicorn()

ONLY_HERE = ("127.0.0.1", "localhost")


def application() -> Flask:
    """Return the application of the environment, or end with one sentence on what is wrong."""
    try:
        settings = Settings.from_environment(os.environ)
        refuse_unsafe(settings, os.environ)
        return _application(settings)
    except SettingsError as wrong:
        sys.exit(f"gatemate: {wrong}")


def _application(settings: Settings) -> Flask:
    take_keys(settings.key_store, settings.masters)
    engine = make_engine(settings.database)
    try:
        if not is_current(engine):
            raise SettingsError("The database is not up to date. Run: gatemate db upgrade")
        if not settings.masters:
            raise SettingsError(NO_KEYS)
        refuse_other_keys(engine)
        with reading(engine)() as db:
            refuse_mixed_accounts(settings, has_real=has_real_account(db))
    except SQLAlchemyError as wrong:
        raise SettingsError("The database that GATEMATE_DATABASE names does not answer.") from wrong
    finally:
        engine.dispose()  # each worker opens connections of its own
    app = create_app(settings, engine, lambda: datetime.now(UTC))
    if settings.demo:
        _keep_to_this_machine(app)
    return app


def refuse_mixed_accounts(settings: Settings, *, has_real: bool) -> None:
    """Keep a demo away from real people: raise SettingsError if the database has any."""
    if settings.demo and has_real:
        raise SettingsError(
            "This database has the account of a real person, so no demo runs on it. "
            "Unset GATEMATE_DEMO, or give the demo a database of its own."
        )


def _keep_to_this_machine(app: Flask) -> None:
    if bind.rpartition(":")[0] not in ONLY_HERE:
        raise SettingsError(f"A demo answers this machine only: bind 127.0.0.1, not {bind}.")
    app.config["TRUSTED_HOSTS"] = list(ONLY_HERE)
