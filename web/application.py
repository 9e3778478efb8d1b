"""The web application, put together from its parts."""

from collections.abc import Callable
from datetime import datetime

from flask import Flask
from flask_wtf import CSRFProtect
from sqlalchemy import Engine

from matcher.settings import Settings
from web import (
    administrator,
    errors,
    forms,
    guard,
    health,
    liaison,
    manager,
    mentor,
    peer,
    sign_in,
    words,
)
from web.demo import pages as demo_pages
from web.surroundings import Surroundings

UPLOAD_BYTES = 10 * 1024 * 1024
"""No form and no report is larger than this."""


def create_app(settings: Settings, engine: Engine, now: Callable[[], datetime]) -> Flask:
    """Make the web application; it opens no connection until a page is asked for.

    `now` gives the real time. Raises SettingsError where there is no secret.
    """
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=settings.key_for("cookies"),
        SESSION_COOKIE_NAME="gatemate" if settings.demo else "__Host-gatemate",
        SESSION_COOKIE_SECURE=not settings.demo,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=UPLOAD_BYTES,
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.extensions["gatemate"] = Surroundings(settings, engine, now)
    guard.register(app)
    CSRFProtect(app)
    for part in (forms, words, errors):
        part.register(app)
    for desk in (peer, liaison, mentor, manager, administrator):
        for blueprint in desk.BLUEPRINTS:
            app.register_blueprint(blueprint)
    app.register_blueprint(sign_in.pages)
    app.register_blueprint(health.pages)
    if settings.demo:
        app.register_blueprint(demo_pages.pages)
    return app
