"""What is on file about the people in a release report, and how the report changes it.

Every date given is kept with its source; which one counts is decided by
`core.release_dates` over the latest of each kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID, uuid4

from sqlalchemy import true
from sqlmodel import Session, col, select

from matcher.core.release_dates import EffectiveRelease, Sentence, effective_release
from matcher.core.working_days import official_calendar
from matcher.files.release_reports import ReportReading
from matcher.files.report_rows import ReportedLeaver
from matcher.former import by_former_number, indexes_of
from models.people import Leaver
from models.release_words import DateKind
from models.releases import ExpectedFacts, ExpectedLeaver, ReleaseDate
from models.rows import newest
from models.sealing import is_blank

AT_ONCE = 5_000
"""How many people one query asks for; a database takes so many values and no more."""

Dates = dict[DateKind, ReleaseDate]
Changes = Mapping[DateKind, date | None]
"""Dates that a report adds or moves, by kind; None takes a date away."""

Item = TypeVar("Item")


class ExpectedOnFile:
    """The expected leavers whom a report may change.

    `expected` and `referred` are by prison number: who has been in a report
    before, and who has been put forward already. `within` are the codes of the
    prisons that whoever uploads may know of. Whoever is put forward at another
    one reads exactly like someone nobody knows; whoever another one expects is
    in `expected_elsewhere`, and nothing is told of them. One that `only_looks`
    says what would become of a report and writes nothing.
    """

    def __init__(
        self,
        db: Session,
        reading: ReportReading,
        *,
        now: datetime,
        by: UUID | None,
        within: frozenset[str] | None = None,
        only_looks: bool = False,
    ) -> None:
        """Read what is on file about the people in the report, with a few queries."""
        self.db = db
        self.reading = reading
        self.now = now
        self.by = by
        numbers = [person.prison_number for person in reading.people]
        self.within = within
        self.only_looks = only_looks
        self.referred = _leavers_by_number(db, numbers, within)
        self.expected, self.expected_elsewhere = _parted(_expected_by_number(db, numbers), within)
        self.dates = _standing_dates(db, [row.id for row in self.expected.values()])
        self.seen: list[ExpectedLeaver] = []
        self.given: list[ReleaseDate] = []

    def release(self, person: ReportedLeaver, row: ExpectedLeaver | None) -> EffectiveRelease:
        """Return the effective release date by all that is on file with this report."""
        latest: dict[DateKind, date | None] = dict(person.given)
        if row:
            standing = {kind: given.day for kind, given in self.dates[row.id].items()}
            latest = {**standing, **latest, **self._changes(person, row)}
        given = {kind: day for kind, day in latest.items() if day}
        return effective_release(given, _sentence(person, row), official_calendar())

    def add(self, person: ReportedLeaver, day: date) -> None:
        """Add someone not seen before, leaving on `day`.

        Whoever another prison expected has come here: that row goes, with its dates.
        """
        if self.only_looks:
            return
        if before := self.expected_elsewhere.get(person.prison_number):
            self.db.delete(before)
            self.db.flush()
        facts = ExpectedFacts(
            prison_number=person.prison_number,
            first_name=person.first_name,
            surname=person.surname,
            birth_date=person.birth_date,
            prison=person.prison,
            release_date=day,
            sentenced_on=person.sentence.sentenced_on,
        )
        row = ExpectedLeaver(
            **dict(facts),
            id=uuid4(),
            recorded_at=self.now,
            recorded_by=self.by,
            last_seen_at=self.now,
        )
        self.db.add(row)
        self._keep_dates(row, person.given)

    def keep(self, person: ReportedLeaver, row: ExpectedLeaver, day: date | None) -> None:
        """Bring a row up to the report; what was blank is filled, no name is overwritten."""
        if self.only_looks:
            return
        self.seen.append(row)
        self._keep_dates(row, self._changes(person, row))
        row.release_date = day or row.release_date
        row.prison = person.prison
        for name in ("first_name", "surname", "birth_date"):
            if is_blank(row, name):
                setattr(row, name, getattr(person, name))
        row.sentenced_on = person.sentence.sentenced_on or row.sentenced_on

    def gone(self, today: date) -> Sequence[ExpectedLeaver]:
        """Return who was in this report before, of the same prisons, and is not in it now.

        A file of mended rows says nothing of anybody else.
        """
        if self.reading.given_back:
            return []
        prisons = {person.prison for person in self.reading.people}
        if self.within is not None:
            prisons &= self.within
        ahead = select(ExpectedLeaver, ReleaseDate).where(
            col(ExpectedLeaver.prison).in_(prisons),
            ExpectedLeaver.release_date >= today,
            ReleaseDate.expected_leaver_id == ExpectedLeaver.id,
        )
        named = set(indexes_of(self.reading.named))
        told_here = {
            row.id: row
            for row, given in self.db.exec(ahead)
            if row.prison_number_index not in named and given.source.startswith(self.reading.report)
        }
        return sorted(told_here.values(), key=lambda row: (row.release_date, row.prison_number))

    def finish(self, gone: Sequence[ExpectedLeaver], *, is_news: bool) -> None:
        """Keep the dates, and that the people of this report were seen after those gone.

        Where the rows say so already, nothing is written: the same file twice
        changes nothing.
        """
        if self.only_looks:
            return
        first = min((row.last_seen_at for row in self.seen), default=self.now)
        if is_news or any(row.last_seen_at >= first for row in gone):
            for row in self.seen:
                row.last_seen_at = self.now
        self.db.flush()
        self.db.add_all(self.given)
        self.db.flush()

    def _changes(self, person: ReportedLeaver, row: ExpectedLeaver) -> Changes:
        """Return what this report changes of the dates on file.

        A report takes away only a date that it gave itself: another one may
        know what this one does not say.
        """
        standing = self.dates[row.id]
        changes: dict[DateKind, date | None] = {
            kind: day
            for kind, day in person.given.items()
            if kind not in standing or standing[kind].day != day
        }
        for kind in person.absent & standing.keys():
            if standing[kind].day and standing[kind].source.startswith(self.reading.report):
                changes[kind] = None
        return changes

    def _keep_dates(self, row: ExpectedLeaver, changes: Changes) -> None:
        for kind, day in changes.items():
            given = ReleaseDate(
                id=uuid4(),  # told, since working out a default takes SQLModel longer than the rest
                expected_leaver_id=row.id,
                kind=kind,
                day=day,
                source=f'{self.reading.report}, column "{self.reading.columns[kind][:60]}"',
                recorded_at=self.now,
                recorded_by=self.by,
            )
            self.given.append(given)


def _sentence(person: ReportedLeaver, row: ExpectedLeaver | None) -> Sentence:
    if row is None:
        return person.sentence
    return Sentence(
        kind=row.sentence_kind,
        sentenced_on=person.sentence.sentenced_on or row.sentenced_on,
        recalled_on=row.recalled_on,
        scheme_reversed=row.scheme_reversed,
    )


def _expected_by_number(db: Session, numbers: Sequence[str]) -> dict[str, ExpectedLeaver]:
    queries = (
        select(ExpectedLeaver).where(col(ExpectedLeaver.prison_number_index).in_(indexes_of(part)))
        for part in _parts(numbers)
    )
    return {row.prison_number: row for query in queries for row in db.exec(query)}


def _leavers_by_number(
    db: Session, numbers: Sequence[str], within: frozenset[str] | None
) -> dict[str, Leaver]:
    """Return leavers of these prisons by the numbers they have, or had in a record now theirs."""
    here = true() if within is None else col(Leaver.prison).in_(within)
    found: dict[str, Leaver] = {}
    for part in _parts(numbers):
        found |= by_former_number(db, Leaver, part, here)
    for part in _parts(numbers):
        known = select(Leaver).where(col(Leaver.prison_number_index).in_(indexes_of(part)), here)
        found |= {row.prison_number: row for row in db.exec(known)}
    return found


def _parted(
    rows: Mapping[str, ExpectedLeaver], within: frozenset[str] | None
) -> tuple[dict[str, ExpectedLeaver], dict[str, ExpectedLeaver]]:
    """Return the rows of the prisons one may know of, and those of all others."""
    here = {key: row for key, row in rows.items() if within is None or row.prison in within}
    return here, {key: row for key, row in rows.items() if key not in here}


def _standing_dates(db: Session, ids: Sequence[UUID]) -> Mapping[UUID, Dates]:
    """Return the date of each kind that stands for each expected leaver."""
    stands = newest(ReleaseDate, "expected_leaver_id", "kind")
    dates: defaultdict[UUID, Dates] = defaultdict(dict)
    for part in _parts(ids):
        for given in db.exec(stands.where(col(ReleaseDate.expected_leaver_id).in_(part))):
            if given.expected_leaver_id:
                dates[given.expected_leaver_id][given.kind] = given
    return dates


def _parts(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    return (items[start : start + AT_ONCE] for start in range(0, len(items), AT_ONCE))
