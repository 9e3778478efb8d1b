"""The pages on which someone is put forward: a list of what to fill in, one thing at a time.

Peers and liaison fill in the same form, each on their own desk; it is saved
with every page, and only who began it finds it.
"""

from __future__ import annotations

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

from matcher import drafts, referrals
from matcher.refusing import NotAllowed
from matcher.uploads import is_upload
from models.access import drafts_seen_by, referrals_seen_by
from models.council_words import Draft
from models.referrals import Referral
from models.states import Role
from web.desks import desk_for
from web.errors import what_was_typed
from web.forms import NOTICE, DeskForm
from web.guard import one_or, one_or_404
from web.peer_answers import AVOID, PAGES, Answers, Page
from web.peer_forms import NO_QUESTIONS, AnotherForm, AvoidForm, PageForm
from web.words import today

SENT = {Role.PEER: "peer.sent", Role.LIAISON: "liaison_referrals.referral"}
"""Where sending the form leads, by whose it is."""

ALREADY_SENT = "This form was sent before, and is not sent twice."
FILLED_IN_FROM_REPORTS = {"about", "release"}
SAID_TO_PEERS = (
    "We cannot take this form yet. What you wrote is kept. Ask the liaison to look at it with you."
)
"""All that a peer is told: why a person cannot be put forward may be about that person."""


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
    return pages


def begin() -> ResponseReturnValue:
    """Begin a form for someone."""
    DeskForm().or_stale()
    draft = drafts.begin(g.db, g.account, now=g.now)
    g.db.commit()
    return redirect(url_for(".task_list", draft_id=draft.id))


def task_list(draft_id: UUID) -> ResponseReturnValue:
    """Show what is filled in and what is left."""
    answers = Answers(_draft(draft_id).answers)
    return render_template("peer/task_list.html", draft_id=draft_id, answers=answers, way_to=way_to)


def page(draft_id: UUID, name: str) -> ResponseReturnValue:
    """Show one page and save it; then comes the next that is not filled in."""
    draft = _draft(draft_id)
    asked = PAGES.get(name)
    if asked is None or asked.form is None:
        abort(404)
    form = _shown(asked, draft)
    if form.validate_on_submit():
        _save(draft, name, _typed())
        return redirect(_next(draft))
    shown = render_template("peer/page.html", form=form, page=asked, draft_id=draft_id)
    return shown, form.status


def avoid(draft_id: UUID) -> ResponseReturnValue:
    """Ask whether there is anyone, or anyone else, they must not meet."""
    draft = _draft(draft_id)
    form = AnotherForm()
    if form.validate_on_submit():
        if form.another.data:
            return redirect(url_for(".avoid_someone", draft_id=draft_id))
        _save(draft, AVOID, {"people": _people(draft)})
        return redirect(_next(draft))
    people = Answers(draft.answers).avoided()
    shown = render_template("peer/avoid.html", form=form, people=people, draft_id=draft_id)
    return shown, form.status


def avoid_someone(draft_id: UUID) -> ResponseReturnValue:
    """Add someone they must not meet."""
    draft = _draft(draft_id)
    form = AvoidForm()
    if form.validate_on_submit():
        _save(draft, AVOID, {"people": [*_people(draft), _typed()]})
        return redirect(url_for(".avoid", draft_id=draft_id))
    return render_template("peer/avoid_someone.html", form=form, draft_id=draft_id), form.status


def avoid_no_more(draft_id: UUID, number: int) -> ResponseReturnValue:
    """Take someone off the list, counted from 1."""
    DeskForm().or_stale()
    draft = _draft(draft_id)
    people = [typed for place, typed in enumerate(_people(draft), start=1) if place != number]
    _save(draft, AVOID, {"people": people})
    return redirect(url_for(".avoid", draft_id=draft_id))


def check(draft_id: UUID) -> ResponseReturnValue:
    """Show all answers with a way to change each, and send them."""
    draft = _draft(draft_id)
    answers = Answers(draft.answers)
    form = DeskForm()
    if form.validate_on_submit() and _is_whole(answers, form):
        sent_id = _send(draft, answers, form)
        if sent_id:
            return redirect(url_for(SENT[g.account.role], referral_id=sent_id))
    shown = render_template(
        "peer/check.html", form=form, answers=answers, draft_id=draft_id, way_to=way_to
    )
    return shown, form.status


