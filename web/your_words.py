"""At the kiosk the person themselves is asked: the same form says "you" there."""

from __future__ import annotations

from typing import Any, TypeVar

from matcher.asked_of_you import QUESTIONS
from web.kiosk_stay import at_kiosk

Asking = TypeVar("Asking", bound=Any)


def in_your_words(page: str, form: Asking) -> Asking:
    """Return a page of the form; at the kiosk its questions are put to who sits there."""
    if at_kiosk():
        for field in form.questions:
            asked = QUESTIONS[page][field.short_name]
            field.label.text, field.description = asked.label, asked.hint
            if field.missing:
                field.missing = asked.missing
    return form
