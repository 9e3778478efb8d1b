"""All that the rules and the score look at, for one leaver and for one mentor.

A profile is assembled from a row of a file or from rows of the database, and
is the only thing about a person that the core ever sees.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pydantic import Field

from models.ethnic_groups import EthnicGroup
from models.facts import Code, District, Facts, Hour, PrisonCode
from models.people import MOST_PLACES, LeaverFacts, MentorFacts
from models.person_keys import PersonKey
from models.referrals import ReferralFacts, ScreeningFacts
from models.vetting import (
    AssessmentFacts,
    GangFacts,
    LicenceFacts,
    SupervisionFacts,
    TermFacts,
    TrainingFacts,
)

SIGNED = frozenset({"assessor", "content_by"})
"""Names of which the rules and the score only ask whether there is one."""


class PlaceFacts(Facts):
    """Where and when someone may not be, and whom they may not meet.

    `no_contact` holds keys of people: a code, a prison number, a CRN, or
    "SURNAME FIRST-NAME 1980-01-31" (see `person_keys.py`). `opposed_gangs`
    are the tags opposed to the person's own.
    """

    no_contact: frozenset[PersonKey] = frozenset()
    opposed_gangs: frozenset[Code] = frozenset()
    exclusion_zone: frozenset[District] = frozenset()
    curfew: frozenset[Hour] = frozenset()


class LeaverProfile(
    LeaverFacts, ReferralFacts, ScreeningFacts, LicenceFacts, GangFacts, PlaceFacts
):
    """A leaver as the rules and the score see them."""


class LeaverInFile(LeaverProfile):
    """A leaver as a file tells of them: with what is only counted, and no rule or score sees."""

    ethnic_group: EthnicGroup | None = None

    @property
    def profile(self) -> LeaverProfile:
        """All of it that the rules and the score may see."""
        told = {name: getattr(self, name) for name in LeaverProfile.model_fields}
        return LeaverProfile.model_construct(**told)


class MentorProfile(
    MentorFacts,
    AssessmentFacts,
    TrainingFacts,
    SupervisionFacts,
    TermFacts,
    LicenceFacts,
    GangFacts,
    PlaceFacts,
):
    """A mentor as the rules and the score see them.

    `clearances` maps a prison to the last day the mentor is cleared for it;
    `taken` counts places already taken; `declined` are codes of leavers this
    mentor has said no to.
    """

    clearances: Mapping[PrisonCode, date] = {}
    children_check_until: date | None = None
    licence_bars_prisons: bool = False
    declined: frozenset[Code] = frozenset()
    taken: int = Field(default=0, ge=0, le=MOST_PLACES)
