"""Attacks on a made-up service of three forms: what is sound passes, and each hole is told."""

from html import escape
from types import SimpleNamespace

from flask import Flask, redirect, request

from tests.prove.attacks import Attack
from tests.prove.scenery import Person
from tests.prove.tally import Tally
from tests.prove.walked import crawled, rule_of

SCRIPT = "a script after an attribute"


class Service:
    """Stands for the scenery: a form that leads to another, and one that can be sent once."""

    def __init__(self, shown=escape, kept=str) -> None:
        self.shown, self.kept = shown, kept
        self.app = Flask("made-up")
        self.desks = SimpleNamespace(app=self.app)
        self.people, self.words = [Person("nobody", None)], {}
        self.again()
        for address, name, view in (
            ("/", "sign_in.sign_in", self.first),
            ("/then", "invited.start", self.then),
            ("/once", "invited.choose", self.once),
        ):
            self.app.add_url_rule(address, name, view, methods=["GET", "POST"])

    def first(self):
        if request.method == "POST":
            return redirect("/then")
        return self._form("/", '<input name="note">') + '<a href="/once">Once</a>'

    def then(self):
        if request.method == "POST":
            self.word = self.kept(request.form["word"])
        return self._form("/then", f'<input name="word" value="{self.shown(self.word)}">')

    def once(self):
        if request.method == "POST":
            self.is_over = True
        return (
            "" if self.is_over else self._form("/once", '<input type="hidden" name="a" value="b">')
        )

    def _form(self, address, fields):
        return f'<form method="post" action="{address}">{fields}</form>'

    def again(self):
        self.word, self.is_over = "", False

    def browser(self, _person):
        return self.app.test_client()

    def pages(self, person):
        return crawled(self.browser(person), ["/"])

    def endpoints(self, method):
        rules = self.app.url_map.iter_rules()
        return {one.endpoint for one in rules if method in one.methods and one.endpoint != "static"}

    def endpoint_of(self, address, method):
        return rule_of(self.app, address, method).endpoint


def attacked(service: Service) -> Tally:
    tally = Tally("attacks-sqlite", "sqlite", 1, seed=1)
    Attack(tally, service).run(SCRIPT)
    return tally


def test_every_form_of_a_sound_service_is_reached_and_nothing_is_broken():
    tally = attacked(Service())

    assert (tally.broken, tally.lost) == ([], 0)
    assert (tally.notes["forms reached"], tally.acknowledged) == (3, 5)


def test_a_string_that_is_more_than_text_is_told():
    broken = attacked(Service(shown=str)).broken

    assert f"invited.start answered it unescaped, for {SCRIPT}" in broken


def test_a_field_that_shows_something_else_than_was_typed_is_told():
    assert attacked(Service(kept=lambda word: word[:20])).lost > 0


def test_a_page_that_fails_is_told():
    assert any(" answered 500" in one for one in attacked(Service(kept=lambda word: 1 / 0)).broken)


def test_a_form_that_nobody_finds_is_told():
    service = Service()
    service.app.add_url_rule("/hidden", "invited.prove", service.first, methods=["POST"])

    assert attacked(service).broken == [f"invited.prove was not reached, for {SCRIPT}"]


def test_what_can_be_sent_once_is_known_by_trying_it():
    ways = Attack(Tally("attacks-sqlite", "sqlite", 1, seed=1), Service()).ways

    assert [way.endpoint for way in ways if way.ends] == ["invited.choose"]
    assert {way.endpoint: len(way.steps) for way in ways}["invited.start"] == 1
