"""Following links from page to page, as somebody at a desk does who looks at everything once."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from logging import CRITICAL, getLogger
from unittest.mock import patch
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from matcher import rate_limits
from models.states import Role
from tests.prove.forms_found import Page

IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
FILES = (".pdf", ".csv", ".xlsx", ".ics", "/receipt")
AT_MOST = 2
"""So many pages of one kind are looked at."""

SIGNS_OUT = {"sign_in.sign_out", "own_account.end_all"}
"""Whoever sends these is signed out."""


def first_pages(role: Role | None) -> list[str]:
    """Where to begin: at the desk, or at the pages for people who are not signed in."""
    return ["/", "/account/"] if role else ["/sign-in", "/invitation/"]


def crawled(browser: FlaskClient, waiting: list[str]) -> list[Page]:
    """Follow every link from some pages on, a few of each kind; return what was seen."""
    waiting, followed, kinds = list(waiting), set[str](), Counter[str]()
    pages = []
    while waiting:
        path = waiting.pop(0).split("#")[0]
        kind = IDS.sub("-", path)
        if not path.startswith("/") or path in followed or path.split("?")[0].endswith(FILES):
            continue
        if kinds[kind] == AT_MOST or path.startswith("/static"):
            continue
        followed.add(path)
        kinds[kind] += 1
        answer = browser.get(path, follow_redirects=True)
        if answer.status_code < 400 and answer.mimetype == "text/html":
            pages.append(Page(answer.request.path, answer.text))
            waiting += pages[-1].links
    return pages


def rule_of(app: Flask, address: str, method: str) -> Rule | None:
    """Return the row of the URL map that an address and a method belong to, None for no page."""
    try:
        addresses = app.url_map.bind("localhost")
        found, _ = addresses.match(urlsplit(address).path, method, return_rule=True)
    except HTTPException:
        return None
    return found


@contextmanager
def left_alone() -> Iterator[None]:
    """Let everybody try as often as they like: tries are counted as ever, and never too many.

    What is refused is refused on purpose, so the log says nothing of it.
    """
    limits = rate_limits.LIMITS
    far = {kind: rate_limits.Limit(10**9, limit.within) for kind, limit in limits.items()}
    log = getLogger("gatemate.seen")
    level = log.level
    log.setLevel(CRITICAL)
    with patch.object(rate_limits, "LIMITS", far):
        yield
    log.setLevel(level)
