import csv
import io
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from matcher.core.eligibility import RULES
from matcher.files.people_files import read_leavers, read_mentors, write_leavers, write_mentors
from matcher.plan_tables import PAIR_COLUMNS, WHY_COLUMNS
from tests.factories import TODAY, a_leaver, a_mentor
from web.cli import main


@pytest.fixture
def files(tmp_path):
    leavers = [
        a_leaver(),
        a_leaver(code="L2", prison_number="A0002BC", resettling_in="LS28"),
        a_leaver(code="L3", prison_number="A0003BC", consented_on=None),
    ]
    mentors = [a_mentor(places=1), a_mentor(code="M2", places=1)]
    (tmp_path / "leavers.csv").write_bytes(write_leavers(leavers))
    (tmp_path / "mentors.csv").write_bytes(write_mentors(mentors))
    return tmp_path


def gatemate(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def match(folder, *more, leavers="leavers.csv"):
    return gatemate(
        "match",
        *("--leavers", folder / leavers),
        *("--mentors", folder / "mentors.csv"),
        *("--out", folder / "pairs.csv"),
        *("--today", TODAY),
        *more,
    )


def rows(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def test_two_files_become_pairs_with_reasons_and_a_proof(files):
    done = match(files, "--why", files / "why.csv")

    assert done.exit_code == 0, done.output
    pairs, why = rows(files / "pairs.csv"), rows(files / "why.csv")
    assert tuple(pairs[0]) == PAIR_COLUMNS
    assert tuple(why[0]) == WHY_COLUMNS
    assert {pair["leaver"] for pair in pairs} == {"L1", "L2"}
    assert {pair["mentor"] for pair in pairs} == {"M1", "M2"}
    assert "2 of 3 leavers covered; 1 on hold" in done.output
    assert "proved: no plan is better" in done.output
    assert "L3: On hold. Consent is not on file." in done.output


def test_the_order_of_rows_in_the_files_never_changes_the_pairs(files):
    match(files)
    once = (files / "pairs.csv").read_bytes()
    for name in ("leavers.csv", "mentors.csv"):
        header, *lines = (files / name).read_bytes().splitlines(keepends=True)
        (files / name).write_bytes(b"".join([header, *reversed(lines)]))

    match(files)

    assert (files / "pairs.csv").read_bytes() == once


def test_every_bad_cell_of_both_files_is_named_and_nothing_is_written(files):
    text = (files / "leavers.csv").read_text(encoding="utf-8-sig")
    (files / "leavers.csv").write_text(text.replace("LS28", "LS280").replace("low", "lowish"))
    text = (files / "mentors.csv").read_text(encoding="utf-8-sig")
    (files / "mentors.csv").write_text(text.replace("M2", "M 2"))

    done = match(files)

    assert done.exit_code == 2
    assert 'leavers.csv: Row 3, Resettling in, "LS280":' in done.stderr
    assert 'leavers.csv: Row 2, Risk, "lowish":' in done.stderr
    assert 'mentors.csv: Row 3, Code, "M 2":' in done.stderr
    assert done.stderr.endswith("Nothing was written.\n")
    assert not (files / "pairs.csv").exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--today", "23/11/2026"], '"23/11/2026" is not a day. Write it as 2027-03-09.'),
        (["--out", "nowhere/pairs.csv"], "there is no folder nowhere."),
        (["--leavers", "missing.csv"], "missing.csv: This file cannot be read"),
        (["--everyone"], "No such option"),
    ],
)
def test_a_bad_argument_ends_with_two_and_one_clear_sentence(files, more, said):
    done = match(files, *more)

    assert done.exit_code == 2
    assert said in done.stderr
    assert "Traceback" not in done.output


def test_dates_that_read_two_ways_are_asked_about_with_the_option_to_give(files):
    text = (files / "leavers.csv").read_text(encoding="utf-8-sig")
    in_numbers = re.sub(r"\d{4}-(\d\d)-\d\d", r"\1/05/2026", text.replace("-17", "-05"))
    (files / "leavers.csv").write_text(in_numbers)

    asked = match(files)
    told = match(files, "--date-order", "day_first")

    assert asked.exit_code == 2
    assert "Give --date-order day_first or --date-order month_first." in asked.stderr
    assert told.exit_code == 0, told.output


def test_no_file_may_overwrite_another(files):
    before = (files / "leavers.csv").read_bytes()

    done = match(files, "--out", files / "leavers.csv")

    assert done.exit_code == 2
    assert "one of these would overwrite another" in done.stderr
    assert (files / "leavers.csv").read_bytes() == before


def test_a_file_that_is_no_table_of_people_is_refused_in_a_sentence(files):
    (files / "odd.csv").write_bytes(b"\x00\x01\x02 not a table")

    done = match(files, leavers="odd.csv")

    assert done.exit_code == 2
    assert "odd.csv: " in done.stderr
    assert "Traceback" not in done.output


def test_where_the_reasons_cannot_be_written_the_pairs_are_not_written_either(files):
    (files / "why.csv").mkdir()

    done = match(files, "--why", files / "why.csv")

    assert done.exit_code == 2
    assert not (files / "pairs.csv").exists()
    assert not list(files.glob(".*"))


def test_example_people_can_be_matched_and_come_out_the_same_for_the_same_seed(tmp_path):
    made = [
        gatemate("example", "--leavers", 60, "--mentors", 40, "--seed", 7, "--today", TODAY,
                 "--out", tmp_path / name)
        for name in ("one", "two")
    ]  # fmt: skip

    done = match(tmp_path / "one")

    assert [each.exit_code for each in (*made, done)] == [0, 0, 0], done.output
    for name in ("leavers.csv", "mentors.csv"):
        assert Path(tmp_path, "one", name).read_bytes() == Path(tmp_path, "two", name).read_bytes()


def test_the_rules_are_printed_every_one_with_its_number():
    done = gatemate("rules")

    assert done.exit_code == 0
    for rule in RULES:
        assert rule.code in done.output
    for number in range(1, 13):
        assert f"│ {number:<4} │" in done.output


@pytest.mark.parametrize(("people", "read"), [("leavers", read_leavers), ("mentors", read_mentors)])
def test_a_template_has_every_column_and_is_never_written_over_a_file(tmp_path, people, read):
    path = tmp_path / "template.xlsx"

    written = gatemate("template", people, "--out", path)
    again = gatemate("template", people, "--out", path)

    assert written.exit_code == 0, written.output
    assert "Code" in read(path.read_bytes()).header
    assert again.exit_code == 2
    assert "there is a file of this name already" in again.stderr
