"""A small site to try the look on: a form of every field, and things that fail."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import SimpleNamespace

from flask import Flask, g, render_template_string
from flask_wtf import CSRFProtect
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

import web
from models.moves import IllegalMove
from models.states import Channel, PairState
from models.states import Move as PairMove
from models.vocabulary import Experience, Region, Risk, Sex
from web import errors, fields, forms, words
from web.forms import DeskForm, Stale

NOW = datetime(2027, 3, 8, 23, 30, tzinfo=UTC)
"""Half past eleven at night in London, the evening before 9 March."""

PAGE = """
{% extends "base.html" %}
{% from "macros/forms.html" import desk_form %}
{% block title %}Try{% endblock %}
{% block content %}<h1>Try</h1>{% call desk_form(form, "Send", upload=true) %}
{% for field in form if field.name not in ("version", "csrf_token") %}{{ field() }}{% endfor %}
{% endcall %}{% endblock %}
"""


class EveryField(DeskForm):
    """One field of each kind, all of them asked for."""

    name = fields.NameField("First name", missing="Write the first name.")
    born = fields.DateField("Date of birth", missing="Write the date of birth.", birthday=True)
    leaves = fields.DateField(
        "Release date", missing="Write the release date.", earliest=date(2027, 3, 1)
    )
    at = fields.TimeField("Start time", missing="Write when it starts.")
    line = fields.TextField("Hall", at_most=20, missing="Write where.")
    why = fields.TextAreaField("Why", at_most=50, missing="Write why.")
    sex = fields.WordField("Sex", Sex, missing="Choose the sex.")
    risk = fields.WordField("Risk", Risk, only=[Risk.LOW, Risk.HIGH], missing="Choose the risk.")
    region = fields.WordField("Region", Region, missing="Choose a region.")
    lived = fields.WordSetField("Experience", Experience, missing="Tick one.")
    channels = fields.WordSetField("Channels", Channel, missing="Tick a channel.")
    mentor = fields.ChoiceField("Mentor", missing="Choose a mentor.")
    email = fields.EmailField("E-mail", missing="Write an e-mail address.")
    phone = fields.PhoneField("Phone", missing="Write a phone number.")
    district = fields.DistrictField("Where will they live?", missing="Write a postcode.")
    number = fields.PrisonNumberField("Prison number", missing="Write the prison number.")
    crn = fields.CaseNumberField("CRN", missing="Write the CRN.")
    miles = fields.NumberField("Miles", least=1, most=200, missing="Write the miles.")
    met = fields.YesNoField("Did you meet?", missing="Say yes or no.")
    needs = fields.NeedsField("Needs", missing="Choose a need.")
    hours = fields.HoursField("When are they free?", missing="Tick a box.")
    report = fields.FileField("Report", kinds=(".csv", ".xlsx"), missing="Choose a file.")
    secret = fields.PasswordField("Password", missing="Write the password.")
    consent = fields.ConsentField("They said yes.", missing="Tick the box when they say yes.")

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.mentor.choices = [("m1", "Alex"), ("m2", "Kim")]


class Note(DeskForm):
    """A form about a row, and nothing but a few words."""

    why = fields.TextAreaField("Why", missing="Write why.")


@dataclass
class NotedSession:
    """A database session that only notes when it was rolled back."""

    rolled_back: int = 0

    def rollback(self):
        self.rolled_back += 1


@dataclass
class Life:
    """What the pages of the small site are about, and what happened to it."""

    version: int = 3
    kept: list[str] = field(default_factory=list)
    fails_with: Exception | None = None
    asked: int = 0
    db: NotedSession = field(default_factory=NotedSession)

    def keep(self, words):
        """Keep the words, unless told to fail: then once or, with a Stale, always."""
        self.asked += 1
        failure = self.fails_with
        if failure is not None:
            if not isinstance(failure, Stale):
                self.fails_with, self.version = None, self.version + 1
            raise failure
        self.kept.append(words)


FAILURES = {
    "stale row": StaleDataError("UPDATE"),
    "illegal move": IllegalMove("pair", PairState.ENDED, PairMove.ACCEPT),
    "broken constraint": IntegrityError("INSERT", {}, Exception("unique")),
}


def small_site(life=None, *, csrf=False, demo=False, account=None):
    """Make the site around one life; `csrf` asks for tokens as the real one does."""
    life = life or Life()
    app = Flask("web", root_path=web.__path__[0])
    app.config.update(SECRET_KEY="only for tests", WTF_CSRF_ENABLED=csrf)
    app.extensions["gatemate"] = SimpleNamespace(settings=SimpleNamespace(demo=demo))
    for part in (forms, errors, words):
        part.register(app)
    CSRFProtect(app)

    @app.before_request
    def surround():
        g.now, g.db, g.account = NOW, life.db, account

    @app.route("/every", methods=["GET", "POST"])
    def every():
        form = EveryField()
        return ("kept", 200) if form.validate_on_submit() else shown(form)

    @app.route("/note", methods=["GET", "POST"])
    def note():
        form = Note().about(life)
        if form.validate_on_submit():
            life.keep(form.why.data)
            return "kept"
        return shown(form)

    @app.post("/press")
    def press():
        DeskForm().about(life).or_stale()
        life.keep("pressed")
        return "kept"

    @app.post("/bare")
    def bare():
        life.keep("without a form")
        return "kept"

    @app.route("/fault", methods=["GET", "POST"])
    def fault():
        raise ZeroDivisionError("Sam Example, A1234BC")

    @app.route("/gone", methods=["GET", "POST"])
    def gone():
        raise OperationalError("SELECT 'Sam Example'", {}, Exception("gone"))

    return app


def shown(form):
    """Return the page of a form and its status."""
    return render_template_string(PAGE, form=form), form.status
