"""A service with something waiting at every desk, for the parts that try every form there is.

The busy desks of the browser's tests and the world of the access matrix stand side by side in one
database. It is made once; after that `again` puts it back as it was.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from flask.testing import FlaskClient
from sqlmodel import Session, col, select

from matcher.accounts import begin_stay
from matcher.invitations import invite
from matcher.passwords import hash_of
from matcher.second_factor import begin_app, begin_sheet, confirm
from models.accounts import Account, Credential
from models.database import make_engine, upgrade
from models.own_says import OwnSay
from models.runs import PlanRequest
from models.states import PlanStage, Role
from tests.browser.test_every_page import BUSY_DESKS
from tests.prove.forms_found import Page
from tests.prove.places import Place
from tests.prove.walked import crawled, first_pages, rule_of
from tests.web.access.walking import Walk, a_walk
from tests.web.desks import APP_SECRET, PASSWORD, Desks
from tests.web.filled_forms import fill_in
from web.page_rights import may_ask

FOREIGN = ("foreign", "foreign offer", "absent", "mixed")

ALSO = (
    ("manager", "manager_tasks.task", "task", "paused", "decide_task"),
    ("manager", "manager_tasks.task", "task", "accepted", "moved_task"),
    ("liaison", "liaison_uploads.preview", "upload", "here", "upload_question"),
)
"""Pages of the world beside those that the matrix asks for: who, which, and about which row."""


@dataclass(frozen=True)
class Person:
    """Somebody at a desk: the token of their stay, and the next code of their sheet or app.

    `opens` is a page that they have open, to which few links lead or none.
    """

    name: str
    role: Role | None
    token: str = field(default="", repr=False)
    code: str = field(default="", repr=False)
    opens: str = "/"
    at_kiosk: bool = False


class Scenery:
    """The application, its people, and its database, which is put back whenever it is asked for."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.engine = make_engine(place.new())
        upgrade(self.engine)
        self.desks = Desks(self.engine, TESTING=False)  # what fails is a page, as for people
        self.words: dict[str, str] = {}
        busy = self._busy()
        self._let_plans_be_asked_for()
        self.walk: Walk = a_walk(self.desks)
        self._let_plans_be_asked_for()
        self._let_the_mentor_know_their_password()
        leaver: Any = self.walk.world.stories["waiting"]["leaver"]
        self.words["person"] = leaver.code
        mentor: Any = self.walk.world.stories["here"]["mentor"]
        self.words["mentor"] = mentor.code
        people = {role.value: role for role in Role}
        there = [Person(name, role, self.walk.world.tokens[name]) for name, role in people.items()]
        self.people = [Person("nobody", None), *busy, *there, *self._kiosks()]
        self.engine.dispose()
        place.remember()

    def again(self) -> None:
        """Put the database back as it was."""
        self.engine.dispose()
        self.place.again()

    def close(self) -> None:
        """Let the database go."""
        self.engine.dispose()

    def browser(self, person: Person) -> FlaskClient:
        """A browser of somebody whose stay began before the database was remembered."""
        browser = self.desks.app.test_client()
        if person.token:
            with browser.session_transaction() as cookie:
                cookie["stay"] = person.token
        return browser

    def endpoints(self, method: str) -> set[str]:
        """Return the name of every page that takes a method, from the URL map."""
        rules = self.desks.app.url_map.iter_rules()
        return {rule.endpoint for rule in rules if method in (rule.methods or ())}

    def endpoint_of(self, address: str, method: str) -> str:
        """Return the name of the page that an address is of, "" for none."""
        rule = rule_of(self.desks.app, address, method)
        return rule.endpoint if rule else ""

    def pages(self, person: Person) -> Iterator[Page]:
        """Yield what somebody sees by following links, and the pages of their part of the world."""
        browser = self.browser(person)
        yield from crawled(browser, [*first_pages(person.role), person.opens])
        if person.name in self.walk.cookies:
            for address in dict.fromkeys(self._addresses(person)):
                answer = browser.get(address)
                if answer.status_code == 200 and answer.mimetype == "text/html":
                    yield Page(address, answer.text)

    def _addresses(self, person: Person) -> Iterator[str]:
        for one in self.walk.requests(person.name):
            theirs = may_ask(one.endpoint, person.role) and one.about not in FOREIGN
            if theirs and one.method == "GET" and "?" not in one.address:
                yield one.address
        for who, endpoint, kind, story, row in ALSO:
            if who == person.name:
                named = {f"{kind}_id": self.walk.world.id_of(story, row)}
                [rule] = self.desks.app.url_map.iter_rules(endpoint)
                built = rule.build(named)
                assert built, endpoint
                yield built[1]

    def _busy(self) -> list[Person]:
        """Furnish each desk; the liaison signs in with a sheet, the others with an app."""
        site: Any = SimpleNamespace(desks=self.desks, now=self.desks.now)
        accounts = [
            (role, account) for role, furnish in BUSY_DESKS.items() for account in furnish(site)
        ]
        people = []
        with self.desks.session() as db:
            for number, (role, account) in enumerate(accounts):
                mine = db.get_one(Account, account.id)
                token = begin_stay(db, mine, now=self.desks.now)
                code = self._a_code(db, mine)
                opens = self._own_say(db) if role == Role.LIAISON else "/"
                people.append(Person(f"busy {role} {number}", role, token, code, opens))
            told = {"name": "Kit", "prison": "LEI"}
            _, self.words["code"] = invite(db, None, Role.PEER, now=self.desks.now, **told)
            db.commit()
        return people

    def _own_say(self, db: Session) -> str:
        """Return where the wish of a leaver can be taken back."""
        [said] = db.exec(select(OwnSay).where(col(OwnSay.said_at).is_not(None)))
        return f"/liaison/referrals/{said.referral_id}/own-say"

    def _let_plans_be_asked_for(self) -> None:
        """End the plan that is at work: there is one at a time, and nobody can ask for another."""
        with self.desks.session() as db:
            for plan in db.exec(select(PlanRequest)):
                plan.slot, plan.finished_at, plan.stage = None, self.desks.now, PlanStage.FAILED
            db.commit()

    def _kiosks(self) -> Iterator[Person]:
        """Yield a browser in which somebody has filled in a form, and one with a code to put away.

        Both were made a kiosk at the peer's desk.
        """
        for name in ("kiosk", "kiosk at its end"):
            with self.desks.session() as db:
                mine = db.get_one(Account, self.desks.account(Role.PEER).id)
                token = begin_stay(db, mine, now=self.desks.now)
                db.commit()
            browser = self.browser(Person(name, Role.PEER, token))
            browser.post("/council/kiosk")
            opens = f"{fill_in(browser, '/kiosk/forms')}/"
            if name != "kiosk":
                opens = browser.post(f"{opens}check").location
            yield Person(name, Role.PEER, token, opens=opens, at_kiosk=True)

    def _a_code(self, db: Session, account: Account) -> str:
        if account.role is not Role.LIAISON:
            begin_app(db, account, APP_SECRET)
            confirm(db, account, now=self.desks.now)
            return self.desks.code_now()
        sheet = begin_sheet(db, account, now=self.desks.now)
        confirm(db, account, now=self.desks.now)
        return sheet[0]

    def _let_the_mentor_know_their_password(self) -> None:
        with self.desks.session() as db:
            account = self.walk.world.accounts["mentor"]
            db.get_one(Credential, account.id).password_hash = hash_of(PASSWORD)
            db.commit()
