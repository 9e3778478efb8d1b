"""A form that was begun: found through who began it, kept page by page, and the way on.

Three kinds of place fill in the same form: a desk with the person beside, a
desk with the paper, and the kiosk. `g.account` began what lies at a desk; at
the kiosk it is the stay alone that finds it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher import drafts
from matcher.uploads import is_upload
from models.access import drafts_seen_by, kiosk_drafts_seen_in, referrals_seen_by
from models.council_words import Draft
from models.referrals import Referral
from models.states import Role
from web.errors import what_was_typed
from web.forms import NOTICE
from web.guard import one_or, one_or_404
from web.kiosk_stay import at_kiosk
from web.peer_answers import AVOID, PAPER, Answers, Page

SENT = {Role.PEER: "peer.sent", Role.LIAISON: "liaison_referrals.referral"}
"""Where sending the form leads, by whose it is."""

BESIDE = {"show": "experience"}
"""Pages that stand beside another where a paper is keyed in, as they do on the paper."""

ALREADY_SENT = "This form was sent before, and is not sent twice."


def find_draft(draft_id: UUID) -> Draft:
    """Return a form that this account has begun; one that it has sent leads to what was sent.

    At the kiosk, one that is not there leads to the start: nothing typed into it is shown.
    """
    if at_kiosk():
        here = kiosk_drafts_seen_in(g.stay).where(Draft.id == draft_id)
        return one_or(here, lambda: redirect(url_for("kiosk.start")))
    mine = drafts_seen_by(g.account).where(Draft.id == draft_id, ~is_upload())
    return one_or(mine, lambda: _sent_before(draft_id))


def save(draft: Draft, name: str, typed: Any) -> None:
    """Keep one page as it was typed."""
    drafts.keep(draft, name, typed, now=g.now)
    g.db.commit()


def way_on(draft: Draft) -> str:
    """Return where to go on: the next page that is not filled in, else all answers."""
    answers = Answers(draft.answers)
    if not answers.left:
        return url_for(".check", draft_id=draft.id)
    return way_to(answers.left[0], draft.id, answers)


def way_to(asked: Page, draft_id: UUID, answers: Answers) -> str:
    """Return the address of one page of a form; off a paper all of them are one page."""
    if answers.is_paper:
        part = BESIDE.get(asked.name, asked.name)
        return url_for(".key_in", draft_id=draft_id, _anchor=f"part-{part}")
    if asked.name == AVOID:
        return url_for(".avoid", draft_id=draft_id)
    return url_for(".page", draft_id=draft_id, name=asked.name)


def is_of_paper(draft: Draft) -> bool:
    """Say whether a form is keyed in off a paper."""
    return PAPER.name in draft.answers


def _sent_before(draft_id: UUID) -> ResponseReturnValue:
    """Lead to whom this account put forward by a form, or list what was typed after that."""
    own = referrals_seen_by(g.account).where(Referral.put_forward_by == g.account.id)
    sent = one_or_404(own.where(Referral.id == draft_id))
    leads_to = url_for(SENT[g.account.role], referral_id=sent.id)
    typed = what_was_typed(request.form.items(multi=True))
    if typed:
        return render_template("peer/already_sent.html", typed=typed, way_on=leads_to), 409
    flash(ALREADY_SENT, NOTICE)
    return redirect(leads_to)
