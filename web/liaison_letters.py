"""Letters at the liaison's desk: printed, and put into the hand of whom they are for."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import col
from sqlmodel.sql.expression import SelectOfScalar

from matcher.desks.liaison_letters import letters_in_tray
from matcher.desks.rows_shown import leavers_shown
from matcher.handing_over import hand_over, take_back
from matcher.printed_letters import as_one_pdf, as_pdf, keep_facts
from matcher.refusing import NotAllowed
from models.access import letters_seen_by
from models.outbox import Letter
from models.states import LetterState
from web.forms import NOTICE, DeskForm
from web.guard import one_or_404
from web.reading_noted import note_reads
from web.surroundings import surroundings

AT_ONCE = 50
"""So many letters are drawn as one file; the rest come once these are handed over."""

NONE_TO_PRINT = "No letter waits that can be printed."
LEFT_OUT = "Some letters are no longer true. They are not in the file. Do not hand them over."

pages = Blueprint("liaison_letters", __name__, url_prefix="/liaison/letters")


@pages.get("/")
def tray() -> ResponseReturnValue:
    """Show what is to be printed and handed over, and what lately was."""
    letters = letters_in_tray(g.db, g.account, g.now)
    shown = leavers_shown(g.db, (letter.leaver_id for letter in letters))
    note_reads(shown, ("first_name", "surname", "release_date"))
    return render_template("liaison/letters.html", letters=letters)


@pages.get("/waiting.pdf")
def all_sheets() -> ResponseReturnValue:
    """Give the sheets of all letters that wait, who leaves next first, as one file to print."""
    waiting = [one.id for one in letters_in_tray(g.db, g.account, g.now) if not one.handed_at]
    found = {one.id: one for one in g.db.exec(_letters().where(col(Letter.id).in_(waiting)))}
    in_order = [found[one] for one in waiting[:AT_ONCE] if one in found]
    pdf, printed = as_one_pdf(g.db, in_order, surroundings().settings, now=g.now)
    if pdf is None:
        flash(NONE_TO_PRINT, NOTICE)
        return redirect(url_for(".tray"))
    if len(printed) < len(in_order):
        flash(LEFT_OUT, NOTICE)
    note_reads(printed, ("facts",))
    return _handed_out(pdf, "letters.pdf")


@pages.get("/<uuid:letter_id>.pdf")
def sheet(letter_id: UUID) -> ResponseReturnValue:
    """Give the sheet to print, as things are today."""
    letter = _find(letter_id)
    if letter.state is not LetterState.SENT:
        abort(404)
    try:
        pdf = as_pdf(g.db, letter, surroundings().settings, now=g.now)
    except NotAllowed as wrong:
        flash(str(wrong), NOTICE)
        return redirect(url_for(".tray"))
    note_reads([letter], ("facts",))
    return _handed_out(pdf, "letter.pdf")


@pages.post("/<uuid:letter_id>/hand-over")
def handed_over(letter_id: UUID) -> ResponseReturnValue:
    """Keep that the letter was handed over."""
    DeskForm().or_stale()
    try:
        letter = _find(letter_id)
        if letter.state is LetterState.SENT:
            keep_facts(g.db, letter, surroundings().settings, now=g.now)
        hand_over(g.db, letter, by=g.account.id, now=g.now)
    except NotAllowed:
        abort(404)
    g.db.commit()
    flash("Kept: the letter was handed over.")
    return redirect(url_for(".tray"))


@pages.post("/<uuid:letter_id>/not-handed-over")
def not_handed_over(letter_id: UUID) -> ResponseReturnValue:
    """Keep that a letter was not handed over after all: it waits again."""
    DeskForm().or_stale()
    try:
        take_back(g.db, _find(letter_id), now=g.now)
    except NotAllowed:
        abort(404)
    g.db.commit()
    flash("Taken back. The letter waits again.")
    return redirect(url_for(".tray"))


def _find(letter_id: UUID) -> Letter:
    return one_or_404(_letters().where(Letter.id == letter_id))


def _letters() -> SelectOfScalar[Letter]:
    return letters_seen_by(g.account, g.now)


def _handed_out(pdf: bytes, name: str) -> ResponseReturnValue:
    return send_file(
        BytesIO(pdf), mimetype="application/pdf", as_attachment=True, download_name=name
    )
