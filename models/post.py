"""How the post itself is: which channels are shut for a while, whether it is on hold, who looks.

Rows of housekeeping: they tell of no person.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from models.columns import WordColumn, one_of, stored_as
from models.rows import Row
from models.states import Channel


class ChannelState(Row, table=True):
    """How one way for letters to leave has fared of late.

    `failures` counts in a row those that were the channel's own fault, not a
    letter's. While `open_until` lies ahead its letters wait; after that one
    letter tries whether it works again. `opened_at` is when this began, and
    both are empty while the channel works.
    """

    __table_args__ = (
        one_of("channel", Channel),
        CheckConstraint("failures >= 0", name="failures_range"),
        CheckConstraint("(opened_at IS NULL) = (open_until IS NULL)", name="open_has_time"),
    )

    channel: Channel = Field(primary_key=True, sa_type=stored_as(WordColumn(Channel)))
    failures: int = 0
    opened_at: datetime | None = None
    open_until: datetime | None = None


class ClockHealth(Row, table=True):
    """When one clock began and last looked at what is due, in real time also in a demo.

    `worker` is the name it goes by, which says nothing of the machine.
    `last_jump_at` is when it last noticed that the time was set; `trouble` a
    sentence without names on what keeps letters from leaving, empty for none.
    """

    worker: str = Field(primary_key=True)
    started_at: datetime
    last_look_at: datetime
    last_jump_at: datetime | None = None
    trouble: str = ""


class PostHold(Row, table=True):
    """Whether the post is on hold: one row at most, and while `lifted_at` is empty it is."""

    __table_args__ = (CheckConstraint("number = 1", name="only_one"),)

    number: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    since: datetime
    why: str
    lifted_at: datetime | None = None
