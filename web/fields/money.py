"""A question answered with an amount of money."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Any

from matcher.core.words import pounds
from web.fields.text import TextField

_POUNDS = re.compile(r"£?([0-9]{1,7})(?:\.([0-9]{2}))?")
HOW = "Write pounds and pence, such as 12.50."


class MoneyField(TextField):
    """Pounds and pence; the data is whole pence, an int: "12.50", "£12.50" and "12" are taken."""

    nothing = None
    at_most = 20
    width = 5
    html = MappingProxyType({"inputmode": "decimal"})

    def __init__(self, label: str, *, most: int, **kwargs: Any) -> None:
        """Take from 1 penny to `most` pence."""
        super().__init__(label, **kwargs)
        self.most = most

    def read(self, text: str) -> int:
        """Return the pence, or say how to write money."""
        found = _POUNDS.fullmatch(re.sub(r"[\s,](?=[0-9]{3}(?![0-9]))|\s", "", text))
        if found is None:
            raise self.wrong(HOW)
        pence = int(found[1]) * 100 + int(found[2] or 0)
        if pence == 0:
            raise self.wrong("Write more than 0.")
        if pence > self.most:
            limit = f"£{self.most // 100:,}"
            raise self.wrong(f"Claim {limit} at most at once. Ring us if it was more.")
        return pence

    def write(self, value: int) -> str:
        """Return pence as 12.50."""
        return pounds(value)
