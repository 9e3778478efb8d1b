"""Who may ask for what, and what they are shown: every page, every kind of account, every stage."""

from collections.abc import Iterator
from random import Random

import pytest
from flask import Blueprint

from models.database import make_engine
from models.seen_fields import READERS, SEEN, readers_of
from models.states import Role
from models.tables import METADATA
from tests.databases import Databases
from tests.prove.matrix import KINDS_OF_ACCOUNT
from tests.web.access.judging import Judge
from tests.web.access.searching import everybody
from tests.web.access.walking import Walk, a_walk
from tests.web.desks import Desks
from web.application import create_app
from web.page_rights import RIGHTS, UnlistedPageError, check, may_ask

SEED, SHARE = 20261122, 0.15
"""On PostgreSQL this share of all requests, drawn anew with each change of the table of pages; the
whole is walked there by `make prove PART=matrix-postgresql`."""


@pytest.fixture
def walk(databases: Databases) -> Iterator[Walk]:
    """A world of canaries, and the application on it."""
    with databases.migrated() as url:
        engine = make_engine(url)
        yield a_walk(Desks(engine))
        engine.dispose()


@pytest.mark.long
def test_nobody_is_let_in_and_nothing_is_told_but_what_the_tables_say(walk: Walk):
    is_whole = walk.desks.engine.dialect.name == "sqlite"
    judge, chance = Judge(walk), Random(SEED)
    every = [one for who in everybody(walk) for one in walk.requests(who)]
    asked = every if is_whole else [one for one in every if chance.random() < SHARE]

    wrongs = [wrong for one in asked for wrong in judge.wrongs(walk.ask(one))]

    assert set(everybody(walk)) == set(KINDS_OF_ACCOUNT)
    assert not wrongs[:20], (len(wrongs), len(asked))
    assert len(asked) > (8_000 if is_whole else 1_600)
    if is_whole:
        assert judge.lost() == []
        opened = {endpoint for _, endpoint in judge.opened}
        theirs = {name for name, one in RIGHTS.items() if one.who and not one.at_kiosk}
        assert theirs - opened == set()
        assert len(judge.read) > 150


def test_every_column_of_every_table_is_in_the_table_of_fields():
    columns = {(table.name, one.name) for table in METADATA.sorted_tables for one in table.columns}

    assert columns - SEEN.keys() == set()
    assert SEEN.keys() - columns == set()
    assert set().union(*SEEN.values()) <= READERS


def test_a_column_without_a_row_is_seen_by_nobody():
    assert readers_of("leaver", "a_new_column") == frozenset()


def test_a_page_without_a_row_is_nobodys_and_keeps_an_application_from_starting(desks: Desks):
    app = create_app(desks.settings, desks.engine, lambda: desks.now)
    check(app)
    pages = Blueprint("manager_new", __name__)
    pages.add_url_rule("/new", "new", lambda: "new")
    app.register_blueprint(pages)

    with pytest.raises(UnlistedPageError, match=r"manager_new\.new"):
        check(app)
    assert not any(may_ask("manager_new.new", role) for role in (None, *Role))


def test_a_page_that_takes_more_than_its_row_says_keeps_an_application_from_starting(desks: Desks):
    app = create_app(desks.settings, desks.engine, lambda: desks.now)
    app.add_url_rule("/manager/mentors", "manager_people.mentors", methods=["DELETE"])

    with pytest.raises(UnlistedPageError, match=r"manager_people\.mentors"):
        check(app)
