"""One leaver and one mentor for tests of the mentor's pages, with everything in date."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.accounts import Account
from models.meetings import Meeting
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.referrals import Referral
from models.states import (
    EndReason,
    MeetingKind,
    MeetingState,
    PairState,
    ReferralState,
    Role,
)
from tests.rows import (
    BOOKED,
    NOW,
    a_leaver_row,
    a_meeting,
    a_mentor_row,
    a_pair,
    a_referral,
    a_screening,
    places_of,
    vetting_of,
)
from tests.web.desks import Desks

ANSWER_BY = datetime(2026, 11, 26, 17, tzinfo=NOW.tzinfo)


@dataclass
class Walk:
    """A pair, the people in it, and the mentor's account."""

    desks: Desks
    leaver: Leaver
    referral: Referral
    mentor: Mentor
    pair: Pair
    account: Account

    def browser(self) -> FlaskClient:
        return self.desks.browser(self.account)

    def read(self, kind: type[Any], *ids: Any) -> Any:
        """The row as it now is."""
        with self.desks.session() as db:
            return db.get(kind, ids[0] if len(ids) == 1 else ids)

    def meeting(self, **told: Any) -> Meeting:
        meeting = a_meeting(self.pair, **told)
        self.desks.keep(meeting)
        return meeting

    def follow_up(self, **told: Any) -> Meeting:
        """A follow-up that nobody has booked; its last day is the day of the tests."""
        day = NOW.date()
        days = {"window_first": day - timedelta(days=3), "window_last": day, "book_by": day}
        return self.meeting(**{"kind": MeetingKind.FOLLOW_UP, "number": 1} | days | told)


def body(answer: TestResponse) -> str:
    """A page without the token of its forms, which is another each second."""
    return re.sub(r'(name="csrf_token"[^>]*value=")[^"]+', r"\1", answer.text)


def an_offer(desks: Desks, **of_leaver: Any) -> Walk:
    """A pair that is offered; what is told is the leaver's own."""
    told = {"state": PairState.OFFERED, "answer_by": ANSWER_BY}
    return _walk(desks, ReferralState.WAITING, of_leaver, told)


def a_walk(desks: Desks, state: PairState = PairState.ACCEPTED, **of_leaver: Any) -> Walk:
    """A pair that the mentor has said yes to."""
    told = {"state": state, "accepted_at": NOW - timedelta(days=10)}
    return _walk(desks, ReferralState.MATCHED, of_leaver, told)


def a_walk_that_ended(
    desks: Desks, reason: EndReason, since: datetime = NOW, **of_leaver: Any
) -> Walk:
    ended = {"state": PairState.ENDED, "end_reason": reason, "place_number": None}
    told = ended | {"accepted_at": NOW - timedelta(days=40), "state_since": since}
    return _walk(desks, ReferralState.WAITING, of_leaver, told)


def booked(day: date, hour: int = 10, **told: Any) -> dict[str, Any]:
    """What a meeting booked at an hour of a winter's day has more than a planned one."""
    starts = datetime(day.year, day.month, day.day, hour, tzinfo=NOW.tzinfo)
    times = {"starts_at": starts, "starts_local": starts.replace(tzinfo=None)}
    days = {"window_first": day, "window_last": day, "book_by": day}
    return BOOKED | {"state": MeetingState.BOOKED} | times | days | told


def _walk(
    desks: Desks, state: ReferralState, of_leaver: dict[str, Any], of_pair: dict[str, Any]
) -> Walk:
    leaver, mentor = a_leaver_row(**of_leaver), a_mentor_row()
    referral = a_referral(leaver, state=state)
    told = {"explanation": "Canaryreason", "override_reason": "Canaryoverride"}
    manager = desks.account(Role.MANAGER)
    pair = a_pair(referral, mentor, overridden_by=manager.id, **told | of_pair)
    desks.keep(leaver, mentor, referral)
    desks.keep(*places_of(mentor), *vetting_of(mentor), a_screening(leaver))
    desks.keep(pair)
    account = desks.account(Role.MENTOR, mentor_id=mentor.id)
    return Walk(desks, leaver, referral, mentor, pair, account)
