"""The region's letters and how far each has come; what they say is nobody's to read here."""

from __future__ import annotations

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from matcher.desks.letter_steps import LetterStep
from matcher.desks.region_lists import letters_listed
from web.fields import WordField
from web.forms import DeskForm
from web.manager_reads import note_leavers

pages = Blueprint("manager_letters", __name__, url_prefix="/manager/letters")


class LetterFilter(DeskForm):
    """Which letters to show; it lives in the address."""

    state = WordField("How far they have come", LetterStep, as_list=True)


@pages.get("/")
def listed() -> ResponseReturnValue:
    """Show the region's letters: those that could not be sent first, then the next to leave."""
    step = next((one for one in LetterStep if one == request.args.get("state")), None)
    page = request.args.get("page", 1, int)
    found = letters_listed(g.db, g.account, g.now, step, page)
    note_leavers(one.leaver_id for one in found.rows)
    form = LetterFilter(data={"state": step})
    return render_template("manager/letters.html", found=found, form=form, state=step)
