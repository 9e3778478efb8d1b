"""What the service did by itself: each run of the whole plan, with its proof, and each job.

The proof: what was covered, and that no better plan exists.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint
from sqlmodel import Field

from models.columns import JsonColumn, stored_as
from models.rows import Record, Recorded, Row
from models.sealed import sealed_entries


class PlanRun(Recorded, Record, table=True):
    """One run for the leavers of the window on `day`.

    `total` and `bound` are in whole thousandths of a point; equal, they prove
    the plan. `urgency` is the sum of the urgency of the leavers covered.
    `counts` says how many leavers, mentors, eligible pairs and the like;
    `prices` what one more place of each mentor would add, by the mentor's
    code: to the urgency covered and, in thousandths, to the total. `ways_out`
    tells of the most urgent leavers without a mentor, by the id of the
    referral: what is `in_the_way`, and the smallest `change` that would help;
    of the newest run only, and empty until it is worked out.
    """

    __table_args__ = (CheckConstraint("covered >= 0 AND urgency >= 0", name="not_negative"),)

    day: date = Field(index=True)
    covered: int
    urgency: int = Field(sa_type=BigInteger)
    total: int = Field(sa_type=BigInteger)
    bound: int = Field(sa_type=BigInteger)
    seconds: float
    weights_version: str
    rules_version: str
    model_version: str
    counts: Mapping[str, Any] = Field(sa_type=stored_as(JsonColumn()))
    prices: Mapping[str, Any] = Field(sa_type=stored_as(JsonColumn()))
    ways_out: Mapping[str, Any] = Field(default={}, sa_type=sealed_entries(but=("",)))


class JobRun(Row, table=True):
    """One period of one job: whoever puts the row in does the work, and nobody else.

    `outcome` is a sentence on what was done, empty until it is.
    """

    job: str = Field(primary_key=True)
    period: str = Field(primary_key=True)
    started_at: datetime
    finished_at: datetime | None = None
    outcome: str = ""
