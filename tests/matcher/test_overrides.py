"""A manager's own choice against the plan: only the plan is overridden, never a rule."""

from datetime import timedelta

import pytest
from sqlmodel import select

from matcher import pairing, screening
from matcher.core.eligibility import RULES
from matcher.refusing import NotAllowed
from models.desk_words import DeclineReason
from models.pairs import Pair, PairHistory
from models.people import Leaver, Mentor
from models.referrals import Referral
from models.standbys import Standby
from models.states import EndReason, MentorState, PairState, ReferralState
from models.vocabulary import LinkKind
from tests.matcher.people_waiting import (
    a_manager,
    offered,
    planned_again,
    proposed,
    ready,
    run,
    the_pair,
    waiting,
)
from tests.rows import NOW

LATER = NOW + timedelta(hours=1)
WHY = "They come from the same town and ask for each other."


def referral_of(db, leaver):
    return db.exec(select(Referral).where(Referral.leaver_id == leaver.id)).one()


def override(db, leaver, mentor, now=LATER):
    pair = pairing.override(
        db, referral_of(db, leaver), mentor, reason=WHY, by=a_manager(db), now=now
    )
    db.commit()
    return pair


def with_choice(db):
    """Keep a proposal, and another mentor who fits less well."""
    leaver = waiting(db)
    best = ready(db, home="LS6")
    other = ready(db, home="LS28", needs=frozenset(), surname="Other")
    run(db)
    return the_pair(db, leaver, best), leaver, best, other


def test_the_mentor_a_manager_chooses_takes_the_place_of_the_plans(db):
    before, leaver, _, other = with_choice(db)

    pair = override(db, leaver, other)
    run(db, LATER + timedelta(days=1))

    first = db.exec(select(PairHistory).where(PairHistory.pair_id == pair.id)).first()
    assert before.end_reason is EndReason.REPLACED
    assert (pair.state, pair.mentor_id) == (PairState.PROPOSED, other.id)
    assert (pair.override_reason, pair.overridden_by) == (WHY, first.moved_by)
    assert pair.score == sum(pair.parts.values()) < before.score
    assert pair.explanation


def test_a_choice_is_approved_like_any_proposal(db):
    _, leaver, _, other = with_choice(db)
    pair = override(db, leaver, other)

    pairing.approve(db, pair, by=a_manager(db), now=LATER)

    assert pair.state is PairState.OFFERED


def test_the_one_whom_the_plan_had_chosen_stands_by_no_longer_for_themselves(db):
    _, leaver, _, other = with_choice(db)
    assert db.exec(select(Standby)).one().mentor_id == other.id

    override(db, leaver, other)

    assert db.exec(select(Standby)).one().slot is None


def test_a_standby_goes_on_beside_the_pair_that_a_manager_chose(db):
    before, leaver, _, other = with_choice(db)
    third = ready(db, home="LS29", needs=frozenset(), experiences=frozenset())

    pair = override(db, leaver, third)

    standby = db.exec(select(Standby)).one()
    assert (standby.pair_id, standby.mentor_id) == (pair.id, other.id)
    assert before.id != pair.id
    db.refresh(pair)
    pairing.approve(db, pair, by=a_manager(db), now=LATER)
    pairing.decline(db, pair, why=DeclineReason.OTHER, by=None, now=LATER)
    # Nobody asked the mentor whom the plan had found, so the plan finds them again.
    [following] = planned_again(db, LATER)
    assert following.mentor_id == before.mentor_id


def test_the_weakest_proposal_gives_its_place_up_where_the_mentor_has_no_other(db):
    weak = waiting(db, referral={"needs": {}, "experiences": frozenset()})
    strong = waiting(db)
    mentor = ready(db, places=2)
    run(db)
    chosen = waiting(db)

    pair = override(db, chosen, mentor)

    assert pair.place_number in {1, 2}
    ended = {one.leaver_id for one in db.exec(select(Pair)) if one.end_reason}
    scores = {one.leaver_id: one.score for one in db.exec(select(Pair))}
    assert ended == {min((weak.id, strong.id), key=scores.__getitem__)}


def test_no_offer_and_no_other_choice_gives_its_place_up(db):
    mentor = db.get_one(Mentor, offered(db, places=1).mentor_id)
    leaver = waiting(db)

    with pytest.raises(NotAllowed, match="no free place"):
        override(db, leaver, mentor)


