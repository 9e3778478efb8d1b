"""Why, why not, what would help and what if, asked of the rows; nothing is written by asking."""

import pytest
from sqlmodel import select

from matcher import pairing
from matcher.core.what_if import Supposed
from matcher.core.why import Stand
from matcher.jobs import JOBS
from matcher.plan_on_file import plan_on_file
from matcher.ways_out import ADVICE, keep_ways_out, ways_out
from matcher.why import (
    kept_without_mentor,
    most_urgent,
    what_if_on_file,
    why_pair,
    without_mentor,
)
from models.audit import AuditEntry
from models.pairs import Pair
from models.referrals import Referral
from models.runs import PlanRun
from models.states import ReferralState
from tests.factories import TODAY
from tests.matcher.people_waiting import a_manager, accepted, proposed, ready, run, waiting
from tests.rows import NOW


def referral_of(db, leaver):
    return db.exec(select(Referral).where(Referral.leaver_id == leaver.id)).one()


def test_a_proposed_pair_has_its_reasons_and_what_the_runner_up_would_cost(db):
    leaver, mentor = waiting(db), ready(db, home="LS6")
    other = ready(db, home="LS28")
    run(db)

    told = why_pair(db, referral_of(db, leaver), mentor.id, NOW)

    assert told.stand is Stand.PAIRED
    assert told.reasons
    assert told.runner_up.mentor.code == other.code
    assert told.runner_up.cost.after.total < told.runner_up.cost.before.total


def test_a_mentor_who_was_not_chosen_reads_what_it_lost_by(db):
    leaver = waiting(db)
    ready(db, home="LS6")
    other = ready(db, home="LS28")
    run(db)

    told = why_pair(db, referral_of(db, leaver), other.id, NOW)

    assert told.stand is Stand.NOT_CHOSEN
    assert told.lost_by.after.total < told.lost_by.before.total


def test_a_barred_pair_reads_every_rule_in_the_way(db):
    leaver = waiting(db)
    mentor = ready(db, home="TR1", travel_limit_km=5)

    told = why_pair(db, referral_of(db, leaver), mentor.id, NOW)

    assert told.stand is Stand.BARRED
    assert {rule.code for rule in told.broken} == {"a_place_to_meet", "within_travel_limit"}


def test_a_pair_that_no_run_may_change_is_told_as_a_pair_with_its_runner_up(db):
    pair = accepted(db, home="LS28", places=1, needs=frozenset())
    better = ready(db, home="LS6")
    referral = db.get_one(Referral, pair.referral_id)

    own = why_pair(db, referral, pair.mentor_id, NOW)
    other = why_pair(db, referral, better.id, NOW)

    assert own.stand is Stand.PAIRED
    assert own.runner_up.mentor.code == better.code
    assert own.runner_up.cost.after.total > own.runner_up.cost.before.total
    assert other.stand is Stand.NOT_CHOSEN
    assert other.lost_by.after.total > other.lost_by.before.total


def test_a_leaver_who_does_not_wait_yet_is_told_too(db):
    leaver = waiting(db, referral={"state": ReferralState.ENDORSED})
    mentor = ready(db)

    told = why_pair(db, referral_of(db, leaver), mentor.id, NOW)

    assert told.stand is Stand.PLANNED
    assert "a plan made now would pair them" in told.sentences[0]


def test_a_mentor_who_is_not_on_file_is_a_key_error(db):
    leaver = waiting(db)

    with pytest.raises(KeyError):
        why_pair(db, referral_of(db, leaver), leaver.id, NOW)


def test_a_leaver_without_a_mentor_reads_what_is_in_the_way_and_what_would_help(db):
    leaver = waiting(db)
    mentor = ready(db, places=0, first_name="Sam")

    told = without_mentor(db, referral_of(db, leaver), NOW)

    assert told.in_the_way == ("One thing is in the way of 1 mentor: no free place (rule 9).",)
    assert told.change == (f"One more place for {mentor.code} would give {leaver.code} a mentor.")


def test_a_leaver_on_hold_reads_why_and_no_change(db):
    leaver = waiting(db, screening={"content_by": None})
    ready(db)

    told = without_mentor(db, referral_of(db, leaver), NOW)

    assert told.in_the_way[0].startswith("On hold. Probation has not said")
    assert told.change == ""


