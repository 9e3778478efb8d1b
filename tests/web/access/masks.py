"""Masks that no page meets alone: asked for directly, stage by stage."""

from collections.abc import Iterator

from sqlmodel import Session

from matcher.desks.mentor_pairs import NOTHING_SHARED, shared_with
from models.pairs import Pair
from tests.web.access.stories import STAGES, World


def shared_too_early_or_too_long(db: Session, world: World) -> Iterator[str]:
    """Yield the stages other than accepted at which a mentor is given what a leaver let them have.

    While a pair goes on something is given: else there was nothing to hold back.
    """
    for stage in STAGES:
        told, _ = shared_with(db, db.get_one(Pair, world.id_of(stage, "pair")))
        if (told != NOTHING_SHARED) != (stage == "accepted"):
            yield f"{stage}: what is shared is {'told' if told != NOTHING_SHARED else 'held back'}"
