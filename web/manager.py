"""The manager's desk: the morning in ten minutes, and the pages behind it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from sqlmodel import col

from matcher.core.sending import local_day
from matcher.desks.gate_cover import without_cover
from matcher.desks.how_it_runs import post_trouble
from matcher.desks.referrals_to_screen import ReferralToScreen, referrals_to_screen
from matcher.desks.rows_shown import pairs_shown
from matcher.desks.todays_work import todays_work
from models.access import referrals_seen_by
from models.referrals import Referral
from web import (
    consent_pages,
    manager_away,
    manager_events,
    manager_expenses,
    manager_exports,
    manager_forums,
    manager_lapses,
    manager_letters,
    manager_looked,
    manager_nobody,
    manager_override,
    manager_pair_lists,
    manager_pairs,
    manager_people,
    manager_pictures,
    manager_plans,
    manager_proposals,
    manager_referrals,
    manager_restrictions,
    manager_screening,
    manager_standbys,
    manager_swap,
    manager_tasks,
    manager_twins,
    manager_vetting,
    manager_what_if,
    manager_why,
    mentor_consents,
    opened_records,
)
from web.accounts_kept import keeping
from web.manager_pairs import SENSITIVE
from web.manager_reads import leavers_named, note_leavers
from web.reading_noted import Reads, note_page
from web.surroundings import surroundings

pages = Blueprint("manager", __name__, url_prefix="/manager")


@pages.get("/")
def today() -> ResponseReturnValue:
    """Show what waits for a person today, and nothing else."""
    work = todays_work(g.db, g.account, g.now)
    pairs = pairs_shown(g.db, (card.pair_id for card in work.proposals.rows))
    note_page(
        (pairs, SENSITIVE),
        _holds_told(work.to_screen.rows),
        leavers_named([*work.leaver_ids, *(pair.leaver_id for pair in pairs)]),
    )
    trouble = post_trouble(g.db, surroundings().real_now())
    return render_template("manager/today.html", work=work, trouble=trouble)


@pages.get("/without-cover")
def cover() -> ResponseReturnValue:
    """Show all who leave soon without a certain mentor at the gate, a page at a time."""
    page = request.args.get("page", 1, int)
    found = without_cover(g.db, g.account, local_day(g.now), page)
    note_leavers(card.leaver_id for card in found.rows)
    return render_template("manager/cover.html", found=found)


@pages.get("/to-screen")
def to_screen() -> ResponseReturnValue:
    """Show all referrals that wait for a screening, a page at a time."""
    page = request.args.get("page", 1, int)
    found = referrals_to_screen(g.db, g.account, g.now, page)
    note_page(_holds_told(found.rows), leavers_named(card.leaver_id for card in found.rows))
    return render_template("manager/to_screen.html", found=found)


def _holds_told(cards: Iterable[ReferralToScreen]) -> Reads:
    """Return whose screening a page tells of: what holds someone says their risk."""
    held: set[UUID] = {card.referral_id for card in cards if card.holds}
    found = referrals_seen_by(g.account).where(col(Referral.id).in_(held))
    return g.db.exec(found).all(), ("screening",)


BLUEPRINTS = (
    keeping("manager_accounts", "/manager/accounts"),
    opened_records.manager_pages,
    pages,
    manager_proposals.pages,
    manager_plans.pages,
    manager_pairs.pages,
    manager_pair_lists.pages,
    manager_referrals.pages,
    manager_screening.pages,
    manager_restrictions.pages,
    manager_override.pages,
    manager_people.pages,
    manager_vetting.pages,
    manager_away.pages,
    manager_forums.pages,
    manager_pictures.pages,
    manager_expenses.pages,
    manager_events.pages,
    manager_lapses.pages,
    manager_letters.pages,
    manager_exports.pages,
    manager_looked.pages,
    consent_pages.manager_pages,
    mentor_consents.manager_pages,
    manager_tasks.pages,
    manager_twins.pages,
    manager_nobody.pages,
    manager_why.pages,
    manager_what_if.pages,
    manager_swap.pages,
    manager_standbys.pages,
)
