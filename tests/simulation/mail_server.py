"""A mail server that fails in fifteen ways and more, and keeps what it really took.

What each looks like to `matcher.mail_sender` is tested on real sockets; here it is what a sender
says or raises, and how long that took.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from matcher.messages import Answer, Message, Refused, too_late
from models.states import Channel

if TYPE_CHECKING:
    from tests.simulation.world import World

OK = "250 taken"


@dataclass(frozen=True)
class Taken:
    """One message that the server really took, and at which step its hand-over began."""

    begun: int
    message: Message


@dataclass
class MailServer:
    """One server for mail, texts and calendar entries; `doubtful` counts, by letter key, the
    times when it took a letter and the sender could not know.
    """

    world: World
    taken: list[Taken] = field(default_factory=list)
    times: Counter[str] = field(default_factory=Counter)
    ids: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    doubtful: Counter[str] = field(default_factory=Counter)
    met: list[tuple[UUID, str]] = field(default_factory=list)
    by_fault: Counter[str] = field(default_factory=Counter)

    def send(self, message: Message) -> Answer:
        """Meet a message with a fault of the seed's choice, or with none."""
        self.world.point()
        fault = self.world.draw_fault(message)
        if fault is None:
            return self.take(message)
        self.met.append((message.letter_id, fault))
        self.by_fault[fault] += 1
        self.world.tell(f"post {message.key} met {fault} at attempt {message.attempt}")
        return FAULTS[fault](self, message)

    def take(self, message: Message) -> Answer:
        """Take a message for good, after its last word."""
        message.last_word()
        self.taken.append(Taken(self.world.begun(), message))
        self.times[message.key] += 1
        self.ids[message.key].add(message.message_id)
        self.world.tell(f"post took {message.key} at attempt {message.attempt}")
        return Answer(OK)

    def take_unknown(self, message: Message) -> None:
        """Take a message of which the sender will not hear."""
        self.take(message)
        self.doubtful[message.key] += 1


class PrintTray:
    """Takes every printed letter; the same one again lies in the same place."""

    def send(self, message: Message) -> Answer:
        """Take the letter."""
        return Answer("in the print tray")


Fault = Callable[[MailServer, Message], Answer]


def _line(text: str) -> Fault:
    """The line fails before the letter is handed over: any other would fare the same."""

    def fails(_server: MailServer, _message: Message) -> Answer:
        raise Refused(text, temporary=True, of_channel=True)

    return fails


def _slow_line(text: str, seconds: int) -> Fault:
    def fails(server: MailServer, _message: Message) -> Answer:
        server.world.pass_time(timedelta(seconds=seconds))
        raise Refused(text, temporary=True, of_channel=True)

    return fails


def _says(text: str) -> Fault:
    """The server says no to this letter: for now with a 4, for good with a 5."""

    def refuses(_server: MailServer, _message: Message) -> Answer:
        raise Refused(text, temporary=text.startswith("4"))

    return refuses


def _lost_answer(server: MailServer, message: Message) -> Answer:
    server.take_unknown(message)
    raise Refused("SMTPServerDisconnected", temporary=True, unknown=True, of_channel=True)


def _lost_letter(_server: MailServer, message: Message) -> Answer:
    message.last_word()
    raise Refused("SMTPServerDisconnected", temporary=True, unknown=True, of_channel=True)


def _slow_yes(server: MailServer, message: Message) -> Answer:
    """The sender is stopped past its lease while the server says yes; another may come first."""
    server.take_unknown(message)
    server.world.pass_time(timedelta(seconds=150))
    server.world.point()
    server.world.point()
    return Answer(OK)


def _held_too_long(server: MailServer, _message: Message) -> Answer:
    server.world.pass_time(timedelta(seconds=70))
    raise too_late()


def _answers_twice(server: MailServer, message: Message) -> Answer:
    return Answer(f"{server.take(message).text}\n{OK}")


def _breaks_down(server: MailServer, message: Message) -> Answer:
    """The sender itself fails, just after the server said yes."""
    server.take_unknown(message)
    raise ValueError("the answer is no text")


FAULTS: Mapping[str, Fault] = {
    "refuses the line": _line("ConnectionRefusedError: nobody is there"),
    "hangs at the banner": _slow_line("TimeoutError: timed out", 10),
    "bad TLS": _line("SSLCertVerificationError: certificate has expired"),
    "garbage": _line("SMTPServerDisconnected: no such answer"),
    "does not let us in": _line("535 authentication failed"),
    "421": _line("421 closing"),
    "450": _says("450 mailbox busy"),
    "451": _says("451 local error"),
    "452": _says("452 no room"),
    "550": _says("550 no such mailbox"),
    "552": _says("552 too much mail"),
    "554": _says("554 refused"),
    "drops in DATA": _line("SMTPServerDisconnected: in the text"),
    "hangs in DATA": _slow_line("TimeoutError: timed out", 30),
    "drops after the dot, taken": _lost_answer,
    "drops after the dot, not taken": _lost_letter,
    "slow past the lease": _slow_yes,
    "held too long": _held_too_long,
    "answers twice": _answers_twice,
    "the sender breaks down": _breaks_down,
}
"""Twenty kinds; those with a 5 are for good."""

FOR_GOOD = ("550", "552", "554")
FOR_NOW = tuple(name for name in FAULTS if name not in FOR_GOOD)
CHANNELS = (Channel.EMAIL, Channel.TEXT, Channel.CALENDAR)
