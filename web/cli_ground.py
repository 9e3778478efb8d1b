"""What commands stand on: the settings, a database that is up to date, a session that writes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from matcher.master_keys import refuse_other_keys, take_keys
from matcher.settings import Settings, SettingsError
from matcher.unsafe import refuse_unsafe
from models.audit import AuditedSession, Hand
from models.database import is_current, make_engine
from models.key_ring import keys
from web.cli_answers import Refused, now
from web.surroundings import Surroundings

NO_ANSWER = "The database does not answer. Check GATEMATE_DATABASE and that it is running."
NOT_CURRENT = "The database is not up to date. Run: gatemate db upgrade"
CHANGED_MEANWHILE = "Someone else changed the same people meanwhile. Nothing was kept: try again."


def settings_at_hand() -> Settings:
    """Return the settings of the environment, or refuse naming the variable that is wrong."""
    with said_in_one_sentence():
        settings = Settings.from_environment(os.environ)
        refuse_unsafe(settings, os.environ)
    take_keys(settings.key_store, settings.masters)
    return settings


@contextmanager
def engine_of(settings: Settings) -> Iterator[Engine]:
    """Hand out an engine; a database that does not answer is refused in one sentence."""
    engine = make_engine(settings.database)
    try:
        yield engine
    except OperationalError as wrong:
        raise Refused([NO_ANSWER]) from wrong
    finally:
        engine.dispose()


@contextmanager
def ground() -> Iterator[Surroundings]:
    """Hand out the surroundings of a service whose secret is set and whose database is current."""
    settings = settings_at_hand()
    with said_in_one_sentence(), engine_of(settings) as engine:
        if not is_current(engine):
            raise Refused([NOT_CURRENT])
        settings.key_for("audit")
        refuse_other_keys(engine)
        yield Surroundings(settings, engine, now)


def check_keys() -> None:
    """Raise KeysError where the master key is missing, or is not that of the store of keys.

    Where there is no store none is made.
    """
    ring = keys()
    for one in ring.store.everything()[:1] if ring.store.is_there() else ():
        ring.unwrapped(one)


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
def said_in_one_sentence() -> Iterator[None]:
    """Refuse what the settings lack or hold wrongly in the sentence that says so."""
    try:
        yield
    except SettingsError as wrong:
        raise Refused([str(wrong)]) from wrong
