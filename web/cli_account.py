"""Commands on accounts: account invite, account recover, account close.

Whoever runs the service invites the first administrator, lets one back in,
and closes any account at once. A code is printed once; the person chooses
password and second factor.
"""

from __future__ import annotations

from collections.abc import Callable

import click
from sqlmodel import Session

from matcher.account_scopes import scope_of
from matcher.accounts import disable, who_signs_in_as
from matcher.invitations import invite, let_back_in
from matcher.refusing import NotAllowed
from models.accounts import Account
from models.sign_ins import Invitation
from models.states import Role
from web.cli_answers import Refused
from web.cli_ground import ground, writing
from web.surroundings import Surroundings
from web.words import moment

ROLES = [role.value for role in Role]
Made = Callable[[Session, Surroundings], tuple[Invitation, str]]


@click.group("account")
def account() -> None:
    """Invite people who sign in, let them back in, and close their accounts."""


@account.command("invite")
@click.argument("role", type=click.Choice(ROLES))
@click.option("--name", required=True, help="What the person is called, such as Robin.")
@click.option("--email", help="Where letters go, for a person who has an address.")
@click.option("--prison", metavar="CODE", help="The prison of a peer or liaison, such as LEI.")
@click.option("--region", help='The region of a manager, such as "North East".')
@click.option("--mentor", metavar="CODE", help="The code of the mentor whose account this is.")
def invite_account(
    role: str,
    name: str,
    email: str | None,
    prison: str | None,
    region: str | None,
    mentor: str | None,
) -> None:
    """Print a code with which a person opens an account; it is good for a week and one time."""
    told = {"prison": prison, "region": region, "mentor": mentor}

    def make(db: Session, around: Surroundings) -> tuple[Invitation, str]:
        scope = scope_of(db, Role(role), told) | {"name": name, "email": email}
        return invite(db, None, Role(role), now=around.real_now(), **scope)

    _print_code(make, "Nobody was invited.")


@account.command("recover")
@click.argument("sign_in_name")
def recover_account(sign_in_name: str) -> None:
    """Print a code with which somebody who cannot sign in chooses a new password and app."""

    def make(db: Session, around: Surroundings) -> tuple[Invitation, str]:
        found = _called(db, sign_in_name)
        return let_back_in(db, None, found, now=around.real_now())

    _print_code(make, "No code was made.")


@account.command("close")
@click.argument("sign_in_name")
def close_account(sign_in_name: str) -> None:
    """Close an account for good; whoever is signed in with it is out at once."""
    with ground() as around:
        try:
            with writing(around) as db:
                found = _called(db, sign_in_name)
                disable(db, found, by=None, now=around.real_now())
                desk = found.role.label.lower()
                db.commit()
        except NotAllowed as refused:
            raise Refused([*refused.sentences, "No account was closed."]) from refused
    click.echo(f"The account of {sign_in_name} ({desk}) is closed. Nobody can sign in with it.")


def _called(db: Session, sign_in_name: str) -> Account:
    found = who_signs_in_as(db, sign_in_name)
    if found is None:
        raise NotAllowed(f'Nobody signs in as "{sign_in_name}". Check each letter.')
    return found


def _print_code(make: Made, nothing: str) -> None:
    with ground() as around:
        try:
            with writing(around) as db:
                invitation, code = make(db, around)
                name, until = invitation.name, moment(invitation.ends_at)
                desk = invitation.role.label.lower()
                db.commit()
        except NotAllowed as refused:
            raise Refused([*refused.sentences, nothing]) from refused
        address = around.settings.address.rstrip("/")
    click.echo(f"The code for {name} ({desk}), until {until}:  {code}")
    click.echo(f"They type it at {address}/invitation/")
    click.echo("It is shown once. Hand it over yourself; never send it by e-mail.")
