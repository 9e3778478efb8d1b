"""Who a leaver is and who a mentor is.

One field list each, for validation, for storage and for the core: the rows
inherit it, and so do the profiles of `profiles.py` that the rules look at.
A mentor's standing changes by the moves of MENTOR_STEPS alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint
from sqlmodel import Field

from models.columns import HoursColumn, WordColumn, WordSetColumn, one_of, stored_as
from models.ethnic_groups import EthnicGroup
from models.facts import (
    CaseNumber,
    Code,
    District,
    Facts,
    Hour,
    Name,
    Pnc,
    PrisonCode,
    PrisonNumber,
)
from models.languages import Language
from models.moves import Step, after
from models.release_words import SentenceKind
from models.rows import Record, Versioned
from models.sealed import sealed_day, sealed_list, sealed_text, sealed_word
from models.states import MentorMove, MentorState, PeerRole
from models.vocabulary import (
    Companion,
    Culture,
    Experience,
    Gender,
    Group,
    Interest,
    Need,
    Pool,
    Region,
    Sex,
)

MENTOR_STEPS: Mapping[MentorMove, Step[MentorState]] = {
    MentorMove.TRAIN: Step({MentorState.RECRUITED}, MentorState.TRAINED),
    MentorMove.ASSESS: Step({MentorState.TRAINED}, MentorState.ASSESSED),
    MentorMove.CLEAR: Step({MentorState.ASSESSED}, MentorState.CLEARED),
    MentorMove.ACTIVATE: Step({MentorState.CLEARED}, MentorState.ACTIVE),
    MentorMove.PAUSE: Step({MentorState.ACTIVE}, MentorState.PAUSED),
    MentorMove.RESUME: Step({MentorState.PAUSED}, MentorState.ACTIVE),
    MentorMove.RENEW: Step({MentorState.ACTIVE}, MentorState.ACTIVE),
    MentorMove.END: Step(set(MentorState) - {MentorState.ENDED}, MentorState.ENDED),
}


MOST_PLACES = 20
"""Nobody carries more pairs at once."""


class LeaverFacts(Facts):
    """Who someone about to leave prison is, where they are and when they leave."""

    code: Code
    prison_number: PrisonNumber = Field(sa_type=sealed_text())
    crn: CaseNumber | None = Field(default=None, sa_type=sealed_text())
    pnc: Pnc | None = Field(default=None, sa_type=sealed_text())
    first_name: Name = Field(default="", sa_type=sealed_text())
    surname: Name = Field(default="", sa_type=sealed_text())
    birth_date: date = Field(sa_type=sealed_day())
    sex: Sex = Field(sa_type=stored_as(WordColumn(Sex)))
    gender: Gender | None = Field(default=None, sa_type=stored_as(WordColumn(Gender)))
    prison: PrisonCode
    release_date: date | None = None
    sentence_kind: SentenceKind = Field(
        default=SentenceKind.DETERMINATE, sa_type=stored_as(WordColumn(SentenceKind))
    )


class SentenceFacts(Facts):
    """What else about a sentence decides the effective release date.

    `sentenced_on` counts as the first day served. Dates up to `recalled_on`
    led to an earlier release. `scheme_reversed` is the prison's word that the
    Friday scheme does not move this person's date.
    """

    sentenced_on: date | None = None
    recalled_on: date | None = None
    scheme_reversed: bool = False


class MentorFacts(Facts):
    """Who a mentor is, what they have lived, whom they can walk with, where and when.

    `needs` are those the mentor came through. `travel_limit_km` is in
    kilometres from `home`; `places` is how many pairs the mentor can carry.
    """

    code: Code
    prison_number: PrisonNumber | None = Field(default=None, sa_type=sealed_text())
    first_name: Name = Field(default="", sa_type=sealed_text())
    surname: Name = Field(default="", sa_type=sealed_text())
    birth_date: date = Field(sa_type=sealed_day())
    sex: Sex = Field(sa_type=stored_as(WordColumn(Sex)))
    gender: Gender | None = Field(default=None, sa_type=stored_as(WordColumn(Gender)))
    state: MentorState = Field(
        default=MentorState.RECRUITED, sa_type=stored_as(WordColumn(MentorState))
    )
    peer_role: PeerRole = Field(
        default=PeerRole.PEER_MENTOR, sa_type=stored_as(WordColumn(PeerRole))
    )
    paid: bool = False
    pool: Pool = Field(default=Pool.ADULTS, sa_type=stored_as(WordColumn(Pool)))
    home: District
    travel_limit_km: int = Field(ge=0, le=500)
    places: int = Field(ge=0, le=MOST_PLACES)
    hours: frozenset[Hour] = Field(default=frozenset(), sa_type=stored_as(HoursColumn()))
    languages: frozenset[Language] = Field(
        default=frozenset({Language.ENGLISH}), sa_type=stored_as(WordSetColumn(Language))
    )
    cultures: frozenset[Culture] = Field(
        default=frozenset(), sa_type=stored_as(WordSetColumn(Culture))
    )
    needs: frozenset[Need] = Field(default=frozenset(), sa_type=stored_as(WordSetColumn(Need)))
    experiences: frozenset[Experience] = Field(
        default=frozenset(), sa_type=stored_as(WordSetColumn(Experience))
    )
    interests: frozenset[Interest] = Field(
        default=frozenset(), sa_type=stored_as(WordSetColumn(Interest))
    )
    wants: frozenset[Companion] = Field(
        default=frozenset(), sa_type=stored_as(WordSetColumn(Companion))
    )
    limits: frozenset[Group] = Field(default=frozenset(), sa_type=stored_as(WordSetColumn(Group)))
    consented_on: date | None = None
    past_addiction: bool | None = None
    offence_free_since: date | None = None
    substance_free_since: date | None = None
    arrested: bool = False
    knows_custody_and_court: bool = False


class Leaver(LeaverFacts, SentenceFacts, Versioned, Record, table=True):
    """A leaver as kept; `code` is one record's alone.

    Two prisons may each have a record under one prison number, until a manager
    says that they are one person: what one prison has on file says nothing at
    another. Within a prison `matcher/leavers_by_number.py` keeps them apart.
    `former_keys` are those by which another record of theirs was known that
    has become part of this one (`former.py`): links by them still hold.
    `ethnic_group` is no fact of the lists above: it is only counted, and no
    rule, score, plan or page about a person may look at it.
    """

    __table_args__ = (
        one_of("sex", Sex),
        one_of("gender", Gender),
        one_of("sentence_kind", SentenceKind),
        UniqueConstraint("code"),
        ForeignKeyConstraint(["prison"], ["prison.code"]),
    )

    created_at: datetime
    former_keys: tuple[str, ...] = Field(default=(), sa_type=sealed_list())
    prison_number_index: str | None = Field(default=None, index=True)
    ethnic_group: EthnicGroup | None = Field(default=None, sa_type=sealed_word(EthnicGroup))


class Mentor(MentorFacts, Versioned, Record, table=True):
    """A mentor as kept; `region` is the home region, whose manager is theirs.

    `taken_elsewhere` counts those of the `places` that pairs outside this
    service hold. `own_words` is what the mentor says of themselves in the
    introduction letter, `former_keys` by what another record that has become
    part of this one was known.
    """

    __table_args__ = (
        one_of("sex", Sex),
        one_of("gender", Gender),
        one_of("state", MentorState),
        one_of("peer_role", PeerRole),
        one_of("pool", Pool),
        one_of("region", Region),
        CheckConstraint("places BETWEEN 0 AND 20", name="places_range"),
        CheckConstraint("taken_elsewhere BETWEEN 0 AND 20", name="taken_elsewhere_range"),
        CheckConstraint("travel_limit_km BETWEEN 0 AND 500", name="travel_limit_km_range"),
        UniqueConstraint("code"),
        UniqueConstraint("prison_number_index"),
        ForeignKeyConstraint(["home"], ["district.code"]),
    )

    region: Region = Field(foreign_key="region.code", sa_type=stored_as(WordColumn(Region)))
    created_at: datetime
    state_since: datetime
    own_words: str = Field(default="", sa_type=sealed_text())
    former_keys: tuple[str, ...] = Field(default=(), sa_type=sealed_list())
    prison_number_index: str | None = None
    taken_elsewhere: int = 0

    @property
    def places_here(self) -> int:
        """How many pairs of this service the mentor can carry."""
        return max(0, self.places - self.taken_elsewhere)

    def move(self, move: MentorMove, *, now: datetime) -> None:
        """Change the mentor's standing at `now`, or raise IllegalMove."""
        self.state = after(move, self.state, MENTOR_STEPS, noun="mentor")
        self.state_since = now
