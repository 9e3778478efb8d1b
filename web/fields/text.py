"""Questions answered in one line or a few lines of text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import phonenumbers

from matcher.account_scopes import EMAIL, LONGEST_NAME, odd_sign
from matcher.core.words import counted
from models.reference import districts
from web.fields.answer import Answer, typed
from web.fields.widgets import Lines, PasswordInput, TextInput

_POSTCODE = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)(?:\d[A-Z]{2})?")


class TextField(Answer):
    """One line of text, without outer blanks. `width` is in signs: 2, 3, 4, 5, 10, 20 or 30."""

    widget = TextInput()
    nothing: Any = ""
    at_most = 200
    width: int | None = None
    html: Mapping[str, str] = MappingProxyType({})

    def __init__(self, label: str, *, at_most: int | None = None, **kwargs: Any) -> None:
        """Take at most so many signs."""
        kwargs.setdefault("render_kw", dict(self.html))
        super().__init__(label, **kwargs)
        self.at_most = at_most or self.at_most

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed; what cannot be read is kept for showing it again."""
        text = typed(valuelist)
        self.data = self.nothing
        if len(text) > self.at_most:
            most = counted(self.at_most, "character")
            raise self.wrong(f"Use {most} at most. There are {len(text):,} now.")
        if text:
            self.data = self.read(text)

    def read(self, text: str) -> Any:
        """Return the value of `text`, or raise what is `wrong`."""
        return text

    def write(self, value: Any) -> str:
        """Return the text that stands for a value that is on file."""
        return str(value)

    def _value(self) -> str:
        if self.raw_data is not None:
            return typed(self.raw_data)
        return "" if self.data in (None, "") else self.write(self.data)


class NameField(TextField):
    """A name: letters of any language, blanks, hyphens, apostrophes and full stops."""

    at_most = LONGEST_NAME
    width = 20

    def read(self, text: str) -> str:
        """Return the name with single blanks, or say which sign does not belong in a name."""
        odd = odd_sign(text)
        if odd:
            raise self.wrong(f"Take out “{odd}”. A name has letters, hyphens and apostrophes.")
        return " ".join(text.split())


class TextAreaField(TextField):
    """Several lines of text, with how many signs are left."""

    widget = Lines()
    at_most = 2000
    rows = 5


class PasswordField(TextField):
    """A password, taken as it is typed: not even a blank is taken off, and never shown again."""

    widget = PasswordInput()
    at_most = 1000

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the first text as it is."""
        self.data = next((value for value in valuelist if isinstance(value, str)), "")
        if len(self.data) > self.at_most:
            self.data = ""
            raise self.wrong(f"Use {self.at_most:,} characters at most.")

    def _value(self) -> str:
        return ""


class EmailField(TextField):
    """An e-mail address, kept as typed."""

    html = MappingProxyType(
        {
            "type": "email",
            "autocomplete": "email",
            "spellcheck": "false",
        }
    )

    def read(self, text: str) -> str:
        """Return the address, or say what one looks like."""
        if not EMAIL.fullmatch(text):
            raise self.wrong("Write an e-mail address such as sam@example.org.")
        return text


class PhoneField(TextField):
    """A telephone number that can be rung from the United Kingdom, kept as typed."""

    at_most = 40
    width = 20
    html = MappingProxyType({"type": "tel", "autocomplete": "tel"})

    def read(self, text: str) -> str:
        """Return the number, or say what one looks like.

        Numbers kept for drama are not in use, so "possible" is what is asked, not "valid".
        """
        try:
            number = phonenumbers.parse(text, "GB")
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            raise self.wrong("Write a phone number such as 07700 900123.")
        return text


class DistrictField(TextField):
    """A postcode or its first half; the data is the district: "LS6 2AB" gives "LS6"."""

    nothing = None
    at_most = 20
    width = 10

    def read(self, text: str) -> str:
        """Return the district, or say that it is not known."""
        found = _POSTCODE.fullmatch(re.sub(r"[\s-]", "", text).upper())
        if found is None:
            raise self.wrong("Write a postcode or its first half, such as LS6 2AB or LS6.")
        if found[1] not in districts():
            raise self.wrong(f"We do not know {found[1]} in England and Wales. Check each letter.")
        return found[1]


class PrisonNumberField(TextField):
    """A prison number such as A1234BC, in capitals whatever was typed."""

    nothing = None
    at_most = 20
    width = 10
    form = re.compile(r"[A-Z][0-9]{4}[A-Z]{2}")
    likeness = "Write one letter, four numbers and two letters, such as A1234BC."

    def read(self, text: str) -> str:
        """Return the number, or say what one looks like."""
        number = re.sub(r"[\s-]", "", text).upper()
        if not self.form.fullmatch(number):
            raise self.wrong(self.likeness)
        return number


class CaseNumberField(PrisonNumberField):
    """A CRN such as X123456: the number of a case in probation."""

    form = re.compile(r"[A-Z][0-9]{6}")
    likeness = "Write one letter and six numbers, such as X123456."


class NumberField(TextField):
    """A whole number from `least` to `most`, both counted."""

    nothing = None
    at_most = 20
    width = 5
    html = MappingProxyType({"inputmode": "numeric"})

    def __init__(self, label: str, *, least: int = 0, most: int = 1_000_000, **kwargs: Any) -> None:
        """Take whole numbers between the two."""
        super().__init__(label, **kwargs)
        self.least, self.most = least, most

    def read(self, text: str) -> int:
        """Return the number, or say which numbers are taken."""
        plain = re.sub(r"[\s,]", "", text)
        if not re.fullmatch(r"-?[0-9]{1,12}", plain) or not self.least <= int(plain) <= self.most:
            raise self.wrong(f"Write a whole number from {self.least:,} to {self.most:,}.")
        return int(plain)
