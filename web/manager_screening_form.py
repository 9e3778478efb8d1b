"""The form on which a manager records risk, restrictions, approvals and probation's word."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import g
from wtforms import HiddenField

from matcher.screening import Screened
from models.referrals import RISKS
from models.vocabulary import CountyLines, Group, Risk
from web.fields import (
    ChoiceField,
    ConsentField,
    DateField,
    NameField,
    TextField,
    WordField,
    WordSetField,
    YesNoField,
)
from web.reasons import ReasonForm
from web.words import today

MAPPA_LEVELS = [("0", "Not managed under MAPPA"), *((str(n), f"Level {n}") for n in (1, 2, 3))]
MAPPA_CATEGORIES = [(str(n), f"Category {n}") for n in (1, 2, 3, 4)]

SIGNED = (
    "high_risk_approved",
    "mappa_approved",
    "sexual_offence_approved",
    "domestic_abuse_approved",
    "licence_approved",
    "content",
)
"""What someone signs with name and date: the fields are these, with `_by` and `_on`."""

_TAG = re.compile("[A-Z0-9][A-Z0-9-]{0,19}")


class TagsField(TextField):
    """Gang tags, parted by blanks or commas; the data is a frozen set of codes."""

    nothing = frozenset()

    def read(self, text: str) -> frozenset[str]:
        """Return the tags in capitals, or say which one is none."""
        tags = re.split(r"[\s,;]+", text.upper())
        return frozenset(self._tag(tag) for tag in tags if tag)

    def write(self, value: frozenset[str]) -> str:
        """Return the tags as they are typed."""
        return " ".join(sorted(value))

    def _tag(self, tag: str) -> str:
        if not _TAG.fullmatch(tag):
            sentence = f"“{tag}” is no tag. Use letters, numbers and hyphens, 20 at most."
            raise self.wrong(sentence)
        return tag


def _level(to: str) -> WordField:
    return WordField(to, Risk, inline=True)


def _name(label: str) -> NameField:
    return NameField(label)


def _day(label: str) -> DateField:
    return DateField(label, latest=today)


class ScreeningForm(ReasonForm):
    """One screening. What is not known is left open, and holds the leaver back."""

    risk = _level("Overall")
    risk_to_children = _level("To children")
    risk_to_public = _level("To the public")
    risk_to_known_adult = _level("To a known adult")
    risk_to_staff = _level("To staff")
    risk_to_prisoners = _level("To prisoners")
    assessor = _name("Who assessed the risk")
    assessed_on = _day("When the risk was assessed")
    high_risk_approved_by = _name("Who approved a high or very high risk")
    high_risk_approved_on = _day("When they approved a high or very high risk")

    mappa_level = ChoiceField("MAPPA level", choices=MAPPA_LEVELS, coerce=int)
    mappa_category = ChoiceField("MAPPA category", choices=MAPPA_CATEGORIES, coerce=int)
    mappa_approved_by = _name("Who approved a MAPPA level 2 or 3")
    mappa_approved_on = _day("When they approved a MAPPA level 2 or 3")

    sexual_offence = YesNoField("Is there a sexual offence on record?")
    sexual_offence_approved_by = _name("Who approved this with a sexual offence on record")
    sexual_offence_approved_on = _day("When they approved this with a sexual offence on record")
    domestic_abuse = YesNoField("Is there domestic abuse on record?")
    domestic_abuse_approved_by = _name("Who approved this with domestic abuse on record")
    domestic_abuse_approved_on = _day("When they approved this with domestic abuse on record")

    no_one_to_one = ConsentField("No one-to-one: never alone with one mentor")
    risk_to = WordSetField("What else a mentor may ask not to meet", Group)

    on_licence = YesNoField("Will they be on licence?")
    licence_bars_contact = ConsentField("The licence bars contact with people with convictions")
    licence_approved_by = _name("Who approved the contact all the same")
    licence_approved_on = _day("When they approved the contact all the same")
    content_by = _name("Who in probation is content with this mentoring")
    content_on = _day("When probation said they are content")

    gangs = TagsField(
        "Gang tags", hint="Short tags of your own, such as NORTH. Only managers see them."
    )
    county_lines = WordField("Part in county lines", CountyLines)

    meanwhile = HiddenField()
    instead = ConsentField(
        "I have read what is saved now. Save mine in its place.",
        missing="Read what is saved now, then tick the box to save yours in its place.",
    )

    @property
    def meets_newer(self) -> bool:
        """Whether someone saved a screening while this one was typed."""
        return "instead" in self

    def ask_if_newer(self) -> None:
        """Ask for a tick before a newer screening is replaced, now and each time it is sent."""
        kept = g.get("unsent_here")
        typed_on_older = kept is not None and kept.taken_by is self and kept.is_stale
        if self.is_stale or typed_on_older or self.meanwhile.data:
            self.meanwhile.data = "yes"
        else:
            del self.instead

    @property
    def told(self) -> Screened:
        """Return what the form says, checked."""
        told = {name: self[name].data for name in Screened.model_fields}
        return Screened.model_validate(
            {name: None if data == "" else data for name, data in told.items()}
        )

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Hold the overall risk to the highest of all, and every name to its date."""
        super().validate(extra_validators)
        self._check_overall_risk()
        for what in SIGNED:
            self._check_signed(what)
        if self.is_stale and self.meets_newer:
            self.instead.data, self.instead.errors = False, []
        return not self.errors

    def _check_overall_risk(self) -> None:
        told = [self[name].data for name in RISKS if self[name].data]
        highest = max(told, key=lambda risk: risk.rank, default=None)
        overall = self.risk.data
        if highest and overall and overall.rank < highest.rank:
            sentence = f"Overall: choose {highest.label} or more. One group has {highest.label}."
            self.risk.errors = [*self.risk.errors, sentence]

    def _check_signed(self, what: str) -> None:
        name, day = self[f"{what}_by"], self[f"{what}_on"]
        if name.errors or day.errors:
            return
        if name.data and not day.data:
            day.errors = [f"{day.label.text}: give the day, or take the name out."]
        if day.data and not name.data:
            name.errors = [f"{name.label.text}: give the name, or take the day out."]
