"""Who invites whom, lets whom back in, moves whom to another desk, and closes whose account."""

import re

import pytest
from sqlmodel import select

from matcher.invitations import agree, find, invite
from matcher.refusing import NotAllowed
from models.account_access import MAY_INVITE
from models.accounts import Account
from models.audit import AuditEntry
from models.sign_ins import BreakGlass, Invitation, SecondFactor
from models.states import Role
from models.vocabulary import Region
from tests.rows import NOW, a_mentor_row

PREFIX = {Role.MANAGER: "/manager/accounts", Role.ADMINISTRATOR: "/administrator/accounts"}
CODE = re.compile(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}")
KEEPERS = list(PREFIX)


def a_mentor(desks, **told):
    mentor = a_mentor_row(**told)
    desks.keep(mentor)
    return mentor


def told_for(desks, role):
    if role is Role.MENTOR:
        return {"mentor": a_mentor(desks).code}
    return {Role.MANAGER: {"region": "A"}}.get(role, {"prison": "LEI"})


def an_account_of(desks, role):
    if role is Role.MENTOR:
        return desks.account(role, mentor_id=a_mentor(desks).id)
    return desks.account(role)


@pytest.mark.parametrize("keeper", KEEPERS)
@pytest.mark.parametrize("role", list(Role))
def test_who_may_invite_whom(desks, keeper, role):
    browser = desks.browser_of(keeper)
    form = {"name": "Lee"} | told_for(desks, role)

    answer = browser.post(f"{PREFIX[keeper]}/invitations/{role.value}", data=form)

    may = role in MAY_INVITE[keeper]
    assert answer.status_code == (200 if may else 404)
    with desks.session() as db:
        assert len(db.exec(select(Invitation)).all()) == may
    assert bool(CODE.search(answer.text)) == may


@pytest.mark.parametrize("role", [role for role in Role if role not in PREFIX])
def test_other_desks_invite_nobody(desks, role):
    browser = desks.browser(an_account_of(desks, role))

    answers = {browser.get(f"{prefix}/").status_code for prefix in PREFIX.values()}

    assert answers == {404}
    assert role not in MAY_INVITE


def test_a_code_is_shown_once_with_where_to_type_it_and_never_again(desks):
    browser = desks.browser_of(Role.MANAGER)
    form = {"name": "Lee", "prison": "LEI"}

    shown = browser.post("/manager/accounts/invitations/liaison", data=form).text
    listed = browser.get("/manager/accounts/").text

    code = CODE.search(shown)[0]
    assert "/invitation/" in shown
    assert f"/invitation/{code}" not in shown
    assert "A new account" in listed
    assert code not in listed


@pytest.mark.parametrize(
    ("role", "told"), [("liaison", {"prison": "CFI"}), ("mentor", {"mentor": "M-FAR"})]
)
def test_a_manager_invites_nobody_to_another_region(desks, role, told):
    a_mentor(desks, code="M-FAR", region=Region.WALES)
    browser = desks.browser_of(Role.MANAGER)

    answer = browser.post(f"/manager/accounts/invitations/{role}", data={"name": "Lee"} | told)

    assert answer.status_code == 422
    with desks.session() as db:
        assert db.exec(select(Invitation)).all() == []


def test_an_invitation_is_taken_back_by_whoever_keeps_such_accounts(desks):
    browser, far = desks.browser_of(Role.MANAGER), desks.browser_of(Role.MANAGER, region="D")
    with desks.session() as db:
        invitation, _ = invite(db, None, Role.PEER, now=NOW, name="Kit", prison="LEI")
        db.commit()
    address = f"/manager/accounts/invitations/{invitation.id}/removal"

    foreign = far.post(address, data={"version": "1"})
    own = browser.post(address, data={"version": "1"})

    assert (foreign.status_code, own.status_code) == (404, 302)
    with desks.session() as db:
        assert db.exec(select(Invitation)).one().revoked_at == NOW


