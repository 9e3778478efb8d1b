"""What no file of the three rooms does, so that whole kinds of attack have nowhere to begin."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import House

OURS = House(Path(__file__).parent.parent)
ROOMS = ("models", "matcher", "web")

FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__"}
FORBIDDEN_MODULES = {
    "pickle": "opens what a stranger wrote as Python",
    "marshal": "opens what a stranger wrote as Python",
    "shelve": "opens what a stranger wrote as Python",
    "yaml": "opens what a stranger wrote as Python",
    "xml": "follows entities",
    "lxml": "follows entities",
    "ldap3": "there is no directory",
    "requests": "follows an address that it was given",
    "urllib.request": "follows an address that it was given",
}
MAY_START_PROGRAMS = {
    "matcher/files/workbooks.py",
    "models/backups_postgresql.py",
    "models/backups_sqlite.py",
    "web/demo/supervisor.py",
}
MAY_OPEN_LINES = {"matcher/mail_sender.py", "matcher/text_senders.py"}
MAY_ROLL_DICE: set[str] = set()
"""Files that use `random`: for nothing that must not be guessed."""


def nodes(kind: type) -> Iterator[tuple[str, ast.AST]]:
    for source in OURS.python(*ROOMS):
        for node in ast.walk(ast.parse(source.text)):
            if isinstance(node, kind):
                yield source.place, node


def imported() -> Iterator[tuple[str, str]]:
    for source in OURS.python(*ROOMS):
        for _line, name in source.imports():
            yield source.place, name


def test_nothing_that_was_typed_is_ever_run():
    """ASVS 1.3.2, 1.5.2, 1.5.1."""
    calls = {
        (place, node.func.id)
        for place, node in nodes(ast.Call)
        if isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN_CALLS
    }
    modules = {
        (place, name)
        for place, name in imported()
        for one in FORBIDDEN_MODULES
        if name == one or name.startswith(f"{one}.")
    }

    assert calls == set()
    assert modules == set()


def test_programs_are_started_by_few_and_never_through_a_shell():
    """ASVS 1.2.5."""
    starters = {place for place, name in imported() if name.split(".")[0] == "subprocess"}
    shells = {
        place for place, node in nodes(ast.Call) for word in node.keywords if word.arg == "shell"
    }
    systems = {
        place
        for place, node in nodes(ast.Attribute)
        if node.attr in {"system", "popen"} and getattr(node.value, "id", "") == "os"
    }

    assert starters <= MAY_START_PROGRAMS
    assert shells == systems == set()


def test_no_template_is_made_from_what_was_typed():
    """ASVS 1.3.7, 1.3.5."""
    made = {
        place
        for place, node in nodes(ast.Name)
        if node.id in {"render_template_string", "Template"}
    }

    assert made == set()


def test_only_the_senders_open_a_line_to_another_machine():
    """ASVS 1.3.6, 13.2.4, 13.2.5, 15.3.2."""
    lines = {"smtplib", "http.client", "socket", "ftplib", "telnetlib"}
    openers = {
        place
        for place, name in imported()
        if any(name == one or name.startswith(f"{one}.") for one in lines)
    }

    assert {one for one in openers if not one.startswith("web/demo/")} <= MAY_OPEN_LINES


def test_what_must_not_be_guessed_is_drawn_by_the_system():
    """ASVS 6.5.3, 11.5.1, 7.2.3."""
    dice = {place for place, name in imported() if name.split(".")[0] == "random"}

    assert {one for one in dice if not one.startswith(("matcher/example", "web/demo"))} <= (
        MAY_ROLL_DICE
    )


@pytest.mark.parametrize("weak", ["md5", "sha1", "MODE_ECB", "ECB", "DES", "ARC4", "PKCS1v15"])
def test_no_weak_cipher_and_no_weak_hash_is_used(weak):
    """ASVS 11.3.1, 11.3.2, 11.4.1, 11.4.3."""
    users = {place for place, node in nodes(ast.Attribute) if node.attr == weak}
    users |= {place for place, node in nodes(ast.alias) if node.name.split(".")[-1] == weak}

    assert users == set()


def test_no_statement_is_put_together_from_what_was_typed():
    """ASVS 1.2.4."""
    written = {
        place
        for place, node in nodes(ast.Call)
        if getattr(node.func, "id", getattr(node.func, "attr", "")) in {"text", "exec_driver_sql"}
        for part in node.args
        if isinstance(part, ast.JoinedStr | ast.BinOp)
    }

    assert {one for one in written if one.startswith("web/")} == set()
    assert written <= {
        *("models/database.py", "models/former.py", "models/backups_postgresql.py"),
        *(one for one in written if one.startswith("models/migrations/")),
    }
