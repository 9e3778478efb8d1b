"""A manager's region for tests: leavers and mentors with everything in date, and who looks."""

from dataclasses import dataclass
from functools import cached_property
from html import unescape
from typing import Any

from flask.testing import FlaskClient

from models.council_words import PersonToAvoid
from models.pairs import Pair, PairHistory
from models.people import Leaver, Mentor
from models.referrals import Referral
from models.states import PairState, ReferralState, Role
from tests.rows import (
    NOW,
    a_leaver_row,
    a_mentor_row,
    a_pair,
    a_referral,
    a_screening,
    places_of,
    vetting_of,
)
from tests.web.desks import Desks

SENTENCES = "Both came through a first time in prison.\n\n\n\nHigh risk to staff: weigh it."


@dataclass
class OwnRegion:
    """Yorkshire, with a browser in which its manager is signed in."""

    desks: Desks

    @cached_property
    def browser(self) -> FlaskClient:
        return self.desks.browser_of(Role.MANAGER)

    def referral(self, state: ReferralState = ReferralState.WAITING, **told: Any) -> Referral:
        """A referral; `leaver` is what is told of the leaver. Screened from waiting on."""
        leaver = a_leaver_row(**told.pop("leaver", {}))
        referral = a_referral(leaver, state=state, **told)
        past = state in (ReferralState.WAITING, ReferralState.MATCHED)
        self.desks.keep(leaver, referral, *([a_screening(leaver)] if past else []))
        return referral

    def mentor(self, **told: Any) -> Mentor:
        mentor = a_mentor_row(**told)
        self.desks.keep(mentor, *places_of(mentor), *vetting_of(mentor))
        return mentor

    def pair(self, state: PairState = PairState.PROPOSED, **told: Any) -> Pair:
        """A pair of a new leaver and a new mentor."""
        matched = ReferralState.MATCHED if state is PairState.ACCEPTED else ReferralState.WAITING
        referral = told.pop("referral", None) or self.referral(matched)
        mentor = told.pop("mentor", None) or self.mentor()
        pair = a_pair(referral, mentor, **{"explanation": SENTENCES, "state": state} | told)
        line = PairHistory(pair_id=pair.id, to_state=PairState.PROPOSED, moved_at=NOW)
        self.desks.keep(pair, line)
        return pair

    def avoided(self, referral: Referral, **told: Any) -> PersonToAvoid:
        own = {"name": "Cousin Canary", "why": "He owes me.", "leaver_id": referral.leaver_id}
        person = PersonToAvoid(**own | {"recorded_at": NOW} | told)
        self.desks.keep(person)
        return person

    def page(self, address: str) -> str:
        """The text of a page that is there."""
        answer = self.browser.get(address)
        assert answer.status_code == 200, (answer.status_code, answer.text)
        return unescape(answer.text)

    def leaver(self, referral: Referral) -> Leaver:
        with self.desks.session() as db:
            return db.get_one(Leaver, referral.leaver_id)


def day(name: str, year: int, month: int, date: int) -> dict[str, list[str]]:
    """The three parts of a day as a form sends them."""
    return {name: [str(date), str(month), str(year)]}