@pytest.mark.parametrize("keeper", KEEPERS)
@pytest.mark.parametrize("role", list(Role))
def test_who_lets_whom_back_in_and_what_they_had_is_over_at_once(desks, keeper, role):
    account = an_account_of(desks, role)
    theirs = desks.browser(account)

    address = f"{PREFIX[keeper]}/{account.id}/code"
    answer = desks.browser_of(keeper).post(address, data={"version": "1"})

    may = role in MAY_INVITE[keeper]
    assert answer.status_code == (200 if may else 404)
    assert (theirs.get("/account/").status_code == 302) == may


def code_made(answer):
    """The code on the page that shows it once."""
    return CODE.search(answer.text)[0]


def opens(desks, code):
    with desks.session() as db:
        return find(db, code, now=desks.now) is not None


def last_invitation(desks):
    with desks.session() as db:
        return db.exec(select(Invitation)).one()


def way_to_manager(desks, browser):
    """Three ways by which an administrator could come to hold a manager's account."""
    account, other = desks.account(Role.MANAGER), desks.account(Role.ADMINISTRATOR)
    prefix, moved = PREFIX[Role.ADMINISTRATOR], {"version": "1", "role": "manager", "region": "C"}
    return {
        "a new account": (f"{prefix}/invitations/manager", {"name": "Lee", "region": "C"}),
        "back in": (f"{prefix}/{account.id}/code", {"version": "1"}),
        "another desk": (f"{prefix}/{other.id}/desk", moved),
    }


WAYS = ("a new account", "back in", "another desk")


@pytest.mark.parametrize("way", WAYS)
def test_an_administrator_alone_comes_by_no_managers_account(desks, way):
    first = desks.account(Role.ADMINISTRATOR)
    browser = desks.browser(first)
    address, form = way_to_manager(desks, browser)[way]

    made = browser.post(address, data=form)

    code, invitation = code_made(made), last_invitation(desks)
    typed = desks.browser().post("/invitation/", data={"code": code})
    agreement = f"{PREFIX[Role.ADMINISTRATOR]}/invitations/{invitation.id}/agreement"
    assert "It works once a second person agrees" in made.text
    assert (typed.status_code, opens(desks, code)) == (422, False)
    assert browser.post(agreement, data={"version": "1"}).status_code == 404
    for who in filter(None, (first.id, invitation.account_id)):
        with desks.session() as db, pytest.raises(NotAllowed, match="second person"):
            agree(db, db.get_one(Invitation, invitation.id), by=db.get_one(Account, who))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("second", "told", "may"),
    [
        (Role.ADMINISTRATOR, {}, True),
        (Role.MANAGER, {"region": "C"}, True),
        (Role.MANAGER, {"region": "D"}, False),
    ],
)
def test_a_code_for_a_manager_works_once_a_second_person_has_seen_it_and_agrees(
    desks, way, second, told, may
):
    browser = desks.browser_of(Role.ADMINISTRATOR, name="Ash")
    address, form = way_to_manager(desks, browser)[way]
    code = code_made(browser.post(address, data=form))
    invitation, other = last_invitation(desks), desks.browser_of(second, **told)
    agreement = f"{PREFIX[second]}/invitations/{invitation.id}/agreement"

    listed = other.get(f"{PREFIX[second]}/").text
    page = other.get(agreement)
    unseen = other.post(agreement, data={"version": "0"})
    before = opens(desks, code)
    agreed = other.post(agreement, data={"version": "1"})

    assert (agreement in listed, not before, opens(desks, code)) == (may, True, may)
    assert (unseen.status_code, agreed.status_code) == ((409, 302) if may else (404, 404))
    assert ("Ash" in page.text) is may
    assert not CODE.search(page.text + unseen.text + agreed.text)


