"""Whose a new account is: what each role belongs to, and one sentence for what does not fit."""

import pytest

from matcher.account_scopes import check_email, scope_of
from matcher.refusing import NotAllowed
from models.states import Role
from models.vocabulary import Region
from tests.rows import a_mentor_row, an_account


@pytest.mark.parametrize(
    ("role", "told", "scope"),
    [
        (Role.PEER, {"prison": "lei"}, {"prison": "LEI"}),
        (Role.LIAISON, {"prison": " LEI "}, {"prison": "LEI"}),
        (Role.MANAGER, {"region": "north east"}, {"region": Region.NORTH_EAST}),
        (Role.MANAGER, {"region": "C"}, {"region": Region.YORKSHIRE}),
        (Role.ADMINISTRATOR, {"prison": None}, {}),
    ],
)
def test_each_role_belongs_to_what_it_must(db, role, told, scope):
    assert scope_of(db, role, told) == scope


def test_a_mentor_is_found_by_code(db):
    mentor = a_mentor_row(code="M-77")
    db.add(mentor)
    db.flush()

    assert scope_of(db, Role.MENTOR, {"mentor": "M-77"}) == {"mentor_id": mentor.id}


@pytest.mark.parametrize(
    ("role", "told", "sentence"),
    [
        (Role.PEER, {}, "give --prison"),
        (Role.MANAGER, {"prison": "LEI"}, "give --region"),
        (Role.ADMINISTRATOR, {"region": "Wales"}, "leave out --region"),
        (Role.LIAISON, {"prison": "LEI", "mentor": "M1"}, "leave out --mentor"),
        (Role.LIAISON, {"prison": "XXX"}, 'no prison "XXX"'),
        (Role.MANAGER, {"region": "Narnia"}, 'no region "Narnia"'),
        (Role.MENTOR, {"mentor": "M-0"}, 'no mentor with the code "M-0"'),
    ],
)
def test_what_does_not_fit_a_role_is_said_in_one_sentence(db, role, told, sentence):
    with pytest.raises(NotAllowed, match=sentence) as refused:
        scope_of(db, role, told)

    assert len(refused.value.sentences) == 1


def test_a_mentor_has_one_account(db):
    mentor = a_mentor_row(code="M-77")
    db.add(mentor)
    db.flush()
    db.add(an_account(Role.MENTOR, mentor_id=mentor.id))
    db.flush()

    with pytest.raises(NotAllowed, match="has an account already"):
        scope_of(db, Role.MENTOR, {"mentor": "M-77"})


def test_an_e_mail_belongs_to_one_account(db):
    db.add(an_account(email="robin@example.org"))
    db.flush()

    with pytest.raises(NotAllowed, match="Another account has the e-mail"):
        check_email(db, "robin@example.org")

    assert check_email(db, "sam@example.org") is None
    assert check_email(db, None) is None
