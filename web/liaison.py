"""The liaison's desk: who leaves next, and what each still needs from us."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher import drafts
from matcher.desks.liaison_referral import prefilled
from matcher.desks.liaison_start import ExpectedCard, expected_soon, leaving_soon
from matcher.desks.liaison_tasks import tasks_to_do
from matcher.desks.paging import Paged
from matcher.desks.peer import form_begun_of, forms_begun_by
from matcher.desks.rows_shown import expected_shown, leavers_shown
from models.access import expected_leavers_seen_by
from models.releases import ExpectedLeaver
from web import (
    consent_pages,
    kiosk,
    liaison_dates,
    liaison_events,
    liaison_letters,
    liaison_meetings,
    liaison_own_say,
    liaison_referrals,
    liaison_uploads,
)
from web.forms import NOTICE, DeskForm
from web.guard import one_or_404
from web.peer_form_pages import pages_of_the_form
from web.reading_noted import NAMED_IN_REPORTS, Reads, note_page

FIRST_FEW = 5

GO_ON = "You have begun this form before. Go on where you stopped."

pages = Blueprint("liaison", __name__, url_prefix="/liaison")


@pages.get("/")
def start() -> ResponseReturnValue:
    """Show what to do, who leaves next, and who could be put forward."""
    tasks = tasks_to_do(g.db, g.account, g.now)
    number = request.args.get("page", 1, int)
    only_to_do = request.args.get("show") == "to-do"
    leaving = leaving_soon(g.db, g.account, g.now, number, only_to_do=only_to_do)
    found = expected_soon(g.db, g.account, g.now, 1, FIRST_FEW)
    cards = (*leaving.found.rows, *leaving.have_left)
    named = [*(task.leaver_id for task in tasks), *(card.leaver_id for card in cards)]
    note_page(
        (leavers_shown(g.db, named), ("first_name", "surname", "release_date")),
        _expected_named(found),
    )
    return render_template(
        "liaison/start.html",
        tasks=tasks,
        leaving=leaving,
        only_to_do=only_to_do,
        expected=found,
        begun=forms_begun_by(g.db, g.account),
    )


@pages.get("/expected")
def expected() -> ResponseReturnValue:
    """Show who is expected to leave soon and is not put forward, page by page."""
    number = request.args.get("page", 1, type=int)
    found = expected_soon(g.db, g.account, g.now, number)
    note_page(_expected_named(found))
    return render_template("liaison/expected.html", expected=found)


@pages.post("/expected/<uuid:expected_id>/form")
def put_forward(expected_id: UUID) -> ResponseReturnValue:
    """Begin the form for someone in a report, with what the report says filled in."""
    DeskForm().or_stale()
    person = one_or_404(expected_leavers_seen_by(g.account).where(ExpectedLeaver.id == expected_id))
    if begun := form_begun_of(g.db, g.account, person.prison_number):
        flash(GO_ON, NOTICE)
        return redirect(url_for("liaison_forms.task_list", draft_id=begun))
    answers = {"known": prefilled(person)}
    draft = drafts.begin(g.db, g.account, now=g.now, answers=answers)
    g.db.note_read(person, (*NAMED_IN_REPORTS, "birth_date"))
    g.db.commit()
    return redirect(url_for("liaison_forms.page", draft_id=draft.id, name="about"))


def _expected_named(found: Paged[ExpectedCard]) -> Reads:
    return expected_shown(g.db, (card.id for card in found.rows)), NAMED_IN_REPORTS


BLUEPRINTS = (
    pages,
    pages_of_the_form("liaison", "/liaison/forms"),
    kiosk.opening("liaison", "/liaison"),
    liaison_uploads.pages,
    liaison_referrals.pages,
    liaison_dates.pages,
    liaison_events.pages,
    liaison_meetings.pages,
    liaison_letters.pages,
    liaison_own_say.pages,
    consent_pages.liaison_pages,
)
