"""What lapses next of the region's mentors, and who depends on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from flask import Blueprint, g, redirect, render_template
from flask.typing import ResponseReturnValue

from matcher.desks.lapse_days import LapseKind, Soon
from matcher.desks.lapses import LapseRow, lapses_listed
from matcher.desks.paging import ROWS_PER_PAGE, Paged
from matcher.desks.rows_shown import mentors_shown
from web.fields import WordField
from web.forms import DeskForm
from web.lists_asked import ListAsked, filters_of, kind_asked, list_asked, soon_asked
from web.manager_reads import note_list
from web.reading_noted import Reads

pages = Blueprint("manager_lapses", __name__, url_prefix="/manager/lapses")

TOLD: Mapping[LapseKind, str] = {
    LapseKind.ASSESSMENT: "assessment",
    LapseKind.CLEARANCE: "clearances",
    LapseKind.CHILDREN: "children_check",
    LapseKind.TRAINING: "training",
    LapseKind.SUPERVISION: "supervision",
    LapseKind.TERM: "term",
}
"""What a line tells of a mentor, as the audit keeps it."""


class LapseFilter(DeskForm):
    """What to show; it lives in the address."""

    kind = WordField("What lapses", LapseKind, as_list=True)
    within = WordField("How soon", Soon, as_list=True)


@pages.route("/", methods=["GET", "POST"])
def listed() -> ResponseReturnValue:
    """Show what lapses next, what is over first, with the pairs that depend on it."""
    kind, within = kind_asked(LapseKind), soon_asked(Soon)
    asked = list_asked(kind=kind, within=within)
    if asked.leads_to:
        return redirect(asked.leads_to)
    form = filters_of(LapseFilter(), kind=kind, within=within)
    told = {"found": lapses_of(asked, kind, within), "asked": asked, "form": form}
    return render_template("manager/lapses.html", **told), asked.form.status


def lapses_of(
    asked: ListAsked, kind: LapseKind | None, within: Soon | None, size: int = ROWS_PER_PAGE
) -> Paged[LapseRow]:
    """Return the lapses that are asked for, and keep in the audit what is told of whom."""
    found = lapses_listed(g.db, g.account, g.now, asked.part(size), kind, within)
    leavers = (one.leaver_id for row in found.rows for one in row.dependents)
    mentors = [row.mentor_id for row in found.rows]
    note_list(asked, *_vetting_told(found.rows), leavers=leavers, mentors=mentors)
    return found


def _vetting_told(rows: Iterable[LapseRow]) -> list[Reads]:
    """Return what is told of the vetting of each mentor, those alike together."""
    fields: defaultdict[UUID, set[str]] = defaultdict(set)
    for row in rows:
        fields[row.mentor_id].add(TOLD[row.kind])
    alike = defaultdict(list)
    for mentor in mentors_shown(g.db, fields):
        alike[frozenset(fields[mentor.id])].append(mentor)
    return [(mentors, told) for told, mentors in alike.items()]
