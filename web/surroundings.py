"""What every page, command and job is given: the settings, the database, and what time it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import cast

from flask import current_app
from sqlalchemy import Engine
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session

from matcher.demo_clock import demo_time
from matcher.settings import Settings
from models.audit import AuditedSession
from models.database import reading, sessions


@dataclass(frozen=True)
class Surroundings:
    """The settings, the engine, and the real time (aware, UTC)."""

    settings: Settings
    engine: Engine
    real_now: Callable[[], datetime]

    @cached_property
    def writing(self) -> sessionmaker[AuditedSession]:
        """Return what opens a session that writes; whoever opens one says whose hand it is."""
        return sessions(self.engine, self.settings.audit_key)

    @cached_property
    def reading(self) -> sessionmaker[Session]:
        """Return what opens a session that only reads."""
        return reading(self.engine)

    def now(self) -> datetime:
        """Return what time it is for leavers and mentors: in a demo, the demo's time."""
        real = self.real_now()
        if not self.settings.demo:
            return real
        with self.reading() as db:
            return demo_time(db, real)


def surroundings() -> Surroundings:
    """Return those of the application that is running."""
    return cast(Surroundings, current_app.extensions["gatemate"])
