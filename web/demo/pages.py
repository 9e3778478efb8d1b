"""Pages that exist in a demo alone: how to sign in, and every letter that was sent so far."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from flask import Blueprint, Response, abort, g, render_template, request
from flask.typing import ResponseReturnValue

from matcher.example.codes import next_codes
from matcher.messages import Message
from matcher.senders import messages_in
from web.demo.ground import sheet_in
from web.demo.sign_ins import PASSWORD, SIGN_INS
from web.surroundings import surroundings

pages = Blueprint("demo", __name__, url_prefix="/demo")

ON_A_PAGE = 50


@pages.get("/")
def start() -> ResponseReturnValue:
    """Say how to sign in at each desk, and with which codes."""
    sheet = _sheet()
    codes = next_codes(g.db, SIGN_INS.values(), sheet)
    told = {"password": PASSWORD, "codes": codes, "sheet": sheet}
    return render_template("demo/start.html", sign_ins=SIGN_INS, **told)


@pages.get("/post")
def post() -> ResponseReturnValue:
    """List the letters that were sent, newest first."""
    letters = _letters()
    number = max(request.args.get("page", 1, int), 1)
    pages_in_all = max(-(-len(letters) // ON_A_PAGE), 1)
    shown = letters[(number - 1) * ON_A_PAGE : number * ON_A_PAGE]
    return render_template(
        "demo/post.html", letters=shown, count=len(letters), page=number, pages=pages_in_all
    )


@pages.get("/post/<uuid:letter_id>")
def letter(letter_id: UUID) -> ResponseReturnValue:
    """Show one letter as it was sent."""
    return render_template("demo/letter.html", letter=_letter(letter_id))


@pages.get("/post/<uuid:letter_id>/appointment.ics")
def appointment(letter_id: UUID) -> ResponseReturnValue:
    """Give the calendar entry that went with a letter."""
    found = _letter(letter_id)
    if not found.calendar:
        abort(404)
    return Response(found.calendar, mimetype="text/calendar")


def _sheet() -> list[str]:
    """Return the codes of this start; they lie beside the post."""
    place = sheet_in(_post().parent)
    return place.read_text().split() if place.exists() else []


def _post() -> Path:
    return Path(surroundings().settings.mail.removeprefix("folder:"))


def _letter(letter_id: UUID) -> Message:
    found = [one for one in _letters() if one.letter_id == letter_id]
    if not found:
        abort(404)
    return found[0]


def _letters() -> list[Message]:
    return messages_in(_post())
