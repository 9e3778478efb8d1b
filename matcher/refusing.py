"""What a verb says when it will not: sentences for whoever asked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class InTheWay:
    """One sentence, and the name of what was told that it is about: "place", "day", "starts"."""

    sentence: str
    about: str | None = None


class NotAllowed(ValueError):  # noqa: N818  the word of the house
    """A rule or a missing fact is in the way; `sentences` say which, and what to do.

    `reasons` are the sentences with what each is about, so that a form can
    lead to the question; a plain sentence is about none.
    """

    def __init__(self, *told: str | InTheWay) -> None:
        """Hold one sentence or more."""
        self.reasons = tuple(one if isinstance(one, InTheWay) else InTheWay(one) for one in told)
        self.sentences = tuple(reason.sentence for reason in self.reasons)
        super().__init__(" ".join(self.sentences))
