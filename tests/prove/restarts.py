"""PostgreSQL goes away and comes back under load: what was said yes to stays.

Meanwhile pages say 503 and nothing else, and since none of ours dies no letter may go twice.
It is ended in turn by its fast shutdown, at once, and by kill -9.
"""

import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from sqlmodel import Session

from tests.prove.checks import doctor, letters_kept, pairs_kept, unacknowledged, waiting_letters
from tests.prove.ground import Ground, feed, make_ground
from tests.prove.places import PostgresqlPlace
from tests.prove.post_office import PostOffice, post_office
from tests.prove.tally import OutOfTime, Stopwatch, Tally
from tests.prove.traffic import AWAY, ToDo, Traffic
from tests.prove.tree import Tree

WAYS = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)
FINE = {200, 302, 404, 409, 422, 429, 503}
"""Whose sign-in was cut off five times is told to wait, as is anybody who tries so often."""

A_SECOND = 50
READERS = 8
WITHIN = 150.0
LEASE = 15.0
"""Seconds; long enough that a busy machine leaves no answer of the mail server unheard."""


def restart_again_and_again(tally: Tally, place: PostgresqlPlace) -> None:
    """Restart until the tally has as many as were wanted."""
    with post_office() as office:
        mail = f"smtp://127.0.0.1:{office.port}"
        ground = make_ground(place.new(), place.folder, mail, lease=LEASE)
        tree = Tree(ground.variables, place.folder / "service.log")
        traffic = Traffic(ground, tree.port, tally.seed + tally.done, every=0.1)
        watch = Stopwatch(tally)
        try:
            tree.start()
            tree.wait_until_up()
            while not tally.is_done:
                _one_restart(tally, place, ground, tree, traffic)
                tally.done += 1
                watch.tell()
            _settle(tally, ground, office, traffic)
        except (KeyboardInterrupt, OutOfTime):
            _settle(tally, ground, office, traffic)
            raise
        finally:
            tree.kill()
            watch.keep()


def _one_restart(
    tally: Tally, place: PostgresqlPlace, ground: Ground, tree: Tree, traffic: Traffic
) -> None:
    chance = random.Random(f"{tally.seed}-{tally.done}")
    engine = ground.engine()
    feed(engine, 3, 1 + 3 * tally.done)
    with Session(engine) as db:
        to_do = ToDo.on(db)
    engine.dispose()
    before, begun = sum(traffic.statuses.values()), time.monotonic()
    with traffic.flowing(to_do), _readers(traffic):
        time.sleep(chance.uniform(1, 4))
        place.server.take_away(WAYS[tally.done % len(WAYS)])
        gone = time.monotonic()
        time.sleep(chance.uniform(0.5, 2))
        place.server.bring_back()
        while not tree.is_up():
            assert time.monotonic() - gone < WITHIN, "the pages did not come back"
            time.sleep(0.05)
        tally.took(time.monotonic() - gone)
        time.sleep(chance.uniform(1, 3))
    asked, took = sum(traffic.statuses.values()) - before, time.monotonic() - begun
    tally.note("requests", asked)
    tally.note("seconds of load", round(took))
    engine = ground.engine()
    with Session(engine) as db:
        tally.broken += unacknowledged(db, traffic.acknowledged) + pairs_kept(db)
    engine.dispose()


def _settle(tally: Tally, ground: Ground, office: PostOffice, traffic: Traffic) -> None:
    """Wait until every letter that is due has gone, and look at everything."""
    engine, until = ground.engine(), time.monotonic() + WITHIN
    with Session(engine) as db:
        while waiting_letters(db) and time.monotonic() < until:
            db.rollback()
            time.sleep(0.2)
        found = letters_kept(db, office)
        waiting = len(waiting_letters(db))
    engine.dispose()
    tally.lost += found.lost + waiting
    tally.duplicated += office.twice
    if office.twice:
        tally.broken.append(f"{office.twice} letters went twice, and nobody of ours died")
    tally.broken += found.broken + doctor(ground)
    tally.acknowledged += traffic.acknowledged.count()
    for status, count in traffic.statuses.items():
        tally.note("no answer" if status == AWAY else f"answered {status}", count)
        if status not in FINE | {AWAY}:
            tally.broken.append(f"{count} pages with status {status}")


@contextmanager
def _readers(traffic: Traffic) -> Iterator[None]:
    """Mentors look at their diaries, so often that all requests together are A_SECOND."""
    stop = Event()
    names = list(traffic.ground.mentors.values())[:READERS]
    threads = [Thread(target=_read, args=(traffic, name, stop), daemon=True) for name in names]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(90)


def _read(traffic: Traffic, name: str, stop: Event) -> None:
    browser = traffic.browser(f"reader {name}", name)
    every, due = READERS / A_SECOND, time.monotonic()
    while not stop.wait(max(0.0, due - time.monotonic())):
        due = max(due + every, time.monotonic() - 1)
        if browser.signed_in():
            browser.get("/mentor/")
