"""What comes in: release reports as expected leavers, and files of full leavers and mentors.

Verbs: they take the session and `now`, never commit and never read the
clock. Good rows go in and bad ones are handed back; nobody is ever deleted
here; the same file twice changes no row.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from matcher.core.release_dates import EffectiveRelease
from matcher.expected_leavers import ExpectedOnFile
from matcher.files.date_order import LONDON, DateOrder
from matcher.files.release_reports import ReportReading, read_report
from matcher.files.report_rows import ReportedLeaver
from matcher.people_intake import PeopleTaken, take_people
from matcher.report_taken import Listed, ReportTaken

__all__ = [
    "Listed",
    "PeopleTaken",
    "ReportReading",
    "ReportTaken",
    "reading_of",
    "take_people",
    "take_reading",
    "take_report",
]


def take_report(
    db: Session,
    content: bytes,
    *,
    now: datetime,
    by: UUID | None = None,
    prison: str | None = None,
    within: frozenset[str] | None = None,
    date_order: DateOrder | None = None,
    sheet: str | None = None,
) -> ReportTaken:
    """Take a release report in; raises IntakeRefused, and then nothing has changed.

    `by` is the account that uploads. `prison` is the code of the prison that
    a report without such a column is about. `within` are the codes of the
    prisons that may be added to; None means all. ChoiceNeeded says which of
    `date_order` and `sheet` a person must tell.
    """
    reading = reading_of(content, now=now, prison=prison, date_order=date_order, sheet=sheet)
    return take_reading(db, reading, now=now, by=by, within=within)


def reading_of(
    content: bytes,
    *,
    now: datetime,
    prison: str | None = None,
    date_order: DateOrder | None = None,
    sheet: str | None = None,
) -> ReportReading:
    """Return what a release report says, for `take_reading`; it may take seconds, and no session.

    Raises as `take_report` does.
    """
    today = now.astimezone(LONDON).date()
    return read_report(content, today=today, prison=prison, date_order=date_order, sheet=sheet)


def take_reading(
    db: Session,
    reading: ReportReading,
    *,
    now: datetime,
    by: UUID | None = None,
    within: frozenset[str] | None = None,
    only_looks: bool = False,
) -> ReportTaken:
    """Take in a release report that has been read, or only say what would become of it."""
    today = now.astimezone(LONDON).date()
    taken = ReportTaken(reading.bad, reading.header, reading.order, reading.notes)
    on_file = ExpectedOnFile(db, reading, now=now, by=by, within=within, only_looks=only_looks)
    for person in reading.people:
        if within is not None and person.prison not in within:
            taken.elsewhere.append(_listed(person, None))
        else:
            _take(person, on_file, today, taken)
    gone = on_file.gone(today)
    taken.gone += [
        Listed(row.prison_number, row.first_name, row.surname, row.prison, row.release_date)
        for row in gone
    ]
    on_file.finish(gone, is_news=not taken.nothing_new)
    return taken


def _take(person: ReportedLeaver, on_file: ExpectedOnFile, today: date, taken: ReportTaken) -> None:
    """Take one person in, and list them where they belong."""
    if leaver := on_file.referred.get(person.prison_number):
        release = on_file.release(person, None)
        listed = _listed(person, release, leaver.release_date, leaver.prison)
        taken.referred.append(replace(listed, code=leaver.code))
        return
    row = on_file.expected.get(person.prison_number)
    was, was_in = (row.release_date, row.prison) if row else (None, None)
    release = on_file.release(person, row)
    day, listed = release.day, _listed(person, release, was, was_in)
    if row:
        on_file.keep(person, row, day)
    elif day and day >= today:
        on_file.add(person, day)
    if day is None:
        taken.undated.append(listed)
    elif day < today:
        taken.already_released.append(listed)
    elif row is None:
        taken.new.append(listed)
    else:
        moved = (was, was_in) != (day, person.prison)
        (taken.changed if moved else taken.same).append(listed)


def _listed(
    person: ReportedLeaver,
    release: EffectiveRelease | None,
    was: date | None = None,
    was_in: str | None = None,
) -> Listed:
    return Listed(
        person.prison_number,
        person.first_name,
        person.surname,
        person.prison,
        release.day if release else None,
        was=was,
        was_in=was_in,
        why=release.why if release else "",
        is_moved=bool(release and release.moves),
    )
