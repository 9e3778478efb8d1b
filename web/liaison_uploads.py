"""A release report at the liaison's desk: chosen, looked at, and only then taken."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from matcher import uploads
from matcher.collecting import no_search_for_cycles
from matcher.files.refusals import ChoiceNeeded, IntakeRefused
from matcher.intake import ReportReading
from models.access import drafts_seen_by
from models.council_words import Draft
from web.fields import ChoiceField, FileField
from web.forms import DeskForm
from web.guard import one_or
from web.reading_noted import NAMED_IN_REPORTS, note_reads

TOO_OLD = (
    "We keep a report for one hour, and this one is gone. If you had not taken it, nothing was "
    "changed: choose it again."
)
"""Said of a report of one's own, of another's and of none alike: nobody learns which it was."""

pages = Blueprint("liaison_uploads", __name__, url_prefix="/liaison/uploads")


class UploadForm(DeskForm):
    """The report to look at."""

    report = FileField(
        "Choose the release report",
        kinds=(".csv", ".xlsx", ".xlsm", ".xls", ".ods", ".txt"),
        missing="Choose a file first.",
        hint="A workbook or a CSV file, as you exported it. At most 10 megabytes.",
    )


class QuestionForm(DeskForm):
    """What only a person can tell of a file."""

    answer = ChoiceField("Which one is right?", missing="Choose one.")


@pages.route("/", methods=["GET", "POST"])
def upload() -> ResponseReturnValue:
    """Take a file to look at; nothing is changed by it."""
    form = UploadForm()
    if form.validate_on_submit():
        draft = _looked_at(form, form.report.data.stream.read())
        if draft:
            return redirect(url_for(".preview", upload_id=draft.id))
    return render_template("liaison/upload.html", form=form), form.status


@pages.get("/<uuid:upload_id>")
def preview(upload_id: UUID) -> ResponseReturnValue:
    """Show the question about a file, what is in it, or what became of it."""
    draft = _held(upload_id)
    if uploads.is_too_old(draft, g.now):
        return _too_old()
    held = uploads.held(draft)
    if asked := held.get("question"):
        return _asked(draft, QuestionForm(), asked)
    seen = held.get("result") or held["preview"]
    note_reads(uploads.on_file(g.db, g.account, seen, g.now), NAMED_IN_REPORTS)
    return render_template(
        "liaison/upload_result.html" if "result" in held else "liaison/upload_preview.html",
        upload_id=upload_id,
        seen=seen,
        has_rows_to_mend=bool(held.get("mend")),
        lists=uploads.LISTS,
        next_steps=uploads.NEXT_STEPS,
        form=DeskForm(),
    )


@pages.post("/<uuid:upload_id>/answer")
def answer(upload_id: UUID) -> ResponseReturnValue:
    """Take the answer to a question about the file and look at it again."""
    draft = _held(upload_id)
    asked = uploads.held(draft).get("question") or abort(404)
    form = QuestionForm()
    form.answer.choices = list(asked["choices"])
    if form.validate_on_submit():
        told = {**uploads.held(draft)["told"], asked["argument"]: form.answer.data}
        seen = _seen(uploads.content_of(draft), told)
        uploads.keep(_held(upload_id), now=g.now, told=told, **seen)
        g.db.commit()
        return redirect(url_for(".preview", upload_id=upload_id))
    return _asked(draft, form, asked)


@pages.post("/<uuid:upload_id>/confirmation")
def confirm(upload_id: UUID) -> ResponseReturnValue:
    """Take the report in; only now anything is changed."""
    DeskForm().or_stale()
    draft = _held(upload_id)
    held = uploads.held(draft)
    if "content" not in held:
        return redirect(url_for(".preview", upload_id=upload_id))
    if uploads.is_too_old(draft, g.now):
        return _too_old()
    reading = _read(uploads.content_of(draft), held["told"])
    draft = _held(upload_id)
    if "content" in uploads.held(draft):
        with no_search_for_cycles():
            taken = uploads.take(g.db, reading, g.account, now=g.now)
            said = uploads.shown(g.db, taken, g.account, now=g.now)
            uploads.finish(draft, taken, said, now=g.now)
            g.db.commit()
        flash("The report is taken.")
    return redirect(url_for(".preview", upload_id=upload_id))


@pages.get("/<uuid:upload_id>/rows-to-mend.csv")
def rows_to_mend(upload_id: UUID) -> ResponseReturnValue:
    """Give the bad rows back as a file."""
    rows = uploads.rows_to_mend(_held(upload_id)) or abort(404)
    return send_file(
        BytesIO(rows), mimetype="text/csv", as_attachment=True, download_name="rows-to-mend.csv"
    )


def _held(upload_id: UUID) -> Draft:
    """Return a report of one's own, or say that none is held any more."""
    mine = drafts_seen_by(g.account).where(Draft.id == upload_id, uploads.is_upload())
    return one_or(mine, _too_old)


def _looked_at(form: UploadForm, content: bytes) -> Draft | None:
    """Look at a file and hold it; say on the form why it cannot be taken."""
    try:
        seen = _seen(content, {})
    except IntakeRefused as refused:
        g.db.rollback()
        form.refuse(str(refused), "report")
        return None
    draft = uploads.hold(g.db, g.account, content, now=g.now, **seen)
    g.db.commit()
    return draft


def _seen(content: bytes, told: dict[str, str]) -> dict[str, object]:
    """Return the question about a file, or what is in it; looking writes nothing."""
    try:
        reading = _read(content, told)
    except ChoiceNeeded as asked:
        return {"question": uploads.question(asked), "preview": None}
    taken = uploads.take(g.db, reading, g.account, now=g.now, only_looks=True)
    seen = uploads.shown(g.db, taken, g.account, now=g.now)
    return {"question": None, "preview": seen}


@no_search_for_cycles()
def _read(content: bytes, told: dict[str, str]) -> ReportReading:
    """Read a file with nothing begun: however long it takes, nobody waits for a lock of ours."""
    g.db.rollback()
    return uploads.read(content, told, g.account, now=g.now)


def _asked(draft: Draft, form: QuestionForm, asked: dict[str, object]) -> ResponseReturnValue:
    form.answer.choices = list(asked["choices"])  # type: ignore[call-overload]
    shown = render_template(
        "liaison/upload_question.html", form=form, asked=asked, upload_id=draft.id
    )
    return shown, form.status


def _too_old() -> ResponseReturnValue:
    form = UploadForm(formdata=None)
    form.refuse(TOO_OLD)
    return render_template("liaison/upload.html", form=form), 404
