"""The one page a watchman asks for."""

from datetime import UTC, datetime

from sqlalchemy import create_engine

from matcher.settings import Settings
from models.database import make_engine
from tests.web.desks import SECRET
from web.application import create_app


def a_client(engine):
    app = create_app(Settings(secret=SECRET), engine, lambda: datetime(2026, 11, 21, 9, tzinfo=UTC))
    return app.test_client()


def test_a_service_whose_database_answers_is_well(engine):
    answer = a_client(engine).get("/healthz")

    assert answer.status_code == 200
    assert answer.text == "ok\n"


def test_a_service_whose_database_is_gone_says_so_in_a_sentence(databases):
    engine = create_engine(databases.nowhere())

    answer = a_client(engine).get("/healthz")

    assert answer.status_code == 503
    assert answer.text == "The database does not answer.\n"
    engine.dispose()


def test_a_service_whose_database_dropped_its_connections_is_well(postgresql_databases):
    with postgresql_databases.migrated() as address:
        engine = make_engine(address)
        client = a_client(engine)
        first = client.get("/healthz").status_code
        postgresql_databases.server.command(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'test_%'"
        )

        second = client.get("/healthz").status_code
        engine.dispose()

    assert (first, second) == (200, 200)


def test_a_service_is_well_while_somebody_writes(engine):
    client = a_client(engine)

    with engine.begin() as writing:
        writing.exec_driver_sql("SELECT 1")
        answer = client.get("/healthz")

    assert answer.status_code == 200
