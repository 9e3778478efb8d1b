"""Long lists in pages: how many rows there are, and those of one page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlmodel import Session, func, select

from matcher.desks.finding import People

Card = TypeVar("Card")

ROWS_PER_PAGE = 25


@dataclass(frozen=True)
class Part:
    """Which part of a list is asked for: about whom (None is anybody), and which page of it."""

    page: int = 1
    size: int = ROWS_PER_PAGE
    people: People | None = None


@dataclass(frozen=True)
class Paged(Generic[Card]):
    """One page of a list; pages count from 1, and an empty list has one."""

    rows: tuple[Card, ...]
    page: int
    pages: int
    total: int


def paged(
    db: Session, query: Any, page: int, card: Callable[..., Card], size: int = ROWS_PER_PAGE
) -> Paged[Card]:
    """Return one page of what an ordered SELECT finds, each row made a card.

    A page beyond the last is the last. `card` is called with the columns of a row.
    """
    everything = query.order_by(None).subquery()
    total = db.exec(select(func.count()).select_from(everything)).one()
    pages = max(1, -(-total // size))
    page = min(max(1, page), pages)
    rows = db.execute(query.limit(size).offset((page - 1) * size))
    return Paged(tuple(card(*row) for row in rows), page, pages, total)


def page_of(rows: Sequence[Card], page: int, size: int = ROWS_PER_PAGE) -> Paged[Card]:
    """Return one page of a list that is here already; a page beyond the last is the last."""
    pages = max(1, -(-len(rows) // size))
    page = min(max(1, page), pages)
    return Paged(tuple(rows[(page - 1) * size : page * size]), page, pages, len(rows))
