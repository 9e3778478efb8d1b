"""New days of a pair: the mentor says in one tap whether they suit."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, url_for
from flask.typing import ResponseReturnValue

from matcher import moved_days
from matcher.refusing import NotAllowed
from models.access import pairs_seen_by
from models.pairs import Pair
from web.forms import NOTICE, DeskForm
from web.guard import one_or_404

pages = Blueprint("mentor_days", __name__, url_prefix="/mentor/pairs")

THEY_SUIT = "Thank you. We have written down that the new days suit you."
THEY_DO_NOT = "Thank you for telling us. Your manager will ring you to find other days."


@pages.post("/<uuid:pair_id>/days/confirmation")
def confirm(pair_id: UUID) -> ResponseReturnValue:
    """Yes, the new days suit."""
    return _answer(pair_id, suits=True)


@pages.post("/<uuid:pair_id>/days/objection")
def object_to(pair_id: UUID) -> ResponseReturnValue:
    """No, they do not: the manager rings."""
    return _answer(pair_id, suits=False)


def _answer(pair_id: UUID, *, suits: bool) -> ResponseReturnValue:
    pair = one_or_404(pairs_seen_by(g.account, g.now).where(Pair.id == pair_id))
    asked = moved_days.asked_of(g.db, [pair.id]).get(pair.id) or abort(404)
    DeskForm().about(asked).or_stale()
    try:
        moved_days.answer(g.db, pair, asked, suits=suits, by=g.account.id, now=g.now)
        g.db.commit()
        flash(THEY_SUIT if suits else THEY_DO_NOT)
    except NotAllowed as refused:
        g.db.rollback()
        flash(str(refused), NOTICE)
    return redirect(url_for("mentor.start"))
