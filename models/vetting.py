"""What vets a person: a mentor's assessment, training, supervision and term, and licences.

Each list is kept as rows with a history; the newest of each stands.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint
from sqlmodel import Field

from models.columns import CodeSetColumn, WordColumn, WordSetColumn, one_of, stored_as
from models.facts import Code, Facts, Name, PrisonCode
from models.rows import Record, Recorded
from models.sealed import sealed_text
from models.vocabulary import CountyLines, Module, Risk


class LicenceFacts(Facts):
    """What someone's licence says, and who in probation is content with the mentoring.

    `licence_bars_contact`: the licence forbids contact with people who have
    convictions. It stands in the way unless an approval is on file with a
    name and a date. `content_*` is who in probation said "content with this
    mentoring", and when.
    """

    on_licence: bool | None = None
    licence_bars_contact: bool = False
    licence_approved_by: Name | None = Field(default=None, sa_type=sealed_text())
    licence_approved_on: date | None = None
    content_by: Name | None = Field(default=None, sa_type=sealed_text())
    content_on: date | None = None


class GangFacts(Facts):
    """Gang tags and county-lines part; a manager's words, seen by no one else."""

    gangs: frozenset[Code] = Field(default=frozenset(), sa_type=stored_as(CodeSetColumn()))
    county_lines: CountyLines | None = Field(
        default=None, sa_type=stored_as(WordColumn(CountyLines))
    )


class AssessmentFacts(Facts):
    """A mentor's own risk assessment: the greatest risk they may be paired with."""

    risk_limit: Risk | None = Field(default=None, sa_type=stored_as(WordColumn(Risk)))
    assessed_on: date | None = None
    assessor: Name | None = Field(default=None, sa_type=sealed_text())


class TrainingFacts(Facts):
    """When basic training was done, and the specialist modules done since."""

    basic_training_on: date | None = None
    modules: frozenset[Module] = Field(
        default=frozenset(), sa_type=stored_as(WordSetColumn(Module))
    )


class SupervisionFacts(Facts):
    """Until which day the mentor's supervision is in date."""

    supervision_until: date | None = None


class TermFacts(Facts):
    """The time-limited term of a mentor, first and last day."""

    term_starts_on: date | None = None
    term_ends_on: date | None = None


class OfMentor(Recorded, Record):
    """A row of a mentor's vetting."""

    mentor_id: UUID = Field(foreign_key="mentor.id")


class MentorAssessment(AssessmentFacts, OfMentor, table=True):
    """One risk assessment of a mentor."""

    __table_args__ = (
        one_of("risk_limit", Risk),
        UniqueConstraint("mentor_id", "recorded_at"),
    )


class Clearance(OfMentor, table=True):
    """A mentor's clearance for one prison, first and last day; the newest for each prison stands.

    To end a clearance early, record it again with the day it ended.
    """

    __table_args__ = (
        CheckConstraint("cleared_from <= cleared_until", name="in_order"),
        UniqueConstraint("mentor_id", "prison", "recorded_at"),
        ForeignKeyConstraint(["prison"], ["prison.code"]),
    )

    prison: PrisonCode
    cleared_from: date
    cleared_until: date


class ChildrenCheck(OfMentor, table=True):
    """The enhanced check for work with under-18s, first and last day."""

    __table_args__ = (
        CheckConstraint("checked_on <= children_check_until", name="in_order"),
        UniqueConstraint("mentor_id", "recorded_at"),
    )

    checked_on: date
    children_check_until: date


class Training(TrainingFacts, OfMentor, table=True):
    """All the training a mentor has done, as it stood when recorded.

    `done_on` is the day of what this row has more than the one before.
    """

    __table_args__ = (UniqueConstraint("mentor_id", "recorded_at"),)

    done_on: date | None = None


class Supervision(SupervisionFacts, OfMentor, table=True):
    """One supervision: when it was held, until when it counts, and when the next one is."""

    __table_args__ = (UniqueConstraint("mentor_id", "recorded_at"),)

    held_on: date | None = None
    next_on: date | None = None


class Term(TermFacts, OfMentor, table=True):
    """One term of a mentor; renewing is a new row."""

    __table_args__ = (
        CheckConstraint("term_starts_on <= term_ends_on", name="in_order"),
        UniqueConstraint("mentor_id", "recorded_at"),
    )


class MentorLicence(LicenceFacts, OfMentor, table=True):
    """What a mentor's own licence says.

    `licence_bars_prisons`: it bars contact with serving prisoners, so no
    meeting in a prison; the gate is not barred.
    """

    __table_args__ = (UniqueConstraint("mentor_id", "recorded_at"),)

    licence_bars_prisons: bool = False


class MentorGangs(GangFacts, OfMentor, table=True):
    """Gang tags and county-lines part of a mentor, in a manager's words."""

    __table_args__ = (
        one_of("county_lines", CountyLines),
        UniqueConstraint("mentor_id", "recorded_at"),
    )
