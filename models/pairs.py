"""One leaver and one mentor, from proposal to the last follow-up, and the places mentors have.

What may never happen is kept by the database, whoever writes to it: a leaver
has one live pair at most, and a mentor no more live pairs than places. A live
pair holds one of the mentor's numbered places; two pairs cannot hold the
same one, and a place that is not there cannot be held. A pair that ends lets
its place go. States change by the moves of STEPS alone, and each move leaves
a line in the history.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Session, object_session
from sqlmodel import Field

from models.columns import JsonColumn, WordColumn, one_of, stored_as
from models.moves import Step, after
from models.places import close_if_spare
from models.rows import Record, Row, Versioned
from models.sealed import sealed_text
from models.states import EndReason, Move, PairForm, PairState

LIVE = set(PairState) - {PairState.ENDED}
STEPS: Mapping[Move, Step[PairState]] = {
    Move.APPROVE: Step({PairState.PROPOSED}, PairState.APPROVED),
    Move.OFFER: Step({PairState.APPROVED}, PairState.OFFERED),
    Move.ACCEPT: Step({PairState.OFFERED}, PairState.ACCEPTED),
    Move.SUSPEND: Step({PairState.ACCEPTED}, PairState.SUSPENDED),
    Move.RESUME: Step({PairState.SUSPENDED}, PairState.ACCEPTED),
    Move.DECLINE: Step({PairState.OFFERED}, PairState.ENDED),
    Move.EXPIRE: Step({PairState.OFFERED}, PairState.ENDED),
    Move.REPLACE: Step({PairState.PROPOSED}, PairState.ENDED),
    Move.WITHDRAW: Step(LIVE, PairState.ENDED),
    Move.COMPLETE: Step({PairState.ACCEPTED}, PairState.ENDED),
    Move.STAND_DOWN: Step({PairState.ACCEPTED, PairState.SUSPENDED}, PairState.ENDED),
    Move.RECORD_DEATH: Step(LIVE, PairState.ENDED),
    Move.BAR: Step(LIVE, PairState.ENDED),
}
END_REASONS: Mapping[Move, EndReason] = {
    Move.DECLINE: EndReason.DECLINED,
    Move.EXPIRE: EndReason.EXPIRED,
    Move.REPLACE: EndReason.REPLACED,
    Move.WITHDRAW: EndReason.WITHDRAWN,
    Move.COMPLETE: EndReason.COMPLETED,
    Move.STAND_DOWN: EndReason.STOOD_DOWN,
    Move.RECORD_DEATH: EndReason.DIED,
    Move.BAR: EndReason.BARRED,
}
_IS_LIVE = text("state <> 'ended'")


class Pair(Versioned, Record, table=True):
    """One leaver and one mentor.

    `score` and its `parts` are in whole thousandths of a point and add up.
    `overridden_by` is the manager who made the pair against the plan, with
    their reason; such a pair is fixed, no run replaces it. `answer_by` is
    when an offer expires; `accepted_at` sets the plan of meetings.
    """

    __table_args__ = (
        one_of("state", PairState),
        one_of("end_reason", EndReason),
        one_of("form", PairForm),
        CheckConstraint("(state = 'ended') = (end_reason IS NOT NULL)", name="ended_has_reason"),
        CheckConstraint("(state = 'ended') = (place_number IS NULL)", name="live_has_place"),
        CheckConstraint(
            "(overridden_by IS NULL) = (override_reason IS NULL)", name="override_has_reason"
        ),
        CheckConstraint(
            "overridden_by IS NULL OR end_reason <> 'replaced'", name="override_not_replaced"
        ),
        CheckConstraint("score BETWEEN 0 AND 100000", name="score_range"),
        ForeignKeyConstraint(
            ["mentor_id", "place_number"], ["mentor_place.mentor_id", "mentor_place.number"]
        ),
        UniqueConstraint("mentor_id", "place_number"),
        Index(
            "uq_pair_live_leaver",
            "leaver_id",
            unique=True,
            sqlite_where=_IS_LIVE,
            postgresql_where=_IS_LIVE,
        ),
    )

    leaver_id: UUID = Field(foreign_key="leaver.id", index=True)
    referral_id: UUID = Field(foreign_key="referral.id", index=True)
    mentor_id: UUID = Field(foreign_key="mentor.id")
    place_number: int | None
    state: PairState = Field(
        default=PairState.PROPOSED, index=True, sa_type=stored_as(WordColumn(PairState))
    )
    end_reason: EndReason | None = Field(default=None, sa_type=stored_as(WordColumn(EndReason)))
    form: PairForm = Field(sa_type=stored_as(WordColumn(PairForm)))
    score: int
    parts: Mapping[str, int] = Field(sa_type=stored_as(JsonColumn()))
    explanation: str = Field(default="", sa_type=sealed_text())
    weights_version: str
    rules_version: str
    model_version: str
    facts_version: str
    plan_run_id: UUID | None = Field(default=None, foreign_key="plan_run.id")
    overridden_by: UUID | None = Field(default=None, foreign_key="account.id")
    override_reason: str | None = Field(default=None, sa_type=sealed_text())
    proposed_at: datetime
    state_since: datetime
    answer_by: datetime | None = None
    accepted_at: datetime | None = None

    @property
    def is_live(self) -> bool:
        """Whether the pair still counts against the leaver and the mentor's places."""
        return self.state in LIVE

    def move(
        self, move: Move, *, by: UUID | None, now: datetime, reason: str | None = None
    ) -> None:
        """Change the state at `now` and leave a line in the history.

        `by` is the account that made the move; None is the service itself.
        A pair that ends lets its place go. Raises IllegalMove, and ValueError
        for a pair that no session holds.
        """
        session = object_session(self)
        if session is None:
            raise ValueError("a pair is moved in a session: add it to one first")
        before = self.state
        self.state = after(move, before, STEPS, noun="pair")
        self.state_since = now
        line = PairHistory(
            pair_id=self.id,
            move=move,
            from_state=before,
            to_state=self.state,
            moved_at=now,
            moved_by=by,
            reason=reason,
        )
        session.add(line)
        if move is Move.ACCEPT:
            self.accepted_at = now
        if not self.is_live:
            self._let_place_go(session, END_REASONS[move])

    def _let_place_go(self, session: Session, end_reason: EndReason) -> None:
        self.end_reason = end_reason
        place, self.place_number = self.place_number, None
        session.flush()
        if place is not None:
            close_if_spare(session, self.mentor_id, place)


class PairHistory(Row, table=True):
    """One move of a pair; the proposal itself has no move and no state before it."""

    __table_args__ = (
        one_of("move", Move),
        one_of("from_state", PairState),
        one_of("to_state", PairState),
        CheckConstraint("(move IS NULL) = (from_state IS NULL)", name="proposal_or_move"),
    )

    number: int | None = Field(default=None, primary_key=True)
    pair_id: UUID = Field(foreign_key="pair.id", index=True)
    move: Move | None = Field(default=None, sa_type=stored_as(WordColumn(Move)))
    from_state: PairState | None = Field(default=None, sa_type=stored_as(WordColumn(PairState)))
    to_state: PairState = Field(sa_type=stored_as(WordColumn(PairState)))
    moved_at: datetime
    moved_by: UUID | None = Field(default=None, foreign_key="account.id")
    reason: str | None = Field(default=None, sa_type=sealed_text())
