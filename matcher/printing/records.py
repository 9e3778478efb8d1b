"""A person's whole record on paper: the same words as the file, in large plain print."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import typst

from matcher.core.words import day_in_words, lower_first, time_in_words
from matcher.kept_back import Why
from matcher.printing.record_words import DID, ONLY_IN_FILE, heading_of, label_of
from matcher.printing.sheets import FONTS, HERE, NotPrintableError
from models.reference import prisons

LAYOUT = HERE / "record.typ"
NOTHING = "nothing"
OURS = ZoneInfo("Europe/London")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T[\d:.]+(?:\+\d{2}:\d{2}|Z)")


def record_as_pdf(record: Mapping[str, Any], made_on: date) -> bytes:
    """Return a record made by `subject_access.record_of` as PDF/UA.

    Raises NotPrintableError for a letter that no font of ours has.
    """
    opening, parts = _opening(record, made_on), list(_parts(record))
    told = {"title": "All that we hold about you", "opening": opening, "parts": parts}
    try:
        return typst.compile(
            LAYOUT,
            root=HERE,
            font_paths=[FONTS],
            ignore_system_fonts=True,
            sys_inputs={"record": json.dumps(told)},
            pdf_standards="ua-1",
            timestamp=datetime.combine(made_on, time(12), UTC),
        )
    except typst.TypstError as wrong:
        raise NotPrintableError(
            "A letter in this record is in no font of ours. Give them the JSON file."
        ) from wrong


def _opening(record: Mapping[str, Any], made_on: date) -> list[str]:
    return [
        f"Your code is {record['code']}. We made this on {day_in_words(made_on)}.",
        "It is everything we have on file about you. We left out what tells of other people.",
        "Where we know nothing there is no line. Numbers for the computer alone are in a file.",
        "At the end you find what we left out and why, and who looked at your record.",
        "You may ask us to put something right, or to erase it.",
    ]


def _parts(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for table, rows in record["tables"].items():
        lines = [list(_lines(row)) for row in rows]
        yield {"heading": heading_of(table), "rows": [one for one in lines if one]}
    yield {"heading": "What we left out", "rows": [list(_left_out(record["kept_back"]))]}
    looked = list(_looked_at(record["looked_at"]))
    yield {"heading": "Who looked at your record", "rows": [looked] if looked else []}


def _lines(row: Mapping[str, Any]) -> Iterator[str]:
    for name, value in row.items():
        if value not in (None, "", [], {}) and name not in ONLY_IN_FILE:
            yield f"{label_of(name)}: {_told(name, value)}"


def _left_out(kept_back: list[Mapping[str, str]]) -> Iterator[str]:
    """Yield what was left out, by reason and table; what keeps house is one line."""
    by_reason: dict[tuple[str, str], list[str]] = {}
    for one in kept_back:
        if one["why"] != Why.HOUSE:
            column = lower_first(label_of(one["column"]))
            by_reason.setdefault((one["why"], one["table"]), []).append(column)
    for (why, table), columns in by_reason.items():
        yield f"From \u201c{heading_of(table)}\u201d: {', '.join(columns)}. {why}"
    yield "Numbers and marks by which the computer finds things. They only keep it in order."


def _looked_at(entries: list[Mapping[str, Any]]) -> Iterator[str]:
    """Yield who did what on which day, each once."""
    days: dict[tuple[str, str, str], dict[str, list[str]]] = {}
    for one in entries:
        did = DID.get(one["did"], one["did"])
        of_day = days.setdefault((one["on"], one["who"], did), {})
        of_day.setdefault(one["to"], []).extend(one["fields"])
    for (day, who, did), told in days.items():
        what = (_with_fields(table, fields) for table, fields in told.items())
        yield f"{_in_words(day)}: {who} {did} {'; '.join(what)}"


def _with_fields(table: str, fields: list[str]) -> str:
    named = ", ".join(lower_first(label_of(one)) for one in dict.fromkeys(fields))
    return f"\u201c{heading_of(table)}\u201d" + (f" ({named})" if named else "")


def _told(name: str, value: Any) -> str:
    if name == "prison" and value in prisons():
        return prisons()[value].name
    return _said(value)


def _said(value: Any) -> str:
    if value in (None, "", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "; ".join(f"{label_of(key)}: {_said(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(map(_said, value))
    return _in_words(str(value))


def _in_words(text: str) -> str:
    """Return a day or a moment as people write it, and everything else as it is."""
    if _DAY.fullmatch(text):
        return day_in_words(date.fromisoformat(text))
    if _MOMENT.fullmatch(text):
        moment = datetime.fromisoformat(text).astimezone(OURS)
        return f"{day_in_words(moment.date())} at {time_in_words(moment.time())}"
    return text
