"""Two records are one person: what is asked before, and what becomes of the two.

A manager says which record stays. Everything that points to the other is
pointed to it, what both say is kept once, and by its old code and number the
record that goes still finds the person. Told again it changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlmodel import Session

from matcher.endings import live_pair_of
from matcher.former import called
from matcher.life_facts import Merged
from matcher.merge_refusals import refuse
from matcher.merged_leavers import join_leavers
from matcher.merged_mentors import join_mentors, live_pairs_of
from matcher.put_forward import open_referrals
from matcher.refusing import InTheWay, NotAllowed
from matcher.screened_twice import screened_differently
from matcher.stood import News, Stood, stood
from matcher.twin_tasks import settle_merged
from models.database import wait_for_other_runs
from models.people import Leaver, Mentor

Person = Leaver | Mentor

SAME = "This is the same record. Give the code of the other one."


@dataclass(frozen=True)
class Joining:
    """Two records about to be one: how both stood before, and what will become of them."""

    before: Stood
    sentences: tuple[str, ...]


def asked(db: Session, stays: Person, facts: Merged) -> Joining | None:
    """Return what joining the two records means, or None if they are one already.

    NotAllowed if there is no such record, or the two cannot be one person.
    """
    goes = called(db, type(stays), facts.goes)
    if goes is None:
        noun = type(stays).__name__.lower()
        there_is_none = f"There is no {noun} with the code {facts.goes}. Check each letter."
        raise NotAllowed(InTheWay(there_is_none, "goes"))
    if goes.id == stays.id:
        if facts.goes == stays.code:
            raise NotAllowed(InTheWay(SAME, "goes"))
        return None
    wait_for_other_runs(db)
    for person_id in sorted((stays.id, goes.id)):
        db.get_one(type(stays), person_id, with_for_update=True)
    refuse(db, stays, goes, mistaken=facts.mistaken)
    return Joining(both(stood(db, stays), stood(db, goes)), tuple(_becomes(db, stays, goes)))


def joins(db: Session, stays: Person, news: News) -> None:
    """Make one record of two, and let everything that happened to either count for the one."""
    goes = called(db, type(stays), str(news.event.facts["goes"]))
    if goes is None or goes.id == stays.id:
        return
    settle_merged(db, goes.id, by=news.by, now=news.now)
    if isinstance(stays, Leaver) and isinstance(goes, Leaver):
        join_leavers(db, stays, goes, news)
    elif isinstance(stays, Mentor) and isinstance(goes, Mentor):
        join_mentors(db, stays, goes, news)
    db.flush()


def both(one: Stood, other: Stood) -> Stood:
    """Return how it stood with two records, as if they were one; the first one's date counts."""
    return replace(
        one,
        meetings={**other.meetings, **one.meetings},
        pairs={**other.pairs, **one.pairs},
        unsent={**other.unsent, **one.unsent},
        cancelled=one.cancelled | other.cancelled,
        asked=one.asked | other.asked,
        calls=one.calls | other.calls,
    )


def _becomes(db: Session, stays: Person, goes: Person) -> Iterator[str]:
    yield f"{goes.code} becomes part of {stays.code}. Both codes still find this person."
    if goes.prison_number and stays.prison_number not in (None, goes.prison_number):
        yield "Both prison numbers are kept, and each finds this person."
    if isinstance(stays, Leaver) and isinstance(goes, Leaver):
        if len(open_referrals(db, stays, goes)) > 1:
            yield "They are put forward twice. The referral that has come further stays."
        if live_pair_of(db, stays.id) and live_pair_of(db, goes.id):
            yield "They have two mentors. The pair that has come further stays."
        if screened_differently(db, stays, goes):
            yield "They were screened twice. The more careful answers count: screen again."
    elif isinstance(goes, Mentor):
        count = len(live_pairs_of(db, goes))
        if count:
            yield f"{'A leaver goes' if count == 1 else f'{count} leavers go'} with the record."
