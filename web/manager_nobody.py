"""The leavers whom nobody walks with yet: what is in the way, and what would help."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import col

from matcher.desks.nobody_yet import NobodyYet, nobody_yet
from matcher.desks.one_without import one_without
from matcher.desks.recruit_advice import recruit_advice
from matcher.ways_out import keep_ways_out, ways_out
from models.access import referrals_seen_by
from models.referrals import Referral
from web.forms import DeskForm
from web.manager_reads import leavers_named
from web.manager_referrals import find_referral
from web.reading_noted import Reads, note_page
from web.surroundings import surroundings

pages = Blueprint("manager_nobody", __name__, url_prefix="/manager/nobody-yet")

SENSITIVE = ("in_the_way",)
"""Why nobody may walk with someone tells of their risk and needs: reading it is kept."""


@pages.get("/")
def listed() -> ResponseReturnValue:
    """Show each leaver of the region whom nobody walks with yet, soonest out first."""
    told = nobody_yet(g.db, g.account, g.now, request.args.get("page", 1, int))
    note_page(_reasons_of(told), leavers_named(card.leaver_id for card in told.found.rows))
    advice = recruit_advice(g.db, g.account, told.run) if told.run else None
    return render_template("manager/nobody.html", told=told, advice=advice)


@pages.post("/ways-out")
def work_out() -> ResponseReturnValue:
    """Work out what would help, as the clock does each morning, and keep it with the plan."""
    DeskForm().or_stale()
    g.db.rollback()  # what it has read so far holds a lock that others wait for
    with surroundings().reading() as db:
        found = ways_out(db, g.now, sorted(g.account.regions))
    keep_ways_out(g.db, found)
    g.db.commit()
    flash("It is worked out.")
    return redirect(url_for(".listed"))


@pages.get("/<uuid:referral_id>")
def one(referral_id: UUID) -> ResponseReturnValue:
    """Show what is in the way of one leaver and what would help, as everything stands now."""
    referral = find_referral(referral_id)
    told = one_without(g.db, g.account, referral, g.now)
    note_page(([referral], SENSITIVE), leavers_named([referral.leaver_id]))
    return render_template("manager/nobody_one.html", told=told)


def _reasons_of(told: NobodyYet) -> Reads:
    """Return of whom a page says what is in the way."""
    ids = {card.referral_id for card in told.found.rows if card.holds or card.told}
    found = referrals_seen_by(g.account).where(col(Referral.id).in_(ids))
    return g.db.exec(found).all(), SENSITIVE
