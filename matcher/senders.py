"""How letters leave: by a mail server, into a demo's folder, or into the print tray.

A sender is handed a message and says what was answered, or raises Refused.
It never looks at the database. To add a way, write another sender and name
it in `make_senders`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP as ON_THE_WIRE
from email.utils import format_datetime
from pathlib import Path
from smtplib import SMTP, SMTP_SSL, SMTPException
from ssl import create_default_context
from typing import Protocol
from urllib.parse import unquote, urlsplit
from uuid import UUID

from matcher.settings import Settings
from models.states import Channel

LONGEST_ANSWER = 300
"""Characters of what a server says that are worth keeping."""


@dataclass(frozen=True)
class Message:
    """One letter as it leaves: to which address, in which words, at which attempt.

    `message_id` is the same at every attempt. `at` is when, in the time of
    leavers and mentors (in a demo not the real one). `calendar` is the text of
    an .ics file, or empty.
    """

    letter_id: UUID
    attempt: int
    channel: Channel
    message_id: str
    at: datetime
    to: str
    subject: str
    body: str
    calendar: str = ""


@dataclass(frozen=True)
class Answer:
    """The message was taken; `text` is what was said to it."""

    text: str


class Refused(Exception):  # noqa: N818  the word of the house
    """The message was not taken, for now or for good; or it is unknown if it was."""

    def __init__(self, text: str, *, temporary: bool = False, unknown: bool = False) -> None:
        """Hold what was said; `unknown` is a line that broke before the answer came."""
        super().__init__(text)
        self.text = text[:LONGEST_ANSWER]
        self.temporary = temporary
        self.unknown = unknown


class Sender(Protocol):
    """One way for letters to leave."""

    def send(self, message: Message) -> Answer:
        """Hand the message over and return the answer, or raise Refused."""


@dataclass(frozen=True)
class SmtpSender:
    """Hands messages to a mail server.

    With a user the line is encrypted before anything is said, by STARTTLS or,
    where `encrypted`, from the start. `patience` is seconds for each step,
    `answer_patience` for the answer once the whole message is handed over:
    all of them together stay below the lease of a letter.
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
    def at(cls, address: str, mail_from: str) -> SmtpSender:
        """Return the sender for an address such as smtp://user:password@mail.example.org:587."""
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
        )

    def send(self, message: Message) -> Answer:
        """Hand the message to the server; only a break after its last line is unknown."""
        mail = as_mail(message, self.mail_from).as_bytes()
        with _as_refusals():
            line = self._reached()
        try:
            with _as_refusals():
                _expect(2, *line.mail(self.mail_from))
                _expect(2, *line.rcpt(message.to))
                _expect(3, *line.docmd("DATA"))
                line.send(re.sub(rb"(?m)^\.", b"..", mail) + b".\r\n")
            with _as_refusals(unknown=True):
                if line.sock is not None:
                    line.sock.settimeout(self.answer_patience)
                answer = line.getreply()
            _expect(2, *answer)
            with suppress(OSError, SMTPException):
                line.quit()
        finally:
            line.close()
        return Answer(_said(*answer))

    def _reached(self) -> SMTP:
        """Return a line to the server that is ready for a message."""
        name = domain_of(self.mail_from)
        if self.encrypted:
            line: SMTP = SMTP_SSL(
                self.host,
                self.port,
                local_hostname=name,
                timeout=self.patience,
                context=create_default_context(),
            )
        else:
            line = SMTP(self.host, self.port, local_hostname=name, timeout=self.patience)
        try:
            line.ehlo_or_helo_if_needed()
            if self.user:
                if not self.encrypted:
                    line.starttls(context=create_default_context())
                line.login(self.user, self.password)
        except BaseException:
            line.close()
            raise
        return line


@dataclass(frozen=True)
class FolderSender:
    """Writes each message as one file named after its letter, for a demo.

    Written aside and renamed: a file is whole or not there, and a letter that
    is sent twice is one file.
    """

    folder: Path

    def send(self, message: Message) -> Answer:
        """Write the file; the folder is made where it is missing."""
        told = asdict(message) | {"letter_id": str(message.letter_id), "at": message.at.isoformat()}
        place = self.folder / f"{message.letter_id}.json"
        aside = place.with_suffix(f".{os.getpid()}.part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with aside.open("w", encoding="utf-8") as file:
                json.dump(told, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(place)
        except OSError as wrong:
            raise Refused(f"{type(wrong).__name__}", temporary=True) from wrong
        return Answer("written to the folder")


class PrintTray:
    """Takes every printed letter: it lies in the liaison's tray from now on."""

    def send(self, message: Message) -> Answer:
        """Take the letter; its facts are with its row already."""
        return Answer("in the print tray")


def make_senders(settings: Settings) -> Mapping[Channel, Sender]:
    """Return the sender of each channel that has one; without a mail setting only print has."""
    tray: dict[Channel, Sender] = {Channel.PRINT: PrintTray()}
    if not settings.mail:
        return tray
    sender: Sender
    if settings.mail.startswith("folder:"):
        sender = FolderSender(Path(settings.mail.removeprefix("folder:")))
    else:
        sender = SmtpSender.at(settings.mail, settings.mail_from)
    return tray | dict.fromkeys((Channel.EMAIL, Channel.TEXT, Channel.CALENDAR), sender)


def messages_in(folder: Path) -> list[Message]:
    """Return the messages that a FolderSender wrote, the newest first."""
    told = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")]
    messages = [Message(**one | _typed(one)) for one in told]
    return sorted(messages, key=lambda one: (one.at, str(one.letter_id)), reverse=True)


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


def _typed(told: Mapping[str, str]) -> dict[str, object]:
    return {
        "letter_id": UUID(told["letter_id"]),
        "channel": Channel(told["channel"]),
        "at": datetime.fromisoformat(told["at"]),
    }


@contextmanager
def _as_refusals(*, unknown: bool = False) -> Iterator[None]:
    """Turn whatever breaks on the line into a refusal that may pass."""
    try:
        yield
    except (OSError, SMTPException) as wrong:
        raise Refused(
            f"{type(wrong).__name__}: {wrong}", temporary=True, unknown=unknown
        ) from wrong


def _expect(first_digit: int, code: int, text: bytes) -> None:
    """Refuse any answer but those with this first digit; one with 5 is for good."""
    if code // 100 != first_digit:
        raise Refused(_said(code, text), temporary=code // 100 != 5)


def _said(code: int, text: bytes) -> str:
    return f"{code} {text.decode('utf-8', 'replace')}"[:LONGEST_ANSWER]
