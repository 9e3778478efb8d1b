"""Commands on accounts: account add."""

from __future__ import annotations

import click

from matcher.account_scopes import check_email, scope_of
from matcher.accounts import SHORTEST_PASSWORD, open_account
from matcher.refusing import NotAllowed
from models.states import Role
from web.cli_answers import Refused
from web.cli_ground import ground, writing

ROLES = [role.value for role in Role]


@click.group("account")
def account() -> None:
    """Open accounts for people who sign in."""


@account.command("add")
@click.argument("role", type=click.Choice(ROLES))
@click.option("--name", required=True, help="What the person is called, such as Robin.")
@click.option("--sign-in-name", required=True, help="An e-mail address, or a name of their own.")
@click.option("--email", help="Where letters go. Without it: the sign-in name, if it is one.")
@click.option("--prison", metavar="CODE", help="The prison of a peer or liaison, such as LEI.")
@click.option("--region", help='The region of a manager, such as "North East".')
@click.option("--mentor", metavar="CODE", help="The code of the mentor whose account this is.")
def add_account(
    role: str,
    name: str,
    sign_in_name: str,
    email: str | None,
    prison: str | None,
    region: str | None,
    mentor: str | None,
) -> None:
    """Open an account and ask for its password, twice and unseen."""
    kind = Role(role)
    address = email or (sign_in_name.strip() if "@" in sign_in_name else None)
    told = {"prison": prison, "region": region, "mentor": mentor}
    with ground() as around:
        try:
            with around.reading() as db:
                check_email(db, address)
                scope = scope_of(db, kind, told)
            password = _asked_twice()
            with writing(around) as db:
                scope |= {"name": name.strip(), "email": address}
                now = around.real_now()
                open_account(
                    db, kind, sign_in_name=sign_in_name, password=password, now=now, **scope
                )
                db.commit()
        except NotAllowed as refused:
            raise Refused([*refused.sentences, "No account was opened."]) from refused
    click.echo(f'The account is open. {name.strip()} signs in as "{sign_in_name.strip()}".')


def _asked_twice() -> str:
    """Return the password typed; it stands in no history of commands and on no screen."""
    password: str = click.prompt(
        f"Password ({SHORTEST_PASSWORD} characters or more)",
        hide_input=True,
        confirmation_prompt="The same password again",
    )
    return password
