"""Does the time of a refusal say why? What a failed sign-in takes, reason by reason.

    python -m benchmarks.sign_in [ROUNDS]

Each round asks the real application once for each reason, in an order of its
own, on a SQLite file. Printed are the medians by the clock, which is what
somebody outside can measure, and of the processor's time, which a busy machine
does not blur, and by how much each differs from the middle one: 5% is the
promise.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import NamedTuple

from flask.testing import FlaskClient
from sqlalchemy import Engine, delete
from sqlmodel import Session

from matcher.accounts import disable, open_account
from matcher.master_keys import take_keys
from matcher.rate_limits import LIMITS, count_try
from matcher.second_factor import begin_app, begin_sheet, confirm
from matcher.settings import Settings
from models.accounts import Account
from models.database import make_engine, upgrade
from models.sign_ins import LimitKind, RateLimit
from models.states import Role
from web.application import create_app

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
PASSWORD = "three blue buses"
HERE = "127.0.0.1"
ROUNDS = 60
PROMISED = 0.05

REASONS: Mapping[str, tuple[str, str, str]] = {
    "unknown name": ("nobody", PASSWORD, "000000"),
    "wrong password, app": ("app", "wrong password here", "000000"),
    "wrong password, sheet": ("sheet", "wrong password here", "3-AAAA-AAAA"),
    "wrong code, app": ("app", PASSWORD, "000000"),
    "wrong code, sheet": ("sheet", PASSWORD, "3-AAAA-AAAA"),
    "no code": ("sheet", PASSWORD, ""),
    "disabled account": ("closed", PASSWORD, "3-AAAA-AAAA"),
    "locked out, known name": ("locked", PASSWORD, "3-AAAA-AAAA"),
    "locked out, unknown name": ("locked-nobody", PASSWORD, "000000"),
}
"""What is given in, by why it is refused: a name, a password, a code."""


class Took(NamedTuple):
    """What one refusal took, in milliseconds: by the clock, and of the processor."""

    clock: float
    processor: float


def main() -> None:
    """Print a line for each reason."""
    rounds = int(sys.argv[1]) if sys.argv[1:] else ROUNDS
    with TemporaryDirectory() as folder:
        take_keys(f"sqlite:///{folder}/keys.db", [bytes(range(32))])
        engine = make_engine(f"sqlite:///{folder}/gatemate.db")
        upgrade(engine)
        with Session(engine) as db:
            people(db)
        times = measure(engine, rounds)
        engine.dispose()
    for field in Took._fields:
        tell(field, {name: [getattr(one, field) for one in found] for name, found in times.items()})


def tell(measured_by: str, times: Mapping[str, list[float]]) -> None:
    """Print a line for each reason: its median, and how far it is from the middle one."""
    medians = {reason: median(found) for reason, found in times.items()}
    middle = median(medians.values())
    print(f"{'by the ' + measured_by:26} {'median ms':>10} {'from the middle':>16}")
    for reason, found in medians.items():
        print(f"{reason:26} {found:10.2f} {found / middle - 1:16.1%}")
    furthest = max(abs(found / middle - 1) for found in medians.values())
    print(f"furthest {furthest:.1%}, promised {PROMISED:.0%}\n")


def people(db: Session) -> None:
    """Open an account for each name of the table that is somebody's."""
    for name in ("app", "sheet", "closed", "locked"):
        account = open_account(
            db, Role.ADMINISTRATOR, sign_in_name=name, password=PASSWORD, now=NOW, name="Robin"
        )
        _ = begin_app(db, account) if name == "app" else begin_sheet(db, account, now=NOW)
        confirm(db, account, now=NOW)
        if name == "closed":
            disable(db, account, by=None, now=NOW)
    db.add(Account(role=Role.ADMINISTRATOR, created_at=NOW))
    db.commit()


def measure(engine: Engine, rounds: int) -> dict[str, list[Took]]:
    """Return what each refusal took, by its reason."""
    app = create_app(Settings(secret="0123456789abcdef" * 4), engine, lambda: NOW)
    app.config.update(WTF_CSRF_ENABLED=False, SESSION_COOKIE_SECURE=False)
    browser, chance = app.test_client(), Random(1)
    times: dict[str, list[Took]] = {reason: [] for reason in REASONS}
    for number in range(rounds + 3):
        for reason in chance.sample(list(REASONS), len(REASONS)):
            took = ask(engine, browser, *REASONS[reason])
            if number >= 3:
                times[reason].append(took)
    return times


def ask(engine: Engine, browser: FlaskClient, name: str, password: str, code: str) -> Took:
    """Try to sign in once, and return what it took; counts begin anew."""
    with Session(engine) as db:
        db.execute(delete(RateLimit))
        before = LIMITS[LimitKind.NAME_HERE].tries if name.startswith("locked") else 1
        for _ in range(before):
            count_try(db, [(LimitKind.NAME_HERE, f"{name}\n{HERE}")], now=NOW)
        db.commit()
    form = {"sign_in_name": name, "password": password, "one_time_code": code}
    started, of_processor = perf_counter(), process_time()
    answer = browser.post("/sign-in", data=form)
    took = Took((perf_counter() - started) * 1000, (process_time() - of_processor) * 1000)
    if answer.status_code != (429 if name.startswith("locked") else 422):
        raise AssertionError(answer.status_code)
    return took


if __name__ == "__main__":
    main()
