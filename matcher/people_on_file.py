"""Who and what the database holds about people, ready to be compared with files of people.

A fixed number of queries, however many people there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.former import former_of
from matcher.links import Ends, end_keys
from models.council_words import PersonToAvoid
from models.former import FormerNumber
from models.pairs import LIVE, Pair
from models.people import Leaver, Mentor
from models.person_keys import person_keys
from models.referrals import Referral, Screening
from models.releases import ExpectedLeaver
from models.restrictions import Curfew, ExclusionZone, GangTag, Link, OpposedGangs
from models.rows import newest
from models.states import EndReason
from models.vetting import (
    ChildrenCheck,
    Clearance,
    MentorAssessment,
    MentorGangs,
    MentorLicence,
    Supervision,
    Term,
    Training,
)

Known = TypeVar("Known", Leaver, Mentor)

HISTORIES = (
    MentorAssessment,
    Training,
    Supervision,
    Term,
    MentorLicence,
    MentorGangs,
    ChildrenCheck,
)
"""What vets a mentor, of each the newest row stands."""


class PeopleOnFile:
    """Everything on file that a file of people may add to or change."""

    def __init__(self, db: Session) -> None:
        """Read it all."""
        self.leavers = {row.code: row for row in db.exec(select(Leaver))}
        self.mentors = {row.code: row for row in db.exec(select(Mentor))}
        self.former_leavers = self._former(db, Leaver, self.leavers)
        self.former_mentors = self._former(db, Mentor, self.mentors)
        self.expected = {row.prison_number: row for row in db.exec(select(ExpectedLeaver))}
        self.referrals: defaultdict[UUID, list[Referral]] = defaultdict(list)
        for referral in db.exec(select(Referral).order_by(col(Referral.created_at))):
            self.referrals[referral.leaver_id].append(referral)
        open_ones = select(PersonToAvoid.leaver_id).where(col(PersonToAvoid.settled_at).is_(None))
        self.unsettled = set(db.exec(open_ones))
        self.screenings = {row.leaver_id: row for row in db.exec(newest(Screening, "leaver_id"))}
        self.vetting: dict[type, dict[UUID, Any]] = {
            kind: {row.mentor_id: row for row in db.exec(newest(kind, "mentor_id"))}
            for kind in HISTORIES
        }
        self.clearances = {
            (row.mentor_id, row.prison): row.cleared_until
            for row in db.exec(newest(Clearance, "mentor_id", "prison"))
        }
        pairs = db.exec(select(Pair)).all()
        self.paired = {pair.leaver_id for pair in pairs if pair.state in LIVE}
        self.declined = {
            (pair.mentor_id, pair.leaver_id)
            for pair in pairs
            if pair.end_reason is EndReason.DECLINED
        }
        self._read_restrictions(db)

    @cached_property
    def numbers_of_leavers(self) -> Mapping[str, str]:
        """Return the leavers' codes by the prison numbers that they have or had."""
        return self._numbers(self.leavers, self.former_leavers)

    @cached_property
    def numbers_of_mentors(self) -> Mapping[str, str]:
        """Return the mentors' codes by the prison numbers that they have or had."""
        return self._numbers(self.mentors, self.former_mentors)

    def by_key(self) -> Mapping[str, Leaver | Mentor]:
        """Return everyone by code, and leavers by CRN too; a mentor before a leaver."""
        crns = {one.crn: one for one in self.leavers.values() if one.crn}
        former: dict[str, Leaver | Mentor] = {}
        for row, leaver in self.former_leavers:
            former[row.code] = leaver
        for row, mentor in self.former_mentors:
            former[row.code] = mentor
        return {**crns, **former, **self.leavers, **self.mentors}

    def referral_of(self, code: str) -> Referral | None:
        """Return the latest referral of the leaver with this code, if there is one."""
        leaver = self.leavers.get(code)
        referrals = self.referrals[leaver.id] if leaver else []
        return referrals[-1] if referrals else None

    def _former(
        self, db: Session, kind: type[Leaver | Mentor], people: Mapping[str, Known]
    ) -> list[tuple[FormerNumber, Known]]:
        by_id = {row.id: row for row in people.values()}
        return [(row, by_id[owner_id]) for row, owner_id in former_of(db, kind)]

    def _numbers(
        self, people: Mapping[str, Known], former: Sequence[tuple[FormerNumber, Known]]
    ) -> dict[str, str]:
        had = {row.prison_number: owner.code for row, owner in former if row.prison_number}
        return had | {one.prison_number: code for code, one in people.items() if one.prison_number}

    def _read_restrictions(self, db: Session) -> None:
        self.zones: defaultdict[UUID | None, set[str]] = defaultdict(set)
        for zone in db.exec(select(ExclusionZone)):
            self.zones[zone.leaver_id or zone.mentor_id].add(zone.district)
        self.curfews: defaultdict[UUID | None, set[int]] = defaultdict(set)
        for curfew in db.exec(select(Curfew)):
            self.curfews[curfew.leaver_id or curfew.mentor_id] |= curfew.hours
        self.tags = set(db.exec(select(GangTag.code)))
        self.opposed = {frozenset({row.one, row.other}) for row in db.exec(select(OpposedGangs))}
        self.links: defaultdict[UUID | None, set[str]] = defaultdict(set)
        everyone: list[Leaver | Mentor] = [*self.leavers.values(), *self.mentors.values()]
        ends: Ends = {one.id: person_keys(one) for one in everyone}
        for link in db.exec(select(Link).where(col(Link.closed_at).is_(None))):
            for end, other in (("one", "other"), ("other", "one")):
                owner = getattr(link, f"{end}_leaver_id") or getattr(link, f"{end}_mentor_id")
                self.links[owner] |= end_keys(link, other, ends)
