"""The demo: people with a past, a date that moves, and nobody real near it."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlmodel import Session, select

from matcher.accounts import has_real_account, open_account
from matcher.demo_clock import demo_time, has_demo_clock, set_demo_clock
from matcher.example import region
from matcher.example.codes import write_sheet
from matcher.intake import take_report
from matcher.invitations import accept, invite
from matcher.senders import messages_in
from matcher.settings import Settings, SettingsError
from models.accounts import Account, DemoClock
from models.database import make_engine, upgrade
from models.pairs import Pair
from models.referrals import Referral
from models.sign_ins import FactorKind
from models.states import ReferralState, Role
from tests.rows import an_account
from tests.web.desks import SECRET, Desks
from web import server
from web.cli import main
from web.demo import making, supervisor
from web.demo.day import move_on
from web.demo.ground import demo_ground, keep_address
from web.demo.sign_ins import PASSWORD, SIGN_INS
from web.surroundings import Surroundings

SATURDAY = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)
MONDAY_AT_TEN = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A demo with few people and two days of past, made once."""
    ground = demo_ground({}, tmp_path_factory.mktemp("demo"))
    told = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(region, "IN_THE_COUNTRY", {"leavers": 260, "mentors": 180})
        patch.setattr(making, "PAST", timedelta(days=3))
        making.make_demo(ground, lambda: SATURDAY, told.append)
    return ground, told


@pytest.fixture
def demo(small):
    """The application on that demo, as it is when the test begins."""
    ground, _told = small
    engine = make_engine(ground.settings.database)
    desks = Desks(engine, ground.settings)
    desks.now = SATURDAY
    yield desks
    engine.dispose()


def test_a_demo_begins_at_ten_on_a_working_day_with_each_day_of_its_past_told(small, demo):
    _ground, told = small

    with demo.session() as db:
        assert demo_time(db, SATURDAY) == MONDAY_AT_TEN
        assert has_demo_clock(db)
    assert told[0] == "Friday 20 November 2026"
    assert told[-1] == "Monday 23 November 2026"


def test_its_people_stand_at_every_point_of_the_way(demo):
    with demo.session() as db:
        referrals = {referral.state for referral in db.exec(select(Referral))}
        pairs = {pair.state.value for pair in db.exec(select(Pair))}

    assert {
        ReferralState.PUT_FORWARD,
        ReferralState.ENDORSED,
        ReferralState.WAITING,
        ReferralState.MATCHED,
    } <= referrals
    assert {"proposed", "offered", "accepted"} <= pairs


@pytest.mark.parametrize("role", list(Role))
def test_whoever_visits_signs_in_at_each_desk_with_the_name_that_is_printed(role, demo):
    browser = demo.browser()

    with demo.session() as db:
        code = write_sheet(db)[0]
        db.commit()

    form = {"sign_in_name": SIGN_INS[role], "password": PASSWORD, "one_time_code": code}
    answer = browser.post("/sign-in", data=form, follow_redirects=True)

    assert answer.status_code == 200
    assert "Sign out" in answer.text
    assert "This is a demo." in answer.text


def test_the_letters_sent_so_far_can_be_read_without_signing_in(small, demo):
    ground, _told = small
    browser = demo.browser()
    newest = messages_in(ground.post)[0]

    listed = browser.get("/demo/post")
    read = browser.get(f"/demo/post/{newest.letter_id}")

    assert newest.subject in listed.text
    assert newest.to in read.text
    assert browser.get(f"/demo/post/{an_account().id}").status_code == 404


def test_the_first_page_of_a_demo_says_how_to_sign_in(demo):
    page = demo.browser().get("/demo/")

    assert all(name in page.text for name in SIGN_INS.values())
    assert PASSWORD in page.text


@pytest.mark.parametrize("address", ["/demo/", "/demo/post"])
def test_outside_a_demo_there_is_no_page_of_it(address, desks):
    assert desks.browser().get(address).status_code == 404
    assert "This is a demo." not in desks.browser().get("/sign-in").text


def test_a_real_release_report_lies_ready_with_two_slips_in_it(small, demo):
    ground, _told = small

    with demo.session() as db:
        taken = take_report(db, ground.report.read_bytes(), now=MONDAY_AT_TEN)

    assert len(taken.new) == 3
    assert [len(row.problems) for row in taken.bad] == [1, 1]


def test_moving_on_a_day_does_what_the_clock_would_have_done(small, demo):
    ground, _told = small
    around = Surroundings(ground.settings, demo.engine, lambda: SATURDAY)

    done = list(move_on(around))

    assert around.now() == MONDAY_AT_TEN + timedelta(days=1)
    assert "plan" in {one.job for _moment, one in done}
    assert not [one for _moment, one in done if one.failed]
    assert all(MONDAY_AT_TEN < moment <= around.now() for moment, _one in done)


def test_a_demo_is_not_made_twice_with_different_secrets(tmp_path):
    first, second = (demo_ground({}, tmp_path).settings for _ in range(2))

    assert first.demo
    assert first.secret == second.secret
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0


def test_letters_say_where_the_demo_answers_also_when_it_is_started_again(tmp_path):
    address = "http://127.0.0.1:8007"

    ground = keep_address(demo_ground({}, tmp_path), address)

    assert ground.settings.address == address
    assert demo_ground({}, tmp_path).settings.address == address


