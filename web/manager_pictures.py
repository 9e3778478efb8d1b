"""The manager's pictures of the region: each with its tables, and each table as a file."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, abort, g, render_template, request, send_file
from flask.typing import ResponseReturnValue

from matcher.desks.picture_parts import Picture, table_of
from matcher.desks.pictures import SUBJECTS, picture
from matcher.files.mending import write_csv
from models.vocabulary import Word
from web.charts import charts_of
from web.reading_noted import note_reads

pages = Blueprint("manager_pictures", __name__, url_prefix="/manager/pictures")


@pages.get("/")
def listed() -> ResponseReturnValue:
    """Show what there are pictures of."""
    return render_template("manager/pictures.html", subjects=SUBJECTS)


@pages.get("/<name>")
def shown(name: str) -> ResponseReturnValue:
    """Show one picture, and beside it the table with the same figures."""
    found = _found(name)
    return render_template(
        "manager/picture.html",
        name=name,
        subject=SUBJECTS[name],
        chosen=_chosen(name),
        picture=found,
        parts=[(part, table_of(part), charts_of(part)) for part in found.parts],
    )


@pages.get("/<name>/<int:number>.csv")
def figures(name: str, number: int) -> ResponseReturnValue:
    """Give one table of a picture as a file, and keep who took it; tables count from 0."""
    parts = _found(name).parts
    if number >= len(parts):
        abort(404)
    only = {"only_kind"} if _chosen(name) else set()
    note_reads([g.account], {f"exported_{name}_picture", "as_csv"} | only)
    head, lines = table_of(parts[number], grouped=False)
    return send_file(
        BytesIO(write_csv(head, lines)),
        mimetype="text/csv",
        as_attachment=True,
        download_name=f"{name}-{number + 1}.csv",
    )


def _found(name: str) -> Picture:
    if name not in SUBJECTS:
        abort(404)
    return picture(g.db, g.account, g.now, name, _chosen(name))


def _chosen(name: str) -> Word | None:
    """Return the word of ours by which the address narrows the picture down, if it does."""
    return next((one for one in SUBJECTS[name].choices if one == request.args.get("kind")), None)
