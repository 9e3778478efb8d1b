"""What every list of facts is made of: checked codes and the base they share.

Formats: prison number, CRN and PNC as the prison and probation services
write them; the PNC check letter is the letter of `ZABCDEFGHJKLMNPQRTUVWXY`
at (two-digit year and seven-digit serial, read as one number) modulo 23.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints
from sqlmodel import SQLModel

_PNC = re.compile(r"^(\d{2})?(\d{2})/?(\d{7})([A-Z])$")
_PNC_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"


class Facts(SQLModel):
    """A list of facts about one person: checked when made, no unknown names."""

    model_config = ConfigDict(extra="forbid")  # type: ignore[assignment]


def check_pnc(pnc: str) -> str:
    """Return the PNC with its slash, or raise ValueError naming what is wrong."""
    found = _PNC.match(pnc)
    if not found:
        raise ValueError("write a PNC as 2002/0073319Z")
    century, year, serial, letter = found.groups()
    if _PNC_LETTERS[int(year + serial) % 23] != letter:
        raise ValueError("the last letter of the PNC does not fit its number: check each digit")
    return f"{century or ''}{year}/{serial}{letter}"


def _text(pattern: str) -> StringConstraints:
    """Letters and digits are those of ASCII only, so that what reads alike is alike."""
    return StringConstraints(strip_whitespace=True, to_upper=True, pattern=f"(?i-u){pattern}")


Code = Annotated[str, _text(r"^[A-Z0-9][A-Z0-9-]{0,19}$")]
PrisonNumber = Annotated[str, _text(r"^[A-Z]\d{4}[A-Z]{2}$")]
CaseNumber = Annotated[str, _text(r"^[A-Z]\d{6}$")]
Pnc = Annotated[str, StringConstraints(to_upper=True), AfterValidator(check_pnc)]
PrisonCode = Annotated[str, _text(r"^[A-Z]{3}\d?$")]
District = Annotated[str, _text(r"^[A-Z]{1,2}\d[A-Z\d]?$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)]
Hour = Annotated[int, Field(ge=0, le=167)]
"""An hour of the week, from 0 (Monday midnight to one)."""
