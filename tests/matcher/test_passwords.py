"""Which passwords are refused, and how one is kept."""

import pytest
from argon2 import PasswordHasher, extract_parameters
from hypothesis import given
from hypothesis import strategies as st

from matcher.passwords import MOST_BEHIND, SHORTEST_PASSWORD, check_password, fits, hash_of
from matcher.refusing import NotAllowed
from models.reference.passwords import commonest_passwords

OWN = ["Robin", "robin.field@example.org", "robin-leeds"]


@pytest.mark.parametrize(
    "password",
    [
        "three blue buses",
        "correct horse battery staple",
        "cymraeg ŵyl hapus iawn",
        "fv8#kQ!zp0Lm2x-",
        "a password for tests",
    ],
)
def test_a_long_password_of_its_own_is_taken(password):
    """ASVS 6.2.5."""
    check_password(password, OWN)

    assert fits(hash_of(password), password)


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("x" * (SHORTEST_PASSWORD - 1), "15 characters or more"),
        ("passwordpassword", "guessers try first"),
        ("Password123456789", "guessers try first"),
        ("iloveyou!!!!2026", "guessers try first"),
        ("qwertyuiopasdfgh", "guessers try first"),
        ("111111111111111", "guessers try first"),
        ("123456789012345", "guessers try first"),
        ("abcabcabcabcabc", "guessers try first"),
        ("manchesterunited", "guessers try first"),
        ("dragonmonkey1234", "guessers try first"),
        ("Gatemate-Prison-1", "words that others would try"),
        ("peer mentor leaver", "words that others would try"),
        ("robin.field.2026", "words that others would try"),
    ],
)
def test_what_a_guesser_tries_first_is_refused_and_told_what_to_do(password, sentence):
    """ASVS 6.2.11."""
    with pytest.raises(NotAllowed, match=sentence):
        check_password(password, OWN)


def test_every_common_password_that_is_long_enough_is_refused():
    """ASVS 6.2.4."""
    long = [one for one in commonest_passwords() if len(one) >= SHORTEST_PASSWORD]

    taken = []
    for one in long:
        try:
            check_password(one)
            taken.append(one)
        except NotAllowed:
            pass

    assert len(long) > 50
    assert taken == []


@given(st.data())
def test_two_of_the_commonest_with_a_few_digits_and_signs_behind_are_refused(data):
    known = st.sampled_from(sorted(one for one in commonest_passwords() if len(one) >= 8))
    behind = data.draw(st.text("0123456789!?.", max_size=MOST_BEHIND))
    password = data.draw(known) + data.draw(known) + behind

    with pytest.raises(NotAllowed, match="guessers try first"):
        check_password(password)


@pytest.mark.parametrize("password", ["password" * 125, "ab" * 500, "a" * 1000])
def test_a_very_long_password_is_looked_at_all_the_same(password):
    with pytest.raises(NotAllowed, match="guessers try first"):
        check_password(password)


def test_where_nothing_is_on_file_a_password_of_the_same_cost_is_checked(monkeypatch):
    checked = []
    verify = PasswordHasher.verify

    def counting(self, hashed, password):
        checked.append(hashed)
        return verify(self, hashed, password)

    monkeypatch.setattr(PasswordHasher, "verify", counting)

    assert not fits(None, "three blue buses")
    [hashed] = checked
    cost = extract_parameters(hashed)
    assert (cost.memory_cost, cost.time_cost, cost.parallelism) == (19 * 1024, 2, 1)
