"""Who has moved from a prison: its liaison reads the code that stands on their list, no more."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from models.access import tasks_seen_by
from models.accounts import Account
from models.desk_words import TaskKind
from models.people import Leaver
from models.referrals import Referral
from models.tasks import Task


def code_of_moved(account: Account, referral_id: UUID) -> SelectOfScalar[str]:
    """Return the SELECT of the code of whom a referral is about, if this desk knows they moved."""
    told = tasks_seen_by(account).where(Task.kind == TaskKind.MOVED_PRISON)
    return (
        select(Leaver.code)
        .join(Referral, col(Referral.leaver_id) == col(Leaver.id))
        .where(
            Referral.id == referral_id,
            col(Leaver.id).in_(told.with_only_columns(col(Task.leaver_id))),
        )
    )
