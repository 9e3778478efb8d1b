"""What if: a mentor lost, two new ones, an easier rule, other weights. Nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from matcher.core.new_mentors import NewMentor
from matcher.core.planning import PlanSettings
from matcher.core.relaxing import RELAXATIONS
from matcher.core.what_if import Supposed, with_weights
from matcher.desks.recruit_advice import recruit_advice
from matcher.desks.walks_with import WalksWith, walks_with
from matcher.desks.what_if_asked import WhatIfShown, what_if_shown
from matcher.refusing import NotAllowed
from matcher.why import newest_run
from models.access import mentors_seen_by
from models.people import MOST_PLACES, Mentor
from models.vocabulary import Experience, Sex
from web.fields import (
    ChoiceField,
    ChoiceSetField,
    DistrictField,
    NumberField,
    WordField,
    WordSetField,
)
from web.fields.grids import DAYS, PARTS_OF_DAY
from web.forms import DeskForm
from web.guard import one_or_404
from web.manager_override import SENSITIVE
from web.manager_reads import leavers_named
from web.reading_noted import note_page
from web.surroundings import surroundings

pages = Blueprint("manager_what_if", __name__, url_prefix="/manager/what-if")

WEIGHTS = PlanSettings().weights.parts
NEW = ("first", "second")
NOTHING = "Say what to suppose: lose a mentor, add one, make a rule easier, or change a weight."
WHO = "Say whether the new mentor is a man or a woman."


class WhatIfForm(DeskForm):
    """What is supposed to be otherwise; every question may stay open."""

    relaxed = ChoiceSetField(
        "What if a rule were easier?",
        choices=[(one.code, one.label) for one in RELAXATIONS],
        hint="Other rules are never made easier.",
    )


for _each in NEW:
    _fields: Mapping[str, Any] = {
        "home": DistrictField(
            "Where would they live?", hint="A postcode, or its first half. Leave it empty for none."
        ),
        "sex": WordField("Who would they be?", Sex),
        "places": NumberField("How many people could they walk with?", least=1, most=MOST_PLACES),
        "days": ChoiceSetField(
            "On which days would they be free?",
            choices=[(str(number), name) for number, name in enumerate(DAYS)],
            hint="Leave it empty for every day.",
        ),
        "part": ChoiceField(
            "At what time?",
            choices=[(part, part.capitalize()) for part in PARTS_OF_DAY],
            hint="Leave it open for any time of the day.",
            as_list=True,
        ),
        "experiences": WordSetField("What would they have lived?", Experience),
    }
    for _name, _field in _fields.items():
        setattr(WhatIfForm, f"{_each}_{_name}", _field)
for _part in WEIGHTS:
    _label = f"{_part.label}, now {_part.weight}"
    setattr(WhatIfForm, f"weight_{_part.name}", NumberField(_label, least=0, most=100))


@pages.route("/", methods=["GET", "POST"])
def ask() -> ResponseReturnValue:
    """Ask what to suppose; say who would gain and who would lose. Nothing is kept."""
    lost = _lost(request.args.get("lose", None, UUID))
    form, shown = WhatIfForm(), None
    if form.validate_on_submit():
        supposed = _supposed(form, lost)
        shown = _asked(form, supposed) if supposed else None
    walks = _walks(lost) if shown else WalksWith()
    _note(lost, shown, walks)
    run = newest_run(g.db)
    told = {
        "advice": recruit_advice(g.db, g.account, run) if run else None,
        "lost": lost,
        "walks": walks,
        "new": NEW,
        "weights": WEIGHTS,
    }
    page = render_template("manager/what_if.html", form=form, shown=shown, **told)
    return page, 200 if shown else form.status


def _lost(mentor_id: UUID | None) -> Mentor | None:
    """Return the mentor whom the address names, who is one of the manager's own."""
    if mentor_id is None:
        return None
    return one_or_404(mentors_seen_by(g.account).where(Mentor.id == mentor_id))


def _walks(lost: Mentor | None) -> WalksWith:
    """Return whom the mentor who is supposed to go walks with; no plan tells of them."""
    return walks_with(g.db, g.account, lost.id, g.now) if lost else WalksWith()


def _asked(form: WhatIfForm, supposed: Supposed) -> WhatIfShown | None:
    """Return the answer, or None with what is in the way on the form; nobody is held up."""
    g.db.rollback()  # what it has read so far holds a lock that others wait for
    try:
        with surroundings().reading() as db:
            return what_if_shown(db, g.account, supposed, g.now)
    except NotAllowed as refused:
        for sentence in refused.sentences:
            form.refuse(sentence)
        return None


def _supposed(form: WhatIfForm, lost: Mentor | None) -> Supposed | None:
    """Return what is supposed, or None with what is missing or wrong on the form."""
    weights = {part.name: form[f"weight_{part.name}"].data for part in WEIGHTS}
    wanted = {name: points for name, points in weights.items() if points is not None}
    told = [which for which in NEW if form[f"{which}_home"].data]
    relaxed = tuple(one for one in RELAXATIONS if one.code in form.relaxed.data)
    if not (lost or told or relaxed or wanted):
        form.refuse(NOTHING)
    for which in told:
        if form[f"{which}_sex"].data is None:
            form.refuse(WHO, f"{which}_sex")
    if form.errors or form.form_errors:
        return None
    settings = PlanSettings()
    try:
        settings = replace(settings, weights=with_weights(settings.weights, wanted))
    except ValueError as wrong:
        form.refuse(f"{str(wrong)[0].upper()}{str(wrong)[1:]}.", f"weight_{min(wanted)}")
        return None
    new = tuple(_new(form, which) for which in told)
    codes = (lost.code,) if lost else ()
    return Supposed(lost=codes, settings=settings, new=new, relaxed=relaxed)


def _new(form: WhatIfForm, which: str) -> NewMentor:
    return NewMentor(
        home=form[f"{which}_home"].data,
        sex=form[f"{which}_sex"].data,
        places=form[f"{which}_places"].data or 1,
        hours=_hours(form[f"{which}_days"].data, form[f"{which}_part"].data),
        experiences=form[f"{which}_experiences"].data,
    )


def _hours(days: frozenset[str], part: str | None) -> frozenset[int]:
    """Return the hours of the week on these days, or on all, at one part of the day, or at any."""
    times = [PARTS_OF_DAY[part]] if part else PARTS_OF_DAY.values()
    chosen = [int(day) for day in days] or range(len(DAYS))
    return frozenset(day * 24 + hour for day in chosen for hours in times for hour in hours)


def _note(lost: Mentor | None, shown: WhatIfShown | None, walks: WalksWith) -> None:
    """Keep in the audit about which mentor it is asked, and which leavers the answer names."""
    named = [move.leaver_id for move in (shown.cost.moves if shown else ())]
    named += [one.leaver_id for one in walks.people]
    note_page(([lost] if lost else [], SENSITIVE), leavers_named(named))
