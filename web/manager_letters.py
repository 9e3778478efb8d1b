"""The region's letters: how far each has come, what one says, and an example of every kind."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from matcher.core.sending import local_day
from matcher.desks.letter_examples import SHEETS, example_sheet, letter_examples
from matcher.desks.letter_preview import letter_preview
from matcher.desks.letter_steps import LetterStep
from matcher.desks.paging import ROWS_PER_PAGE, Paged
from matcher.desks.region_lists import LetterRow, letters_listed
from matcher.printed_letters import as_pdf
from matcher.refusing import NotAllowed
from models.access import letters_seen_by
from models.outbox import Letter
from models.states import Channel
from web.fields import WordField
from web.forms import NOTICE, DeskForm
from web.guard import one_or_404
from web.lists_asked import ListAsked, filters_of, list_asked, state_asked
from web.manager_reads import note_leavers, note_list
from web.reading_noted import note_reads
from web.surroundings import surroundings

pages = Blueprint("manager_letters", __name__, url_prefix="/manager/letters")


class LetterFilter(DeskForm):
    """Which letters to show; it lives in the address."""

    state = WordField("How far they have come", LetterStep, as_list=True)


@pages.route("/", methods=["GET", "POST"])
def listed() -> ResponseReturnValue:
    """Show the region's letters: those that could not be sent first, then the next to leave."""
    step = state_asked(LetterStep)
    asked = list_asked(state=step)
    if asked.leads_to:
        return redirect(asked.leads_to)
    form = filters_of(LetterFilter(), state=step)
    told = {"found": letters_of(asked, step), "asked": asked, "form": form}
    return render_template("manager/letters.html", **told), asked.form.status


def letters_of(
    asked: ListAsked, step: LetterStep | None, size: int = ROWS_PER_PAGE
) -> Paged[LetterRow]:
    """Return the letters that are asked for, and keep in the audit whom they name."""
    found = letters_listed(g.db, g.account, g.now, step, asked.part(size))
    mentors = (one.mentor_id for one in found.rows)
    note_list(asked, leavers=(one.leaver_id for one in found.rows), mentors=mentors)
    return found


@pages.get("/<uuid:letter_id>")
def one(letter_id: UUID) -> ResponseReturnValue:
    """Show what one letter says, or would say if it went now."""
    preview = letter_preview(g.db, _find(letter_id), surroundings().settings)
    note_leavers([preview.leaver_id])
    return render_template("manager/letter.html", letter=preview)


@pages.get("/<uuid:letter_id>.pdf")
def sheet(letter_id: UUID) -> ResponseReturnValue:
    """Give the sheet of a printed letter, as the liaison would print it today."""
    letter = _find(letter_id)
    if letter.channel is not Channel.PRINT:
        abort(404)
    try:
        pdf = as_pdf(g.db, letter, surroundings().settings, now=g.now)
    except NotAllowed as wrong:
        flash(str(wrong), NOTICE)
        return redirect(url_for(".one", letter_id=letter_id))
    note_reads([letter], ("facts",))
    return _as_file(pdf)


@pages.get("/examples")
def examples() -> ResponseReturnValue:
    """Show every letter that the service can send, with made-up people."""
    told = letter_examples(surroundings().settings)
    return render_template("manager/letter_examples.html", examples=told)


@pages.get("/examples/<sheet_name>.pdf")
def example(sheet_name: str) -> ResponseReturnValue:
    """Give a printed letter with made-up people."""
    if sheet_name not in SHEETS:
        abort(404)
    return _as_file(example_sheet(sheet_name, surroundings().settings, local_day(g.now)))


def _as_file(pdf: bytes) -> ResponseReturnValue:
    return send_file(
        BytesIO(pdf), mimetype="application/pdf", as_attachment=True, download_name="letter.pdf"
    )


def _find(letter_id: UUID) -> Letter:
    return one_or_404(letters_seen_by(g.account, g.now).where(Letter.id == letter_id))
