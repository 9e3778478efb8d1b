"""What leaves by mail, by text, for a calendar and on paper tells nobody what they may not know."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from matcher.letter_texts import TEXTS
from matcher.recipients import Party
from models.states import Channel
from tests.web.access.canaries import Canary, canaries_of
from tests.web.access.letters import Read, letters_read
from tests.web.access.world import a_world

SQLITE = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


@pytest.fixture
def letters(engine: Engine) -> Iterator[list[Read]]:
    """Every letter about the stories of a world of canaries."""
    with Session(engine, expire_on_commit=False) as db:
        world = a_world(db)
        canaries: dict[str, Canary] = {}
        for one in canaries_of(db):
            canaries |= dict.fromkeys(one.said, one)
        yield list(letters_read(db, world, canaries))


@SQLITE
def test_no_letter_tells_anybody_more_than_is_theirs(letters: list[Read]):
    wrong = [(one, sorted(one.fields - one.allowed)) for one in letters]

    assert [(one.story, one.kind, one.party, what) for one, what in wrong if what] == []


@SQLITE
def test_every_kind_of_letter_was_read_by_each_way_it_goes(letters: list[Read]):
    read = {(one.kind, one.party) for one in letters}
    printed = [one for one in letters if one.party is Party.LEAVER]

    assert read >= set(TEXTS)
    assert {one.channel for one in letters} == set(Channel)
    assert len(letters) > 100
    for one in printed:
        assert {"leaver.first_name", "mentor.first_name", "leaver.code"} <= one.fields
    assert any("leaver.code" in one.fields for one in letters if one.party is Party.PRACTITIONER)
