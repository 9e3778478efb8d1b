"""One person put forward by a council, from the form to the manager's desk, or withdrawn.

Verbs: they take the session and `now`, never commit and never read the
clock. What a missing or impossible fact forbids raises NotAllowed, and then
nothing has changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session

from matcher import post, tasks
from matcher.consents_said import record_on_form
from matcher.core.sending import local_day
from matcher.core.working_days import YEARS
from matcher.endings import end_pair, let_standbys_go, live_pair_of
from matcher.leavers_by_number import (
    CLOSED,
    ask_about_number,
    leaver_put_forward,
    refuse_number_of_another,
    tell_of_person,
)
from matcher.locks import hold_leavers
from matcher.people_to_avoid import ask_about_new, wait_or_hold
from matcher.rechecks import recheck_leaver
from matcher.refusing import NotAllowed
from matcher.release_on_file import (
    expected_of,
    is_same_person,
    set_past_dates_aside,
    settle_dates,
)
from matcher.standings import note_event
from matcher.told_by_council import (
    Avoid,
    Completed,
    PutForward,
    keep_practitioner,
    keep_words,
)
from models.desk_words import FilledIn, TaskKind
from models.people import Leaver
from models.reference import districts
from models.referrals import BEFORE_MATCH, Referral, ReferralFacts
from models.rows import count_change
from models.states import EventKind, Move, Pathway, ReferralMove, ReferralState

__all__ = [
    "Avoid",
    "Completed",
    "PutForward",
    "complete",
    "endorse",
    "is_still_open",
    "missing_for_endorsing",
    "put_forward",
    "withdraw",
]

CHOSEN_BY = (
    "Their mentor was chosen by this, so it stays as it is. If it is wrong, ring the regional "
    "manager."
)
OF_REFERRAL = frozenset(ReferralFacts.model_fields) - {"ruled_out", "chosen"} | {"may_show"}


def put_forward(
    db: Session,
    told: PutForward,
    *,
    prison: str,
    by: UUID | None,
    now: datetime,
    form_id: UUID | None = None,
    filled_in: FilledIn = FilledIn.SIDE_BY_SIDE,
) -> Referral:
    """Put someone in this prison forward and return the referral; the leaver has a code to quote.

    Someone expected from a report of the same prison has the report's dates.
    The referral takes the id of its form, which leads to it; `filled_in` says
    how that came. NotAllowed for a person put forward already. Who is on file
    at another prison gets a record here too; a manager says if the two are one.
    """
    _refuse_impossible(told, now)
    leaver = leaver_put_forward(db, told, prison=prison, now=now)
    tell_of_person(leaver, told)
    began: dict[str, Any] = {"created_at": now, "state_since": now}
    referral = Referral(
        **_of_referral(told),
        id=form_id or uuid4(),
        leaver_id=leaver.id,
        region=districts()[told.resettling_in].region,
        filled_in=filled_in,
        **began,
    )
    db.add(referral)
    referral.move(ReferralMove.PUT_FORWARD, by=by, now=now)
    db.flush()
    keep_words(db, leaver, told, by=by, now=now)
    record_on_form(db, leaver, told, by=by, now=now)
    if told.pathway is Pathway.THROUGH_THE_GATE:
        set_past_dates_aside(db, leaver, local_day(now), by=by, now=now)
    settle_dates(db, leaver, told.release_date, anew=True, by=by, now=now)
    ask_about_number(db, leaver, referral.region, now=now)
    return referral


def complete(
    db: Session, referral: Referral, told: Completed, *, by: UUID | None, now: datetime
) -> None:
    """Put right what was said of someone; a page made before that is stale.

    Contacts, notes and who to avoid are added to; the rest is as told now.
    An offer that the new facts rule out is taken back, and so is one to a
    leaver who now names someone they must not meet. Once there is a mentor,
    what the mentor was chosen by stays, and with the pair's end all of it.
    """
    _refuse_too_late(db, referral, told)
    _refuse_impossible(told, now)
    leaver = db.get_one(Leaver, referral.leaver_id)
    refuse_number_of_another(db, leaver, told.prison_number)
    tell_of_person(leaver, told)
    if told.region or referral.resettling_in != told.resettling_in:
        referral.region = told.region or districts()[told.resettling_in].region
    for name, value in _of_referral(told).items():
        setattr(referral, name, value)
    keep_words(db, leaver, told, by=by, now=now)
    if referral.state in BEFORE_MATCH:
        settle_dates(db, leaver, told.release_date, by=by, now=now)
    wait_or_hold(db, referral, by=by, now=now)
    if told.avoid:
        ask_about_new(db, referral, now=now)
    keep_practitioner(db, leaver, told.practitioner, by=by, now=now)
    count_change(db, referral)
    ask_about_number(db, leaver, referral.region, now=now)
    recheck_leaver(db, leaver.id, now=now)


def is_still_open(db: Session, referral: Referral) -> bool:
    """Say whether anything about someone may still be put right: until their pair has ended."""
    if referral.state is not ReferralState.MATCHED:
        return referral.state in BEFORE_MATCH
    pair = live_pair_of(db, referral.leaver_id)
    return pair is not None and pair.referral_id == referral.id


def missing_for_endorsing(db: Session, referral: Referral) -> list[str]:
    """Return what the liaison must still add or settle, a sentence each; empty if nothing."""
    leaver = db.get_one(Leaver, referral.leaver_id)
    expected = expected_of(db, leaver)
    missing = {
        "Give a release date: none is on file.": leaver.release_date is None,
        "Tick what they want help with, at least one thing.": not referral.needs,
        "Record the day on which they gave consent.": referral.consented_on is None,
        "The prison's report has another date of birth for this prison number. Check both.": (
            expected is not None and not is_same_person(expected, leaver)
        ),
    }
    return [sentence for sentence, is_missing in missing.items() if is_missing]


def endorse(db: Session, referral: Referral, *, by: UUID | None, now: datetime) -> None:
    """Send a referral on to the manager; NotAllowed names what is missing."""
    missing = missing_for_endorsing(db, referral)
    if missing:
        raise NotAllowed(*missing)
    referral.move(ReferralMove.ENDORSE, by=by, now=now)
    db.flush()


def withdraw(db: Session, referral: Referral, *, by: UUID | None, now: datetime) -> None:
    """Take a referral back: the leaver no longer consents, or does not want it.

    The pair ends, every letter about the leaver that is not yet sent is
    cancelled, and a mentor who had accepted is stood down.
    """
    hold_leavers(db, [referral.leaver_id])
    referral.move(ReferralMove.WITHDRAW, by=by, now=now)
    pair = live_pair_of(db, referral.leaver_id)
    if pair and pair.referral_id == referral.id:
        end_pair(db, pair, Move.WITHDRAW, by=by, now=now)
        let_standbys_go(db, pair, now=now)
    post.cancel_letters(db, now=now, leaver_id=referral.leaver_id)
    _settle_tasks(db, referral, by=by, now=now)
    kind, told = EventKind.CONSENT_WITHDRAWN, {"referral": str(referral.id)}
    note_event(db, kind, referral.id, facts=told, leaver_id=referral.leaver_id, by=by, now=now)


def _settle_tasks(db: Session, referral: Referral, *, by: UUID | None, now: datetime) -> None:
    """Nothing more is asked about the leaver; whoever is to be rung still is."""
    tasks.settle(
        db,
        set(TaskKind) - tasks.NEVER_NEEDLESS,
        outcome="The referral was withdrawn.",
        leaver_id=referral.leaver_id,
        by=by,
        now=now,
    )


def _refuse_too_late(db: Session, referral: Referral, told: Completed) -> None:
    """Raise NotAllowed for what may not be put right any more."""
    if not is_still_open(db, referral):
        raise NotAllowed(CLOSED)
    choosing = _of_referral(told) | ({"region": told.region} if told.region else {})
    is_other = any(getattr(referral, name) != value for name, value in choosing.items())
    if is_other and referral.state is ReferralState.MATCHED:
        raise NotAllowed(CHOSEN_BY)


def _refuse_impossible(told: PutForward, now: datetime) -> None:
    sentences = list(_impossible(told, now))
    if sentences:
        raise NotAllowed(*sentences)


def _impossible(told: PutForward, now: datetime) -> Iterator[str]:
    """Yield what cannot be right in what was told, with what to do."""
    today, release = local_day(now), told.release_date
    if told.resettling_in not in districts():
        yield (
            f"We do not know the postcode district {told.resettling_in}. Give the first half of "
            "the postcode, such as LS6."
        )
    if told.consented_on > today:
        yield "The day of consent has not come yet. Give the day on which they said yes."
    if told.birth_date >= today:
        yield "The date of birth has not come yet. Check the year."
    if release and release.year + 1 not in YEARS:
        yield "The release date is too far away. Check the year."
    elif release and release < today and told.pathway is Pathway.THROUGH_THE_GATE:
        yield "The release date has passed. Give the one ahead, or leave it empty."


def _of_referral(told: PutForward) -> dict[str, Any]:
    return {name: getattr(told, name) for name in sorted(OF_REFERRAL)}
