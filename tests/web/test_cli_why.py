"""`gatemate why`, `unmatched` and `what-if`: of two files, and of the service's database."""

from datetime import timedelta

import pytest
import time_machine
from click.testing import CliRunner
from sqlmodel import select

from matcher.files.people_files import write_leavers, write_mentors
from models.audit import AuditedSession, AuditEntry, Hand
from models.database import make_engine
from models.pairs import Pair
from tests.factories import TODAY, a_leaver, a_mentor
from tests.matcher.people_waiting import ready, run, waiting
from tests.rows import NOW
from web.cli import main

SOON = TODAY + timedelta(days=21)


@pytest.fixture(autouse=True)
def on_the_monday():
    with time_machine.travel(NOW, tick=False):
        yield


def gatemate(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def files(tmp_path):
    people = [
        a_leaver(release_date=SOON),
        a_leaver(code="L2", prison_number="A0002BC"),
        a_leaver(code="L3", prison_number="A0003BC", consented_on=None),
    ]
    able = [a_mentor(places=1, first_name="Sam"), a_mentor(code="M2", state="paused")]
    (tmp_path / "leavers.csv").write_bytes(write_leavers(people))
    (tmp_path / "mentors.csv").write_bytes(write_mentors(able))
    names = ("--leavers", tmp_path / "leavers.csv", "--mentors", tmp_path / "mentors.csv")
    return (*names, "--today", TODAY)


@pytest.fixture
def on_file(database_url, monkeypatch):
    """A database with a pair, a mentor who was not chosen, and no secret to write with.

    What is written leaves its entries, since a plan is kept until there is a new one.
    """
    monkeypatch.setenv("GATEMATE_DATABASE", database_url)
    monkeypatch.delenv("GATEMATE_SECRET", raising=False)
    engine = make_engine(database_url)
    with AuditedSession(engine, audit_key=b"k" * 32) as db:
        db.write_as(Hand(None, at=NOW))
        leaver, mentor = waiting(db), ready(db, home="LS6", places=1)
        other = ready(db, home="LS28", places=0)
        alone = waiting(db, referral={"languages": {"pl"}})
        run(db)
        yield db, {"leaver": leaver, "mentor": mentor, "other": other, "alone": alone}
    engine.dispose()


def test_why_of_two_files_tells_of_a_pair_and_of_one_that_may_not_be(files):
    pair, barred = gatemate("why", "L1", "M1", *files), gatemate("why", "L1", "M2", *files)

    assert pair.exit_code == barred.exit_code == 0, pair.output
    assert pair.stdout.startswith("L1 and Sam (M1) are paired, at ")
    assert "No other mentor fits this leaver." in pair.stdout
    assert barred.stdout == "L1 and Alex (M2) may not be paired.\nM2 is not active.\n"


def test_why_of_two_files_tells_what_an_eligible_pair_lost_by(files):
    done = gatemate("why", "L2", "M1", *files)

    assert "L2 and Sam (M1) may be paired, at " in done.stdout
    assert "L1 would be left without a mentor." in done.stdout


def test_unmatched_lists_everyone_without_a_mentor_and_finds_changes_when_asked(files):
    done = gatemate("unmatched", *files)
    more = gatemate("unmatched", *files, "--changes", 1)
    one = gatemate("unmatched", *files, "--leaver", "L2")

    assert done.stdout.splitlines() == [
        "Without a mentor: 2 leavers.",
        (
            "L2: 1 mentor fits, but every place is needed by someone else. "
            "One thing is in the way of 1 mentor: a mentor who is not active (rule 9)."
        ),
        "L3: On hold. Consent is not on file.",
    ]
    change = "One more place for M1 would give L2 a mentor."
    assert change in more.stdout
    assert one.stdout.splitlines()[-1] == change


def test_a_leaver_with_a_mentor_is_said_to_have_one(files):
    assert gatemate("unmatched", *files, "--leaver", "L1").stdout == "L1 has a mentor.\n"


def test_what_if_prints_both_plans_and_keeps_nothing(files):
    done = gatemate("what-if", *files, "--like", "M1")
    lost = gatemate("what-if", *files, "--lose", "M1", "--like", "M1=2")

    assert "Leavers covered: 1 now, 2 then." in done.stdout
    assert "L2 would have LIKE-M1-1, at " in done.stdout
    assert done.stdout.endswith("Nothing was kept.\n")
    assert "Leavers covered: 1 now, 2 then." in lost.stdout


def test_what_if_takes_weights_and_settings(files):
    done = gatemate("what-if", *files, "--weight", "experience=60", "--load", 0, "--bonus", 9)
    rules = gatemate("what-if", *files, "--offence-free-months", 120)

    assert "Leavers covered: 1 now, 1 then." in done.stdout
    assert "L1 would be left without a mentor." in rules.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["why", "L9", "M1"], "L9: there is nobody with this code. Check it"),
        (["why", "L1", "M9"], "M9: there is nobody with this code. Check it"),
        (["why", "M1", "L1"], "M1: there is nobody with this code. Check it; the leaver's code"),
        (["unmatched", "--leaver", "L9"], "L9: there is nobody with this code. Check it."),
        (["what-if", "--lose", "M9"], "M9: there is nobody with this code. Check it."),
        (["what-if"], "Say what to suppose, such as --lose M-17. See: gatemate what-if --help"),
        (["what-if", "--like", "M1=x"], '"M1=x" must be a name and a whole number from 0 on'),
        (["what-if", "--like", "M1=1001"], "suppose 1,000 more mentors at most"),
        (["what-if", "--bonus", "nan"], '"nan" is not a number of points from 0 to 1,000'),
        (["what-if", "--load", "1e308"], '"1e308" is not a number of points from 0 to 1,000'),
        (["what-if", "--offence-free-months", "99999"], "99999 is not in the range 0<=x<=600"),
        (["what-if", "--weight", "luck=5"], "luck is no part of the score. The parts are"),
        (["what-if", "--weight", "time=101"], "the weights add up to 101 points"),
    ],
)
def test_what_cannot_be_is_one_clear_sentence(files, words, said):
    done = gatemate(*words, *files)

    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "soon"])
