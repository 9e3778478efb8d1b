"""The machine's time jumps under a running clock: nothing is lost, nothing goes twice.

The clock process runs under libfaketime (Debian's package `faketime`), which tells it another time
from one second to the next; its monotonic clock runs on, as a real one does. Then the time jumps
back to what it was.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import Session, select

from matcher.core.sending import SendingWindow
from matcher.demo_clock import set_demo_clock
from models.outbox import Letter
from models.states import LetterState
from tests.prove.checks import doctor
from tests.prove.ground import Ground, feed, make_ground, now_on
from tests.prove.places import Place
from tests.prove.post_office import PostOffice, post_office
from tests.prove.tally import Stopwatch, Tally
from tests.prove.tree import Tree
from tests.rows import NOW

LIBRARIES = ("faketime/libfaketimeMT.so.1", "libfaketimeMT.so.1")
FOLDERS = ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib", "/usr/local/lib")
MISSING = "libfaketime is missing, so no jump was made: install Debian's package faketime"
LETTERS = 4
LINES = 12
"""Of the log of the clock, told where letters wait: whether it looked at all, and what failed."""

WITHIN = 150.0
"""Seconds from a jump until what is due by the new time has gone.

With a lease of 3 s a busy machine is now and then too slow for a server, and tries in a minute.
"""


@dataclass(frozen=True)
class Jump:
    """From which moment (UTC) by how much."""

    begins: datetime
    by: timedelta


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SPRING = datetime(2027, 3, 28, 0, 59, 45, tzinfo=UTC)
AUTUMN = datetime(2027, 10, 31, 0, 59, 45, tzinfo=UTC)
LEAP = datetime(2028, 2, 28, 23, 59, 45, tzinfo=UTC)
"""Fifteen seconds before the clocks go forward, go back, and 29 February begins."""

JUMPS = (
    Jump(NOW, HOUR),
    Jump(NOW, -HOUR),
    Jump(NOW, DAY),
    Jump(NOW, -DAY),
    Jump(SPRING, HOUR),
    Jump(SPRING, -HOUR),
    Jump(AUTUMN, HOUR),
    Jump(AUTUMN, -HOUR),
    Jump(LEAP, DAY),
    Jump(LEAP + DAY, -DAY),
)


def library() -> Path | None:
    """Where libfaketime is, or None."""
    found = (Path(folder, name) for folder in FOLDERS for name in LIBRARIES)
    return next((place for place in found if place.exists()), None)


def jump_again_and_again(tally: Tally, place: Place) -> None:
    """Jump until the tally has as many as were wanted; each begins on a new database."""
    faked = library()
    if faked is None:
        tally.broken.append(MISSING)
        return
    watch = Stopwatch(tally)
    try:
        while not tally.is_done:
            with post_office() as office:
                mail = f"smtp://127.0.0.1:{office.port}"
                ground = make_ground(place.new(), place.folder, mail, mentors=1, accepted=2)
                jump = JUMPS[tally.done % len(JUMPS)]
                _one_jump(tally, Faked(ground, office, place, faked), jump)
                tally.broken += doctor(ground)
            tally.done += 1
            watch.keep()
    finally:
        watch.keep()


class Faked:
    """One clock process whose time is what a file says."""

    def __init__(self, ground: Ground, office: PostOffice, place: Place, faked: Path) -> None:
        self.ground, self.office = ground, office
        self.said, self.log = place.folder / "time", place.folder / "service.log"
        self.engine = ground.engine()
        self.number = 1
        told = {
            "LD_PRELOAD": str(faked),
            "FAKETIME_TIMESTAMP_FILE": str(self.said),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        self.tree = Tree({**ground.variables, **told}, self.log)

    def turn_to(self, moment: datetime) -> None:
        """Move the demo's date, before anything runs."""
        with Session(self.engine) as db:
            set_demo_clock(db, moment - datetime.now(UTC))
            db.commit()

    def jump(self, by: timedelta) -> None:
        """Let the time jump, counted from the real one."""
        aside = self.said.with_suffix(".new")
        aside.write_text(f"{by.total_seconds():+.0f}")
        aside.replace(self.said)

    def letters_leave(self, by: timedelta) -> float:
        """Plan urgent letters by the time that stands; return how long it took until all left."""
        with Session(self.engine) as db:
            now = now_on(db) + by
        window = SendingWindow(now, now + timedelta(days=30), urgent=True)
        before, begun = len(self.office.yes), time.monotonic()
        feed(self.engine, LETTERS, self.number, now=now, window=window)
        self.number += LETTERS
        while len(self.office.yes) < before + LETTERS:
            if time.monotonic() - begun > WITHIN:
                raise TimeoutError(self._how_they_wait(before + LETTERS - len(self.office.yes)))
            time.sleep(0.1)
        return time.monotonic() - begun

    def _how_they_wait(self, count: int) -> str:
        with Session(self.engine) as db:
            letters = db.exec(select(Letter).where(Letter.state != LetterState.SENT)).all()
        told = [f"{one.state}, tried {one.attempt}: {one.answer}" for one in letters if one.urgent]
        log = self.log.read_text(encoding="utf-8").splitlines()[-LINES:]
        return f"{count} of {LETTERS} wait: {told}; the clock said last: {log}"


def _one_jump(tally: Tally, there: Faked, jump: Jump) -> None:
    there.turn_to(jump.begins)
    there.jump(timedelta())
    there.tree.start("clock")
    try:
        for by in (timedelta(), jump.by, timedelta()):
            there.jump(by)
            tally.took(there.letters_leave(by))
    except TimeoutError as late:
        tally.lost += 1
        tally.broken.append(f"jump by {jump.by} at {jump.begins}: {late}")
    finally:
        there.tree.stop()
        there.engine.dispose()
    twice = there.office.twice
    tally.duplicated += twice
    if twice:
        tally.broken.append(f"jump by {jump.by} at {jump.begins}: {twice} letters went twice")
