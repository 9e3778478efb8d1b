"""What a verb says when it will not: sentences for whoever asked."""


class NotAllowed(ValueError):  # noqa: N818  the word of the house
    """A rule or a missing fact is in the way; `sentences` say which, and what to do."""

    def __init__(self, *sentences: str) -> None:
        """Hold one sentence or more."""
        super().__init__(" ".join(sentences))
        self.sentences = sentences
