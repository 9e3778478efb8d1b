"""What a choice would do to everybody else, as a table with no more than is the manager's.

Leavers of other regions are counted and not named: their stories are another manager's.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from matcher.core.what_if_difference import Difference, Figures, Standing
from matcher.desks.whom_it_names import mentors_named, own_referrals
from matcher.proposal_rows import Everyone
from models.accounts import Account

MOST_MOVES = 15
"""So many leavers whose mentor would be another are laid out; the rest are counted."""


SUPPOSED = "A new mentor"
"""A mentor who is only supposed."""


@dataclass(frozen=True)
class Place:
    """A leaver's mentor in one of two plans, in words, and the score in thousandths of a point."""

    mentor: str
    points: int


@dataclass(frozen=True)
class MoveShown:
    """A leaver of the region whose mentor would be another; None is nobody."""

    referral_id: UUID
    leaver_id: UUID
    leaver: str
    leaver_code: str
    before: Place | None
    after: Place | None

    @property
    def points(self) -> int:
        """Return how much the leaver's score rises, in thousandths of a point."""
        return (self.after.points if self.after else 0) - (self.before.points if self.before else 0)


@dataclass(frozen=True)
class CostShown:
    """What a choice does: the whole in a sentence, and leaver by leaver of the region.

    `elsewhere` counts the leavers of other regions who would change mentor, or gain or lose one;
    `more` those of the region beyond what is laid out.
    """

    whole: str
    before: Figures
    after: Figures
    moves: tuple[MoveShown, ...]
    more: int
    elsewhere: int


def cost_shown(
    db: Session, account: Account, found: Difference, people: Everyone, but: str = ""
) -> CostShown:
    """Return what sets two plans apart as this manager may read it, the gravest loss first.

    The leaver with the code `but`, whom the page is about, is left out.
    """
    moved = [one for one in found.moved if one.leaver.code != but]
    who = {one.leaver.code: people.leavers[one.leaver.code].leaver_id for one in moved}
    referrals = own_referrals(db, account, who.values())
    places = _places(db, account, found, people)
    moves = [
        MoveShown(
            referrals[who[one.leaver.code]].id,
            who[one.leaver.code],
            one.leaver.first_name,
            one.leaver.code,
            _place(one.before, places),
            _place(one.after, places),
        )
        for one in moved
        if who[one.leaver.code] in referrals
    ]
    moves.sort(key=lambda one: (one.after is not None, one.before is None, one.points))
    return CostShown(
        whole=found.whole,
        before=found.before,
        after=found.after,
        moves=tuple(moves[:MOST_MOVES]),
        more=max(0, len(moves) - MOST_MOVES),
        elsewhere=len(moved) - len(moves),
    )


def _places(db: Session, account: Account, found: Difference, people: Everyone) -> dict[str, str]:
    """Return how the manager reads of each mentor of two plans who is on file, by code."""
    both = [place.mentor for one in found.moved for place in (one.before, one.after)]
    codes = {mentor.code for mentor in both if mentor} & people.mentors.keys()
    named = mentors_named(db, account, {people.mentors[code] for code in codes})
    return {code: named[people.mentors[code]].in_words for code in codes}


def _place(one: Standing, mentors: dict[str, str]) -> Place | None:
    return Place(mentors.get(one.mentor.code, SUPPOSED), one.points) if one.mentor else None
