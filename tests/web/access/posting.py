"""Forms sent with right words: about one's own thing, somebody else's, and what is not there.

The forms are those of the pages that each kind of account sees, filled in as a person would. The
same words then go to the address of a foreign thing and of none, and there all is really kept.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Engine, MetaData
from werkzeug.exceptions import HTTPException

from models.states import Role
from models.tables import METADATA
from tests.prove.forms_found import Form, Page, posts
from tests.web.access.walking import Answer, Asked, Walk, text_of, without_tokens
from web.page_rights import RIGHTS, may_ask

WORDS = {
    "phone": "07700 900123",
    "ring_phone": "07700 900123",
    "email": "robin@example.org",
    "district": "LS1",
    "resettling_in": "LS6",
    "prison": "LEI",
    "prison_number": "A1234BC",
    "said_by": "Robin",
    "date-month": "2",
    "travel_km": "20",
}
"""What is typed into a field of a name, or one whose name ends so; others get a sentence."""

TRIES = 4
"""So many forms of one page are tried until one is taken."""

SENTENCE = "Words of somebody at a desk."


@dataclass(frozen=True)
class Sent:
    """One form with its words: of which page, about which ids, and where it is sent."""

    endpoint: str
    ids: dict[str, Any]
    action: str
    data: dict[str, list[str]]


@dataclass
class Posting:
    """One kind of account and the forms it finds."""

    walk: Walk
    who: str

    @cached_property
    def role(self) -> Role:
        return self.walk.world.accounts[self.who].role

    def forms(self) -> dict[str, Sent]:
        """Return a form of each page that is about a thing; one leads to the next."""
        found: dict[str, Sent] = {}
        waiting = list(posts([Page(one.asked.address, one.raw) for one in self._own_pages()]))
        tried = Counter[str]()
        while waiting:
            sent = self._filled(waiting.pop(0))
            if sent is None or self.kept.get(sent.endpoint) or tried[sent.endpoint] >= TRIES:
                continue
            tried[sent.endpoint] += 1
            answer = self.answer(sent, sent.action)
            if sent.endpoint not in found or answer.kept:
                found[sent.endpoint], self.kept[sent.endpoint] = sent, answer.kept
            if answer.status == 200 and answer.raw:  # what follows is shown, to be confirmed
                waiting = [*posts([Page(sent.action, answer.raw)]), *waiting]
        return found

    @cached_property
    def kept(self) -> dict[str, bool]:
        """Whether the own form of each page was taken."""
        return {}

    def answer(self, sent: Sent, address: str) -> Answer:
        """Send a form to an address; nothing is kept."""
        asked = Asked(self.who, sent.endpoint, "POST", "", address)
        return self.walk.ask(asked, sent.data)

    def _own_pages(self) -> Iterator[Answer]:
        for one in self.walk.requests(self.who):
            own = one.about not in ("foreign", "foreign offer", "absent", "mixed")
            if own and one.method == "GET" and may_ask(one.endpoint, self.role):
                answer = self.walk.ask(one)
                if answer.status == 200 and answer.raw:
                    yield answer

    def _filled(self, form: Form) -> Sent | None:
        path = urlsplit(form.action).path
        adapter = self.walk.desks.app.url_map.bind("localhost")
        try:
            endpoint, ids = adapter.match(path, "POST")
        except HTTPException:
            return None
        if not RIGHTS[endpoint].takes:
            return None
        data: dict[str, list[str]] = {}
        for name, value in form.given:
            data.setdefault(name, []).append(value)
        for name, old in form.typed:
            data.setdefault(name, []).append(old or word_for(name))
        return Sent(endpoint, dict(ids), path, data)

    def elsewhere(self, sent: Sent) -> Iterator[tuple[str, str]]:
        """Yield the addresses of the same page about a foreign thing and about none."""
        [rule, *_] = [
            one
            for one in self.walk.desks.app.url_map.iter_rules(sent.endpoint)
            if "POST" in (one.methods or ())
        ]
        for about, ids in self.walk.ids_of(sent.endpoint):
            if about in ("foreign", "absent"):
                built = rule.build(sent.ids | ids)
                assert built, sent.endpoint
                yield about, built[1]

    def send_elsewhere(self, sent: Sent) -> Iterator[tuple[str, int, str]]:
        """Send the words about a foreign thing and none, for good; yield what is answered."""
        for about, address in self.elsewhere(sent):
            answer = self.walk.send(self.who, "POST", address, sent.data)
            yield about, answer.status_code, without_tokens(text_of(answer))


def word_for(name: str) -> str:
    """Return what a person would type into a field of a name."""
    last = re.sub(r".*-", "", name)
    return WORDS.get(name) or WORDS.get(last) or SENTENCE


def all_rows(engine: Engine, tables: MetaData = METADATA) -> dict[str, list[str]]:
    """Return every row of every table as it lies in the database, sealed values as they are."""
    with engine.connect() as line:
        return {
            one.name: sorted(map(str, line.exec_driver_sql(f'SELECT * FROM "{one.name}"')))
            for one in tables.sorted_tables
        }