@pytest.mark.parametrize("role", ["manager", "administrator"])
def test_no_second_person_is_made_up_to_open_a_record(desks, role):
    mentor = a_mentor(desks)
    browser = desks.browser_of(Role.ADMINISTRATOR)
    asked = {"person": mentor.code, "reason": "To look."}
    browser.post("/administrator/opened-records/new", data=asked)
    form = {"name": "Puppet"} | ({"region": "C"} if role == "manager" else {})

    code = code_made(browser.post(f"/administrator/accounts/invitations/{role}", data=form))
    puppet = desks.browser()
    typed = puppet.post("/invitation/", data={"code": code})
    chosen = {"sign_in_name": "puppet", "kind": "sheet", "password": "four green ferries at sea"}
    chosen |= {"password_again": chosen["password"]}
    choice = puppet.post("/invitation/account", data=chosen)

    assert typed.status_code == 422
    assert choice.location == "/invitation/"
    with desks.session() as db:
        assert len(db.exec(select(Account)).all()) == 1
        assert db.exec(select(BreakGlass)).one().answered_by is None


def test_a_move_to_a_managers_desk_opens_with_the_new_code_alone(desks):
    account = desks.account(Role.MANAGER, region="D")
    form = {"version": "1", "role": "manager", "region": "C"}

    made = desks.browser_of(Role.ADMINISTRATOR).post(
        f"/administrator/accounts/{account.id}/desk", data=form
    )

    code, second = code_made(made), desks.account(Role.ADMINISTRATOR)
    with desks.session() as db:
        moved = db.get_one(Account, account.id)
        assert (moved.region, db.get(SecondFactor, account.id)) == (Region.YORKSHIRE, None)
        agree(db, db.exec(select(Invitation)).one(), by=second)
        db.commit()
    assert opens(desks, code)


@pytest.mark.parametrize("keeper", KEEPERS)
def test_nobody_lets_themselves_back_in(desks, keeper):
    account = desks.account(keeper)
    browser = desks.browser(account)

    answer = browser.post(f"{PREFIX[keeper]}/{account.id}/code", data={"version": "1"})

    assert answer.status_code == (404 if keeper is Role.MANAGER else 422)
    assert browser.get("/account/").status_code == 200


def test_a_liaison_who_is_made_a_peer_is_out_at_once_and_finds_the_other_desk(desks):
    account = desks.account(Role.LIAISON)
    theirs = desks.browser(account)
    form = {"version": "1", "role": "peer", "prison": "LEI"}

    answer = desks.browser_of(Role.MANAGER).post(f"/manager/accounts/{account.id}/desk", data=form)

    assert answer.status_code == 302
    assert theirs.get("/liaison/").location == "/sign-in"
    again = desks.browser(account)
    assert [again.get(page).status_code for page in ("/council/", "/liaison/")] == [200, 404]
    with desks.session() as db:
        entry = db.exec(select(AuditEntry).where(AuditEntry.noun == "account")).one()
    assert entry.fields == {"role"}


@pytest.mark.parametrize("role", ["manager", "administrator", "mentor"])
def test_a_manager_puts_nobody_at_a_desk_that_is_not_theirs_to_give(desks, role):
    account = desks.account(Role.LIAISON)
    form = {"version": "1", "role": role, "prison": "LEI", "region": "C"}

    answer = desks.browser_of(Role.MANAGER).post(f"/manager/accounts/{account.id}/desk", data=form)

    assert answer.status_code == 422
    with desks.session() as db:
        assert db.get_one(Account, account.id).role is Role.LIAISON


def test_a_manager_sees_and_closes_the_accounts_of_the_region_alone(desks):
    here, far = (
        desks.account(Role.LIAISON),
        desks.account(Role.LIAISON, prison="CFI", name="Faraway"),
    )
    browser = desks.browser_of(Role.MANAGER)

    listed = browser.get("/manager/accounts/").text
    closed = browser.post(f"/manager/accounts/{here.id}/closing", data={"version": "1"})
    foreign = browser.post(f"/manager/accounts/{far.id}/closing", data={"version": "1"})

    assert (here.email in listed, "Faraway" in listed) == (True, False)
    assert (closed.status_code, foreign.status_code) == (302, 404)
