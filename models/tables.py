"""Every table of the database. Import this before a table is used: rows refer to one another."""

from models import (
    accounts,
    areas,
    audit,
    contacts,
    council_words,
    events,
    former,
    gate,
    meetings,
    outbox,
    pairs,
    people,
    places,
    post,
    referrals,
    releases,
    restrictions,
    runs,
    standbys,
    tasks,
    vetting,
)
from models.rows import Row

__all__ = [
    "METADATA",
    "accounts",
    "areas",
    "audit",
    "contacts",
    "council_words",
    "events",
    "former",
    "gate",
    "meetings",
    "outbox",
    "pairs",
    "people",
    "places",
    "post",
    "referrals",
    "releases",
    "restrictions",
    "runs",
    "standbys",
    "tasks",
    "vetting",
]

METADATA = Row.metadata

# The rows of one flush are written in no particular order, so what they refer to is looked for
# when the transaction commits and not before.
for _table in METADATA.tables.values():
    for _reference in _table.foreign_key_constraints:
        _reference.deferrable, _reference.initially = True, "DEFERRED"
