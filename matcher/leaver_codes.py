"""The code that a council quotes for someone it has put forward, such as GM-7K4QX."""

import secrets

from sqlmodel import Session

from matcher.former import called
from models.people import Leaver

LETTERS_AND_DIGITS = "CDFGHJKMNPQRTVWXY34679"
"""No two look alike (0 and O, 1 and I, 5 and S, 2 and Z, 8 and B), and no vowel makes a word."""

LENGTH = 5
"""Signs after "GM-": five million codes, and nothing about a person can be read from one."""


def new_leaver_code(db: Session) -> str:
    """Return a code that no leaver has, found by chance so that none can be guessed."""
    while True:
        code = "GM-" + "".join(secrets.choice(LETTERS_AND_DIGITS) for _ in range(LENGTH))
        if called(db, Leaver, code) is None:
            return code
