"""One row of a release report → one person, or everything that is wrong with the row."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from matcher.core.release_dates import Sentence
from matcher.core.working_days import YEARS
from matcher.files.cells import is_empty
from matcher.files.date_order import DateOrder, day_in, written
from matcher.files.mending import BadCell
from matcher.files.prison_names import is_prison, prison_code
from matcher.files.report_columns import ReportField as Field
from matcher.files.report_columns import date_columns, fields_of
from matcher.files.shifted_rows import mended
from matcher.files.tables import Row
from models.release_words import DateKind

LONGEST_NAME = 80
_TOTAL = re.compile(r"(grand |sub-?)?totals?\b[\s:=]*[\d,. ]*", re.IGNORECASE)
_COUNT = re.compile(r"[\d,. ]+")
_PRISON_NUMBER = re.compile(r"[A-Z]\d{4}[A-Z]{2}", re.ASCII)
_CASE_NUMBER = re.compile(r"[A-Z]\d{6}", re.ASCII)
_YEAR_IN_FULL = re.compile(r"\d{4}")
_E_MAIL = re.compile(r"[^\s@,;]+@[^\s@,;]+")
_SHIFTED = (
    "it has more cells than the report has columns, so a comma within a cell has moved the cells "
    "after it, and it is not certain which cell is which. Put quotation marks round the cell that "
    "holds the comma."
)


@dataclass(frozen=True, slots=True)
class ReportedLeaver:
    """Someone in a report, with every date it gives for them.

    `absent` are the kinds of date that have a column but, for this person,
    no date in it.
    """

    row: int
    prison_number: str
    first_name: str
    surname: str
    birth_date: date | None
    prison: str
    given: Mapping[DateKind, date]
    absent: frozenset[DateKind]
    sentence: Sentence

    def with_dates(
        self, given: Mapping[DateKind, date], absent: frozenset[DateKind]
    ) -> ReportedLeaver:
        """Return the same person with other dates."""
        return replace(self, given=given, absent=absent)


class RowReader:
    """Reads the rows of one report.

    `date_names` holds the name of the column of each kind of date. `named`
    grows by every prison number that any row names, bad rows too.
    """

    def __init__(
        self,
        header: Sequence[str],
        delimiter: str,
        *,
        prison: str | None,
        order: DateOrder | None,
        today: date,
    ) -> None:
        """Hold what the rows have in common."""
        self.header = header
        self.delimiter = delimiter
        self.prison = prison
        self.order = order
        self.today = today
        self.fields = fields_of(header)
        self.dates = date_columns(header)
        self.date_names = {
            kind: header[places[0]]
            for kind, places in self.fields.items()
            if isinstance(kind, DateKind)
        }
        self.forms = self._forms()
        self._named: set[str] = set()

    @property
    def named(self) -> frozenset[str]:
        """Return every prison number in the rows read so far."""
        return frozenset(self._named)

    def says_anything(self, row: Row) -> bool:
        """Say whether it may be about a person, and is no line at the foot such as "Total: 2"."""
        if _is_total(row):
            return False
        places = (place for places in self.fields.values() for place in places)
        return any(row.cells[place] for place in places if place < len(row.cells))

    def read(self, row: Row) -> ReportedLeaver | tuple[BadCell, ...]:
        """Return the person, or the problems."""
        self._named.update(filter(_PRISON_NUMBER.fullmatch, map(_number, row.cells)))
        if row.broken:
            return (BadCell(row.number, "", None, row.broken),)
        cells = self._in_columns(row.cells)
        if cells is None:
            return (BadCell(row.number, "", None, _SHIFTED),)
        reading = _Reading(self, row.number, cells)
        person = reading.person()
        return tuple(reading.problems) or person

    def given_back(self, row: Row) -> tuple[str, ...]:
        """Return the cells as they are given back: days as the sentences beside them ask for."""
        if row.broken or len(row.cells) > len(self.header):
            return row.cells
        return tuple(
            written(day, self.order)
            if place in self.dates and isinstance(day := day_in(cell, self.order), date)
            else cell
            for place, cell in enumerate(row.cells)
        )

    def _in_columns(self, cells: tuple[str, ...]) -> tuple[str, ...] | None:
        """Return as many cells as there are columns, or None where that is not certain."""
        width = len(self.header)
        if not any(cells[width:]) or not self.delimiter:
            return (*cells[:width], *[""] * (width - len(cells)))
        read = [place for places in self.fields.values() for place in places]
        return mended(cells, self.forms, width, read=read, delimiter=self.delimiter)

    def _forms(self) -> dict[int, Callable[[str], bool]]:
        """Return the columns whose values have a known form, by which moved cells are found."""
        forms: dict[int, Callable[[str], bool]] = dict.fromkeys(self.dates, self._is_day)
        for field, form in (
            (Field.PRISON_NUMBER, lambda cell: bool(_PRISON_NUMBER.fullmatch(_number(cell)))),
            (Field.CASE_NUMBER, lambda cell: is_empty(cell) or bool(_CASE_NUMBER.fullmatch(cell))),
            (Field.E_MAIL, lambda cell: is_empty(cell) or bool(_E_MAIL.fullmatch(cell))),
            (Field.PRISON, lambda cell: is_empty(cell) or is_prison(cell)),
        ):
            forms |= dict.fromkeys(self.fields.get(field, ()), form)
        return forms

    def _is_day(self, cell: str) -> bool:
        return not isinstance(day_in(cell, self.order), str)


class _Reading:
    """The reading of one row, with the problems found on the way."""

    def __init__(self, reader: RowReader, row: int, cells: Sequence[str]) -> None:
        self.reader = reader
        self.row = row
        self.cells = cells
        self.problems: list[BadCell] = []

    def person(self) -> ReportedLeaver:
        """Return the person; worth nothing if there are problems."""
        first_name, surname = self._names()
        given = {kind: self._day(kind, self._release_day) for kind in self.reader.date_names}
        return ReportedLeaver(
            row=self.row,
            prison_number=self._prison_number(),
            first_name=first_name,
            surname=surname,
            birth_date=self._day(Field.BIRTH_DATE, self._birth_date),
            prison=self._prison(),
            given={kind: day for kind, day in given.items() if day},
            absent=frozenset(kind for kind, day in given.items() if day is None),
            sentence=Sentence(sentenced_on=self._day(Field.SENTENCED_ON, _any_day)),
        )

    def _prison_number(self) -> str:
        [place, *_] = self.reader.fields[Field.PRISON_NUMBER]
        number = _number(self.cells[place])
        if not _PRISON_NUMBER.fullmatch(number):
            self._bad(
                place,
                "a prison number is a letter, four digits and two letters. "
                "Check the number; it looks like A1234BC.",
            )
        return number

    def _names(self) -> tuple[str, str]:
        first_name, surname = self._text(Field.FIRST_NAME), self._text(Field.SURNAME)
        if not (first_name or surname):
            first_name, surname = _parted(self._text(Field.FULL_NAME))
        return first_name, surname

    def _text(self, field: Field) -> str:
        for place in self.reader.fields.get(field, ()):
            if len(self.cells[place]) > LONGEST_NAME:
                self._bad(place, f"a name has at most {LONGEST_NAME} letters. Give it shorter.")
            elif self.cells[place]:
                return " ".join(self.cells[place].split())
        return ""

    def _prison(self) -> str:
        places = self.reader.fields.get(Field.PRISON, ())
        said = [place for place in places if not is_empty(self.cells[place])]
        known = {prison_code(self.cells[p]) for p in said if is_prison(self.cells[p])}
        if len(known) == 1:
            return known.pop()
        if len(known) > 1:
            either = " and ".join(sorted(known))
            self._bad(said[0], f"this row names two prisons, {either}. Keep the right one.")
        elif said:
            self._bad(said[0], _why(prison_code, self.cells[said[0]]))
        elif self.reader.prison is None:
            self._bad(places[0], "there is no prison here. Give its code or its name.")
        return self.reader.prison or ""

    def _day(self, field: Field | DateKind, check: Callable[[date, str], date]) -> date | None:
        """Return the day that the columns of the field give, if any; they must not differ."""
        found: dict[date, int] = {}
        for place in self.reader.fields.get(field, ()):
            day = day_in(self.cells[place], self.reader.order)
            try:
                if isinstance(day, str):
                    self._bad(place, day)
                elif day:
                    found[check(day, self.cells[place])] = place
            except ValueError as wrong:
                self._bad(place, str(wrong))
        if len(found) > 1:
            either = " and ".join(written(day, self.reader.order) for day in found)
            self._bad(found[max(found)], f"this row gives two, {either}. Keep the right one.")
        return next(iter(found), None)

    def _release_day(self, day: date, _cell: str) -> date:
        last = min(self.reader.today.year + 50, YEARS[-2])
        if not YEARS[1] <= day.year <= last:
            raise ValueError(
                f"nobody is released in {day.year}: the year cannot be right. "
                "Give the date with the right year."
            )
        return day

    def _birth_date(self, day: date, cell: str) -> date:
        """Return the birth date; a year of two digits that lies ahead is of the last century."""
        if day > self.reader.today and not _YEAR_IN_FULL.search(cell):
            day = _century_before(day)
        if not 10 <= self.reader.today.year - day.year <= 110:
            raise ValueError("nobody in prison was born then. Give the date with the right year.")
        return day

    def _bad(self, place: int, advice: str) -> None:
        self.problems.append(
            BadCell(self.row, self.reader.header[place], self.cells[place], advice)
        )


def _number(cell: str) -> str:
    return "".join(cell.split()).upper()


def _parted(name: str) -> tuple[str, str]:
    """Return first name and surname of "SURNAME, First" or of "First Surname"."""
    if "," in name:
        surname, _, first_name = name.partition(",")
        return first_name.strip(), surname.strip()
    first_name, _, surname = name.rpartition(" ")
    return first_name, surname


def _any_day(day: date, _cell: str) -> date:
    return day


def _century_before(day: date) -> date:
    """Return the same day a hundred years earlier; 29 February may have to be the 28th."""
    return date(day.year - 100, day.month, min(day.day, 28) if day.month == 2 else day.day)


def _why(read: Callable[[str], str], cell: str) -> str:
    try:
        return read(cell)
    except ValueError as wrong:
        return str(wrong)


def _is_total(row: Row) -> bool:
    """Say whether a row only counts: "Total" comes first, and beside it are numbers alone."""
    first, *others = [cell for cell in row.cells if cell] or [""]
    return bool(_TOTAL.fullmatch(first)) and all(map(_COUNT.fullmatch, others))
