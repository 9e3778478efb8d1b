"""Right words: what somebody types into a field of each name when they fill a form in."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from tests.prove.forms_found import Form, Pairs

WORDS = {
    "phone": "07700 900123",
    "email": "robin@example.org",
    "district": "LS1",
    "resettling_in": "LS6",
    "prison": "LEI",
    "prison_number": "A1234BC",
    "said_by": "Robin",
    "month": "2",
    "travel_km": "20",
    "name": "Robin",
    "surname": "Example",
    "starts": "11:00",
    "home_by": "19:00",
    "hours": "daily 19-7",
    "pounds": "12.50",
    "miles": "7",
    "first_home": "LS6",
    "second_home": "LS7",
    "places": "2",
}
"""What is typed into a field of a name, or one whose name ends so; others get a sentence."""

PAST = (
    "on",
    "held_on",
    "done_on",
    "spent_on",
    "told_on",
    "signed_on",
    "assessed_on",
    "approved_on",
    "content_on",
    "birth_date",
)
"""Days that are over when they are told; others are to come."""

A_DAY_OVER = ("20", "11", "2026")
A_BIRTHDAY = ("3", "3", "1990")

NOT_TICKED = {"removed"}
"""Boxes that say no to the rest of their form."""

CHOSEN = {"needs-gp": "low"}
"""Of many questions that may stay open, one that has an answer."""

HAPPENED = ("kind", "actual")
"""A choice on a form that makes any day on it one that is over."""

SENTENCE = "Words of somebody at a desk."


def filled(form: Form, own: Mapping[str, str] = MappingProxyType({})) -> Pairs:
    """Return what a form sends when somebody fills it in as they should.

    `own` is what is right in fields of a name and known to the caller alone.
    """
    names = [name for name, _ in form.typed]
    days = {name for name in names if names.count(name) == 3}
    if HAPPENED not in form.given:
        days = {name for name in days if name in PAST or _ends(name, PAST[1:])}
    parts = {name: iter(_day_for(name)) for name in days}
    typed = [
        (name, next(parts[name]) if name in parts else own.get(name) or _word_for(name, old))
        for name, old in form.typed
    ]
    if "prison_number" in names and "kind" in dict(form.given):  # by number or by name, not both
        typed = [(name, "" if name == "prison_number" else word) for name, word in typed]
    given = [(name, CHOSEN.get(name, old)) for name, old in form.given if name not in NOT_TICKED]
    return given + typed


def _day_for(name: str) -> tuple[str, ...]:
    return A_BIRTHDAY if name == "birth_date" else A_DAY_OVER


def _word_for(name: str, old: str) -> str:
    """Keep what stands there, but for names: those of the world are no names."""
    known = next((word for end, word in WORDS.items() if name == end or _ends(name, (end,))), "")
    return known if known and (not old or _ends(name, ("name",))) else old or known or SENTENCE


def _ends(name: str, ends: Iterable[str]) -> bool:
    return name.endswith(tuple(f"{sign}{end}" for end in ends for sign in "-_"))
