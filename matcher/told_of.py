"""Whether what somebody typed, in a form or in a file, tells of a person."""

from __future__ import annotations

import re
import zlib
from base64 import b85decode
from collections.abc import Iterator, Mapping
from typing import Any

from models.people import Leaver, Mentor
from models.person_keys import words_of

PACKED = frozenset({"content", "mend"})
"""Where a held report lies packed: it is opened, and a workbook is taken to tell of everybody."""

WORKBOOK = b"PK"
LONG = 7
"""A number of so many signs, such as a prison number, is found with blanks in its midst too."""

_NOT_OF_NUMBERS = re.compile(r"[^0-9a-z]")


def tells_of(told: Any, person: Leaver | Mentor) -> bool:
    """Say whether what was typed tells of someone: by id, by a number, or by their whole name.

    Blanks, case and signs make no difference, and the name may stand in one
    field, in the midst of a text, or in two fields of a page.
    """
    numbers = {_number(one) for one in _numbers(person)}
    names = {tuple(sorted(words)) for words in _names(person)}
    return any(
        text is None or _has_number(text, numbers) or _has_name(text, names)
        for text in _texts(told)
    )


def _numbers(person: Leaver | Mentor) -> Iterator[str]:
    yield str(person.id)
    yield from filter(None, (person.prison_number, person.code))
    yield from (key for key in person.former_keys if " " not in key)


def _names(person: Leaver | Mentor) -> Iterator[list[str]]:
    if person.first_name and person.surname:
        yield words_of(f"{person.first_name} {person.surname}")
    yield from (key.split(" ")[:-1] for key in person.former_keys if " " in key)


def _number(text: str) -> str:
    return _NOT_OF_NUMBERS.sub("", text.casefold())


def _has_number(text: str, numbers: set[str]) -> bool:
    plain, words = _number(text), set(words_of(text))
    return any(one in (plain if len(one) >= LONG else words) for one in numbers)


def _has_name(text: str, names: set[tuple[str, ...]]) -> bool:
    """Say whether all words of a name stand next to each other, in whatever order."""
    words = words_of(text)
    return any(
        tuple(sorted(words[start : start + len(name)])) == name
        for name in names
        for start in range(len(words) - len(name) + 1)
    )


def _texts(told: Any) -> Iterator[str | None]:
    """Yield every text in what was typed, and the name of two fields as one; None is anybody."""
    if isinstance(told, str):
        yield told
    elif isinstance(told, Mapping):
        yield _name_of(told)
        for name, value in told.items():
            yield from _opened(value) if name in PACKED else _texts(value)
    elif isinstance(told, list | tuple):
        for value in told:
            yield from _texts(value)


def _name_of(page: Mapping[Any, Any]) -> str:
    parts = (page.get(one) or "" for one in ("first_name", "surname"))
    return " ".join(one if isinstance(one, str) else " ".join(map(str, one)) for one in parts)


def _opened(packed: Any) -> Iterator[str | None]:
    if isinstance(packed, str) and packed:
        content = zlib.decompress(b85decode(packed))
        yield None if content.startswith(WORKBOOK) else content.decode("utf-8", "replace")
