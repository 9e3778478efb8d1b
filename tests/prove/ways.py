"""Every form there is, who sends it, and what is sent before it stands on a page.

Each form is tried once with right words, as somebody would fill it in. So it is known which forms
it leads to, and whether it can be sent again.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any
from urllib.parse import quote_plus, urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.prove.forms_found import Form, Page, Pairs, posts
from tests.prove.right_words import filled
from tests.prove.scenery import Person, Scenery
from tests.prove.walked import FILES, IDS, SIGNS_OUT, rule_of
from tests.web.desks import PASSWORD
from web.page_rights import RIGHTS, may_ask

TRIES = 4
"""So many forms of one kind are tried until one is taken."""

DEEP = 4
"""So many forms may stand before one."""

NEW_PASSWORD = "seven herons cross a violet sky"
RIGHT = {
    "old_password": PASSWORD,
    "sign_in_name": "robin.new@example.org",
    "password": NEW_PASSWORD,
    "password_again": NEW_PASSWORD,
    "new_password": NEW_PASSWORD,
    "new_password_again": NEW_PASSWORD,
    "weight_experience": "35",
    "weight_reach": "25",
    "weight_time": "15",
    "weight_risk_margin": "10",
    "weight_culture": "10",
    "weight_interests": "5",
}
"""What is right in the fields of an account, and parts of a hundred; others: `right_words`."""

WORDS = "words"
HEAD = "Prison number,First name,Surname,Conditional release date"
RECEIPT = b"%PDF-1.4\n%%EOF\n"
REPORT = f"{HEAD}\nA1234BC,Robin,Example,3 February 2027\n"


@dataclass(frozen=True)
class Way:
    """One kind of form: who sends it, and the forms that are sent before it.

    `ends` says that it can be sent once, `taken` that right words were taken.
    """

    person: Person
    endpoint: str
    form: Form
    steps: tuple[Form, ...] = ()
    ends: bool = False
    taken: bool = False

    @property
    def kind(self) -> tuple[str, str]:
        """Say what makes two forms alike: the desk and the address, whatever its ids."""
        return desk_of_form(self.person, self.endpoint), kind_of(self.form.action)


def desk_of_form(person: Person, endpoint: str) -> str:
    """Say whose form it is; one for all who are signed in, or for everybody, is one form."""
    who = RIGHTS[endpoint].who
    return str(person.role) if who is not None and len(who) == 1 else ""


def kind_of(address: str) -> str:
    """Return an address without its ids and without what it asks for."""
    return IDS.sub("-", urlsplit(address).path)


class Finder:
    """Looks at all pages of all people, and tries what is found."""

    def __init__(self, scenery: Scenery) -> None:
        self.scenery = scenery
        self.pages: dict[tuple[str, str], dict[str, Person]] = defaultdict(dict)
        self.links: dict[str, list[tuple[Person, str]]] = defaultdict(list)
        self.waiting: dict[tuple[str, str], list[Way]] = defaultdict(list)
        self.found: dict[tuple[str, str], Way] = {}

    def ways(self) -> list[Way]:
        """Return a way to every form that is found, one that was taken where any was."""
        for person in self.scenery.people:
            for page in self.scenery.pages(person):
                self._read(person, page)
        while self.waiting:
            kind = next(iter(self.waiting))
            for way in self.waiting.pop(kind)[:TRIES]:
                tried = self._tried(way)
                self.found[kind] = tried if tried.taken else self.found.get(kind, tried)
                if tried.taken:
                    break
        return list(self.found.values())

    def pages_about(self, ways: list[Way]) -> Iterator[tuple[Person, str]]:
        """Yield one page of each kind at each desk, about what most of the forms are about."""
        told = Counter(one for way in ways for one in IDS.findall(way.form.action))
        for pages in self.pages.values():
            address = max(pages, key=lambda one: sum(told[word] for word in IDS.findall(one)))
            yield pages[address], address

    def _read(self, person: Person, page: Page) -> None:
        for address in (page.address, *(link for link in page.links if link.endswith(FILES))):
            self.pages[str(person.role), kind_of(address)].setdefault(address, person)
        for link in [*page.links, *(searched(one) for one in page.forms if one.method == "get")]:
            rule = rule_of(self.scenery.desks.app, link, "GET") if link.startswith("/") else None
            if rule is not None:
                self.links[rule.endpoint].append((person, link.partition("#")[0]))
        for way in self._ways_on(person, page, ()):
            self.waiting[way.kind].append(way)

    def _ways_on(self, person: Person, page: Page, steps: tuple[Form, ...]) -> Iterator[Way]:
        for form in posts([page]):
            rule = rule_of(self.scenery.desks.app, form.action, "POST")
            if rule and may_ask(rule.endpoint, person.role, kiosk=person.at_kiosk):
                yield Way(person, rule.endpoint, form, steps)

    def _tried(self, way: Way) -> Way:
        """Send it once with right words; note what it leads to."""
        self.scenery.again()
        browser = self.scenery.browser(way.person)
        form = arrive(self.scenery, browser, way)
        if form is None:
            return way
        answer = browser.post(form.action, data=sent(right(form, self.scenery, way.person), form))
        page = led_to(browser, answer)
        leads_out = page.address == "/sign-in" and way.endpoint not in SIGNS_OUT
        taken = answer.status_code < 400 and not leads_out
        if taken and len(way.steps) < DEEP:
            for after in self._ways_on(way.person, page, (*way.steps, form)):
                if after.kind != way.kind and after.kind not in self.found:
                    self.waiting[after.kind].append(after)
        ends = way.endpoint in SIGNS_OUT or (taken and found_again(browser, form) is None)
        return replace(way, taken=taken, ends=ends)


def arrive(scenery: Scenery, browser: FlaskClient, way: Way) -> Form | None:
    """Send what stands before a form, and return the form as it stands now; None if it does not."""
    if not way.steps:
        return way.form
    here = way.steps[0]
    for after in (*way.steps[1:], way.form):
        answer = browser.post(here.action, data=sent(right(here, scenery, way.person), here))
        on_page = posts([led_to(browser, answer)])
        found = [one for one in on_page if kind_of(one.action) == kind_of(after.action)]
        if not found:
            return None
        here = found[0]
    return here


def found_again(browser: FlaskClient, form: Form) -> Form | None:
    """Return a form as its page shows it now, None if it does so no more."""
    page = led_to(browser, browser.get(form.page))
    return next((one for one in posts([page]) if one.action == form.action), None)


def led_to(browser: FlaskClient, answer: TestResponse) -> Page:
    """Return the page that an answer is, or leads to."""
    while answer.status_code in (302, 303) and not urlsplit(answer.location).netloc:
        answer = browser.get(answer.location)
    html = answer.text if answer.mimetype == "text/html" else ""
    return Page(answer.request.full_path.removesuffix("?"), html)


def right(form: Form, scenery: Scenery, person: Person) -> Pairs:
    """Return what a form sends when somebody fills it in as they should."""
    own = RIGHT | scenery.words | ({"one_time_code": person.code} if person.code else {})
    return filled(form, own)


def sent(pairs: Pairs, form: Form, file: str = REPORT, name: str = "report.csv") -> dict[str, Any]:
    """Return what is sent, with a file of its own where the form takes one."""
    data: dict[str, Any] = {}
    for field, value in pairs:
        data.setdefault(field, []).append(value)
    for field in form.files:
        if field == "receipt" and file == REPORT:
            data[field] = (BytesIO(RECEIPT), "receipt.pdf")
            continue
        data[field] = (BytesIO(file.encode("utf-8", "surrogatepass")), name)
    return data


def searched(form: Form) -> str:
    """Return the address that a form which is not sent leads to, with a word in each field."""
    pairs = form.given + [(name, old or WORDS) for name, old in form.typed]
    asked = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in pairs)
    return f"{form.action.split('?')[0]}?{asked}"
