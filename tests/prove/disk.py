"""The disk fills up under the service: it says so on a plain page, and goes on once there is room.

A small disk in memory is mounted, which takes an administrator of the machine. Where that is not
allowed nothing is tried, and the part says so and counts as broken: it has shown nothing.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from models.outbox import Letter
from models.states import LetterState
from tests.prove.checks import doctor, letters_kept, pairs_kept, unacknowledged, waiting_letters
from tests.prove.ground import Ground, feed, make_ground
from tests.prove.places import PostgresqlPlace, SqlitePlace
from tests.prove.post_office import PostOffice, post_office
from tests.prove.tally import Stopwatch, Tally
from tests.prove.traffic import AWAY, Browser, ToDo, Traffic
from tests.prove.tree import Tree

NO_MOUNT = "no small disk may be mounted here, so no full disk was tried"
ROOM = {"sqlite": 24, "postgresql": 192}
"""Megabytes of the small disk."""

FINE = {200, 302, 404, 409, 422, 503}
FULL_FOR = 20.0
"""Seconds at most until a page has been refused for want of room, and after it for going on."""

WITHIN = 150.0


def fill_again_and_again(tally: Tally, place: SqlitePlace | PostgresqlPlace) -> None:
    """Fill the disk until the tally has as many as were wanted; each on a new database."""
    watch = Stopwatch(tally)
    try:
        while not tally.is_done:
            with post_office() as office, _small_disk(place) as disk:
                if disk is None:
                    tally.broken.append(NO_MOUNT)
                    return
                _one_full_disk(tally, office, place, disk)
            tally.done += 1
            watch.keep()
    finally:
        watch.keep()


@contextmanager
def _small_disk(place: SqlitePlace | PostgresqlPlace) -> Iterator[Path | None]:
    """Put a small disk under the place's files; None where that is not allowed."""
    folder = place.folder if isinstance(place, SqlitePlace) else place.server.home / "data"
    size = ROOM["sqlite" if isinstance(place, SqlitePlace) else "postgresql"]
    if isinstance(place, SqlitePlace):
        place.new()
        if not _mounted(folder, size):
            yield None
            return
        try:
            yield folder
        finally:
            _unmount(folder)
        return
    place.server.take_away(signal.SIGINT)
    aside = folder.with_name("aside")
    folder.rename(aside)
    folder.mkdir()
    if not _mounted(folder, size):
        folder.rmdir()
        aside.rename(folder)
        place.server.bring_back()
        yield None
        return
    try:
        shutil.copytree(aside, folder, dirs_exist_ok=True, symlinks=True)
        _as(folder, aside)
        place.server.bring_back()
        yield folder
    finally:
        place.server.take_away(signal.SIGQUIT)
        _unmount(folder)
        folder.rmdir()
        aside.rename(folder)
        place.server.bring_back()


def _as(folder: Path, like: Path) -> None:
    """Give copied files to whom the originals belong."""
    for source in [like, *like.rglob("*")]:
        owner = source.lstat()
        copy = folder / source.relative_to(like)
        if copy.exists():
            os.chown(copy, owner.st_uid, owner.st_gid, follow_symlinks=False)
            copy.chmod(owner.st_mode & 0o7777)


def _mounted(folder: Path, megabytes: int) -> bool:
    if os.geteuid() != 0:
        return False
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "tmpfs", folder]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _unmount(folder: Path) -> None:
    until = time.monotonic() + 30
    while subprocess.run(["umount", folder], capture_output=True, check=False).returncode:
        assert time.monotonic() < until, f"{folder} cannot be unmounted"
        time.sleep(0.2)


