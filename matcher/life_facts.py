"""What is told of an event: the questions, their answers, and one sentence for each wrong one.

The title of a field is the question as a form asks it, its description what
to do if the answer will not do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import NoneType
from typing import Any, TypeVar, get_args

from pydantic import ConfigDict, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from sqlmodel import Field

from matcher.refusing import InTheWay, NotAllowed
from models.desk_words import AwayReason, LapseReason, LapseStep, RiskPart
from models.facts import Code, Facts, Name
from models.reference import prisons
from models.release_words import DateKind

_GIVE_A_DAY = "Give a day, such as 27 3 2027."
_ORDER = "The last day comes before the first. Put one of the two right."


class Told(Facts):
    """What is told of an event: no field unknown, no value guessed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class SaidBySomeone(Told):
    """What someone told whoever keeps it; who said it makes no other event of it."""

    said_by: Name = Field(
        default="", title="Who told you?", description="Write the name of who told you."
    )


class OnADay(SaidBySomeone):
    """Something that happened on a day and needs no more words."""

    on: date = Field(title="On which day was this?", description=_GIVE_A_DAY)


class DateGiven(Told):
    """A release date as given: which, the day (None: taken away), and who said so."""

    kind: DateKind = Field(title="Which date is it?", description="Choose which date it is.")
    day: date | None = Field(default=None, title="What day is it?", description=_GIVE_A_DAY)
    source: str = Field(
        min_length=1, title="Where does it come from?", description="Say where it comes from."
    )
    given_by: Name = Field(
        default="", title="Who gave it?", description="Give a name of 80 letters at most."
    )
    has_left: bool | None = Field(
        default=None, title="Have they left prison?", description="Choose yes or no."
    )


class LeftPrison(Told):
    """The day on which someone really left prison, and who said so."""

    on: date = Field(title="On which day did they leave prison?", description=_GIVE_A_DAY)
    source: str = Field(
        default="the prison",
        min_length=1,
        title="Who says so?",
        description="Say where it comes from.",
    )
    given_by: Name = Field(
        default="", title="Who gave it?", description="Give a name of 80 letters at most."
    )


class Transferred(OnADay):
    """Moved to another prison."""

    prison: str = Field(
        title="Which prison are they in now?", description="Choose a prison from the list."
    )

    @field_validator("prison")
    @classmethod
    def is_a_prison(cls, code: str) -> str:
        """Refuse a code that no prison has."""
        if code not in prisons():
            raise ValueError("Choose a prison from the list.")
        return code


class Away(SaidBySomeone):
    """Away from prison without being released; `until` is the last day, None if nobody knows."""

    on: date = Field(title="From which day are they away?", description=_GIVE_A_DAY)
    until: date | None = Field(
        default=None, title="What is the last day, if it is known?", description=_GIVE_A_DAY
    )
    why: AwayReason = Field(title="Where are they?", description="Choose where they are.")

    @model_validator(mode="after")
    def is_in_order(self) -> Away:
        """Refuse a spell that ends before it begins."""
        if self.until and self.until < self.on:
            raise ValueError(_ORDER)
        return self


class NewSentence(OnADay):
    """A new sentence, or held on remand."""

    remand: bool = Field(
        default=False, title="Are they on remand?", description="Choose yes or no."
    )


class NotReleased(OnADay):
    """Did not leave on the day, or was arrested at the gate; `came_out` takes that back."""

    arrested: bool = Field(
        default=False, title="Were they arrested at the gate?", description="Choose yes or no."
    )
    came_out: bool = Field(
        default=False, title="Did they come out after all?", description="Choose yes or no."
    )


class AtLarge(OnADay):
    """Unlawfully at large since a day; `back_on` is told when they are back."""

    back_on: date | None = Field(
        default=None, title="On which day did they come back?", description=_GIVE_A_DAY
    )

    @model_validator(mode="after")
    def is_in_order(self) -> AtLarge:
        """Refuse a return before the day they were missed."""
        if self.back_on and self.back_on < self.on:
            raise ValueError(_ORDER)
        return self


class RiskChanged(OnADay):
    """Something that the rules look at has changed; what it is, a manager screens."""

    what: RiskPart = Field(title="What has changed?", description="Choose what has changed.")


class Withdrawn(SaidBySomeone):
    """Consent is withdrawn, for everything; no reason is asked."""


class Lapsed(SaidBySomeone):
    """A mentor pauses, ends or comes back; of a pause for themselves no reason is asked."""

    step: LapseStep = Field(title="What happens now?", description="Choose what happens now.")
    why: LapseReason | None = Field(
        default=None, title="Why?", description="Choose why, or leave it open."
    )

    @model_validator(mode="after")
    def comes_back_without_a_reason(self) -> Lapsed:
        """Refuse a reason for coming back."""
        if self.step is LapseStep.BACK and self.why:
            raise ValueError("Nobody needs a reason to come back. Leave it empty.")
        return self


class Merged(Told):
    """Two records are one person: the code of the one that goes, and who said so.

    `mistaken` is the manager's word that another sex or date of birth on the
    record that goes was a mistake.
    """

    goes: Code = Field(
        title="Which record is the same person?",
        description="Give the code of the other record, such as GM-7K4QX.",
    )
    said_by: Name = Field(
        min_length=1,
        title="Who says that they are one person?",
        description="Give the name of who says so, in 80 letters at most.",
    )
    mistaken: bool = Field(
        default=False,
        title="Is the date of birth or the sex on that record a mistake?",
        description="Choose yes or no.",
    )


@dataclass(frozen=True)
class Question:
    """One question as a form asks it: what kind of answer, and what to do if there is none."""

    title: str
    kind: type[Any]
    what_to_do: str
    must_be_answered: bool


def questions_of(kind: type[Told]) -> dict[str, Question]:
    """Return the questions of an event in their order, by the fact that each asks for."""
    return {name: _asked(field) for name, field in kind.model_fields.items()}


def _asked(field: FieldInfo) -> Question:
    kinds = get_args(field.annotation) or (field.annotation,)
    [kind] = [one for one in kinds if one is not None and one is not NoneType]
    return Question(field.title or "", kind, field.description or "", field.is_required())


Kind = TypeVar("Kind", bound=Told)


def checked(kind: type[Kind], told: Mapping[str, Any]) -> Kind:
    """Return what was told as facts, or NotAllowed with a sentence for each wrong answer."""
    try:
        return kind(**told)
    except ValidationError as wrong:
        raise NotAllowed(*(_sentence(kind, dict(error)) for error in wrong.errors())) from wrong


def _sentence(kind: type[Told], error: dict[str, Any]) -> InTheWay:
    about = str(error["loc"][0]) if error["loc"] else None
    field = kind.model_fields.get(about or "")
    said = str(error["ctx"]["error"]) if error["type"] == "value_error" else ""
    if error["type"] == "extra_forbidden":
        said = "This question is not asked here. Leave it out."
    return InTheWay(said or (field.description if field else "") or error["msg"], about)
