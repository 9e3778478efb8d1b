"""Processes of their own that die by `kill -9` at a counted moment of what they do.

A moment is just before a statement, or before the disk is asked to make, rename, link or remove a
file. The work is counted through once, so that a test can choose moments from all there are.
"""

import os
import signal
import sys
from collections.abc import Callable
from multiprocessing import get_context
from typing import Any

from sqlalchemy import Engine, event

ON_THE_DISK = {"os.link", "os.rename", "os.remove", "os.mkdir", "os.chmod", "shutil.rmtree"}
OTHER_HANDS = {"sqlite3.connect", "subprocess.Popen"}

FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(["tests.killing", "models.backups"])
SECONDS = 120
Variables = dict[str, str]


def moments_of(work: Callable[..., None], *told: Any) -> int:
    """Do the work to its end and return how many moments it has."""
    ours, theirs = FORKS.Pipe()
    process = FORKS.Process(target=_count, args=(theirs, dict(os.environ), work, told))
    process.start()
    theirs.close()
    moments = ours.recv()
    process.join(SECONDS)
    assert process.exitcode == 0
    return moments


def kill_at(moment: int, work: Callable[..., None], *told: Any) -> None:
    """Begin the work in a process that is killed just before that moment, counted from 1."""
    process = FORKS.Process(target=_die, args=(moment, dict(os.environ), work, told))
    process.start()
    process.join(SECONDS)
    assert process.exitcode == -signal.SIGKILL


class _Moments:
    def __init__(self, last: int = 0) -> None:
        self.count, self.last = 0, last

    def pass_one(self, *_: Any, **__: Any) -> None:
        self.count += 1
        if self.count == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        event.listen(Engine, "before_cursor_execute", self.pass_one)
        watched = ON_THE_DISK | OTHER_HANDS
        sys.addaudithook(lambda name, _: self.pass_one() if name in watched else None)


def _count(
    answer: Any, told_by: Variables, work: Callable[..., None], told: tuple[Any, ...]
) -> None:
    _take(told_by)
    moments = _Moments()
    moments.watch()
    work(*told)
    answer.send(moments.count)


def _die(moment: int, told_by: Variables, work: Callable[..., None], told: tuple[Any, ...]) -> None:
    _take(told_by)
    _Moments(moment).watch()
    work(*told)


def _take(variables: Variables) -> None:
    """Live among the variables of the test: those of the first that forked are in the server."""
    os.environ.clear()
    os.environ.update(variables)
