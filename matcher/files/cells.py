"""Single cells: what counts as empty, how names are matched, what a spreadsheet may not run.

Every cell of every file is text here, trimmed, without invisible characters.
"""

from __future__ import annotations

import re
import unicodedata

NOTHING = frozenset({"", "null", "(null)", "none", "nil", "n/a", "#n/a", "na", "nan", "-", "--"})
"""What systems write into a cell that holds nothing, in small letters."""

FORMULA_SIGNS = "=+-@|%\t\r\n＝＋－＠"  # noqa: RUF001 - the wide signs are run by some programs too
_LOOKS_LIKE_FORMULA = re.compile(rf"^['\s]*[{re.escape(FORMULA_SIGNS)}]")
_MADE_SAFE = re.compile(rf"^'(?=['\s]*[{re.escape(FORMULA_SIGNS)}])")
_INVISIBLE = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\u2060\ufeff]")


def tidy(cell: str) -> str:
    """Return the cell without control and zero-width characters and outer blanks.

    An apostrophe that only keeps a spreadsheet from running the cell
    (`safe` puts it there) is taken off.
    """
    if not cell or cell.isalnum():
        return cell
    cell = cell.strip()
    if cell.isprintable() and not cell.startswith("'"):
        return cell
    return _MADE_SAFE.sub("", _INVISIBLE.sub("", cell).strip())


def safe(cell: str) -> str:
    """Return the cell so that no spreadsheet runs it: formula-like cells gain an apostrophe."""
    if cell[:1].isalnum():
        return cell
    return f"'{cell}" if _LOOKS_LIKE_FORMULA.match(cell) else cell


def is_empty(cell: str) -> bool:
    """Say whether the cell holds nothing: blank, NULL and its kin, or masked with stars."""
    return cell.casefold() in NOTHING or not cell.strip("*")


def folded(name: str) -> str:
    """Return a name as it is matched: small letters and digits only, no accents.

    "Release Date (Current)", "RELEASE_DATE_CURRENT" and "release date
    current" are one name.
    """
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


def shown(cell: str, length: int = 60) -> str:
    """Return the cell in quotation marks on one line, shortened to `length` signs."""
    line = " ".join(cell.split())
    return f'"{line[:length]}…"' if len(line) > length else f'"{line}"'
