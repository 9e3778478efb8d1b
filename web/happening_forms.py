"""How an event is asked for: a form made from the facts class of each thing that may be told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from flask import g
from wtforms import Field

from matcher.life_events import HAPPENINGS, moment_told
from matcher.life_facts import Question, Told, checked, questions_of
from models.people import Leaver, Mentor
from models.reference import prisons
from models.release_words import DateKind
from models.states import EventKind, Role
from models.vocabulary import Word
from web.fields import (
    ChoiceField,
    ConsentField,
    DateField,
    NameField,
    TextField,
    WordField,
    YesNoField,
)
from web.forms import DeskForm
from web.words import day, today

Person = Leaver | Mentor

NO_QUESTIONS = frozenset({"version", "csrf_token"})
DAY_HINT = "For example, 27 3 2027."
IF_NOT = "If you say no, what the mentor told us is taken back as a mistake."
IN_DOUBT = frozenset({"has_left", "mistaken"})
"""Questions that are only asked where what was told leaves a doubt."""
ON_WHICH_DAY = Question("On which day was this?", date, "Give a day, such as 27 3 2027.", True)
LONGEST_AGO = timedelta(days=2 * 366)
WHO = ("said_by", "given_by")
"""The facts that name who told whoever writes it down: one of the two, asked last."""


class HappeningForm(DeskForm):
    """The base of every form on which an event is told."""

    @property
    def questions(self) -> list[Any]:
        """The fields that ask something, in the order of the page."""
        return [one for one in self if one.name not in NO_QUESTIONS and self._asks(one)]

    def said(self) -> list[tuple[str, str]]:
        """Return each question that was answered, and the answer in words."""
        answered = [one for one in self.questions if one.data not in (None, "") and one.raw_data]
        return [(str(one.label.text), _in_words(one)) for one in answered]

    def _asks(self, field: Any) -> bool:
        """Say whether a question is shown: one of a doubt only where there is a doubt."""
        in_doubt = field.name in IN_DOUBT
        return not in_doubt or bool(field.errors) or field.data is not None


def _in_words(answered: Any) -> str:
    """Return an answer as a person reads it: a day, the words chosen, or what was typed."""
    if isinstance(answered.data, date):
        return day(answered.data)
    if isinstance(answered, ChoiceField):
        return next(option.text for option in answered if option.checked)
    return "Yes" if answered.data is True else str(answered.data)


class DateForm(HappeningForm):
    """Which date, and what it is now; whether they have left is asked only where it is in doubt."""

    kind = WordField("Which date is it?", DateKind, missing="Choose which date it is.")
    day = DateField(
        "What is the date now?",
        hint=DAY_HINT,
        earliest=lambda: today() - timedelta(days=31),
        latest=lambda: today() + timedelta(days=365 * 30),
    )
    removed = ConsentField("The date was taken away, and there is no new one.")
    has_left = YesNoField("Have they left prison?", hint=IF_NOT)
    given_by = NameField("Who told you?", missing="Write the name of who told you.")

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Take a date, or that there is none: one of the two."""
        right = bool(super().validate(extra_validators))
        if self.day.errors or bool(self.day.data) is not self.removed.data:
            return right
        self.day.errors = ["Give the new date, or tick that there is none: one of the two."]
        return False


class CodeField(TextField):
    """The code of a record, in capitals however it is typed."""

    def read(self, text: str) -> str:
        """Return the code in capitals, without blanks."""
        return "".join(text.split()).upper()


@dataclass(frozen=True)
class Telling:
    """One thing to tell: its place in the address, the event, and the words on the page.

    `given` are facts that are not asked. `note` says on the page what to know
    before it is told, `warning` what to know before it is confirmed with the
    button, and `done` is said once it is.
    """

    name: str
    kind: EventKind
    title: str
    note: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    unasked: Collection[str] = ()
    warning: str = ""
    button: str = "Confirm"
    done: str = ""

    def is_told_by(self, role: Role) -> bool:
        """Say whether people of a role may tell it at all."""
        return role in HAPPENINGS[self.kind].told_by

    @cached_property
    def form(self) -> type[HappeningForm]:
        """The form, made of the facts: the day comes first, who told it last."""
        if self.kind is EventKind.DATE_MOVED:
            return DateForm
        return type("TellingForm", (HappeningForm,), self._questions())

    def facts(self, form: HappeningForm, role: Role) -> Told:
        """Return what was told as facts; NotAllowed with a sentence for each wrong answer."""
        kind = HAPPENINGS[self.kind].facts
        told = {name: form[name].data for name in kind.model_fields if name in form}
        told = {name: value for name, value in told.items() if value is not None}
        if "source" in kind.model_fields:
            told["source"] = f"told by the {role.value}"
        if "on" in kind.model_fields and "on" in self.unasked:
            told["on"] = today()
        return checked(kind, {**told, **self.given})

    def moment(self, form: HappeningForm, facts: Told) -> datetime:
        """Return when it counts as having happened."""
        told = form["on"].data if "on" in form else today()
        return moment_told(facts, told, g.now)

    def _questions(self) -> dict[str, Any]:
        asked = questions_of(HAPPENINGS[self.kind].facts)
        for name in (*self.given, *self.unasked, "source"):
            asked.pop(name, None)
        when = asked.pop("on", ON_WHICH_DAY)
        who = {name: asked.pop(name) for name in WHO if name in asked}
        # A form shows its fields in the order in which they are made.
        first = {} if "on" in self.unasked else {"on": self._day(when)}
        rest = {name: _question(name, one) for name, one in asked.items()}
        return first | rest | {name: _who(name, one) for name, one in who.items()}

    def _day(self, asked: Question) -> Field:
        limits: dict[str, Any] = {"earliest": lambda: today() - LONGEST_AGO}
        if not HAPPENINGS[self.kind].may_come:
            limits["latest"] = today
        return DateField(asked.title, missing=asked.what_to_do, hint=DAY_HINT, **limits)


def _who(name: str, asked: Question) -> Field:
    """Ask who told it: not who gave a date long ago, but whose word this is."""
    if name == "said_by":
        return NameField(asked.title, missing=asked.what_to_do)
    return NameField("Who told you?", missing="Write the name of who told you.")


def _question(name: str, asked: Question) -> Field:
    """Return the field for one fact; a yes or no is always asked for, never guessed."""
    must = asked.must_be_answered or (asked.kind is bool and name not in IN_DOUBT)
    said: dict[str, Any] = {"missing": asked.what_to_do if must else None}
    if asked.kind is bool:
        return YesNoField(asked.title, **said)
    if asked.kind is date:
        return DateField(asked.title, hint=DAY_HINT if must else f"{DAY_HINT} {_EMPTY}", **said)
    if issubclass(asked.kind, Word):
        return WordField(asked.title, asked.kind, hint="" if must else _EMPTY, **said)
    if name == "prison":
        choices = sorted(((one.code, one.title) for one in prisons().values()), key=lambda x: x[1])
        return ChoiceField(asked.title, choices=choices, **said)
    return CodeField(asked.title, hint="Such as GM-7K4QX.", at_most=20, **said)


_EMPTY = "You can leave this empty."
