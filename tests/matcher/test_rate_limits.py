"""Tries are counted in rows, and a further one waits."""

from datetime import timedelta
from hashlib import sha256

import pytest
from sqlmodel import select

from matcher.rate_limits import LIMITS, count_try, forget_old, take_back, to_wait
from models.sign_ins import LimitKind, RateLimit
from tests.rows import NOW

HERE = [(LimitKind.NAME_HERE, "robin\n192.0.2.1")]
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("kind", list(LimitKind))
def test_so_many_tries_are_free_and_the_next_waits_until_the_time_is_over(db, kind):
    limit = LIMITS[kind]

    free = [count_try(db, [(kind, "a")], now=NOW) for _ in range(limit.tries)]
    one_more = count_try(db, [(kind, "a")], now=NOW + MINUTE)
    another = count_try(db, [(kind, "b")], now=NOW + MINUTE)
    later = count_try(db, [(kind, "a")], now=NOW + limit.within)

    assert free == [None] * limit.tries
    assert one_more == NOW + limit.within
    assert (another, later) == (None, None)


def test_a_good_end_takes_a_try_back(db):
    address = [(LimitKind.ADDRESS, "192.0.2.1")]
    for _ in range(4):
        count_try(db, [*HERE, *address], now=NOW)

    take_back(db, [*HERE, *address])

    db.expire_all()
    [left] = db.exec(select(RateLimit))
    assert (left.kind, left.tries) == (LimitKind.ADDRESS, 3)


def test_what_is_counted_by_is_kept_as_a_hash_alone(db):
    count_try(db, HERE, now=NOW)

    [row] = db.exec(select(RateLimit))
    assert len(row.key_hash) == 64
    assert "robin" not in row.key_hash
    assert row.key_hash != sha256(HERE[0][1].encode()).hexdigest()


def test_counts_that_nobody_adds_to_are_forgotten(db):
    count_try(db, HERE, now=NOW)

    forget_old(db, now=NOW + timedelta(days=1, seconds=1))

    assert db.exec(select(RateLimit)).all() == []


def test_a_limit_of_a_week_is_counted_for_a_week(db):
    count_try(db, [(LimitKind.NAMES, "an invitation")], now=NOW)

    forget_old(db, now=NOW + timedelta(days=7))
    kept = len(db.exec(select(RateLimit)).all())
    forget_old(db, now=NOW + timedelta(days=7, seconds=1))

    assert (kept, db.exec(select(RateLimit)).all()) == (1, [])


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 minute"), (60, "1 minute"), (61, "2 minutes"), (900, "15 minutes")],
)
def test_how_long_to_wait_is_said_in_whole_minutes(seconds, words):
    assert f"Wait {words}, then" in to_wait(NOW + timedelta(seconds=seconds), now=NOW)
