"""The peer's desk: what was begun, and the code and standing of what was sent, no more."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, g, render_template
from flask.typing import ResponseReturnValue

from matcher.desks import peer
from web import kiosk
from web.peer_form_pages import pages_of_the_form

pages = Blueprint("peer", __name__, url_prefix="/council")


@pages.get("/")
def start() -> ResponseReturnValue:
    """Show what was begun and what was sent."""
    return render_template(
        "peer/start.html",
        begun=peer.forms_begun_by(g.db, g.account),
        sent=peer.put_forward_by(g.db, g.account),
    )


@pages.get("/sent/<uuid:referral_id>")
def sent(referral_id: UUID) -> ResponseReturnValue:
    """Show the code to quote, big enough to copy out."""
    card = peer.sent_by(g.db, g.account, referral_id)
    if card is None:
        abort(404)
    return render_template("peer/sent.html", card=card)


BLUEPRINTS = (
    pages,
    pages_of_the_form("peer", "/council/forms"),
    kiosk.opening("peer", "/council"),
)
