"""What every test can rely on: real databases, and no way out of the machine."""

import gc
from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import settings
from sqlalchemy import Engine
from sqlmodel import Session

from models.database import make_engine
from tests.databases import Databases, PostgresqlDatabases, SqliteDatabases
from tests.no_way_out import keep_sockets_on_this_machine
from tests.person_keys import keep_keys_of_tests
from tests.web.desks import Desks

keep_sockets_on_this_machine()
keep_keys_of_tests()

# The same examples each time, so that a change is blamed for what it did; no deadline, since
# nothing in a test is timed. `--hypothesis-profile=search` looks further, and at random.
settings.register_profile("gatemate", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("search", deadline=None, max_examples=2000, print_blob=True)
settings.load_profile("gatemate")


def pytest_collection_finish() -> None:
    """Look for rubbish seldom, and not in what lives as long as the tests: a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def sqlite_databases() -> Iterator[Databases]:
    databases = SqliteDatabases()
    yield databases
    databases.close()


@pytest.fixture(scope="session")
def postgresql_databases() -> Iterator[Databases]:
    databases = PostgresqlDatabases()
    yield databases
    databases.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Databases:
    """Each kind of database in turn: a test that asks for what follows runs on both."""
    return request.getfixturevalue(f"{request.param}_databases")


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """The address of an empty database with every migration applied."""
    with databases.migrated(same=True) as url:
        yield url


@pytest.fixture(scope="session")
def engines() -> dict[str, Engine]:
    """The engines made so far, by address: a new one would compile every statement anew."""
    return {}


@pytest.fixture
def engine(database_url: str, engines: dict[str, Engine]) -> Iterator[Engine]:
    """An engine on an empty database with every migration applied."""
    engine = engines.setdefault(database_url, make_engine(database_url))
    yield engine
    engine.dispose()


@pytest.fixture
def bare_engine(databases: Databases) -> Iterator[Engine]:
    """An engine on a database without a single table, for tests of the migrations."""
    with databases.bare() as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def db(engine: Engine) -> Iterator[Session]:
    """A session on an empty, migrated database; what the test does not commit is thrown away."""
    with Session(engine) as session:
        yield session


@pytest.fixture(scope="session")
def applications() -> list[Flask]:
    """The application with the settings of tests, once a test has made it."""
    return []


@pytest.fixture
def desks(engine: Engine, applications: list[Flask]) -> Iterator[Desks]:
    """The application on an empty, migrated database, with a browser for whoever is asked for."""
    desks = Desks(engine, app=applications[0] if applications else None)
    applications[:] = [desks.app]
    config, extensions = dict(desks.app.config), dict(desks.app.extensions)
    yield desks
    for kept, before in ((desks.app.config, config), (desks.app.extensions, extensions)):
        kept.clear()
        kept.update(before)
