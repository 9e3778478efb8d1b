"""What is read out before a yes: what is done, who reads what, when, and how to say no.

The same words stand on the screen of a council, at a kiosk and on the paper form.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Aloud:
    """One part, after which one stops and asks if it is clear: sentences, or points."""

    heading: str
    sentences: str = ""
    points: tuple[str, ...] = ()


WHEN_ASKED = (
    "When we ask them: roughly where you will live, and the month you leave. Also what you want "
    "help with, in a few words. Not your name."
)
AFTER_YES = (
    "When they have said yes: your first name, the day you leave and where you meet. Also what "
    "you said they may know, and the one way to reach you that you chose."
)
NEVER = (
    "Never: your surname, your prison number, the day you were born, your ethnic group, or why you "
    "are inside."
)

READ_ALOUD = (
    Aloud(
        "What we do",
        "We look for a mentor for you. A mentor is someone who was inside and has been through "
        "things like yours. They can meet you before you leave, wait for you at the gate, and "
        "stay in touch for about 12 weeks after.",
    ),
    Aloud(
        "Who reads this form",
        points=(
            "The liaison in this prison.",
            "The regional manager. They also ask probation if this is safe.",
            "Who you must not meet: only the regional manager.",
        ),
    ),
    Aloud(
        "What a mentor hears",
        points=(
            WHEN_ASKED,
            AFTER_YES,
            NEVER,
        ),
    ),
    Aloud(
        "You can say no",
        "You can say no now, or on any day. You do not have to say why. Nothing bad will happen. "
        "Then the mentor hears nothing more, and we stop.",
    ),
)
"""The parts in the order in which they are read."""
