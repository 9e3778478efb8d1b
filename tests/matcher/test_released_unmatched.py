from datetime import timedelta

import pytest
from sqlmodel import select

from matcher.core.sending import local_day
from matcher.released_unmatched import close_released
from models.desk_words import TaskKind
from models.outbox import Letter
from models.states import EndReason, PairState, ReferralState
from models.vocabulary import Region
from tests.rows import NOW, a_leaver_row, a_mentor_row, a_pair, a_referral, a_task, places_of

YESTERDAY = local_day(NOW) - timedelta(days=1)


def put(db, release_date, state=ReferralState.WAITING):
    leaver = a_leaver_row(release_date=release_date)
    referral = a_referral(leaver, state=state)
    db.add_all([leaver, referral])
    db.flush()
    return referral


@pytest.mark.parametrize(
    "state", [ReferralState.PUT_FORWARD, ReferralState.ENDORSED, ReferralState.WAITING]
)
def test_whoever_left_yesterday_without_a_mentor_is_released_unmatched(state, db):
    referral = put(db, YESTERDAY, state)

    closed = close_released(db, now=NOW)

    assert closed == [referral]
    assert referral.state is ReferralState.RELEASED_UNMATCHED


def test_on_the_day_itself_and_without_a_date_nothing_is_closed(db):
    put(db, local_day(NOW))
    put(db, None)

    assert close_released(db, now=NOW) == []


@pytest.mark.parametrize("state", [ReferralState.MATCHED, ReferralState.WITHDRAWN])
def test_who_has_a_mentor_or_was_withdrawn_stays_so(state, db):
    referral = put(db, YESTERDAY, state)

    close_released(db, now=NOW)

    assert referral.state is state


@pytest.mark.parametrize(
    ("state", "reason"),
    [(PairState.PROPOSED, EndReason.WITHDRAWN), (PairState.OFFERED, EndReason.EXPIRED)],
)
def test_an_offer_still_open_ends_and_nothing_more_is_sent(state, reason, db):
    referral = put(db, YESTERDAY)
    mentor = a_mentor_row()
    leaver_id = referral.leaver_id
    pair = a_pair(referral, mentor, state=state)
    db.add_all([mentor, *places_of(mentor), pair])
    task = a_task(kind=TaskKind.NO_GATE_COVER, leaver_id=leaver_id, region=Region.YORKSHIRE)
    db.add(task)
    db.flush()

    close_released(db, now=NOW)

    assert (pair.state, pair.end_reason) == (PairState.ENDED, reason)
    assert task.done_at == NOW
    assert db.exec(select(Letter)).all() == []
