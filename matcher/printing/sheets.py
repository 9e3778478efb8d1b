"""One sheet of A4 as typst sets it: what is on it, and what cannot be printed.

The layout stands in `sheet.typ`. It takes the largest print that fits on one
sheet, from 18 points down to 14, and never goes below.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Literal

import typst

HERE = Path(__file__).parent
FONTS = HERE / "fonts"
LAYOUT = HERE / "sheet.typ"

_NOT_IN_PRINT = re.compile(r'the text `"(.*)"` could not be displayed', re.DOTALL)


class NotPrintableError(ValueError):
    """Something on a sheet cannot be printed; the sentence says what to do."""


@dataclass(frozen=True)
class Part:
    """Lines under a heading; an empty heading is none.

    The style is "plain" for sentences, "steps" for points, "words" for what
    someone says in their own words.
    """

    heading: str
    lines: tuple[str, ...]
    style: Literal["plain", "steps", "words"] = "steps"


@dataclass(frozen=True)
class Sheet:
    """All that stands on one sheet.

    `title` is the first heading and the title of the PDF; `picture` says in
    words what the picture shows. Parts of one row may stand side by side.
    `closing` stands last, in a box.
    """

    title: str
    picture: str
    opening: Part
    rows: tuple[tuple[Part, ...], ...]
    closing: Part


def typeset(sheet: Sheet, printed_on: date) -> bytes:
    """Return the sheet as PDF/UA, dated `printed_on`; the same sheet gives the same bytes.

    Raises NotPrintableError as `typeset_all` does.
    """
    return typeset_all((sheet,), sheet.title, printed_on)


def typeset_all(sheets: Sequence[Sheet], title: str, printed_on: date) -> bytes:
    """Return sheets, each on a page of its own, as one PDF/UA with a title.

    Raises NotPrintableError if one needs more than one sheet, or has a character
    that no font of ours has.
    """
    try:
        return typst.compile(
            LAYOUT,
            root=HERE,
            font_paths=[FONTS],
            ignore_system_fonts=True,
            sys_inputs={"sheets": json.dumps([asdict(one) for one in sheets]), "title": title},
            pdf_standards="ua-1",
            timestamp=datetime.combine(printed_on, time(12), UTC),
        )
    except typst.TypstError as wrong:
        raise _refusal(wrong) from None


def _refusal(wrong: typst.TypstError) -> Exception:
    """Return what is raised instead, so that no message of typst reaches a page."""
    if "more than one sheet" in wrong.message:
        return NotPrintableError(
            "This letter is too long for one sheet of paper. Shorten what is written in it."
        )
    if found := _NOT_IN_PRINT.search(wrong.message):
        return NotPrintableError(
            f"We cannot print “{found[1]}”. Leave it out or write it another way."
        )
    return wrong
