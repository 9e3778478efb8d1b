"""The desks: whose they are, where they start, and what stands in their navigation.

A blueprint belongs to the desk that its name begins with: "liaison_uploads"
is the liaison's. To add a page to a navigation, add a row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException

from models.states import Role


@dataclass(frozen=True)
class Desk:
    """One kind of account's pages; `start` is the endpoint that signing in leads to."""

    role: Role
    start: str
    links: tuple[tuple[str, str], ...]


DESKS: Mapping[str, Desk] = {
    "peer": Desk(Role.PEER, "peer.start", (("Put someone forward", "peer.start"),)),
    "liaison": Desk(
        Role.LIAISON,
        "liaison.start",
        (
            ("Who leaves next", "liaison.start"),
            ("Not put forward yet", "liaison.expected"),
            ("Upload a report", "liaison_uploads.upload"),
            ("Letters", "liaison_letters.tray"),
        ),
    ),
    "mentor": Desk(
        Role.MENTOR,
        "mentor.start",
        (
            ("My diary", "mentor.start"),
            ("My needs", "mentor_needs.mine"),
            ("My words", "mentor_words.words"),
            ("I’m worried", "mentor_worries.tell"),
        ),
    ),
    "manager": Desk(
        Role.MANAGER,
        "manager.today",
        (
            ("Today", "manager.today"),
            ("Proposals", "manager_proposals.listed"),
            ("Nobody yet", "manager_nobody.listed"),
            ("Referrals", "manager_referrals.listed"),
            ("Pairs", "manager_pair_lists.pairs"),
            ("Mentors", "manager_people.mentors"),
            ("Letters", "manager_letters.listed"),
            ("Pictures", "manager_pictures.listed"),
            ("Accounts", "manager_accounts.accounts"),
        ),
    ),
    "administrator": Desk(
        Role.ADMINISTRATOR,
        "administrator.start",
        (
            ("The service", "administrator.start"),
            ("Accounts", "administrator_accounts.accounts"),
            ("Opened records", "administrator_opened.listed"),
        ),
    ),
}


def desk_of(blueprint: str | None) -> Desk | None:
    """Return the desk that a blueprint belongs to, or None."""
    return DESKS.get((blueprint or "").split("_")[0])


def desk_for(role: Role) -> Desk:
    """Return the desk of a role."""
    return next(desk for desk in DESKS.values() if desk.role is role)


def has_page(role: Role, address: str) -> bool:
    """Say whether an address of ours is that of a page that people of a role may open."""
    try:
        parts = urlsplit(address)
        endpoint, _ = current_app.url_map.bind(request.host).match(parts.path, "GET")
    except (HTTPException, ValueError):
        return False
    if parts.scheme or parts.netloc:
        return False
    blueprint = endpoint.split(".")[0]
    return blueprint in {"sign_in", "own_account"} or desk_of(blueprint) is desk_for(role)
