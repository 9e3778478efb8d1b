"""What is sent about a thing that is not one's own changes nothing, whatever the words."""

from collections.abc import Iterator

import pytest

from models.database import make_engine
from tests.databases import Databases
from tests.web.access.posting import Posting, all_rows
from tests.web.access.walking import Asked, Walk, a_walk
from tests.web.desks import Desks
from web.page_rights import RIGHTS

SQLITE = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"})
WHO = ("peer", "liaison", "mentor", "manager")
"""Administrators are not here: no account and no opened record is foreign to them."""

COUNTS_TRIES = {"rate_limit"}
"""How often an account sends something is counted, whatever it is about."""

FILLED_IN = 25
"""At least so many forms are filled in, and taken when they are about one's own thing."""


@pytest.fixture
def walk(databases: Databases) -> Iterator[Walk]:
    with databases.migrated() as url:
        engine = make_engine(url)
        yield a_walk(Desks(engine))
        engine.dispose()


@pytest.mark.long
@SQLITE
def test_right_words_about_a_foreign_thing_change_nothing_and_read_like_none(walk: Walk):
    before, wrong, kept = all_rows(walk.desks.engine), [], 0
    for who in WHO:
        posting = Posting(walk, who)
        for sent in posting.forms().values():
            answers = {about: told for about, *told in posting.send_elsewhere(sent)}
            kept += posting.kept[sent.endpoint]
            if answers["foreign"] != answers["absent"] or answers["absent"][0] != 404:
                wrong.append((who, sent.endpoint, [told[0] for told in answers.values()]))
    after = all_rows(walk.desks.engine)

    assert wrong == []
    assert {name for name in before if before[name] != after[name]} <= COUNTS_TRIES
    assert kept >= FILLED_IN


@SQLITE
def test_a_method_that_a_page_does_not_have_is_refused_and_keeps_nothing(walk: Walk):
    wrong = []
    for who in ("", "manager"):
        for one in _first_of_each_page(walk, who):
            for method in METHODS - _taken_at(walk, one.endpoint):
                answer = walk.ask(Asked(who, one.endpoint, method, one.about, one.address))
                if answer.status not in (404, 405) or answer.kept or answer.canaries:
                    wrong.append((who, method, one.endpoint, answer.status))

    assert wrong == []


def _taken_at(walk: Walk, endpoint: str) -> set[str]:
    """The methods of all pages that have the address of this one: asking and listing share one."""
    rules = list(walk.desks.app.url_map.iter_rules())
    here = {rule.rule for rule in rules if rule.endpoint == endpoint}
    return {
        method for rule in rules if rule.rule in here for method in RIGHTS[rule.endpoint].methods
    }


def _first_of_each_page(walk: Walk, who: str) -> Iterator[Asked]:
    seen = set()
    for one in walk.requests(who):
        if one.endpoint not in seen and one.endpoint != "static":
            seen.add(one.endpoint)
            yield one
