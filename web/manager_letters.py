"""The region's letters and how far each has come; what they say is nobody's to read here."""

from __future__ import annotations

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from matcher.desks.region_lists import letters_listed
from models.states import LetterState
from web.fields import WordField
from web.forms import DeskForm

pages = Blueprint("manager_letters", __name__, url_prefix="/manager/letters")


class LetterFilter(DeskForm):
    """Which letters to show; it lives in the address."""

    state = WordField("How far they have come", LetterState, as_list=True)


@pages.get("/")
def listed() -> ResponseReturnValue:
    """Show the region's letters: those that could not be sent first, then the newest."""
    state = next((one for one in LetterState if one == request.args.get("state")), None)
    states = [state] if state else list(LetterState)
    found = letters_listed(g.db, g.account, g.now, states, request.args.get("page", 1, int))
    form = LetterFilter(data={"state": state})
    return render_template("manager/letters.html", found=found, form=form, state=state)
