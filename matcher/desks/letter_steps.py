"""How far a letter has come, in the words of a desk: what the post does inside is not said."""

from __future__ import annotations

from models.states import LetterState
from models.vocabulary import Word


class LetterStep(Word):
    """How far a letter has come, as a manager reads it."""

    DEAD = "dead", "Could not be sent"
    PLANNED = "planned", "Planned"
    DUE = "due", "Waiting to go"
    SENDING = "sending", "Being sent"
    UNKNOWN = "unknown", "Not known if it arrived"
    SENT = "sent", "Sent"
    CANCELLED = "cancelled", "Cancelled"
    SKIPPED = "skipped", "Skipped"


INSIDE = {LetterState.CLAIMED: LetterStep.SENDING, LetterState.RETRY: LetterStep.DUE}
"""States that only the post tells apart, and what a manager reads instead."""


def step_of(state: LetterState) -> LetterStep:
    """Return what a manager reads for the state of a letter."""
    return INSIDE.get(state) or LetterStep(state.value)


def states_of(step: LetterStep | None) -> list[LetterState]:
    """Return the states that a manager reads as this step; None is any."""
    return [state for state in LetterState if step in (None, step_of(state))]
