"""How an event is told, on whichever desk: asked, then shown with what follows, then confirmed.

The page that shows what follows sends the same words again. What is confirmed
a second time is on file already, and the page says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import abort, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from matcher.life_events import preview, record
from matcher.refusing import NotAllowed
from matcher.ripples import Ripple
from web.forms import NOTICE, DeskForm
from web.happening_forms import HappeningForm, Person, Telling, told_by
from web.refusals import refusals_on


@dataclass(frozen=True)
class Place:
    """Where an event is told: of whom, what the page calls them, and the addresses around it.

    `noted` keeps in the audit what a page shows; `done` is where it leads once
    all is kept, by what may be seen then.
    """

    person: Person
    caption: str
    back: str
    tell: str
    confirm: str
    noted: Callable[[], None]
    done: Callable[[], str]


def telling_of(person: type[Person], name: str) -> Telling:
    """Return what is told under a name, or 404 for what this desk may not tell."""
    mine = told_by(g.account.role, person)
    return next((one for one in mine if one.name == name), None) or abort(404)


def ask(here: Place, telling: Telling) -> ResponseReturnValue:
    """Ask for what happened, then show what follows from it; nothing is changed yet."""
    form = telling.form().about(here.person)
    if form.validate_on_submit():
        with refusals_on(form):
            ripple = _tried(here, telling, form)
            g.db.rollback()
            return _ripple(here, telling, ripple, form)
    return _page(here, telling, form)


def keep(here: Place, telling: Telling) -> ResponseReturnValue:
    """Keep what happened; all that follows is in the same transaction."""
    form = telling.form().about(here.person)
    if form.validate_on_submit():
        with refusals_on(form):
            facts = telling.facts(form, g.account.role)
            told = {"happened_at": telling.moment(form, facts), "by": g.account.id, "now": g.now}
            ripple = record(g.db, here.person, telling.kind, facts, **told)
            g.db.commit()
            return _led_on(here, ripple)
    elif form.is_stale and (known := _on_file(here, telling, form)):
        return _led_on(here, known)
    return _page(here, telling, form)


def _tried(here: Place, telling: Telling, form: HappeningForm) -> Ripple:
    facts = telling.facts(form, g.account.role)
    told = {"happened_at": telling.moment(form, facts), "by": g.account.id, "now": g.now}
    return preview(g.db, here.person, telling.kind, facts, **told)


def _on_file(here: Place, telling: Telling, form: HappeningForm) -> Ripple | None:
    """Return what to say of a page sent twice; None if it tells anything that is not on file."""
    if not form.validate():
        return None
    try:
        ripple = _tried(here, telling, form)
    except NotAllowed:
        return None
    finally:
        g.db.rollback()
    return None if ripple.is_news else ripple


def _led_on(here: Place, ripple: Ripple) -> ResponseReturnValue:
    flash(" ".join(ripple.sentences()), "message" if ripple.is_news else NOTICE)
    return redirect(here.done())


def _ripple(
    here: Place, telling: Telling, ripple: Ripple, form: HappeningForm
) -> ResponseReturnValue:
    here.noted()
    typed = [(name, value) for name, value in request.form.items(multi=True)]
    shown = {"here": here, "telling": telling, "ripple": ripple, "typed": typed, "form": form}
    return render_template("happenings/ripple.html", **shown)


def _page(here: Place, telling: Telling, form: DeskForm) -> ResponseReturnValue:
    here.noted()
    shown = {"here": here, "telling": telling, "form": form}
    return render_template("happenings/tell.html", **shown), form.status
