"""Every row about one person, in every table: what they may see, and what goes when they go.

Found by the names of columns, so that a new table is not forgotten: a test
asks of each that it is here or in NOT_OF_PEOPLE.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, select

from matcher.told_of import tells_of
from models.accounts import Unsent
from models.council_words import Draft, PersonToAvoid
from models.people import Leaver, Mentor
from models.person_keys import name_key, names_themselves
from models.releases import ExpectedLeaver
from models.restrictions import Link
from models.row_seals import id_of, kinds
from models.tables import METADATA

Person = Leaver | Mentor
Rows = dict[str, list[Any]]

ENDS: Mapping[str, str] = {
    "leaver_id": "leaver",
    "one_leaver_id": "leaver",
    "other_leaver_id": "leaver",
    "mentor_id": "mentor",
    "one_mentor_id": "mentor",
    "other_mentor_id": "mentor",
    "pair_id": "pair",
    "meeting_id": "meeting",
    "letter_id": "letter",
    "person_id": "person_to_avoid",
    "account_id": "account",
    "expected_leaver_id": "expected_leaver",
    "expense_id": "expense",
}
"""Columns that say whom a row is about, or which row it is a part of, and the table of that."""

ABOUT = "about"
"""The page of a form on which is said who is put forward."""

NOT_OF_PEOPLE = frozenset(
    {
        *("audit_cut", "audit_entry", "row_seal", "tombstone"),
        *("channel_state", "clock_health", "demo_clock", "job_run", "plan_request"),
        *("plan_run", "post_hold", "forum_date"),
        *("district", "prison", "region", "gang_tag", "opposed_gangs"),
        *("pair_count", "retention_period", "rate_limit"),
    }
)
"""Tables that tell of nobody, or that outlive a person: the audit, and stones in their place."""


def belongings(db: Session, person: Person, *, mentions: bool = True) -> Rows:
    """Return every row about a person, by table; theirs first, then what hangs on it.

    Also what no reference leads to: the line of a report, a form begun about
    them. `mentions` are rows of others that only name them: links by a number
    or a name, whom somebody must not meet, forms begun, files held.
    """
    noun = str(person.__tablename__)
    found: Rows = {noun: [person]}
    ids: dict[str, set[UUID]] = {noun: {person.id}}
    if isinstance(person, Leaver):
        found["expected_leaver"] = _expected(db, person)
        ids["expected_leaver"] = {row.id for row in found["expected_leaver"]}
    for table in METADATA.sorted_tables:
        if table.name in NOT_OF_PEOPLE or table.name in (noun, "leaver", "mentor"):
            continue
        rows = _rows_of(db, table, ids)
        known = {id_of(row) for row in rows}
        extra = _mentioning(db, table.name, person) if mentions else _begun(db, table.name, person)
        rows += (one for one in extra if id_of(one) not in known)
        if rows or table.name in found:
            found.setdefault(table.name, []).extend(rows)
        if "id" in table.c:
            ids.setdefault(table.name, set()).update(row.id for row in rows)
    return {name: rows for name, rows in found.items() if rows}


def _rows_of(db: Session, table: Any, ids: Mapping[str, set[UUID]]) -> list[Any]:
    kind = kinds()[table.name]
    about = [
        getattr(kind, name).in_(ids[ENDS[name]])
        for name in (column.name for column in table.columns)
        if ids.get(ENDS.get(name, ""))
    ]
    return list(db.exec(select(kind).where(or_(*about))).all()) if about else []


def _expected(db: Session, leaver: Leaver) -> list[Any]:
    """Return the lines of reports about a leaver: a number is compared once it is opened."""
    numbers = {leaver.prison_number, *leaver.former_keys}
    return [row for row in db.exec(select(ExpectedLeaver)) if row.prison_number in numbers]


def _mentioning(db: Session, noun: str, person: Person) -> Iterator[Any]:
    """Yield the rows of a table that tell of someone by a number or a name."""
    if noun == "link":
        yield from (link for link in db.exec(select(Link)) if names(link, person))
    elif noun == "person_to_avoid":
        yield from (one for one in db.exec(select(PersonToAvoid)) if _is_avoided(one, person))
    elif noun == "draft":
        yield from (one for one in db.exec(select(Draft)) if tells_of(one.answers, person))
    elif noun == "unsent":
        yield from (one for one in db.exec(select(Unsent)) if tells_of(_sent(one), person))


def _sent(unsent: Unsent) -> list[Any]:
    values = [value for _, value in unsent.fields]
    return [unsent.sent_to, dict(unsent.fields), values]


def _begun(db: Session, noun: str, person: Person) -> Iterator[Any]:
    """Yield the forms begun in which someone is the one who is put forward."""
    if noun == "draft":
        drafts = db.exec(select(Draft))
        yield from (one for one in drafts if tells_of(one.answers.get(ABOUT, {}), person))


def _is_avoided(told: PersonToAvoid, person: Person) -> bool:
    """Say whether someone is whom another must not meet; a name without a birth date is nobody's.

    What they said of themselves is theirs by reference.
    """
    if told.leaver_id == person.id:
        return False
    return names_themselves(person, frozenset(keys_said_in(told)))


def names(link: Link, person: Person) -> bool:
    """Say whether a link names someone by a number or a name."""
    return names_themselves(person, frozenset(keys_said_in(link)))


def keys_said_in(row: Link | PersonToAvoid) -> list[str]:
    """Return the keys by which a link, or whom someone must not meet, names people."""
    if isinstance(row, Link):
        return [key for end in ("one", "other") for key in named_at(row, end)]
    return [name_key("", row.name, row.birth_date)] if row.birth_date else []


def named_at(link: Link, end: str) -> Iterator[str]:
    """Yield the keys by which one end of a link ("one" or "other") names someone."""
    number = getattr(link, f"{end}_prison_number")
    first_name, surname = getattr(link, f"{end}_first_name"), getattr(link, f"{end}_surname")
    if number:
        yield number
    if surname:
        yield name_key(first_name, surname, getattr(link, f"{end}_birth_date"))


def others_in(found: Rows) -> frozenset[UUID]:
    """Return the ids of all people of whom rows tell by a reference."""
    whose = [one for one, noun in ENDS.items() if noun in ("leaver", "mentor")]
    told = (getattr(row, one, None) for _, row in all_rows(found) for one in whose)
    return frozenset(one for one in told if one)


def all_rows(found: Rows) -> Iterator[tuple[str, Any]]:
    """Yield every row with its table."""
    for noun, rows in found.items():
        for row in rows:
            yield noun, row