def keep_apart(db, leaver, mentor):
    other = screening.OtherPerson(mentor_id=mentor.id)
    screening.add_link(db, leaver, LinkKind.NO_CONTACT_ORDER, other, by=None, now=NOW)


def rule_out(db, leaver, mentor):
    referral_of(db, leaver).ruled_out = {mentor.code}


def live_too_far(db, leaver, mentor):
    mentor.home, mentor.travel_limit_km = "NE1", 5


def lapse(db, leaver, mentor):
    mentor.state = MentorState.PAUSED


def leave_far_ahead(db, leaver, mentor):
    leaver.release_date = leaver.release_date + timedelta(days=200)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (keep_apart, "A link on file"),
        (rule_out, "has ruled"),
        (live_too_far, "is farther from"),
        (lapse, "is not active"),
        (leave_far_ahead, "more than 12 weeks away"),
    ],
)
def test_no_reason_of_a_manager_sets_a_rule_or_gate_aside(db, change, reason):
    before, leaver, _, other = with_choice(db)
    change(db, leaver, other)
    db.commit()

    with pytest.raises(NotAllowed, match=reason):
        override(db, leaver, other)

    db.rollback()
    assert before.state is PairState.PROPOSED
    assert len(db.exec(select(Pair)).all()) == 1


def test_a_choice_needs_its_reason_and_a_leaver_who_waits(db):
    _, leaver, _, other = with_choice(db)
    referral, manager = referral_of(db, leaver), a_manager(db)

    with pytest.raises(NotAllowed, match="Say why"):
        pairing.override(db, referral, other, reason=" ", by=manager, now=NOW)
    referral.state = ReferralState.ENDORSED
    with pytest.raises(NotAllowed, match="Endorsed"):
        pairing.override(db, referral, other, reason=WHY, by=manager, now=NOW)

    assert len(db.exec(select(Pair)).all()) == 1


def test_an_approved_pair_is_stopped_before_another_is_chosen(db):
    leaver = db.get_one(Leaver, offered(db).leaver_id)
    other = ready(db)

    with pytest.raises(NotAllowed, match="Stop it first"):
        override(db, leaver, other)


def test_candidates_come_with_their_score_or_with_every_rule_in_the_way(db):
    pair, leaver, best, other = with_choice(db)
    paused = ready(db, state=MentorState.PAUSED, wants={"woman"}, surname="Paused")
    far = ready(db, home="NE1", travel_limit_km=20)
    keep_apart(db, leaver, paused)
    db.commit()

    found = pairing.candidates(db, referral_of(db, leaver), LATER)

    assert [one.mentor_id for one in found] == [best.id, other.id, paused.id]
    assert far.id not in {one.mentor_id for one in found}
    assert found[0].score == pair.score
    assert found[0].score > found[1].score
    assert "\n".join(found[0].reasons) in pair.explanation.replace("\n\n\n\n", "\n")
    assert found[2].score is None
    assert len(found[2].broken) == 3


def test_nobody_is_a_candidate_where_there_is_no_mentor(db):
    leaver = waiting(db)

    assert pairing.candidates(db, referral_of(db, leaver), NOW) == []


def test_every_rule_can_be_said_of_a_candidate(db):
    leaver, mentor = waiting(db), ready(db)
    keep_apart(db, leaver, mentor)
    db.commit()

    [found] = pairing.candidates(db, referral_of(db, leaver), LATER)

    assert found.broken == (f"A link on file keeps {leaver.code} and {mentor.code} apart.",)
    assert len(RULES) > len(found.broken)


def test_a_proposal_of_the_plan_is_a_candidate_too(db):
    pair = proposed(db)
    leaver = db.get_one(Leaver, pair.leaver_id)

    [found] = pairing.candidates(db, referral_of(db, leaver), NOW)

    assert (found.mentor_id, found.score) == (pair.mentor_id, pair.score)


def test_a_candidates_score_is_the_plans_whoever_else_is_too_far_to_come(db):
    pair, leaver, best, _ = with_choice(db)
    far = ready(db, home="TR1", travel_limit_km=1, experiences={"care", "homeless"})

    found = pairing.candidates(db, referral_of(db, leaver), LATER)
    run(db, LATER)

    scores = {one.mentor_id: one.score for one in found}
    assert far.id not in scores
    assert scores[best.id] == pair.score
