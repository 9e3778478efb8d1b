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
from sqlmodel import Session, col, select

from matcher.core.words import day_in_words, lower_first, name_in_words
from matcher.desks.liaison_start import standings
from matcher.files.date_order import DateOrder
from matcher.files.refusals import ChoiceNeeded
from matcher.files.report_columns import fields_of
from matcher.former import has_number, indexes_of
from matcher.intake import ReportReading, reading_of, take_reading
from matcher.report_taken import Listed, ReportTaken
from models.access import expected_leavers_seen_by, leavers_seen_by
from models.accounts import Account
from models.council_words import Draft
from models.people import Leaver
from models.releases import ExpectedLeaver
from models.rows import Row
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

NEXT_STEPS = {
    "new": "Next: see who of them would like a mentor, and put them forward.",
    "changed": "Nothing to do: we keep the new date. Tell them, if they do not know it yet.",
    "gone": "Next: find out if they left, moved or are away. "
    "Who was put forward has a page: tell us there. The others leave your list by themselves.",
    "referred": "Next: open each one on “Who leaves next” and tell us the new date there. "
    "You see what moves before it does.",
    "undated": "Next: ask for their date. The next report can bring it.",
    "elsewhere": "Nothing to do: their own prison tells us of them.",
}
"""What a liaison does next about those of a list; where there is nothing to say, nothing."""


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


def finish(draft: Draft, taken: ReportTaken, said: Mapping[str, Any], *, now: datetime) -> None:
    """Let the file go and keep what came of it, `said` as `shown` does, with the rows to mend."""
    back = taken.given_back()
    result = {"result": said, "mend": _packed(back) if back else ""}
    draft.answers, draft.changed_at = {"upload": result}, now


def held(draft: Draft) -> Mapping[str, Any]:
    """Return what is held: content, what was told, and what a page shows of it."""
    found: Mapping[str, Any] = draft.answers["upload"]
    return found


def is_too_old(draft: Draft, now: datetime) -> bool:
    """Say whether a file was held for too long to go on with it."""
    return now - draft.changed_at > HELD_FOR


def read(
    content: bytes, told: Mapping[str, Any], account: Account, *, now: datetime
) -> ReportReading:
    """Return what a report of the uploader's own prison says.

    A large workbook takes seconds: read it while no session holds anything.
    Raises IntakeRefused, and ChoiceNeeded for what the uploader must tell.
    """
    order = told.get("date_order")
    return reading_of(
        content,
        now=now,
        prison=str(account.prison),
        date_order=DateOrder(order) if order else None,
        sheet=told.get("sheet"),
    )


def take(
    db: Session,
    reading: ReportReading,
    account: Account,
    *,
    now: datetime,
    only_looks: bool = False,
) -> ReportTaken:
    """Take a report in for its uploader's own prison, or only say what would become of it."""
    within = frozenset({str(account.prison)})
    return take_reading(db, reading, now=now, by=account.id, within=within, only_looks=only_looks)


def question(asked: ChoiceNeeded) -> dict[str, Any]:
    """Return what a person must tell of a file: a sentence, which argument, and the choices."""
    choices = [(str(one), _choice(one)) for one in asked.choices]
    return {"sentence": str(asked), "argument": asked.argument, "choices": choices}


def shown(db: Session, taken: ReportTaken, account: Account, *, now: datetime) -> dict[str, Any]:
    """Return what a page shows its uploader of a report, in a form that JSON can hold."""
    codes = [one.code for one in taken.referred[:MOST_NAMED]]
    return asdict(_in_words(taken, standings(db, account, codes, now)))


def _in_words(taken: ReportTaken, standing: Mapping[str, str]) -> Answer:
    """Return what became of a report in words, with a few people by name.

    `standing` says by code how it stands with those who have been put forward.
    """
    lists = {name: getattr(taken, name) for name in LISTS}

    def person(one: Listed) -> Person:
        return _person(one, standing.get(one.code, ""))

    everyone = [*taken.new, *taken.changed, *taken.same, *taken.referred]
    bad = [str(cell) for row in taken.bad for cell in row.problems]
    return Answer(
        summary=tuple(taken.summary()),
        notes=taken.notes,
        columns=tuple(_columns(taken.header).items()),
        first=tuple(map(person, everyone[:FIRST_FEW])),
        people={name: tuple(map(person, who[:MOST_NAMED])) for name, who in lists.items() if who},
        bad=tuple(bad[:MOST_NAMED]),
        bad_rows=len(taken.bad),
    )


def on_file(db: Session, account: Account, seen: Mapping[str, Any], now: datetime) -> list[Row]:
    """Return the rows of those whom a page about a report names and who are on file here."""
    numbers = {person["number"] for who in seen["people"].values() for person in who}
    expected = expected_leavers_seen_by(account)
    leavers = leavers_seen_by(account, now)
    return [
        *db.exec(expected.where(col(ExpectedLeaver.prison_number_index).in_(indexes_of(numbers)))),
        *db.exec(leavers.where(has_number(Leaver, *numbers))),
    ]


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
    """Let go of what is held for too long; return how many files nobody had confirmed."""
    old = [one for one in db.exec(select(Draft).where(is_upload())) if is_too_old(one, now)]
    for draft in old:
        db.delete(draft)
    return sum("content" in held(draft) for draft in old)


def _columns(header: tuple[str, ...]) -> dict[str, str]:
    meaning = {place: word.label for word, places in fields_of(header).items() for place in places}
    return {name: meaning.get(place, "") for place, name in enumerate(header) if name}


def _person(one: Listed, standing: str) -> Person:
    name = " ".join(name_in_words(one.first_name, one.surname)).strip()
    return Person(
        name=name or one.prison_number,
        number=one.prison_number,
        day=day_in_words(one.day) if one.day else "",
        note=_put_forward(one, standing) if one.code else _what_is_new(one),
        why=one.why if one.is_moved else "",
    )


def _put_forward(one: Listed, standing: str) -> str:
    """Return that someone has been put forward, how it stands, and a date on file that differs."""
    stands = f": {lower_first(standing)}" if standing else ""
    day = day_in_words(one.was) if one.was else "not known"
    differs = f" The day on file is {day}." if one.was != one.day else ""
    return f"Put forward already, code {one.code}{stands}.{differs}"


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
