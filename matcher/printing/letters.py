"""The letters that the liaison prints and hands over, in words that are easy to read.

One idea in a line. Each says who will come, when and where, that one can say
no, and the one number and address for everything. Nothing here says why
anyone is in prison.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from matcher.core.words import day_in_words
from matcher.printing.letter_facts import (
    AnyLetter,
    GateCard,
    IntroductionLetter,
    check_length_of_words,
)
from matcher.printing.plain_text import one_line, set_line, set_lines
from matcher.printing.sheets import Part, Sheet, typeset, typeset_all

SHORT_NAME = 20
"""A mentor with a longer first name is "your mentor" after the first time, to save the sheet."""

LINES_AT_MOST = 4
"""In how many lines of their own a mentor's words may stand."""

NO_BREAK = "\u00a0"
PICTURE = (
    "A drawing. One person walks out of an open gate with a bag. "
    "Another person waits on the path outside and waves."
)

Rows = tuple[tuple[Part, ...], ...]


def check_mentor_words(words: str) -> None:
    """Check that a mentor's words can be printed, while their writer is there to mend them.

    Raises ValueError with a sentence. Takes a few milliseconds, since it is tried. Empty words
    are fine.
    """
    check_length_of_words(words)
    said = Part("", set_lines(words, LINES_AT_MOST), "words")
    typeset(Sheet("A mentor's words", PICTURE, said, (), said), date(2000, 1, 1))


def introduction_letter(facts: IntroductionLetter) -> bytes:
    """Return the letter that tells a leaver who their mentor is, as PDF/UA on one sheet of A4.

    Raises NotPrintableError, a ValueError with a sentence.
    """
    return typeset(_introduction(facts), facts.printed_on)


def gate_card(facts: GateCard) -> bytes:
    """Return the card for the day of release: when, where, with what, and who to ring.

    As PDF/UA on one sheet of A4. Raises NotPrintableError, a ValueError with a sentence.
    """
    return typeset(_gate_card(facts), facts.printed_on)


def letters_in_one(letters: Sequence[AnyLetter], printed_on: date) -> bytes:
    """Return several letters as one PDF/UA, each on a sheet of its own.

    Raises NotPrintableError, a ValueError with a sentence.
    """
    sheets = [
        _gate_card(one) if isinstance(one, GateCard) else _introduction(one) for one in letters
    ]
    return typeset_all(sheets, "Letters to hand over", printed_on)


def _introduction(facts: IntroductionLetter) -> Sheet:
    name = set_line(facts.mentor_first_name)
    called = f"Your mentor is called {name}." if name else "Your mentor tells you their name."
    opening = (
        f"Hello {set_line(facts.leaver_first_name)}.",
        "You said you would like a mentor.",
        called,
        "Mentors have been through this too.",
    )
    return Sheet(
        title="Someone will meet you at the gate",
        picture=PICTURE,
        opening=Part("", opening, "plain"),
        rows=(
            (_from_the_mentor(facts),),
            *_meetings(facts),
            (_at_the_gate(facts), _saying_no(facts)),
        ),
        closing=_closing(facts),
    )


def _gate_card(facts: GateCard) -> Sheet:
    opening = (
        f"Hello {set_line(facts.leaver_first_name)}.",
        "This is your plan for the day you leave.",
        "Please keep it with you.",
    )
    return Sheet(
        title="Your gate day",
        picture=PICTURE,
        opening=Part("", opening, "plain"),
        rows=(
            (_when_and_where(facts),),
            *_to_bring(facts),
            (_if_nobody_is_there(facts), _getting_home(facts)),
            (_saying_no(facts),),
        ),
        closing=_closing(facts),
    )


def _named(facts: AnyLetter) -> str:
    """Return what the mentor is called inside a letter."""
    name = set_line(facts.mentor_first_name)
    return name if 0 < len(name) <= SHORT_NAME else "Your mentor"


def _from_the_mentor(facts: IntroductionLetter) -> Part:
    """Return the mentor's own words; where there are none, ours, and not as if they were theirs."""
    if words := set_lines(facts.mentor_words, LINES_AT_MOST):
        return Part(f"{_named(facts)} says", words, "words")
    lines = (
        f"{_named(facts)} has said yes to being your mentor.",
        "You can ask anything you like when you meet.",
        "You can take your time.",
    )
    return Part("Getting to know each other", lines)


def _meetings(facts: IntroductionLetter) -> Rows:
    lines = tuple(f"{set_line(one.what)}: {set_line(one.when)}" for one in facts.meetings)
    return ((Part("When you will meet", lines),),) if lines else ()


def _at_the_gate(facts: IntroductionLetter) -> Part:
    name = _named(facts)
    lines = (
        f"You should leave on {day_in_words(facts.gate_day)}.",
        f"{name} will wait for you outside the gate.",
        f"{name} will help you get home safe.",
        "If your day changes, we will tell your mentor.",
    )
    return Part("At the gate", lines)


def _when_and_where(facts: GateCard) -> Part:
    lines = (
        f"Day: {day_in_words(facts.day)}",
        f"Time: {set_line(facts.at)}",
        f"Place: {set_line(facts.where)}",
        f"{_named(facts)} will wait for you there.",
    )
    return Part(f"Meet {set_line(facts.mentor_first_name) or 'your mentor'}", lines)


def _to_bring(facts: GateCard) -> Rows:
    lines = tuple(filter(None, map(set_line, facts.bring)))
    return ((Part("Bring with you", lines),),) if lines else ()


def _if_nobody_is_there(facts: GateCard) -> Part:
    lines = (
        "Wait near the gate.",
        f"Ring {set_line(facts.ring_name)} on {_whole(facts.ring_phone)}.",
        "No phone? Go back to the gate and ask them to ring.",
    )
    return Part("If nobody is there", lines)


def _getting_home(facts: GateCard) -> Part:
    lines = (
        f"We hope you are home by {set_line(facts.home_by)}.",
        "Your mentor tells us when you are home safe.",
        "If we do not hear, we will check that you are all right.",
    )
    return Part("Getting home safe", lines)


def _saying_no(facts: AnyLetter) -> Part:
    lines = (
        "You can say no now, or on any day.",
        "Nothing bad will happen if you say no.",
        "You do not have to say why.",
        set_line(facts.how_to_say_no),
    )
    return Part("You can say no", lines)


def _closing(facts: AnyLetter) -> Part:
    lines = (
        f"Ring {_whole(facts.service_phone)}.",
        f"Write to {set_line(facts.service_post)}.",
        f"Tell us your code: {_whole(facts.code)}.",
        f"We printed this on {day_in_words(facts.printed_on)}.",
    )
    return Part("Ask us, change something, stop or complain", lines, "plain")


def _whole(number: str) -> str:
    """Return a number or code that is not broken at the end of a line."""
    return one_line(number).replace(" ", NO_BREAK)
