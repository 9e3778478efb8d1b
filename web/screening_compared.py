"""What a screening says now beside what was typed, for two managers who screen at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from matcher.core.words import day_in_words
from matcher.screening import Screened
from models.referrals import RISKS, Screening
from web.manager_screening_form import ScreeningForm
from web.words import capital

OPEN = "Left open"


@dataclass(frozen=True)
class Difference:
    """One question that two people answered differently, in words."""

    question: str
    now: str
    typed: str


def differences(form: ScreeningForm, standing: Screening | None) -> list[Difference]:
    """Return where the form says something else than the screening that stands."""
    return list(_differences(form, standing)) if standing else []


def _differences(form: ScreeningForm, standing: Screening) -> Iterator[Difference]:
    for name in Screened.model_fields:
        field = form[name]
        now, typed = (in_words(field, value) for value in (getattr(standing, name), field.data))
        if now != typed:
            question = field.label.text
            yield Difference(f"Risk: {question.lower()}" if name in RISKS else question, now, typed)


def in_words(field: Any, value: Any) -> str:
    """Return the answer to a question as a person reads it."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int):
        return str(dict(field.choices)[str(value)])
    if isinstance(value, date):
        return day_in_words(value)
    if isinstance(value, frozenset):
        return ", ".join(sorted(_label(one) for one in value)) or OPEN
    return _label(value) if value else OPEN


def _label(value: Any) -> str:
    return capital(value.label) if hasattr(value, "label") else str(value)