def test_a_leaver_on_hold_reads_the_rules_in_the_way_as_well(db):
    leaver = waiting(db, screening={"content_by": None}, referral={"languages": {"pl"}})
    ready(db)

    told = without_mentor(db, referral_of(db, leaver), NOW)

    assert [sentence.partition(".")[0] for sentence in told.in_the_way] == [
        "On hold",
        (
            "Once that is settled: one thing is in the way of 1 mentor: "
            "no language in common (rule 10)"
        ),
    ]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (ReferralState.ENDORSED, 'On hold. This referral is "Endorsed", not waiting for a mentor.'),
        (ReferralState.WITHDRAWN, 'This referral is "Withdrawn", not waiting for a mentor.'),
    ],
)
def test_a_leaver_who_does_not_wait_reads_that_and_no_change(db, state, said):
    leaver = waiting(db, referral={"state": state})
    ready(db)

    told = without_mentor(db, referral_of(db, leaver), NOW)

    assert (told.in_the_way, told.change) == ((said,), "")


@pytest.mark.parametrize("kept", [proposed, accepted])
def test_a_leaver_with_a_mentor_needs_no_way_out(db, kept):
    pair = kept(db)

    assert without_mentor(db, db.get_one(Referral, pair.referral_id), NOW) is None


def test_a_place_made_as_the_sentence_says_gives_the_leaver_a_mentor_in_the_next_run(db):
    first, second = waiting(db), waiting(db)
    mentor = ready(db, places=1)
    run(db)
    [alone] = [one for one in (first, second) if without_mentor(db, referral_of(db, one), NOW)]
    change = without_mentor(db, referral_of(db, alone), NOW).change
    assert change.startswith(f"One more place for {mentor.code} ")
    db.rollback()

    after = what_if_on_file(db, Supposed(like={mentor.code: 1}), NOW)

    assert [one.leaver.code for one in after.difference.newly_covered] == [alone.code]


def test_the_nightly_look_keeps_what_would_help_and_only_with_the_newest_run(db):
    leaver = waiting(db)
    ready(db, places=0)
    first = run(db)
    referral = referral_of(db, leaver)

    assert kept_without_mentor(db, referral) is None
    found = ways_out(db, NOW)
    assert keep_ways_out(db, found) == 1
    assert ways_out(db, NOW) is None
    kept = kept_without_mentor(db, referral)
    assert kept == without_mentor(db, referral, NOW)

    second = run(db, NOW.replace(hour=11))
    assert keep_ways_out(db, found) == 0
    assert keep_ways_out(db, ways_out(db, NOW.replace(hour=12))) == 1
    db.commit()
    db.refresh(first)
    db.refresh(second)
    assert (first.ways_out, set(second.ways_out)) == ({}, {str(referral.id), ADVICE})


def test_the_most_urgent_come_first_and_nobody_on_hold_is_among_them(db):
    late, soon = waiting(db), waiting(db, leaver={"release_date": TODAY.replace(day=30)})
    waiting(db, screening={"content_by": None})

    plan = plan_on_file(db, NOW).plan

    assert [plan.leavers[row].code for row in most_urgent(plan)] == [soon.code, late.code]
    assert [plan.leavers[row].code for row in most_urgent(plan, 1)] == [soon.code]


def test_the_job_finds_nothing_to_do_without_a_run_and_says_what_it_did(db):
    [job] = [job for job in JOBS if job.name == "ways out"]
    waiting(db)

    assert job.think(db, NOW)(db, NOW) == ""
    run(db)
    assert job.think(db, NOW)(db, NOW) == "1 leaver told what would give them a mentor"


def test_asking_changes_no_row(db):
    leaver, mentor = waiting(db), ready(db)
    run(db)
    before = [dict(pair) for pair in db.exec(select(Pair))]

    why_pair(db, referral_of(db, leaver), mentor.id, NOW)
    what_if_on_file(db, Supposed(lost=[mentor.code]), NOW)

    assert not db.new
    assert not db.dirty
    assert [dict(pair) for pair in db.exec(select(Pair))] == before
    assert db.exec(select(AuditEntry)).all() == []
    assert len(db.exec(select(PlanRun)).all()) == 1


def test_a_pair_a_manager_chose_is_told_as_the_pair(db):
    leaver, better = waiting(db), ready(db, home="LS6")
    chosen = ready(db, home="LS28", needs=frozenset())
    run(db)
    referral = referral_of(db, leaver)
    pairing.override(db, referral, chosen, reason="They know.", by=a_manager(db), now=NOW)
    db.commit()

    told = why_pair(db, referral, chosen.id, NOW)

    assert told.stand is Stand.PAIRED
    assert told.runner_up.mentor.code == better.code
