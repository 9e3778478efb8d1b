"""Release reports as prisons export them, read into people with dates; nothing is stored here.

Each person comes with every date the report gives, by its kind; which of
them counts is decided later, by `core.release_dates`. A row is either whole
and understood or it is named with what is wrong: no cell is ever moved,
guessed or left out in silence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from matcher.core.words import counted
from matcher.files.date_order import DateOrder, decide, written
from matcher.files.mending import BadCell, BadRow, order_given_back, without_advice
from matcher.files.refusals import IntakeRefused
from matcher.files.report_columns import ReportField as Field
from matcher.files.report_columns import (
    check_report,
    date_columns,
    fields_of,
    is_release_report,
    is_report_column,
)
from matcher.files.report_rows import ReportedLeaver, RowReader
from matcher.files.spreadsheets import read_table
from matcher.files.tables import Row, Table
from models.release_words import DateKind

NO_COLUMN_NAMES = (
    "This file has no row of column names that we know, so it is not clear what its cells are. "
    "Export the report again with its headings, such as Prison number and Release date."
)


@dataclass(frozen=True)
class ReportReading:
    """What a release report says.

    `people` are in the order of the file, each once. `columns` names the
    column of each kind of date. `report` tells this report from others by
    its columns. `given_back` says that it is a file of mended rows, so that
    nothing follows from who is not in it.
    """

    people: tuple[ReportedLeaver, ...]
    bad: tuple[BadRow, ...]
    header: tuple[str, ...]
    report: str
    columns: Mapping[DateKind, str]
    order: DateOrder | None
    notes: tuple[str, ...]
    given_back: bool
    named: frozenset[str]


def read_report(
    content: bytes,
    *,
    today: date,
    prison: str | None = None,
    date_order: DateOrder | None = None,
    sheet: str | None = None,
) -> ReportReading:
    """Read a release report; raises IntakeRefused, or ChoiceNeeded where a person must choose.

    `prison` is the code of the prison it comes from, for a report without a
    column that says so.
    """
    found = _release_table(content, prison, sheet)
    table = without_advice(found)
    order = decide(_date_cells(table), date_order or order_given_back(found))
    reader = RowReader(table.header, table.delimiter, prison=prison, order=order, today=today)
    rows = [row for row in table.rows if row.broken or reader.says_anything(row)]
    if not rows:
        raise IntakeRefused("This report has column names but nobody in it.")
    people, bad = _read_rows(rows, reader)
    return ReportReading(
        people=people,
        bad=bad,
        header=table.header,
        report=_report(table.header),
        columns=reader.date_names,
        order=order,
        notes=(*table.notes, *_passed_over(len(table.rows) - len(rows))),
        given_back=found.given_back,
        named=reader.named,
    )


def _release_table(content: bytes, prison: str | None, sheet: str | None) -> Table:
    """Return the table of a report that can say who leaves when and where; else refuse it."""
    table = read_table(content, is_report_column, is_release_report, sheet=sheet)
    if table is None:
        raise IntakeRefused(NO_COLUMN_NAMES)
    check_report(table.header)
    if prison is None and Field.PRISON not in fields_of(table.header):
        raise IntakeRefused("This report does not say which prison it is about. Say which.")
    return table


def _date_cells(table: Table) -> set[str]:
    """Return the cells that settle the order; of a row whose cells have moved, all of them."""
    places = date_columns(table.header)
    width = len(table.header)
    return {
        row.cells[place]
        for row in table.rows
        if not row.broken
        for place in (places if len(row.cells) <= width else range(len(row.cells)))
        if place < len(row.cells)
    }


def _passed_over(count: int) -> tuple[str, ...]:
    return (f"{counted(count, 'row')} with nothing about a person passed over.",) * bool(count)


def _read_rows(
    rows: Sequence[Row], reader: RowReader
) -> tuple[tuple[ReportedLeaver, ...], tuple[BadRow, ...]]:
    read = [(row, reader.read(row)) for row in rows]
    good = [found for _, found in read if isinstance(found, ReportedLeaver)]
    people, conflicts = _each_once(good, reader.date_names, reader.order)
    bad = [
        BadRow(reader.given_back(row), problems)
        for row, found in read
        if (problems := found if isinstance(found, tuple) else conflicts.get(found.row))
    ]
    return tuple(people), tuple(bad)


def _each_once(
    good: Sequence[ReportedLeaver], names: Mapping[DateKind, str], order: DateOrder | None
) -> tuple[list[ReportedLeaver], dict[int, tuple[BadCell, ...]]]:
    """Return each person once; rows about one person that contradict one another are problems."""
    rows: dict[str, list[ReportedLeaver]] = {}
    for person in good:
        rows.setdefault(person.prison_number, []).append(person)
    people: list[ReportedLeaver] = []
    problems: dict[int, tuple[BadCell, ...]] = {}
    for same in rows.values():
        if conflict := _conflict(same, names, order):
            column, advice = conflict
            problems |= {one.row: (BadCell(one.row, column, None, advice),) for one in same}
        else:
            people.append(_merged(same))
    return people, problems


def _conflict(
    same: Sequence[ReportedLeaver], names: Mapping[DateKind, str], order: DateOrder | None
) -> tuple[str, str] | None:
    """Return the column in which rows about one person contradict one another, and what to do."""
    told: dict[str, dict[str, int]] = {}
    for person in same:
        told.setdefault("Prison", {}).setdefault(person.prison, person.row)
        for kind, day in person.given.items():
            told.setdefault(names[kind], {}).setdefault(written(day, order), person.row)
    for column, values in told.items():
        if len(values) > 1:
            listed = ", ".join(f"{value} in row {row}" for value, row in values.items())
            return column, (
                f"this file says different things of {same[0].prison_number}: {listed}. "
                "Keep the row that is right and take the other out."
            )
    return None


def _merged(same: Sequence[ReportedLeaver]) -> ReportedLeaver:
    """Return one person from rows that agree; a date said in any of them is said."""
    first = same[0]
    if len(same) == 1:
        return first
    given = {kind: day for each in same for kind, day in each.given.items()}
    absent = frozenset.intersection(*(each.absent for each in same)) - given.keys()
    return first.with_dates(given, absent)


def _report(header: Sequence[str]) -> str:
    """Return what tells this report from others and lets a person find it: its columns."""
    names = [name[:40] for name in header if name]
    return f'report of {len(names)} columns, "{names[0]}" to "{names[-1]}"'
