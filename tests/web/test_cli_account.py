"""gatemate account: an invitation for each role, and a way back in; no password is typed here."""

import re
from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from sqlmodel import Session, select

from matcher.accounts import begin_stay, open_account, whose_stay
from matcher.invitations import find
from models.accounts import Account
from models.audit import AuditEntry
from models.sign_ins import Invitation
from models.states import Role
from models.vocabulary import Region
from tests.rows import NOW, a_mentor_row
from tests.web.desks import PASSWORD, SECRET
from web.cli import main
from web.cli_answers import now

MORGAN = ["manager", "--name", "Morgan", "--email", "morgan@example.org"]
CODE = re.compile(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}")


@pytest.fixture
def gatemate(database_url, monkeypatch):
    monkeypatch.setenv("GATEMATE_DATABASE", database_url)
    monkeypatch.setenv("GATEMATE_SECRET", SECRET)
    return lambda *words: CliRunner().invoke(main, ["account", *words])


@pytest.fixture
def look(engine) -> Iterator[Session]:
    with Session(engine) as db:
        yield db


def code_in(answer) -> str:
    return CODE.search(answer.output)[0]


def test_a_manager_is_invited_with_a_code_that_is_good_and_kept_nowhere(gatemate, look):
    answer = gatemate("invite", *MORGAN, "--region", "North East")

    assert answer.exit_code == 0, answer.output
    found = find(look, code_in(answer), now=now())
    assert (found.role, found.region) == (Role.MANAGER, Region.NORTH_EAST)
    assert (found.name, found.email) == ("Morgan", "morgan@example.org")
    assert code_in(answer).replace("-", "")[4:] not in found.code_hash
    assert look.exec(select(Account)).all() == []


def test_the_invitation_stands_in_the_audit(gatemate, look):
    gatemate("invite", *MORGAN, "--region", "North East")

    assert look.exec(select(AuditEntry.noun)).all() == ["invitation"]


def test_a_mentor_s_invitation_belongs_to_the_mentor(gatemate, look):
    mentor = a_mentor_row(code="M-77")
    look.add(mentor)
    look.commit()

    answer = gatemate("invite", "mentor", "--name", "Alex", "--mentor", "M-77")

    assert answer.exit_code == 0, answer.output
    assert look.exec(select(Invitation.mentor_id)).one() == mentor.id


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (MORGAN, "A regional manager belongs to a region: give --region."),
        ([*MORGAN, "--region", "Narnia"], 'There is no region "Narnia".'),
        (["liaison", "--name", "", "--prison", "LEI"], "Write what the person is called"),
        (
            ["liaison", "--name", "Lee", "--prison", "LEI", "--email", "not an email"],
            '"not an email" is no e-mail address.',
        ),
    ],
    ids=["no region", "unknown region", "no name", "no e-mail"],
)
def test_what_is_wrong_is_said_in_one_sentence_and_nobody_is_invited(
    gatemate, look, words, sentence
):
    answer = gatemate("invite", *words)

    assert answer.exit_code == 2
    assert sentence in answer.stderr
    assert "Nobody was invited." in answer.stderr
    assert look.exec(select(Invitation)).all() == []


def test_a_role_that_there_is_not_is_named_with_those_there_are(gatemate):
    answer = gatemate("invite", "warden", "--name", "A")

    assert answer.exit_code == 2
    assert "administrator" in answer.stderr


def test_whoever_cannot_sign_in_any_more_is_given_a_code(gatemate, look):
    told = {"sign_in_name": "kit", "password": PASSWORD, "now": NOW}
    account = open_account(look, Role.ADMINISTRATOR, **told)
    look.commit()

    answer = gatemate("recover", "KIT")

    assert answer.exit_code == 0, answer.output
    found = find(look, code_in(answer), now=now())
    assert (found.account_id, found.is_recovery) == (account.id, True)


def test_a_name_that_nobody_has_is_said_and_makes_no_code(gatemate, look):
    answer = gatemate("recover", "nobody")

    assert answer.exit_code == 2
    assert 'Nobody signs in as "nobody".' in answer.stderr
    assert look.exec(select(Invitation)).all() == []


def test_an_account_is_closed_at_once_and_its_stays_end(gatemate, look):
    told = {"sign_in_name": "kit", "password": PASSWORD, "now": now()}
    account = open_account(look, Role.ADMINISTRATOR, **told)
    token = begin_stay(look, account, now=now())
    look.commit()

    answer = gatemate("close", "KIT")

    look.expire_all()
    assert answer.exit_code == 0, answer.output
    assert "is closed. Nobody can sign in with it." in answer.output
    assert look.get_one(Account, account.id).disabled_at is not None
    assert whose_stay(look, token, now=now()) is None


def test_an_account_that_is_not_there_is_not_closed(gatemate):
    answer = gatemate("close", "nobody")

    assert answer.exit_code == 2
    assert answer.stderr.splitlines() == [
        'Nobody signs in as "nobody". Check each letter.',
        "No account was closed.",
    ]
