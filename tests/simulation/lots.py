"""All that is left to chance in a world comes from its seed: draws, ids and codes."""

import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

from matcher import leaver_codes


class Lots:
    """Streams of chance, one for each topic, so that a new topic changes no other."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def of(self, topic: str) -> random.Random:
        """The stream of one topic; seeded by text, which no hash seed of Python changes."""
        return random.Random(f"{self.seed} {topic}")


@contextmanager
def same_each_time(seed: int) -> Iterator[None]:
    """Let every id and every leaver's code come from the seed, as long as the `with` lasts.

    So rows that are read in the order of their ids come in the same order each time.
    """
    ids, codes = Lots(seed).of("ids"), Lots(seed).of("codes")
    before = uuid.os, leaver_codes.secrets
    uuid.os = SimpleNamespace(urandom=ids.randbytes)
    leaver_codes.secrets = SimpleNamespace(choice=codes.choice)
    try:
        yield
    finally:
        uuid.os, leaver_codes.secrets = before
