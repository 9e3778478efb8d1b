"""One person put forward, at the liaison's desk: put right, endorse."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matcher import referrals
from matcher.desks.liaison_pair import pair_of
from matcher.desks.liaison_referral import (
    ReferralCard,
    completed,
    leaver_of,
    referral_card,
    told_so_far,
    ways_on_file,
)
from matcher.desks.story import story_of
from matcher.own_say import may_ask, said_on
from matcher.refusing import InTheWay, NotAllowed
from models.access import referrals_seen_by
from models.desk_words import ContactWay
from models.referrals import Referral
from models.states import ReferralState
from web.forms import NOTICE, DeskForm
from web.guard import one_or_404
from web.happenings import open_tellings
from web.liaison_forms import CHANGES, NOTHING, Change
from web.page_form import PageForm
from web.peer_forms import NO_WAY
from web.reading_noted import note_reads
from web.refusals import refusals_on

WHO_THEY_ARE = {"first_name", "surname", "prison_number", "birth_date", "release_date"}
"""The sensitive fields of a leaver that this desk shows."""

ENDORSED_BEFORE = "This is endorsed already. The regional manager looks at it next."

pages = Blueprint("liaison_referrals", __name__, url_prefix="/liaison/referrals")


@pages.get("/<uuid:referral_id>")
def referral(referral_id: UUID) -> ResponseReturnValue:
    """Show one person, what is missing, the meetings and what may be done."""
    found = find(referral_id)
    return _shown(found, DeskForm().about(found))


@pages.post("/<uuid:referral_id>/endorsement")
def endorse(referral_id: UUID) -> ResponseReturnValue:
    """Send the referral on to the manager."""
    found = find(referral_id)
    form = DeskForm().about(found)
    if form.is_stale and found.state is ReferralState.ENDORSED:
        flash(ENDORSED_BEFORE, NOTICE)
        return redirect(url_for(".referral", referral_id=referral_id))
    if form.validate_on_submit():
        with refusals_on(form):
            referrals.endorse(g.db, found, by=g.account.id, now=g.now)
            g.db.commit()
            flash("Endorsed. The regional manager looks at it next.")
            return redirect(url_for(".referral", referral_id=referral_id))
    return _shown(find(referral_id), form)


@pages.route("/<uuid:referral_id>/changes/<name>", methods=["GET", "POST"])
def change(referral_id: UUID, name: str) -> ResponseReturnValue:
    """Put one thing right."""
    found = find(referral_id)
    what = CHANGES.get(name)
    if what is None:
        abort(404)
    form = what.form(data=_on_file(found, what)).about(found)
    if form.validate_on_submit() and _says_anything(form, what):
        with refusals_on(form):
            _complete(found, what, form)
            g.db.commit()
            flash("Saved.")
            return redirect(url_for(".referral", referral_id=referral_id))
    _note_read(referral_id, what.shown)
    card = referral_card(g.db, g.account, find(referral_id), g.now)
    return render_template("liaison/change.html", form=form, what=what, card=card), form.status


def find(referral_id: UUID) -> Referral:
    """Return a referral of this prison, or the 404 of a page not there."""
    return one_or_404(referrals_seen_by(g.account).where(Referral.id == referral_id))


def note_named(referral_id: UUID) -> None:
    """Keep that a page shows whom it is about by name."""
    _note_read(referral_id)


def _note_read(referral_id: UUID, fields: Collection[str] = ()) -> None:
    """Keep that name and other fields of the person are shown, and no field of the referral."""
    leaver = leaver_of(g.db, g.account, find(referral_id), g.now)
    note_reads([leaver], {"first_name", "surname"} | (WHO_THEY_ARE & set(fields)))


def _shown(found: Referral, form: DeskForm) -> ResponseReturnValue:
    _note_read(found.id, WHO_THEY_ARE)
    card = referral_card(g.db, g.account, found, g.now)
    pair = pair_of(g.db, g.account, found, g.now)
    leaver = leaver_of(g.db, g.account, found, g.now)
    shown = render_template(
        "liaison/referral.html",
        form=form,
        card=card,
        pair=pair,
        tellings=[one for one in open_tellings(leaver) if one.name != "date"],
        own_say={"may_ask": may_ask(found), "said_on": said_on(g.db, found)},
        story=story_of(g.db, g.account, leaver),
        open_now=[name for name, what in CHANGES.items() if _is_open(what, card)],
    )
    return shown, form.status


def _is_open(what: Change, card: ReferralCard) -> bool:
    return card.may_change or (card.may_mend and what.to_the_end)


def _says_anything(form: PageForm, what: Change) -> bool:
    """Say whether a page that must not be sent empty says anything; else tell what to do."""
    if what.one_of and not any(form[name].data for name in what.one_of):
        form.refuse(NOTHING, what.one_of[0])
        return False
    return True


def _on_file(found: Referral, what: Change) -> dict[str, Any]:
    """Return what a page is filled in with: only what a liaison may read."""
    leaver = leaver_of(g.db, g.account, found, g.now)
    told = told_so_far(found, leaver)
    return {name: told[name] for name in what.shown if name in told}


def _complete(found: Referral, what: Change, form: PageForm) -> None:
    """Keep what was put right; NotAllowed says what is in the way."""
    leaver = leaver_of(g.db, g.account, found, g.now)
    _check_way_to_reach(form, leaver.id)
    told = completed(found, leaver, **what.told(form))
    referrals.complete(g.db, found, told, by=g.account.id, now=g.now)


def _check_way_to_reach(form: PageForm, leaver_id: UUID) -> None:
    """Raise NotAllowed unless the way that a mentor may have is there, now or on file."""
    way = form["shares"].data if "shares" in form else None
    if not way or way == NO_WAY or form[way].data:
        return
    if ContactWay(way) not in ways_on_file(g.db, leaver_id):
        empty = f"{form[way].label.text} is empty. Fill it in, or choose another way."
        raise NotAllowed(InTheWay(empty, "shares"))
