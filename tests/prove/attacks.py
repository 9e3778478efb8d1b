"""Hostile strings in every field of every form there is, sent by those whose form it is.

No page may fail, none may show a string as anything but text, and what a form shows again is
what was typed, apart from signs that nobody sees. A unit is one string in all forms.
"""

from html import escape
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.prove.forms_found import Form, Page, Pairs
from tests.prove.naughty import MARK, NAUGHTY, bare
from tests.prove.places import Place
from tests.prove.right_words import WORDS
from tests.prove.scenery import Scenery
from tests.prove.tally import Stopwatch, Tally
from tests.prove.walked import SIGNS_OUT, left_alone
from tests.prove.ways import HEAD, RIGHT, Finder, Way, arrive, found_again, right, sent

TOLD_TO_WAIT = 429
"""An answer of the limits: nothing was tried then, so it must not come."""

GONE = (404, 405, 409)
"""Answers about something that is there no more, or that has changed since it was shown."""

IN_FREE_WORDS = 2
"""Of the ways to fill a form in: the string in free words, right words in the rest."""

TOLD = frozenset({*WORDS, *RIGHT, "one_time_code", "code"}) - {"said_by", "name", "surname"}
"""Fields that take words of one kind alone: a form with anything else there is refused."""


def attack_again_and_again(tally: Tally, place: Place) -> None:
    """Put one string after the other into every form, each on the same database made anew."""
    watch = Stopwatch(tally)
    with left_alone():
        attack = Attack(tally, Scenery(place))
        while not tally.is_done:
            attack.run(list(NAUGHTY)[tally.done % len(NAUGHTY)])
            tally.done += 1
            watch.keep()
        attack.scenery.close()


class Attack:
    """One application with somebody at every desk, the ways to all forms, and one string."""

    def __init__(self, tally: Tally, scenery: Scenery) -> None:
        self.tally, self.scenery = tally, scenery
        finder = Finder(scenery)
        self.ways = finder.ways()
        self.pages = list(finder.pages_about(self.ways))
        self.kind, self.string = "", ""
        self.is_as_it_was = False
        self.reached: set[str] = set()

    def run(self, kind: str) -> None:
        """Send what can be sent again, read every page, then send what ends something."""
        self.kind, self.string = kind, NAUGHTY[kind]
        self.reached = set()
        self._again()
        last = [way for way in self.ways if way.ends]
        last += [way for way in self.ways if not way.ends and not self._is_sent(way)]
        for person, address in self.pages:
            answer = self.scenery.browser(person).get(address)
            self._look_at(answer, self.scenery.endpoint_of(address, "GET"), "showed everybody")
        for way in last:
            self._send_each_time_anew(way)
        missed = self.scenery.endpoints("POST") - self.reached
        self.tally.notes["forms reached"] = len(self.reached)
        self.tally.notes["pages read after"] = len(self.pages)
        for endpoint in sorted(missed):
            self._broken(endpoint, "was not reached")

    def _again(self) -> None:
        if not self.is_as_it_was:
            self.scenery.again()
        self.is_as_it_was = True

    def _is_sent(self, way: Way) -> bool:
        """Send a form in each way on what is there; say no if it is there no more."""
        fills, taken = len(self._fills(way, way.form)), False
        for fill in range(fills):
            if taken and fill == IN_FREE_WORDS:
                continue  # with the string in all of it, it was taken already
            browser = self.scenery.browser(way.person)
            form = arrive(self.scenery, browser, way)
            answer = form and self._sent(browser, way, form, fill)
            if form and answer and answer.status_code in GONE:
                form = found_again(browser, form)
                answer = form and self._sent(browser, way, form, fill)
            if not form or not answer or answer.status_code in GONE or _leads_out(answer, way):
                return False
            taken = self._judge(browser, way, answer)
        return True

    def _send_each_time_anew(self, way: Way) -> None:
        """Send a form in each way on the database as it was: whatever is answered, it was there."""
        for fill in range(len(self._fills(way, way.form))):
            self._again()
            browser = self.scenery.browser(way.person)
            form = arrive(self.scenery, browser, way)
            if form is None:
                self._broken(way.endpoint, "is there no more")
                continue
            taken = self._judge(browser, way, self._sent(browser, way, form, fill))
            self.is_as_it_was = not taken and not way.steps

    def _fills(self, way: Way, form: Form) -> list[Pairs]:
        """Return what is sent: the string in all but what is typed, in all that is, in free words.

        The last two only where somebody types.
        """
        words = right(form, self.scenery, way.person)
        typed = {name for name, _ in form.typed}
        fills = [[(name, word if name in typed else self.string) for name, word in words]]
        if typed:
            fills.append(form.given + [(name, self.string) for name, _ in form.typed])
            fills.append([self._in_free_words(typed, name, word) for name, word in words])
        return fills

    def _in_free_words(self, typed: set[str], name: str, word: str) -> tuple[str, str]:
        is_told = word.isdigit() or not TOLD.isdisjoint({name, name.rpartition("_")[2]})
        return name, self.string if name in typed and word and not is_told else word

    def _sent(self, browser: FlaskClient, way: Way, form: Form, fill: int) -> TestResponse:
        file = f"{HEAD}\nA1234BC,{self.string},{self.string},3 February 2027\n"
        return browser.post(form.action, data=sent(self._fills(way, form)[fill], form, file))

    def _judge(self, browser: FlaskClient, way: Way, answer: TestResponse) -> bool:
        """Look at an answer and at where it leads; say whether the form was taken."""
        taken = answer.status_code < 400
        self.reached.add(way.endpoint)
        self.tally.acknowledged += 1
        self.tally.note("taken" if taken else "not taken")
        self.is_as_it_was = False
        self._look_at(answer, way.endpoint, "answered")
        if urlsplit(answer.location or "").netloc not in {"", "localhost"}:
            self._broken(way.endpoint, f"led to {urlsplit(answer.location).netloc}")
        elif answer.location:
            self._look_at(browser.get(answer.location), way.endpoint, "then showed")
        return taken

    def _look_at(self, answer: TestResponse, endpoint: str, what: str) -> None:
        """Hold an answer to what is promised of every page."""
        if answer.status_code >= 500 or answer.status_code == TOLD_TO_WAIT:
            self._broken(endpoint, f"{what} {answer.status_code}")
        if any(MARK in value for name, value in answer.headers if name != "Location"):
            self._broken(endpoint, f"{what} it in a header")
        if answer.mimetype != "text/html":
            return
        if escape(self.string) != self.string and self.string in answer.text:
            self._broken(endpoint, f"{what} it unescaped")
        if answer.text.lower().count("<script") > 1:
            self._broken(endpoint, f"{what} a script")
        if MARK not in answer.text:
            return
        for value in Page(answer.request.path, answer.text).values:
            if MARK in value and bare(self.string) != bare(value):
                self.tally.note(f"shown otherwise at {endpoint}: {self.kind}")
                self.tally.lost += 1

    def _broken(self, endpoint: str, what: str) -> None:
        sentence = f"{endpoint} {what}, for {self.kind}"
        if sentence not in self.tally.broken:
            self.tally.broken.append(sentence)


def _leads_out(answer: TestResponse, way: Way) -> bool:
    """Say whether somebody who was signed in is asked to sign in."""
    asked = urlsplit(answer.location or "").path == "/sign-in"
    return asked and bool(way.person.token) and way.endpoint not in SIGNS_OUT
