"""How an event is told, on whichever desk: asked, then shown with what follows, then confirmed.

The page that shows what follows sends the same words again. What is confirmed
a second time is on file already, and the page says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import abort, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from matcher.coming_out import may_take_back
from matcher.desks.twins_compared import TwinCard
from matcher.life_events import preview, record
from matcher.refusing import NotAllowed
from matcher.ripples import Ripple
from models.people import Leaver
from models.states import Role
from web.forms import NOTICE, DeskForm
from web.happening_forms import HappeningForm, Person, Telling
from web.happening_table import ONLY_TODAY, told_by
from web.refusals import refusals_on

IN_IT_NOW = "They are in this prison already. Choose the prison they moved to."


@dataclass(frozen=True)
class Place:
    """Where an event is told: of whom, what the page calls them, and the addresses around it.

    `noted` keeps in the audit what a page shows; `done` is where it leads once
    all is kept, by what may be seen then. `twins` are records that may be the
    same person, where that is what is told.
    """

    person: Person
    caption: str
    back: str
    tell: str
    confirm: str
    noted: Callable[[], None]
    done: Callable[[], str]
    twins: Sequence[TwinCard] = ()


def telling_of(person: type[Person], name: str) -> Telling:
    """Return what is told under a name, or 404 for what this desk may not tell."""
    mine = told_by(g.account.role, person)
    return next((one for one in mine if one.name == name), None) or abort(404)


def open_tellings(person: Person) -> list[Telling]:
    """Return what this desk may tell of someone now."""
    mine = told_by(g.account.role, type(person))
    if isinstance(person, Leaver) and may_take_back(g.db, g.account, person, g.now):
        return mine
    return [one for one in mine if one.name != ONLY_TODAY]


def ask(here: Place, telling: Telling) -> ResponseReturnValue:
    """Ask for what happened, then show what follows from it; nothing is changed yet.

    Whoever wants to change what they wrote finds it on the form again.
    """
    form = telling.form().about(here.person)
    if "change" in request.form:
        return _page(here, telling, form)[0], 200
    if form.validate_on_submit() and _is_elsewhere(here, form):
        with refusals_on(form):
            ripple = _tried(here, telling, form)
            g.db.rollback()
            return _ripple(here, telling, ripple, form)
    return _page(here, telling, form)


def keep(here: Place, telling: Telling) -> ResponseReturnValue:
    """Keep what happened; all that follows is in the same transaction."""
    form = telling.form().about(here.person)
    if form.validate_on_submit() and _is_elsewhere(here, form):
        with refusals_on(form):
            facts = telling.facts(form, g.account.role)
            told = {"happened_at": telling.moment(form, facts), "by": g.account.id, "now": g.now}
            ripple = _as_told(record(g.db, here.person, telling.kind, facts, **told))
            g.db.commit()
            return _led_on(here, telling, ripple)
    elif form.is_stale and (known := _on_file(here, telling, form)):
        return _led_on(here, telling, known)
    return _page(here, telling, form)


def _is_elsewhere(here: Place, form: HappeningForm) -> bool:
    """Refuse a move to the prison they are in; what is sent twice is stale and never comes here."""
    person = here.person
    if "prison" in form and isinstance(person, Leaver) and form["prison"].data == person.prison:
        form.refuse(IN_IT_NOW, "prison")
    return not form.errors


def _tried(here: Place, telling: Telling, form: HappeningForm) -> Ripple:
    facts = telling.facts(form, g.account.role)
    told = {"happened_at": telling.moment(form, facts), "by": g.account.id, "now": g.now}
    return _as_told(preview(g.db, here.person, telling.kind, facts, **told))


def _as_told(ripple: Ripple) -> Ripple:
    """Return a ripple as this desk may read it: a council knows of no proposal and no offer."""
    return ripple.for_council() if g.account.role is Role.LIAISON else ripple


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


def _led_on(here: Place, telling: Telling, ripple: Ripple) -> ResponseReturnValue:
    said = [telling.done] if telling.done and ripple.is_news else []
    said += ripple.sentences()
    flash(" ".join(said), "message" if ripple.is_news else NOTICE)
    return redirect(here.done())


def _ripple(
    here: Place, telling: Telling, ripple: Ripple, form: HappeningForm
) -> ResponseReturnValue:
    here.noted()
    typed = [(name, value) for name, value in request.form.items(multi=True)]
    shown = {"here": here, "telling": telling, "ripple": ripple, "typed": typed, "form": form}
    return render_template("happenings/ripple.html", **shown)


def _page(here: Place, telling: Telling, form: DeskForm) -> tuple[str, int]:
    here.noted()
    shown = {"here": here, "telling": telling, "form": form}
    return render_template("happenings/tell.html", **shown), form.status
