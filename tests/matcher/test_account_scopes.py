"""Whose a new account is: what each role belongs to, and one sentence for what does not fit."""

import pytest

from matcher.account_scopes import check_email, check_name, scope_of
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


def test_a_mentor_of_another_region_reads_like_one_who_is_not_there(db):
    mentor = a_mentor_row(code="M-77")
    here = an_account(Role.MANAGER, region=mentor.region)
    elsewhere = an_account(Role.MANAGER, region=Region.WALES)
    db.add_all([mentor, here, elsewhere, an_account(Role.MENTOR, mentor_id=mentor.id)])
    db.flush()

    sentences = []
    for manager, code in ((here, "M-77"), (elsewhere, "M-77"), (elsewhere, "M-0")):
        with pytest.raises(NotAllowed) as refused:
            scope_of(db, Role.MENTOR, {"mentor": code}, by=manager)
        sentences += refused.value.sentences

    known, foreign, absent = sentences
    assert "has an account already" in known
    assert foreign.replace("M-77", "M-0") == absent


def test_nobody_is_told_of_the_e_mail_of_an_account_they_do_not_look_after(db):
    here = an_account(Role.MANAGER, region=Region.YORKSHIRE)
    elsewhere = an_account(Role.MANAGER, region=Region.WALES)
    db.add_all([here, elsewhere, an_account(Role.PEER, email="robin@example.org")])
    db.flush()

    assert check_email(db, "robin@example.org", by=elsewhere) is None
    with pytest.raises(NotAllowed, match="Another account has the e-mail"):
        check_email(db, "robin@example.org", by=here)


@pytest.mark.parametrize("email", ["not an email", "robin@", "@example.org", "a@b", "a b@c.org"])
def test_what_is_no_e_mail_address_is_refused(db, email):
    with pytest.raises(NotAllowed, match="is no e-mail address"):
        check_email(db, email)


@pytest.mark.parametrize("name", ["", "   ", "-", "R2D2", "Robin\n", "a" * 81])
def test_what_is_no_name_is_refused(name):
    with pytest.raises(NotAllowed):
        check_name(name)


def test_names_of_any_language_are_taken():
    assert [check_name(name) for name in ("Robin", "Zoë", "O’Neil-Smith", "محمد")] == [None] * 4


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
