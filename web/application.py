"""The web application, put together from its parts."""

import hashlib
from collections.abc import Callable
from datetime import datetime

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask_wtf import CSRFProtect
from sqlalchemy import Engine
from werkzeug.middleware.proxy_fix import ProxyFix

from matcher.settings import Settings
from web import (
    administrator,
    calendar_feed,
    errors,
    forms,
    guard,
    health,
    invited,
    kiosk,
    liaison,
    manager,
    masking,
    mentor,
    own_account,
    page_rights,
    peer,
    seen,
    sign_in,
    words,
)
from web.demo import pages as demo_pages
from web.surroundings import Surroundings

UPLOAD_BYTES = 10 * 1024 * 1024
"""No form and no report is larger than this."""


class SignedCookies(SecureCookieSessionInterface):
    """What the browser holds is signed with HMAC-SHA-256; Flask by itself takes SHA-1."""

    digest_method = staticmethod(hashlib.sha256)


def create_app(settings: Settings, engine: Engine, now: Callable[[], datetime]) -> Flask:
    """Make the web application; it opens no connection until a page is asked for.

    `now` gives the real time. Raises SettingsError where there is no secret, UnlistedPageError
    where a page is not as the table of pages' rights says.
    """
    app = Flask(__name__)
    app.session_interface = SignedCookies()
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
    if settings.proxies:  # what else a header says of who asks is believed of nobody
        known = {"x_for": settings.proxies, "x_proto": settings.proxies}
        app.wsgi_app = ProxyFix(app.wsgi_app, **known)  # type: ignore[method-assign]
    guard.register(app)
    CSRFProtect(app)
    for part in (forms, words, errors, seen, masking):
        part.register(app)
    for desk in (peer, kiosk, liaison, mentor, manager, administrator):
        for blueprint in desk.BLUEPRINTS:
            app.register_blueprint(blueprint)
    for everyones in (sign_in, own_account, invited):
        app.register_blueprint(everyones.pages)
    app.register_blueprint(health.pages)
    app.register_blueprint(calendar_feed.pages)
    if settings.demo:
        app.register_blueprint(demo_pages.pages)
    page_rights.check(app)
    return app
