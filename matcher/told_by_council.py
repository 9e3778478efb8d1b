"""What a council says of one person, and how the words that no rule looks at are kept.

Who to avoid, notes and contacts are added to, never overwritten: whoever
writes them does not read them again, so a field left empty says nothing.
That the mentor may have no way to reach someone is told by saying so: a
contact's `shares` None.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from sqlmodel import Session, col

from models.contacts import Contact, ContactFacts, Practitioner, PractitionerFacts
from models.council_words import Note, PersonToAvoid
from models.ethnic_groups import EthnicGroup
from models.facts import CaseNumber, Facts, Name, PrisonNumber
from models.people import Leaver
from models.referrals import ReferralFacts
from models.release_words import SentenceKind
from models.rows import newest
from models.vocabulary import Experience, Gender, Region, Sex

FullName = Annotated[Name, StringConstraints(min_length=1)]


class Avoid(Facts):
    """Someone the leaver must not meet, in the leaver's own words."""

    name: FullName
    birth_date: date | None = None
    why: str = ""


class PutForward(ReferralFacts):
    """All that a council says of one person.

    `release_date` is as the person knows it; the prison's own dates come
    first. `may_show` are those of the experiences that the mentor may see.
    `ethnic_group` says None only where someone would rather not say it: left
    out, it leaves what was told before.
    """

    prison_number: PrisonNumber
    crn: CaseNumber | None = None
    first_name: FullName
    surname: FullName
    birth_date: date
    sex: Sex
    gender: Gender | None = None
    ethnic_group: EthnicGroup | None = None
    release_date: date | None = None
    sentence_kind: SentenceKind = SentenceKind.DETERMINATE
    may_show: frozenset[Experience] = frozenset()
    contact: ContactFacts = Field(default_factory=ContactFacts)
    avoid: tuple[Avoid, ...] = ()
    note: str = ""
    note_shareable: bool = False
    consented_on: date

    @model_validator(mode="after")
    def shows_only_what_is_ticked(self) -> PutForward:
        """Refuse to show the mentor an experience that nobody ticked."""
        if not self.may_show <= self.experiences:
            raise ValueError("only an experience that is ticked can be shown to the mentor")
        return self


class Completed(PutForward):
    """The same as the liaison puts it right; `region` overrules the one that the district gives."""

    region: Region | None = None
    practitioner: PractitionerFacts = Field(default_factory=PractitionerFacts)


def keep_words(
    db: Session, leaver: Leaver, told: PutForward, *, by: UUID | None, now: datetime
) -> None:
    """Keep who to avoid, the note, and how to reach the leaver."""
    recorded: dict[str, Any] = {"leaver_id": leaver.id, "recorded_at": now, "recorded_by": by}
    db.add_all(PersonToAvoid(**dict(person), **recorded) for person in told.avoid)
    if told.note.strip():
        db.add(Note(text=told.note.strip(), shareable=told.note_shareable, **recorded))
    no_way = {"shares"} & told.contact.model_fields_set
    said = {name: way for name, way in dict(told.contact).items() if way or name in no_way}
    _keep(db, Contact, leaver, said, recorded)


def keep_practitioner(
    db: Session, leaver: Leaver, told: PractitionerFacts, *, by: UUID | None, now: datetime
) -> None:
    """Keep who the leaver's practitioner is: another person's number is never left standing."""
    recorded: dict[str, Any] = {"leaver_id": leaver.id, "recorded_at": now, "recorded_by": by}
    if told != PractitionerFacts():
        _keep(db, Practitioner, leaver, dict(told), recorded)


def practitioner_of(db: Session, leaver_id: UUID) -> Practitioner | None:
    """Return the practitioner on file for a leaver, if there is one."""
    of_leaver = newest(Practitioner, "leaver_id").where(col(Practitioner.leaver_id) == leaver_id)
    return db.exec(of_leaver).first()


def _keep(
    db: Session,
    kind: type[Contact | Practitioner],
    leaver: Leaver,
    said: dict[str, Any],
    recorded: dict[str, Any],
) -> None:
    """Add a row to a history where something new is said; what is not said stays as it was."""
    stands = db.exec(newest(kind, "leaver_id").where(kind.leaver_id == leaver.id)).first()
    names = (ContactFacts if kind is Contact else PractitionerFacts).model_fields
    known = {name: getattr(stands or kind(**recorded), name) for name in names}
    facts = known | said
    if facts == known:
        return
    if stands and stands.recorded_at == recorded["recorded_at"]:
        stands.sqlmodel_update(facts)
    else:
        db.add(kind(**facts, **recorded))
