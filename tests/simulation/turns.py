"""Several work at once, and yet in an order that a seed draws: one goes on, all others wait."""

import random
import threading
from collections.abc import Callable, Sequence


class Turns:
    """Passes the turn from one worker to another wherever one says that it may.

    Each works in a thread of its own, but only one of them at a time.
    """

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.gates: dict[int, threading.Lock] = {}
        self.alive: list[int] = []
        self.on_turn = 0
        self.failed: list[BaseException] = []
        self.finished = _shut()

    def run(self, works: Sequence[Callable[[], None]]) -> None:
        """Let all of them work to their end; what one raises is raised here in the end."""
        if len(works) == 1:
            works[0]()
            return
        self.alive = list(range(len(works)))
        self.gates = {number: _shut() for number in self.alive}
        threads = [threading.Thread(target=self._work, args=told) for told in enumerate(works)]
        for thread in threads:
            thread.start()
        self._next()
        self.finished.acquire()
        for thread in threads:
            thread.join()
        if self.failed:
            raise self.failed.pop()

    def point(self) -> None:
        """Here another may go on; returns once it is this one's turn again."""
        if len(self.alive) < 2:
            return
        me, on_turn = self.on_turn, self.chance.choice(self.alive)
        if on_turn != me:
            self.on_turn = on_turn
            self.gates[on_turn].release()
            self.gates[me].acquire()

    def _next(self) -> None:
        self.on_turn = self.chance.choice(self.alive)
        self.gates[self.on_turn].release()

    def _work(self, number: int, work: Callable[[], None]) -> None:
        self.gates[number].acquire()
        try:
            work()
        except BaseException as wrong:  # noqa: BLE001  it is raised by `run`
            self.failed.append(wrong)
        self.alive.remove(number)
        if self.alive:
            self._next()
        else:
            self.finished.release()


def _shut() -> threading.Lock:
    """A gate that nobody passes until another opens it: cheaper than a semaphore."""
    gate = threading.Lock()
    gate.acquire()
    return gate
