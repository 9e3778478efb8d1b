"""What a person is told when a file cannot be taken, in one clear sentence each."""

from __future__ import annotations

from models.vocabulary import Word


class IntakeRefused(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """The whole file is refused and nothing has changed; the text is for the person to read."""


class ChoiceNeeded(IntakeRefused):
    """The file can be taken once a person says which of two readings is meant.

    `argument` is the name of the argument that carries the answer
    ("date_order" or "sheet"), `choices` the answers it may take.
    """

    def __init__(self, sentence: str, *, argument: str, choices: tuple[str | Word, ...]) -> None:
        """Hold the question and its answers."""
        super().__init__(sentence)
        self.argument = argument
        self.choices = choices
