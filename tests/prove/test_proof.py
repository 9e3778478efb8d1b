"""The table of the proof, the figures kept between two runs, and a mail server that tells."""

import json

import pytest

from tests.prove.__main__ import main
from tests.prove.faults import FAULTS
from tests.prove.parts import PARTS
from tests.prove.table import HEAD, row_of, write_row
from tests.prove.tally import OutOfTime, Stopwatch, Tally, tally_for


def test_every_part_takes_less_than_an_hour_and_names_its_database():
    kept = [part for part in PARTS.values() if part.database != "none"]

    assert {part.database for part in kept} == {"sqlite", "postgresql"}
    assert all(part.name.endswith(part.database) for part in kept)
    assert all(part.minutes < 60 for part in PARTS.values())


def test_at_least_fifteen_kinds_of_fault_meet_the_letters():
    assert len({fault.name for fault in FAULTS}) >= 15
    assert all(fault.step == "dot" for fault in FAULTS if fault.is_taken)


def test_a_part_writes_its_own_row_and_leaves_the_others(tmp_path):
    place = tmp_path / "proof.md"
    first, second = list(PARTS)[:2]
    write_row(place, Tally(second, "postgresql", 200, 7, done=87, seconds=90))
    write_row(place, Tally(first, "sqlite", 5, 7, done=5, worst=4.26, seconds=30))
    place.write_text(place.read_text() + "\nWhat is not promised.\n")

    write_row(place, Tally(second, "postgresql", 200, 7, done=200, seconds=900))

    lines = place.read_text().splitlines()
    assert lines[lines.index(HEAD) + 2 :] == [
        f"| `{first}` | sqlite | 5 | 0 | 0 | 4.3 s | 0 | 7 | 0.5 minutes |",
        f"| `{second}` | postgresql | 200 | 0 | 0 | – | 0 | 7 | 15.0 minutes |",
        "",
        "What is not promised.",
    ]


def test_a_part_that_was_interrupted_says_how_far_it_came():
    assert "87 of 200" in row_of(Tally("kills-sqlite", "sqlite", 200, 7, done=87))


def test_a_part_goes_on_where_it_was_and_begins_anew_unless_asked(tmp_path):
    place = tmp_path / "state" / "kills-sqlite.json"
    tally = tally_for(place, "kills-sqlite", "sqlite", 200, 7, resume=True)
    tally.done, tally.broken = 87, ["I1"]
    tally.keep()

    again = tally_for(place, "kills-sqlite", "sqlite", 200, 7, resume=True)
    anew = tally_for(place, "kills-sqlite", "sqlite", 200, 7, resume=False)
    other = tally_for(place, "kills-sqlite", "sqlite", 200, 8, resume=True)

    assert (again.done, again.broken, again.is_good) == (87, ["I1"], False)
    assert (anew.done, other.done) == (0, 0)
    assert json.loads(place.read_text())["done"] == 87


def test_a_part_that_outruns_its_budget_stops_with_its_figures_kept(tmp_path):
    tally = Tally("kills-sqlite", "sqlite", 200, 7, done=3, place=tmp_path / "k.json", limit=-1)

    with pytest.raises(OutOfTime):
        Stopwatch(tally).keep()

    assert json.loads((tmp_path / "k.json").read_text())["done"] == 3


def test_a_part_that_is_finished_is_not_run_again(tmp_path, capsys):
    part = PARTS["acceptance-sqlite"]
    kept = Tally(part.name, "sqlite", 4, 20261122, done=4, place=tmp_path / f"{part.name}.json")
    kept.keep()

    status = main([part.name, "--many", "4", "--resume", "--state", str(tmp_path), "--no-row"])

    assert status == 0
    assert row_of(kept) in capsys.readouterr().out


def test_a_part_that_is_not_there_is_refused():
    with pytest.raises(SystemExit):
        main(["no-such-part"])
