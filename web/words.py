"""How pages say days, times, words and numbers: filters and globals for every template.

Moments are aware UTC datetimes inside and London time on screen. A value that
is missing is said as "Not given", so that no page shows an empty cell.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, url_for

from matcher.core.sending import LONDON
from matcher.core.words import counted, day_in_words, listed, pounds, time_in_words
from matcher.read_aloud import READ_ALOUD
from models.vocabulary import Word
from web.kiosk_stay import at_kiosk

NOT_GIVEN = "Not given"


def register(app: Flask) -> None:
    """Give every template of `app` the filters and globals of this file."""
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(
        static_url=static_url,
        today=today,
        is_demo=is_demo,
        at_kiosk=at_kiosk,
        counted=counted,
        read_aloud=READ_ALOUD,
    )


def local(moment: datetime) -> datetime:
    """Return an aware moment as it reads on a clock in London."""
    return moment.astimezone(LONDON)


def today() -> date:
    """Return the day it is in London, in the time of the request (`g.now`)."""
    return local(g.now).date()


def is_demo() -> bool:
    """Say whether the pages show a demo with made-up people."""
    surroundings = current_app.extensions.get("gatemate")
    return bool(getattr(getattr(surroundings, "settings", None), "demo", False))


def day(when: date | datetime | None) -> str:
    """Return "Tuesday 9 March 2027"."""
    return NOT_GIVEN if when is None else day_in_words(_day_of(when))


def birth_day(when: date | None) -> str:
    """Return "9 March 1990": on which weekday someone was born tells nobody anything."""
    return NOT_GIVEN if when is None else f"{when.day} {when:%B %Y}"


def short_day(when: date | datetime | None) -> str:
    """Return "9 Mar 2027"."""
    if when is None:
        return NOT_GIVEN
    said = _day_of(when)
    return f"{said.day} {said:%b %Y}"


def clock_time(when: time | datetime | None) -> str:
    """Return "10am", "10:30am", "noon" or "midnight"; a moment is read in London."""
    if when is None:
        return NOT_GIVEN
    return time_in_words(local(when).time() if isinstance(when, datetime) else when)


def moment(when: datetime | None) -> str:
    """Return "Tuesday 9 March 2027, 10am"."""
    return NOT_GIVEN if when is None else f"{day(when)}, {clock_time(when)}"


def days_to_go(when: date | datetime | None) -> str:
    """Return "today", "tomorrow", "in 12 days", "yesterday" or "3 days ago"."""
    if when is None:
        return NOT_GIVEN
    days = (_day_of(when) - today()).days
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    return near.get(days) or (f"in {days:,} days" if days > 0 else f"{-days:,} days ago")


def word(said: Word | None) -> str:
    """Return a word's label with a capital, as it stands alone on a page."""
    return NOT_GIVEN if said is None else capital(said.label)


def words(said: Iterable[Word]) -> str:
    """Return the labels of several words, in their own order: "Football, Chess and Art"."""
    ordered = sorted(said, key=lambda one: one.rank)
    return listed([one.label for one in ordered], most=len(ordered)) or NOT_GIVEN


def capital(text: str) -> str:
    """Return the text with its first letter large; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def points(thousandths: int) -> str:
    """Return thousandths of a point as points with one decimal: 71428 is "71.4"."""
    tenths = _tenths(thousandths)
    return f"{tenths // 10:,}.{tenths % 10}"


def money(pence: int) -> str:
    """Return whole pence as "£12.50"."""
    return f"£{pounds(pence)}"


def adding_up(parts: Iterable[int]) -> list[str]:
    """Return each part (thousandths of a point) with one decimal, so that they add up as shown.

    Each is rounded down; the tenths then missing from the rounded total go to
    the parts that lost most.
    """
    exact = list(parts)
    shown = [part // 100 for part in exact]
    most_lost = sorted(range(len(exact)), key=lambda i: -(exact[i] % 100))
    for i in most_lost[: _tenths(sum(exact)) - sum(shown)]:
        shown[i] += 1
    return [points(tenths * 100) for tenths in shown]


def plural(number: int, one: str, many: str | None = None) -> str:
    """Return "1 mentor" or "3 mentors", as a filter on the number."""
    return counted(number, one, many)


def static_url(filename: str) -> str:
    """Return the address of a static file; it changes whenever the file does."""
    path = Path(current_app.static_folder or "", filename)
    return url_for("static", filename=filename, v=_fingerprint(path, path.stat().st_mtime))


@lru_cache(maxsize=100)
def _fingerprint(path: Path, _changed: float) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _tenths(thousandths: int) -> int:
    return (thousandths + 50) // 100


def _day_of(when: date | datetime) -> date:
    return local(when).date() if isinstance(when, datetime) else when


FILTERS: dict[str, Any] = {
    "day": day,
    "birth_day": birth_day,
    "short_day": short_day,
    "clock_time": clock_time,
    "moment": moment,
    "days_to_go": days_to_go,
    "word": word,
    "words": words,
    "capital": capital,
    "points": points,
    "adding_up": adding_up,
    "plural": plural,
    "money": money,
    "counted": plural,
    "listed": listed,
}
