"""Rows to profiles: everyone the plan looks at, as the rules and the score see them.

Each fact is read with a fixed number of queries and as columns, however many there are:
making an object of every row took longer than the plan. Of every history the newest row stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from matcher.collecting import no_search_for_cycles
from matcher.links import keys_kept_apart
from matcher.said import OwnSays, declined
from models.people import MOST_PLACES, Leaver, LeaverFacts, Mentor, MentorFacts
from models.person_keys import person_keys
from models.profiles import SIGNED, LeaverProfile, MentorProfile
from models.referrals import Referral, ReferralFacts, Screening, ScreeningFacts
from models.restrictions import Curfew, ExclusionZone, OpposedGangs
from models.rows import Record, newest
from models.sealed import is_erased, opened
from models.states import ReferralState
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

OF_LEAVER = tuple(LeaverFacts.model_fields)
OF_REFERRAL = tuple(ReferralFacts.model_fields)
OF_SCREENING = (
    *ScreeningFacts.model_fields,
    *LicenceFacts.model_fields,
    *GangFacts.model_fields,
)
OF_MENTOR = tuple(MentorFacts.model_fields)
HISTORIES: Mapping[type[Any], Sequence[str]] = {
    MentorAssessment: tuple(AssessmentFacts.model_fields),
    Training: tuple(TrainingFacts.model_fields),
    Supervision: tuple(SupervisionFacts.model_fields),
    Term: tuple(TermFacts.model_fields),
    MentorLicence: (*LicenceFacts.model_fields, "licence_bars_prisons"),
    MentorGangs: tuple(GangFacts.model_fields),
    ChildrenCheck: ("children_check_until",),
}
"""Which columns of which table hold the facts of a profile."""

Facts = dict[str, Any]


class WaitingLeaver(NamedTuple):
    """A leaver whose referral waits, or has the state told, with the ids of the rows behind it."""

    leaver_id: UUID
    referral_id: UUID
    profile: LeaverProfile
    state: ReferralState = ReferralState.WAITING


def waiting_leavers(
    db: Session, today: date, *, apart_from: Collection[UUID] = ()
) -> list[WaitingLeaver]:
    """Return all leavers whose referral waits, but for those whose ids are in `apart_from`."""
    return leavers_whose(
        db, today, col(Referral.state) == ReferralState.WAITING, apart_from=apart_from
    )


@no_search_for_cycles()
def leavers_whose(
    db: Session, today: date, referral: ColumnElement[bool], *, apart_from: Collection[UUID] = ()
) -> list[WaitingLeaver]:
    """Return all leavers for whose referral a condition holds, as `waiting_leavers` does."""
    asked = _people().where(referral)
    people = [one for one in db.execute(asked) if one[0] not in apart_from]
    return _profiles(people, _screened(db), Restrictions(db, today))


def leavers_of(
    db: Session,
    today: date,
    referrals: Collection[Referral],
    *,
    restricted: Restrictions | None = None,
) -> list[WaitingLeaver]:
    """Return the leavers of these referrals, however far those have come, in their order.

    `restricted` are the restrictions of that day where they have been read already.
    """
    return _profiles(*_people_of(db, referrals), restricted or Restrictions(db, today))


def leavers_at_the_gates(db: Session, referrals: Collection[Referral]) -> list[WaitingLeaver]:
    """Return the leavers of these referrals as the gates look at them, in their order.

    No gate asks for links, zones, curfews and opposed tags: those of the
    whole service are not read.
    """
    return _profiles(*_people_of(db, referrals), None)


def _people() -> Any:
    """Return the SELECT of leavers with referrals: ids, state, old keys, then what both say."""
    asked: Any = select(Leaver.id, Referral.id, Referral.state, Leaver.former_keys)
    facts = [*_columns(Leaver, OF_LEAVER), *_columns(Referral, OF_REFERRAL)]
    return asked.add_columns(*facts).where(Referral.leaver_id == Leaver.id)


def _people_of(
    db: Session, referrals: Collection[Referral]
) -> tuple[list[Any], Mapping[UUID, Facts]]:
    """Return each referral with its leaver, and the newest screenings of them."""
    db.flush()
    ids = [referral.id for referral in referrals]
    asked = _people().where(col(Referral.id).in_(ids))
    found = {row[1]: row for row in db.execute(asked)}
    leavers = {referral.leaver_id for referral in referrals}
    return [found[row_id] for row_id in ids], _screened(db, leavers)


def _screened(db: Session, only: Collection[UUID] | None = None) -> Mapping[UUID, Facts]:
    """Return what the newest screening of each leaver says, or of those alone."""
    asked = _of(only, newest(Screening, "leaver_id"), Screening.leaver_id)
    return dict(_told(db, asked, Screening.leaver_id, Screening, OF_SCREENING, only))


def _profiles(
    people: Iterable[Any],
    screened: Mapping[UUID, Facts],
    restricted: Restrictions | None,
) -> list[WaitingLeaver]:
    found = []
    for row in people:
        told = dict(zip(OF_LEAVER + OF_REFERRAL, row[4:], strict=True)) | {"former_keys": row[3]}
        former = opened(Leaver, row[0], told).pop("former_keys")
        facts = told | screened.get(row[0], {})
        if restricted:
            facts |= restricted.of(row[0], _Person(former, facts), facts)
            facts |= restricted.said.with_file(row[0], row[1], facts)
        found.append(WaitingLeaver(row[0], row[1], _profile(LeaverProfile, facts), row[2]))
    return found


class _Person:
    """What someone is known by: their facts, and the keys of former records of theirs."""

    def __init__(self, former_keys: tuple[str, ...], facts: Facts) -> None:
        self.__dict__.update(facts, former_keys=former_keys)


def _profile(kind: type[Any], facts: Facts) -> Any:
    """Return a profile; of someone erased nothing is checked, for there is nothing to check."""
    erased = is_erased(facts["prison_number"]) or is_erased(facts["birth_date"])
    return kind.model_construct(**facts) if erased else kind(**facts)


@no_search_for_cycles()
def mentors_in_plan(
    db: Session,
    today: date,
    taken: Mapping[UUID, int],
    *,
    only: Collection[UUID] | None = None,
    restricted: Restrictions | None = None,
) -> dict[UUID, MentorProfile]:
    """Return the profiles of all mentors, or of those named, by id.

    `taken` counts places of each that stay taken, beside those taken elsewhere;
    `restricted` are the restrictions of that day where they have been read already.
    """
    vetting = _Vetting(db, today, only)
    restricted = restricted or Restrictions(db, today, only)
    no_more = declined(db)
    own = (Mentor.id, Mentor.taken_elsewhere, Mentor.former_keys)
    query: Any = select(*own, *_columns(Mentor, OF_MENTOR))
    found = {}
    for row in db.execute(_of(only, query, Mentor.id)):
        told = dict(zip(OF_MENTOR, row[3:], strict=True)) | {"former_keys": row[2]}
        former = opened(Mentor, row[0], told).pop("former_keys")
        facts = told | vetting.of(row[0])
        facts |= restricted.of(row[0], _Person(former, facts), facts)
        all_taken = min(MOST_PLACES, row[1] + taken.get(row[0], 0))
        facts |= {"declined": no_more[row[0]], "taken": all_taken}
        found[row[0]] = _profile(MentorProfile, facts)
    return found


def _columns(rows: type[Any], names: Iterable[str]) -> list[Any]:
    return [getattr(rows, name) for name in names]


def _told(
    db: Session, asked: Any, owner: Any, rows: type[Record], names: Sequence[str], only: Any
) -> Iterator[tuple[UUID, Facts]]:
    """Yield whose each of some rows is, and its facts; of everybody, who signed stays sealed."""
    asked = asked.with_only_columns(owner, col(rows.id), *_columns(rows, names))
    for whose, row_id, *told in db.execute(asked):
        facts = dict(zip(names, told, strict=True))
        yield whose, opened(rows, row_id, facts, unread=SIGNED if only is None else ())


class _Vetting:
    """The newest of everything that vets each mentor."""

    def __init__(self, db: Session, today: date, only: Collection[UUID] | None) -> None:
        self.facts: defaultdict[UUID, Facts] = defaultdict(dict)
        for rows, names in HISTORIES.items():
            asked = _of(only, newest(rows, "mentor_id"), rows.mentor_id)
            for mentor_id, told in _told(db, asked, rows.mentor_id, rows, names, only):
                self.facts[mentor_id] |= told
        self.clearances: defaultdict[UUID, dict[str, date]] = defaultdict(dict)
        cleared = _of(only, newest(Clearance, "mentor_id", "prison"), Clearance.mentor_id)
        told_of = (Clearance.mentor_id, Clearance.prison, Clearance.cleared_until)
        begun = cleared.where(col(Clearance.cleared_from) <= today)
        for mentor_id, prison, until in db.execute(begun.with_only_columns(*told_of)):
            self.clearances[mentor_id][prison] = until

    def of(self, mentor_id: UUID) -> Facts:
        return self.facts[mentor_id] | {"clearances": self.clearances[mentor_id]}


class Restrictions:
    """Links, zones, curfews, opposed tags and what was said, ready to be asked about one person.

    A zone or curfew that starts later already counts: the plan looks ahead.
    Those of some `people` alone can be read; links are found among all there are.
    """

    def __init__(self, db: Session, today: date, people: Collection[UUID] | None = None) -> None:
        self.kept_apart = keys_kept_apart(db)
        self.said = OwnSays(db)
        self.zones: defaultdict[UUID | None, set[str]] = defaultdict(set)
        for zone in db.exec(_not_over(ExclusionZone, today, people)):
            self.zones[zone.leaver_id or zone.mentor_id].add(zone.district)
        self.curfews: defaultdict[UUID | None, set[int]] = defaultdict(set)
        for curfew in db.exec(_not_over(Curfew, today, people)):
            self.curfews[curfew.leaver_id or curfew.mentor_id] |= curfew.hours
        self.opposites: defaultdict[str, set[str]] = defaultdict(set)
        for opposed in db.exec(select(OpposedGangs)):
            self.opposites[opposed.one].add(opposed.other)
            self.opposites[opposed.other].add(opposed.one)

    def of(self, person_id: UUID, person: Any, facts: Facts) -> Facts:
        """Return what restricts a person, who is a row with the columns of their facts."""
        return {
            "no_contact": self._no_contact(person_keys(person)),
            "exclusion_zone": self.zones[person_id],
            "curfew": self.curfews[person_id],
            "opposed_gangs": self._opposed(facts.get("gangs", frozenset())),
        }

    def _opposed(self, gangs: Iterable[str]) -> frozenset[str]:
        return frozenset().union(*(self.opposites[tag] for tag in gangs))

    def _no_contact(self, own: Iterable[str]) -> frozenset[str]:
        return frozenset().union(*(self.kept_apart.get(key, set()) for key in own))


class Unrestricted(Restrictions):
    """Restrictions that nobody asks about: none is read, and a profile has none."""

    def __init__(self) -> None:
        """Read nothing."""

    def of(self, person_id: UUID, person: Any, facts: Facts) -> Facts:
        """Return nothing: no restriction is part of the profile."""
        return {}


def _of(only: Collection[UUID] | None, rows: Any, owner: Any) -> Any:
    """Narrow a SELECT to the rows of some people; None is everyone."""
    return rows if only is None else rows.where(col(owner).in_(only))


def _not_over(rows: Any, today: date, people: Collection[UUID] | None) -> Any:
    found = select(rows).where(or_(rows.ends_on.is_(None), rows.ends_on >= today))
    if people is None:
        return found
    return found.where(or_(rows.leaver_id.in_(people), rows.mentor_id.in_(people)))
