"""How long the server takes for each page of each desk, with its statements and its bytes.

A demo is made in a folder of its own, or the one in the folder named is used
(`python benchmarks/pages.py FOLDER`). Each desk is walked from its start by
its links; of each kind of page a few are asked for `RUNS` times, and the
slowest is printed: the median of its milliseconds of processor time, its SQL
statements, and the kilobytes of its HTML. Nothing leaves the process: no
network is counted, and no waiting for a disk.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
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
from matcher.master_keys import take_keys
from models.database import make_engine
from models.states import Role
from web.application import create_app
from web.demo.ground import DemoGround, demo_ground
from web.demo.making import make_demo
from web.demo.sign_ins import SIGN_INS

RUNS = 20
OF_A_KIND = 5
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
    if sys.argv[1:]:
        measure(Path(sys.argv[1]))
        return
    with TemporaryDirectory() as folder:
        make_demo(ground_of(Path(folder)), lambda: datetime.now(UTC), print)
        measure(Path(folder))


def ground_of(folder: Path) -> DemoGround:
    """Return the ground of the demo in a folder, with its keys at hand."""
    ground = demo_ground({}, folder)
    take_keys(ground.settings.key_store, ground.settings.masters)
    return ground


def measure(folder: Path) -> None:
    """Walk every desk of the demo in a folder, and print what its pages take."""
    settings = ground_of(folder).settings
    engine = make_engine(settings.database)
    app = create_app(settings, engine, lambda: datetime.now(UTC))
    app.config["WTF_CSRF_ENABLED"] = False
    print(f"{'page':42} {'ms':>7} {'statements':>11} {'kB':>6}")
    for role in DESKS:
        browser = app.test_client()
        _sign_in(engine, browser, SIGN_INS[role])
        for endpoint, addresses in sorted(walk(app, browser).items()):
            found = max(figures(engine, browser, address) for address in addresses)
            row = f"{found.milliseconds:7.1f} {found.statements:11} {found.size / 1000:6.1f}"
            print(f"{endpoint:42} {row}", flush=True)
    engine.dispose()


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
    for _ in range(RUNS):
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
