"""What people typed, made ready for paper: checked, in lines, without what paper cannot show."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

LONGEST_WORD = 24
"""After so many letters a word may be broken at the end of a line: it must not leave the sheet."""

_ACCENTS = "\u0300-\u036f"
_UNBROKEN = re.compile(rf"\S{{{LONGEST_WORD}}}(?=[^\s{_ACCENTS}])")
_BREAK_HERE = "\u200b"
_ABOVE_ARROWS = "\u2190"


def one_line(text: str) -> str:
    """Return the text on one line: no control or unseen characters, single spaces."""
    composed = unicodedata.normalize("NFC", text)
    seen = "".join(" " if _parts(sign) else sign for sign in composed if not _unseen(sign))
    return " ".join(seen.split())


def set_line(text: str) -> str:
    """Return the text on one line, and where its longest words may be broken."""
    return _UNBROKEN.sub(rf"\g<0>{_BREAK_HERE}", one_line(text))


def set_lines(text: str, most: int) -> tuple[str, ...]:
    """Return the text in its own lines without empty ones; as one line if they are over `most`."""
    lines = [line for typed in without_pictures(text).splitlines() if (line := set_line(typed))]
    return tuple(lines) if len(lines) <= most else (" ".join(lines),)


def without_pictures(text: str) -> str:
    """Return the text without the little pictures of a telephone: our print has none of them."""
    return "".join(sign for sign in text if not _is_picture(sign))


def check_lengths(facts: object, most: Mapping[str, int]) -> None:
    """Check that each fact named is there and has at most so many characters, or raise ValueError.

    The sentence names the fact and the figure, never what was written.
    """
    for name, limit in most.items():
        length = len(one_line(getattr(facts, name)))
        called = name.replace("_", " ")
        if not length:
            raise ValueError(f"The letter needs something for “{called}”.")
        if length > limit:
            raise ValueError(f"“{called}” is too long: write at most {limit} characters.")


def _parts(sign: str) -> bool:
    return unicodedata.category(sign) in {"Cc", "Zl", "Zp"}


def _unseen(sign: str) -> bool:
    """Whether it only steers others, such as marks that turn the direction of writing."""
    return unicodedata.category(sign) in {"Cf", "Cs"} or unicodedata.name(sign, "").startswith(
        "VARIATION"
    )


def _is_picture(sign: str) -> bool:
    return sign >= _ABOVE_ARROWS and unicodedata.category(sign) in {"So", "Sk"}
