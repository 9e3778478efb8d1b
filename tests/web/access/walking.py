"""Every page asked for by every kind of account: what came back, and what stood in it.

What a request would keep is written and let go again, so that all requests see one world.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from io import BytesIO
from itertools import product
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import inspect
from sqlmodel import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from matcher.desks.pictures import SUBJECTS
from models.audit import AuditedSession
from tests.web.access.canaries import Canary, canaries_of
from tests.web.access.stories import OVER, STAGES, World
from tests.web.access.world import a_world
from tests.web.desks import Desks
from web.happening_table import OF_LEAVERS, OF_MENTORS
from web.liaison_forms import CHANGES
from web.manager_exports import EXPORTS, WORKBOOK
from web.page_rights import RIGHTS, PageRight, may_ask
from web.peer_answers import PAGES

ABSENT = UUID("00000000-0000-4000-8000-000000000000")
HERE, THERE = (*STAGES, "waiting"), ("foreign", "foreign offer")
AT_LEAST = ("", "accepted", "foreign", "absent")
"""What somebody is asked about who may not ask for the page at all; the first two of a stay
that is over."""

SHOWING_IDENTITY = ("manager_people.leaver", "manager_referrals.referral", "manager_twins.twins")
"""Pages that show who somebody is when asked to."""

OUT = ("disabled", "demoted", *OVER)
"""Whose stay is over: accounts closed or at another desk since, and stays that ended."""

PLACES = {"mentor": "mentor", "account": "peer_account", "invitation": "invitation"}
PLACES |= {one: one for one in ("expected", "stay", "device", "upload", "forum", "expense")}
PLACES |= {"away": "away"}
"""Things that are one place's and in no story, by the name of the row that stands for them."""

OTHER_ROWS = {
    ("liaison_uploads.answer", "upload"): "upload_question",
    ("liaison_uploads.rows_to_mend", "upload"): "upload_taken",
    ("liaison_letters.not_handed_over", "letter"): "handed",
    ("manager_expenses.pay", "expense"): "approved",
    ("manager_away.answer", "away"): "away_asked",
    ("manager_tasks.end_pair", "task"): "decide_task",
    ("manager_tasks.keep_on_pause", "task"): "decide_task",
    ("manager_tasks.see", "task"): "moved_task",
    ("manager_twins.say_two", "task"): "twins_task",
    ("manager_twins.twins", "task"): "twins_task",
    ("liaison_events.see", "task"): "liaison_task",
    ("liaison_meetings.book", "meeting"): "visit",
    ("mentor_meetings.book", "meeting"): "follow_up",
    ("mentor_how.tell", "meeting"): "held",
    ("mentor_meetings.held", "meeting"): "past",
    ("mentor_meetings.missed", "meeting"): "past",
    ("manager_accounts.agree", "invitation"): "manager_invitation",
    ("administrator_accounts.agree", "invitation"): "manager_invitation",
    ("administrator_accounts.close", "account"): "manager_account",
    ("administrator_accounts.let_back_in", "account"): "manager_account",
    ("administrator_accounts.move", "account"): "manager_account",
    ("administrator_accounts.revoke", "invitation"): "manager_invitation",
}
"""Pages that are about another row of a story than the one named after its kind."""

OF_THE_SERVICE = frozenset({"run", "request", "earlier", "later"})
"""Things that are no region's: every manager finds them."""

WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "name": {
        "peer_forms": tuple(name for name, page in PAGES.items() if page.form),
        "liaison_forms": tuple(name for name, page in PAGES.items() if page.form),
        "liaison_referrals": tuple(CHANGES),
        "manager_exports": tuple(EXPORTS),
        "manager_pictures": tuple(SUBJECTS),
    },
    "step": {"": ("arrived",)},
    "token": {"": ("A" * 22,)},
    "sheet_name": {"": ("introduction", "gate-card")},
    "role": {"manager_accounts": ("peer", "mentor"), "administrator_accounts": ("manager",)},
    "number": {"": ("0",)},
    "code": {"": ("ABCDE-ABCDE",)},
    "filename": {"": ("no-such-file.css",)},
}
_FOUND = re.compile(
    r"Zq\d{4}q|\bZQ\d+\b|X\d{4}QZ|X\d{6}|2002/\d{7}[A-Z]|zq\d+@example\.org|07700 ?9\d{2} ?\d{3}"
    r"|[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|\b\d{4}-\d\d-\d\d\b|\b\d{1,2} [A-Z][a-z]{2,8} \d{4}\b|\b\d\d/\d\d/\d{4}\b"
)
_TOKEN = re.compile(r'name="(?:csrf_token|version)"[^>]*')


