"""What stands between a leaver and a mentor: links on file, and a no already said."""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.example.figures import share
from matcher.example.lots import Columns, Crowd, Indices, Mask
from models.person_keys import name_key

SAID_NO = 0.005
"""Leavers who ruled a mentor out, and mentors who declined a leaver (assumption)."""

STRANGERS = 0.03
"""Leavers with a link to someone who is no mentor (assumption)."""


def add_links(
    leavers: Crowd, its: Columns, theirs: Columns, regions: Indices, mentor_regions: Indices
) -> None:
    """Write links into the columns of leavers (`its`) and mentors (`theirs`).

    Each link is with a mentor of the leaver's own region, where it matters;
    some are named by number, some by name and birth date, on either side.
    """
    for columns, said_no in ((its, "ruled_out"), (theirs, "declined")):
        columns["no_contact"] = [frozenset()] * len(columns["code"])
        columns[said_no] = [frozenset()] * len(columns["code"])
    facing = _someone_near(leavers, regions, mentor_regions)
    somebody = facing >= 0
    linked = leavers.lots("linked").hit(share("linked to a mentor")) & somebody
    ways = leavers.lots("ways of linking").pick([3, 3, 2, 2])
    for row, mentor, way in _rows(linked, facing, ways):
        _link(its, theirs, row, mentor, way)
    for (row,) in _rows(leavers.lots("strangers").hit(STRANGERS)):
        _add(its, "no_contact", row, f"Y{row % 10_000:04d}ZZ")
    for row, mentor in _rows(leavers.lots("ruled out").hit(SAID_NO) & somebody, facing):
        _add(its, "ruled_out", row, theirs["code"][mentor])
    for row, mentor in _rows(leavers.lots("declined").hit(SAID_NO) & somebody, facing):
        _add(theirs, "declined", mentor, its["code"][row])


def _rows(who: Mask, *columns: Indices) -> list[list[int]]:
    """Return the row of everybody marked in `who`, each with their entries of the columns."""
    rows = np.flatnonzero(who)
    marked: list[list[int]] = np.stack([rows, *(c[rows] for c in columns)], axis=1).tolist()
    return marked


def _link(its: Columns, theirs: Columns, leaver: int, mentor: int, way: int) -> None:
    """Keep two people apart: by code or number, by name, on the leaver's side or the mentor's."""
    if way == 0:
        _add(its, "no_contact", leaver, theirs["code"][mentor])
    elif way == 1:
        _add(theirs, "no_contact", mentor, its["prison_number"][leaver])
    elif way == 2:
        _add(its, "no_contact", leaver, _name_key(theirs, mentor))
    else:
        _add(theirs, "no_contact", mentor, _name_key(its, leaver))


def _name_key(columns: Columns, row: int) -> str:
    first, last, born = (columns[name][row] for name in ("first_name", "surname", "birth_date"))
    return name_key(first, last, born)


def _add(columns: Columns, name: str, row: int, entry: str) -> None:
    cells: Any = columns[name]
    cells[row] |= {entry}


def _someone_near(leavers: Crowd, regions: Indices, mentor_regions: Indices) -> Indices:
    """Return for each leaver one mentor who lives in the same region, or -1."""
    stream = leavers.lots("someone near").stream
    facing = np.full(leavers.count, -1, dtype=np.intp)
    for region in np.unique(regions):
        there = np.flatnonzero(mentor_regions == region)
        here = np.flatnonzero(regions == region)
        if len(there):
            facing[here] = stream.choice(there, size=len(here))
    return facing
