"""The manager's lists as files, of all pages, with the filters and the search in force.

A file holds what the list shows and no more. Who took which list is kept in
the audit, and so is everybody whom the file names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any, NamedTuple

from flask import Blueprint, flash, g, redirect, send_file, url_for
from flask.typing import ResponseReturnValue

from matcher.core.sending import local_day
from matcher.desks import exported
from matcher.desks.exported import MOST_ROWS, Sheet
from matcher.desks.lapse_days import LapseKind, Soon
from matcher.desks.letter_steps import LetterStep
from matcher.desks.paging import Paged
from models.states import MeetingState, MentorState, PairState, ReferralState
from models.vocabulary import Word
from web.forms import NOTICE
from web.lists_asked import kind_asked, list_asked, soon_asked, state_asked
from web.manager_lapses import lapses_of
from web.manager_letters import letters_of
from web.manager_pair_lists import meetings_of, pairs_of
from web.manager_people import mentors_of
from web.manager_referrals import referrals_of
from web.reading_noted import note_reads

pages = Blueprint("manager_exports", __name__, url_prefix="/manager/files")

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RUN_OUT = "Your search has run out. Search again, then take the file."


class Export(NamedTuple):
    """One list that may be taken as a file: its page, its sheet, its rows, and its filters."""

    page: str
    sheet: Sheet
    rows: Callable[..., Paged[Any]]
    filters: Callable[[], dict[str, Word | None]]


def _states(words: type[Word]) -> Callable[[], dict[str, Word | None]]:
    return lambda: {"state": state_asked(words)}


def _kind_and_time() -> dict[str, Word | None]:
    return {"kind": kind_asked(LapseKind), "within": soon_asked(Soon)}


EXPORTS: Mapping[str, Export] = {
    "referrals": Export(
        "manager_referrals.listed", exported.REFERRALS, referrals_of, _states(ReferralState)
    ),
    "mentors": Export("manager_people.mentors", exported.MENTORS, mentors_of, _states(MentorState)),
    "lapses": Export("manager_lapses.listed", exported.LAPSES, lapses_of, _kind_and_time),
    "pairs": Export("manager_pair_lists.pairs", exported.PAIRS, pairs_of, _states(PairState)),
    "letters": Export("manager_letters.listed", exported.LETTERS, letters_of, _states(LetterStep)),
    "meetings": Export(
        "manager_pair_lists.meetings", exported.MEETINGS, meetings_of, _states(MeetingState)
    ),
}
"""The lists that may be taken, by their names in the address."""

NAMES = f"<any({', '.join(EXPORTS)}):name>"


@pages.get(f"/{NAMES}.csv")
def as_csv(name: str) -> ResponseReturnValue:
    """Hand out a list as a CSV file."""
    return _file(name, "csv", "text/csv", EXPORTS[name].sheet.as_csv)


@pages.get(f"/{NAMES}.xlsx")
def as_workbook(name: str) -> ResponseReturnValue:
    """Hand out a list as a workbook."""
    return _file(name, "xlsx", WORKBOOK, EXPORTS[name].sheet.as_workbook)


def _file(
    name: str, ending: str, kind: str, written: Callable[[Paged[Any]], bytes]
) -> ResponseReturnValue:
    """Keep in the audit what is taken, then hand it out; a search that is over takes nothing."""
    export = EXPORTS[name]
    filters = export.filters()
    asked = list_asked(**filters)
    if asked.is_over:
        flash(RUN_OUT, NOTICE)
        return redirect(url_for(export.page))
    found = export.rows(asked, *filters.values(), MOST_ROWS)
    only = (f"only_{word}" for word in (*asked.words.values(), *(["found"] if asked.find else [])))
    note_reads([g.account], {f"exported_{name}", f"as_{ending}", *only})
    file_name = f"{name}-{local_day(g.now)}.{ending}"
    content = BytesIO(written(found))
    return send_file(content, mimetype=kind, as_attachment=True, download_name=file_name)
