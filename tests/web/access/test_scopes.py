"""Who finds which rows: every account by every SELECT that begins with who looks."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from matcher.deputies import stand_in
from tests.rows import NOW, TODAY
from tests.web.access.edges import stand_at_the_edges
from tests.web.access.found import expected
from tests.web.access.masks import shared_too_early_or_too_long
from tests.web.access.scopes import differences, finds, selects
from tests.web.access.stories import World
from tests.web.access.world import a_world


@pytest.fixture
def db(engine: Engine) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as db:
        yield db


@pytest.fixture
def world(db: Session) -> World:
    """A world with rows at the edges of each scope."""
    world = a_world(db)
    stand_at_the_edges(db, world)
    return world


def test_everybody_finds_what_is_theirs_and_nothing_else(db: Session, world: World):
    own = [(key, rows) for key, rows in finds(db, world) if key[1] != "deputy"]

    assert list(differences(own, expected())) == []


OWN = {
    *("accounts_kept_by", "accounts_seen_by", "away_answered_by", "away_of_own"),
    *("drafts_seen_by", "invitations_agreed_by", "invitations_kept_by", "unsent_seen_by"),
}
"""SELECTs of what is somebody's own, and of the accounts of a region: not for a deputy."""


OF_ANY_REGION = {"mentors_asked_about", "mentors_counted_by"}
"""SELECTs by which every manager finds the same."""


def test_a_deputy_finds_what_the_manager_finds_and_nothing_of_it_once_it_is_over(
    db: Session, world: World
):
    away: Any = world.stories["here"]["away"]
    deputy: Any = world.stories["others"]["colleague"]
    away.starts_on = away.ends_on = TODAY
    away.deputy_id, away.agreed_at = deputy.id, NOW
    db.flush()
    both = replace(world, accounts={"manager": world.accounts["manager"], "deputy": deputy})

    stand_in(db, deputy, now=NOW)
    on_the_day = dict(finds(db, both))
    stand_in(db, deputy, now=NOW + timedelta(days=1))
    after = dict(finds(db, both))

    names = {name for name, _ in selects()} - OWN
    for name in names:
        assert on_the_day[name, "deputy"] == on_the_day[name, "manager"], name
    still = {name for name in names if after[name, "deputy"]}
    assert still <= OF_ANY_REGION


def test_every_line_of_the_table_is_of_a_select_that_there_is():
    assert {name for name, _ in expected()} <= {name for name, _ in selects()}


def test_a_closed_account_finds_nothing_at_all(db: Session, world: World):
    found = dict(finds(db, world))

    assert not any(found[name, "disabled"] for name, _ in selects())


def test_what_a_leaver_lets_their_mentor_have_is_given_while_the_pair_goes_on(
    db: Session, world: World
):
    assert list(shared_too_early_or_too_long(db, world)) == []
