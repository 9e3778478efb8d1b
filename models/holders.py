"""Whose keys seal what a row says: the people it tells of, as a table.

To add a table with sealed columns, add a row. A test complains of a table
that is not here. Where a row tells of two people, both keys are needed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Uuid, column, select, table
from sqlalchemy.orm import Session

Ways = tuple[str, ...]

ITSELF: Ways = ("id",)
OF_PERSON: Ways = ("leaver_id", "mentor_id")
OF_LEAVER: Ways = ("leaver_id",)
OF_MENTOR: Ways = ("mentor_id",)
OF_ACCOUNT: Ways = ("account_id",)
OF_PAIR: Ways = ("pair_id",)
SERVICE_ONLY: Ways = ()
"""What tells of nobody is sealed with the key of the service, which is never destroyed."""

HOLDERS: Mapping[str, Ways] = {
    "leaver": ITSELF,
    "mentor": ITSELF,
    "expected_leaver": ITSELF,
    "account": ITSELF,
    "former_number": OF_PERSON,
    "contact": OF_PERSON,
    "practitioner": OF_LEAVER,
    "note": OF_LEAVER,
    "person_to_avoid": OF_LEAVER,
    "avoid_note": OF_LEAVER,
    "screening": OF_LEAVER,
    "mentor_assessment": OF_MENTOR,
    "mentor_licence": OF_MENTOR,
    "mentor_coach": OF_MENTOR,
    "load_said": OF_MENTOR,
    "expense": OF_MENTOR,
    "receipt": OF_MENTOR,
    "event": OF_PERSON,
    "release_date": ("leaver_id", "expected_leaver_id"),
    "link": ("one_leaver_id", "one_mentor_id", "other_leaver_id", "other_mentor_id"),
    "pair": OF_PERSON,
    "pair_history": OF_PAIR,
    "meeting": OF_PAIR,
    "gate_plan": OF_PAIR,
    "letter": (*OF_PERSON, *OF_PAIR),
    "task": (*OF_PERSON, *OF_PAIR),
    "worry": OF_PERSON,
    "draft": OF_ACCOUNT,
    "unsent": OF_ACCOUNT,
    "credential": OF_ACCOUNT,
    "second_factor": OF_ACCOUNT,
    "invitation": ITSELF,
    "break_glass": OF_PERSON,
    "legal_hold": OF_PERSON,
    "change_reason": OF_PERSON,
    "forum_date": SERVICE_ONLY,
    "gang_tag": SERVICE_ONLY,
    "plan_run": SERVICE_ONLY,
}
"""Which columns of a table name the people whose keys seal its values."""

ROW_IDS: Mapping[str, tuple[str, ...]] = {
    "pair_history": ("pair_id", "moved_at"),
    "credential": ("account_id",),
    "second_factor": ("account_id",),
    "gang_tag": ("code",),
}
"""What says which row it is, where that is not its `id` alone."""

INDEXES: Mapping[str, Mapping[str, str]] = {
    "leaver": {"prison_number": "prison_number"},
    "mentor": {"prison_number": "prison_number"},
    "expected_leaver": {"prison_number": "prison_number"},
    "former_number": {"prison_number": "prison_number"},
    "contact": {"phone": "phone", "email": "email"},
    "account": {"email": "email"},
    "credential": {"sign_in_name": "email"},
}
"""Which sealed columns of a table can be found by, and under which name they are alike.

The blind index of `prison_number` is kept in `prison_number_index`.
"""

_PAIR = table("pair", *(column(one, Uuid()) for one in ("id", "leaver_id", "mentor_id")))


class People(NamedTuple):
    """The two people of a pair."""

    leaver_id: UUID
    mentor_id: UUID


class PairsAtHand:
    """Who the people of pairs are; each pair is asked for once."""

    def __init__(self, connection: Connection, known: Mapping[UUID, People]) -> None:
        """Hold the transaction, and the pairs that are known, those not yet written included."""
        self._connection = connection
        self._known = dict(known)

    def people(self, pair_id: UUID) -> Collection[UUID]:
        """Return the leaver and the mentor of a pair; nobody for one that is not there."""
        if pair_id not in self._known:
            asked = select(_PAIR.c.leaver_id, _PAIR.c.mentor_id).where(_PAIR.c.id == pair_id)
            found = self._connection.execute(asked).first()
            if found is None:
                return ()
            self._known[pair_id] = People(*found)
        return self._known[pair_id]


def holders_of(noun: str, told: Any, pairs: PairsAtHand) -> Collection[UUID]:
    """Return whose keys seal the values of a row; `told` gives its columns by name."""
    people = list(_people(noun, told))
    pair_id = told("pair_id") if "pair_id" in HOLDERS[noun] else None
    if pair_id is not None and not people:
        people += pairs.people(pair_id)
    return sorted(set(people))


def row_id_of(noun: str, told: Any) -> str:
    """Return the text that says which row of its table it is."""
    names = ROW_IDS.get(noun)
    return "/".join(_said(told(name)) for name in names) if names else str(told("id"))


def pairs_in(session: Session) -> dict[UUID, People]:
    """Return the people of the pairs that a session holds, new ones included."""
    rows: Iterator[Any] = iter((*session.new, *session.dirty))
    return {
        row.id: People(row.leaver_id, row.mentor_id) for row in rows if row.__tablename__ == "pair"
    }


def _people(noun: str, told: Any) -> Iterator[UUID]:
    for name in HOLDERS[noun]:
        if name != "pair_id" and (person := told(name)) is not None:
            yield person


def _said(value: Any) -> str:

    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
