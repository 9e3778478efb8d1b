"""Legal moves: a table per noun says from which states a move may be made, and where it leads.

To add a move, add a row to the noun's table.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Generic, TypeVar

from models.vocabulary import Word

State = TypeVar("State", bound=Word)
MoveMade = TypeVar("MoveMade", bound=Word)


@dataclass(frozen=True)
class Step(Generic[State]):
    """The states that a move may start from, and the state it leads to."""

    starts: AbstractSet[State]
    to: State


class IllegalMove(ValueError):  # noqa: N818  the word of the house
    """A move that the table does not allow from the state the noun is in."""

    def __init__(self, noun: str, state: Word, move: Word) -> None:
        """Say which noun, which state and which move."""
        super().__init__(f'This {noun} is in state "{state.label}": "{move.label}" is not possible')
        self.noun = noun
        self.state = state
        self.move = move


def after(
    move: MoveMade, state: State, steps: Mapping[MoveMade, Step[State]], *, noun: str
) -> State:
    """Return the state that `move` leads to from `state`, or raise IllegalMove."""
    step = steps[move]
    if state not in step.starts:
        raise IllegalMove(noun, state, move)
    return step.to
