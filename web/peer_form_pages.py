"""The pages on which someone is put forward: a list of what to fill in, one thing at a time.

Peers and liaison fill in the same form, each on their own desk; it is saved
with every page, and only who began it finds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    abort,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from matcher import drafts, kiosk, referrals
from matcher.refusing import NotAllowed
from models.council_words import Draft
from models.states import Role
from web import peer_paper
from web.begun_forms import SENT, find_draft, is_of_paper, save, way_on, way_to
from web.desks import desk_for
from web.forms import DeskForm
from web.kiosk_stay import at_kiosk
from web.page_form import NO_QUESTIONS, PageForm
from web.peer_answers import AVOID, PAGES, Answers, Page
from web.peer_forms import AnotherForm, AvoidForm
from web.words import today
from web.your_words import in_your_words

WRITE_THE_CODE = "Write the code on the paper form. Then put it away as your prison says."
FILLED_IN_FROM_REPORTS = {"about", "release"}
SAID_TO_PEERS = (
    "We cannot take this form yet. What you wrote is kept. Ask the liaison to look at it with you."
)
"""All that a peer is told: why a person cannot be put forward may be about that person."""

SAID_AT_KIOSK = "We cannot take this form now. Please tell the liaison. They can help you."


def pages_of_the_form(desk: str, prefix: str) -> Blueprint:
    """Return the pages of the form for one desk."""
    pages = Blueprint(f"{desk}_forms", __name__, url_prefix=prefix)
    one = "/<uuid:draft_id>"
    pages.post("/")(begin)
    pages.get(f"{one}/")(task_list)
    pages.route(f"{one}/pages/<name>", methods=["GET", "POST"])(page)
    pages.route(f"{one}/avoid", methods=["GET", "POST"])(avoid)
    pages.route(f"{one}/avoid/new", methods=["GET", "POST"])(avoid_someone)
    pages.post(f"{one}/avoid/<int:number>/removal")(avoid_no_more)
    pages.route(f"{one}/check", methods=["GET", "POST"])(check)
    pages.route(f"{one}/removal", methods=["GET", "POST"])(throw_away)
    if desk != "kiosk":
        peer_paper.add_pages(pages)
    return pages


def begin() -> ResponseReturnValue:
    """Begin a form for someone."""
    DeskForm().or_stale()
    if at_kiosk():
        kiosk.wipe(g.db, g.stay)
    stay_id = g.stay.id if at_kiosk() else None
    draft = drafts.begin(g.db, g.account, now=g.now, stay_id=stay_id)
    g.db.commit()
    return redirect(way_on(draft) if at_kiosk() else url_for(".task_list", draft_id=draft.id))


def task_list(draft_id: UUID) -> ResponseReturnValue:
    """Show what is filled in and what is left."""
    draft = find_draft(draft_id)
    if is_of_paper(draft):
        return redirect(url_for(".key_in", draft_id=draft_id))
    answers = Answers(draft.answers)
    return render_template("peer/task_list.html", draft_id=draft_id, answers=answers, way_to=way_to)


def page(draft_id: UUID, name: str) -> ResponseReturnValue:
    """Show one page and save it; then comes the next that is not filled in."""
    draft = find_draft(draft_id)
    asked = PAGES.get(name)
    if asked is None or asked.form is None:
        abort(404)
    form = _shown(asked, draft)
    if form.validate_on_submit():
        save(draft, name, _typed())
        return redirect(way_on(draft))
    shown = render_template("peer/page.html", form=form, page=asked, draft_id=draft_id)
    return shown, form.status


def avoid(draft_id: UUID) -> ResponseReturnValue:
    """Ask whether there is anyone, or anyone else, they must not meet."""
    draft = find_draft(draft_id)
    form = in_your_words(AVOID, AnotherForm())
    if form.validate_on_submit():
        if form.another.data:
            return redirect(url_for(".avoid_someone", draft_id=draft_id))
        save(draft, AVOID, {"people": _people(draft)})
        return redirect(way_on(draft))
    people = Answers(draft.answers).avoided()
    shown = render_template("peer/avoid.html", form=form, people=people, draft_id=draft_id)
    return shown, form.status


def avoid_someone(draft_id: UUID) -> ResponseReturnValue:
    """Add someone they must not meet."""
    draft = find_draft(draft_id)
    form = in_your_words(AVOID, AvoidForm())
    if form.validate_on_submit():
        save(draft, AVOID, {"people": [*_people(draft), _typed()]})
        return redirect(url_for(".avoid", draft_id=draft_id))
    return render_template("peer/avoid_someone.html", form=form, draft_id=draft_id), form.status


def avoid_no_more(draft_id: UUID, number: int) -> ResponseReturnValue:
    """Take someone off the list, counted from 1."""
    DeskForm().or_stale()
    draft = find_draft(draft_id)
    people = [typed for place, typed in enumerate(_people(draft), start=1) if place != number]
    save(draft, AVOID, {"people": people})
    return redirect(url_for(".avoid", draft_id=draft_id))


def check(draft_id: UUID) -> ResponseReturnValue:
    """Show all answers with a way to change each, and send them."""
    draft = find_draft(draft_id)
    answers = Answers(draft.answers)
    form = DeskForm()
    if form.validate_on_submit() and _is_whole(answers, form):
        leads_to = _send(draft, answers, form)
        if leads_to:
            return redirect(leads_to)
    shown = render_template(
        "peer/check.html", form=form, answers=answers, draft_id=draft_id, way_to=way_to
    )
    return shown, form.status


def throw_away(draft_id: UUID) -> ResponseReturnValue:
    """Ask once more, and forget all that was typed."""
    draft = find_draft(draft_id)
    form = DeskForm()
    if form.validate_on_submit():
        drafts.throw_away(g.db, draft)
        g.db.commit()
        flash("The form is thrown away.")
        return redirect(url_for("kiosk.start" if at_kiosk() else desk_for(g.account.role).start))
    return render_template("peer/throw_away.html", form=form, draft_id=draft_id), form.status


def _shown(asked: Page, draft: Draft) -> PageForm:
    """Return a page as just typed, else as it was saved, else as nobody touched it."""
    kind, typed = asked.form or PageForm, draft.answers.get(asked.name)
    if typed is None and asked.name in FILLED_IN_FROM_REPORTS:
        typed = draft.answers.get("known")
    form = kind(data=dict(kind.nothing_typed))
    if typed is not None and not form.is_just_typed:
        form = kind.of(typed)
    return in_your_words(asked.name, form.knowing(draft.answers))


def _typed() -> dict[str, Any]:
    """Return what the page sent, as it was typed; a yes keeps the day it was given on."""
    typed = {name: values for name, values in request.form.lists() if name not in NO_QUESTIONS}
    return typed | {"on": [today().isoformat()]} if "agreed" in typed else typed


def _people(draft: Draft) -> list[Any]:
    return list(draft.answers.get(AVOID, {}).get("people", ()))


def _is_whole(answers: Answers, form: DeskForm) -> bool:
    """Say whether every page is filled in and can be taken today; else tell which is not."""
    wrong = next(iter(answers.left), None) or answers.first_wrong()
    if wrong:
        form.refuse(f"“{wrong.heading}” is not filled in yet, or no longer right. Go to that page.")
    return wrong is None


def _send(draft: Draft, answers: Answers, form: DeskForm) -> str | None:
    """Put the person forward and forget the form, in one go; tell what is in the way.

    Return where that leads. Whoever asks at the kiosk is put forward by themselves.
    """
    try:
        referral = referrals.put_forward(
            g.db,
            answers.facts(),
            prison=g.account.prison,
            by=None if at_kiosk() else g.account.id,
            now=g.now,
            form_id=draft.id,
            filled_in=answers.filled_in,
        )
    except NotAllowed as refused:
        g.db.rollback()
        for sentence in _said_of(refused):
            form.refuse(sentence)
        return None
    leads_to = _put_away(draft, referral.id, answers)
    g.db.commit()
    return leads_to


def _said_of(refused: NotAllowed) -> Sequence[str]:
    """Return what is told of a refusal: why is for the liaison alone."""
    if at_kiosk():
        return [SAID_AT_KIOSK]
    return [SAID_TO_PEERS] if g.account.role is Role.PEER else refused.sentences


def _put_away(draft: Draft, sent_id: UUID, answers: Answers) -> str:
    """Forget what was typed, and return where the code is shown."""
    if at_kiosk():
        kiosk.keep_place(draft, now=g.now)
        return url_for("kiosk.sent")
    drafts.throw_away(g.db, draft)
    if answers.is_paper:
        flash(WRITE_THE_CODE)
    return url_for(SENT[g.account.role], referral_id=sent_id)
