"""gatemate account add: an account for each role, and a password that stands nowhere."""

from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from sqlmodel import Session, select

from matcher.accounts import sign_in
from models.accounts import Account, Credential
from models.audit import AuditEntry
from models.states import Role
from models.vocabulary import Region
from tests.rows import NOW, a_mentor_row
from tests.web.desks import SECRET
from web.cli import main

PASSWORD = "three blue buses"
TWICE = f"{PASSWORD}\n{PASSWORD}\n"
MORGAN = ["manager", "--name", "Morgan", "--sign-in-name", "morgan@example.org"]


@pytest.fixture
def gatemate(database_url, monkeypatch):
    monkeypatch.setenv("GATEMATE_DATABASE", database_url)
    monkeypatch.setenv("GATEMATE_SECRET", SECRET)
    return lambda *words, typed=TWICE: CliRunner().invoke(
        main, ["account", "add", *words], input=typed
    )


@pytest.fixture
def look(engine) -> Iterator[Session]:
    with Session(engine) as db:
        yield db


def test_a_manager_s_account_is_opened_and_signs_in(gatemate, look):
    answer = gatemate(*MORGAN, "--region", "North East")

    assert answer.exit_code == 0, answer.output
    assert 'Morgan signs in as "morgan@example.org".' in answer.output
    [account] = look.exec(select(Account))
    assert (account.role, account.region) == (Role.MANAGER, Region.NORTH_EAST)
    assert (account.name, account.email) == ("Morgan", "morgan@example.org")
    assert sign_in(look, "morgan@example.org", PASSWORD, now=NOW)


def test_the_password_is_never_shown_and_the_opening_stands_in_the_audit(gatemate, look):
    answer = gatemate(*MORGAN, "--region", "North East")

    assert PASSWORD not in answer.output
    nouns = look.exec(select(AuditEntry.noun)).all()
    assert sorted(nouns) == ["account", "credential"]


def test_a_person_without_an_e_mail_signs_in_with_a_name(gatemate, look):
    answer = gatemate("peer", "--name", "Kit", "--sign-in-name", "kit-leeds", "--prison", "LEI")

    assert answer.exit_code == 0, answer.output
    [account] = look.exec(select(Account))
    assert (account.email, account.prison) == (None, "LEI")


def test_a_mentor_s_account_belongs_to_the_mentor(gatemate, look):
    mentor = a_mentor_row(code="M-77")
    look.add(mentor)
    look.commit()

    answer = gatemate(
        "mentor", "--name", "Alex", "--sign-in-name", "alex@example.org", "--mentor", "M-77"
    )

    assert answer.exit_code == 0, answer.output
    assert look.exec(select(Account.mentor_id)).one() == mentor.id


@pytest.mark.parametrize(
    ("words", "typed", "sentence"),
    [
        ([*MORGAN], TWICE, "A regional manager belongs to a region: give --region."),
        ([*MORGAN, "--region", "Narnia"], TWICE, 'There is no region "Narnia".'),
        ([*MORGAN, "--region", "A"], "short\nshort\n", "15 characters or more"),
    ],
    ids=["no region", "unknown region", "short password"],
)
def test_what_is_wrong_is_said_in_one_sentence_and_nothing_is_opened(
    gatemate, look, words, typed, sentence
):
    answer = gatemate(*words, typed=typed)

    assert answer.exit_code == 2
    assert sentence in answer.stderr
    assert "No account was opened." in answer.stderr
    assert look.exec(select(Credential)).all() == []


def test_two_passwords_that_differ_are_asked_for_again(gatemate, look):
    answer = gatemate(*MORGAN, "--region", "A", typed=f"{PASSWORD}\nanother one here\n{TWICE}")

    assert answer.exit_code == 0, answer.output
    assert "do not match" in answer.output


@pytest.mark.parametrize("name", ["morgan@example.org", "MORGAN@example.org"])
def test_a_name_that_is_taken_is_refused(gatemate, look, name):
    gatemate(*MORGAN, "--region", "A")

    answer = gatemate("administrator", "--name", "Other", "--sign-in-name", name)

    assert answer.exit_code == 2
    assert len(look.exec(select(Account)).all()) == 1


def test_a_role_that_there_is_not_is_named_with_those_there_are(gatemate):
    answer = gatemate("warden", "--name", "A", "--sign-in-name", "a")

    assert answer.exit_code == 2
    assert "administrator" in answer.stderr
