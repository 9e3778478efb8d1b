"""What a picture of the region is made of: tables of figures, and which of them are drawn how.

A picture, the table beside it and the file to take away are all made from the
same `Part`, so that none of them can say what another does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, case
from sqlmodel import Session, func, select

from matcher.core.sending import LONDON, local_day
from models.vocabulary import Region

MONTHS = 12
"""How many months a picture goes back, the present one among them."""

Cell = int | None
"""A figure of a table; None where there is none, or where it is not told."""


class Look(StrEnum):
    """How a kind of figure is filled in: told apart on paper without colour."""

    SOLID = "solid"
    STRIPES = "stripes"
    DOTS = "dots"


class Way(StrEnum):
    """How the figures of a line are drawn: end to end, or each from the start."""

    END_TO_END = "end_to_end"
    FROM_THE_START = "from_the_start"
    TILES = "tiles"


@dataclass(frozen=True)
class Column:
    """One kind of figure: its name, and what stands behind each number ("%")."""

    name: str
    unit: str = ""


@dataclass(frozen=True)
class Line:
    """One group of people or days: its name, a short one for the picture, and its figures."""

    name: str
    short: str
    figures: tuple[Cell, ...]
    region: Region | None = None


@dataclass(frozen=True)
class Drawing:
    """What one picture shows of a table: the columns, how each looks and how they are drawn.

    `most` is what a whole bar stands for; None is the longest there is.
    """

    title: str
    columns: tuple[int, ...]
    looks: tuple[Look, ...] = (Look.SOLID, Look.STRIPES, Look.DOTS)
    way: Way = Way.END_TO_END
    most: int | None = None
    own: Region | None = None


@dataclass(frozen=True)
class Part:
    """A table and its pictures; `missing` is said where there is no figure."""

    title: str
    head: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    drawings: tuple[Drawing, ...]
    missing: str = "None"
    note: str = ""


@dataclass(frozen=True)
class Picture:
    """One page of pictures; `empty` says why there is nothing to see, and what to do next."""

    parts: tuple[Part, ...]
    empty: str = ""
    notes: tuple[str, ...] = ()


def text_of(figure: Cell, column: Column, missing: str, *, grouped: bool = True) -> str:
    """Return a figure as it is read; `grouped` puts a comma after the thousands."""
    digits = ",d" if grouped else "d"
    return missing if figure is None else f"{figure:{digits}}{column.unit}"


def table_of(part: Part, *, grouped: bool = True) -> tuple[list[str], list[list[str]]]:
    """Return the head and the lines of a table, as text, for the page and the file alike."""
    head = [part.head, *(column.name for column in part.columns)]
    lines = [
        [
            line.name,
            *(
                text_of(figure, column, part.missing, grouped=grouped)
                for figure, column in zip(line.figures, part.columns, strict=True)
            ),
        ]
        for line in part.lines
    ]
    return head, lines


def months_to(now: datetime, months: int = MONTHS) -> list[date]:
    """Return the first day of each of the last months, the present one at the end."""
    today = local_day(now)
    last = today.year * 12 + today.month - 1
    return [date(one // 12, one % 12 + 1, 1) for one in range(last - months + 1, last + 1)]


def named_month(month: date) -> tuple[str, str]:
    """Return a month's name and its short name: "March 2027", "Mar 2027"."""
    return f"{month:%B %Y}", f"{month:%b %Y}"


def start_of(day: date) -> datetime:
    """Return the moment at which a day begins in England and Wales."""
    return datetime(day.year, day.month, day.day, tzinfo=LONDON)


def month_of(moment: Any, months: Sequence[date]) -> ColumnElement[int]:
    """Return which of the months a moment of a row is in, counted from 0; the last goes on.

    A month begins when it does in London, on every database.
    """
    ends = ((moment < start_of(after), at) for at, after in enumerate(months[1:]))
    return case(*ends, else_=len(months) - 1)


def counted_by(db: Session, rows: Any, *by: Any) -> dict[tuple[Any, ...], int]:
    """Return how many rows of a SELECT there are of each kind, all counted at once."""
    named = [column.label(f"by_{at}") for at, column in enumerate(by)]
    kinds = rows.with_only_columns(*named).order_by(None).subquery()
    query: Any = select(func.count()).select_from(kinds).group_by(*kinds.c).add_columns(*kinds.c)
    found = db.execute(query)
    return {tuple(kind): number for number, *kind in found}


def added(rows: Iterable[Sequence[int]]) -> tuple[int, ...]:
    """Return the sums of columns of figures."""
    return tuple(map(sum, zip(*rows, strict=True)))
