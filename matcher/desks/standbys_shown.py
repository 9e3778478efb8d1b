"""Who stands by for a pair, whether every rule still holds for them, and who else could."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from matcher.desks.candidates_shown import CandidateCard, candidate_cards
from matcher.mentors_for import Candidate, MentorsFor
from matcher.single_proposals import open_standbys
from models.accounts import Account
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.referrals import Referral
from models.standbys import Standby

MOST = 10
"""So many mentors are laid out to choose from, the best score at the top."""

ELSEWHERE_NOW = "A rule bars this mentor now."


@dataclass(frozen=True)
class StandbyShown:
    """One standby; `card` says as much of the mentor as the manager may read.

    `broken` says what is in the way now: empty, and they can be called.
    """

    standby_id: UUID
    card: CandidateCard
    broken: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return the mentor as one reads of them: name and code, or code and region."""
        return (
            f"{self.card.name} ({self.card.code})"
            if self.card.name
            else (f"{self.card.code}, {self.card.lives_in}")
        )


@dataclass(frozen=True)
class StandbysShown:
    """Who stands by for a pair, in turn, and who else no rule bars."""

    pair: Pair
    leaver: Leaver
    mentor: Mentor
    standing: tuple[StandbyShown, ...]
    others: tuple[CandidateCard, ...]

    @property
    def to_call(self) -> tuple[StandbyShown, ...]:
        """Return those who can be called."""
        return tuple(one for one in self.standing if not one.broken)


def standbys_shown(db: Session, account: Account, pair: Pair, now: datetime) -> StandbysShown:
    """Return who stands by for a live pair and who could, every rule asked as of now."""
    referral = db.get_one(Referral, pair.referral_id)
    standing = open_standbys(db, pair) if pair.is_live else []
    also = [one.mentor_id for one in standing]
    people = MentorsFor.in_reach(db, referral, now=now, also=also) if pair.is_live else None
    found = people.candidates() if people else []
    taken = {pair.mentor_id, *(one.mentor_id for one in standing)}
    free = [one for one in found if one.score is not None and one.mentor_id not in taken]
    return StandbysShown(
        pair=pair,
        leaver=db.get_one(Leaver, pair.leaver_id),
        mentor=db.get_one(Mentor, pair.mentor_id),
        standing=tuple(_standing(db, account, people, standing)) if people else (),
        others=candidate_cards(db, account, free[:MOST]),
    )


def _standing(
    db: Session, account: Account, people: MentorsFor, standing: Sequence[Standby]
) -> Iterator[StandbyShown]:
    as_found = [
        Candidate(one.mentor_id, people.mentors[one.mentor_id], one.score, (), ())
        for one in standing
    ]
    cards = candidate_cards(db, account, as_found)
    for one, card in zip(standing, cards, strict=True):
        yield StandbyShown(one.id, card, _broken(people, card))


def _broken(people: MentorsFor, card: CandidateCard) -> tuple[str, ...]:
    broken = tuple(rule.sentence for rule in people.in_the_way(card.mentor_id))
    return broken if card.may_be_read or not broken else (ELSEWHERE_NOW,)
