"""Telling the practitioner of a leaver on licence that there is news of a pair."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from matcher import journey, post
from matcher.told_by_council import practitioner_of
from models.pairs import Pair
from models.referrals import Screening
from models.rows import newest
from models.states import Channel, LetterKind


def tell_practitioner(db: Session, pair: Pair, *, now: datetime) -> None:
    """Ask the practitioner to ring, if the leaver is on licence and there is an address.

    What the news is they hear by telephone: that there is a pair, or that a
    gate was missed.
    """
    screened = newest(Screening, "leaver_id").where(Screening.leaver_id == pair.leaver_id)
    screening = db.exec(screened).first()
    practitioner = practitioner_of(db, pair.leaver_id)
    if not (screening and screening.on_licence and practitioner and practitioner.email):
        return
    kind = LetterKind.PRACTITIONER_NEWS
    post.plan_letter(
        db,
        kind,
        Channel.EMAIL,
        post.to_practitioner(pair.leaver_id),
        now=now,
        leaver_id=pair.leaver_id,
        pair_id=pair.id,
        generation=journey.next_generation(db, kind, pair.id),
    )
