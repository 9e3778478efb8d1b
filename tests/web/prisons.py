"""The liaison's desk of one prison, for tests: who waits there, and who has a mentor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from sqlmodel import select

from models.council_words import PersonToAvoid
from models.meetings import Meeting
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.referrals import Referral
from models.states import MeetingKind, ReferralState, Role
from tests.matcher.accepted import an_accepted_pair
from tests.rows import a_leaver_row, a_referral
from tests.web.desks import Desks


@dataclass
class Waiting:
    """Someone put forward in HMP Leeds, and the browser of its liaison."""

    desks: Desks
    browser: FlaskClient
    leaver: Leaver
    referral: Referral

    @property
    def address(self) -> str:
        return f"/liaison/referrals/{self.referral.id}"

    def now(self, kind: type[Any], id_: Any) -> Any:
        """A row as it is now."""
        with self.desks.session() as db:
            return db.get(kind, id_)

    def change(self, what: str, /, **typed: Any) -> Any:
        """Send one page of changes as the page on screen would."""
        return self.browser.post(f"{self.address}/changes/{what}", data=self._on_screen() | typed)

    def _on_screen(self) -> dict[str, Any]:
        return {"version": str(self.now(Referral, self.referral.id).version)}

    def endorse(self) -> Any:
        return self.browser.post(f"{self.address}/endorsement", data=self._on_screen())

    def withdraw(self, **typed: Any) -> Any:
        """Tell that they want to stop, and confirm what is shown to follow."""
        version = str(self.now(Leaver, self.leaver.id).version)
        told = {"version": version, "said_by": "Siân"} | typed
        return self.browser.post(f"{self.address}/events/consent/confirmation", data=told)


def someone_waiting(desks: Desks, **told: Any) -> Waiting:
    """Someone whom a peer has put forward and nobody has endorsed."""
    leaver = a_leaver_row(first_name="Siân", surname="O’Neill")
    referral = a_referral(leaver, **{"state": ReferralState.PUT_FORWARD} | told)
    desks.keep(leaver, referral)
    return Waiting(desks, desks.browser_of(Role.LIAISON), leaver, referral)


@dataclass
class Matched(Waiting):
    """Someone with a mentor who has said yes, and a plan of meetings."""

    mentor: Mentor
    pair: Pair
    meetings: list[Meeting]

    def meeting(self, kind: MeetingKind, number: int = 1) -> Meeting:
        """One meeting of the plan as it was when the test began."""
        [found] = [one for one in self.meetings if (one.kind, one.number) == (kind, number)]
        return found


def someone_matched(desks: Desks, **told: Any) -> Matched:
    """Someone with a mentor, their meetings planned and none of them booked."""
    with desks.session() as db:
        there = an_accepted_pair(db, **told)
        there.plan()
        db.commit()
        meetings = there.meetings()
    browser = desks.browser_of(Role.LIAISON)
    rows = (there.leaver, there.referral, there.mentor, there.pair)
    return Matched(desks, browser, *rows, meetings)


def avoided_by(desks: Desks, leaver: Leaver) -> list[PersonToAvoid]:
    with desks.session() as db:
        theirs = select(PersonToAvoid).where(PersonToAvoid.leaver_id == leaver.id)
        return list(db.exec(theirs))
