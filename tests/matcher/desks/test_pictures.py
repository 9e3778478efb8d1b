"""The figures of a region's pictures: what is counted, whose it is, and what is not told."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event
from sqlmodel import select

from matcher.core.small_numbers import LEAST
from matcher.desks.fairness import NOT_SAID, OWN_CHOICE
from matcher.desks.pictures import SUBJECTS, picture
from models.ethnic_groups import EthnicGroup
from models.pairs import Pair
from models.privacy import PairCount
from models.states import (
    Absentee,
    EndReason,
    MeetingKind,
    MeetingState,
    MentorState,
    PairState,
    ReferralState,
)
from models.vocabulary import Region, Risk, Sex
from tests.rows import (
    BOOKED,
    NOW,
    a_leaver_row,
    a_meeting,
    a_mentor_row,
    a_pair,
    a_referral,
    a_screening,
    an_account,
    places_of,
)

TODAY = NOW.date()


@pytest.fixture
def manager(db):
    account = an_account()
    db.add(account)
    db.flush()
    return account


def keep(db, *rows):
    db.add_all(rows)
    db.flush()


def lines_of(db, manager, name, part=0, only=None):
    """The figures of one table, by the name of their line."""
    parts = picture(db, manager, NOW, name, only).parts
    return {line.name: line.figures for line in parts[part].lines}


def someone(db, *, region=Region.YORKSHIRE, accepted_at=None, mentor=None, state=None, **told):
    """Somebody put forward 30 days ago, with a pair if a mentor said yes."""
    about = {name: told.pop(name) for name in ("put_forward_at", "risk") if name in told}
    leaver = a_leaver_row(**told)
    put = about.get("put_forward_at", NOW - timedelta(days=30))
    stands = state or (ReferralState.MATCHED if accepted_at else ReferralState.WAITING)
    referral = a_referral(leaver, region=region, state=stands, put_forward_at=put)
    keep(db, leaver, referral)
    if "risk" in about:
        keep(db, a_screening(leaver, risk=about["risk"]))
    if not accepted_at:
        return referral
    mentor = mentor or a_mentor_row(state=MentorState.ACTIVE, region=region)
    yes = {"state": PairState.ACCEPTED, "accepted_at": accepted_at}
    keep(db, mentor, *places_of(mentor), a_pair(referral, mentor, **yes))
    return referral


def pair_of(db, referral):
    return db.exec(select(Pair).where(Pair.referral_id == referral.id)).one()


def test_releases_are_counted_by_week_covered_and_not(db, manager):
    monday, sunday, later = (TODAY + timedelta(days=days) for days in (14, 20, 21))
    someone(db, release_date=monday, accepted_at=NOW)
    someone(db, release_date=sunday)
    someone(db, release_date=later)
    someone(db, release_date=monday, region=Region.WALES)
    someone(db, release_date=monday, state=ReferralState.WITHDRAWN)

    found = lines_of(db, manager, "releases")

    assert len(found) == 12
    assert found["7 Dec 2026"] == (1, 1)
    assert found["14 Dec 2026"] == (0, 1)
    assert sum(map(sum, found.values())) == 3


def test_in_the_last_week_a_yes_alone_does_not_cover_a_release(db, manager):
    someone(db, release_date=TODAY + timedelta(days=3), accepted_at=NOW)

    assert lines_of(db, manager, "releases")["23 Nov 2026"] == (0, 1)


def test_places_are_counted_by_region_and_by_area_of_ones_own(db, manager):
    here = [a_mentor_row(home=home, places=2, state=MentorState.ACTIVE) for home in ("LS6", "LS1")]
    away = a_mentor_row(home="BD1", places=3, state=MentorState.PAUSED)
    keep(db, *here, away, *(place for one in (*here, away) for place in places_of(one)))
    for mentor in (here[0], away):
        leaver = a_leaver_row()
        referral = a_referral(leaver)
        keep(db, leaver, referral, a_pair(referral, mentor))

    assert lines_of(db, manager, "places")["Yorkshire and the Humber"] == (5, 2, 3)
    assert lines_of(db, manager, "places", 1) == {"BD, Bradford": (1, 1, 0), "LS, Leeds": (4, 1, 3)}


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("taken", "free", "told"), [(5, 5, True), (4, 20, False), (20, 4, False)])
def test_of_another_region_small_numbers_are_not_told(db, manager, taken, free, told):
    for number in range(taken + free):
        mentor = a_mentor_row(region=Region.LONDON, home="SE1", places=1, state=MentorState.ACTIVE)
        keep(db, mentor, *places_of(mentor))
        if number < taken:
            leaver = a_leaver_row()
            referral = a_referral(leaver, region=Region.LONDON)
            keep(db, leaver, referral, a_pair(referral, mentor))

    figures = lines_of(db, manager, "places")["London"]

    assert figures == ((taken + free, taken, free) if told else (None, None, None))
    assert len(picture(db, manager, NOW, "places").parts) == 1


def test_waiting_ends_with_the_first_yes_and_is_told_by_its_month(db, manager):
    put = NOW - timedelta(days=60)
    first, *_ = (
        someone(db, put_forward_at=put, accepted_at=put + timedelta(days=days))
        for days in (10, 20, 30, 40)
    )
    over = pair_of(db, first)
    over.state, over.end_reason, over.place_number = PairState.ENDED, EndReason.STOOD_DOWN, None
    mentor = a_mentor_row()
    keep(db, over, mentor, *places_of(mentor))
    keep(db, a_pair(first, mentor, accepted_at=NOW, state=PairState.ACCEPTED))
    someone(db)

    found = lines_of(db, manager, "waiting")

    assert found["October 2026"] == (3, 20, 30)
    assert found["November 2026"] == (1, 40, 40)
    assert found["December 2025"] == (0, None, None)
    assert found["Waiting now"] == (1, 30, 30)


def test_a_month_begins_when_it_does_in_london(db, manager):
    summer = datetime(2026, 7, 31, 23, 30, tzinfo=UTC)
    waited = someone(db, put_forward_at=summer - timedelta(days=5), accepted_at=summer)
    at = {**BOOKED, "starts_at": summer, "state": MeetingState.HELD}
    keep(db, a_meeting(pair_of(db, waited), **at))

    assert lines_of(db, manager, "waiting")["August 2026"][0] == 1
    assert lines_of(db, manager, "meetings")["August 2026"] == (1, 0)
    assert lines_of(db, manager, "meetings")["July 2026"] == (0, 0)


def test_meetings_are_counted_by_month_and_kind_and_only_those_held_or_missed(db, manager):
    here, wales = (
        pair_of(db, someone(db, accepted_at=NOW, region=region))
        for region in (Region.YORKSHIRE, Region.WALES)
    )
    past = {**BOOKED, "starts_at": NOW - timedelta(days=3)}
    missed = past | {"state": MeetingState.MISSED, "missed_by": Absentee.LEAVER}
    keep(
        db,
        a_meeting(here, **past, state=MeetingState.HELD),
        a_meeting(here, **missed, kind=MeetingKind.GATE),
        a_meeting(here, **past, kind=MeetingKind.CALL, state=MeetingState.BOOKED),
        a_meeting(wales, **past, state=MeetingState.HELD),
    )

    assert lines_of(db, manager, "meetings")["November 2026"] == (1, 1)
    assert lines_of(db, manager, "meetings", 1)["At the gate"] == (0, 1)
    assert lines_of(db, manager, "meetings", 1)["Phone call"] == (0, 0)
    assert lines_of(db, manager, "meetings", 0, MeetingKind.GATE)["November 2026"] == (0, 1)


def test_matches_that_ended_are_counted_with_those_of_which_a_number_is_left(db, manager):
    for region, reason in (
        (Region.YORKSHIRE, EndReason.COMPLETED),
        (Region.YORKSHIRE, EndReason.DECLINED),
        (Region.YORKSHIRE, EndReason.REPLACED),
        (Region.WALES, EndReason.DIED),
    ):
        ended = {"state": PairState.ENDED, "end_reason": reason, "place_number": None}
        mentor = a_mentor_row()
        keep(db, mentor, a_pair(someone(db, region=region), mentor, **ended))
    left = {"month": date(2026, 11, 1), "end_reason": EndReason.COMPLETED}
    keep(db, PairCount(region=Region.YORKSHIRE, pairs=7, **left))
    keep(db, PairCount(region=Region.WALES, pairs=90, **left))

    assert lines_of(db, manager, "matches")["November 2026"] == (8, 1, 0)
    assert lines_of(db, manager, "matches", 1)["Completed"] == (8,)
    assert sum(map(sum, lines_of(db, manager, "matches", 1).values())) == 9
    assert lines_of(db, manager, "matches", 0, EndReason.DECLINED)["November 2026"] == (1,)


def test_fairness_puts_small_groups_together_and_tells_no_number_below_five(db, manager):
    for number in range(36):
        women = number % 9 == 0
        told = {"sex": Sex.FEMALE if women else Sex.MALE, "risk": [*Risk][number % 2]}
        told |= {"prison": "LEI" if number % 3 else "WEI", "birth_date": date(1960 + number, 1, 1)}
        told |= {"accepted_at": NOW - timedelta(days=number % 7)} if number % 2 == 0 else {}
        someone(db, **told, mentor=a_mentor_row())

    found = picture(db, manager, NOW, "fairness")

    heads = [part.head for part in found.parts]
    assert heads == ["Prison", "Sex", "Age", "Risk of serious harm", "Ethnic group"]
    for part in found.parts:
        people = [line.figures for line in part.lines]
        assert part.lines[-1].name == "Everyone"
        assert people[-1][:2] == (36, 18)
        assert all(have >= LEAST and all_of - have >= LEAST for all_of, have, *_ in people)
        assert sum(one[0] for one in people[:-1]) in (0, 36)
    assert [line.name for line in found.parts[1].lines] == ["Everyone"]
    assert OWN_CHOICE in found.notes


def test_fairness_by_ethnic_group_hides_small_groups_and_says_who_did_not_say(db, manager):
    large = (EthnicGroup.WHITE, EthnicGroup.BLACK, None)
    people = [*large * 12, EthnicGroup.ASIAN, *[EthnicGroup.OTHER] * 11]
    for number, group in enumerate(people):
        yes = NOW - timedelta(days=9) if number % 2 else None
        someone(db, ethnic_group=group, accepted_at=yes)

    lines = lines_of(db, manager, "fairness", 4)

    assert {name: figures[:2] for name, figures in lines.items()} == {
        EthnicGroup.BLACK.label: (12, 6),
        EthnicGroup.WHITE.label: (12, 6),
        NOT_SAID: (12, 6),
        "Asian or Asian British and Another ethnic group, together": (12, 6),
        "Everyone": (48, 24),
    }
    assert [*lines][:3] == [EthnicGroup.BLACK.label, EthnicGroup.WHITE.label, NOT_SAID]


def test_fairness_tells_nothing_at_all_of_too_few_people(db, manager):
    for _ in range(LEAST):
        someone(db)

    found = picture(db, manager, NOW, "fairness")

    assert found.parts == ()
    assert "too few people" in found.empty


def test_who_left_long_ago_or_withdrew_is_not_counted_in_fairness(db, manager):
    for number in range(12):
        someone(db, accepted_at=NOW - timedelta(days=9) if number % 2 else None)
    someone(db, release_date=TODAY - timedelta(weeks=12, days=1))
    someone(db, state=ReferralState.WITHDRAWN)
    someone(db, region=Region.WALES)

    assert lines_of(db, manager, "fairness")["Everyone"] == (12, 6, 50, 21)


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", SUBJECTS)
def test_a_region_of_which_there_is_nothing_to_see_says_what_to_do(db, manager, name):
    assert len(picture(db, manager, NOW, name).empty.split()) > 10


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", SUBJECTS)
def test_more_people_ask_the_database_no_more_often(db, manager, name):
    def asked():
        statements = []
        db.expire_all()
        event.listen(db.get_bind(), "before_cursor_execute", lambda *_: statements.append(1))
        picture(db, manager, NOW, name)
        return len(statements)

    for number in range(12):
        someone(db, accepted_at=NOW if number % 2 else None)
    once = asked()
    for number in range(12):
        someone(db, accepted_at=NOW if number % 2 else None)

    assert asked() == once <= 4
