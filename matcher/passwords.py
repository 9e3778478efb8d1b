"""Passwords: which are refused, and how they are kept and checked.

A password is kept as Argon2id (19 MiB, two passes, one lane: OWASP's first
choice for a small machine). Length is what makes one strong, so no kind of
character is asked for; refused is what a guesser tries first.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from unicodedata import normalize

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from matcher.refusing import InTheWay, NotAllowed
from models.reference.passwords import commonest_passwords

SHORTEST_PASSWORD = 15
LONGEST_PASSWORD = 1000

OWN_WORDS = (
    *("gatemate", "gate", "mentor", "leaver", "peer", "liaison", "manager", "administrator"),
    *("prison", "council", "probation", "release", "released", "resettlement", "referral"),
    *("password", "passphrase", "welcome", "letmein", "changeme", "secret", "hmp", "hmpps"),
)
"""Words of the service: whoever knows what it is for would try them."""

LEFT_OVER = 8
"""So many other letters must be left of a password without the words that anyone would guess."""

FEWEST_PARTS = 3
"""A password made of fewer common ones is one of the first that are tried."""

MOST_BEHIND = 8
"""So many digits and signs at the end may be what somebody hung on to common ones."""

ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz", "1234567890")

TOO_COMMON = (
    "This is one of the passwords that guessers try first. Use three or four words that do not "
    "belong together."
)
OF_OUR_WORDS = (
    "This is made of words that others would try here, such as a name or “gatemate”. Use three "
    "or four words that have nothing to do with the service or with you."
)

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)


def check_password(password: str, own: Iterable[str | None] = (), about: str = "password") -> None:
    """Raise NotAllowed for a password that is short, common, or made of known words.

    `own` are texts about the person: name, sign-in name, e-mail address.
    """
    if len(password) < SHORTEST_PASSWORD:
        sentence = f"Use a password of {SHORTEST_PASSWORD} characters or more."
        raise NotAllowed(InTheWay(sentence, about))
    if is_common(password):
        raise NotAllowed(InTheWay(TOO_COMMON, about))
    if _is_made_of(password, [*OWN_WORDS, *_words_of(own)]):
        raise NotAllowed(InTheWay(OF_OUR_WORDS, about))


def is_common(password: str) -> bool:
    """Say whether a password is, or is hardly more than, one or two of the commonest."""
    plain = _plain(password)
    if plain in commonest_passwords() or _repeats(plain):
        return True
    behind = len(plain) - len(re.sub(r"[\W\d_]+$", "", plain))
    shorter = (plain[: len(plain) - cut] for cut in range(min(behind, MOST_BEHIND) + 1))
    letters = re.sub(r"[\W\d_]", "", plain)
    return any(_parts_in(part) < FEWEST_PARTS for part in (letters, *shorter))


def hash_of(text: str) -> str:
    """Return Argon2id's own text for a password or a code; slow on purpose."""
    return _HASHER.hash(text)


def fits(hashed: str | None, text: str) -> bool:
    """Say whether a text is the one that was hashed; where there is no hash it costs as much."""
    try:
        _HASHER.verify(hashed or _nobodys_hash(), text)
    except (VerificationError, InvalidHashError):
        return False
    return hashed is not None


def _plain(password: str) -> str:
    return normalize("NFKC", password).casefold()


def _repeats(plain: str) -> bool:
    """Say whether it is one short thing over and over, or steps along a row of keys."""
    if any(
        plain == (plain[:size] * len(plain))[: len(plain)] for size in range(1, len(plain) // 2)
    ):
        return True
    steps = {pair for row in ROWS for pair in pairwise(row)}
    steps |= {(second, first) for first, second in steps} | {(sign, sign) for sign in plain}
    breaks = sum(pair not in steps for pair in pairwise(plain))
    return breaks < 4


def _parts_in(letters: str) -> int:
    """Return the fewest different common passwords that make up some letters or digits.

    FEWEST_PARTS says: that many or more, or some that no common one covers.
    """
    known = commonest_passwords()
    ways: list[set[frozenset[str]]] = [{frozenset()}]
    for end in range(1, len(letters) + 1):
        ways.append(
            {
                used | {part}
                for start in range(max(0, end - 24), end)
                if (part := letters[start:end]) in known
                for used in ways[start]
                if len(used | {part}) < FEWEST_PARTS
            }
        )
    return min(map(len, ways[-1]), default=FEWEST_PARTS)


def _is_made_of(password: str, words: Iterable[str]) -> bool:
    rest = _plain(password)
    for word in sorted({one for one in words if len(one) >= 3}, key=len, reverse=True):
        rest = rest.replace(word, " ")
    return len(re.sub(r"[\W\d_]", "", rest)) < LEFT_OVER and rest != _plain(password)


def _words_of(texts: Iterable[str | None]) -> list[str]:
    return [word for text in texts if text for word in re.split(r"[\W\d_]+", _plain(text))]


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))
