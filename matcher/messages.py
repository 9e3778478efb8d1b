"""What is handed to a sender, and what a sender may answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from math import inf
from typing import Protocol, runtime_checkable
from uuid import UUID

from models.states import Channel

LONGEST_ANSWER = 300
"""Characters of what a server says that are worth keeping."""

_ADDRESS = re.compile(r"<?[^\s<>]+@[^\s<>]+>?")


def nobody_waits() -> None:
    """Let the last word be said at once."""


@dataclass(frozen=True)
class Message:
    """One letter as it leaves: to which address, in which words, at which attempt.

    `channel` is the way it really takes: a text message to someone without a
    phone is an e-mail. `message_id` is the same at every attempt. `at` is
    when, in the time of leavers and mentors (in a demo not the real one).
    `calendar` is the text of an .ics file, or empty; `key` that of the
    letter. From `hand_over_by` on, in seconds of this process's `monotonic`,
    the letter may be another worker's, so it is not handed over any more.
    A sender calls `last_word` before it says what cannot be taken back; that
    may wait, and raises Refused where the letter may not go any more.
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
    key: str = ""
    hand_over_by: float = field(default=inf, compare=False)
    last_word: Callable[[], None] = field(default=nobody_waits, compare=False, repr=False)


@dataclass(frozen=True)
class Answer:
    """The message was taken; `text` is what was said to it."""

    text: str


class Refused(Exception):  # noqa: N818  the word of the house
    """The message was not taken, for now or for good; or it is unknown if it was."""

    def __init__(
        self,
        text: str,
        *,
        temporary: bool = False,
        unknown: bool = False,
        of_channel: bool = False,
        ours: bool = False,
    ) -> None:
        """Hold what was said.

        `unknown` is a line that broke before the answer came; `of_channel`
        says that any other letter would have fared the same; `ours` that
        neither letter nor server is to blame, so it need not wait for long.
        """
        super().__init__(text)
        self.text = text[:LONGEST_ANSWER]
        self.temporary = temporary
        self.unknown = unknown
        self.of_channel = of_channel
        self.ours = ours


class Sender(Protocol):
    """One way for letters to leave."""

    def send(self, message: Message) -> Answer:
        """Hand the message over and return the answer, or raise Refused."""


@runtime_checkable
class RoundSender(Sender, Protocol):
    """A way that is quicker for letters that follow each other."""

    def for_a_round(self) -> AbstractContextManager[Sender]:
        """Lend the sender of one round, for one thread."""


@contextmanager
def for_a_round(senders: Mapping[Channel, Sender]) -> Iterator[Mapping[Channel, Sender]]:
    """Lend what sends on each channel for one round; channels that share one share it still."""
    with ExitStack() as lent:
        own: dict[int, Sender] = {}
        for sender in senders.values():
            if id(sender) not in own:
                own[id(sender)] = _lent(sender, lent)
        yield {channel: own[id(sender)] for channel, sender in senders.items()}


def _lent(sender: Sender, until: ExitStack) -> Sender:
    return until.enter_context(sender.for_a_round()) if isinstance(sender, RoundSender) else sender


def too_late() -> Refused:
    """Return what a sender says of a message that may be another worker's by now."""
    return Refused("held too long to be handed over", temporary=True, ours=True)


def without_addresses(text: str) -> str:
    """Return what a server said with every e-mail address taken out."""
    return _ADDRESS.sub("(address)", text)
