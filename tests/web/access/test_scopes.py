"""Who finds which rows: every account by every SELECT that begins with who looks."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

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
    assert list(differences(finds(db, world), expected())) == []


def test_every_line_of_the_table_is_of_a_select_that_there_is():
    assert {name for name, _ in expected()} <= {name for name, _ in selects()}


def test_a_closed_account_finds_nothing_at_all(db: Session, world: World):
    found = dict(finds(db, world))

    assert not any(found[name, "disabled"] for name, _ in selects())


def test_what_a_leaver_lets_their_mentor_have_is_given_while_the_pair_goes_on(
    db: Session, world: World
):
    assert list(shared_too_early_or_too_long(db, world)) == []
