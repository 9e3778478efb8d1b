"""Two people as the rules would have seen them at a moment that has passed.

What is kept with its date (screenings, vetting, restrictions, earlier noes)
is read as it stood then. What a row holds without a date is read as it is:
whether it has changed since, the audit says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select as of_columns
from sqlmodel import Session, col, or_, select

from matcher.core.sending import local_day
from matcher.links import end_keys
from matcher.said import NO_ANSWER, STOPPED
from models.pairs import Pair
from models.people import Leaver, LeaverFacts, Mentor, MentorFacts
from models.person_keys import link_keys, person_keys
from models.profiles import LeaverProfile, MentorProfile
from models.referrals import Referral, ReferralFacts, Screening, ScreeningFacts
from models.restrictions import Curfew, ExclusionZone, Link, OpposedGangs
from models.states import ReferralState
from models.vetting import (
    AssessmentFacts,
    ChildrenCheck,
    GangFacts,
    LicenceFacts,
    MentorAssessment,
    MentorGangs,
    MentorLicence,
    Supervision,
    SupervisionFacts,
    Term,
    TermFacts,
    Training,
    TrainingFacts,
)

Facts = dict[str, Any]

VETTING: Mapping[type[Any], type[BaseModel]] = {
    MentorAssessment: AssessmentFacts,
    Training: TrainingFacts,
    Supervision: SupervisionFacts,
    Term: TermFacts,
    MentorLicence: LicenceFacts,
    MentorGangs: GangFacts,
}
"""The histories that vet a mentor, and the facts in each."""


@dataclass(frozen=True)
class Moment:
    """A moment in the past; `before` leaves out what was recorded at that very moment."""

    at: datetime
    before: bool = False

    @property
    def day(self) -> date:
        """Return the local day."""
        return local_day(self.at)

    def has_come(self, recorded_at: datetime) -> bool:
        """Say whether what was recorded then was known at this moment."""
        return recorded_at < self.at or (recorded_at == self.at and not self.before)


class Past:
    """Everything that is kept with its date, ready to be asked about one person and moment."""

    def __init__(self, db: Session) -> None:
        """Read it all."""
        self._screenings = _histories(db, Screening, "leaver_id")
        self._vetting = {kind: _histories(db, kind, "mentor_id") for kind in VETTING}
        self._checks = _histories(db, ChildrenCheck, "mentor_id")
        self._zones = _of_persons(db, ExclusionZone)
        self._curfews = _of_persons(db, Curfew)
        self._opposed = list(db.exec(select(OpposedGangs)))
        self._links = _links_by_key(db)
        self._noes = _noes(db)

    def leaver(self, leaver: Leaver, referral: Referral, moment: Moment) -> LeaverProfile:
        """Return a leaver as the rules would have seen them."""
        screening = _standing(self._screenings[leaver.id], moment)
        kinds = (ScreeningFacts, LicenceFacts, GangFacts)
        screened = [facts_of(screening, kind) for kind in kinds] if screening else []
        return LeaverProfile(
            **_joined(
                facts_of(leaver, LeaverFacts),
                facts_of(referral, ReferralFacts),
                *screened,
                self._restrictions(leaver, moment),
                self._opposed_to(screening, moment),
            )
        )

    def mentor(self, mentor: Mentor, moment: Moment) -> MentorProfile:
        """Return a mentor as the rules would have seen them, with places as if none were taken."""
        standing = {
            kind: _standing(history[mentor.id], moment) for kind, history in self._vetting.items()
        }
        vetted = [facts_of(row, VETTING[kind]) for kind, row in standing.items() if row]
        check = _standing(self._checks[mentor.id], moment)
        declined = {
            code for code, at, lifted_at in self._noes[mentor.id] if _counts(at, lifted_at, moment)
        }
        return MentorProfile(
            **_joined(
                facts_of(mentor, MentorFacts),
                *vetted,
                {"children_check_until": check.children_check_until} if check else {},
                self._restrictions(mentor, moment),
                self._opposed_to(standing[MentorGangs], moment),
                {"declined": declined},
            )
        )

    def _restrictions(self, person: Leaver | Mentor, moment: Moment) -> Facts:
        zones = [one for one in self._zones[person.id] if _stood(one, moment)]
        curfews = [one for one in self._curfews[person.id] if _stood(one, moment)]
        apart: set[str] = set()
        for key in person_keys(person):
            for link, others in self._links.get(key, ()):
                if moment.has_come(link.recorded_at) and _is_open(link, moment):
                    apart |= others
        return {
            "no_contact": apart,
            "exclusion_zone": {zone.district for zone in zones},
            "curfew": frozenset().union(*(curfew.hours for curfew in curfews)),
        }

    def _opposed_to(self, tagged: Any, moment: Moment) -> Facts:
        gangs = tagged.gangs if tagged else frozenset()
        known = [one for one in self._opposed if moment.has_come(one.recorded_at)]
        against = {one.other for one in known if one.one in gangs}
        return {"opposed_gangs": against | {one.one for one in known if one.other in gangs}}


def facts_of(row: Any, kind: type[BaseModel]) -> Facts:
    """Return the facts of one list that a row holds."""
    return {name: getattr(row, name) for name in kind.model_fields}


def _histories(db: Session, kind: Any, owner: str) -> defaultdict[UUID, list[Any]]:
    told: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in db.exec(select(kind).order_by(col(kind.recorded_at))):
        told[getattr(row, owner)].append(row)
    return told


def _standing(history: list[Any], moment: Moment) -> Any:
    """Return the newest row of a history that was there at a moment; None if none was."""
    return next((row for row in reversed(history) if moment.has_come(row.recorded_at)), None)


def _of_persons(db: Session, kind: Any) -> defaultdict[UUID, list[Any]]:
    told: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in db.exec(select(kind)):
        told[row.leaver_id or row.mentor_id].append(row)
    return told


def _links_by_key(db: Session) -> Mapping[str, list[tuple[Link, frozenset[str]]]]:
    """Return the links that ever were by the keys of either end, with the keys of the other."""
    links = db.exec(select(Link)).all()
    ids = {getattr(link, f"{end}_{noun}_id") for link in links for end, noun in _ENDS} - {None}
    people: dict[UUID, frozenset[str]] = {}
    for kind in (Leaver, Mentor):
        rows: Iterable[Any] = db.exec(select(kind).where(col(kind.id).in_(ids)))
        people |= {row.id: person_keys(row) for row in rows}
    by_key: defaultdict[str, list[tuple[Link, frozenset[str]]]] = defaultdict(list)
    for link in links:
        ends = end_keys(link, "one", people), end_keys(link, "other", people)
        for own, other in (ends, ends[::-1]):
            for key in link_keys(own):
                by_key[key].append((link, other))
    return by_key


_ENDS = tuple((end, noun) for end in ("one", "other") for noun in ("leaver", "mentor"))


def _noes(db: Session) -> defaultdict[UUID, list[tuple[str, datetime, datetime | None]]]:
    """Return by mentor whose code was declined, when, and from when on that counts no more."""
    ended = of_columns(
        col(Pair.mentor_id),
        col(Leaver.code),
        col(Pair.state_since),
        col(Pair.end_reason),
        col(Referral.state),
        col(Referral.state_since),
    ).where(
        col(Pair.leaver_id) == Leaver.id,
        col(Pair.referral_id) == Referral.id,
        or_(col(Pair.end_reason).in_(NO_ANSWER), col(Pair.end_reason).in_(STOPPED)),
    )
    noes: defaultdict[UUID, list[tuple[str, datetime, datetime | None]]] = defaultdict(list)
    for mentor_id, code, at, reason, state, since in db.execute(ended):
        over = reason in STOPPED and state is ReferralState.WITHDRAWN
        noes[mentor_id].append((code, at, since if over else None))
    return noes


def _counts(at: datetime, lifted_at: datetime | None, moment: Moment) -> bool:
    return at < moment.at and (lifted_at is None or lifted_at > moment.at)


def _stood(restriction: ExclusionZone | Curfew, moment: Moment) -> bool:
    ends_on = restriction.ends_on
    return moment.has_come(restriction.recorded_at) and (ends_on is None or ends_on >= moment.day)


def _is_open(link: Link, moment: Moment) -> bool:
    return link.closed_at is None or link.closed_at > moment.at


def _joined(*lists: Facts) -> Facts:
    joined: Facts = {}
    for facts in lists:
        joined |= facts
    return joined
