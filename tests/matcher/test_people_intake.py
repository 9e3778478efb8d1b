"""Files of full leavers and mentors into the database, on both kinds."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import col, select

from matcher import life_events
from matcher.files.people_files import read_leavers, read_mentors, write_leavers, write_mentors
from matcher.intake import take_people, take_report
from matcher.life_facts import OnADay
from matcher.profiles import mentors_in_plan, waiting_leavers
from matcher.standings import standing_of
from models.council_words import PersonToAvoid
from models.ethnic_groups import EthnicGroup
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.places import MentorPlace
from models.profiles import SIGNED, LeaverInFile
from models.referrals import Referral, Screening
from models.release_words import DateKind
from models.releases import ExpectedLeaver, ReleaseDate
from models.restrictions import ExclusionZone, Link, OpposedGangs
from models.states import EndReason, EventKind, PairForm, PairState, ReferralMove, ReferralState
from models.tables import METADATA
from models.vetting import Clearance, MentorAssessment, Term
from tests.factories import TODAY, a_leaver, a_mentor

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 24, 9, tzinfo=UTC)


def take(db, *people, now=MONDAY):
    """Take leavers and mentors in as files of them; return what became of each file."""
    leavers = [one for one in people if "resettling_in" in type(one).model_fields]
    mentors = [one for one in people if one not in leavers]
    taken = take_people(
        db,
        leavers=read_leavers(write_leavers(leavers)),
        mentors=read_mentors(write_mentors(mentors)),
        now=now,
    )
    db.expire_all()
    return taken


def all_rows(db):
    tables = [table for table in METADATA.sorted_tables if table.name not in ("district", "prison")]
    return {table.name: sorted(map(str, db.execute(table.select()))) for table in tables}


def sentences_of(taken):
    return [str(problem) for row in taken.bad for problem in row.problems]


def waiting(db):
    return {one.profile.code: one.profile for one in waiting_leavers(db, TODAY)}


def in_plan(db):
    return {one.code: one for one in mentors_in_plan(db, TODAY, {}).values()}


def one_of_everything():
    leaver = a_leaver(
        no_contact={"A0001ZZ", "OBRIEN ZOE 1980-01-31"},
        gangs={"RED"},
        opposed_gangs={"BLUE"},
        exclusion_zone={"LS1", "LS2"},
        curfew={0, 1, 2},
        ruled_out={"M9"},
    )
    mentor = a_mentor(
        prison_number="A0009ZZ",
        exclusion_zone={"LS3"},
        curfew={100},
        children_check_until=date(2027, 6, 1),
        clearances={"LEI": date(2027, 12, 31), "WEI": date(2026, 1, 31)},
    )
    return leaver, mentor


def test_what_a_file_says_of_people_is_what_the_plan_reads_of_them(db):
    leaver, mentor = one_of_everything()

    take(db, leaver, mentor)

    assert unsigned(waiting(db)) == unsigned({"L1": leaver})
    assert unsigned(in_plan(db)) == unsigned({"M1": mentor})


def unsigned(people):
    """All that is known of people, but for who signed it: that stays sealed for a whole plan."""
    return {key: one.model_dump(exclude=set(SIGNED)) for key, one in people.items()}


def test_an_ethnic_group_in_a_file_is_kept_and_a_later_file_without_it_wipes_nothing(db):
    said = LeaverInFile(**a_leaver().model_dump(), ethnic_group=EthnicGroup.OTHER)
    take(db, said)

    again, _ = take(db, a_leaver(), now=TUESDAY)

    assert again.nothing_new
    assert db.exec(select(Leaver)).one().ethnic_group is EthnicGroup.OTHER


def test_the_same_files_twice_change_nothing(db):
    people = one_of_everything()
    take(db, *people)
    before = all_rows(db)

    leavers, mentors = take(db, *people, now=TUESDAY)

    assert all_rows(db) == before
    assert (leavers.same, mentors.same) == (["L1"], ["M1"])
    assert leavers.nothing_new
    assert mentors.nothing_new


def test_of_someone_known_only_what_differs_is_written(db):
    leaver, mentor = one_of_everything()
    take(db, leaver, mentor)

    leavers, mentors = take(
        db,
        a_leaver(**leaver.model_dump() | {"interests": {"chess"}, "risk": "medium"}),
        a_mentor(**mentor.model_dump() | {"risk_limit": "high"}),
        now=TUESDAY,
    )

    assert (leavers.changed, mentors.changed) == (["L1"], ["M1"])
    assert waiting(db)["L1"].interests == {"chess"}
    assert waiting(db)["L1"].risk == "medium"
    assert in_plan(db)["M1"].risk_limit == "high"
    assert (
        len(db.exec(select(Screening)).all()) == len(db.exec(select(MentorAssessment)).all()) == 2
    )
    assert len(db.exec(select(Term)).all()) == 1


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ({}, ReferralState.WAITING),
        ({"risk": None}, ReferralState.ENDORSED),
        ({"consented_on": None}, ReferralState.DRAFT),
    ],
)
def test_a_referral_comes_as_far_as_the_file_says_enough(db, told, state):
    take(db, a_leaver(**told))

    [referral] = db.exec(select(Referral)).all()
    assert referral.state is state
    assert referral.region == "C"


def test_a_file_of_a_leaver_who_was_expected_takes_over_their_dates(db):
    report = b"Prison Number,HDCED,Release Date\nA1234BC,2027-01-15,2027-02-03\n"
    take_report(db, report, now=MONDAY, prison="LEI")

    take(db, a_leaver(), now=TUESDAY)

    assert db.exec(select(ExpectedLeaver)).all() == []
    [leaver] = db.exec(select(Leaver)).all()
    dates = db.exec(select(ReleaseDate).where(ReleaseDate.leaver_id == leaver.id)).all()
    assert {given.kind for given in dates} == {
        DateKind.CURFEW_ELIGIBILITY,
        DateKind.RELEASE_AS_REPORTED,
        DateKind.CONFIRMED,
    }


def test_a_date_in_a_file_is_kept_as_settled_with_its_source(db):
    take(db, a_leaver())
    take(db, a_leaver(release_date=date(2027, 2, 9)), now=TUESDAY)

    kept = db.exec(select(ReleaseDate).order_by(col(ReleaseDate.recorded_at))).all()
    assert [(given.kind, given.day) for given in kept] == [
        (DateKind.CONFIRMED, date(2027, 2, 3)),
        (DateKind.CONFIRMED, date(2027, 2, 9)),
    ]
    assert {given.source for given in kept} == {"file of leavers"}


def test_people_of_two_files_may_name_one_another_whichever_comes_first(db):
    leaver = a_leaver(no_contact={"M1"}, crn="X123456")
    mentor = a_mentor(no_contact={"L1"}, declined={"L1"})

    take(db, leaver, mentor)

    assert len(db.exec(select(Link)).all()) == 1
    assert "M1" in waiting(db)["L1"].no_contact
    assert "L1" in in_plan(db)["M1"].no_contact
    assert in_plan(db)["M1"].declined == {"L1"}


def test_a_leaver_the_mentor_declined_elsewhere_is_kept_as_a_pair_that_has_ended(db):
    take(db, a_leaver(), a_mentor(declined={"L1"}))
    take(db, a_leaver(), a_mentor(declined={"L1"}), now=TUESDAY)

    [pair] = db.exec(select(Pair)).all()
    assert (pair.state, pair.end_reason) == (PairState.ENDED, EndReason.DECLINED)
    assert pair.place_number is None


def test_who_names_somebody_nobody_knows_is_handed_back_and_so_is_who_names_them(db):
    leavers, mentors = take(
        db,
        a_leaver(no_contact={"M7"}),
        a_leaver(code="L2", prison_number="A1235BC"),
        a_mentor(no_contact={"L1"}),
    )

    assert leavers.new == ["L2"]
    assert mentors.new == []
    assert sentences_of(leavers) == [
        (
            'Row 2, No contact, "M7": nobody here is known as M7. '
            "Import them first or together with this file, or take the code out."
        )
    ]
    assert "nobody here is known as L1" in sentences_of(mentors)[0]
    assert leavers.given_back().decode("utf-8-sig").startswith("What to mend,Code,")


def test_someone_on_file_may_be_named_by_crn(db):
    take(db, a_leaver(crn="X123456"))

    _, mentors = take(db, a_mentor(no_contact={"X123456"}), now=TUESDAY)

    assert mentors.new == ["M1"]
    [link] = db.exec(select(Link)).all()
    assert link.other_leaver_id == db.exec(select(Leaver.id)).one()


def test_a_prison_number_that_is_another_persons_is_handed_back(db):
    take(db, a_leaver(), a_mentor(prison_number="A0009ZZ"))

    leavers, mentors = take(
        db, a_leaver(code="L2"), a_mentor(code="M2", prison_number="A0009ZZ"), now=TUESDAY
    )

    assert sentences_of(leavers) == [
        (
            'Row 2, Prison number, "A1234BC": this number belongs to L1 here. '
            "Give them that code, or the right number."
        )
    ]
    assert "belongs to M1 here" in sentences_of(mentors)[0]


def test_a_referral_that_is_over_is_not_opened_again_by_an_old_file(db):
    take(db, a_leaver())
    referral = db.exec(select(Referral)).one()
    referral.move(ReferralMove.WITHDRAW, by=None, now=MONDAY)
    db.flush()

    leavers, _ = take(db, a_leaver(), now=TUESDAY)

    assert leavers.bad
    assert 'this referral is "Withdrawn" here' in sentences_of(leavers)[0]
    assert db.exec(select(Referral)).one().state is ReferralState.WITHDRAWN


def test_the_date_of_someone_with_a_mentor_is_not_moved_behind_the_plans_back(db):
    take(db, a_leaver(), a_mentor())
    referral, mentor = db.exec(select(Referral)).one(), db.exec(select(Mentor)).one()
    versions = dict.fromkeys(
        ("weights_version", "rules_version", "model_version", "facts_version"), "1"
    )
    db.add(
        Pair(
            leaver_id=referral.leaver_id,
            referral_id=referral.id,
            mentor_id=mentor.id,
            place_number=1,
            form=PairForm.IN_PRISON,
            score=1,
            parts={},
            proposed_at=MONDAY,
            state_since=MONDAY,
            **versions,
        )
    )
    db.flush()

    leavers, _ = take(db, a_leaver(release_date=date(2027, 2, 9)), now=TUESDAY)

    assert sentences_of(leavers) == [
        (
            'Row 2, Release date, "2027-02-09": they have a mentor, whose plan has to follow. '
            "Report the change on their own page."
        )
    ]
    assert db.exec(select(Leaver)).one().release_date == date(2027, 2, 3)


def test_the_standing_of_a_mentor_is_not_changed_by_a_file(db):
    take(db, a_mentor())

    _, mentors = take(db, a_mentor(state="ended"), now=TUESDAY)

    assert 'this mentor is "active" here, and a file cannot change that' in sentences_of(mentors)[0]


def test_a_term_that_ends_before_it_starts_is_handed_back(db):
    _, mentors = take(db, a_mentor(term_ends_on=date(2025, 1, 1)))

    assert sentences_of(mentors) == [
        (
            'Row 2, Term ends on, "2025-01-01": the term ends before it starts. '
            "Put one of the two right."
        )
    ]


def test_tags_opposed_to_nobodys_own_are_handed_back(db):
    leavers, _ = take(db, a_leaver(opposed_gangs={"BLUE"}))

    assert "tags are opposed to the person's own, and they have none" in sentences_of(leavers)[0]


def test_places_taken_elsewhere_are_kept_as_told_and_are_not_places_here(db):
    take(db, a_mentor(places=3, taken=1))

    mentor = db.exec(select(Mentor)).one()
    assert (mentor.places, mentor.taken_elsewhere, mentor.places_here) == (3, 1, 2)
    assert len(db.exec(select(MentorPlace)).all()) == 2
    assert in_plan(db)["M1"].taken == 1


def test_more_taken_elsewhere_than_there_are_places_leaves_none_here(db):
    take(db, a_mentor(places=1, taken=2))

    assert db.exec(select(MentorPlace)).all() == []
    assert (in_plan(db)["M1"].places, in_plan(db)["M1"].taken) == (1, 2)


def test_places_follow_what_a_later_file_says_is_taken_elsewhere(db):
    take(db, a_mentor(places=3, taken=2))
    _, mentors = take(db, a_mentor(places=3, taken=0), now=TUESDAY)

    assert mentors.changed == ["M1"]
    assert len(db.exec(select(MentorPlace)).all()) == 3


def test_places_are_opened_and_closed_as_a_later_file_says(db):
    take(db, a_mentor(places=3))
    take(db, a_mentor(places=1), now=TUESDAY)

    assert len(db.exec(select(MentorPlace)).all()) == 1


def test_a_restriction_that_a_later_file_leaves_out_stays(db):
    leaver, mentor = one_of_everything()
    take(db, leaver, mentor)

    take(db, a_leaver(), a_mentor(prison_number="A0009ZZ"), now=TUESDAY)

    assert waiting(db)["L1"].exclusion_zone == {"LS1", "LS2"}
    assert waiting(db)["L1"].no_contact == leaver.no_contact
    assert len(db.exec(select(OpposedGangs)).all()) == 1
    assert len(db.exec(select(ExclusionZone)).all()) == 3
    assert {row.prison for row in db.exec(select(Clearance))} == {"LEI", "WEI"}


def test_who_is_kept_apart_from_themselves_is_handed_back_however_they_are_named(db):
    leaver = a_leaver(crn="X123456")
    own = [leaver.code, leaver.prison_number, leaver.crn]
    own.append(f"{leaver.surname} {leaver.first_name} {leaver.birth_date}")

    taken = [take(db, leaver.model_copy(update={"no_contact": frozenset({key})})) for key in own]

    assert [leavers.new for leavers, _ in taken] == [[]] * len(own)
    for leavers, _ in taken:
        [sentence] = sentences_of(leavers)
        assert "this is the same person. Name the other one." in sentence
    assert db.exec(select(Link)).all() == []


def test_a_file_does_not_let_someone_wait_whom_someone_to_avoid_holds(db):
    take(db, a_leaver())
    referral = db.exec(select(Referral)).one()
    db.add(PersonToAvoid(leaver_id=referral.leaver_id, name="Al", recorded_at=MONDAY))
    referral.state = ReferralState.SCREENED
    db.commit()

    take(db, a_leaver(needs={"work": "high"}), now=TUESDAY)

    assert db.exec(select(Referral)).one().state is ReferralState.SCREENED


def test_a_new_date_in_a_file_lets_a_leaver_go_on_who_was_stopped_and_the_known_one_does_not(db):
    take(db, a_leaver())
    row = db.exec(select(Leaver)).one()
    told = {"happened_at": MONDAY, "by": None, "now": MONDAY}
    life_events.record(db, row, EventKind.RECALLED, OnADay(on=MONDAY.date()), **told)
    known = a_leaver(release_date=row.release_date)

    take(db, known, now=TUESDAY)
    before = standing_of(db, row).frozen
    take(db, a_leaver(release_date=date(2027, 3, 3)), now=TUESDAY)

    assert (before, standing_of(db, row).frozen) == ((EventKind.RECALLED,), ())