@dataclass(frozen=True)
class Asked:
    """One request: who asks, for which page, about whose thing, by which method."""

    who: str
    endpoint: str
    method: str
    about: str
    address: str


@dataclass(frozen=True)
class Answer:
    """What came back: the status, the canaries in it, and the page without what differs always.

    `kept` says that something would have been kept, `reached` that the page's own code ran;
    `raw` is the page as it came, if it is HTML.
    """

    asked: Asked
    status: int
    kept: bool
    reached: bool
    canaries: tuple[Canary, ...]
    page: str
    leads_to: str
    raw: str = ""


@dataclass
class Walk:
    """A world, an application on it, and a way to ask."""

    desks: Desks
    world: World
    canaries: dict[str, Canary] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    has_kept: bool = False
    has_reached: bool = False

    @cached_property
    def client(self) -> FlaskClient:
        return self.desks.app.test_client(use_cookies=False)

    @cached_property
    def _rules(self) -> dict[str, list[Rule]]:
        rules: dict[str, list[Rule]] = {}
        for rule in self.desks.app.url_map.iter_rules():
            rules.setdefault(rule.endpoint, []).append(rule)
        return rules

    def story_of(self, canary: Canary) -> str:
        """Return in which story the row of a canary is; "others" for accounts and stays."""
        key = canary.table, inspect(canary.row).identity
        return self.world.story_of.get(key, "others")

    def send(self, who: str, method: str, address: str, data: Any = None) -> TestResponse:
        """Send a request with the cookie of somebody; what it would keep is kept."""
        self.has_kept = self.has_reached = False
        cookie = self.cookies.get(who)
        headers = {"Cookie": cookie} if cookie else {}
        return self.client.open(address, method=method, headers=headers, data=data)

    def ask(self, asked: Asked, data: Any = None) -> Answer:
        """Send one request and say what came back; nothing is kept."""
        with keeping_nothing(self):
            answer = self.send(asked.who, asked.method, asked.address, data)
        text = text_of(answer)
        found, given = (canaries_in(one, self.canaries) for one in (text, asked.address))
        told = found - given if answer.status_code >= 300 else found
        raw = answer.text if answer.mimetype == "text/html" else ""
        leads_to = answer.headers.get("Location", "")
        return Answer(
            asked,
            answer.status_code,
            self.has_kept,
            self.has_reached,
            tuple(told),
            without_tokens(text),
            leads_to,
            raw,
        )

    def requests(self, who: str, only: str | None = None) -> Iterator[Asked]:
        """Return every request of one kind of account: each page or one, about each thing."""
        for endpoint, right in RIGHTS.items() if only is None else ((only, RIGHTS[only]),):
            for rule in self._rules.get(endpoint, ()):
                for about, values in self._things(who, endpoint, right, rule.arguments):
                    if about not in AT_LEAST[: 2 if who in OUT else 4] and not self.is_theirs(
                        who, endpoint
                    ):
                        continue
                    _, address = rule.build(values) or ("", "")
                    for method in sorted(right.methods):
                        yield Asked(who, endpoint, method, about, address)
                        if method == "GET" and endpoint in SHOWING_IDENTITY:
                            yield Asked(who, endpoint, method, about, f"{address}?show=identity")

    def _things(
        self, who: str, endpoint: str, right: PageRight, arguments: set[str]
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        words = [one for one in sorted(arguments) if not one.endswith("_id")]
        known = [self._words(endpoint, word) for word in words]
        first = tuple(one[0] for one in known)
        for about, ids in self.ids_of(endpoint):
            every = about == "accepted" and self.is_theirs(who, endpoint)
            for chosen in product(*known) if every else [first]:
                yield about, dict(zip(words, chosen, strict=True)) | ids

    def is_theirs(self, who: str, endpoint: str) -> bool:
        """Say whether a page is one that this kind of account may ask for at all."""
        may_look = who in self.cookies and who not in OUT
        return may_ask(endpoint, self.world.accounts[who].role if may_look else None)

    def _words(self, endpoint: str, word: str) -> tuple[str, ...]:
        if word == "name" and "events" in endpoint:
            told = OF_MENTORS if endpoint.endswith("of_mentor") else OF_LEAVERS
            return tuple(one.name for one in told)
        known = WORDS[word]
        return known.get(endpoint.partition(".")[0], known.get("", ("peer",)))

    def ids_of(self, endpoint: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the ids that a page is asked about, with whose thing each is."""
        takes = RIGHTS[endpoint].takes
        if not takes:
            yield "", {}
            return
        for about in (*HERE, *THERE):
            rows = [self._row(endpoint, about, kind) for kind in takes]
            if all(rows):
                yield about, {f"{kind}_id": row for kind, row in zip(takes, rows, strict=True)}
        yield "absent", {f"{kind}_id": ABSENT for kind in takes}
        if len(takes) == 2:
            first = self._row(endpoint, "accepted", takes[0])
            last = self._row(endpoint, "foreign", takes[1])
            if first and last:
                yield "mixed", {f"{takes[0]}_id": first, f"{takes[1]}_id": last}

    def _row(self, endpoint: str, about: str, kind: str) -> UUID | None:
        if kind in PLACES or (kind == "draft" and endpoint.startswith("liaison")):
            place = {"accepted": "here", "foreign": "there"}.get(about, "")
            name = PLACES.get(kind, "liaison_draft")
        else:
            place, name = (
                ("service", kind)
                if kind in OF_THE_SERVICE and about == "accepted"
                else (about, kind)
            )
        row: Any = self.world.stories.get(place, {}).get(OTHER_ROWS.get((endpoint, kind), name))
        return row.id if row else None


@contextmanager
def keeping_nothing(walk: Walk) -> Iterator[None]:
    """Let no session commit: what it would keep is written and rolled back when it closes."""
    commit = AuditedSession.commit

    def only_written(db: AuditedSession) -> None:
        walk.has_kept = walk.has_kept or db.has_written
        db.flush()

    AuditedSession.commit = only_written  # type: ignore[method-assign]
    try:
        yield
    finally:
        AuditedSession.commit = commit  # type: ignore[method-assign]


def a_walk(desks: Desks) -> Walk:
    """Make the world in the database of these desks, and cookies for all who look."""
    with Session(desks.engine, expire_on_commit=False) as db:
        walk = Walk(desks, a_world(db))
    with Session(desks.engine, expire_on_commit=False) as db:
        for canary in canaries_of(db):
            walk.canaries |= dict.fromkeys(canary.said, canary)
    desks.app.config.update(TESTING=False)  # what fails is a page, and an answer like any other
    for endpoint, view in desks.app.view_functions.items():
        desks.app.view_functions[endpoint] = _noting(walk, view)
    signer = desks.app.session_interface.get_signing_serializer(desks.app)
    for who, token in walk.world.tokens.items():
        walk.cookies[who] = f"gatemate={signer.dumps({'stay': token})}"
    return walk


def _noting(walk: Walk, view: Callable[..., Any]) -> Callable[..., Any]:
    """Return a view that says when it is reached."""

    def noted(**told: Any) -> Any:
        walk.has_reached = True
        return view(**told)

    return noted


def without_tokens(page: str) -> str:
    """Return a page without what is another one each time."""
    return _TOKEN.sub("", page)


def canaries_in(text: str, canaries: dict[str, Canary]) -> set[Canary]:
    """Return every canary whose value stands in a text."""
    return {canaries[one] for one in _FOUND.findall(text) if one in canaries}


def text_of(answer: Any) -> str:
    """Return what an answer says: a PDF's text, else where it leads and its words."""
    if answer.mimetype == "application/pdf":
        pages = PdfReader(BytesIO(answer.data)).pages
        return "\n".join(page.extract_text() for page in pages)
    if answer.mimetype == WORKBOOK:
        rows = load_workbook(BytesIO(answer.data), read_only=True).worksheets[0].values
        return "\n".join(str(cell) for row in rows for cell in row)
    return f"{answer.headers.get('Location', '')}\n{unescape(answer.text)}"
