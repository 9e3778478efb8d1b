"""How long the server takes for each page of each desk, with its statements and its bytes.

A demo is made in a folder of its own, or the one in the folder named is used
(`python -m benchmarks.pages FOLDER`). With a number (`python -m benchmarks.pages
20000`) so many leavers of the whole country are put beside the people of the
demo, with half as many mentors, and the whole plan is made: what each page
takes without and with them is printed side by side. Each desk is walked from
its start by its links; of each kind of page a few are asked for `RUNS` times,
those that take seconds less often, and the slowest is printed: the median of
its milliseconds of processor time, its SQL statements, and the kilobytes of
its HTML. Nothing leaves the process: no network is counted, and no waiting
for a disk.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import NamedTuple

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from sqlmodel import Session
from werkzeug.exceptions import HTTPException

from matcher.accounts import begin_stay, who_signs_in_as
from matcher.core.conditions import RuleSettings
from matcher.core.planning import PlanSettings
from matcher.core.sending import local_day
from matcher.example import example_people
from matcher.files.people_files import read_leavers, read_mentors, write_leavers, write_mentors
from matcher.master_keys import take_keys
from matcher.people_intake import take_people
from matcher.proposals import propose
from models.audit import Hand
from models.database import make_engine
from models.states import Role
from web.application import create_app
from web.demo.ground import DemoGround, demo_ground
from web.demo.making import make_demo
from web.demo.sign_ins import SIGN_INS
from web.surroundings import Surroundings

RUNS = 9
ENOUGH = 3_000
"""Milliseconds after which a page is asked for no more: one that makes a plan takes seconds."""

OF_A_KIND = 3
"""How many pages of one kind are asked for."""

DESKS = (Role.PEER, Role.LIAISON, Role.MENTOR, Role.MANAGER, Role.ADMINISTRATOR)
LINK = re.compile(r'href="(/[^"#]*)')


class Figures(NamedTuple):
    """What one page takes: milliseconds of processor time (median), statements, bytes of HTML."""

    milliseconds: float
    statements: int
    size: int
    address: str


def main() -> None:
    """Print a line for each kind of page."""
    told = sys.argv[1] if sys.argv[1:] else ""
    if told and not told.isdecimal():
        show({"": measure(Path(told))})
        return
    with TemporaryDirectory() as folder:
        place = Path(folder)
        make_demo(ground_of(place), lambda: datetime.now(UTC), print)
        measured = {"": measure(place)}
        if told:
            fill(place, int(told))
            measured[f" with {int(told):,} more"] = measure(place)
        show(measured)


def fill(folder: Path, leavers: int) -> None:
    """Take in so many leavers and half as many mentors, and make the whole plan."""
    settings = ground_of(folder).settings
    engine = make_engine(settings.database)
    around = Surroundings(settings, engine, lambda: datetime.now(UTC))
    now = around.now()
    people = example_people(leavers, leavers // 2, 1, local_day(now))
    with around.writing() as db:
        db.write_as(Hand(None, at=now, origin="benchmark"))
        take_people(
            db,
            leavers=read_leavers(write_leavers(people.leavers)),
            mentors=read_mentors(write_mentors(people.mentors)),
            now=now,
        )
        run = propose(db, now=now, rules=RuleSettings(), settings=PlanSettings())
        print(f"{run.counts['leavers']:,} waiting leavers, {run.covered:,} covered")
        db.commit()
    engine.dispose()


def show(measured: Mapping[str, Mapping[str, Figures]]) -> None:
    """Print a line for each page, with the figures of each measurement side by side."""
    heads = "".join(f"{'ms':>9} {'statements':>11} {'kB':>7}" for _ in measured)
    print(f"{'page':42}{heads}  {' |'.join(measured)}")
    for endpoint in sorted({endpoint for one in measured.values() for endpoint in one}):
        found = (one.get(endpoint) for one in measured.values())
        row = "".join(
            f"{one.milliseconds:9.1f} {one.statements:11} {one.size / 1000:7.1f}"
            if one
            else f"{'-':>9} {'-':>11} {'-':>7}"
            for one in found
        )
        print(f"{endpoint:42}{row}", flush=True)


def ground_of(folder: Path) -> DemoGround:
    """Return the ground of the demo in a folder, with its keys at hand."""
    ground = demo_ground({}, folder)
    take_keys(ground.settings.key_store, ground.settings.masters)
    return ground


def measure(folder: Path) -> dict[str, Figures]:
    """Walk every desk of the demo in a folder; return what its pages take, by endpoint."""
    settings = ground_of(folder).settings
    engine = make_engine(settings.database)
    app = create_app(settings, engine, lambda: datetime.now(UTC))
    app.config["WTF_CSRF_ENABLED"] = False
    measured: dict[str, Figures] = {}
    for role in DESKS:
        browser = app.test_client()
        _sign_in(engine, browser, SIGN_INS[role])
        for endpoint, addresses in sorted(walk(app, browser).items()):
            found = max(figures(engine, browser, address) for address in addresses)
            measured[endpoint] = max(found, measured.get(endpoint, found))
            print(f"{endpoint}: {found.milliseconds:.1f} ms", file=sys.stderr, flush=True)
    engine.dispose()
    return measured


def _sign_in(engine: Engine, browser: FlaskClient, name: str) -> None:
    """Let a browser hold a stay, as if both factors had been given."""
    now = datetime.now(UTC)
    with Session(engine) as db:
        account = who_signs_in_as(db, name)
        if account is None:
            raise LookupError(name)
        token = begin_stay(db, account, now=now)
        db.commit()
    with browser.session_transaction() as cookie:
        cookie["stay"] = token


def walk(app: Flask, browser: FlaskClient) -> dict[str, list[str]]:
    """Return addresses of pages by endpoint, a few of each, found from the start by links."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    start = browser.get("/").headers["Location"]
    seen, waiting = {start}, [start]
    while waiting:
        address = waiting.pop(0)
        endpoint = endpoint_of(app, address)
        if endpoint in ("", "static", "sign_in.home") or endpoint.startswith("demo."):
            continue
        if len(found[endpoint]) == OF_A_KIND:
            continue
        answer = browser.get(address)
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        found[endpoint].append(address)
        links = dict.fromkeys(unescape(link) for link in LINK.findall(answer.text))
        waiting += [link for link in links if link not in seen]
        seen |= links.keys()
    return {endpoint: addresses for endpoint, addresses in found.items() if addresses}


def endpoint_of(app: Flask, address: str) -> str:
    """Return which view answers an address, or ""."""
    try:
        return str(app.url_map.bind("localhost").match(address.partition("?")[0])[0])
    except HTTPException:
        return ""


def figures(engine: Engine, browser: FlaskClient, address: str) -> Figures:
    """Return what one page takes."""
    size = len(browser.get(address).data)
    times, counts = [], []
    while len(times) < RUNS and sum(times) < ENOUGH:
        with statements_counted(engine) as counted:
            started = process_time()
            browser.get(address)
            times.append((process_time() - started) * 1000)
        counts.append(len(counted))
    return Figures(median(times), min(counts), size, address)


@contextmanager
def statements_counted(engine: Engine) -> Iterator[list[str]]:
    """Note each statement that the engine is given meanwhile."""
    noted: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        noted.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield noted
    finally:
        event.remove(engine, "before_cursor_execute", note)


if __name__ == "__main__":
    main()
