"""Migrations of a database that people have used: step by step back, and killed on the way."""

from random import Random

import pytest
from sqlalchemy import Connection, Engine
from sqlmodel import Session

from models.database import current, downgrade, make_engine, upgrade
from models.key_ring import INDEX, SERVICE, keys
from tests.killing import kill_at, moments_of
from tests.matcher.lived import live_a_week
from tests.models.test_migrations import (
    STEPS,
    columns_in,
    contents,
    fill,
    reference_rows,
    tables_in,
)
from tests.person_keys import seal_as_told
from tests.rows import one_of_each
from tests.sealed_rows import opened

Rows = dict[str, list[dict[str, object]]]

SEED = 20261122
KILLS_OF_EACH = 3
LIVED = {"audit_entry", "job_run", "clock_health"}
"""Tables that a week of life has filled, where a second row like it would be refused."""

NEW_WORDS = {
    "0022": ("task", "kind", "twins"),
    "0023": ("task", "kind", "glass_broken"),
    "0028": ("task", "kind", "glass_asked"),
}
"""What no step before could hold: the table, the column, and the word that a step brings."""

BEGUN_AT = Random(SEED).sample(STEPS[3:-1], 1)
"""The revision that a database is brought up from, and its migration killed on the way."""


def rows_in(engine: Engine) -> Rows:
    """Every row of every table, by the names of its columns."""
    with engine.connect() as connection:
        return {table: _rows(connection, table) for table in tables_in(engine)}


def _rows(connection: Connection, table: str) -> list[dict[str, object]]:
    found = connection.exec_driver_sql(f'SELECT * FROM "{table}"')
    names = list(found.keys())
    return [opened(table, dict(zip(names, row, strict=True))) for row in found]


def without_new_words(rows: Rows, step: str) -> Rows:
    """Those rows without the ones that go with a step, for they hold a word that it brings."""
    table, column, word = NEW_WORDS.get(step, ("", "", ""))
    return {
        name: [row for row in found if name != table or row[column] != word]
        for name, found in rows.items()
    }


def as_both_hold_them(rows: Rows, engine: Engine) -> dict[str, list[str]]:
    """Those rows, in the tables and columns that the database has now."""
    names = {table: there for table, there in columns_in(engine).items() if table in rows}
    return {
        table: sorted(str([row[name] for name in columns if name in row]) for row in rows[table])
        for table, columns in names.items()
    }


@pytest.mark.long
def test_a_lifelike_database_goes_back_step_by_step_and_keeps_what_both_sides_can_hold(
    engine, tmp_path
):
    live_a_week(engine, tmp_path)
    with Session(engine) as db:
        db.add_all(row for row in one_of_each() if row.__tablename__ not in LIVED)
        db.commit()
    assert all(contents(engine).values())

    for before, step in zip(STEPS[-2::-1], STEPS[:0:-1], strict=True):
        full = without_new_words(rows_in(engine), step)
        downgrade(engine, before)
        kept = as_both_hold_them(full, engine)
        gone = rows_in(engine)
        upgrade(engine, step)
        again = as_both_hold_them(rows_in(engine), engine)
        downgrade(engine, before)

        assert as_both_hold_them(gone, engine) == kept, step
        assert {table: again[table] for table in full} == again, step
        assert rows_in(engine).keys() == gone.keys(), step
        assert as_both_hold_them(rows_in(engine), engine) == kept, step


def bring_up(url: str) -> None:
    """Bring a database to the head, in a process that may not live to see it."""
    seal_as_told()
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()


def filled(url: str, revision: str, rows: list) -> Engine:
    """A database at a revision, with a row in every table there is."""
    engine = make_engine(url)
    for step in STEPS[: STEPS.index(revision) + 1]:
        there = tables_in(engine)
        upgrade(engine, step)
        fill(engine, rows, tables=tables_in(engine) - there)
    return engine


@pytest.mark.long
@pytest.mark.parametrize("revision", BEGUN_AT)
def test_a_migration_killed_on_the_way_leaves_the_old_revision_whole_and_runs_again(
    databases, revision
):
    rows = [*reference_rows(), *one_of_each()]
    with databases.bare() as whole, databases.bare() as broken:
        unbroken, engine = filled(whole, revision, rows), filled(broken, revision, rows)
        before = contents(engine)
        # Keys are made once: where some were missing, the first time through has more moments.
        keys().have_keys_for({SERVICE, INDEX, *(row.id for row in rows if hasattr(row, "id"))})
        moments = Random(f"{SEED} {revision}").sample(
            range(1, moments_of(bring_up, whole) + 1), KILLS_OF_EACH
        )
        left = []
        for moment in moments:
            kill_at(moment, bring_up, broken)
            left.append((current(engine), contents(engine)))
        bring_up(broken)

        assert left == [(revision, before)] * KILLS_OF_EACH, moments
        assert (current(engine), contents(engine)) == (STEPS[-1], contents(unbroken))
        for one in (engine, unbroken):
            one.dispose()
