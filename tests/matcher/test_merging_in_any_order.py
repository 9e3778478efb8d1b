"""A merge and what happens around it come out the same, whichever is told first."""

from contextlib import suppress
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from matcher import life_events
from matcher.core.sending import local_day
from matcher.life_facts import AtLarge, Away, NewSentence, OnADay, Transferred, Withdrawn
from matcher.refusing import NotAllowed
from matcher.release_changes import move_date
from matcher.release_on_file import standing_dates
from matcher.standings import standing_of
from models.desk_words import AwayReason
from models.people import Leaver
from models.release_words import DateKind
from models.states import EventKind, ReferralState
from tests.matcher.accepted import RELEASE, an_accepted_pair, at
from tests.matcher.merges import merge
from tests.rows import NOW, a_leaver_row, a_referral

A_DAY = timedelta(days=1)
KINDS = (DateKind.CONFIRMED, DateKind.CONDITIONAL, DateKind.POST_RECALL)
SORTS = ("date", "recalled", "sentenced", "at large", "away", "moved", "withdrawn", "died")

told_of_either = st.lists(
    st.tuples(st.booleans(), st.sampled_from(SORTS), st.integers(0, 40), st.sampled_from(KINDS)),
    min_size=1,
    max_size=5,
)


class Two:
    """Two records of one leaver: one with a mentor, the other put forward by another council."""

    def __init__(self, db):
        self.db, self.now = db, NOW
        self.there = an_accepted_pair(db)
        self.there.plan()
        self.stays = self.there.leaver
        born = {"birth_date": self.stays.birth_date, "prison": self.stays.prison}
        self.goes = a_leaver_row(**born)
        db.add_all([self.goes, a_referral(self.goes, state=ReferralState.PUT_FORWARD)])
        db.flush()
        self.code = self.goes.code

    def merge(self):
        self.now += timedelta(hours=1)
        merge(self.db, self.stays, self.code, now=self.now)

    def tell(self, number, of_stays, sort, days, kind):
        """Tell of one record, or of what has become of it; no two dates told are the same."""
        self.now = at(local_day(self.now) + (days % 7) * A_DAY, 9 + number)
        on = local_day(self.now)
        known = self.db.exec(select(Leaver).where(Leaver.code == self.code)).first()
        leaver = self.stays if of_stays or known is None else known
        with suppress(NotAllowed):
            if sort == "date":
                day = RELEASE + (20 * number + days % 20 + 1) * A_DAY
                words = {"source": "a board", "given_by": "", "by": None, "now": self.now}
                move_date(self.db, leaver, kind=kind, day=day, **words)
            else:
                self._happens(leaver, sort, on)

    def _happens(self, leaver, sort, on):
        events = {
            "recalled": (EventKind.RECALLED, OnADay(on=on)),
            "sentenced": (EventKind.NEW_SENTENCE, NewSentence(on=on)),
            "at large": (EventKind.UNLAWFULLY_AT_LARGE, AtLarge(on=on)),
            "away": (EventKind.AWAY, Away(on=on, until=on + A_DAY, why=AwayReason.COURT)),
            "moved": (EventKind.TRANSFERRED, Transferred(on=on, prison="WCI")),
            "withdrawn": (EventKind.CONSENT_WITHDRAWN, Withdrawn()),
            "died": (EventKind.DIED, OnADay(on=on)),
        }
        kind, facts = events[sort]
        words = {"happened_at": self.now, "by": None, "now": self.now}
        life_events.record(self.db, leaver, kind, facts, **words)

    def as_it_is(self):
        dates = {kind: row.day for kind, row in standing_dates(self.db, self.stays).items()}
        standing = standing_of(self.db, self.stays)
        day = None if standing.dead else self.stays.release_date
        return standing, dates, day, self.there.pair.state


def lived(db, told, *, merged_after):
    """Tell it all, and say that the two are one after so many events."""
    fresh = db.begin_nested()
    two = Two(db)
    for number, one in enumerate(told):
        if number == merged_after:
            two.merge()
        two.tell(number, *one)
    if merged_after >= len(told):
        two.merge()
    found = two.as_it_is()
    fresh.rollback()
    return found


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=told_of_either, data=st.data())
def test_merging_then_telling_is_telling_then_merging(db, told, data):
    try:
        first = lived(db, told, merged_after=0)
        later = lived(db, told, merged_after=data.draw(st.integers(1, len(told))))

        assert later == first
    finally:
        db.rollback()
