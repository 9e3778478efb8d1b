"""Every requirement of OWASP ASVS 5.0, levels 1 and 2, is answered, and what is said is there."""

import re
from collections import Counter

import pytest

from tests.asvs import ROOT, STATUSES, counts, every_id, requirements, what_tests_say

ROWS = requirements()
TESTED = [(row.id, one) for row in ROWS if row.status == "tested" for one in row.where.split()]


def heading_ids(page):
    return {
        re.sub(r"[^\w -]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in page.splitlines()
        if line.startswith("#")
    }


def test_every_requirement_is_there_once():
    assert sorted(Counter(row.id for row in ROWS).items()) == sorted((one, 1) for one in every_id())
    assert Counter(row.level for row in ROWS) == {"1": 70, "2": 183}


def test_every_row_says_how_it_stands_and_where_or_why():
    for row in ROWS:
        assert row.status in STATUSES
        assert bool(row.where) is (row.status in {"tested", "process"}), row.id
        assert row.why or row.where, row.id


@pytest.mark.parametrize(("requirement", "where"), TESTED)
def test_a_test_that_is_named_is_there_and_cites_what_it_holds(requirement, where):
    file, name = where.split("::")

    cited = re.findall(r"\d+\.\d+\.\d+", what_tests_say(file)[name].partition("ASVS")[2])

    assert requirement in cited


def test_a_process_that_is_named_is_written_down():
    for row in ROWS:
        if row.status == "process":
            page, _, heading = row.where.partition("#")
            text = (ROOT / page).read_text(encoding="utf-8")
            assert not heading or heading in heading_ids(text), row.where


def test_what_is_not_met_is_told_of_by_level():
    told = counts(ROWS)

    assert told.splitlines()[0].startswith("Level 1: ")
    assert told.splitlines()[1].endswith("183 in all")
