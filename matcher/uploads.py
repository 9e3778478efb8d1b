"""A release report on its way in: held for a person to look at, then taken or let go.

Between looking and taking, the file lies as text in a row of its uploader,
packed; so whoever serves the next page finds it, a backup is no surprise, and
the audit knows of it. It is dropped when the report is taken, when the next
one comes, or after a while. Verbs: they never commit and never read the clock.
"""

from __future__ import annotations

import zlib
from base64 import b85decode, b85encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Text, type_coerce
from sqlmodel import Session, select

from matcher.core.words import day_in_words, name_in_words
from matcher.files.date_order import DateOrder
from matcher.files.refusals import ChoiceNeeded
from matcher.files.report_columns import fields_of
from matcher.intake import take_report
from matcher.report_taken import Listed, ReportTaken
from models.accounts import Account
from models.council_words import Draft
from models.vocabulary import Word

HELD_FOR = timedelta(hours=1)
"""How long a file is held for its uploader to confirm; what came of it is kept as long."""

FIRST_FEW = 5
MOST_NAMED = 100
"""How many people or bad cells a page names; the file that is given back has all bad rows."""


@dataclass(frozen=True)
class Person:
    """One person of a report in words: name, number, release date, and what is new about it.

    `why` says from which day the date was moved and by which rule; empty where it was not.
    """

    name: str
    number: str
    day: str
    note: str
    why: str


@dataclass(frozen=True)
class Answer:
    """What is in a report, in words and lists that JSON can hold.

    `columns` pairs each column of the file with what it is taken for, empty
    for one that is not read. `people` are listed by what becomes of them.
    """

    summary: tuple[str, ...]
    notes: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    first: tuple[Person, ...]
    people: Mapping[str, tuple[Person, ...]]
    bad: tuple[str, ...]
    bad_rows: int


LISTS = {
    "new": "New",
    "changed": "Another date or prison than before",
    "gone": "In this report before and not now",
    "referred": "Put forward already: report a change on their own page",
    "already_released": "Released already, not taken",
    "undated": "Without a release date, not taken",
    "elsewhere": "In another prison, not taken",
    "same": "As before",
}
"""The lists of a `ReportTaken` and how each is called on a page, in the order of the page."""


def is_upload() -> ColumnElement[bool]:
    """Return the condition that a draft holds an upload and no form."""
    return type_coerce(Draft.answers, Text).startswith('{"upload"')


def hold(db: Session, account: Account, content: bytes, *, now: datetime, **kept: Any) -> Draft:
    """Hold a file for its uploader; an earlier one of theirs is let go."""
    forget(db, account)
    draft = Draft(account_id=account.id, created_at=now, changed_at=now)
    draft.answers = {"upload": {"content": _packed(content), "told": {}, **kept}}
    db.add(draft)
    db.flush()
    return draft


def keep(draft: Draft, *, now: datetime, **kept: Any) -> None:
    """Keep something beside a held file: what its uploader told, or what is in it."""
    draft.answers = {"upload": {**draft.answers["upload"], **kept}}
    draft.changed_at = now


def finish(draft: Draft, taken: ReportTaken, *, now: datetime) -> None:
    """Let the file go and keep what came of it, with the rows to mend."""
    back = taken.given_back()
    result = {"result": shown(taken), "mend": _packed(back) if back else ""}
    draft.answers, draft.changed_at = {"upload": result}, now


def held(draft: Draft) -> Mapping[str, Any]:
    """Return what is held: content, what was told, and what a page shows of it."""
    found: Mapping[str, Any] = draft.answers["upload"]
    return found


def is_too_old(draft: Draft, now: datetime) -> bool:
    """Say whether a file was held for too long to go on with it."""
    return now - draft.changed_at > HELD_FOR


def take(
    db: Session, content: bytes, told: Mapping[str, Any], account: Account, *, now: datetime
) -> ReportTaken:
    """Take a report in for its uploader's own prison; to only look at it, roll back after.

    Raises IntakeRefused, and ChoiceNeeded for what the uploader must tell.
    """
    prison = str(account.prison)
    order = told.get("date_order")
    return take_report(
        db,
        content,
        now=now,
        by=account.id,
        prison=prison,
        within=frozenset({prison}),
        date_order=DateOrder(order) if order else None,
        sheet=told.get("sheet"),
    )


def question(asked: ChoiceNeeded) -> dict[str, Any]:
    """Return what a person must tell of a file: a sentence, which argument, and the choices."""
    choices = [(str(one), _choice(one)) for one in asked.choices]
    return {"sentence": str(asked), "argument": asked.argument, "choices": choices}


def shown(taken: ReportTaken) -> dict[str, Any]:
    """Return what a page shows of a report, in a form that JSON can hold."""
    return asdict(in_words(taken))


def in_words(taken: ReportTaken) -> Answer:
    """Return what became of a report in words, with a few people by name."""
    lists = {name: getattr(taken, name) for name in LISTS}
    everyone = [*taken.new, *taken.changed, *taken.same, *taken.referred]
    bad = [str(cell) for row in taken.bad for cell in row.problems]
    return Answer(
        summary=tuple(taken.summary()),
        notes=taken.notes,
        columns=tuple(_columns(taken.header).items()),
        first=tuple(map(_person, everyone[:FIRST_FEW])),
        people={name: tuple(map(_person, who[:MOST_NAMED])) for name, who in lists.items() if who},
        bad=tuple(bad[:MOST_NAMED]),
        bad_rows=len(taken.bad),
    )


def content_of(draft: Draft) -> bytes:
    """Return the file as it was uploaded."""
    return _unpacked(held(draft)["content"])


def rows_to_mend(draft: Draft) -> bytes | None:
    """Return the bad rows of a report that was taken as a file, if there are any."""
    packed = held(draft).get("mend")
    return _unpacked(packed) if packed else None


def forget(db: Session, account: Account) -> None:
    """Let go of every file that this account uploaded."""
    for draft in db.exec(select(Draft).where(Draft.account_id == account.id, is_upload())):
        db.delete(draft)


def forget_old(db: Session, *, now: datetime) -> int:
    """Let go of every file held for too long, whoever uploaded it; return how many."""
    old = [one for one in db.exec(select(Draft).where(is_upload())) if is_too_old(one, now)]
    for draft in old:
        db.delete(draft)
    return len(old)


def _columns(header: tuple[str, ...]) -> dict[str, str]:
    meaning = {place: word.label for word, places in fields_of(header).items() for place in places}
    return {name: meaning.get(place, "") for place, name in enumerate(header) if name}


def _person(one: Listed) -> Person:
    name = " ".join(name_in_words(one.first_name, one.surname)).strip()
    return Person(
        name=name or one.prison_number,
        number=one.prison_number,
        day=day_in_words(one.day) if one.day else "",
        note=_what_is_new(one),
        why=one.why if one.is_moved else "",
    )


def _what_is_new(one: Listed) -> str:
    if one.was is None:
        return "New"
    if one.was != one.day:
        return f"It was {day_in_words(one.was)} before."
    return f"It was in {one.was_in} before." if one.was_in != one.prison else "As before"


def _choice(one: str | Word) -> str:
    """Return how a choice reads by itself; the name of a sheet stays as it is."""
    return one.label[:1].upper() + one.label[1:] if isinstance(one, Word) else one


def _packed(content: bytes) -> str:
    return b85encode(zlib.compress(content)).decode()


def _unpacked(packed: str) -> bytes:
    return zlib.decompress(b85decode(packed))
