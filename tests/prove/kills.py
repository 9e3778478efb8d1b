"""The whole process tree is killed at chance moments under traffic, started again, and looked at.

Half of the kills come at one step of the talk with the mail server: before its answer to a whole
message, just after that answer, or earlier. The others come at a chance moment once the service
has recovered from the last one.
"""

import os
import random
import signal
import time
from collections import Counter
from datetime import timedelta
from threading import Event
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from tests.prove.checks import (
    Found,
    attempts_in_doubt,
    being_sent,
    doctor,
    letters_kept,
    pairs_kept,
    unacknowledged,
    waiting_letters,
)
from tests.prove.ground import Ground, feed, make_ground, now_on
from tests.prove.places import Place
from tests.prove.post_office import PostOffice, post_office
from tests.prove.tally import OutOfTime, Stopwatch, Tally
from tests.prove.traffic import ToDo, Traffic
from tests.prove.tree import Tree

ROUND = 20
"""Kills on one database before a new one is made."""

STEPS = ("RCPT", "dot", "dot", "yes", "yes")
FED = 6
RECOVERED_WITHIN = 150.0
AFTER_RECOVERY = 1.5
"""Seconds at most that a kill at a chance moment waits once all is well."""

STEP_WITHIN = 30.0
"""Seconds at most that a kill at a step waits for it; then it comes anyway."""


