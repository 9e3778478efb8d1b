import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session, select

from matcher.files.people_files import write_leavers, write_mentors
from models.database import make_engine, upgrade
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.releases import ExpectedLeaver
from tests.factories import a_leaver, a_mentor
from tests.rows import NOW
from tests.web.desks import SECRET
from web import cli_database
from web.cli import main

REPORT = """Prison Number,Name,Release Date,Prison
A1234BC,"ORDINARY, SAM",04/02/2027,HMP Leeds
A1234BD,"PLAIN, ALEX",31/02/2027,HMP Leeds
"""


@pytest.fixture(autouse=True)
def on_the_monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def gatemate(database_url, monkeypatch):
    monkeypatch.setenv("GATEMATE_DATABASE", database_url)
    monkeypatch.setenv("GATEMATE_SECRET", SECRET)
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def kept(database_url):
    engine = make_engine(database_url)
    with Session(engine) as db:
        yield lambda kind: list(_fresh(db, kind))
    engine.dispose()


def _fresh(db: Session, kind):
    db.rollback()
    return db.exec(select(kind))


@pytest.fixture
def report(tmp_path):
    path = tmp_path / "report.csv"
    path.write_text(REPORT)
    return path


@pytest.fixture
def people(tmp_path):
    paths = tmp_path / "leavers.csv", tmp_path / "mentors.csv"
    paths[0].write_bytes(write_leavers([a_leaver()]))
    paths[1].write_bytes(write_mentors([a_mentor()]))
    return paths


def test_a_report_goes_in_and_its_bad_row_comes_back_as_a_file(gatemate, kept, report):
    done = gatemate("import", "report", report)

    given_back = report.with_name("report-to-mend.csv")
    assert done.exit_code == 1
    assert "1 person added." in done.stdout
    assert 'Row 3, Release Date, "31/02/2027"' in done.stderr
    assert str(given_back) in done.stderr
    assert [row.prison_number for row in kept(ExpectedLeaver)] == ["A1234BC"]
    assert "A1234BD" in given_back.read_text(encoding="utf-8-sig")


def test_the_mended_file_goes_in_as_it_came_back(gatemate, kept, report):
    gatemate("import", "report", report)
    given_back = report.with_name("report-to-mend.csv")
    mended = given_back.read_text(encoding="utf-8-sig").replace("31/02/2027", "27/02/2027")
    given_back.write_text(mended, encoding="utf-8-sig")

    done = gatemate("import", "report", given_back)

    assert done.exit_code == 0, done.output
    assert {row.prison_number for row in kept(ExpectedLeaver)} == {"A1234BC", "A1234BD"}


def test_a_file_mended_in_vain_comes_back_under_the_next_number(gatemate, report):
    gatemate("import", "report", report)
    given_back = report.with_name("report-to-mend.csv")

    done = gatemate("import", "report", given_back)

    assert done.exit_code == 1
    assert report.with_name("report-to-mend-2.csv").exists()
    assert not report.with_name("report-to-mend-to-mend.csv").exists()


def test_a_file_of_rows_to_mend_never_overwrites_an_earlier_one(gatemate, report):
    gatemate("import", "report", report)
    first = report.with_name("report-to-mend.csv").read_bytes()
    report.write_text(REPORT.replace("A1234BD", "A1234BE"))

    gatemate("import", "report", report)

    assert report.with_name("report-to-mend.csv").read_bytes() == first
    assert b"A1234BE" in report.with_name("report-to-mend-2.csv").read_bytes()


def test_a_report_whose_dates_read_two_ways_asks_which_is_meant(gatemate, kept, report):
    report.write_text(REPORT.replace("31/02/2027", "03/02/2027"))

    asked = gatemate("import", "report", report)
    told = gatemate("import", "report", report, "--date-order", "day_first")

    assert asked.exit_code == 2
    assert "Give --date-order day_first or --date-order month_first." in asked.stderr
    assert told.exit_code == 0, told.output
    assert len(kept(ExpectedLeaver)) == 2


def test_a_report_that_is_none_changes_nothing_and_says_so_in_a_sentence(gatemate, kept, report):
    report.write_text("hello\n")

    done = gatemate("import", "report", report)

    assert done.exit_code == 2
    assert done.stderr.startswith(f"{report}: ")
    assert "Nothing was changed." in done.stderr
    assert kept(ExpectedLeaver) == []


def test_people_go_in_and_become_proposed_pairs(gatemate, kept, people):
    leavers, mentors = people

    taken = gatemate("import", "people", "--leavers", leavers, "--mentors", mentors)
    again = gatemate("import", "people", "--leavers", leavers, "--mentors", mentors)
    proposed = gatemate("propose")

    assert (taken.exit_code, again.exit_code) == (0, 0), taken.output + again.output
    assert "1 leaver new" in taken.stdout
    assert "0 leavers new, 0 changed, 1 as before" in again.stdout
    assert (len(kept(Leaver)), len(kept(Mentor))) == (1, 1)
    assert proposed.exit_code == 0, proposed.output
    assert "proved: no plan is better" in proposed.stdout
    assert len(kept(Pair)) <= 1


def test_no_file_of_people_is_refused_with_what_to_type(gatemate):
    done = gatemate("import", "people")

    assert done.exit_code == 2
    assert "--leavers" in done.stderr


@pytest.mark.parametrize("words", [("propose",), ("import", "report", "report.csv")])
def test_a_database_without_tables_is_named_with_the_command_to_run(
    bare_engine, monkeypatch, report, words
):
    url = bare_engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("GATEMATE_DATABASE", url)
    monkeypatch.chdir(report.parent)

    refused = CliRunner().invoke(main, list(words))
    upgraded = CliRunner().invoke(main, ["db", "upgrade"])

    assert refused.exit_code == 2
    assert "Run: gatemate db upgrade" in refused.stderr
    assert upgraded.exit_code == 0, upgraded.output
    upgrade(bare_engine)


def test_a_wrong_address_of_a_database_is_one_sentence(monkeypatch):
    monkeypatch.setenv("GATEMATE_DATABASE", "mysql://somewhere/else")

    done = CliRunner().invoke(main, ["propose"])

    assert done.exit_code == 2
    assert "GATEMATE_DATABASE must be the address of a database" in done.stderr


def test_the_folder_of_a_new_database_is_made(tmp_path, monkeypatch):
    monkeypatch.setenv("GATEMATE_DATABASE", f"sqlite:///{tmp_path}/new/gatemate.db")

    done = CliRunner().invoke(main, ["db", "upgrade"])

    assert done.exit_code == 0, done.output
    assert (tmp_path / "new" / "gatemate.db").exists()


def test_a_change_made_meanwhile_is_told_in_a_sentence_and_nothing_is_kept(
    gatemate, kept, people, monkeypatch
):
    gatemate("import", "people", "--leavers", people[0], "--mentors", people[1])
    make_proposals = cli_database.make_proposals

    def overtaken(db, **told):
        make_proposals(db, **told)
        raise StaleDataError

    monkeypatch.setattr(cli_database, "make_proposals", overtaken)

    done = gatemate("propose")

    assert done.exit_code == 2
    assert "Someone else changed the same people meanwhile." in done.stderr
    assert kept(Pair) == []
