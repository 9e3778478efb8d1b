"""A manager is away, a colleague who said yes stands in, and it ends by itself."""

from datetime import timedelta

import pytest
from sqlmodel import select

from matcher import deputies, post
from matcher.deputies import Gap
from matcher.recipients import behind, place_for
from matcher.refusing import NotAllowed
from models.outbox import Letter
from models.states import Channel, LetterKind, Role
from models.vocabulary import Region
from tests.rows import NOW, TODAY, an_account

DAY = timedelta(days=1)
YORKSHIRE, WALES = Region.YORKSHIRE, Region.WALES


@pytest.fixture
def managers(db):
    own = an_account(Role.MANAGER, region=YORKSHIRE, email="own@example.org")
    other = an_account(Role.MANAGER, region=WALES, email="deputy@example.org")
    db.add_all([own, other])
    db.commit()
    return own, other


def away(db, managers, *, yes=True, days=2):
    own, other = managers
    row = deputies.go_away(db, own, TODAY, TODAY + days * DAY, other.email or "", now=NOW)
    if yes:
        deputies.answer(db, row, yes=True, now=NOW)
    return row


@pytest.mark.parametrize(
    ("yes", "after", "finds"),
    [(False, 0, False), (True, 0, True), (True, 2, True), (True, 3, False)],
)
def test_a_deputy_looks_after_the_region_once_they_said_yes_and_to_the_end_of_the_last_day(
    db, managers, yes, after, finds
):
    away(db, managers, yes=yes)
    _, deputy = managers

    deputies.stand_in(db, deputy, now=NOW + after * DAY)

    assert deputy.regions == ({WALES, YORKSHIRE} if finds else {WALES})


def test_it_is_over_at_once_when_the_manager_is_back_or_the_deputy_has_another_desk(db, managers):
    row = away(db, managers)
    _, deputy = managers

    deputies.come_back(db, row, now=NOW)
    back = deputies.stood_in_by(db, deputy, TODAY)
    row.ended_at = None
    deputy.role, deputy.region, deputy.prison = Role.LIAISON, None, "LEI"
    db.flush()

    assert back == []
    assert deputies.stood_in_by(db, deputy, TODAY) == []
    assert deputies.deputies_of(db, YORKSHIRE, TODAY) == []


@pytest.mark.parametrize(
    ("starts", "ends", "email", "says"),
    [
        (-1, 2, "", "This day is over"),
        (2, 1, "", "before the first"),
        (0, 99, "", "more than 12 weeks"),
        (0, 1, "nobody@example.org", "No other manager"),
        (0, 1, "own@example.org", "No other manager"),
    ],
)
def test_days_and_deputies_that_cannot_be_are_refused(db, managers, starts, ends, email, says):
    own, _ = managers

    with pytest.raises(NotAllowed, match=says):
        deputies.go_away(db, own, TODAY + starts * DAY, TODAY + ends * DAY, email, now=NOW)


def test_a_colleague_who_is_away_too_cannot_stand_in(db, managers):
    own, other = managers
    deputies.go_away(db, other, TODAY, TODAY, "", now=NOW)

    with pytest.raises(NotAllowed, match="away on some of these days"):
        deputies.go_away(db, own, TODAY, TODAY, other.email or "", now=NOW)


@pytest.mark.parametrize("yes", [True, False])
def test_a_region_that_nobody_looks_after_is_a_gap(db, managers, yes):
    row = away(db, managers, yes=yes)

    found = deputies.gaps(db, TODAY)

    assert found == ([] if yes else [Gap(YORKSHIRE, row.ends_on)])


def test_an_urgent_letter_to_the_manager_goes_to_the_deputy_too(db, managers):
    away(db, managers)

    to = post.to_manager(YORKSHIRE)
    post.plan_letter(db, LetterKind.RING_US, Channel.EMAIL, to, now=NOW, number=7)
    db.flush()

    places = [
        place_for(db, behind(db, letter), by_text=False) for letter in db.exec(select(Letter))
    ]
    assert {place.address for place in places if place} == {"own@example.org", "deputy@example.org"}
