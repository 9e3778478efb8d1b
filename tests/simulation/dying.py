"""A process may die at each of its commits and at each line of its journal: here it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy.exc import OperationalError

from matcher.clock import Context
from matcher.journal import Entry, Journal
from models.audit import AuditedSession
from tests.simulation.aiming import stage_of

if TYPE_CHECKING:
    from tests.simulation.world import World

Result = TypeVar("Result")


class Died(BaseException):
    """The process is gone at this point, and all that it had in memory."""


class DyingSession(AuditedSession):
    """A session whose commit may be the last thing that a process does, or never comes."""

    def commit(self) -> None:
        """Die before it, or commit, or commit and die before anyone hears of it."""
        world: World = self.info["world"]
        world.stage = stage_of(self, world.stage)
        world.before_commit()
        super().commit()
        world.after_commit()


@dataclass(frozen=True)
class DyingContext(Context):
    """What a clock works with; it says what it is about to commit."""

    world: Any = field(default=None)

    def session(self) -> AuditedSession:
        """Open a session for a job."""
        self.world.stage = "job"
        return super().session()

    def committed(self, verb: Callable[[AuditedSession], Result]) -> Result:
        """Do one verb in a transaction of its own."""
        with super().session() as db:
            result = verb(db)
            # Said last: another may have had its turn meanwhile.
            self.world.stage = getattr(getattr(verb, "func", verb), "__name__", "verb")
            db.commit()
        return result

    def named(self, worker: str) -> DyingContext:
        """The context of the process that starts when another has died."""
        return replace(self, worker=worker, journal=TornJournal(self.journal.path, self.world))


class TornJournal(Journal):
    """A journal whose writer may die before, in the midst of or after a line, or has no room."""

    def __init__(self, path: Any, world: World) -> None:
        super().__init__(path)
        self.world = world

    @property
    def owed(self) -> list[Entry]:
        """What is not written yet."""
        return self._owed

    def _write_owed(self) -> None:
        """Write the lines, unless something comes in between."""
        fate = self.world.fate_of_line(self._owed[0].key) if self._owed else None
        if fate == "full":
            raise OSError("there is no room")
        if fate == "before":
            raise Died
        if fate == "torn":
            with self.path.open("ab") as file:
                file.write(self._owed[0].line()[:40])
            raise Died
        super()._write_owed()
        if fate == "after":
            raise Died


def database_gone() -> OperationalError:
    """What SQLAlchemy says of a database that went away before a commit."""
    return OperationalError("COMMIT", {}, Exception("the line to the database broke"))
