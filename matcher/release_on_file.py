"""The release dates on file for one leaver, and what a council adds to them.

Every date is kept with its source. Of each kind the newest stands, and
`core.release_dates` says which of them counts. A date that someone is put
forward with ends what stopped an earlier plan, as one told later does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.core.release_dates import EffectiveRelease, Sentence, effective_release
from matcher.core.words import day_in_words
from matcher.core.working_days import official_calendar
from matcher.former import indexes_of
from matcher.standings import standing_of, told_at, would_change
from models.council_words import Note
from models.events import Event
from models.people import Leaver, SentenceFacts
from models.release_words import DateKind
from models.releases import ExpectedLeaver, ReleaseDate
from models.rows import newest
from models.states import EventKind

FROM_THE_COUNCIL = "as told to the council"


def standing_dates(db: Session, leaver: Leaver) -> dict[DateKind, ReleaseDate]:
    """Return the date of each kind that stands for a leaver, those taken away included."""
    stands = newest(ReleaseDate, "leaver_id", "kind")
    rows = db.exec(stands.where(ReleaseDate.leaver_id == leaver.id))
    return {row.kind: row for row in rows}


def release_of(
    db: Session, leaver: Leaver, told: Mapping[DateKind, date | None] | None = None
) -> EffectiveRelease:
    """Return when a leaver leaves by all that is on file, with the reason.

    `told` are dates as they would stand instead; None takes one away.
    """
    stands = {kind: row.day for kind, row in standing_dates(db, leaver).items()}
    return release_by({**stands, **(told or {})}, leaver)


def release_by(dates: Mapping[DateKind, date | None], leaver: Leaver) -> EffectiveRelease:
    """Return when a leaver leaves if these dates stand, all of them; None is one taken away."""
    given = {kind: day for kind, day in dates.items() if day}
    sentence = Sentence(
        kind=leaver.sentence_kind,
        sentenced_on=leaver.sentenced_on,
        recalled_on=leaver.recalled_on,
        scheme_reversed=leaver.scheme_reversed,
    )
    return effective_release(given, sentence, official_calendar())


def expected_of(db: Session, leaver: Leaver) -> ExpectedLeaver | None:
    """Return who is expected under the number of this leaver in the same prison, if anyone."""
    same = select(ExpectedLeaver).where(
        col(ExpectedLeaver.prison_number_index).in_(
            indexes_of({leaver.prison_number, *leaver.former_keys})
        ),
        ExpectedLeaver.prison == leaver.prison,
    )
    return db.exec(same).first()


def is_same_person(expected: ExpectedLeaver, leaver: Leaver) -> bool:
    """Say whether the birth dates agree; a report that names none does not disagree."""
    return expected.birth_date in (None, leaver.birth_date)


def settle_dates(
    db: Session,
    leaver: Leaver,
    told: date | None,
    *,
    anew: bool = False,
    by: UUID | None,
    now: datetime,
) -> None:
    """Bring a leaver's dates together with the one told, and work out which one counts.

    Of someone put forward `anew` the date that counts is news, though it was known before.
    """
    db.flush()
    was = leaver.release_date
    adopt_expected(db, leaver)
    keep_told_date(db, leaver, told, by=by, now=now)
    leaver.release_date = release_of(db, leaver).day or was
    db.flush()
    if anew or leaver.release_date != was:
        let_go_on(db, leaver, by=by, now=now)


def let_go_on(db: Session, leaver: Leaver, *, by: UUID | None, now: datetime) -> None:
    """Keep the date that someone is put forward with as told, if it ends what stops their plan."""
    day = leaver.release_date
    if day is None or not standing_of(db, leaver).frozen:
        return
    facts = {"given": day.isoformat(), "from": None, "to": day.isoformat()}
    event = Event(
        key=f"date_of_referral:{leaver.id}:{now.isoformat()}",
        kind=EventKind.DATE_MOVED,
        leaver_id=leaver.id,
        facts=facts | {"kind": DateKind.RELEASE_AS_REPORTED.value},
        happened_at=now,
        applied_at=now,
        recorded_at=told_at(db, now, leaver_id=leaver.id),
        recorded_by=by,
    )
    if would_change(db, leaver, event):
        db.add(event)
        db.flush()


def adopt_expected(db: Session, leaver: Leaver) -> None:
    """Hand the dates and sentence of an expected leaver to the leaver they have become."""
    expected = expected_of(db, leaver)
    if expected is None or not is_same_person(expected, leaver):
        return
    given = select(ReleaseDate).where(ReleaseDate.expected_leaver_id == expected.id)
    for row in db.exec(given.order_by(col(ReleaseDate.recorded_at))):
        row.leaver_id, row.expected_leaver_id = leaver.id, None
    for name in SentenceFacts.model_fields:
        setattr(leaver, name, getattr(expected, name))
    db.flush()
    db.delete(expected)
    db.flush()


def keep_told_date(
    db: Session, leaver: Leaver, day: date | None, *, by: UUID | None, now: datetime
) -> None:
    """Keep the date that the person gave; a prison's own date comes before it.

    Where a report has given a date of the same kind, theirs is kept as a note.
    """
    if day is None or day == leaver.release_date:
        return
    stands = standing_dates(db, leaver).get(DateKind.RELEASE_AS_REPORTED)
    recorded: dict[str, Any] = {"leaver_id": leaver.id, "recorded_at": now, "recorded_by": by}
    if stands and stands.day and stands.source != FROM_THE_COUNCIL:
        db.add(Note(text=f"They say that they leave on {day_in_words(day)}.", **recorded))
    elif stands and stands.recorded_at == now:
        stands.day = day
    else:
        kind = DateKind.RELEASE_AS_REPORTED
        db.add(ReleaseDate(kind=kind, day=day, source=FROM_THE_COUNCIL, **recorded))
    db.flush()


def set_past_dates_aside(
    db: Session, leaver: Leaver, today: date, *, by: UUID | None, now: datetime
) -> None:
    """Let the dates of an earlier stay in prison count no longer; they stay on file."""
    recorded: dict[str, Any] = {"leaver_id": leaver.id, "recorded_at": now, "recorded_by": by}
    for kind, given in standing_dates(db, leaver).items():
        if given.day and given.day < today:
            db.add(ReleaseDate(kind=kind, day=None, source=FROM_THE_COUNCIL, **recorded))
    if leaver.release_date and leaver.release_date < today:
        leaver.release_date = None
    db.flush()
