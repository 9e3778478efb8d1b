"""People at their desks, over real HTTP: they sign in, approve, accept and book, and keep going.

What a page said yes to is remembered, to be looked for in the database afterwards.
"""

import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.client import HTTPConnection, HTTPException
from threading import Event, Lock, Thread
from urllib.parse import urlencode
from uuid import UUID

from sqlmodel import Session, select

from models.meetings import Meeting
from models.pairs import Pair
from models.states import MeetingKind, MeetingState, PairState
from tests.prove.ground import CODE, PASSWORD, Ground

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
VERSION = re.compile(r'name="version"[^>]*value="([^"]+)"')
AWAY = 0
"""Stands for a status where no answer came."""


class Browser:
    """One person's browser: cookies, forms, and what came back."""

    def __init__(self, port: int, name: str, statuses: Counter[int]) -> None:
        self.port, self.name, self.statuses = port, name, statuses
        self.cookies: dict[str, str] = {}
        self.is_in = False
        self.codes = 0

    def get(self, path: str) -> tuple[int, str]:
        """Ask for a page; status 0 where nobody answers."""
        return self._ask("GET", path)

    def post(self, path: str, page: str, fields: Sequence[tuple[str, str]] = ()) -> int:
        """Send the form of a page with what is typed; return the status."""
        hidden = [("csrf_token", TOKEN), ("version", VERSION)]
        found = [(name, seen[1]) for name, shape in hidden if (seen := shape.search(page))]
        return self._ask("POST", path, urlencode([*found, *fields]))[0]

    def signed_in(self) -> bool:
        """Sign in if need be; say whether the desk is open."""
        if not self.is_in:
            status, page = self.get("/sign-in")
            self.codes += 1
            code = f"{self.codes}-{CODE}"
            typed = [("sign_in_name", self.name), ("password", PASSWORD), ("one_time_code", code)]
            self.is_in = status == 200 and self.post("/sign-in", page, typed) == 302
        return self.is_in

    def _ask(self, method: str, path: str, body: str = "") -> tuple[int, str]:
        line = HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": "; ".join(f"{name}={told}" for name, told in self.cookies.items())}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            line.request(method, path, body or None, headers)
            answer = line.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except (OSError, HTTPException):
            self.statuses[AWAY] += 1
            return AWAY, ""
        finally:
            line.close()
        for told in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = told.partition(";")[0].partition("=")
            self.cookies[name] = value
        if "/sign-in" in (answer.headers.get("Location") or ""):
            self.is_in = False
        self.statuses[answer.status] += 1
        return answer.status, text


@dataclass
class Acknowledged:
    """What pages said yes to.

    `moved` are pairs by what was done to them. `booked` has, for each meeting,
    the references sent in their order, each with whether the page said yes.
    """

    moved: list[tuple[UUID, str]] = field(default_factory=list)
    booked: dict[UUID, list[tuple[str, bool]]] = field(default_factory=dict)

    def count(self) -> int:
        """How many writes were acknowledged."""
        said_yes = sum(yes for sent in self.booked.values() for _, yes in sent)
        return len(self.moved) + said_yes


@dataclass(frozen=True)
class ToDo:
    """What waits at the desks: pairs to approve and to accept, meetings to book with their days."""

    proposed: list[UUID]
    offered: list[tuple[UUID, UUID]]
    meetings: list[tuple[UUID, date, date]]

    @classmethod
    def on(cls, db: Session) -> "ToDo":
        """Read it as an onlooker."""
        pairs = db.exec(select(Pair).order_by(Pair.leaver_id)).all()
        open_ones = (MeetingState.PLANNED, MeetingState.BOOKED)
        first = select(Meeting).where(Meeting.kind == MeetingKind.INTRODUCTION)
        found = [one for one in db.exec(first) if one.state in open_ones]
        return cls(
            [pair.id for pair in pairs if pair.state is PairState.PROPOSED],
            [(pair.id, pair.mentor_id) for pair in pairs if pair.state is PairState.OFFERED],
            [(one.id, one.window_first, one.window_last) for one in found],
        )


