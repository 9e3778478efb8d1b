"""Files of full leavers and mentors into the database: each fact where it belongs.

Who is new is added; of who is known only what differs is written, so the
same file twice changes no row. To a history a new row is added, never an old
one changed. Restrictions (links, zones, curfews, opposed tags) and clearances
are only ever added: taking one away is a manager's act, not a file's.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from matcher.files.mending import BadRow, write_given_back
from matcher.files.people_files import PeopleReading, Person
from matcher.leaver_rows import LeaverRows
from matcher.mentor_rows import MentorRows
from matcher.people_checks import Obstacle, leaver_obstacles, mentor_obstacles, unknown_people
from matcher.people_on_file import PeopleOnFile
from matcher.restriction_rows import RestrictionRows
from matcher.writing import Writing
from models.profiles import LeaverInFile, MentorProfile

Stopped = dict[str, tuple[Obstacle, ...]]
"""What keeps people out, by their codes."""

NO_LEAVERS: PeopleReading[LeaverInFile] = PeopleReading((), (), (), {})
NO_MENTORS: PeopleReading[MentorProfile] = PeopleReading((), (), (), {})


@dataclass
class PeopleTaken:
    """What became of a file of people: codes, and the rows that stay out."""

    header: tuple[str, ...] = ()
    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)

    @property
    def nothing_new(self) -> bool:
        """Whether the file told us nothing we did not know."""
        return not (self.new or self.changed)

    def given_back(self) -> bytes | None:
        """Return the bad rows as a CSV file to mend and import again; None if all were good."""
        return write_given_back(self.header, self.bad) if self.bad else None


def take_people(
    db: Session,
    *,
    leavers: PeopleReading[LeaverInFile] = NO_LEAVERS,
    mentors: PeopleReading[MentorProfile] = NO_MENTORS,
    now: datetime,
    by: UUID | None = None,
) -> tuple[PeopleTaken, PeopleTaken]:
    """Take leavers and mentors in, together or apart; return what became of each file.

    Together they may name one another. `by` is the account that imports.
    """
    on_file = PeopleOnFile(db)
    before = set(on_file.leavers), set(on_file.mentors)
    coming = _Coming(leavers, mentors, on_file)
    writing = Writing(db, now=now, by=by)
    _write(coming, writing, on_file)
    changed_leavers = {
        one.code for one in leavers.people if leaver_key(one.code) in writing.changed
    }
    changed_mentors = {
        one.code for one in mentors.people if mentor_key(one.code) in writing.changed
    }
    return (
        _taken(leavers, coming.stopped_leavers, before[0], changed_leavers),
        _taken(mentors, coming.stopped_mentors, before[1], changed_mentors),
    )


class _Coming:
    """Who of two files can be taken in, by code, and what stops the others."""

    def __init__(
        self,
        leavers: PeopleReading[LeaverInFile],
        mentors: PeopleReading[MentorProfile],
        on_file: PeopleOnFile,
    ) -> None:
        self.leavers = {one.code: one for one in leavers.people}
        self.mentors = {one.code: one for one in mentors.people}
        self.stopped_leavers: Stopped = {}
        self.stopped_mentors: Stopped = {}
        for leaver in leavers.people:
            self._stop_leaver(leaver.code, leaver_obstacles(leaver, on_file))
        for mentor in mentors.people:
            self._stop_mentor(mentor.code, mentor_obstacles(mentor, on_file))
        while self._stop_who_names_a_stranger(on_file):
            pass

    def _stop_who_names_a_stranger(self, on_file: PeopleOnFile) -> bool:
        """Stop each person who names someone not known, who may be one just stopped."""
        count = len(self.leavers) + len(self.mentors)
        crns = {one.crn for one in self.leavers.values() if one.crn}
        known = on_file.by_key().keys() | self.leavers.keys() | self.mentors.keys() | crns
        referred = {code for code in on_file.leavers if on_file.referral_of(code)}
        for leaver in list(self.leavers.values()):
            self._stop_leaver(leaver.code, unknown_people(leaver, known, frozenset()))
        for mentor in list(self.mentors.values()):
            named = unknown_people(mentor, known, referred | self.leavers.keys())
            self._stop_mentor(mentor.code, named)
        return len(self.leavers) + len(self.mentors) < count

    def _stop_leaver(self, code: str, obstacles: Iterable[Obstacle]) -> None:
        if found := tuple(obstacles):
            self.stopped_leavers[code] = found
            del self.leavers[code]

    def _stop_mentor(self, code: str, obstacles: Iterable[Obstacle]) -> None:
        if found := tuple(obstacles):
            self.stopped_mentors[code] = found
            del self.mentors[code]


def _write(coming: _Coming, writing: Writing, on_file: PeopleOnFile) -> None:
    """Write everyone: who they are first, then what refers to that, then who must not meet."""
    leavers, mentors = LeaverRows(writing, on_file), MentorRows(writing, on_file)
    for leaver in coming.leavers.values():
        writing.whom = leaver_key(leaver.code)
        leavers.take(leaver)
    for mentor in coming.mentors.values():
        writing.whom = mentor_key(mentor.code)
        mentors.take(mentor)
    restrictions = RestrictionRows(writing, on_file)
    for leaver in coming.leavers.values():
        writing.whom = leaver_key(leaver.code)
        restrictions.take(leaver, on_file.leavers[leaver.code])
    for mentor in coming.mentors.values():
        writing.whom = mentor_key(mentor.code)
        restrictions.take(mentor, on_file.mentors[mentor.code])
    writing.finish()
    leavers.adopt_expected()
    leavers.tell_dates()
    mentors.fit_places()


def leaver_key(code: str) -> str:
    """Return by what a leaver is known while an import is written."""
    return f"leaver {code}"


def mentor_key(code: str) -> str:
    """Return by what a mentor is known while an import is written."""
    return f"mentor {code}"


def _taken(
    reading: PeopleReading[Person],
    stopped: Stopped,
    before: AbstractSet[str],
    changed: AbstractSet[str],
) -> PeopleTaken:
    """Return what became of the people of one file."""
    taken = PeopleTaken(reading.header, bad=list(reading.bad))
    for person in reading.people:
        code = person.code
        if code in stopped:
            cells = (reading.bad_cell(person, o.field, o.value, o.advice) for o in stopped[code])
            taken.bad.append(BadRow(reading.rows[code].cells, tuple(cells)))
        elif code not in before:
            taken.new.append(code)
        else:
            (taken.changed if code in changed else taken.same).append(code)
    return taken
