"""Mentors among whom a manager may choose for a leaver, as cards with no more than is theirs.

Mentors are found across the borders of regions. Of one whom the manager does
not see otherwise the card has the code, the region and the score: no name, no
district, and no reason, since reasons tell of the mentor. Once the two are a
pair, the manager sees the mentor as any of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col

from matcher.desks.rows_shown import mentors_shown
from matcher.mentors_for import Candidate
from models.access import mentors_seen_by
from models.accounts import Account
from models.people import Mentor

ELSEWHERE = "This mentor lives in another region. You can read the reasons once you propose them."
BARRED_ELSEWHERE = "A rule bars this pair. The manager of that region can say which."


@dataclass(frozen=True)
class CandidateCard:
    """One mentor in reach; `score` is in thousandths of a point, None where a rule bars the pair.

    `name` is empty and `lives_in` a region for a mentor whom this manager does not see.
    """

    mentor_id: UUID
    name: str
    code: str
    lives_in: str
    score: int | None
    why: tuple[str, ...]

    @property
    def may_be_read(self) -> bool:
        """Whether the manager sees this mentor, and so may be told why a pair is barred."""
        return bool(self.name)


def candidate_cards(
    db: Session, account: Account, found: Sequence[Candidate]
) -> tuple[CandidateCard, ...]:
    """Return the cards of some candidates, in their order."""
    ids = [one.mentor_id for one in found]
    seen = {one.id for one in db.exec(mentors_seen_by(account).where(col(Mentor.id).in_(ids)))}
    rows = {one.id: one for one in mentors_shown(db, ids)}
    return tuple(
        _whole(one) if one.mentor_id in seen else _coarse(one, rows[one.mentor_id]) for one in found
    )


def _whole(one: Candidate) -> CandidateCard:
    mentor = one.mentor
    why = one.broken or one.reasons
    return CandidateCard(one.mentor_id, mentor.first_name, mentor.code, mentor.home, one.score, why)


def _coarse(one: Candidate, row: Mentor) -> CandidateCard:
    why = (BARRED_ELSEWHERE if one.score is None else ELSEWHERE,)
    return CandidateCard(one.mentor_id, "", row.code, row.region.label, one.score, why)
