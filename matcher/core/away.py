"""Days on which a leaver is away from prison without being released: no meeting can be then.

A spell whose end nobody knows lasts until someone tells it, but not past the
release: the date that a prison gives stands, and says when the person leaves.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from matcher.core.working_days import DAY, WorkingDays


class Spell(NamedTuple):
    """The first and the last day away; None is not known."""

    first: date
    last: date | None


def is_away(spells: Collection[Spell], day: date, anchor: date | None) -> bool:
    """Say whether someone who leaves on `anchor` is away on a day."""
    return any(spell.first <= day <= _end(spell, anchor) for spell in spells)


def days_beside(
    spells: Collection[Spell], first: date, last: date, anchor: date, calendar: WorkingDays
) -> tuple[date, date] | None:
    """Return between which days a meeting can be that was to be from `first` to `last`.

    Where someone is away on all of them and is back after the release, it is
    on the first working day back; else there is none, until the return is told.
    """
    if not spells:
        return first, last
    there = [day for day in _every(first, last) if not is_away(spells, day, anchor)]
    if there:
        return there[0], there[-1]
    if last <= anchor:
        return None
    day: date | None = last
    while day and is_away(spells, day, anchor):
        day = _first_back(spells, day, anchor, calendar)
    return (day, day) if day else None


def _first_back(
    spells: Collection[Spell], day: date, anchor: date, calendar: WorkingDays
) -> date | None:
    ends = [_end(one, anchor) for one in spells if one.first <= day <= _end(one, anchor)]
    last = max(ends)
    return None if last == date.max else calendar.on_or_after(last + DAY)


def _every(first: date, last: date) -> list[date]:
    return [first + DAY * step for step in range((last - first).days + 1)]


def _end(spell: Spell, anchor: date | None) -> date:
    if spell.last:
        return spell.last
    return anchor - DAY if anchor and spell.first < anchor else date.max
