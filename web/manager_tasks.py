"""The tasks of the manager's desk: the list, what one is about, and that it is done."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import col

from matcher import pairing, tasks, worries
from matcher.core.sending import local_day
from matcher.desks.letter_steps import step_of
from matcher.desks.task_record import TaskRecord, task_record
from matcher.desks.tasks_to_do import open_tasks_listed
from models.access import pairs_seen_by, tasks_seen_by, worries_seen_by
from models.audit import Hand
from models.desk_words import TaskKind
from models.pairs import Pair
from models.tasks import Task
from models.worries import Worry
from web.fields import TextAreaField, WordField
from web.forms import NOTICE, DeskForm
from web.guard import READING, one_or_404
from web.lists_asked import filters_of, kind_asked, list_asked
from web.manager_reads import note_list
from web.manager_twins import twins_seen
from web.reading_noted import note_reads
from web.surroundings import surroundings

OF_OPENED_RECORDS = {TaskKind.GLASS_ASKED, TaskKind.GLASS_BROKEN}
ONLY_TO_BE_SEEN = frozenset(
    {TaskKind.MOVED_PRISON, TaskKind.SCREEN_AGAIN, TaskKind.RULED_OUT, *OF_OPENED_RECORDS}
)
"""Tasks that may be done by having seen them."""

STAYS = "The pair stays on pause."
ENDS = "The pair has ended."
DECIDED = "Decided after a new sentence or remand."

pages = Blueprint("manager_tasks", __name__, url_prefix="/manager/tasks")


class TaskFilter(DeskForm):
    """Which tasks to show; it lives in the address."""

    kind = WordField("What is to do", TaskKind, as_list=True)


class DoneForm(DeskForm):
    """What was done about a task."""

    outcome = TextAreaField(
        "What did you do?",
        missing="Write what you did.",
        hint="One sentence is enough. It stays with the task.",
        at_most=500,
    )


@pages.route("/", methods=["GET", "POST"])
def listed() -> ResponseReturnValue:
    """Show the open tasks of the region, of one kind or all, the most pressing first."""
    kind = kind_asked(TaskKind)
    asked = list_asked(kind=kind)
    if asked.leads_to:
        return redirect(asked.leads_to)
    found = open_tasks_listed(g.db, g.account, kind, local_day(g.now), asked.part())
    mentors = (one.mentor_id for one in found.rows)
    note_list(asked, leavers=(one.leaver_id for one in found.rows), mentors=mentors)
    told = {"found": found, "asked": asked, "form": filters_of(TaskFilter(), kind=kind)}
    return render_template("manager/tasks.html", **told), asked.form.status


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
    if found.kind is TaskKind.TWINS and not form.is_submitted() and twins_seen(found):
        return redirect(url_for("manager_twins.twins", task_id=task_id))
    record = task_record(g.db, g.account, found, g.now) or abort(404)
    if found.done_at is None:
        _keep_reads(record)
    if record.worry:
        _keep_worry_read(record.worry)
    return render_template(
        "manager/task.html",
        form=form,
        record=record,
        step_of=step_of,
        only_to_be_seen=found.kind in ONLY_TO_BE_SEEN,
    ), form.status


@pages.post("/<uuid:task_id>/sight")
def see(task_id: UUID) -> ResponseReturnValue:
    """Take off the list what needs no more than to be seen."""
    found = _open_one(task_id, ONLY_TO_BE_SEEN)
    return _finished(found, "Seen.", "Noted: this is off your list.")


@pages.post("/<uuid:task_id>/pause")
def keep_on_pause(task_id: UUID) -> ResponseReturnValue:
    """Let a pair stay on pause."""
    return _finished(_open_one(task_id, {TaskKind.DECIDE}), STAYS, STAYS)


@pages.post("/<uuid:task_id>/ending")
def end_pair(task_id: UUID) -> ResponseReturnValue:
    """End a pair that is on pause; its mentor is told at once."""
    found = _open_one(task_id, {TaskKind.DECIDE})
    pair = one_or_404(pairs_seen_by(g.account, g.now).where(Pair.id == found.pair_id))
    if found.done_at is None and pair.is_live:
        pairing.stop(g.db, pair, reason=DECIDED, by=g.account.id, now=g.now)
    return _finished(found, ENDS, ENDS)


def _open_one(task_id: UUID, kinds: Collection[TaskKind]) -> Task:
    """Return a task of one of these kinds; Stale if it changed since the page was opened."""
    seen = tasks_seen_by(g.account).where(col(Task.kind).in_(kinds))
    found = one_or_404(seen.where(Task.id == task_id))
    form = DeskForm()
    (form if found.done_at else form.about(found)).or_stale()
    return found


def _finished(task: Task, outcome: str, said: str) -> ResponseReturnValue:
    """Finish a task; of one that is done already it is said how it came out."""
    if task.done_at:
        flash(f"This is done already. {task.outcome}", NOTICE)
    else:
        tasks.finish(g.db, task, outcome=outcome, by=g.account.id, now=g.now)
        g.db.commit()
        flash(said)
    return redirect(url_for("manager.today"))


def _keep_worry_read(worry: Worry) -> None:
    """Keep in the audit that a worry is shown, and for its mentor when that was the first time."""
    note_reads([worry], ("text",))
    if worry.read_at or request.method not in READING:
        return
    with surroundings().writing() as db:
        db.write_as(Hand(g.account.id, at=g.now, origin=request.remote_addr or ""))
        mine = worries_seen_by(g.account).where(Worry.id == worry.id)
        if worries.note_read(db.exec(mine).one(), by=g.account.id, now=g.now):
            db.commit()


def _keep_reads(record: TaskRecord) -> None:
    """Keep in the audit whose way to be rung is shown."""
    if record.mentor and record.contact:
        note_reads([record.mentor], ("contact",))
    if record.referral and record.practitioner:
        note_reads([record.referral], ("practitioner",))
