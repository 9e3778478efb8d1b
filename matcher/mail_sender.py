"""Letters leave by a mail server (RFC 5321): one after the other by a line that is kept open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP as ON_THE_WIRE
from email.utils import format_datetime
from smtplib import (
    SMTP,
    SMTP_SSL,
    SMTPException,
    SMTPResponseException,
)
from ssl import create_default_context
from time import monotonic
from urllib.parse import unquote, urlsplit

from matcher.messages import LONGEST_ANSWER, Answer, Message, Refused, Sender, too_late

SHUTTING_DOWN = 421
"""What a server says that has no time for anybody (RFC 5321, 4.2.1)."""


@dataclass(frozen=True)
class SmtpSender:
    """Hands messages to a mail server.

    With a user the line is encrypted before anything is said, by STARTTLS or,
    where `encrypted`, from the start. `patience` is seconds for each step and
    `answer_patience` for the answer once the whole message is handed over. No
    message is ended after its `hand_over_by`.
    """

    host: str
    port: int
    mail_from: str
    user: str = ""
    password: str = field(default="", repr=False)
    encrypted: bool = False
    patience: float = 10
    answer_patience: float = 30

    @classmethod
    def at(cls, address: str, mail_from: str, lease: float = 120) -> SmtpSender:
        """Return the sender for an address such as smtp://user:password@mail.example.org:587.

        Nobody is waited for longer than suits a letter's lease, in seconds.
        """
        parts = urlsplit(address)
        encrypted = parts.scheme == "smtps"
        usual_port = 465 if encrypted else 587 if parts.username else 25
        return cls(
            host=parts.hostname or "localhost",
            port=parts.port or usual_port,
            mail_from=mail_from,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            encrypted=encrypted,
            patience=min(cls.patience, lease / 4),
            answer_patience=min(cls.answer_patience, lease * 0.4),
        )

    def send(self, message: Message) -> Answer:
        """Hand the message to the server; only a break after its last line is unknown."""
        with self.for_a_round() as own:
            return own.send(message)

    @contextmanager
    def for_a_round(self) -> Iterator[Sender]:
        """Lend a sender whose line to the server stays open from one message to the next.

        It is for one thread, and for messages that follow each other at once.
        """
        own = _KeptLine(self)
        try:
            yield own
        finally:
            own.end()


class _KeptLine:
    """One line to a mail server; it lasts as long as the server takes all that is handed over."""

    def __init__(self, server: SmtpSender) -> None:
        """Name the server; it is rung up when the first message is there."""
        self.server = server
        self.kept: SMTP | None = None

    def send(self, message: Message) -> Answer:
        """Hand the message over; a line on which anything went wrong is not used again."""
        mail = as_mail(message, self.server.mail_from).as_bytes()
        with _as_refusals(of_channel=True):
            line = self._begun(message)
        try:
            with _as_refusals(of_channel=True):
                _expect(2, *line.rcpt(message.to))
                self._still_ours(line, message)
                _expect(3, *line.docmd("DATA"))
                line.send(re.sub(rb"(?m)^\.", b"..", mail))
                message.last_word()
                self._still_ours(line, message)
            with _as_refusals(of_channel=True, unknown=True):
                line.send(b".\r\n")
                if line.sock is not None:
                    line.sock.settimeout(self.server.answer_patience)
                answer = line.getreply()
            _expect(2, *answer)
        except BaseException:
            line.close()
            raise
        self.kept = line
        return Answer(_said(*answer))

    def end(self) -> None:
        """Take leave of the server; its answer is not waited for."""
        line, self.kept = self.kept, None
        if line is not None:
            with suppress(OSError, SMTPException):
                line.putcmd("quit")
            line.close()

    def _begun(self, message: Message) -> SMTP:
        """Return a line on which the server lets the message begin: the kept one or a new one.

        A server may have had enough of a line; that says nothing of the letter.
        """
        line, self.kept = self.kept, None
        if line is not None:
            with suppress(OSError, SMTPException, Refused):
                self._still_ours(line, message)
                _expect(2, *line.mail(self.server.mail_from))
                return line
            line.close()
        line = self._reached(message)
        try:
            self._still_ours(line, message)
            _expect(2, *line.mail(self.server.mail_from))
        except BaseException:
            line.close()
            raise
        return line

    def _reached(self, message: Message) -> SMTP:
        """Return a line to the server that is ready for a message."""
        server, wait = self.server, self._wait(message)
        name = domain_of(server.mail_from)
        if server.encrypted:
            line: SMTP = SMTP_SSL(
                server.host,
                server.port,
                local_hostname=name,
                timeout=wait,
                context=create_default_context(),
            )
        else:
            line = SMTP(server.host, server.port, local_hostname=name, timeout=wait)
        try:
            line.ehlo_or_helo_if_needed()
            if server.user:
                if not server.encrypted:
                    self._still_ours(line, message)
                    line.starttls(context=create_default_context())
                self._still_ours(line, message)
                line.login(server.user, server.password)
        except BaseException:
            line.close()
            raise
        return line

    def _still_ours(self, line: SMTP, message: Message) -> None:
        """Wait no longer in the next step than there is time; refuse where there is none."""
        wait = self._wait(message)
        if line.sock is not None:
            line.sock.settimeout(wait)

    def _wait(self, message: Message) -> float:
        left = message.hand_over_by - monotonic()
        if left <= 0:
            raise too_late()
        return min(self.server.patience, left)


def as_mail(message: Message, mail_from: str) -> EmailMessage:
    """Return the message as an e-mail; the same message gives the same bytes."""
    mail = EmailMessage(ON_THE_WIRE)
    mail["From"] = mail_from
    mail["To"] = message.to
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(message.at)
    mail["Message-ID"] = message.message_id
    mail["Auto-Submitted"] = "auto-generated"  # so that no out-of-office note comes back
    mail.set_content(message.body, cte="quoted-printable")
    if message.calendar:
        method = "CANCEL" if "METHOD:CANCEL" in message.calendar else "REQUEST"
        mail.add_alternative(
            message.calendar, subtype="calendar", params={"method": method}, cte="base64"
        )
        mail.set_boundary(f"part-{message.letter_id}")
    return mail


def domain_of(address: str) -> str:
    """Return what stands after the @ of an e-mail address."""
    return address.rpartition("@")[2]


@contextmanager
def _as_refusals(*, unknown: bool = False, of_channel: bool = False) -> Iterator[None]:
    """Turn whatever breaks on the line into a refusal that may pass."""
    try:
        yield
    except (OSError, SMTPException) as wrong:
        raise Refused(
            _broken(wrong), temporary=True, unknown=unknown, of_channel=of_channel
        ) from wrong


def _broken(wrong: OSError | SMTPException) -> str:
    if isinstance(wrong, SMTPResponseException):
        text = wrong.smtp_error
        return _said(wrong.smtp_code, text if isinstance(text, bytes) else text.encode())
    return f"{type(wrong).__name__}: {wrong}"


def _expect(first_digit: int, code: int, text: bytes) -> None:
    """Refuse any answer but those with this first digit; one with 5 is for good."""
    if code // 100 != first_digit:
        raise Refused(
            _said(code, text), temporary=code // 100 != 5, of_channel=code == SHUTTING_DOWN
        )


def _said(code: int, text: bytes) -> str:
    return f"{code} {text.decode('utf-8', 'replace')}"[:LONGEST_ANSWER]