def _one_full_disk(
    tally: Tally, office: PostOffice, place: SqlitePlace | PostgresqlPlace, disk: Path
) -> None:
    mail = f"smtp://127.0.0.1:{office.port}"
    address = f"sqlite:///{disk}/gatemate.db" if isinstance(place, SqlitePlace) else place.new()
    # The journal lies on the small disk too, as it would beside a SQLite database.
    ground = make_ground(address, disk if isinstance(place, SqlitePlace) else place.folder, mail,
                         mentors=2, accepted=6)  # fmt: skip
    tree = Tree(ground.variables, place.folder.with_name(f"{place.folder.name}.log"))
    traffic = Traffic(ground, tree.port, tally.seed + tally.done, every=0.05)
    try:
        tree.start()
        tree.wait_until_up()
        _fill(tally, ground, office, traffic, disk)
        _settle(tally, ground, office, traffic)
    finally:
        tree.kill()
        tree.log.unlink(missing_ok=True)


def _filled_in_a_talk(office: PostOffice, ballast: Path) -> Event:
    """Let the disk fill up while the mail server has a letter it has not answered for."""
    left, filled = [5], Event()

    def at_step(name: str) -> None:
        left[0] -= name == "dot"
        if left[0] == 0 and not filled.is_set():
            _take_all_room(ballast)
            filled.set()

    office.at_step = at_step
    return filled


def _fill(tally: Tally, ground: Ground, office: PostOffice, traffic: Traffic, disk: Path) -> None:
    """Let people work on a disk with room, a full one, and one with room again."""
    engine, ballast = ground.engine(), disk / "ballast"
    with Session(engine) as db:
        to_do = ToDo.on(db)
    with traffic.flowing(to_do):
        _until(lambda: traffic.acknowledged.count() > 3)
        filled = _filled_in_a_talk(office, ballast)
        planned = _fed(engine)
        if not filled.wait(FULL_FOR):
            tally.broken.append("no letter was being sent when the disk was to fill up")
        refused = traffic.statuses[503]
        full = _until(lambda: traffic.statuses[503] > refused + 5)
        if not full:
            tally.broken.append("a full disk was never told of")
        page = Browser(traffic.port, "", traffic.statuses).get("/sign-in")[0]
        tally.note(f"the sign-in page on a full disk: {page}")
        ballast.unlink()
        room, before = time.monotonic(), traffic.acknowledged.count()
        if not _until(lambda: traffic.acknowledged.count() > before + 3):
            tally.broken.append("nothing was written once there was room again")
        tally.took(time.monotonic() - room)
    tally.note("letters fed", planned)
    with Session(engine) as db:
        tally.broken += unacknowledged(db, traffic.acknowledged) + pairs_kept(db)
    engine.dispose()


def _fed(engine: Engine) -> int:
    """Plan letters until there is no room for more; return how many."""
    for number in range(1, 21):
        try:
            feed(engine, 1, number)
        except OperationalError:
            return number - 1
    return 20


def _take_all_room(ballast: Path) -> None:
    """Write until not a byte is left."""
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue


def _until(happened: object) -> bool:
    assert callable(happened)
    until = time.monotonic() + FULL_FOR
    while not happened():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def _settle(tally: Tally, ground: Ground, office: PostOffice, traffic: Traffic) -> None:
    engine, until = ground.engine(), time.monotonic() + WITHIN
    waiting: set[UUID] = {UUID(int=0)}
    while waiting and time.monotonic() < until:
        with Session(engine) as db:
            waiting = waiting_letters(db)
        time.sleep(0.2)
    with Session(engine) as db:
        found = letters_kept(db, office)
        sent = len(db.exec(select(Letter.id).where(Letter.state == LetterState.SENT)).all())
    engine.dispose()
    tally.note("letters sent", sent)
    tally.lost += found.lost + len(waiting)
    tally.duplicated += office.twice
    if office.twice > 1:
        tally.broken.append(f"{office.twice} letters went twice for one full disk")
    tally.broken += found.broken + doctor(ground)
    tally.acknowledged += traffic.acknowledged.count()
    for status, count in traffic.statuses.items():
        tally.note("no answer" if status == AWAY else f"answered {status}", count)
        if status not in FINE:
            tally.broken.append(f"{count} pages with status {status or 'none'}")
