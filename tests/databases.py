"""Fresh databases for tests, each in a few hundredths of a second.

The migrations run once per test process, into a template; a test gets a copy of that. `bare` gives
one without any table, for tests of the migrations themselves. Each lasts as long as its `with`.
`same` names every copy alike, so that tests which follow one another can keep one engine, and with
it the statements that SQLAlchemy has compiled.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from models.database import make_engine, upgrade
from tests.postgresql import PostgresServer
from tests.quick_folders import quick_folder


class SqliteDatabases:
    """One file per database, in a folder of the tests' own."""

    def __init__(self) -> None:
        self.folder = quick_folder("gatemate-sqlite-")
        self.template = self.folder / "template.db"

    @contextmanager
    def bare(self) -> Iterator[str]:
        path = self._path()
        yield f"sqlite:///{path}"
        _remove(path)

    @contextmanager
    def migrated(self, *, same: bool = False) -> Iterator[str]:
        if not self.template.exists():
            _migrate(f"sqlite:///{self.template}")
        path = self.folder / "same.db" if same else self._path()
        shutil.copyfile(self.template, path)
        yield f"sqlite:///{path}"
        _remove(path)

    def nowhere(self) -> str:
        """An address where no database answers."""
        return f"sqlite:///{self.folder}/no-such-folder/gatemate.db"

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder)

    def _path(self) -> Path:
        return self.folder / f"{uuid4().hex}.db"


class PostgresqlDatabases:
    """One database each on a server that starts when the first is asked for."""

    def __init__(self) -> None:
        self.server: PostgresServer | None = None
        self.has_template = False

    @contextmanager
    def bare(self) -> Iterator[str]:
        with self._database("template0") as url:
            yield url

    @contextmanager
    def migrated(self, *, same: bool = False) -> Iterator[str]:
        if not self.has_template:
            self._started().command("CREATE DATABASE migrated TEMPLATE template0")
            _migrate(self._started().url("migrated"))
            self.has_template = True
        with self._database("migrated", "same" if same else None) as url:
            yield url

    def nowhere(self) -> str:
        """An address where no database answers."""
        return self._started().url("no_such_database")

    def close(self) -> None:
        """Stop the server, if one was ever needed."""
        if self.server is not None:
            self.server.stop()

    @contextmanager
    def _database(self, template: str, name: str | None = None) -> Iterator[str]:
        name = name or f"test_{uuid4().hex}"
        server = self._started()
        server.command(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        yield server.url(name)
        server.command(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _started(self) -> PostgresServer:
        if self.server is None:
            self.server = PostgresServer()
            self.server.start()
        return self.server


Databases = SqliteDatabases | PostgresqlDatabases


def _migrate(url: str) -> None:
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()


def _remove(database: Path) -> None:
    for file in database.parent.glob(f"{database.stem}*"):
        file.unlink()
