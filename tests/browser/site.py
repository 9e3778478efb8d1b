"""The real application on a port of this machine, with its clock and its post.

Pages, the clock and the sign-ins all read the one `now` that the test sets.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time
from email.message import EmailMessage
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from sqlalchemy import Engine
from werkzeug.serving import WSGIRequestHandler, make_server

from matcher.clock import run_due
from matcher.core.sending import LONDON
from matcher.settings import Settings
from tests.mail_server import MailServer
from tests.web.desks import SECRET, Desks
from web.cli_clock import context_of

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class Site:
    """The application as it is served, the clock that runs beside it, and its mailbox."""

    def __init__(self, engine: Engine, settings: Settings, post_office: MailServer) -> None:
        # TESTING off: what goes wrong behind a page is a page too, as it is for people.
        self.desks = Desks(engine, settings, WTF_CSRF_ENABLED=True, TESTING=False)
        self.clock = context_of(self.desks.app.extensions["gatemate"])
        self.post_office = post_office
        self.address = ""
        self._read = 0

    def turn_to(self, day: date, hour: int, minute: int = 0) -> list[str]:
        """Move the time on, let the clock do all that is due by then, and say what it did."""
        self.desks.now = local(day, hour, minute)
        done = run_due(self.clock, self.desks.now)
        assert not [one for one in done if one.failed], done
        return [f"{one.job}: {one.sentence}" for one in done]

    def live_through(self, day: date, hour: int, minute: int = 0) -> None:
        """Let the clock do the early morning of a day, and what follows up to an hour of it."""
        self.turn_to(day, 6, 5)
        self.turn_to(day, hour, minute)

    def new_mail(self) -> list[EmailMessage]:
        """The letters that the mail server took since the last time it was asked."""
        taken = self.post_office.taken[self._read :]
        self._read += len(taken)
        return taken


def settings_for(post_office: MailServer, journal: Path) -> Settings:
    """Settings as of a service in use, whose letters go to the test's own mail server."""
    return Settings(
        secret=SECRET,
        mail=f"smtp://127.0.0.1:{post_office.port}",
        mail_from="gatemate@example.org",
        journal=str(journal),
        service_phone="0808 157 0100",
        service_post="Gatemate, PO Box 1, Leeds",
    )


def local(day: date, hour: int, minute: int = 0) -> datetime:
    """The moment, in UTC, of a time of day in England."""
    return datetime.combine(day, time(hour, minute), LONDON).astimezone(UTC)


class _Quiet(WSGIRequestHandler):
    """Tells of what goes wrong, not of every page and picture."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@contextmanager
def served(application: WSGIApplication) -> Iterator[str]:
    """Serve an application on a port of this machine, and lend its address."""
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


@contextmanager
def serving(site: Site) -> Iterator[Site]:
    """Serve the application for as long as the `with` lasts."""
    with served(site.desks.app) as site.address:
        site.clock = replace(
            site.clock, settings=replace(site.clock.settings, address=site.address)
        )
        yield site
