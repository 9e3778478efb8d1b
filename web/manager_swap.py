"""Swapping the mentors of two proposed pairs, once it is shown what it does to both scores."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matcher.desks.proposal_cards import pairs_to_approve
from matcher.desks.rows_shown import pairs_shown
from matcher.desks.swaps_shown import SwapShown, SwapSide, swaps_shown
from matcher.swapping import may_be_swapped, swap
from models.pairs import Pair
from models.people import Leaver, Mentor
from web.fields import ChoiceField, TextAreaField
from web.forms import DeskForm
from web.guard import one_or_404
from web.manager_pairs import SENSITIVE
from web.manager_reads import leavers_named
from web.reading_noted import note_page
from web.refusals import refusals_on
from web.surroundings import surroundings
from web.words import points

pages = Blueprint("manager_swap", __name__, url_prefix="/manager/pairs")


class SwapForm(DeskForm):
    """With which pair, and why."""

    other = ChoiceField(
        "With which pair do you swap?", missing="Choose the other pair.", as_list=False
    )
    reason = TextAreaField(
        "Why do you swap these mentors?",
        missing="Write why you swap these mentors.",
        hint="Only managers read this. It stays with both pairs.",
        at_most=500,
    )

    def offer(self, found: tuple[SwapShown, ...]) -> SwapForm:
        """Offer the swaps there are, each with what it does to both scores."""
        self.other.choices = [(str(one.pair_id), _said(one)) for one in found]
        self.other.hints = {
            str(one.pair_id): f"{_change(one.own)} {_change(one.other)}" for one in found
        }
        return self


@pages.route("/<uuid:pair_id>/swap", methods=["GET", "POST"])
def swap_mentors(pair_id: UUID) -> ResponseReturnValue:
    """Swap the mentors of two proposals, with a reason; both wait for approval again."""
    found = _swaps(pair_id)
    own = pairs_to_approve(g.account, g.now)
    pair = one_or_404(own.where(Pair.id == pair_id))
    form = SwapForm().about(pair).offer(found)
    if form.validate_on_submit():
        with refusals_on(form):
            other = one_or_404(own.where(Pair.id == UUID(form.other.data)))
            told = {"reason": form.reason.data, "by": g.account.id, "now": g.now}
            after, _ = swap(g.db, pair, other, **told)
            g.db.commit()
            flash("The mentors are swapped. Both pairs are yours to approve.")
            return redirect(url_for("manager_pairs.pair", pair_id=after.id))
    rows = pairs_shown(g.db, [pair.id, *(one.pair_id for one in found)])
    named = [pair.leaver_id, *(one.other.leaver_id for one in found)]
    note_page((rows, SENSITIVE), leavers_named(named))
    told = {
        "pair": pair,
        "leaver": g.db.get_one(Leaver, pair.leaver_id),
        "mentor": g.db.get_one(Mentor, pair.mentor_id),
        "may_swap": may_be_swapped(pair),
        "found": found,
    }
    return render_template("manager/swap.html", form=form, **told), form.status


def _swaps(pair_id: UUID) -> tuple[SwapShown, ...]:
    """Return the swaps of a pair; asking the plan takes a while, in which nobody is held up."""
    with surroundings().reading() as db:
        own = pairs_to_approve(g.account, g.now).where(Pair.id == pair_id)
        pair = db.exec(own).one_or_none()
        return swaps_shown(db, g.account, pair, g.now) if pair else ()


def _said(one: SwapShown) -> str:
    return (
        f"{one.own.mentor} ({one.own.mentor_code}), "
        f"now with {one.other.leaver} ({one.other.leaver_code})"
    )


def _change(side: SwapSide) -> str:
    # Of the points as they are shown: a reader takes one from the other.
    gained = Decimal(points(side.after)) - Decimal(points(side.before))
    change = f"{abs(gained)} {'more' if gained > 0 else 'less'}" if gained else "as before"
    return (
        f"{side.leaver} with {side.mentor}: {points(side.after)} of 100, "
        f"{points(side.before)} now, {change}."
    )
