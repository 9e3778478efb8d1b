"""The manager's lists as sheets: the same rows as on the page, and no more of anybody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from matcher.core.words import counted
from matcher.desks.lapses import LapseRow
from matcher.desks.paging import Paged
from matcher.desks.region_lists import LetterRow, MentorRow, ReferralRow
from matcher.desks.region_pairs import MeetingRow, PairRow
from matcher.files.sheets_out import Cell, csv_of, workbook_of
from matcher.meeting_days import local_time

MOST_ROWS = 5_000
"""So many rows a file holds at most; if there are more, its last row says so."""


@dataclass(frozen=True)
class Sheet:
    """One list as a sheet: its title, what its columns are called, and the cells of one row."""

    title: str
    heads: Sequence[str]
    cells: Callable[[Any], Sequence[Cell]]

    def as_csv(self, found: Paged[Any]) -> bytes:
        """Return what was found as a CSV file."""
        return csv_of(self.heads, self._lines(found))

    def as_workbook(self, found: Paged[Any]) -> bytes:
        """Return what was found as a workbook."""
        return workbook_of(self.title, self.heads, self._lines(found))

    def _lines(self, found: Paged[Any]) -> Iterable[Sequence[Cell]]:
        yield from map(self.cells, found.rows)
        if len(found.rows) < found.total:
            there = f"There are {counted(found.total, 'row')}."
            yield [f"{there} This file holds {len(found.rows):,}. Use a filter to get the others."]


def _referral(one: ReferralRow) -> Sequence[Cell]:
    return (
        one.leaver_code,
        one.leaver,
        one.state.label,
        one.release_date,
        one.prison,
        one.resettling_in,
        one.pair_state.label if one.pair_state else None,
        "Yes" if one.to_ring else None,
    )


def _mentor(one: MentorRow) -> Sequence[Cell]:
    return one.mentor_code, one.mentor, one.state.label, one.home, one.taken, one.places


def _pair(one: PairRow) -> Sequence[Cell]:
    who = (one.leaver_code, one.leaver, one.mentor_code, one.mentor)
    return *who, one.state.label, one.release_date, one.next.what, one.next.on


def _letter(one: LetterRow) -> Sequence[Cell]:
    who = (one.leaver_code, one.leaver, one.mentor_code, one.mentor)
    what = (one.kind.label, one.step.label, one.channel.label)
    return *what, *who, local_time(one.sent_at or one.due_at)


def _meeting(one: MeetingRow) -> Sequence[Cell]:
    who = (one.leaver_code, one.leaver, one.mentor_code, one.mentor)
    starts = local_time(one.starts_at) if one.starts_at else None
    return one.meeting, one.state.label, starts, one.first, one.last, *who


def _standing(one: LapseRow) -> str:
    """Return how a mentor's date stands, in the words of the list."""
    if one.until is None:
        return "Not on file"
    return "Out of date" if one.is_over else "Soon" if one.is_soon else "In date"


def _lapse(one: LapseRow) -> Sequence[Cell]:
    pairs = ", ".join(two.leaver_code for two in one.dependents if not two.stands_by)
    standing_by = ", ".join(two.leaver_code for two in one.dependents if two.stands_by)
    return one.mentor_code, one.mentor, one.what, one.until, _standing(one), pairs, standing_by


_WHO = ("Leaver's code", "Leaver", "Mentor's code", "Mentor")
_OF_REFERRAL = ("Code", "First name", "How far", "Leaves", "Prison", "Going to", "Pair", "Ring now")
_OF_MENTOR = ("Code", "First name", "Standing", "Lives in", "Places taken", "Places")

_OF_LAPSE = (
    "Mentor's code",
    "Mentor",
    "What",
    "In date until",
    "Standing",
    "Pairs that depend on it",
    "Stands by for",
)

REFERRALS = Sheet("Referrals", _OF_REFERRAL, _referral)
MENTORS = Sheet("Mentors", _OF_MENTOR, _mentor)
LAPSES = Sheet("What lapses next", _OF_LAPSE, _lapse)
PAIRS = Sheet("Pairs", (*_WHO, "How far", "Leaves", "What is next", "On"), _pair)
LETTERS = Sheet("Letters", ("Letter", "How far", "How", *_WHO, "Sent or due"), _letter)
MEETINGS = Sheet("Meetings", ("Meeting", "How far", "Starts", "From", "To", *_WHO), _meeting)
