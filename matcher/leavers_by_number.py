"""Who is on file under a prison number: known to their own prison alone.

At another prison a number on file reads exactly like one that is not. Whoever
is put forward there gets a record of their own, and a manager is asked whether
the two are one person; until then nothing of the one is shown on the other.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from matcher import twin_tasks
from matcher.former import has_number
from matcher.leaver_codes import new_leaver_code
from matcher.locks import hold_prison
from matcher.put_forward import open_referrals
from matcher.refusing import NotAllowed
from matcher.standings import standing_of
from matcher.told_by_council import PutForward
from models.people import Leaver, LeaverFacts
from models.vocabulary import Region

CLOSED = "This cannot be changed any more. What is on file stays as it is."
OF_PERSON = frozenset(LeaverFacts.model_fields) & PutForward.model_fields.keys() - {"release_date"}


def leaver_put_forward(db: Session, told: PutForward, *, prison: str, now: datetime) -> Leaver:
    """Return the leaver of an earlier referral of this prison, which must be over, or a new one.

    NotAllowed for who is put forward here already, is known here with another
    date of birth, or has died. Two who put the same person forward at once
    wait for each other: a prison has one record of each number.
    """
    hold_prison(db, prison)
    return _known(db, told, prison) or _new(db, told, prison, now)


def tell_of_person(leaver: Leaver, told: PutForward) -> None:
    """Keep who someone is, as told."""
    for name in sorted(OF_PERSON):
        # An old prison number of theirs finds them, and stays an old one.
        if getattr(told, name) not in leaver.former_keys:
            setattr(leaver, name, getattr(told, name))
    if "ethnic_group" in told.model_fields_set:
        leaver.ethnic_group = told.ethnic_group


def refuse_number_of_another(db: Session, leaver: Leaver, prison_number: str) -> None:
    """Raise NotAllowed if someone else in the leaver's own prison has this number."""
    others = (one.id for one in _here(db, prison_number, leaver.prison))
    if any(one != leaver.id for one in others):
        raise NotAllowed("Someone else has this prison number here. Check it.")


def ask_about_number(db: Session, leaver: Leaver, region: Region, *, now: datetime) -> None:
    """Ask the manager of a region about each other record with a leaver's prison number, once."""
    db.flush()
    same = select(Leaver.id).where(has_number(Leaver, leaver.prison_number))
    for other in db.exec(same.where(Leaver.id != leaver.id)).all():
        twin_tasks.ask_about_leaver(db, leaver.id, other, region, now=now)


def _known(db: Session, told: PutForward, prison: str) -> Leaver | None:
    found = _here(db, told.prison_number, prison)
    if open_referrals(db, *found):
        raise NotAllowed("This person has been put forward already.")
    theirs = [one for one in found if one.birth_date == told.birth_date]
    if found and not theirs:
        raise NotAllowed("The prison number and the date of birth do not go together. Check both.")
    if any(standing_of(db, one).dead for one in theirs):
        raise NotAllowed(CLOSED)
    return theirs[0] if theirs else None


def _here(db: Session, prison_number: str, prison: str) -> list[Leaver]:
    """Return whom one prison has under a number, the oldest record first."""
    here = select(Leaver).where(has_number(Leaver, prison_number), Leaver.prison == prison)
    in_order = here.order_by(col(Leaver.created_at), col(Leaver.id))
    return list(db.exec(in_order.with_for_update()).all())


def _new(db: Session, told: PutForward, prison: str, now: datetime) -> Leaver:
    leaver = Leaver(
        code=new_leaver_code(db),
        prison_number=told.prison_number,
        birth_date=told.birth_date,
        sex=told.sex,
        prison=prison,
        created_at=now,
    )
    db.add(leaver)
    return leaver
