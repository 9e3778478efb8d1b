"""What a council says of a leaver (referral) and what a manager records (screening).

A referral's state changes by the moves of REFERRAL_STEPS alone. It may be
withdrawn from wherever it stands; whoever is released before a mentor is
found leaves it "released unmatched", however far it had come.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from pydantic import model_validator
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint
from sqlmodel import Field

from models.columns import (
    CodeSetColumn,
    HoursColumn,
    WordColumn,
    WordMapColumn,
    WordSetColumn,
    one_of,
    stored_as,
)
from models.desk_words import FilledIn
from models.facts import Code, District, Facts, Hour, Name
from models.languages import Language
from models.moves import Step, after
from models.rows import Record, Recorded, Versioned
from models.sealed import sealed_text
from models.states import Pathway, ReferralMove, ReferralState
from models.vetting import GangFacts, LicenceFacts
from models.vocabulary import (
    Companion,
    CountyLines,
    Culture,
    Experience,
    Group,
    Importance,
    Interest,
    Need,
    Region,
    Risk,
)

BEFORE_MATCH = {
    ReferralState.PUT_FORWARD,
    ReferralState.ENDORSED,
    ReferralState.SCREENED,
    ReferralState.WAITING,
}
REFERRAL_STEPS: Mapping[ReferralMove, Step[ReferralState]] = {
    ReferralMove.PUT_FORWARD: Step({ReferralState.DRAFT}, ReferralState.PUT_FORWARD),
    ReferralMove.ENDORSE: Step({ReferralState.PUT_FORWARD}, ReferralState.ENDORSED),
    ReferralMove.SCREEN: Step({ReferralState.ENDORSED}, ReferralState.SCREENED),
    ReferralMove.WAIT: Step({ReferralState.SCREENED}, ReferralState.WAITING),
    ReferralMove.HOLD: Step({ReferralState.WAITING}, ReferralState.SCREENED),
    ReferralMove.MATCH: Step({ReferralState.WAITING}, ReferralState.MATCHED),
    ReferralMove.UNMATCH: Step({ReferralState.MATCHED}, ReferralState.WAITING),
    ReferralMove.WITHDRAW: Step(
        {ReferralState.DRAFT, *BEFORE_MATCH, ReferralState.MATCHED}, ReferralState.WITHDRAWN
    ),
    ReferralMove.RELEASE_UNMATCHED: Step(BEFORE_MATCH, ReferralState.RELEASED_UNMATCHED),
}


RISKS = (
    "risk",
    "risk_to_children",
    "risk_to_public",
    "risk_to_known_adult",
    "risk_to_staff",
    "risk_to_prisoners",
)


class ReferralFacts(Facts):
    """What a leaver needs, has lived, likes and asks for, where and when.

    `travel_km` is how far from the resettlement district the leaver can go
    to meet, in kilometres. `wishes` are languages and cultures asked for in
    a mentor. `ruled_out` are codes of mentors the leaver does not want,
    `chosen` of those they would like.
    Empty `hours` mean that the leaver named none: any daytime hour.
    """

    pathway: Pathway = Field(
        default=Pathway.THROUGH_THE_GATE, sa_type=stored_as(WordColumn(Pathway))
    )
    needs: Mapping[Need, Importance] = Field(
        default={}, sa_type=stored_as(WordMapColumn(Need, Importance))
    )
    experiences: frozenset[Experience] = Field(
        default=frozenset(), sa_type=stored_as(WordSetColumn(Experience))
    )
    interests: frozenset[Interest] = Field(
        default=frozenset(), sa_type=stored_as(WordSetColumn(Interest))
    )
    languages: frozenset[Language] = Field(
        default=frozenset({Language.ENGLISH}), sa_type=stored_as(WordSetColumn(Language))
    )
    interpreter: bool = False
    wishes: frozenset[Language | Culture] = Field(
        default=frozenset(), sa_type=stored_as(WordSetColumn(Language, Culture))
    )
    wants: frozenset[Companion] = Field(
        default=frozenset(), sa_type=stored_as(WordSetColumn(Companion))
    )
    resettling_in: District
    travel_km: int = Field(default=15, ge=0, le=500)
    hours: frozenset[Hour] = Field(default=frozenset(), sa_type=stored_as(HoursColumn()))
    ruled_out: frozenset[Code] = Field(default=frozenset(), sa_type=stored_as(CodeSetColumn()))
    chosen: frozenset[Code] = Field(default=frozenset(), sa_type=stored_as(CodeSetColumn()))
    consented_on: date | None = None


class ScreeningFacts(Facts):
    """A leaver's risk, restrictions and approvals; unknown is None, and None is hold.

    `risk` is the overall level of risk of serious harm, never below the
    level to any one group. `mappa_level` 0 says "not managed under MAPPA".
    Each approval is a name and a date; one without the other does not count.
    """

    risk: Risk | None = Field(default=None, sa_type=stored_as(WordColumn(Risk)))
    risk_to_children: Risk | None = Field(default=None, sa_type=stored_as(WordColumn(Risk)))
    risk_to_public: Risk | None = Field(default=None, sa_type=stored_as(WordColumn(Risk)))
    risk_to_known_adult: Risk | None = Field(default=None, sa_type=stored_as(WordColumn(Risk)))
    risk_to_staff: Risk | None = Field(default=None, sa_type=stored_as(WordColumn(Risk)))
    risk_to_prisoners: Risk | None = Field(default=None, sa_type=stored_as(WordColumn(Risk)))
    assessed_on: date | None = None
    assessor: Name | None = Field(default=None, sa_type=sealed_text())
    mappa_category: int | None = Field(default=None, ge=1, le=4)
    mappa_level: int | None = Field(default=None, ge=0, le=3)
    sexual_offence: bool | None = None
    domestic_abuse: bool | None = None
    no_one_to_one: bool = False
    risk_to: frozenset[Group] = Field(default=frozenset(), sa_type=stored_as(WordSetColumn(Group)))
    high_risk_approved_by: Name | None = Field(default=None, sa_type=sealed_text())
    high_risk_approved_on: date | None = None
    mappa_approved_by: Name | None = Field(default=None, sa_type=sealed_text())
    mappa_approved_on: date | None = None
    sexual_offence_approved_by: Name | None = Field(default=None, sa_type=sealed_text())
    sexual_offence_approved_on: date | None = None
    domestic_abuse_approved_by: Name | None = Field(default=None, sa_type=sealed_text())
    domestic_abuse_approved_on: date | None = None

    @model_validator(mode="after")
    def overall_risk_is_the_highest(self) -> ScreeningFacts:
        """Refuse an overall level below the level to any one group."""
        levels = [
            self.risk_to_children,
            self.risk_to_public,
            self.risk_to_known_adult,
            self.risk_to_staff,
            self.risk_to_prisoners,
        ]
        highest = max((level.rank for level in levels if level), default=0)
        if self.risk is not None and self.risk.rank < highest:
            raise ValueError("risk is lower than the risk to one of the groups: give the highest")
        return self


class Referral(ReferralFacts, Versioned, Record, table=True):
    """One leaver put forward; `region` is the resettlement region, whose manager screens.

    The region is suggested by the district and may be overruled. `may_show`
    are the experiences that the leaver lets the mentor see. `filled_in` says
    how the form came; None where there was none. What a leaver sent at a
    kiosk was put forward by nobody but themselves: `put_forward_by` is None.
    """

    __table_args__ = (
        one_of("pathway", Pathway),
        one_of("state", ReferralState),
        one_of("region", Region),
        one_of("filled_in", FilledIn),
        CheckConstraint("travel_km BETWEEN 0 AND 500", name="travel_km_range"),
        ForeignKeyConstraint(["resettling_in"], ["district.code"]),
    )

    leaver_id: UUID = Field(foreign_key="leaver.id", index=True)
    region: Region = Field(foreign_key="region.code", sa_type=stored_as(WordColumn(Region)))
    state: ReferralState = Field(
        default=ReferralState.DRAFT, index=True, sa_type=stored_as(WordColumn(ReferralState))
    )
    created_at: datetime
    state_since: datetime
    put_forward_at: datetime | None = None
    put_forward_by: UUID | None = Field(default=None, foreign_key="account.id", index=True)
    filled_in: FilledIn | None = Field(default=None, sa_type=stored_as(WordColumn(FilledIn)))
    endorsed_at: datetime | None = None
    endorsed_by: UUID | None = Field(default=None, foreign_key="account.id")
    may_show: frozenset[Experience] = Field(
        default=frozenset(), sa_type=stored_as(WordSetColumn(Experience))
    )

    def move(self, move: ReferralMove, *, by: UUID | None, now: datetime) -> None:
        """Change the state at `now`, or raise IllegalMove; `by` None is the service itself."""
        self.state = after(move, self.state, REFERRAL_STEPS, noun="referral")
        self.state_since = now
        if move is ReferralMove.PUT_FORWARD:
            self.put_forward_at, self.put_forward_by = now, by
        if move is ReferralMove.ENDORSE:
            self.endorsed_at, self.endorsed_by = now, by


class Screening(ScreeningFacts, LicenceFacts, GangFacts, Recorded, Record, table=True):
    """One screening of a leaver by a manager. Each is a new row; the newest stands."""

    __table_args__ = (
        *(one_of(column, Risk) for column in RISKS),
        one_of("county_lines", CountyLines),
        CheckConstraint("mappa_category BETWEEN 1 AND 4", name="mappa_category_range"),
        CheckConstraint("mappa_level BETWEEN 0 AND 3", name="mappa_level_range"),
        UniqueConstraint("leaver_id", "recorded_at"),
    )

    leaver_id: UUID = Field(foreign_key="leaver.id")
