"""A real mail server on this machine for as long as a test lasts, that can be told to fail."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Thread

import aiosmtpd
from aiosmtpd.smtp import SMTP, AuthResult

CERTIFICATES = Path(aiosmtpd.__file__).parent / "tests" / "certs"
"""A certificate that nobody has reason to trust, with its key."""


class MailServer:
    """Keeps what it takes, and answers as it was told.

    `answers` are by step: "MAIL", "RCPT" and "DATA" (after the last line). A
    step that is not named is fine. The faults "drop in data", "drop after the
    dot" and "hang after the dot" are what their names say.
    """

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.answers: dict[str, str] = {}
        self.fault = ""
        self.logins: list[tuple[bytes, bytes]] = []
        self.port = 0
        self.hanging = 0
        self.let_go = asyncio.Event()

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 fine")

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 fine")

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.fault == "hang after the dot":
            self.hanging += 1
            await self.let_go.wait()
        answer = self.answers.get("DATA", "250 taken")
        if answer.startswith("2"):
            self.taken.append(message_from_bytes(envelope.original_content, policy=policy.default))
            self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        if self.fault == "drop after the dot":
            server.transport.abort()
        return answer

    def authenticate(self, server, session, envelope, mechanism, told):
        self.logins.append((told.login, told.password))
        return AuthResult(success=told.password == b"right", handled=False)


class _Line(SMTP):
    """One connection."""

    async def smtp_DATA(self, arg):  # noqa: N802
        if self.event_handler.fault != "drop in data":
            return await super().smtp_DATA(arg)
        await self.push("354 go on")
        await self._reader.readline()
        return self.transport.abort()


@contextmanager
def mail_server(*, tls: str = "") -> Iterator[MailServer]:
    """Run a server; `tls` is "starttls" or "from the start"."""
    loop, server = asyncio.new_event_loop(), MailServer()
    context = _tls() if tls else None
    told = {
        "hostname": "localhost",
        "loop": loop,
        "tls_context": context if tls == "starttls" else None,
        "authenticator": server.authenticate,
        "auth_require_tls": tls != "from the start",
    }
    encrypted = context if tls == "from the start" else None
    listening = loop.run_until_complete(
        loop.create_server(lambda: _Line(server, **told), "127.0.0.1", 0, ssl=encrypted)
    )
    server.port = listening.sockets[0].getsockname()[1]
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(_end(server, listening), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _end(server: MailServer, listening: asyncio.Server) -> None:
    server.let_go.set()
    listening.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def _tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / "server.crt", CERTIFICATES / "server.key")
    return context
