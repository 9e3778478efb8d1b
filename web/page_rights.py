"""Which page is whose: one row for each page there is, and nobody for a page without one.

A row says who may ask for the page, whether it is read, sent to or both, and
which things its address names by id. An application does not start with a page
that is not in `page_table.py`, or that is not as its row says. That somebody may ask for a
page is half of their right: what it is about is found through them, by the
SELECTs of `models/access.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import Rule

from models.states import Role
from web.kiosk_stay import OPEN
from web.page_table import TABLE

ANSWERED_BY_ITSELF = frozenset({"HEAD", "OPTIONS"})
"""Methods that a web server answers by itself wherever a page is."""

METHODS: Mapping[str, frozenset[str]] = {
    "read": frozenset({"GET"}),
    "send": frozenset({"POST"}),
    "form": frozenset({"GET", "POST"}),
}

KIOSK = "kiosk"
PEOPLE: Mapping[str, frozenset[Role] | None] = {
    "anybody": None,
    "signed_in": frozenset(Role),
    **{role.value: frozenset({role}) for role in Role},
    KIOSK: frozenset({Role.PEER, Role.LIAISON}),
}
"""Who a part of the table is about; None is whoever asks, signed in or not. The pages of a kiosk
are for whoever made their stay one."""


class UnlistedPageError(Exception):
    """There is a page that no row allows, or that is not as its row says."""


@dataclass(frozen=True)
class PageRight:
    """Who may ask for one page, how, and of which things its address holds the ids.

    `who` None is anybody, whether signed in or not. `at_kiosk` says that only
    a stay that is a kiosk opens it.
    """

    who: frozenset[Role] | None
    methods: frozenset[str]
    takes: tuple[str, ...]
    at_kiosk: bool = False


def _rights() -> Iterator[tuple[str, PageRight]]:
    who: frozenset[Role] | None = frozenset()
    part = ""
    for line in TABLE.strip().splitlines():
        if not line.startswith(" "):
            who, part = PEOPLE[line], line
            continue
        endpoint, how, *takes = line.split()
        yield endpoint, PageRight(who, METHODS[how], tuple(takes), part == KIOSK)


RIGHTS: Mapping[str, PageRight] = dict(_rights())
"""The right to each page, by endpoint."""


def may_ask(endpoint: str, role: Role | None, *, kiosk: bool = False) -> bool:
    """Say whether people of a role may ask for a page; None is who has not signed in.

    A stay that is a kiosk asks for the kiosk's own pages and for nothing else.
    """
    right = RIGHTS.get(endpoint)
    if right is None:
        return False
    if kiosk:
        return endpoint in OPEN or right.at_kiosk
    return right.who is None or (role in right.who and not right.at_kiosk)


def check(app: Flask) -> None:
    """Raise UnlistedPageError unless every page of an application is as its row says."""
    found: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        right = RIGHTS.get(rule.endpoint)
        if right is None or right.takes != _takes(rule):
            raise UnlistedPageError(f"web/page_table.py has no row for {rule.endpoint}: {rule}")
        found.setdefault(rule.endpoint, set()).update(rule.methods or ())
    for endpoint, methods in found.items():
        if methods - ANSWERED_BY_ITSELF != RIGHTS[endpoint].methods:
            raise UnlistedPageError(f"{endpoint} takes {sorted(methods)}; its row says otherwise")


def _takes(rule: Rule) -> tuple[str, ...]:
    """Return what the address of a page names by id, from left to right."""
    ids = [one for one in rule.arguments if one.endswith("_id")]
    return tuple(one.removesuffix("_id") for one in sorted(ids, key=rule.rule.index))
