"""Offers, answers, silence and choices in any order: what may never happen does not happen."""

from collections import Counter
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from matcher import pairing, referrals
from matcher.refusing import NotAllowed
from models.database import make_engine
from models.desk_words import DeclineReason
from models.outbox import NOT_UNDER_WAY, Letter
from models.pairs import LIVE, Pair
from models.people import Mentor
from models.places import MentorPlace
from models.referrals import Referral
from models.standbys import STANDBYS_PER_MENTOR, Standby
from models.states import EndReason, LetterKind, PairState, ReferralState
from tests.matcher.people_waiting import a_manager, planned_again, ready, run, waiting
from tests.rows import NOW

LAST = NOW + timedelta(days=60)
"""While everyone is still screened, in date and before their release."""

BARS = {EndReason.DECLINED, EndReason.EXPIRED, EndReason.WITHDRAWN, EndReason.STOOD_DOWN}


class Offers:
    """Four leavers, three mentors with four places between them, and whatever people do."""

    def __init__(self, db):
        self.db = db
        self.now = NOW
        self.leavers = [waiting(db) for _ in range(4)]
        self.mentors = [
            ready(db, home=home, places=places)
            for home, places in (("LS6", 1), ("LS7", 2), ("LS28", 1))
        ]
        self.manager = a_manager(db)

    def pairs(self, *states):
        rows = self.db.exec(select(Pair).order_by(Pair.proposed_at, Pair.score, Pair.place_number))
        return [pair for pair in rows if pair.state in states]

    def one(self, which, *states):
        """Return one of the pairs in these states, counted round; None if there is none."""
        found = self.pairs(*states)
        return found[which % len(found)] if found else None

    def referral_of(self, which):
        leaver = self.leavers[which % 4]
        return self.db.exec(select(Referral).where(Referral.leaver_id == leaver.id)).one()

    def night_falls(self, which):
        self.now = min(self.now + timedelta(hours=20), LAST)
        pairing.expire_offers(self.db, now=self.now)
        run(self.db, self.now)

    def a_minute_goes_by(self, which):
        self.now = min(self.now + timedelta(minutes=1), LAST)
        pairing.expire_offers(self.db, now=self.now)
        planned_again(self.db, self.now)

    def a_week_goes_by(self, which):
        self.now = min(self.now + timedelta(days=7), LAST)
        self.night_falls(which)

    def a_manager_approves(self, which):
        if pair := self.one(which, PairState.PROPOSED):
            pairing.approve(self.db, pair, by=self.manager, now=self.now)

    def a_mentor_says_yes(self, which):
        if pair := self.one(which, PairState.OFFERED):
            pairing.accept(self.db, pair, by=None, now=self.now)

    def a_mentor_says_no(self, which):
        if pair := self.one(which, PairState.OFFERED):
            why = DeclineReason.NOT_FOR_ME
            pairing.decline(self.db, pair, why=why, by=None, now=self.now)

    def a_manager_stops(self, which):
        if pair := self.one(which, *LIVE):
            pairing.stop(self.db, pair, reason="Not these two.", by=self.manager, now=self.now)

    def a_manager_chooses(self, which):
        told = {"reason": "They ask for each other.", "by": self.manager, "now": self.now}
        try:
            pairing.override(self.db, self.referral_of(which), self.mentors[which % 3], **told)
        except NotAllowed:
            self.db.rollback()

    def a_leaver_withdraws(self, which):
        referral = self.referral_of(which)
        if referral.state is not ReferralState.WITHDRAWN:
            referrals.withdraw(self.db, referral, by=None, now=self.now)

    def has_a_leaver_two_live_pairs(self):
        live = Counter(pair.leaver_id for pair in self.pairs(*LIVE))
        return any(count > 1 for count in live.values())

    def has_a_mentor_more_live_pairs_than_places(self):
        held = [(pair.mentor_id, pair.place_number) for pair in self.pairs(*LIVE)]
        places = {(row.mentor_id, row.number) for row in self.db.exec(select(MentorPlace))}
        limits = {mentor.id: mentor.places for mentor in self.db.exec(select(Mentor))}
        counts = Counter(mentor_id for mentor_id, _ in held)
        return (
            len(held) != len(set(held))
            or not set(held) <= places
            or any(count > limits[mentor_id] for mentor_id, count in counts.items())
        )

    def is_a_mentor_asked_again_who_said_no_or_nothing_or_was_stopped(self):
        ended = [pair for pair in self.pairs(PairState.ENDED) if pair.end_reason in BARS]
        live = {(pair.leaver_id, pair.mentor_id) for pair in self.pairs(*LIVE)}
        return any((pair.leaver_id, pair.mentor_id) in live for pair in ended)

    def is_a_leaver_matched_but_by_a_mentor_who_said_yes(self):
        walking = {pair.referral_id for pair in self.pairs(PairState.ACCEPTED)}
        matched = Referral.state == ReferralState.MATCHED
        return walking != set(self.db.exec(select(Referral.id).where(matched)))

    def is_anything_written_about_what_has_ended(self):
        ended = {pair.id for pair in self.pairs(PairState.ENDED)}
        return any(
            letter.state in NOT_UNDER_WAY and letter.kind is not LetterKind.STOOD_DOWN
            for letter in self.db.exec(select(Letter))
            if letter.pair_id in ended
        )

    def is_an_offer_without_its_end_or_its_letter(self):
        letters = self.db.exec(select(Letter)).all()
        told = {letter.pair_id for letter in letters if letter.kind is LetterKind.OFFER}
        return any(
            pair.answer_by <= self.now or pair.id not in told
            for pair in self.pairs(PairState.OFFERED)
        )

    def does_anyone_stand_by_too_often_or_for_themselves(self):
        beside = [row for row in self.db.exec(select(Standby)) if row.slot]
        counts = Counter(row.mentor_id for row in beside)
        themselves = [
            row for row in beside if self.db.get(Pair, row.pair_id).mentor_id == row.mentor_id
        ]
        return bool(themselves) or any(count > STANDBYS_PER_MENTOR for count in counts.values())


NEVER = (
    Offers.has_a_leaver_two_live_pairs,
    Offers.has_a_mentor_more_live_pairs_than_places,
    Offers.is_a_mentor_asked_again_who_said_no_or_nothing_or_was_stopped,
    Offers.is_a_leaver_matched_but_by_a_mentor_who_said_yes,
    Offers.is_anything_written_about_what_has_ended,
    Offers.is_an_offer_without_its_end_or_its_letter,
    Offers.does_anyone_stand_by_too_often_or_for_themselves,
)
OFTEN = (Offers.night_falls, Offers.a_minute_goes_by, Offers.a_manager_approves)
SOMETIMES = (
    Offers.a_week_goes_by,
    Offers.a_mentor_says_yes,
    Offers.a_mentor_says_no,
    Offers.a_manager_chooses,
)
SELDOM = (Offers.a_manager_stops, Offers.a_leaver_withdraws)

ACTS = st.tuples(
    st.sampled_from([*OFTEN * 4, *SOMETIMES * 2, *SELDOM]), st.integers(min_value=0, max_value=11)
)


@given(st.lists(ACTS, min_size=12, max_size=20))
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_offers_answers_silence_and_choices_in_any_order(databases, acts):
    with databases.migrated() as url:
        engine = make_engine(url)
        with Session(engine) as db:
            offers = Offers(db)
            for act, which in acts:
                act(offers, which)
                db.commit()
                assert [check.__name__ for check in NEVER if check(offers)] == []
        engine.dispose()
