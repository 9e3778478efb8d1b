"""Who a leaver must not meet, and where and when they may not be: settled, added, lifted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matcher import screening
from matcher.change_reasons import keep_reason
from matcher.core.sending import local_day
from matcher.desks.restrictions_seen import (
    curfews,
    links_of,
    notes_on,
    people_to_avoid,
    zones,
)
from models.council_words import PersonToAvoid
from models.people import Leaver
from models.privacy_words import ReasonFor
from models.referrals import Referral
from models.restrictions import Curfew, ExclusionZone
from web.forms import DeskForm
from web.guard import one_or_404
from web.manager_referrals import find_referral
from web.manager_restriction_forms import CurfewForm, LinkForm, SettlingForm, ZoneForm
from web.reading_noted import note_reads
from web.reasons import ReasonForm
from web.refusals import refusals_on

pages = Blueprint(
    "manager_restrictions", __name__, url_prefix="/manager/referrals/<uuid:referral_id>"
)

STILL_ON_HOLD = "Noted. The leaver stays on hold until this person is found or settled."


@pages.route("/people-to-avoid/<uuid:person_id>", methods=["GET", "POST"])
def settle(referral_id: UUID, person_id: UUID) -> ResponseReturnValue:
    """Make a link of someone the leaver must not meet, say why none is needed, or what is asked."""
    referral = find_referral(referral_id)
    told = people_to_avoid(g.account, referral).where(PersonToAvoid.id == person_id)
    person = one_or_404(told)
    form = SettlingForm(birth_date=person.birth_date)
    if form.validate_on_submit():
        with refusals_on(form):
            return _saved(_settled(person, form), referral)
    note_reads([person], ("name", "birth_date", "why", "notes"))
    return _page("settle", form, referral, person=person, notes=notes_on(g.db, person))


@pages.route("/links/new", methods=["GET", "POST"])
def add_link(referral_id: UUID) -> ResponseReturnValue:
    """Keep the leaver apart from someone from now on."""
    referral = find_referral(referral_id)
    form = LinkForm()
    if form.validate_on_submit() and form.kind.data and form.other:
        with refusals_on(form):
            leaver, told = _leaver(referral), {"by": g.account.id, "now": g.now}
            link = screening.add_link(
                g.db, leaver, form.kind.data, form.other, detail=form.detail.data, **told
            )
            form.keep_reason(leaver, ReasonFor.LINK, link.id)
            return _saved("They are kept apart from now on.", referral)
    return _page("link", form, referral)


@pages.route("/links/<uuid:link_id>/closing", methods=["GET", "POST"])
def close_link(referral_id: UUID, link_id: UUID) -> ResponseReturnValue:
    """Close a link, after asking once more."""
    referral = find_referral(referral_id)
    open_links = {link.id: (link, card) for link, card in links_of(g.db, _leaver(referral))}
    if link_id not in open_links:
        abort(404)
    link, card = open_links[link_id]
    form = ReasonForm()
    if form.validate_on_submit():
        screening.close_link(g.db, link, by=g.account.id, now=g.now)
        form.keep_reason(_leaver(referral), ReasonFor.LINK, link.id)
        return _saved("The link is closed.", referral)
    return _page("close_link", form, referral, card=card)


@pages.route("/zones/new", methods=["GET", "POST"])
def add_zone(referral_id: UUID) -> ResponseReturnValue:
    """Add a postcode district where the leaver may not be."""
    referral = find_referral(referral_id)
    form = ZoneForm()
    if form.validate_on_submit():
        with refusals_on(form):
            leaver, days = _leaver(referral), (form.starts_on.data, form.ends_on.data)
            told = {"by": g.account.id, "now": g.now, "starts_on": days[0], "ends_on": days[1]}
            kept = screening.add_zone(g.db, leaver, form.district.data, **told)
            form.keep_reason(leaver, ReasonFor.ZONE, kept.id)
            return _saved("The exclusion zone is on file.", referral)
    return _page("zone", form, referral)


@pages.route("/curfews/new", methods=["GET", "POST"])
def add_curfew(referral_id: UUID) -> ResponseReturnValue:
    """Add hours when the leaver must be at home."""
    referral = find_referral(referral_id)
    form = CurfewForm()
    if form.validate_on_submit():
        with refusals_on(form):
            leaver, days = _leaver(referral), (form.starts_on.data, form.ends_on.data)
            told = {"by": g.account.id, "now": g.now, "starts_on": days[0], "ends_on": days[1]}
            kept = screening.add_curfew(g.db, leaver, form.hours.data, **told)
            form.keep_reason(leaver, ReasonFor.CURFEW, kept.id)
            return _saved("The curfew is on file.", referral)
    return _page("curfew", form, referral)


@pages.route("/zones/<uuid:zone_id>/lifting", methods=["GET", "POST"])
def lift_zone(referral_id: UUID, zone_id: UUID) -> ResponseReturnValue:
    """End an exclusion zone from today on, and say why."""
    referral = find_referral(referral_id)
    now_or_later = zones(g.account, referral, local_day(g.now))
    zone = one_or_404(now_or_later.where(ExclusionZone.id == zone_id))
    return _lift(referral, zone, ReasonFor.ZONE, "End this exclusion zone?")


@pages.route("/curfews/<uuid:curfew_id>/lifting", methods=["GET", "POST"])
def lift_curfew(referral_id: UUID, curfew_id: UUID) -> ResponseReturnValue:
    """End a curfew from today on, and say why."""
    referral = find_referral(referral_id)
    now_or_later = curfews(g.account, referral, local_day(g.now))
    curfew = one_or_404(now_or_later.where(Curfew.id == curfew_id))
    return _lift(referral, curfew, ReasonFor.CURFEW, "End this curfew?")


def _lift(
    referral: Referral, restriction: ExclusionZone | Curfew, about: ReasonFor, question: str
) -> ResponseReturnValue:
    form = ReasonForm()
    if form.validate_on_submit():
        form.keep_reason(_leaver(referral), about, restriction.id)
        screening.lift(g.db, restriction, now=g.now)
        return _saved("It has ended.", referral)
    return _page("lift", form, referral, question=question)


def _settled(person: PersonToAvoid, form: SettlingForm) -> str:
    """Do what the form says of someone to avoid, and return what is told of it."""
    words, by = form.words.data or "", g.account.id
    if form.is_not_found:
        screening.note_asked(g.db, person, text=words, by=by, now=g.now)
        return STILL_ON_HOLD
    link, other = form.link, form.other
    screening.settle(g.db, person, link=link, other=other, why=words, by=by, now=g.now)
    if words:
        leaver: Leaver = g.db.get_one(Leaver, person.leaver_id)
        keep_reason(g.db, leaver, ReasonFor.AVOID, person.id, words, by=by, now=g.now)
    return "Settled."


def _leaver(referral: Referral) -> Leaver:
    leaver: Leaver = g.db.get_one(Leaver, referral.leaver_id)
    return leaver


def _saved(sentence: str, referral: Referral) -> ResponseReturnValue:
    referral_id = referral.id
    g.db.commit()
    flash(sentence)
    address = url_for("manager_referrals.referral", referral_id=referral_id)
    return redirect(f"{address}#restrictions")


def _page(name: str, form: DeskForm, referral: Referral, **more: Any) -> ResponseReturnValue:
    leaver = _leaver(referral)
    page = f"manager/restrictions/{name}.html"
    return render_template(page, form=form, referral=referral, leaver=leaver, **more), form.status
