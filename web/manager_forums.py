"""When the mentors of the region meet: the list, a date more, a date less."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import col

from matcher import forums
from models.access import forum_dates_seen_by
from models.needs import ForumDate
from web.fields import DateField, TextField, TimeField
from web.forms import DeskForm
from web.guard import one_or_404
from web.refusals import refusals_on

pages = Blueprint("manager_forums", __name__, url_prefix="/manager/forums")


class ForumForm(DeskForm):
    """One forum more."""

    day = DateField("Day", missing="Give the day of the forum.")
    starts = TimeField("Time it starts", missing="Write the time it starts.", hint="Such as 6pm.")
    place = TextField(
        "Where?",
        missing="Write where it is.",
        hint="A place, or how to join by phone or video. All mentors of the region read this.",
        at_most=110,
    )


@pages.route("/", methods=["GET", "POST"])
def listed() -> ResponseReturnValue:
    """Show the forums that are still to come, and take one more."""
    form = ForumForm()
    if form.validate_on_submit():
        with refusals_on(form):
            starts = datetime.combine(form.day.data, form.starts.data)
            told = {"by": g.account.id, "now": g.now}
            forums.add_forum(g.db, g.account.region, starts, form.place.data, **told)
            g.db.commit()
            flash("Your mentors read this on their page “My needs”.")
            return redirect(url_for(".listed"))
    ahead = forum_dates_seen_by(g.account).where(ForumDate.starts_at >= g.now)
    rows = g.db.exec(ahead.order_by(col(ForumDate.starts_at))).all()
    return render_template("manager/forums.html", form=form, rows=rows), form.status


@pages.post("/<uuid:forum_id>/removal")
def take_away(forum_id: UUID) -> ResponseReturnValue:
    """Take one forum away."""
    forum = one_or_404(forum_dates_seen_by(g.account).where(ForumDate.id == forum_id))
    DeskForm().about(forum).or_stale()
    forums.take_away(g.db, forum)
    g.db.commit()
    flash("The forum is taken away. Mentors read of it no more.")
    return redirect(url_for(".listed"))
