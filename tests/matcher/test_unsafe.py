"""What no service with real people may start with, and secrets that lie in files."""

import stat
from dataclasses import replace

import pytest

from matcher.secret_files import SECRETS, told_by
from matcher.settings import Settings, SettingsError
from matcher.unsafe import CHECKS, is_this_machine, refuse_unsafe

DRAWN = "6f1d0c9ab27e48530123456789abcdef" * 2
SAFE = Settings(secret=DRAWN, address="https://gatemate.example")
HERE = "sqlite:////nowhere/gatemate.db"
THERE = "postgresql://keeper:opensesame@db.example/gatemate"

UNSAFE = {
    "_drawn_secret": ({"secret": "0123456789abcdef" * 4}, {}, "a pattern"),
    "_keys_apart": ({"masters": (bytes.fromhex(DRAWN),)}, {}, "two different secrets"),
    "_no_debugging": ({}, {"FLASK_DEBUG": "1"}, "FLASK_DEBUG"),
    "_sealed_lines": ({"database": THERE, "keys": HERE}, {}, "GATEMATE_DATABASE is on another"),
    "_sealed_mail": ({"mail": "smtp://mail.example:25"}, {}, "GATEMATE_MAIL is on another"),
    "_pages_by_https": ({"address": "http://gatemate.example"}, {}, "https://"),
}  # fmt: skip


def test_settings_that_are_safe_are_let_through():
    refuse_unsafe(SAFE, {})

    assert len(CHECKS) == len(UNSAFE) + 1


@pytest.mark.parametrize("check", UNSAFE)
def test_what_is_unsafe_is_refused_in_one_sentence_and_a_demo_is_not_asked(check):
    """ASVS 13.4.2, 12.3.1, 12.3.3, 13.2.3."""
    told, environment, sentence = UNSAFE[check]
    unsafe = replace(SAFE, **told)

    with pytest.raises(SettingsError, match=sentence) as refused:
        refuse_unsafe(unsafe, environment)

    assert DRAWN not in str(refused.value)
    assert "opensesame" not in str(refused.value)
    refuse_unsafe(replace(unsafe, demo=True), environment)


@pytest.mark.parametrize(
    ("address", "is_safe"),
    [
        (THERE, False),
        (f"{THERE}?sslmode=prefer", False),
        (f"{THERE}?sslmode=verify-full", True),
        ("postgresql://keeper@localhost/gatemate", True),
        ("postgresql://keeper@127.0.0.1/gatemate", True),
        ("postgresql:///gatemate?host=/run/postgresql", True),
        ("postgresql:///gatemate?host=db.example", False),
        ("postgresql://keeper@localhost/gatemate?hostaddr=192.0.2.7", False),
        (HERE, True),
    ],
)
def test_a_database_elsewhere_needs_a_line_that_is_sealed(address, is_safe):
    """ASVS 12.3.1, 12.3.3."""
    settings = replace(SAFE, database=address, keys=HERE)
    seals = replace(SAFE, database=HERE, keys=address)

    for one in (settings, seals):
        try:
            refuse_unsafe(one, {})
            let_through = True
        except SettingsError:
            let_through = False
        assert let_through is is_safe


def test_the_name_of_another_machine_is_not_this_one():
    assert is_this_machine("::1")
    assert not is_this_machine("localhost.example")


def test_a_store_of_keys_that_others_can_read_is_refused(tmp_path):
    """ASVS 13.3.2."""
    file = tmp_path / "keys.db"
    file.touch(mode=0o600)
    settings = replace(SAFE, keys=f"sqlite:///{file}")
    refuse_unsafe(settings, {})
    file.chmod(0o644)

    with pytest.raises(SettingsError, match="chmod 600"):
        refuse_unsafe(settings, {})


VALUES = {
    "GATEMATE_SECRET": DRAWN,
    "GATEMATE_MASTER_KEY": "a1b2c3d4e5f60718" * 4,
    "GATEMATE_DATABASE": "postgresql://keeper:opensesame@db.example/gatemate",
    "GATEMATE_KEYS": "sqlite:///elsewhere/keys.db",
    "GATEMATE_MAIL": "smtps://user:opensesame@mail.example:465",
    "GATEMATE_TEXTS": "https://token@texts.example.org/send",
}


@pytest.mark.parametrize("name", SECRETS)
def test_each_secret_can_lie_in_a_file_and_says_the_same_there(name, tmp_path):
    """ASVS 13.3.1."""
    file = tmp_path / "secret"
    file.touch(mode=0o600)
    file.write_text(f"{VALUES[name]}\n")

    from_file = Settings.from_environment({f"{name}_FILE": str(file)})

    assert from_file == Settings.from_environment({name: VALUES[name]})


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o620])
def test_a_file_that_others_may_read_or_write_is_refused_outside_a_demo(mode, tmp_path):
    """ASVS 13.3.2."""
    file = tmp_path / "secret"
    file.write_text(DRAWN)
    file.chmod(mode)
    told = {"GATEMATE_SECRET_FILE": str(file)}

    with pytest.raises(SettingsError, match="chmod 600") as refused:
        told_by(told)

    assert DRAWN not in str(refused.value)
    assert stat.S_IMODE(file.stat().st_mode) == mode
    assert told_by(told | {"GATEMATE_DEMO": "1"})["GATEMATE_SECRET"] == DRAWN


def test_a_file_that_is_not_there_and_a_secret_told_twice_are_refused(tmp_path):
    with pytest.raises(SettingsError, match="cannot be read"):
        told_by({"GATEMATE_MAIL_FILE": str(tmp_path / "none")})

    with pytest.raises(SettingsError, match="not both"):
        told_by({"GATEMATE_SECRET": DRAWN, "GATEMATE_SECRET_FILE": str(tmp_path / "none")})
