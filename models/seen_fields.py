"""Who sees which field: a row for each column there is, and nobody where there is none.

A table of the database, and below it who may be shown which of its columns.
Everybody is shown only what is theirs to find (`access.py`): a peer what they
put forward, liaison their prison, a manager the region.

- offered, accepted: the mentor of a pair that is offered, or accepted
- own: the mentor that the row is about
- asked: a manager who asks for it by name, which is kept; masked until then
- opened: an administrator to whom two people have opened the record
- self: the person whose account it is
- nobody: no page shows it
"""

from collections.abc import Iterator, Mapping
from typing import Any

from models.seen_a_to_k import A_TO_K
from models.seen_l_to_z import L_TO_Z
from models.states import Role

READERS = frozenset(
    {"self", "offered", "accepted", "own", "asked", "opened", "nobody"}
    | {Role.PEER, Role.LIAISON, Role.MANAGER, Role.ADMINISTRATOR}
)


def _fields() -> Iterator[tuple[tuple[str, str], frozenset[str]]]:
    table = ""
    for line in (A_TO_K + L_TO_Z).strip().splitlines():
        if not line.startswith(" "):
            table = line
            continue
        who, columns = line.split(":")
        for column in columns.split():
            yield (table, column), frozenset(who.split()) - {"nobody"}


SEEN: Mapping[tuple[str, str], frozenset[str]] = dict(_fields())
"""The readers of each column, by table and column."""


def readers_of(table: str, column: str) -> frozenset[str]:
    """Return who may be shown a column; nobody where the table has no row for it."""
    return SEEN.get((table, column), frozenset())


def may_show(row: Any, column: str, role: Role, *, asked: bool = False) -> bool:
    """Say whether a page may show a field of a row to people of a role who may find the row.

    `asked` says that they asked for it by name, and that this is on the audit.
    """
    readers = readers_of(row.__tablename__, column)
    return role in readers or (asked and role is Role.MANAGER and "asked" in readers)
