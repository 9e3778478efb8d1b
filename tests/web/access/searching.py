"""The canary search as a table: for each kind of account, what was asked and what stood in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.web.access.judging import Judge
from tests.web.access.walking import Walk

HEAD = (
    "| Who asks | Pages | Answers searched | Of those opened | Canaries where allowed "
    "| Where not | Other wrongs |"
)
RULE = "|---|---|---|---|---|---|---|"


@dataclass
class Searched:
    """What one kind of account asked for, and what was found in the answers."""

    who: str
    pages: set[str] = field(default_factory=set)
    answers: int = 0
    opened: int = 0
    allowed: int = 0
    leaked: int = 0
    wrongs: list[str] = field(default_factory=list)

    @property
    def line(self) -> str:
        """Return its row of the table."""
        told = [self.who or "nobody signed in", len(self.pages), self.answers, self.opened]
        told += [self.allowed, self.leaked, len(self.wrongs) - self.leaked]
        cells = [f"{one:,}" if isinstance(one, int) else one for one in told]
        return f"| {' | '.join(cells)} |"


def everybody(walk: Walk) -> list[str]:
    """Return every kind of account that walks, and nobody signed in first."""
    return ["", *walk.cookies]


def search(walk: Walk, judge: Judge, who: str) -> Searched:
    """Ask for everything as one kind of account and search each answer."""
    found = Searched(who)
    for asked in walk.requests(who):
        answer = walk.ask(asked)
        wrongs = list(judge.wrongs(answer))
        leaks = sum(" tells " in one for one in wrongs)
        found.pages.add(asked.endpoint)
        found.answers += 1
        found.opened += answer.reached and answer.status < 400
        found.allowed += len(answer.canaries) - leaks
        found.leaked += leaks
        found.wrongs += wrongs
    return found


def table(rows: list[Searched]) -> Iterator[str]:
    """Yield the lines of the table, and their sum."""
    yield from (HEAD, RULE)
    yield from (one.line for one in rows)
    whole = Searched("all of them", set().union(*(one.pages for one in rows)))
    for one in rows:
        whole.answers += one.answers
        whole.opened += one.opened
        whole.allowed += one.allowed
        whole.leaked += one.leaked
        whole.wrongs += one.wrongs
    yield whole.line
