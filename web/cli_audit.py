"""Commands on the audit: verify it, and vouch for rows from before it kept their seals."""

from __future__ import annotations

import click
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from matcher.audit_chain import adopt, beginning, end_of_chain
from matcher.core.words import counted
from matcher.invariants import INVARIANTS, Health, beside, case_of, examine
from matcher.master_keys import refuse_other_keys
from models.database import is_current
from models.looking import engine_to_look, picture
from web.cli_answers import Refused
from web.cli_answers import now as real_now
from web.cli_ground import (
    NO_ANSWER,
    NOT_CURRENT,
    check_keys,
    ground,
    said_in_one_sentence,
    settings_at_hand,
    writing,
)

NOT_SOUND = 1
"""Exit code where the audit does not hold."""

MOST_SHOWN = 20
"""Rows that are printed; `gatemate doctor --json` has them all."""


@click.group()
def audit() -> None:
    """Verify who did or saw what, or vouch for rows that the audit does not know."""


@audit.command()
def verify() -> None:
    """Look whether the audit is whole, unchanged, and has every change; nothing is changed.

    Exit code 1 if not. Rows are named by table and id, never by a name.
    """
    settings = settings_at_hand()
    with said_in_one_sentence():
        settings.key_for("audit")
    check_keys()
    engine = engine_to_look(settings.database)
    try:
        _see_it_answers(engine)
        with said_in_one_sentence():
            refuse_other_keys(engine)
        known = beside(settings)
        with picture(engine) as db:
            moment = real_now()
            case = case_of(db, settings, known, now=moment, real_now=moment)
            [verdict] = examine(case, [one for one in INVARIANTS if one.code == "I13"])
            begins, end = beginning(db), end_of_chain(db)
    finally:
        engine.dispose()
    if begins.number:
        click.echo(f"Entries up to {begins.number:,} were cut off, with a signed mark.")
    click.echo(f"Entries from {begins.number + 1:,} to {end.number:,} were looked at.")
    click.echo(f"The last one says {end.chain}.")
    for note in verdict.notes:
        click.echo(note)
    for one in verdict.breaches[:MOST_SHOWN]:
        click.echo(f"{one.noun} {one.row_id}: {one.what}")
    if len(verdict.breaches) > MOST_SHOWN:
        click.echo(f"and {counted(len(verdict.breaches) - MOST_SHOWN, 'row')} more")
    if verdict.health is Health.UNREADABLE:
        click.echo("IT CANNOT BE SAID WHETHER THE AUDIT HOLDS.", err=True)
        raise click.exceptions.Exit(NOT_SOUND)
    if verdict.health is not Health.SOUND:
        click.echo("THE AUDIT DOES NOT HOLD.", err=True)
        raise click.exceptions.Exit(NOT_SOUND)
    click.echo("The audit holds, and every change is in it.")


def _see_it_answers(engine: Engine) -> None:
    try:
        current = is_current(engine)
    except OperationalError as wrong:
        raise Refused([NO_ANSWER]) from wrong
    if not current:
        raise Refused([NOT_CURRENT])


@audit.command("adopt")
@click.option("--yes", is_flag=True, help="Do it without asking.")
def adopt_rows(yes: bool) -> None:
    """Vouch for every row that has no seal, once after an upgrade to this version.

    Once GATEMATE_SECRET was replaced, also for each row whose seal fits the one
    before. Each of them has an entry of its own. Run `gatemate audit verify` first and
    look at what it names: whatever is vouched for counts as right from then on.
    """
    if not yes and not click.confirm("Vouch for all rows that the audit does not know?"):
        raise Refused(["Nothing was changed."])
    with ground() as around, writing(around) as db:
        adopted = adopt(db, around.settings.old_audit_keys)
        db.commit()
    click.echo(f"{counted(adopted, 'row')} vouched for.")
