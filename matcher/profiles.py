"""Rows to profiles: everyone the plan looks at, as the rules and the score see them.

Each fact is read with a fixed number of queries, however many people there
are. Of every history the newest row stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import BaseModel
from sqlmodel import Session, and_, col, or_, select

from matcher.links import keys_kept_apart
from models.pairs import Pair
from models.people import Leaver, LeaverFacts, Mentor, MentorFacts
from models.person_keys import person_keys
from models.profiles import LeaverProfile, MentorProfile
from models.referrals import Referral, ReferralFacts, Screening, ScreeningFacts
from models.restrictions import Curfew, ExclusionZone, OpposedGangs
from models.rows import newest
from models.states import EndReason, ReferralState
from models.vetting import (
    AssessmentFacts,
    ChildrenCheck,
    Clearance,
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

NO_ANSWER = (EndReason.DECLINED, EndReason.EXPIRED)
"""Ends of an offer after which the next best mentor is asked, never the same one again."""

STOPPED = (EndReason.WITHDRAWN, EndReason.STOOD_DOWN)
"""Ends by a manager, after which the same two are not paired again while the referral lasts."""

Facts = dict[str, Any]


class WaitingLeaver(NamedTuple):
    """A leaver whose referral waits, with the ids of the rows behind the profile."""

    leaver_id: UUID
    referral_id: UUID
    profile: LeaverProfile


def waiting_leavers(
    db: Session, today: date, *, apart_from: Collection[UUID] = ()
) -> list[WaitingLeaver]:
    """Return all leavers whose referral waits, but for those whose ids are in `apart_from`."""
    waiting = select(Leaver, Referral).where(
        Referral.leaver_id == Leaver.id, Referral.state == ReferralState.WAITING
    )
    people = [(leaver, referral) for leaver, referral in db.exec(waiting)]
    screenings = db.exec(newest(Screening, "leaver_id"))
    wanted = [one for one in people if one[0].id not in apart_from]
    return _profiles(wanted, screenings, _Restrictions(db, today))


def leavers_of(db: Session, today: date, referrals: Collection[Referral]) -> list[WaitingLeaver]:
    """Return the leavers of these referrals, however far those have come, in their order."""
    return _profiles(*_people_of(db, referrals), _Restrictions(db, today))


def leavers_at_the_gates(db: Session, referrals: Collection[Referral]) -> list[WaitingLeaver]:
    """Return the leavers of these referrals as the gates look at them, in their order.

    No gate asks for links, zones, curfews and opposed tags: those of the
    whole service are not read.
    """
    return _profiles(*_people_of(db, referrals), None)


def _people_of(
    db: Session, referrals: Collection[Referral]
) -> tuple[list[tuple[Leaver, Referral]], Iterable[Screening]]:
    """Return each referral with its leaver, and the newest screenings of them."""
    ids = {referral.leaver_id for referral in referrals}
    leavers = {row.id: row for row in db.exec(select(Leaver).where(col(Leaver.id).in_(ids)))}
    of_them = newest(Screening, "leaver_id").where(col(Screening.leaver_id).in_(ids))
    return [(leavers[referral.leaver_id], referral) for referral in referrals], db.exec(of_them)


def _profiles(
    people: Iterable[tuple[Leaver, Referral]],
    newest_screenings: Iterable[Screening],
    restricted: _Restrictions | None,
) -> list[WaitingLeaver]:
    screenings = {row.leaver_id: row for row in newest_screenings}
    return [
        WaitingLeaver(
            leaver.id,
            referral.id,
            LeaverProfile(
                **facts_of(leaver, LeaverFacts)
                | facts_of(referral, ReferralFacts)
                | _screening(screenings.get(leaver.id))
                | (restricted.of(leaver) if restricted else {})
                | (restricted.opposed(screenings.get(leaver.id)) if restricted else {})
            ),
        )
        for leaver, referral in people
    ]


def mentors_in_plan(
    db: Session, today: date, taken: Mapping[UUID, int], *, only: Collection[UUID] | None = None
) -> dict[UUID, MentorProfile]:
    """Return the profiles of all mentors, or of those named, by id.

    `taken` counts places that stay taken.
    """
    vetting = _Vetting(db, today, only)
    restricted = _Restrictions(db, today)
    declined = _declined(db)
    return {
        mentor.id: MentorProfile(
            **facts_of(mentor, MentorFacts)
            | vetting.of(mentor.id)
            | restricted.of(mentor)
            | restricted.opposed(vetting.gangs.get(mentor.id))
            | {"declined": declined[mentor.id], "taken": taken.get(mentor.id, 0)}
        )
        for mentor in db.exec(_of(only, select(Mentor), Mentor.id))
    }


def facts_of(row: Any, kind: type[BaseModel]) -> Facts:
    """Return the facts of one list that a row holds."""
    return {name: getattr(row, name) for name in kind.model_fields}


def _screening(row: Screening | None) -> Facts:
    if row is None:
        return {}
    return facts_of(row, ScreeningFacts) | facts_of(row, LicenceFacts) | facts_of(row, GangFacts)


def _declined(db: Session) -> defaultdict[UUID, frozenset[str]]:
    """Return the codes of the leavers whom each mentor is not to be offered again."""
    lasting = and_(col(Pair.end_reason).in_(STOPPED), Referral.state != ReferralState.WITHDRAWN)
    ended = select(Pair.mentor_id, Leaver.code).where(
        Pair.leaver_id == Leaver.id,
        Pair.referral_id == Referral.id,
        or_(col(Pair.end_reason).in_(NO_ANSWER), lasting),
    )
    declined: defaultdict[UUID, frozenset[str]] = defaultdict(frozenset)
    for mentor_id, code in db.exec(ended):
        declined[mentor_id] |= {code}
    return declined


class _Vetting:
    """The newest of everything that vets each mentor."""

    def __init__(self, db: Session, today: date, only: Collection[UUID] | None) -> None:
        histories: dict[type[Any], type[BaseModel]] = {
            MentorAssessment: AssessmentFacts,
            Training: TrainingFacts,
            Supervision: SupervisionFacts,
            Term: TermFacts,
            MentorLicence: LicenceFacts,
            MentorGangs: GangFacts,
        }
        self.facts: defaultdict[UUID, Facts] = defaultdict(dict)
        self.gangs: dict[UUID, MentorGangs] = {}
        for rows, kind in histories.items():
            for row in db.exec(_of(only, newest(rows, "mentor_id"), rows.mentor_id)):
                self.facts[row.mentor_id] |= facts_of(row, kind)
                if isinstance(row, MentorLicence):
                    self.facts[row.mentor_id]["licence_bars_prisons"] = row.licence_bars_prisons
                if isinstance(row, MentorGangs):
                    self.gangs[row.mentor_id] = row
        checks = newest(ChildrenCheck, "mentor_id")
        for check in db.exec(_of(only, checks, ChildrenCheck.mentor_id)):
            self.facts[check.mentor_id]["children_check_until"] = check.children_check_until
        self.clearances: defaultdict[UUID, dict[str, date]] = defaultdict(dict)
        clearances = newest(Clearance, "mentor_id", "prison")
        for cleared in db.exec(_of(only, clearances, Clearance.mentor_id)):
            if cleared.cleared_from <= today:
                self.clearances[cleared.mentor_id][cleared.prison] = cleared.cleared_until

    def of(self, mentor_id: UUID) -> Facts:
        return self.facts[mentor_id] | {"clearances": self.clearances[mentor_id]}


class _Restrictions:
    """Links, zones, curfews and opposed tags, ready to be asked about one person.

    A zone or curfew that starts later already counts: the plan looks ahead.
    """

    def __init__(self, db: Session, today: date) -> None:
        self.kept_apart = keys_kept_apart(db)
        self.zones: defaultdict[UUID | None, set[str]] = defaultdict(set)
        for zone in db.exec(_not_over(ExclusionZone, today)):
            self.zones[zone.leaver_id or zone.mentor_id].add(zone.district)
        self.curfews: defaultdict[UUID | None, set[int]] = defaultdict(set)
        for curfew in db.exec(_not_over(Curfew, today)):
            self.curfews[curfew.leaver_id or curfew.mentor_id] |= curfew.hours
        self.opposites: defaultdict[str, set[str]] = defaultdict(set)
        for opposed in db.exec(select(OpposedGangs)):
            self.opposites[opposed.one].add(opposed.other)
            self.opposites[opposed.other].add(opposed.one)

    def of(self, person: Leaver | Mentor) -> Facts:
        return {
            "no_contact": self._no_contact(person_keys(person)),
            "exclusion_zone": self.zones[person.id],
            "curfew": self.curfews[person.id],
        }

    def opposed(self, tagged: Screening | MentorGangs | None) -> Facts:
        gangs = tagged.gangs if tagged else frozenset()
        return {"opposed_gangs": frozenset().union(*(self.opposites[tag] for tag in gangs))}

    def _no_contact(self, own: Iterable[str]) -> frozenset[str]:
        return frozenset().union(*(self.kept_apart.get(key, set()) for key in own))


def _of(only: Collection[UUID] | None, rows: Any, owner: Any) -> Any:
    """Narrow a SELECT to the rows of some people; None is everyone."""
    return rows if only is None else rows.where(col(owner).in_(only))


def _not_over(rows: Any, today: date) -> Any:
    return select(rows).where(or_(rows.ends_on.is_(None), rows.ends_on >= today))
