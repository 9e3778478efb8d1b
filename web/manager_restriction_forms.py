"""The forms behind who a leaver must not meet, and where and when they may not be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matcher.screening import OtherPerson
from models.hours import read_hours, write_hours
from models.vocabulary import LinkKind
from web.fields import (
    ChoiceField,
    DateField,
    DistrictField,
    NameField,
    PrisonNumberField,
    TextAreaField,
    TextField,
    WordField,
)
from web.forms import DeskForm
from web.reasons import ReasonForm
from web.words import capital

NO_LINK = "none"
NOT_FOUND = "not_found"

NAMED_HOW = "Say who it is: give the prison number, or else first name, surname and birth date."
ASKED_WHOM = "Write what you have asked, and of whom."
HOW_KNOWN = "Write how you know that no link is needed."
NAMED_TWICE = "Give the prison number or the name, not both."


class CurfewHoursField(TextField):
    """Hours of the week such as "daily 19-7"; the data is a frozen set of hours, 0 to 167."""

    nothing = frozenset()

    def read(self, text: str) -> frozenset[int]:
        """Return the hours, or say how to write them."""
        try:
            return read_hours(text)
        except ValueError:
            sentence = "Write days and hours, such as daily 19-7 or mon-fri 20-6."
            raise self.wrong(sentence) from None

    def write(self, value: frozenset[int]) -> str:
        """Return the hours as they are typed."""
        return write_hours(value)


class NamingForm(DeskForm):
    """Someone named by prison number, or by first name, surname and date of birth."""

    prison_number = PrisonNumberField("Prison number", hint="Such as A1234BC.")
    first_name = NameField("First name")
    surname = NameField("Surname")
    birth_date = DateField("Date of birth")

    @property
    def other(self) -> OtherPerson | None:
        """Return whom the form names, once it is right; None if it names nobody."""
        by_number = self.prison_number.data
        if by_number:
            return OtherPerson(prison_number=by_number)
        if not self.surname.data:
            return None
        return OtherPerson(
            first_name=self.first_name.data,
            surname=self.surname.data,
            birth_date=self.birth_date.data,
        )

    def check_named(self) -> None:
        """Hold the form to naming one person, in one way, whole."""
        name = (self.first_name, self.surname)
        if self.prison_number.data:
            if any(part.data for part in name):
                self.prison_number.errors = [NAMED_TWICE]
        elif not any(part.data for part in name):
            self.prison_number.errors = [NAMED_HOW]
        for part in (*name, self.birth_date):
            if any(one.data for one in name) and not part.data and not part.errors:
                part.errors = [f"{part.label.text}: give this too, so that we know who it is."]


class SettlingForm(NamingForm):
    """What is made of someone whom a leaver must not meet, as told to the council."""

    kind = ChoiceField(
        "What stands between them?",
        choices=[
            *((one.value, capital(one.label)) for one in LinkKind),
            (NOT_FOUND, "Not found yet: I have asked, and the leaver stays on hold"),
            (NO_LINK, "No link is needed, and I can say how I know"),
        ],
        missing="Choose what stands between them, or where you are with it.",
    )
    words = TextAreaField(
        "What you have asked of whom, or how you know",
        hint="Needed if they are not found yet, or if no link is needed. Only managers read this.",
        at_most=500,
    )

    @property
    def is_not_found(self) -> bool:
        """Whether the manager does not know yet who this is."""
        return bool(self.kind.data == NOT_FOUND)

    @property
    def link(self) -> LinkKind | None:
        """Return the kind of link to make; None for none."""
        return None if self.kind.data in (NO_LINK, NOT_FOUND) else LinkKind(self.kind.data)

    @property
    def other(self) -> OtherPerson | None:
        """Return whom the form names, if a link is made."""
        return super().other if self.link else None

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Hold the form to a whole name if a link is made, and to words if none is."""
        super().validate(extra_validators)
        if not self.errors and self.link:
            self.check_named()
        elif not self.errors and not self.words.data:
            self.words.errors = [ASKED_WHOM if self.is_not_found else HOW_KNOWN]
        return not self.errors


class LinkForm(NamingForm, ReasonForm):
    """A new link between a leaver and someone else."""

    kind = WordField("What stands between them?", LinkKind, missing="Choose what it is.")
    detail = TextAreaField("What is known of it", hint="Only managers read this.", at_most=500)

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Hold the form to a whole name."""
        super().validate(extra_validators)
        if not self.errors:
            self.check_named()
        return not self.errors


class SpanForm(ReasonForm):
    """From when and until when something counts; left open, it always does."""

    starts_on = DateField("First day", hint="Leave it empty if it counts from now on.")
    ends_on = DateField("Last day", hint="Leave it empty if no end is known.")


class ZoneForm(SpanForm):
    """A postcode district where someone may not be."""

    district = DistrictField(
        "Postcode district", missing="Write the postcode district.", hint="Such as LS6."
    )


class CurfewForm(SpanForm):
    """Hours of the week when someone must be at home."""

    hours = CurfewHoursField(
        "Days and hours at home",
        missing="Write the days and hours, such as daily 19-7.",
        hint="Such as daily 19-7, or mon-fri 20-6; sat 22-8.",
    )
