"""Every message the service sends, as rows: an outbox that loses nothing.

A letter is planned with the change it tells of, in one commit. A worker
claims it for a while (`lease_until`), commits "sending" with the attempt and
the Message-ID before it touches the network, and records the outcome only if
the attempt is still its own.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from models.columns import WordColumn, one_of, stored_as
from models.moves import Step, after
from models.rows import Record, Row
from models.sealed import sealed_entries, sealed_text
from models.states import Channel, LetterKind, LetterMove, LetterState
from models.vocabulary import Word

TO_BE_TRIED = {LetterState.PLANNED, LetterState.RETRY, LetterState.UNKNOWN}
NOT_UNDER_WAY = {*TO_BE_TRIED, LetterState.DUE, LetterState.CLAIMED}
SETTLED = {LetterState.SENT, LetterState.DEAD, LetterState.CANCELLED, LetterState.SKIPPED}
LETTER_STEPS: Mapping[LetterMove, Step[LetterState]] = {
    LetterMove.FALL_DUE: Step(TO_BE_TRIED, LetterState.DUE),
    LetterMove.CLAIM: Step({LetterState.DUE}, LetterState.CLAIMED),
    LetterMove.RELEASE: Step({LetterState.CLAIMED}, LetterState.DUE),
    LetterMove.START: Step({LetterState.CLAIMED}, LetterState.SENDING),
    LetterMove.SUCCEED: Step({LetterState.SENDING, LetterState.UNKNOWN}, LetterState.SENT),
    LetterMove.FAIL: Step({LetterState.SENDING}, LetterState.RETRY),
    LetterMove.LOSE_SIGHT: Step({LetterState.SENDING}, LetterState.UNKNOWN),
    LetterMove.GIVE_UP: Step(
        {LetterState.SENDING, LetterState.RETRY, LetterState.UNKNOWN, LetterState.DUE},
        LetterState.DEAD,
    ),
    LetterMove.CANCEL: Step(NOT_UNDER_WAY, LetterState.CANCELLED),
    LetterMove.SKIP: Step(NOT_UNDER_WAY, LetterState.SKIPPED),
}


class Letter(Record, table=True):
    """One message to one recipient over one channel.

    `key` is made of what the letter is about, the channel, the recipient and
    the `generation`; no two letters share one. `number` counts the letters of
    one kind in a pair's plan. `recipient` names the person or desk ("mentor:"
    and an id), never an address: that is looked up when sending. `facts` is
    what the text is made from, `body` the text once made. `attempt` counts
    from 0; `answer` is what the server said last.
    """

    __table_args__ = (
        one_of("kind", LetterKind),
        one_of("channel", Channel),
        one_of("state", LetterState),
        UniqueConstraint("key"),
        CheckConstraint("number >= 1 AND generation >= 1 AND attempt >= 0", name="counts_range"),
        CheckConstraint("due_at <= not_after", name="in_order"),
        CheckConstraint(
            "state NOT IN ('claimed', 'sending') OR lease_until IS NOT NULL", name="held_on_lease"
        ),
        CheckConstraint(
            "state NOT IN ('sending', 'sent', 'unknown')"
            " OR (message_id IS NOT NULL AND attempt >= 1)",
            name="tried_has_message_id",
        ),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_time"),
        CheckConstraint("state <> 'sent' OR answer IS NOT NULL", name="sent_was_accepted"),
        Index("ix_letter_state_due_at", "state", "due_at"),
    )

    key: str
    kind: LetterKind = Field(sa_type=stored_as(WordColumn(LetterKind)))
    number: int = 1
    channel: Channel = Field(sa_type=stored_as(WordColumn(Channel)))
    recipient: str = Field(index=True)
    leaver_id: UUID | None = Field(default=None, foreign_key="leaver.id", index=True)
    mentor_id: UUID | None = Field(default=None, foreign_key="mentor.id", index=True)
    pair_id: UUID | None = Field(default=None, foreign_key="pair.id", index=True)
    meeting_id: UUID | None = Field(default=None, foreign_key="meeting.id", index=True)
    generation: int = 1
    urgent: bool = False
    state: LetterState = Field(
        default=LetterState.PLANNED, sa_type=stored_as(WordColumn(LetterState))
    )
    state_since: datetime
    due_at: datetime
    not_after: datetime
    attempt: int = 0
    claimed_by: str | None = None
    lease_until: datetime | None = None
    message_id: str | None = None
    sent_at: datetime | None = None
    answer: str | None = None
    facts: Mapping[str, Any] = Field(default={}, sa_type=sealed_entries(but=("calls_off",)))
    body: str | None = Field(default=None, sa_type=sealed_text())

    def move(self, move: LetterMove, *, now: datetime) -> None:
        """Change the state at `now`, or raise IllegalMove."""
        self.state = after(move, self.state, LETTER_STEPS, noun="letter")
        self.state_since = now


class AttemptOutcome(Word):
    """What came of handing a letter over once."""

    TAKEN = "taken", "Taken"
    REFUSED = "refused", "Refused for good"
    DEFERRED = "deferred", "Not for now"
    UNKNOWN = "unknown", "Not known"


class LetterAttempt(Row, table=True):
    """One hand-over of a letter: begun with its "sending", ended with what was recorded of it.

    `outcome` and `ended_at` are empty until then. `answer` is what the server
    said, without addresses.
    """

    __table_args__ = (
        one_of("outcome", AttemptOutcome),
        CheckConstraint("attempt >= 1", name="attempt_range"),
        CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="end_has_outcome"),
    )

    letter_id: UUID = Field(primary_key=True, foreign_key="letter.id")
    attempt: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    begun_at: datetime
    ended_at: datetime | None = None
    outcome: AttemptOutcome | None = Field(
        default=None, sa_type=stored_as(WordColumn(AttemptOutcome))
    )
    answer: str | None = None


class HandOver(Row, table=True):
    """A printed letter was put into the leaver's hand, by whom and when."""

    letter_id: UUID = Field(primary_key=True, foreign_key="letter.id")
    handed_at: datetime
    handed_by: UUID | None = Field(default=None, foreign_key="account.id")
