from collections.abc import Mapping
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, Engine, Inspector, MetaData, Table, insert, inspect, text
from sqlmodel import Session

from models import database
from models.areas import DistrictRow, PrisonRow, RegionRow
from models.columns import WordColumn
from models.database import current, downgrade, upgrade
from models.rows import Row
from models.tables import METADATA
from models.vocabulary import Region, Sex
from tests.rows import one_of_each
from tests.sealed_rows import opened, type_before

CONFIG = Config()
CONFIG.set_main_option("script_location", "models:migrations")
STEPS = [step.revision for step in ScriptDirectory.from_config(CONFIG).walk_revisions()][::-1]


def tables_in(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def reference_rows() -> list[Row]:
    where = {"town": "Leeds", "latitude": 53.8, "longitude": -1.5, "region": Region.YORKSHIRE}
    prison = {"kind": "HMP", "sex": Sex.MALE, "function": "local", "is_open": False}
    return [
        RegionRow(code=Region.YORKSHIRE, name="Yorkshire"),
        PrisonRow(code="LEI", name="Leeds", postcode="LS12 2TJ", **prison, **where),
        *(DistrictRow(code=code, local_authority="", **where) for code in ("LS1", "LS6", "LS7")),
    ]


def fill(engine: Engine, rows: list[Row], *, tables: set[str]) -> None:
    """Put the rows of those tables in, with the columns that the tables have at this step."""
    columns = {table: found for (_, table), found in inspect(engine).get_multi_columns().items()}
    with engine.begin() as connection:
        for row in rows:
            table = METADATA.tables[str(type(row).__tablename__)]
            if table.name in tables:
                types = {column["name"]: column["type"] for column in columns[table.name]}
                there = types.keys() & set(table.c.keys())
                values = {name: getattr(row, name) for name in there}
                numbered_by_database = {"number"} if table.name == "pair_history" else set()
                kept = {name: values[name] for name in there - numbered_by_database}
                columns_then = (
                    Column(name, type_before(table.c[name].type, types[name])) for name in kept
                )
                then = Table(table.name, MetaData(), *columns_then)
                connection.execute(insert(then).values(kept))


def columns_in(engine: Engine) -> dict[str, list[str]]:
    found = inspect(engine).get_multi_columns()
    return {
        table: sorted(column["name"] for column in found[None, table])
        for table in tables_in(engine)
    }


def contents(
    engine: Engine, columns: Mapping[str, list[str]] | None = None
) -> dict[str, list[str]]:
    """Every row of every table as the database gives it, or only those columns of it."""
    with engine.connect() as connection:
        return {
            table: sorted(
                str(tuple(opened(table, row).values()))
                for row in connection.exec_driver_sql(
                    f'SELECT {", ".join(names)} FROM "{table}"'
                ).mappings()
            )
            for table, names in (columns_in(engine) if columns is None else columns).items()
        }


def test_each_step_goes_up_down_and_up_again_and_leaves_what_other_steps_keep(bare_engine):
    rows = [*reference_rows(), *one_of_each()]
    before, kept, columns = "base", contents(bare_engine), columns_in(bare_engine)

    for step in STEPS:
        upgrade(bare_engine, step)
        new = tables_in(bare_engine) - kept.keys()
        fill(bare_engine, rows, tables=new)
        full, still = contents(bare_engine), contents(bare_engine, columns)
        downgrade(bare_engine, before)
        gone = contents(bare_engine)
        upgrade(bare_engine, step)
        again = contents(bare_engine)
        fill(bare_engine, rows, tables=new)

        assert all(full[table] for table in new), step
        assert still == kept, step
        assert gone == kept, step
        assert again == {table: full[table] for table in kept} | {table: [] for table in new}, step
        before, kept, columns = step, full, columns_in(bare_engine)

    assert current(bare_engine) == STEPS[-1]


def test_places_taken_elsewhere_come_off_the_places_when_they_have_no_column_of_their_own(engine):
    fill(engine, one_of_each(), tables=tables_in(engine) - {"region", "prison", "district"})
    with engine.begin() as connection:
        connection.execute(text("UPDATE mentor SET places = 3, taken_elsewhere = 1"))

    downgrade(engine, "0016")
    upgrade(engine)

    with engine.connect() as connection:
        kept = connection.execute(text("SELECT places, taken_elsewhere FROM mentor")).one()
    assert tuple(kept) == (2, 0)


def test_every_table_is_filled_by_these_tests(bare_engine):
    rows = [*reference_rows(), *one_of_each()]

    upgrade(bare_engine)

    assert tables_in(bare_engine) == {str(type(row).__tablename__) for row in rows}


def test_a_full_database_goes_all_the_way_down_and_up(engine):
    fill(engine, one_of_each(), tables=tables_in(engine) - {"region", "prison", "district"})
    reference = {table: contents(engine)[table] for table in ("region", "prison", "district")}

    downgrade(engine, "base")
    empty = tables_in(engine)
    upgrade(engine)

    assert empty == set()
    assert current(engine) == STEPS[-1]
    assert contents(engine) == {table: [] for table in tables_in(engine)} | reference


def test_a_step_that_fails_leaves_the_database_as_it_was(bare_engine, monkeypatch):
    upgrade(bare_engine, "0003")
    before = tables_in(bare_engine)

    def fail(_connection: Connection) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(database, "load_reference", fail)
    with pytest.raises(RuntimeError, match="power cut"):
        upgrade(bare_engine)
    after = current(bare_engine), tables_in(bare_engine)
    monkeypatch.undo()
    upgrade(bare_engine)

    assert after == ("0003", before)
    assert current(bare_engine) == STEPS[-1]


def test_the_head_is_what_the_models_say(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, METADATA)

    assert differences == []


def test_the_head_has_every_constraint_of_the_models_and_no_other(databases, engine, bare_engine):
    METADATA.create_all(bare_engine)

    migrated, made = inspect(engine), inspect(bare_engine)

    assert {table: constraints(migrated, table) for table in METADATA.tables} == {
        table: constraints(made, table) for table in METADATA.tables
    }


def constraints(inspector: Inspector, table: str) -> list[str]:
    """Every key, check and index of a table, conditions of partial indexes included."""
    found: list[Any] = [
        inspector.get_pk_constraint(table),
        *inspector.get_foreign_keys(table),
        *inspector.get_unique_constraints(table),
        *inspector.get_check_constraints(table),
        *inspector.get_indexes(table),
    ]
    return sorted(plain(one) for one in found)


def plain(said: Any) -> str:
    """What the inspector said, as text that is the same for the same constraint."""
    if isinstance(said, Mapping):
        return str(sorted((key, plain(value)) for key, value in said.items()))
    return str(said)


def test_the_database_checks_todays_words_in_every_column_of_words(engine):
    inspector = inspect(engine)

    checked = {
        (table, check["name"]): check["sqltext"]
        for table in METADATA.tables
        for check in inspector.get_check_constraints(table)
    }

    of_words = [
        column
        for table in METADATA.tables.values()
        for column in table.columns
        if isinstance(column.type, WordColumn)
    ]
    assert len(of_words) > 30
    for column in of_words:
        table = column.table.name
        said = checked[table, f"ck_{table}_{column.name}_word"].split("'")[1::2]
        assert said == [word.value for word in column.type.words], column


def test_the_reference_tables_are_loaded_and_loading_again_changes_nothing(engine):
    first = contents(engine)

    upgrade(engine)

    assert contents(engine) == first
    assert [len(first[table]) for table in ("region", "prison", "district")] == [12, 127, 2313]


def test_a_reference_row_that_was_changed_is_put_right(engine):
    before = contents(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE prison SET name = 'Elsewhere' WHERE code = 'LEI'"))
        connection.execute(text("DELETE FROM district WHERE code = 'LS6'"))

    upgrade(engine)

    assert contents(engine) == before


def test_rows_of_every_table_can_be_added_in_any_order(db: Session):
    db.add_all(one_of_each()[::-1])

    db.commit()

    assert all(contents(db.get_bind()).values())
