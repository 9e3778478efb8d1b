"""bandit's answer is read: what it finds, how much it read, and that it may not be there."""

import json
import shutil

import pytest

from tests.prove.places import place_of
from tests.prove.tally import Tally
from tests.prove.weaknesses import ROOMS, look_for_weaknesses, read_by

FINDING = {"filename": "a.py", "line_number": 7, "test_id": "B602", "issue_text": "A shell."}


@pytest.fixture
def program(tmp_path):
    """Stands for bandit, and says what the file beside it holds."""
    script = tmp_path / "bandit"
    script.write_text(f"#!/bin/sh\ncat {tmp_path}/told.json\nexit 1\n")
    script.chmod(0o755)
    told = {"results": [FINDING], "errors": [], "metrics": {"_totals": {"loc": 20}}}
    (tmp_path / "told.json").write_text(json.dumps(told))
    return script


def test_each_finding_is_a_sentence_with_its_place(program):
    assert read_by(str(program), program.parent) == (20, ["a.py:7 B602 A shell."])


def test_a_finding_breaks_the_proof(program, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: str(program))
    tally = Tally("weaknesses", "none", len(ROOMS), seed=1)

    with place_of("none") as place:
        look_for_weaknesses(tally, place)

    assert (tally.done, len(tally.broken), tally.is_good) == (3, 3, False)
    assert tally.notes == {"lines read": 60}


def test_without_bandit_nothing_is_counted_as_read(monkeypatch, capsys):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    tally = Tally("weaknesses", "none", len(ROOMS), seed=1)

    with place_of("none") as place:
        look_for_weaknesses(tally, place)

    assert (tally.done, tally.is_good) == (0, False)
    assert "bandit is not installed" in capsys.readouterr().err
