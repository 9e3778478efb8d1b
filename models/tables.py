"""Every table of the database. Import this before a table is used: rows refer to one another."""

from sqlalchemy import inspect

from models import (
    accounts,
    areas,
    audit,
    audit_cuts,
    calendar_feeds,
    contacts,
    council_words,
    deputies,
    events,
    expenses,
    former,
    gate,
    meetings,
    needs,
    outbox,
    own_says,
    pairs,
    people,
    places,
    post,
    privacy,
    referrals,
    releases,
    restrictions,
    row_seals,
    runs,
    sign_ins,
    standbys,
    tasks,
    vetting,
    worries,
)
from models.rows import Row
from models.sealing import watch

__all__ = [
    "METADATA",
    "accounts",
    "areas",
    "audit",
    "audit_cuts",
    "calendar_feeds",
    "contacts",
    "council_words",
    "deputies",
    "events",
    "expenses",
    "former",
    "gate",
    "meetings",
    "needs",
    "outbox",
    "own_says",
    "pairs",
    "people",
    "places",
    "post",
    "privacy",
    "referrals",
    "releases",
    "restrictions",
    "row_seals",
    "runs",
    "sign_ins",
    "standbys",
    "tasks",
    "vetting",
    "worries",
]

METADATA = Row.metadata

# The rows of one flush are written in no particular order, so what they refer to is looked for
# when the transaction commits and not before.
for _table in METADATA.tables.values():
    for _reference in _table.foreign_key_constraints:
        _reference.deferrable, _reference.initially = True, "DEFERRED"

watch(one.class_ for one in inspect(people.Leaver).registry.mappers)
