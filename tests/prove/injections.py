"""sqlmap at every address: at the ids in its path, at its query, and at its form.

The real application is served on this machine, with people at each desk; sqlmap asks as one of
them. First it is given a hole made for it, which it must find. A unit is one page by one method.
What sqlmap sends is written and let go again, so that a form which can be sent once is tried whole.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, urlencode, urlsplit

from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from werkzeug import Request, Response
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from tests.browser.site import served
from tests.prove import sqlmap
from tests.prove.forms_found import Form, Page, Pairs
from tests.prove.places import Place
from tests.prove.scenery import Person, Scenery
from tests.prove.sqlmap import MARK, NotTriedError, Question
from tests.prove.tally import Stopwatch, Tally
from tests.prove.walked import SIGNS_OUT, left_alone, rule_of
from tests.prove.ways import Finder, Way, arrive, right
from tests.web.access.walking import keeping_nothing
from web.page_rights import RIGHTS, may_ask

NOT_SERVED = {"static", "demo"}
"""Files without a database, and pages that a service in use does not have."""

ADDRESSES = sum(
    len(right.methods)
    for endpoint, right in RIGHTS.items()
    if endpoint.partition(".")[0] not in NOT_SERVED
)
"""So many there are by the table of rights; an application starts with no page beside it."""

FIELDS = 6
"""So many fields of one form are tried, those that one types into first."""

HOLE = "/made-with-a-hole"
TOKEN = "csrf_token"


@dataclass(frozen=True)
class Target:
    """One page by one method, who asks for it, and for a form the way there."""

    endpoint: str
    method: str
    person: Person
    address: str
    way: Way | None = None


@dataclass
class Door:
    """Stands before the application and counts how it answers, so that nothing is tried in vain."""

    application: Any
    statuses: Counter[int] = field(default_factory=Counter)
    led_to_sign_in: int = 0

    def __call__(self, environ: Any, start_response: Any) -> Any:
        def answer(status: str, headers: Any, *rest: Any) -> Any:
            self.statuses[int(status.split(maxsplit=1)[0])] += 1
            led = dict(headers).get("Location", "")
            self.led_to_sign_in += urlsplit(led).path == "/sign-in"
            return start_response(status, headers, *rest)

        return self.application(environ, answer)


def inject_one_by_one(tally: Tally, place: Place) -> None:
    """Give sqlmap one address after the other; without sqlmap say so, and count nothing."""
    if sqlmap.installed() is None:
        print(f"  {tally.part}: sqlmap is not installed, nothing was tried", file=sys.stderr)
        return
    with left_alone():
        scenery = Scenery(place)
        Injections(tally, place, scenery).run()
        scenery.close()


class Injections:
    """The application with its desks furnished, its door, and what sqlmap is asked."""

    def __init__(self, tally: Tally, place: Place, scenery: Scenery) -> None:
        self.tally, self.place, self.scenery = tally, place, scenery
        self.app = scenery.desks.app
        mounts = {HOLE: Hole(scenery.engine)}
        self.door = Door(DispatcherMiddleware(self.app.wsgi_app, mounts))
        self.finder = Finder(scenery)
        self.served = ""

    def run(self) -> None:
        """Try the hole, then the addresses."""
        watch = Stopwatch(self.tally)
        with served(self.door) as self.served:
            if not self._finds_the_hole():
                self.tally.broken.append("sqlmap did not find the hole that was made for it")
                return
            targets = list(self._targets())
            if len(targets) != ADDRESSES:
                self.tally.broken.append(f"{ADDRESSES} addresses, {len(targets)} in the URL map")
            for target in targets[self.tally.done : self.tally.wanted]:
                self._try(target)
                self.tally.done += 1
                watch.keep()

    def _finds_the_hole(self) -> bool:
        question = Question(f"{self.served}{HOLE}/?version=1{MARK}")
        return bool(sqlmap.ask(question, self.tally.database, self.place.folder))

    def _try(self, target: Target) -> None:
        """Ask sqlmap about one address; a hole, a failed page or a door that stayed shut breaks."""
        self.door.statuses.clear()
        self.door.led_to_sign_in = 0
        try:
            question = self._question(target)
            with keeping_nothing(self.scenery.walk):
                found = sqlmap.ask(question, self.tally.database, self.place.folder)
        except NotTriedError as why:
            found = [f"not tried: {why}"]
        tried = self.door.statuses.total()
        failed = sum(many for status, many in self.door.statuses.items() if status >= 500)
        self.tally.acknowledged += tried
        self.tally.note("requests", tried)
        found += [f"failed {failed} times"] if failed else []
        led_out = self.door.led_to_sign_in if target.person.token else 0
        shut = self.door.statuses[429] + (0 if target.endpoint in SIGNS_OUT else led_out)
        if shut * 2 > tried:
            found.append(f"stayed shut: {shut} of {tried}")
        self.tally.broken += [f"{target.method} {target.endpoint}: {what}" for what in found]

    def _question(self, target: Target) -> Question:
        """Put the database back, go where the form is, and say what to ask."""
        self.app.config["WTF_CSRF_ENABLED"] = False
        self.scenery.again()
        browser = self.scenery.browser(target.person)
        address, sent = target.address, None
        if target.way is not None:
            form = arrive(self.scenery, browser, target.way)
            if form is None:
                raise NotTriedError("its form is there no more")
            self.app.config["WTF_CSRF_ENABLED"] = True
            token = _token(browser, "/account/" if target.person.token else "/sign-in")
            pairs = [*right(form, self.scenery, target.person), (TOKEN, token)]
            address, sent = form.action, marked_form(form, pairs)
        rule = rule_of(self.app, address, target.method)
        assert rule is not None, address
        kept = browser.get_cookie("gatemate")
        cookie = f"gatemate={kept.value}" if kept else None
        return Question(self.served + marked(address, rule.rule), sent, cookie)

    def _targets(self) -> Iterator[Target]:
        """Every page by each of its methods, in the order of the table of rights."""
        forms: dict[str, Way] = {}
        for way in sorted(self.finder.ways(), key=lambda way: (way.taken, len(way.form.typed))):
            forms[way.endpoint] = way  # the last one stays: taken, with the most fields
        for endpoint in RIGHTS:
            if endpoint.partition(".")[0] in NOT_SERVED:
                continue
            if endpoint in self.scenery.endpoints("GET"):
                yield self._read(endpoint)
            if endpoint in self.scenery.endpoints("POST"):
                way = forms.get(endpoint)
                if way is None:
                    self.tally.broken.append(f"POST {endpoint}: no form leads there")
                    continue
                yield Target(endpoint, "POST", way.person, way.form.action, way)

    def _read(self, endpoint: str) -> Target:
        """A page as somebody found it, with all that any link or search asks of it."""
        found = self.finder.links.get(endpoint) or [self._built(endpoint)]
        person, address = found[-1]
        asked = {name: value for _, one in found for name, value in parse_qsl(urlsplit(one).query)}
        query = urlencode(asked or {"page": "1"})
        return Target(endpoint, "GET", person, f"{urlsplit(address).path}?{query}")

    def _built(self, endpoint: str) -> tuple[Person, str]:
        """A page that no link leads to: about what a form is sent there for, or what is there."""
        for way in self.finder.found.values():
            if way.endpoint == endpoint and way.taken:
                return way.person, way.form.action
        for person in reversed(self.scenery.people):
            if may_ask(endpoint, person.role) and person.name in self.scenery.walk.cookies:
                return person, next(self.scenery.walk.requests(person.name, endpoint)).address
        return self.scenery.people[0], next(
            rule.rule for rule in self.app.url_map.iter_rules(endpoint)
        )


def _token(browser: FlaskClient, address: str) -> str:
    """Return the token against forged forms that this browser's pages have."""
    forms = Page(address, browser.get(address).text).forms
    return next(value for form in forms for name, value in form.given if name == TOKEN)


