"""A real mail server on this machine that keeps every yes it gave, and fails as it is told.

Plain sockets and threads: each step of the talk can be met by a fault, and is told to whoever
listens, so that a kill can come at exactly that moment.
"""

import re
import socket
import struct
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Lock, Thread

MESSAGE_ID = re.compile(rb"(?im)^Message-ID:\s*(<[^>]+>)")
STEPS = ("connect", "EHLO", "MAIL", "RCPT", "DATA", "dot", "yes")
"""In the order of a talk: "dot" is before the answer to a whole message, "yes" just after it."""

RESTS_WITHIN = 10.0
"""Seconds until a server has noticed that those it talked with are gone."""


@dataclass(frozen=True)
class Fault:
    """What goes wrong at which step: "hang", "drop", "slow", "garbage" or an answer such as "451".

    After the dot the sender cannot know whether the message was taken: if it was, `is_taken`.
    """

    name: str
    step: str
    what: str
    is_taken: bool = False


class PostOffice:
    """Every Message-ID that was said yes to, how often, and the fault of the moment."""

    def __init__(self) -> None:
        self.yes: Counter[str] = Counter()
        self.seen: Counter[str] = Counter()
        self.fault: Fault | None = None
        self.failures_left = 0
        self.met = 0
        self.pause = 0.0
        self.at_step: Callable[[str], None] | None = None
        self.talking = 0
        self.closed = Event()
        self.lock = Lock()
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self.listening.getsockname()[1]

    @property
    def twice(self) -> int:
        """How many times a message was taken that had been taken before."""
        return sum(count - 1 for count in self.yes.values())

    def refuse_all(self) -> None:
        """Close the door: connections are refused until `open_again`."""
        _close(self.listening)

    def open_again(self) -> None:
        """Listen on the same port as before."""
        self.listening = socket.create_server(("127.0.0.1", self.port), backlog=64)
        self._listen()

    def serve(self) -> None:
        """Begin to answer, in threads that end with the process."""
        self._listen()

    def _listen(self) -> None:
        Thread(target=self._accept, args=(self.listening,), daemon=True).start()

    def _accept(self, listening: socket.socket) -> None:
        while not self.closed.is_set():
            try:
                line, _ = listening.accept()
            except OSError:
                return
            Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        with self.lock:
            self.talking += 1
        try:
            with line, suppress(OSError, _Ended):
                line.settimeout(60)
                _Talk(self, line).run()
        finally:
            with self.lock:
                self.talking -= 1

    def come_to_rest(self) -> None:
        """Wait until nobody talks any more: whoever did was killed."""
        until = time.monotonic() + RESTS_WITHIN
        while self.talking and time.monotonic() < until:
            time.sleep(0.02)

    def step(self, name: str) -> Fault | None:
        """Note a step, tell whoever listens, and return the fault that meets it, if any."""
        with self.lock:
            self.seen[name] += 1
            meets = self.fault if self.fault and self.fault.step == name else None
            if meets:
                if self.failures_left <= 0:
                    meets = None
                self.met += meets is not None
                self.failures_left -= 1
        if self.at_step:
            self.at_step(name)
        return meets


class _Ended(Exception):  # noqa: N818  the talk is over
    """The line was dropped on purpose."""


class _Talk:
    """One connection, from the banner to the end."""

    def __init__(self, office: PostOffice, line: socket.socket) -> None:
        self.office, self.line = office, line
        self.words = line.makefile("rb")
        self.is_slow = False

    def run(self) -> None:
        self._answer("connect", "220 post office")
        while command := self.words.readline():
            verb = command[:4].upper().decode("ascii", "replace")
            if verb == "DATA":
                self._take()
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                step = "EHLO" if verb in {"EHLO", "HELO"} else verb
                self._answer(step, "250 fine")

    def _take(self) -> None:
        if not self._answer("DATA", "354 go on"):
            return
        lines = []
        while (line := self.words.readline()) not in {b".\r\n", b""}:
            lines.append(line)
            if len(lines) == 3 and self._is_dropped("body"):
                raise _Ended
        if not line:
            return
        time.sleep(self.office.pause)
        found = MESSAGE_ID.search(b"".join(lines))
        name = found[1].decode() if found else "none"
        fault = self.office.step("dot")
        if fault is None or fault.is_taken or fault.what == "slow":
            with self.office.lock:
                self.office.yes[name] += 1
        if fault:
            self._fail(fault, "250 taken")
            return
        self._say("250 taken")
        self.office.step("yes")

    def _is_dropped(self, step: str) -> bool:
        return self.office.step(step) is not None

    def _answer(self, step: str, fine: str) -> bool:
        """Answer a step; say whether it went well."""
        fault = self.office.step(step)
        if fault is None:
            self._say(fine)
            return True
        self._fail(fault, fine)
        return fault.what == "slow"

    def _fail(self, fault: Fault, fine: str) -> None:
        if fault.what == "hang":
            self.office.closed.wait(30)
        elif fault.what == "slow":
            self.is_slow = True
            self._say(fine)
            return
        elif fault.what == "garbage":
            self.line.sendall(b"\x00\xff\xfe hello?\r\n" * 3)
        elif fault.what.isdigit():
            self._say(f"{fault.what} not now")
            if fault.what != "421":
                return
        else:
            # Reset, not closed in good order: what was on its way is lost.
            self.line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise _Ended

    def _say(self, words: str) -> None:
        said = f"{words}\r\n".encode()
        if not self.is_slow:
            self.line.sendall(said)
            return
        for byte in said:
            time.sleep(0.01)
            self.line.sendall(bytes([byte]))


def _close(listening: socket.socket) -> None:
    with suppress(OSError):
        listening.shutdown(socket.SHUT_RDWR)
    listening.close()


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """Run one for as long as the `with` lasts."""
    office = PostOffice()
    office.serve()
    try:
        yield office
    finally:
        office.closed.set()
        _close(office.listening)
