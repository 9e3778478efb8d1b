"""What people see: pages, forms and the command line. Nothing here decides anything."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Flask, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy import Engine

from matcher.settings import Settings
from models.database import answers

pages = Blueprint("health", __name__)


@dataclass(frozen=True)
class Surroundings:
    """What every page is given: the settings, the database, and what time it is (aware, UTC)."""

    settings: Settings
    engine: Engine
    now: Callable[[], datetime]


def create_app(settings: Settings, engine: Engine, now: Callable[[], datetime]) -> Flask:
    """Make the web application; it opens no connection until a page is asked for."""
    app = Flask(__name__)
    app.extensions["gatemate"] = Surroundings(settings, engine, now)
    app.register_blueprint(pages)
    return app


@pages.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Say `ok` to whoever watches over the service, or 503 when the database does not answer."""
    plain_text = {"Content-Type": "text/plain; charset=utf-8"}
    if not answers(current_app.extensions["gatemate"].engine):
        return "The database does not answer.\n", 503, plain_text
    return "ok\n", 200, plain_text