class Killing:
    """One database, one service on it, and the kills it meets."""

    def __init__(self, tally: Tally, ground: Ground, office: PostOffice, place: Place) -> None:
        self.tally, self.ground, self.office = tally, ground, office
        self.engine: Engine = ground.engine()
        self.tree = Tree(ground.variables, place.folder / "service.log")
        self.chance = random.Random(f"{tally.seed}-{tally.done}")
        self.traffic = Traffic(ground, self.tree.port, self.chance.randrange(10**9))
        self.were_sending: Counter[str] = Counter()
        self.in_doubt: Counter[str] = Counter()
        self.stalled: set[str] = set()
        self.known_attempts: set[tuple[UUID, int]] = set()
        self.known_yes: Counter[str] = Counter()
        self.fed = 1
        self.killed_with: dict[str, list[int]] = {}
        self.waiting: set[UUID] = set()
        self.last_kill = time.monotonic()

    def run(self, kills: int) -> None:
        """Kill so many times, then let all settle and look at everything.

        Kills count once what they left is settled, also where one is stopped in the midst of them.
        """
        watch = Stopwatch(self.tally)
        try:
            for _ in range(kills):
                self._one_life(at_a_step=self.chance.random() < 0.5)
                self.tally.done += 1
                watch.tell()
            self._settle()
        except (KeyboardInterrupt, OutOfTime):
            self.tree.kill()
            self._settle()
            raise
        finally:
            self.tree.kill()
            self.engine.dispose()
            watch.keep()

    def _one_life(self, *, at_a_step: bool) -> None:
        feed(self.engine, FED, self.fed)
        self.fed += FED
        with Session(self.engine) as db:
            to_do = ToDo.on(db)
        self.tree.start("server", *(() if at_a_step else ("clock",)))
        with self.traffic.flowing(to_do):
            if at_a_step:
                self._wait_for_a_step()
            else:
                self._recover()
                time.sleep(self.chance.uniform(0, AFTER_RECOVERY))
            self.office.at_step = None
            self.tree.kill()
            self.last_kill = time.monotonic()
        self._look()

    def _armed(self) -> Event:
        """Let the kill come out of the mail server's own hand, at a step of one of its talks."""
        step, left = self.chance.choice(STEPS), [self.chance.randint(1, FED)]
        killed = Event()

        def at_step(name: str) -> None:
            if name != step or killed.is_set():
                return
            left[0] -= 1
            if left[0] == 0:
                for process in list(self.tree.running.values()):
                    os.killpg(process.pid, signal.SIGKILL)
                killed.set()

        self.office.at_step = at_step
        return killed

    def _wait_for_a_step(self) -> None:
        """Start the clock once people are at work, and let the kill come while it sends."""
        self.tree.wait_until_up()
        killed = self._armed()
        self.tree.start("clock")
        came = killed.wait(STEP_WITHIN)
        self.tally.note("killed in a talk" if came else "killed when no talk came")

    def _recover(self) -> None:
        """Wait until the service answers and what was in hand when it was killed is settled."""
        self.tree.wait_until_up()
        while self.waiting:
            with Session(self.engine) as db:
                self.waiting &= waiting_letters(db)
            took = time.monotonic() - self.last_kill
            if took > RECOVERED_WITHIN:
                self.tally.broken.append(f"not recovered in {took:.0f} s: {len(self.waiting)}")
                break
            if self.waiting:
                time.sleep(0.1)
        self.tally.took(time.monotonic() - self.last_kill)

    def _look(self) -> None:
        """Look at the database while nobody is at work on it.

        A letter was met by the kill if it was with the server and has been taken since the last.
        """
        self.office.come_to_rest()
        taken = self.office.yes - self.known_yes
        self.known_yes = Counter(self.office.yes)
        with Session(self.engine) as db:
            sending = being_sent(db)
            self.waiting |= waiting_letters(db)
            broken = unacknowledged(db, self.traffic.acknowledged) + pairs_kept(db)
            self.in_doubt = attempts_in_doubt(db)
        new = {one for one in sending.items() if (one[0], one[1][1]) not in self.known_attempts}
        for letter_id, (message_id, attempt) in new:
            self.known_attempts.add((letter_id, attempt))
            if taken[message_id]:
                self.were_sending[message_id] += 1
                self.killed_with.setdefault(message_id, []).append(self.tally.done)
        broken += self._too_often()
        self.tally.broken += broken
        self.tally.note("kills with a letter in the server's hand", len(new))

    def _too_often(self) -> list[str]:
        """No letter is taken more often than once and once for each kill that met it there.

        Where this machine stalls, an answer may also come after a lease of 3 seconds: such a
        hand-over is in doubt though nobody died, and is told of beside the table.
        """
        found = []
        for name, count in self.office.yes.items():
            kills, in_doubt = self.were_sending[name], self.in_doubt[name]
            if count > 1 + max(kills, in_doubt):
                found.append(f"taken {count} times with {kills} kills, {in_doubt} doubts: {name}")
            elif count > 1 + kills and name not in self.stalled:
                self.stalled.add(name)
                self.tally.note("twice, for an answer after the lease")
        return found

    def _twice_at_one_kill(self) -> list[str]:
        """A kill makes one letter go twice at most: each second yes is laid to its kill."""
        kills = Counter(
            kill
            for name, count in self.office.yes.items()
            for kill in self.killed_with.get(name, [])[: count - 1]
        )
        return [
            f"{count} letters went twice for kill {kill}"
            for kill, count in kills.items()
            if count > 1
        ]

    def _settle(self) -> None:
        """Start once more without a kill, and look at everything."""
        self.tree.start()
        self._recover()
        found = self._once_all_is_known()
        self.tree.stop()
        with Session(self.engine) as db:
            self.in_doubt = attempts_in_doubt(db)
            broken = unacknowledged(db, self.traffic.acknowledged) + pairs_kept(db)
        broken += self._too_often() + self._twice_at_one_kill()
        self.tally.broken += broken + found.broken + doctor(self.ground)
        self.tally.lost += found.lost
        self.tally.duplicated += self.office.twice
        self.tally.acknowledged += self.traffic.acknowledged.count()
        for status, count in self.traffic.statuses.items():
            if status >= 500 and status != 503:
                self.tally.broken.append(f"{count} pages with status {status}")
        self.tally.note("letters handed over", sum(self.office.yes.values()))

    def _once_all_is_known(self) -> Found:
        """What became of all letters, once those in doubt were tried again a minute later.

        One that was in doubt twice is tried again after five minutes: it is not waited for.
        """
        begun = time.monotonic()
        with Session(self.engine) as db:
            until = now_on(db) + timedelta(seconds=RECOVERED_WITHIN)
        while True:
            with Session(self.engine) as db:
                found = letters_kept(db, self.office, self.killed_with, until=until)
            if not found.broken or time.monotonic() - begun > RECOVERED_WITHIN:
                return found
            time.sleep(0.5)


def kill_again_and_again(tally: Tally, place: Place, *, lease: float = 3) -> None:
    """Go on killing until the tally has as many as were wanted."""
    while not tally.is_done:
        with post_office() as office:
            office.pause = 0.02
            mail = f"smtp://127.0.0.1:{office.port}"
            ground = make_ground(place.new(), place.folder, mail, lease=lease)
            Killing(tally, ground, office, place).run(min(ROUND, tally.wanted - tally.done))
