"""What the service did by itself: each run of the whole plan, with its proof, and each job.

The proof: what was covered, and that no better plan exists. A run that a manager asks for is a
row as well, so that a page can say how far it has come.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint
from sqlmodel import Field

from models.columns import JsonColumn, WordColumn, one_of, stored_as
from models.rows import Record, Recorded, Row
from models.sealed import sealed_entries
from models.states import PlanStage
from models.vocabulary import Region


class PlanRun(Recorded, Record, table=True):
    """One run for the leavers of the window on `day`.

    `total` and `bound` are in whole thousandths of a point; equal, they prove
    the plan. `worst_off` is the lowest score of any of its pairs, in thousandths too;
    empty without pairs, and for runs from before it was kept. `urgency` is
    the sum of the urgency of the leavers covered.
    `counts` says how many leavers, mentors, eligible pairs and the like;
    `prices` what one more place of each mentor would add, by the mentor's
    code: to the urgency covered and, in thousandths, to the total. `ways_out`
    tells of the most urgent leavers without a mentor, by the id of the
    referral: what is `in_the_way`, and the smallest `change` that would help;
    of the newest run only, and empty until it is worked out.
    """

    __table_args__ = (
        CheckConstraint("covered >= 0 AND urgency >= 0", name="not_negative"),
        CheckConstraint("worst_off BETWEEN 0 AND 100000", name="worst_off_range"),
    )

    day: date = Field(index=True)
    covered: int
    urgency: int = Field(sa_type=BigInteger)
    total: int = Field(sa_type=BigInteger)
    bound: int = Field(sa_type=BigInteger)
    worst_off: int | None = None
    seconds: float
    weights_version: str
    rules_version: str
    model_version: str
    counts: Mapping[str, Any] = Field(sa_type=stored_as(JsonColumn()))
    prices: Mapping[str, Any] = Field(sa_type=stored_as(JsonColumn()))
    ways_out: Mapping[str, Any] = Field(default={}, sa_type=sealed_entries(but=("",)))


class PlanRequest(Recorded, Record, table=True):
    """A run of the whole plan that a manager of `region` asked for, and how far it has come.

    One at a time is open: its `slot` is 1, that of one that is over is empty.
    `taken_by` is the clock that works on it, which last told of it at
    `looked_at`; if it tells nothing for long, another one takes it up.
    `people` and `pairs` are how many were read and may be paired, empty until
    that is known. `plan_run_id` is the run it came to.
    """

    __table_args__ = (
        one_of("region", Region),
        one_of("stage", PlanStage),
        UniqueConstraint("slot"),
        CheckConstraint("slot = 1", name="one_at_a_time"),
        CheckConstraint("(slot IS NULL) = (finished_at IS NOT NULL)", name="open_or_over"),
        CheckConstraint(
            "(stage IN ('done', 'failed')) = (finished_at IS NOT NULL)", name="over_is_said"
        ),
        CheckConstraint("(stage = 'done') = (plan_run_id IS NOT NULL)", name="done_has_run"),
    )

    region: Region = Field(foreign_key="region.code", sa_type=stored_as(WordColumn(Region)))
    stage: PlanStage = Field(default=PlanStage.ASKED, sa_type=stored_as(WordColumn(PlanStage)))
    slot: int | None = None
    people: int | None = None
    pairs: int | None = None
    taken_by: str | None = None
    looked_at: datetime | None = None
    finished_at: datetime | None = None
    plan_run_id: UUID | None = Field(default=None, foreign_key="plan_run.id")


class JobRun(Row, table=True):
    """One period of one job: whoever puts the row in does the work, and nobody else.

    `outcome` is a sentence on what was done, empty until it is.
    """

    job: str = Field(primary_key=True)
    period: str = Field(primary_key=True)
    started_at: datetime
    finished_at: datetime | None = None
    outcome: str = ""
