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
QUARTER = timedelta(minutes=15)
KINDS = (DateKind.CONFIRMED, DateKind.CONDITIONAL, DateKind.POST_RECALL)
SORTS = ("date", "recalled", "sentenced", "at large", "away", "moved", "withdrawn", "died")

OF_STAYS, OF_GOES, OF_BOTH = (True,), (False,), (True, False)
WHO_SAYS_SO = ("Robin", "Lee")
"""Of two records told of the same thing, each by someone else."""

OF_EITHER = (OF_STAYS, OF_GOES, OF_BOTH, OF_BOTH[::-1])

told_of_either = st.lists(
    st.tuples(
        st.sampled_from(OF_EITHER),
        st.sampled_from(SORTS),
        st.integers(0, 40),
        st.sampled_from(KINDS),
    ),
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

    def tell(self, number, of, sort, days, kind):
        """Tell of one record, of what has become of it, or the same of both on one day."""
        self.now = at(local_day(self.now) + (days % 7) * A_DAY, 9 + number)
        known = self.db.exec(select(Leaver).where(Leaver.code == self.code)).first()
        for is_stays, who in zip(of, WHO_SAYS_SO, strict=False):
            self.now += QUARTER * (who != WHO_SAYS_SO[0])
            leaver = self.stays if is_stays or known is None else known
            day = RELEASE + (20 * number + days % 20 + 1) * A_DAY
            with suppress(NotAllowed):
                self._tell_one(leaver, sort, who, kind, day)

    def _tell_one(self, leaver, sort, who, kind, day):
        if sort == "date":
            words = {"source": "a board", "given_by": who, "by": None, "now": self.now}
            move_date(self.db, leaver, kind=kind, day=day, **words)
        else:
            self._happens(leaver, sort, local_day(self.now), {"said_by": who})

    def _happens(self, leaver, sort, on, who):
        until = on + A_DAY
        events = {
            "recalled": (EventKind.RECALLED, OnADay(on=on, **who)),
            "sentenced": (EventKind.NEW_SENTENCE, NewSentence(on=on, **who)),
            "at large": (EventKind.UNLAWFULLY_AT_LARGE, AtLarge(on=on, **who)),
            "away": (EventKind.AWAY, Away(on=on, until=until, why=AwayReason.COURT, **who)),
            "moved": (EventKind.TRANSFERRED, Transferred(on=on, prison="WCI", **who)),
            "withdrawn": (EventKind.CONSENT_WITHDRAWN, Withdrawn(**who)),
            "died": (EventKind.DIED, OnADay(on=on, **who)),
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
