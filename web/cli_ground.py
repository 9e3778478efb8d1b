"""What commands stand on: the settings, a database that is up to date, a session that writes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from matcher.settings import Settings, SettingsError
from models.audit import AuditedSession, Hand
from models.database import is_current, make_engine
from web.cli_answers import Refused, now
from web.surroundings import Surroundings

CHANGED_MEANWHILE = "Someone else changed the same people meanwhile. Nothing was kept: try again."


def settings_at_hand() -> Settings:
    """Return the settings of the environment, or refuse naming the variable that is wrong."""
    with _said_in_one_sentence():
        return Settings.from_environment(os.environ)


@contextmanager
def engine_of(settings: Settings) -> Iterator[Engine]:
    """Hand out an engine; a database that does not answer is refused in one sentence."""
    engine = make_engine(settings.database)
    try:
        yield engine
    except OperationalError as wrong:
        raise Refused(
            ["The database does not answer. Check GATEMATE_DATABASE and that it is running."]
        ) from wrong
    finally:
        engine.dispose()


@contextmanager
def ground() -> Iterator[Surroundings]:
    """Hand out the surroundings of a service whose secret is set and whose database is current."""
    settings = settings_at_hand()
    with _said_in_one_sentence(), engine_of(settings) as engine:
        if not is_current(engine):
            raise Refused(["The database is not up to date. Run: gatemate db upgrade"])
        settings.key_for("audit")
        yield Surroundings(settings, engine, now)


@contextmanager
def writing(around: Surroundings) -> Iterator[AuditedSession]:
    """Open a session whose changes the audit puts down to a command; whoever uses it commits."""
    try:
        with around.writing() as db:
            db.write_as(Hand(None, at=around.now(), origin="command"))
            yield db
    except (IntegrityError, StaleDataError) as wrong:
        raise Refused([CHANGED_MEANWHILE]) from wrong


@contextmanager
def _said_in_one_sentence() -> Iterator[None]:
    try:
        yield
    except SettingsError as wrong:
        raise Refused([str(wrong)]) from wrong