def test_a_database_of_the_environment_is_used_and_never_replaced(tmp_path):
    named = {"GATEMATE_DATABASE": f"sqlite:///{tmp_path}/own.db", "HOME": "/"}

    ground = demo_ground(named, tmp_path)

    assert ground.own_database is None
    assert ground.settings.database.endswith("own.db")


@pytest.fixture
def served(environment):
    """The application as gunicorn starts it, its connections let go at the end."""
    environment.setenv("GATEMATE_DEMO", "1")
    app = server.application()
    yield app.test_client()
    app.extensions["gatemate"].engine.dispose()


@pytest.fixture
def environment(database_url, monkeypatch):
    monkeypatch.setenv("GATEMATE_DATABASE", database_url)
    monkeypatch.setenv("GATEMATE_SECRET", SECRET)
    return monkeypatch


def test_the_server_starts_on_a_database_that_is_up_to_date(served):
    assert served.get("/healthz").text == "ok\n"


def test_the_server_does_not_start_without_a_secret(environment):
    environment.delenv("GATEMATE_SECRET")

    with pytest.raises(SystemExit, match="Set GATEMATE_SECRET"):
        server.application()


def test_a_demo_does_not_start_where_others_could_reach_it(environment):
    environment.setenv("GATEMATE_DEMO", "1")
    environment.setattr(server, "bind", "0.0.0.0:8000")

    with pytest.raises(SystemExit, match="this machine only"):
        server.application()


def test_a_demo_does_not_start_on_a_database_with_a_real_account(environment, engine):
    environment.setenv("GATEMATE_DEMO", "1")
    with Session(engine) as db:
        db.add(an_account())
        db.commit()

    with pytest.raises(SystemExit, match="real person"):
        server.application()


def test_a_demo_answers_only_to_the_names_of_this_machine(served):
    here = served.get("/sign-in", base_url="http://127.0.0.1:8000")
    elsewhere = served.get("/sign-in", base_url="http://gatemate.example:8000")

    assert (here.status_code, elsewhere.status_code) == (200, 400)


def test_an_account_that_no_demo_made_up_is_a_real_one(db):
    told = {"sign_in_name": "robin", "password": PASSWORD, "prison": "LEI"}
    open_account(db, Role.PEER, **told, now=MONDAY_AT_TEN, made_up=True)
    made_up = has_real_account(db)
    told["sign_in_name"] = "sam"
    open_account(db, Role.PEER, **told, now=MONDAY_AT_TEN)

    assert (made_up, has_real_account(db)) == (False, True)
    assert len(db.exec(select(Account)).all()) == 2


def test_an_account_that_is_opened_in_a_demo_is_one_of_its_own(db):
    def opened(name):
        invitation, _ = invite(db, None, Role.PEER, now=MONDAY_AT_TEN, name="Lee", prison="LEI")
        accept(
            db,
            invitation,
            sign_in_name=name,
            password="four green ferries at sea",
            kind=FactorKind.APP,
            now=MONDAY_AT_TEN,
        )

    set_demo_clock(db, timedelta())
    opened("lee")
    in_the_demo = has_real_account(db)
    db.delete(db.exec(select(DemoClock)).one())
    db.flush()
    opened("sam")

    assert (in_the_demo, has_real_account(db)) == (False, True)


@pytest.mark.parametrize(
    ("named", "advice"),
    [(False, "gatemate demo --fresh"), (True, "Unset GATEMATE_DATABASE")],
    ids=["its own database", "a database that somebody named"],
)
@pytest.mark.parametrize("words", [["demo"], ["demo", "--fresh"]], ids=" ".join)
def test_a_demo_that_holds_another_s_account_says_what_to_do(
    engine, tmp_path, monkeypatch, named, advice, words
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GATEMATE_DATABASE", raising=False)
    made = []
    monkeypatch.setattr("web.cli_demo._make", made.append)
    monkeypatch.setattr("web.cli_demo._write_sheet", lambda _ground: [])
    monkeypatch.setattr("web.demo.supervisor.run", lambda *_words, **_told: supervisor.STOPPED)
    if named:
        monkeypatch.setenv("GATEMATE_DATABASE", engine.url.render_as_string(hide_password=False))
    there = make_engine(demo_ground(os.environ).settings.database)
    upgrade(there)
    with Session(there) as db:
        db.add(an_account())
        db.commit()
    there.dispose()

    answer = CliRunner().invoke(main, words)

    if words == ["demo", "--fresh"] and not named:
        assert (answer.exit_code, len(made)) == (0, 1)
    else:
        assert (answer.exit_code, made) == (2, [])
        assert advice in answer.stderr
        assert ("GATEMATE_DATABASE" in answer.stderr) == named


def test_a_server_with_tables_that_are_not_current_says_what_to_run(tmp_path, monkeypatch):
    engine = make_engine(f"sqlite:///{tmp_path}/old.db")
    upgrade(engine, "0003")
    engine.dispose()
    settings = Settings(database=f"sqlite:///{tmp_path}/old.db", secret=SECRET)

    with pytest.raises(SettingsError, match="gatemate db upgrade"):
        server._application(settings)
