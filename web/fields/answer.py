"""What every field has in common: when it is empty, what it says then, where an error leads."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from wtforms import Field
from wtforms.validators import StopValidation, ValidationError

from matcher.core.words import lower_first

_INVISIBLE = re.compile("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u2060\ufeff]")


class Answer(Field):
    """The answer to one question.

    `missing` is the sentence shown when nothing was given; None lets the
    field be left empty, and its data is then `nothing`.
    """

    nothing: Any = None

    def __init__(
        self, label: str, *, missing: str | None = None, hint: str = "", **kwargs: Any
    ) -> None:
        """Ask `label`; `hint` stands under it in grey."""
        super().__init__(label, description=hint, **kwargs)
        self.missing = missing

    @property
    def first_input(self) -> str:
        """The id of the input that an error of this field leads to."""
        return self.id

    @property
    def is_empty(self) -> bool:
        """Whether nothing was given. 0 and no are answers."""
        return self.data is None or self.data in ("", frozenset(), {})

    def pre_validate(self, form: Any) -> None:
        """Stop at what could not be read, and at nothing given."""
        if self.process_errors:
            raise StopValidation
        if self.is_empty:
            raise StopValidation(self.missing or "")

    def wrong(self, sentence: str) -> ValidationError:
        """Return the error that says where it is and what to do; a question is not asked again."""
        label = str(self.label.text)
        is_question = label.endswith("?")
        return ValidationError(sentence if is_question else f"{label}: {lower_first(sentence)}")


def typed(values: list[Any] | None) -> str:
    """Return the first text that was sent, without outer blanks and invisible signs.

    Lines end in one sign, whatever the browser sends; accents are one sign
    with their letter, so that a Welsh name is equal to itself.
    """
    text = next((value for value in values or [] if isinstance(value, str)), "")
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", lines)).strip()
