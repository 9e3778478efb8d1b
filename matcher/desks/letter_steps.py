"""How far a letter has come, in the words of a desk: what the post does inside is not said."""

from __future__ import annotations

from sqlalchemy import ColumnElement
from sqlmodel import and_, col, exists, true

from models.outbox import HandOver, Letter
from models.states import Channel, LetterState
from models.vocabulary import Word


class LetterStep(Word):
    """How far a letter has come, as a manager reads it."""

    DEAD = "dead", "Could not be sent"
    PLANNED = "planned", "Planned"
    DUE = "due", "Waiting to go"
    SENDING = "sending", "Being sent"
    UNKNOWN = "unknown", "Not known if it arrived"
    SENT = "sent", "Sent"
    TO_PRINT = "to_print", "Ready to print"
    HANDED_OVER = "handed_over", "Handed over"
    CANCELLED = "cancelled", "Cancelled"
    SKIPPED = "skipped", "Skipped"


INSIDE = {LetterState.CLAIMED: LetterStep.SENDING, LetterState.RETRY: LetterStep.DUE}
"""States that only the post tells apart, and what a manager reads instead."""


def step_of(
    state: LetterState, channel: Channel = Channel.EMAIL, *, handed_over: bool = False
) -> LetterStep:
    """Return what a manager reads for the state of a letter.

    One on paper is with the liaison once the post is done with it, and is not
    said to have gone before someone has handed it over.
    """
    if state is LetterState.SENT and channel is Channel.PRINT:
        return LetterStep.HANDED_OVER if handed_over else LetterStep.TO_PRINT
    return INSIDE.get(state) or LetterStep(state.value)


def is_at(step: LetterStep | None) -> ColumnElement[bool]:
    """Return the condition on a Letter that a manager reads this step; None is any."""
    if step is None:
        return true()
    on_paper = col(Letter.channel) == Channel.PRINT
    handed = exists().where(col(HandOver.letter_id) == Letter.id)
    sent = {
        LetterStep.SENT: ~on_paper,
        LetterStep.TO_PRINT: and_(on_paper, ~handed),
        LetterStep.HANDED_OVER: and_(on_paper, handed),
    }
    if step in sent:
        return and_(col(Letter.state) == LetterState.SENT, sent[step])
    states = [state for state in LetterState if step_of(state) is step]
    return col(Letter.state).in_(states)