def throw_away(draft_id: UUID) -> ResponseReturnValue:
    """Ask once more, and forget all that was typed."""
    draft = _draft(draft_id)
    form = DeskForm()
    if form.validate_on_submit():
        drafts.throw_away(g.db, draft)
        g.db.commit()
        flash("The form is thrown away.")
        return redirect(url_for(desk_for(g.account.role).start))
    return render_template("peer/throw_away.html", form=form, draft_id=draft_id), form.status


def _draft(draft_id: UUID) -> Draft:
    """Return a form that this account has begun; one that it has sent leads to what was sent."""
    mine = drafts_seen_by(g.account).where(Draft.id == draft_id, ~is_upload())
    return one_or(mine, lambda: _sent_before(draft_id))


def _sent_before(draft_id: UUID) -> ResponseReturnValue:
    """Lead to whom this account put forward by a form, or list what was typed after that."""
    own = referrals_seen_by(g.account).where(Referral.put_forward_by == g.account.id)
    sent = one_or_404(own.where(Referral.id == draft_id))
    way_on = url_for(SENT[g.account.role], referral_id=sent.id)
    typed = what_was_typed(request.form.items(multi=True))
    if typed:
        return render_template("peer/already_sent.html", typed=typed, way_on=way_on), 409
    flash(ALREADY_SENT, NOTICE)
    return redirect(way_on)


def _shown(asked: Page, draft: Draft) -> PageForm:
    """Return a page as just typed, else as it was saved, else as nobody touched it."""
    kind, typed = asked.form or PageForm, draft.answers.get(asked.name)
    if typed is None and asked.name in FILLED_IN_FROM_REPORTS:
        typed = draft.answers.get("known")
    form = kind(data=dict(kind.nothing_typed))
    if typed is not None and not form.is_just_typed:
        form = kind.of(typed)
    return form.knowing(draft.answers)


def _typed() -> dict[str, Any]:
    """Return what the page sent, as it was typed; a yes keeps the day it was given on."""
    typed = {name: values for name, values in request.form.lists() if name not in NO_QUESTIONS}
    return typed | {"on": [today().isoformat()]} if "agreed" in typed else typed


def _people(draft: Draft) -> list[Any]:
    return list(draft.answers.get(AVOID, {}).get("people", ()))


def _save(draft: Draft, name: str, typed: Any) -> None:
    drafts.keep(draft, name, typed, now=g.now)
    g.db.commit()


def _next(draft: Draft) -> str:
    """Return where to go on: the next page that is not filled in, else all answers."""
    left = Answers(draft.answers).left
    if not left:
        return url_for(".check", draft_id=draft.id)
    return way_to(left[0], draft.id)


def way_to(asked: Page, draft_id: UUID) -> str:
    """Return the address of one page of a form."""
    if asked.name == AVOID:
        return url_for(".avoid", draft_id=draft_id)
    return url_for(".page", draft_id=draft_id, name=asked.name)


def _is_whole(answers: Answers, form: DeskForm) -> bool:
    """Say whether every page is filled in and can be taken today; else tell which is not."""
    wrong = next(iter(answers.left), None) or answers.first_wrong()
    if wrong:
        form.refuse(f"“{wrong.title}” is not filled in yet, or no longer right. Go to that page.")
    return wrong is None


def _send(draft: Draft, answers: Answers, form: DeskForm) -> UUID | None:
    """Put the person forward and forget the form, in one go; tell what is in the way."""
    try:
        referral = referrals.put_forward(
            g.db,
            answers.facts(),
            prison=g.account.prison,
            by=g.account.id,
            now=g.now,
            form_id=draft.id,
        )
    except NotAllowed as refused:
        g.db.rollback()
        is_peer = g.account.role is Role.PEER
        for sentence in [SAID_TO_PEERS] if is_peer else refused.sentences:
            form.refuse(sentence)
        return None
    drafts.throw_away(g.db, draft)
    sent_id = referral.id
    g.db.commit()
    return sent_id
