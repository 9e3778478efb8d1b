"""What happens to someone in this prison: the liaison tells it, sees what follows, confirms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, url_for
from flask.typing import ResponseReturnValue

from matcher import tasks
from matcher.core.words import name_in_words
from matcher.desks.liaison_referral import leaver_of
from matcher.desks.moved_away import code_of_moved
from models.access import referrals_seen_by, tasks_seen_by
from models.desk_words import TaskKind
from models.people import Leaver
from models.referrals import Referral
from models.tasks import Task
from web import happenings
from web.forms import NOTICE, DeskForm
from web.guard import one_or, one_or_404
from web.happening_forms import Telling
from web.happenings import Place
from web.liaison_referrals import find
from web.reading_noted import note_reads

NAMED = ("first_name", "surname", "release_date")
SEEN = "Noted: this is off your list."
AWAY_NOW = "{} is in another prison now. What you told us is on file, and they keep their mentor."

pages = Blueprint("liaison_events", __name__, url_prefix="/liaison")


@pages.route("/referrals/<uuid:referral_id>/events/<name>", methods=["GET", "POST"])
def tell(referral_id: UUID, name: str) -> ResponseReturnValue:
    """Ask what happened, then show what follows from it."""
    telling = happenings.telling_of(Leaver, name)
    return happenings.ask(_place(find(referral_id), telling), telling)


@pages.post("/referrals/<uuid:referral_id>/events/<name>/confirmation")
def confirm(referral_id: UUID, name: str) -> ResponseReturnValue:
    """Keep what happened; of someone who is in another prison by now it is said that they are."""
    telling = happenings.telling_of(Leaver, name)
    own = referrals_seen_by(g.account).where(Referral.id == referral_id)
    found = one_or(own, lambda: _moved_away(referral_id))
    return happenings.keep(_place(found, telling), telling)


@pages.post("/tasks/<uuid:task_id>/sight")
def see(task_id: UUID) -> ResponseReturnValue:
    """Take off the list that someone has moved: there is nothing else to do about it."""
    own = tasks_seen_by(g.account).where(Task.kind == TaskKind.MOVED_PRISON)
    task = one_or_404(own.where(Task.id == task_id))
    DeskForm().or_stale()
    tasks.finish(g.db, task, outcome="Seen.", by=g.account.id, now=g.now)
    g.db.commit()
    flash(SEEN)
    return redirect(url_for("liaison.start"))


def _place(found: Referral, telling: Telling) -> Place:
    leaver = leaver_of(g.db, g.account, found, g.now)
    ids: dict[str, Any] = {"referral_id": found.id}
    here: dict[str, Any] = {**ids, "name": telling.name}
    back = url_for("liaison_referrals.referral", **ids)
    return Place(
        person=leaver,
        caption=" ".join(name_in_words(leaver.first_name, leaver.surname)).strip(),
        back=back,
        tell=url_for("liaison_events.tell", **here),
        confirm=url_for("liaison_events.confirm", **here),
        noted=lambda: note_reads([leaver], NAMED),
        done=lambda: url_for("liaison.start") if _has_moved(leaver) else back,
    )


def _has_moved(leaver: Leaver) -> bool:
    return bool(leaver.prison != g.account.prison)


def _moved_away(referral_id: UUID) -> ResponseReturnValue:
    """Lead to the start, and name by code who has moved; 404 for all others."""
    code = one_or_404(code_of_moved(g.account, referral_id))
    flash(AWAY_NOW.format(code), NOTICE)
    return redirect(url_for("liaison.start"))
