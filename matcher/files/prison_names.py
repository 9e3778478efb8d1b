"""Prisons by code or by name, in the ways that reports and people write them.

"LEI", "HMP Leeds", "Leeds (HMP)" and "LEEDS" are one prison. Where two share
a name (Feltham, Parc) the kind of prison tells them apart. Secure training
centres, whose codes are not three letters, are not prisons here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from models.facts import PrisonCode
from models.reference import Prison, prisons

_KINDS = frozenset({"hmp", "hmyoi", "yoi", "stc", "prison", "and", "the", "young", "offenders"})
_WORDS = re.compile(r"[^\W_]+")


@cache
def prison_code(text: str) -> PrisonCode:
    """Return the code of the prison that `text` means.

    Raises ValueError with what is wrong and what to write.
    """
    code = text.strip().upper()
    if code in known_prisons():
        return code
    found = _by_name().get(_plain_name(text), [])
    if len(found) > 1:
        found = [prison for prison in found if _kind(text) in ("", _kind(prison.kind))] or found
    if not found:
        raise ValueError(
            "no prison of England and Wales has this code or name. Give its three-letter code, "
            'such as LEI, or its name, such as "HMP Leeds".'
        )
    if len(found) > 1:
        either = " or ".join(f"{prison.code} for {prison.register_name}" for prison in found)
        raise ValueError(f"two prisons have this name. Give the code: {either}.")
    return found[0].code


@cache
def known_prisons() -> Mapping[str, Prison]:
    """Return the prisons that a file may name, by code."""
    return {code: prison for code, prison in prisons().items() if len(code) == 3}


def is_prison(text: str) -> bool:
    """Say whether `text` means one prison."""
    try:
        return bool(prison_code(text))
    except ValueError:
        return False


@cache
def _by_name() -> dict[frozenset[str], list[Prison]]:
    names: dict[frozenset[str], list[Prison]] = {}
    for prison in known_prisons().values():
        names.setdefault(_plain_name(prison.name), []).append(prison)
    return names


def _plain_name(text: str) -> frozenset[str]:
    return frozenset(_WORDS.findall(text.casefold())) - _KINDS


def _kind(text: str) -> str:
    """Return the kind of prison that is said, if any: for adults, or for people under 18."""
    return next((kind for kind in ("hmyoi", "hmp") if kind in text.casefold()), "")
