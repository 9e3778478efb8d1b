"""The facts that each printed letter is made of, and how much of them one sheet has room for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from matcher.printing.plain_text import check_lengths

WORDS_AT_MOST = 600
"""Characters of a mentor's own words that fit on the sheet with all the rest."""

MEETINGS_AT_MOST = 6
THINGS_AT_MOST = 6
SAY_NO_TO = "Tell the prison council, or ring us, or write to us."
_ON_EVERY_LETTER = {
    "leaver_first_name": 80,
    "how_to_say_no": 100,
    "service_phone": 30,
    "service_post": 120,
    "code": 20,
}


_NAME = {"mentor_first_name": 80}
"""Checked where it is there: a mentor may ask not to be named."""


def check_length_of_words(words: str) -> None:
    """Check that a mentor's own words have room on the sheet, or raise ValueError."""
    if len(words) > WORDS_AT_MOST:
        raise ValueError(f"These words are too long: write at most {WORDS_AT_MOST} characters.")


@dataclass(frozen=True)
class MeetingLine:
    """A meeting in a letter: what it is, such as "First visit", and when, in words."""

    what: str
    when: str

    def __post_init__(self) -> None:
        """Check that both are there and short."""
        check_lengths(self, {"what": 40, "when": 60})


@dataclass(frozen=True)
class IntroductionLetter:
    """What a leaver is told of a mentor before they meet.

    `mentor_first_name` and `mentor_words`, the mentor's own, may be empty.
    `meetings` are those before the gate, in their order. `code` is what the
    leaver quotes to us. Raises ValueError with a sentence where something is
    missing or too long.
    """

    leaver_first_name: str
    mentor_first_name: str
    mentor_words: str
    meetings: tuple[MeetingLine, ...]
    gate_day: date
    service_phone: str
    service_post: str
    code: str
    printed_on: date
    how_to_say_no: str = SAY_NO_TO

    def __post_init__(self) -> None:
        """Check what has to be there, and that all of it has room."""
        check_lengths(self, _ON_EVERY_LETTER | (_NAME if self.mentor_first_name else {}))
        check_length_of_words(self.mentor_words)
        if len(self.meetings) > MEETINGS_AT_MOST:
            raise ValueError(f"A letter has room for {MEETINGS_AT_MOST} meetings.")


@dataclass(frozen=True)
class GateCard:
    """What a leaver takes along on the day of release.

    `at` and `home_by` are times in words, such as "9am". `ring_name` is whom
    to ring if the mentor is not there. Raises ValueError as above.
    """

    leaver_first_name: str
    mentor_first_name: str
    day: date
    at: str
    where: str
    bring: tuple[str, ...]
    ring_name: str
    ring_phone: str
    home_by: str
    service_phone: str
    service_post: str
    code: str
    printed_on: date
    how_to_say_no: str = SAY_NO_TO

    def __post_init__(self) -> None:
        """Check what has to be there, and that all of it has room."""
        own = {"at": 30, "where": 120, "ring_name": 80, "ring_phone": 30, "home_by": 30}
        named = _NAME if self.mentor_first_name else {}
        check_lengths(self, _ON_EVERY_LETTER | named | own)
        if len(self.bring) > THINGS_AT_MOST or any(len(thing) > 60 for thing in self.bring):
            raise ValueError(
                f"A gate card has room for {THINGS_AT_MOST} things to bring, of 60 characters each."
            )


AnyLetter = IntroductionLetter | GateCard
