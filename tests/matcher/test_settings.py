"""Settings come from the environment, checked, or with one sentence on what is wrong."""

import dataclasses

import pytest

from matcher.settings import Settings, SettingsError


def test_without_a_word_the_database_is_a_file_of_our_own():
    settings = Settings.from_environment({})

    assert settings.database == "sqlite:///var/gatemate.db"


@pytest.mark.parametrize(
    "address",
    ["sqlite:///elsewhere.db", "postgresql://keeper:secret@db.example/gatemate"],
)
def test_the_database_named_in_the_environment_is_used(address):
    settings = Settings.from_environment({"GATEMATE_DATABASE": address, "HOME": "/"})

    assert settings.database == address


@pytest.mark.parametrize(
    "address",
    ["", "gatemate.db", "mysql://host/gatemate", "postgres://host/gatemate", "sqlite://",
     "sqlite:///:memory:", "postgresql://host", "postgresql+nonsense://host/gatemate"],
)  # fmt: skip
def test_a_bad_address_is_refused_in_one_sentence_that_names_the_variable(address):
    with pytest.raises(SettingsError) as refusal:
        Settings.from_environment({"GATEMATE_DATABASE": address})

    sentence = str(refusal.value)
    assert sentence.startswith("GATEMATE_DATABASE must be")
    assert "\n" not in sentence
    assert sentence.endswith(".")


def test_a_password_is_shown_nowhere():
    address = "postgresql://keeper:opensesame@host/gatemate"
    wrong = "mysql://keeper:opensesame@host/gatemate"

    with pytest.raises(SettingsError) as refusal:
        Settings.from_environment({"GATEMATE_DATABASE": wrong})

    assert "opensesame" not in str(refusal.value)
    assert "opensesame" not in repr(Settings.from_environment({"GATEMATE_DATABASE": address}))


def test_a_secret_that_was_replaced_stands_after_the_new_one():
    new, old = "0123456789abcdef" * 2, "fedcba9876543210" * 2

    settings = Settings.from_environment({"GATEMATE_SECRET": f"{new}, {old}"})
    before = Settings.from_environment({"GATEMATE_SECRET": old})

    assert (settings.secret, settings.old_secrets) == (new, (old,))
    assert settings.old_audit_keys == (before.audit_key,)
    assert before.old_audit_keys == ()
    assert old not in repr(settings)
    with pytest.raises(SettingsError, match="GATEMATE_SECRET must be 32"):
        Settings.from_environment({"GATEMATE_SECRET": f"{new},short"})


def test_settings_cannot_be_changed_once_read():
    settings = Settings.from_environment({})

    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.database = "sqlite:///other.db"  # type: ignore[misc]


@pytest.mark.parametrize(
    "texts",
    ["folder:var/texts", "https://token@texts.example.org/send", "notify:key:template", ""],
)
def test_texts_leave_as_the_environment_says(texts):
    assert Settings.from_environment({"GATEMATE_TEXTS": texts}).texts == texts


@pytest.mark.parametrize(
    "texts", ["http://token@texts.example.org", "folder:", "https:", "notify:key", "notify:", "sms"]
)
def test_texts_that_cannot_leave_are_refused_without_showing_the_token(texts):
    with pytest.raises(SettingsError, match="GATEMATE_TEXTS must say how") as refusal:
        Settings.from_environment({"GATEMATE_TEXTS": texts})

    assert "token@texts.example.org/send" in str(refusal.value)


@pytest.mark.parametrize(("told", "seconds"), [("", 120), ("3", 3), ("1.5", 1.5)])
def test_a_lease_is_so_many_seconds(told, seconds):
    assert Settings.from_environment({"GATEMATE_LEASE": told}).lease == seconds


@pytest.mark.parametrize("told", ["0", "-3", "nan", "inf", "an hour", "999999"])
def test_a_lease_that_holds_nothing_is_refused(told):
    with pytest.raises(SettingsError, match="GATEMATE_LEASE"):
        Settings.from_environment({"GATEMATE_LEASE": told})
