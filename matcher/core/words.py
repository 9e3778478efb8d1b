"""Small matters of plain English: days, lists and how many."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time

_PART_OF_A_NAME = re.compile(r"[^\s'’.-]+")


def day_in_words(day: date) -> str:
    """Return a day as "Tuesday 9 March 2027"."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def listed(items: Sequence[str], most: int = 4) -> str:
    """Return "a, b and c"; beyond `most` items the rest is counted, not named."""
    if len(items) > most:
        return f"{', '.join(items[:most])} and {len(items) - most} more"
    return " and ".join(filter(None, [", ".join(items[:-1]), items[-1]])) if items else ""


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return "1 mentor", "3 mentors", "1,250 mentors"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def lower_first(label: str) -> str:
    """Return a label as it reads inside a sentence; "ID", "GP" and names keep their capitals."""
    first = label.split(maxsplit=1)[0].rstrip(",")
    kept = (first.isupper() and len(first) > 1) or first in {"Gypsy", "LGBT+", "Autism"}
    return label if kept else label[0].lower() + label[1:]


def name_in_words(first_name: str, surname: str) -> tuple[str, str]:
    """Return "David", "Okoro" for "DAVID", "OKORO"; a name not all in capitals stays as it is."""
    if not f"{first_name} {surname}".isupper():
        return first_name, surname
    return _with_capitals(first_name), _with_capitals(surname)


def _with_capitals(name: str) -> str:
    return _PART_OF_A_NAME.sub(lambda part: part[0].capitalize(), name)


def time_in_words(at: time) -> str:
    """Return a local time as "10am", "10:30am", "noon" or "midnight"."""
    if at.minute == 0 and at.hour % 12 == 0:
        return "noon" if at.hour else "midnight"
    minutes = f":{at.minute:02d}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes}{'am' if at.hour < 12 else 'pm'}"


def pounds(pence: int) -> str:
    """Return whole pence as pounds: 1250 is "12.50"."""
    return f"{pence // 100}.{pence % 100:02d}"