class Hole:
    """A page as nobody should write one: what is asked for becomes a part of the statement."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def __call__(self, environ: Any, start_response: Any) -> Any:
        asked = Request(environ).args.get("version", "")
        statement = f"SELECT version_num FROM alembic_version WHERE 'v1' = 'v{asked}'"
        try:
            with self.engine.connect() as line:
                rows = line.exec_driver_sql(statement).all()
            answer = Response(f"There are {len(rows)} rows. " + "A row like this one. " * len(rows))
        except SQLAlchemyError as wrong:
            answer = Response(str(wrong), status=500)
        return answer(environ, start_response)


def marked(address: str, rule: str) -> str:
    """Return an address with a mark behind each id in its path and each value in its query."""
    told = urlsplit(address)
    parts = []
    for part, row in zip(told.path.split("/"), rule.split("/"), strict=True):
        after = row.rpartition(">")[2] if "<" in row else ""
        mark = MARK if "<" in row else ""
        parts.append(part.removesuffix(after) + mark + after)
    asked = parse_qsl(told.query, keep_blank_values=True)
    query = "&".join(f"{quote(name)}={quote(value or '1')}{MARK}" for name, value in asked)
    return "/".join(parts) + (f"?{query}" if query else "")


def marked_form(form: Form, pairs: Pairs) -> str:
    """Return what a form sends, with a mark behind the fields to be tried, typed ones first."""
    typed = {name for name, _ in form.typed}
    said, tried = [], 0
    for name, value in sorted(pairs, key=lambda pair: pair[0] not in typed):
        mark = MARK if name != TOKEN and tried < FIELDS else ""
        tried += bool(mark)
        said.append(f"{quote_plus(name)}={quote_plus(value, safe='')}{mark}")
    return "&".join(said)
