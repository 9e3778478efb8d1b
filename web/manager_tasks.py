"""A task of the manager's desk: what it is about, and that it is done."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matcher import tasks
from matcher.core.sending import local_day
from matcher.desks.tasks_to_do import task_card
from models.access import tasks_seen_by
from models.tasks import Task
from web.fields import TextAreaField
from web.forms import DeskForm
from web.guard import one_or_404

pages = Blueprint("manager_tasks", __name__, url_prefix="/manager/tasks")


class DoneForm(DeskForm):
    """What was done about a task."""

    outcome = TextAreaField(
        "What did you do?",
        missing="Write what you did.",
        hint="One sentence is enough. It stays with the task.",
        at_most=500,
    )


@pages.route("/<uuid:task_id>", methods=["GET", "POST"])
def task(task_id: UUID) -> ResponseReturnValue:
    """Show one task, and take down what was done."""
    found = one_or_404(tasks_seen_by(g.account).where(Task.id == task_id))
    form = DoneForm().about(found)
    if form.validate_on_submit() and found.done_at is None:
        tasks.finish(g.db, found, outcome=form.outcome.data, by=g.account.id, now=g.now)
        g.db.commit()
        flash("Done. The task is off your list.")
        return redirect(url_for("manager.today"))
    card = task_card(g.db, g.account, task_id, local_day(g.now)) or abort(404)
    return render_template("manager/task.html", form=form, card=card), form.status