class Traffic:
    """Everyone at work until told to stop; `every` is seconds between two acts of one person."""

    def __init__(
        self, ground: Ground, port: int, seed: int, *, every: float = 0.2, bookers: int = 2
    ) -> None:
        self.ground, self.port, self.every, self.bookers = ground, port, every, bookers
        self.chance = random.Random(seed)
        self.acknowledged = Acknowledged()
        self.statuses: Counter[int] = Counter()
        self.browsers: dict[str, Browser] = {}
        self.lock = Lock()
        self.to_do = ToDo([], [], [])
        self.numbers = iter(range(1, 10**9))

    def browser(self, name: str, sign_in: str) -> Browser:
        """The browser of one person, kept from one life of the service to the next."""
        return self.browsers.setdefault(name, Browser(self.port, sign_in, self.statuses))

    @contextmanager
    def flowing(self, to_do: ToDo) -> Iterator[None]:
        """Let everyone work for as long as the `with` lasts."""
        self.to_do, stop = to_do, Event()
        acts: list[Callable[[], None]] = [self.approve, self.accept]
        acts += [self._booker(number) for number in range(self.bookers)]
        threads = [Thread(target=self._keep_on, args=(act, stop), daemon=True) for act in acts]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join(90)

    def approve(self) -> None:
        """The manager approves one proposal."""
        manager = self.browser("manager", self.ground.manager)
        if self.to_do.proposed and manager.signed_in():
            pair_id = self.to_do.proposed[0]
            status, page = manager.get(f"/manager/pairs/{pair_id}")
            if status == 200:
                del self.to_do.proposed[:]
                if manager.post(f"/manager/pairs/{pair_id}/approval", page) == 302:
                    self._moved(pair_id, "approve")

    def accept(self) -> None:
        """A mentor says yes to one offer."""
        if not self.to_do.offered:
            return
        pair_id, mentor_id = self.to_do.offered[0]
        mentor = self.browser(str(mentor_id), self.ground.mentors[mentor_id])
        if mentor.signed_in():
            status, page = mentor.get(f"/mentor/offers/{pair_id}")
            if status == 200:
                del self.to_do.offered[:]
                if mentor.post(f"/mentor/offers/{pair_id}/acceptance", page) == 302:
                    self._moved(pair_id, "accept")

    def _booker(self, number: int) -> Callable[[], None]:
        def book() -> None:
            liaison = self.browser(f"liaison {number}", self.ground.liaison)
            mine = self.to_do.meetings[number :: self.bookers]
            if mine and liaison.signed_in():
                self._book(liaison, *self.chance.choice(mine))

        return book

    def _book(self, liaison: Browser, meeting_id: UUID, first: date, last: date) -> None:
        path = f"/liaison/meetings/{meeting_id}/booking"
        status, page = liaison.get(path)
        if status != 200:
            return
        reference = f"V{next(self.numbers)}"
        day = first + timedelta(days=self.chance.randint(0, (last - first).days))
        fields = [("day", str(part)) for part in (day.day, day.month, day.year)]
        fields += [("starts", f"{self.chance.randint(8, 17)}:{self.chance.randint(10, 59)}")]
        fields += [("minutes", "5"), ("place", "Visits hall"), ("reference", reference)]
        sent = self.acknowledged.booked.setdefault(meeting_id, [])
        sent.append((reference, False))
        if liaison.post(path, page, fields) == 302:
            sent[-1] = (reference, True)

    def _moved(self, pair_id: UUID, what: str) -> None:
        with self.lock:
            self.acknowledged.moved.append((pair_id, what))

    def _keep_on(self, act: Callable[[], None], stop: Event) -> None:
        while not stop.is_set():
            begun = time.monotonic()
            act()
            stop.wait(max(0.01, self.every - (time.monotonic() - begun)))
