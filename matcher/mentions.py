"""Where other people's rows mention someone who is erased, and how the mention goes."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, select

from matcher.belongings import Person, Rows
from models.people import Mentor
from models.referrals import Referral
from models.row_seals import kinds
from models.runs import PlanRun
from models.tables import METADATA


def forget_mentions(db: Session, person: Person) -> None:
    """Take someone out of what the plan keeps of each run, and of whom others ruled out."""
    codes = {person.code, *person.former_keys}
    mine = {str(person.id)} | _referrals_of(db, person)
    for run in db.exec(select(PlanRun)):
        if run.prices.keys() & codes:
            run.prices = {code: price for code, price in run.prices.items() if code not in codes}
        told = {key: way for key, way in run.ways_out.items() if not _tells(key, way, mine | codes)}
        if len(told) != len(run.ways_out):
            run.ways_out = told
    if isinstance(person, Mentor):
        for referral in db.exec(select(Referral)):
            for said in ("ruled_out", "chosen"):
                if getattr(referral, said) & codes:
                    setattr(referral, said, getattr(referral, said) - codes)
    db.flush()


def _referrals_of(db: Session, person: Person) -> set[str]:
    found = select(Referral.id).where(Referral.leaver_id == person.id)
    return {str(one) for one in db.exec(found)}


def _tells(key: str, way: object, names: set[str]) -> bool:
    said = str(way).replace('"', " ").replace("'", " ").replace(",", " ").replace(".", " ")
    return key in names or bool(names & set(said.split()))


def let_go_of_account(db: Session, account_id: UUID, *, but: Rows) -> None:
    """Let other people's rows no longer name an account; the audit still does, by its id.

    Rows that go themselves stay as they are.
    """
    going = {id(row) for rows in but.values() for row in rows}
    for table in METADATA.sorted_tables:
        kind = kinds()[table.name]
        for reference in table.foreign_key_constraints:
            [*ends] = reference.elements
            column = ends[0].parent
            if reference.referred_table.name != "account" or not column.nullable:
                continue
            for row in db.exec(select(kind).where(getattr(kind, column.name) == account_id)):
                if id(row) not in going:
                    setattr(row, column.name, None)
    db.flush()