def test_a_day_that_nobody_plans_for_is_refused(files, day):
    done = gatemate("what-if", "--lose", "M1", *files[:-1], day)

    assert done.exit_code == 2
    assert f'"{day}"' in done.stderr


def test_one_file_alone_and_a_file_that_is_not_there_are_refused(files, tmp_path):
    one = gatemate("why", "L1", "M1", *files[:2])
    day = gatemate("why", "L1", "M1", "--today", TODAY)
    gone = gatemate("why", "L1", "M1", "--leavers", tmp_path / "no.csv", *files[2:])

    assert one.stderr.startswith("Give both --leavers and --mentors")
    assert day.stderr.startswith("--today goes with --leavers and --mentors")
    assert "no.csv: This file cannot be read" in gone.stderr
    assert one.exit_code == day.exit_code == gone.exit_code == 2


def test_the_database_answers_without_a_secret_and_nothing_in_it_changes(on_file):
    db, who = on_file
    codes = {name: one.code for name, one in who.items()}
    pairs, entries = (len(db.exec(select(kind)).all()) for kind in (Pair, AuditEntry))
    db.rollback()

    pair = gatemate("why", codes["leaver"], codes["mentor"])
    barred = gatemate("why", codes["leaver"], codes["other"])
    alone = gatemate("unmatched", "--leaver", codes["alone"])
    everyone = gatemate("unmatched", "--changes", 5)
    supposed = gatemate("what-if", "--lose", codes["mentor"])

    assert f"{codes['leaver']} and Alex ({codes['mentor']}) are paired" in pair.stdout
    assert f"{codes['other']} has no free place." in barred.stdout
    assert "interpreter" in alone.stdout
    assert alone.stdout.splitlines()[-1] in everyone.stdout
    assert f"{codes['leaver']} would be left without a mentor." in supposed.stdout
    assert [done.exit_code for done in (pair, barred, alone, everyone, supposed)] == [0] * 5
    assert len(db.exec(select(Pair)).all()) == pairs
    assert len(db.exec(select(AuditEntry)).all()) == entries


def test_unmatched_lists_on_file_who_does_not_wait_yet_with_why(on_file):
    db, _ = on_file
    early = waiting(db, referral={"state": "endorsed"})
    held = waiting(db, referral={"state": "draft", "consented_on": None})
    codes = early.code, held.code
    db.rollback()

    done = gatemate("unmatched")
    one = gatemate("unmatched", "--leaver", codes[0])

    on_hold = 'On hold. This referral is "Endorsed", not waiting for a mentor.'
    assert f"{codes[0]}: {on_hold}" in done.stdout.splitlines()
    assert f"{codes[1]}: On hold. Consent is not on file." in done.stdout.splitlines()
    assert one.stdout == f"{on_hold}\n"


def test_a_database_that_is_not_up_to_date_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("GATEMATE_DATABASE", f"sqlite:///{tmp_path / 'new.db'}")

    done = gatemate("why", "L1", "M1")

    assert done.exit_code == 2
    assert "Run: gatemate db upgrade" in done.stderr
