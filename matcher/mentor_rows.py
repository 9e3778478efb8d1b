"""A full mentor of a file as rows: who they are, their places, and everything that vets them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from matcher.people_on_file import PeopleOnFile
from matcher.writing import Writing, facts_in
from models.pairs import Pair, PairHistory
from models.people import Mentor, MentorFacts
from models.places import MentorPlace, fit_places
from models.profiles import MentorProfile
from models.reference import districts
from models.rows import Row
from models.states import EndReason, Move, PairForm, PairState
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

HISTORIES: Mapping[type[Row], type[BaseModel]] = {
    MentorAssessment: AssessmentFacts,
    Training: TrainingFacts,
    Supervision: SupervisionFacts,
    Term: TermFacts,
    MentorGangs: GangFacts,
}
BEFORE_US = "before this service"
"""Stands where a pair that was declined elsewhere would name the rules and weights it met."""


class MentorRows:
    """Writes the rows of mentors, one mentor after another."""

    def __init__(self, writing: Writing, on_file: PeopleOnFile) -> None:
        """Hold what is on file."""
        self.writing = writing
        self.on_file = on_file
        self.to_fit: list[Mentor] = []

    def take(self, mentor: MentorProfile) -> None:
        """Add the mentor or bring what is on file up to the file, restrictions apart."""
        row = self._base(mentor)
        for kind, facts in HISTORIES.items():
            newest = self.on_file.vetting[kind].get(row.id)
            self.writing.record(kind, newest, facts_in(mentor, facts), mentor_id=row.id)
        licence = facts_in(mentor, LicenceFacts)
        licence["licence_bars_prisons"] = mentor.licence_bars_prisons
        newest = self.on_file.vetting[MentorLicence].get(row.id)
        self.writing.record(MentorLicence, newest, licence, mentor_id=row.id)
        self._clear(mentor, row)
        for code in sorted(mentor.declined):
            self._decline(row, code)

    def fit_places(self) -> None:
        """Open or close the places of mentors who can now carry more or fewer."""
        for row in self.to_fit:
            fit_places(self.writing.db, row)

    def _base(self, mentor: MentorProfile) -> Mentor:
        """Return the mentor's own row; what the file calls taken is taken outside this service."""
        facts = facts_in(mentor, MentorFacts) | {"taken_elsewhere": mentor.taken}
        region = districts()[mentor.home].region
        row = self.on_file.mentors.get(mentor.code)
        if row is None:
            return self._new(facts | {"region": region})
        carried = row.places_here
        if row.home != mentor.home:
            facts["region"] = region
        if facts["prison_number"] in row.former_keys:  # found by an old number of theirs
            del facts["prison_number"]
        self.writing.update(row, facts)
        if row.places_here != carried:
            self.to_fit.append(row)
        return row

    def _new(self, facts: dict[str, Any]) -> Mentor:
        now = self.writing.now
        row = Mentor(**facts, created_at=now, state_since=now)
        self.on_file.mentors[row.code] = row
        self.writing.add(row)
        for number in range(1, row.places_here + 1):
            self.writing.add(MentorPlace(mentor_id=row.id, number=number))
        return row

    def _clear(self, mentor: MentorProfile, row: Mentor) -> None:
        """Record clearances and the children check that are not on file, from today on."""
        today = self.writing.today
        for prison, until in sorted(mentor.clearances.items()):
            if self.on_file.clearances.get((row.id, prison)) != until:
                clearance = Clearance(
                    mentor_id=row.id,
                    prison=prison,
                    cleared_from=min(today, until),
                    cleared_until=until,
                    **self.writing.stamp,
                )
                self.writing.add(clearance)
        checked, newest = mentor.children_check_until, self.on_file.vetting[ChildrenCheck]
        if checked and (row.id not in newest or newest[row.id].children_check_until != checked):
            check = ChildrenCheck(
                mentor_id=row.id,
                checked_on=min(today, checked),
                children_check_until=checked,
                **self.writing.stamp,
            )
            self.writing.add(check)

    def _decline(self, row: Mentor, code: str) -> None:
        """Keep that the mentor has said no to this leaver, as a pair that has ended."""
        referral = self.on_file.referral_of(code)
        if referral is None or (row.id, referral.leaver_id) in self.on_file.declined:
            return
        now = self.writing.now
        pair = Pair(
            leaver_id=referral.leaver_id,
            referral_id=referral.id,
            mentor_id=row.id,
            place_number=None,
            state=PairState.ENDED,
            end_reason=EndReason.DECLINED,
            form=PairForm.IN_PRISON,
            score=0,
            parts={},
            explanation="The mentor had declined this leaver before either was in this service.",
            weights_version=BEFORE_US,
            rules_version=BEFORE_US,
            model_version=BEFORE_US,
            facts_version=BEFORE_US,
            proposed_at=now,
            state_since=now,
        )
        self.writing.add(pair)
        self.writing.add(
            PairHistory(
                pair_id=pair.id,
                move=Move.DECLINE,
                from_state=PairState.OFFERED,
                to_state=PairState.ENDED,
                moved_at=now,
                moved_by=self.writing.by,
            )
        )
