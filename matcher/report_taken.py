"""The answer to a release report: what became of each person in it, in lists and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from matcher.core.words import counted
from matcher.files.date_order import DateOrder
from matcher.files.mending import BadRow, write_given_back


@dataclass(frozen=True)
class Listed:
    """One person in the answer to a report.

    `day` is the effective release date by all that is on file now, None where
    there is none; `was` and `was_in` are the date and the prison on file
    before, if any. `why` says how the date came about, and `is_moved` whether
    it is another one than the prison gave. `code` is that of someone who has
    been put forward already.
    """

    prison_number: str
    first_name: str
    surname: str
    prison: str
    day: date | None
    was: date | None = None
    was_in: str | None = None
    why: str = ""
    is_moved: bool = False
    code: str = ""


@dataclass
class ReportTaken:
    """What became of a report, person by person.

    `new` were added; of `changed` the date or the prison moved; `same` are
    as they were. `gone` were in this report before and are not in it now:
    listed, never deleted. Not taken: `already_released`, `undated`,
    `elsewhere` (another prison than the uploader's, by the report), `referred` (put forward
    already, so a change is reported on their own page) and the `bad` rows.
    """

    bad: tuple[BadRow, ...]
    header: tuple[str, ...]
    order: DateOrder | None
    notes: tuple[str, ...]
    new: list[Listed] = field(default_factory=list)
    changed: list[Listed] = field(default_factory=list)
    same: list[Listed] = field(default_factory=list)
    gone: list[Listed] = field(default_factory=list)
    already_released: list[Listed] = field(default_factory=list)
    undated: list[Listed] = field(default_factory=list)
    elsewhere: list[Listed] = field(default_factory=list)
    referred: list[Listed] = field(default_factory=list)

    @property
    def nothing_new(self) -> bool:
        """Whether the report told us nothing we did not know."""
        return not (self.new or self.changed)

    def summary(self) -> list[str]:
        """Return what happened, a sentence for each kind of thing that did."""
        sentences = (
            (self.new, "{} added."),
            (self.changed, "{} with another date or prison than before."),
            (self.same, "{} as before."),
            (self.gone, "{} in this report before and not now: check what became of them."),
            (self.already_released, "{} released already, not taken."),
            (self.undated, "{} without a release date, not taken."),
            (self.elsewhere, "{} in another prison, not taken."),
            (self.referred, "{} put forward already: report a change on their own page."),
        )
        told = [
            said.format(counted(len(who), "person", "people")) for who, said in sentences if who
        ]
        bad = [f"{counted(len(self.bad), 'row')} to mend."] if self.bad else []
        return ["Nothing new."] * self.nothing_new + told + bad

    def given_back(self) -> bytes | None:
        """Return the bad rows as a CSV file to mend and upload again; None if all were good."""
        return write_given_back(self.header, self.bad, self.order) if self.bad else None


def _people(who: Sequence[Listed]) -> str:
    return counted(len(who), "person", "people")
