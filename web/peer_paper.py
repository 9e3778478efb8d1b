"""The paper at the council's desks: blank forms to print, and what was written on one keyed in."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from matcher import drafts
from matcher.printing.paper_form import paper_form
from models.council_words import Draft
from web.begun_forms import BESIDE, find_draft
from web.desks import desk_for
from web.forms import DeskForm
from web.paper_forms import KeyedForm, PaperForm, people_typed, typed_by_page, with_prefix
from web.peer_answers import AVOID, PAGES, PAPER
from web.surroundings import surroundings
from web.words import today

KEPT = "Kept as you typed it. You find it under “Forms not sent yet”."
ONE_PAGE = {page.name: page.form for page in PAGES.values() if page.form}
ONE_PAGE |= {PAPER.name: PaperForm}


def add_pages(pages: Blueprint) -> None:
    """Add the pages about paper to the form of one desk."""
    pages.get("/blank.pdf")(blank)
    pages.post("/paper")(begin_paper)
    pages.route("/<uuid:draft_id>/paper", methods=["GET", "POST"])(key_in)


def blank() -> ResponseReturnValue:
    """Give a blank form to print; nothing on it is anybody's."""
    settings = surroundings().settings
    pdf = paper_form(settings.service_phone, settings.service_post, printed_on=today())
    return send_file(
        BytesIO(pdf),
        mimetype="application/pdf",
        as_attachment=True,
        download_name="blank-form.pdf",
    )


def begin_paper() -> ResponseReturnValue:
    """Begin to key in a paper form."""
    DeskForm().or_stale()
    draft = drafts.begin(g.db, g.account, now=g.now, answers={PAPER.name: {}})
    g.db.commit()
    return redirect(url_for(".key_in", draft_id=draft.id))


def key_in(draft_id: UUID) -> ResponseReturnValue:
    """Show the whole paper on one page, and keep what was typed, right or wrong."""
    draft = find_draft(draft_id)
    form = _shown(draft)
    if form.is_submitted():
        _keep(draft, form)
        if "later" in request.form:
            flash(KEPT)
            return redirect(url_for(desk_for(g.account.role).start))
    if form.validate_on_submit():
        return redirect(url_for(".check", draft_id=draft_id))
    shown = render_template("peer/key_in.html", form=form, parts=_parts(form), draft_id=draft_id)
    return shown, form.status


def _shown(draft: Draft) -> KeyedForm:
    """Return the page as just typed, else as it was kept, else as nobody touched it."""
    form = KeyedForm(data=dict(KeyedForm.nothing_typed))
    if form.is_just_typed:
        sent = request.form if form.is_submitted() else MultiDict(g.unsent_here.fields)
        return form.avoiding(with_prefix(people_typed(sent)))
    kept = [draft.answers[name] for name in ONE_PAGE if name in draft.answers]
    if any(kept):
        form = KeyedForm.of({key: values for page in kept for key, values in page.items()})
    return form.avoiding(with_prefix(draft.answers.get(AVOID, {}).get("people", [])))


def _keep(draft: Draft, form: KeyedForm) -> None:
    """Keep all that was typed under the names of its pages; the yes keeps the day it was given."""
    typed = typed_by_page(request.form, ONE_PAGE)
    day = form.signed_on.data
    if typed["consent"].get("agreed") and day:
        typed["consent"]["on"] = [day.isoformat()]
    typed[AVOID] = {"people": people_typed(request.form)}
    drafts.keep_pages(draft, typed, now=g.now)
    g.db.commit()


def _parts(form: KeyedForm) -> list[tuple[str, str, list[Any]]]:
    """Return the parts of the page in the order of the paper: name, title, and fields."""
    fields: Mapping[str, Any] = {field.name: field for field in form.questions}
    parts = []
    for page in (one for one in (*PAGES.values(), PAPER) if one.name not in BESIDE):
        kind = page.form
        own = kind(formdata=None, meta={"csrf": False}).questions if kind else []
        names = [one.name for one in own]
        parts.append((page.name, page.title, [fields[name] for name in names]))
    return parts
