"""How long a release report takes at the liaison's desk, from the click to the page that answers.

A report of `PEOPLE` rows goes the way of the page through the real application: uploaded and
looked at, then taken; then the next month's report of the same people, of whom a tenth is new,
a tenth is gone and a tenth leaves on another day. As text and as a workbook, on SQLite (a file,
every commit on the disk) and on PostgreSQL. Keys of persons lie in a store on the disk, as they
do in service. By the clock, and of the processor with that of the process which reads a workbook.
The promise is 3 seconds for 5,000 rows.

    python -m benchmarks.uploads [rows] [sqlite | postgresql]
"""

from __future__ import annotations

import csv
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from flask.testing import FlaskClient
from openpyxl import Workbook
from sqlmodel import Session
from werkzeug.test import TestResponse

from matcher.accounts import begin_stay, open_account
from matcher.master_keys import masters_in, take_keys
from matcher.settings import Settings
from models.database import make_engine, upgrade
from models.states import Role
from tests.databases import PostgresqlDatabases
from web.application import create_app

PEOPLE = 5_000
HEAD = ("Prison Number", "Surname", "Forename", "Date of Birth", "Conditional Release Date", "ARD")
TODAY = date.today()  # noqa: DTZ011  any day will do
MASTER = "0123456789abcdef" * 4
SETTINGS = Settings(secret="6f1d0c9ab27e4853" * 4, service_phone="0808 157 0111")

Row = tuple[str, ...]


def main() -> None:
    """Print a line for each step, kind of file and database."""
    people = next((int(one) for one in sys.argv[1:] if one.isdigit()), PEOPLE)
    kinds = [one for one in ("sqlite", "postgresql") if one in sys.argv[1:]]
    print(f"{people:,} rows{'':22} {'by the clock':>14} {'processor':>12}")
    for kind in kinds or ["sqlite", "postgresql"]:
        for name, written in (("text", as_text), ("workbook", as_workbook)):
            with TemporaryDirectory() as folder, a_desk(kind, Path(folder)) as browser:
                measure(f"{kind}, {name}", browser, written, people)


def measure(said: str, browser: FlaskClient, written: Callable[..., bytes], people: int) -> None:
    """Take two months' reports in, and print what each step took."""
    first = list(rows(0, people))
    tenth = people // 10
    moved = [(*row[:4], day(90 + number), row[5]) for number, row in enumerate(first[:tenth])]
    second = [*moved, *first[tenth:-tenth], *rows(people, tenth)]
    browser.get("/liaison/")
    for month, report in (("a new report", first), ("the next month's", second)):
        content = written(report)
        seen = timed(f"{said}, {month}: looked at", partial(looked_at, browser, content))
        timed(f"{said}, {month}: taken", partial(taken, browser, seen.request.path))


def timed(said: str, step: Callable[[], TestResponse]) -> TestResponse:
    """Do a step and print the seconds it took."""
    clock, processor = perf_counter(), sum(os.times()[:4])
    answer = step()
    print(
        f"{said:45} {perf_counter() - clock:8.2f} s {sum(os.times()[:4]) - processor:10.2f} s",
        flush=True,
    )
    if answer.status_code != 200 or "There is a problem" in answer.text:
        raise AssertionError(answer.text)
    return answer


def looked_at(browser: FlaskClient, content: bytes) -> TestResponse:
    """Upload a report and return the page that shows what is in it."""
    kind = "xlsx" if content.startswith(b"PK") else "csv"
    chosen = {"report": (io.BytesIO(content), f"report.{kind}")}
    return browser.post("/liaison/uploads/", data=chosen, follow_redirects=True)


def taken(browser: FlaskClient, address: str) -> TestResponse:
    """Confirm a report and return the page that says what became of it."""
    return browser.post(f"{address}/confirmation", follow_redirects=True)


def rows(start: int, count: int) -> Iterator[Row]:
    """Yield people of a report, each with a number of their own."""
    for number in range(start, start + count):
        letter = chr(65 + number // 10_000)
        born = date(1960, 1, 1) + timedelta(days=number % 12_000)
        yield (
            f"{letter}{number % 10_000:04d}BC",
            f"Surname{number}",
            f"Forename{number}",
            f"{born:%d/%m/%Y}",
            day(number % 80 + 1),
            day(number % 80 + 2),
        )


def day(ahead: int) -> str:
    """Return a day some days from today, as reports write it."""
    return f"{TODAY + timedelta(days=ahead):%d/%m/%Y}"


def as_text(report: list[Row]) -> bytes:
    """Return a report as text with commas."""
    out = io.StringIO()
    csv.writer(out).writerows([HEAD, *report])
    return out.getvalue().encode()


def as_workbook(report: list[Row]) -> bytes:
    """Return a report as a workbook."""
    book, out = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet("Report")
    for row in (HEAD, *report):
        sheet.append(row)
    book.save(out)
    return out.getvalue()


@contextmanager
def a_desk(kind: str, folder: Path) -> Iterator[FlaskClient]:
    """Hand out a browser in which a liaison is signed in, on a database of its own."""
    take_keys(f"sqlite:///{folder}/keys.db", masters_in(MASTER))
    databases = PostgresqlDatabases() if kind == "postgresql" else None
    try:
        with databases.bare() if databases else _file_in(folder) as url:
            engine = make_engine(url)
            upgrade(engine)
            app = create_app(SETTINGS, engine, lambda: datetime.now(UTC))
            app.config.update(WTF_CSRF_ENABLED=False, SESSION_COOKIE_SECURE=False)
            app.config.update(SESSION_COOKIE_NAME="gatemate")
            browser = app.test_client()
            with Session(engine) as db, browser.session_transaction() as cookie:
                now = datetime.now(UTC)
                told = {"sign_in_name": "kit", "password": "a password to measure with"}
                account = open_account(db, Role.LIAISON, now=now, prison="LEI", name="Kit", **told)
                cookie["stay"] = begin_stay(db, account, now=now)
                db.commit()
            yield browser
            engine.dispose()
    finally:
        if databases:
            databases.close()


@contextmanager
def _file_in(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder}/gatemate.db"


if __name__ == "__main__":
    main()
