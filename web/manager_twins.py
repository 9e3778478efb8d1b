"""Two records that may be one person: side by side, and the manager says what they are."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher import twin_tasks
from matcher.desks.twins_compared import TwinCard, twin_card
from models.access import tasks_seen_by
from models.desk_words import TaskKind
from models.people import Leaver
from models.tasks import Task
from web.forms import NOTICE, DeskForm
from web.guard import one_or_404
from web.manager_reads import NAMED_IN_LISTS
from web.manager_referrals import IDENTITY
from web.reading_noted import note_reads

SAID = "Noted: two people. You are not asked about these two again."

pages = Blueprint("manager_twins", __name__, url_prefix="/manager/twins")


@pages.get("/<uuid:task_id>")
def twins(task_id: UUID) -> ResponseReturnValue:
    """Show both records side by side; what is masked only when asked for, and that is kept."""
    shown = request.args.get("show") == "identity"
    card = _card(_found(task_id), shown=shown) or abort(404)
    leavers = [one for one in (card.one, card.other) if isinstance(one, Leaver)]
    note_reads(leavers, (*NAMED_IN_LISTS, *IDENTITY) if shown else NAMED_IN_LISTS)
    return render_template("manager/twins.html", card=card, shown=shown, manager=g.account.name)


@pages.post("/<uuid:task_id>/two-people")
def say_two(task_id: UUID) -> ResponseReturnValue:
    """Keep that these are two people."""
    found = _found(task_id)
    form = DeskForm()
    (form if found.done_at else form.about(found)).or_stale()
    if found.done_at:
        flash(f"This is done already. {found.outcome}", NOTICE)
    else:
        twin_tasks.say_two(g.db, found, by=g.account.id, now=g.now)
        g.db.commit()
        flash(SAID)
    return redirect(url_for("manager.today"))


def twins_seen(task: Task) -> bool:
    """Say whether this manager may see both records of a task."""
    return _card(task) is not None


def _card(task: Task, *, shown: bool = False) -> TwinCard | None:
    return twin_card(g.db, g.account, task, g.now, shown=shown)


def _found(task_id: UUID) -> Task:
    of_twins = tasks_seen_by(g.account).where(Task.kind == TaskKind.TWINS)
    return one_or_404(of_twins.where(Task.id == task_id))
