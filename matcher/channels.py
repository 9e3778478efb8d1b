"""A channel that fails again and again is shut for a while, so that its letters lose no attempt.

Counted are failures in a row that are the channel's own: the server is not
there, the line breaks, we are not let in. A refusal of one letter is an
answer, so the channel works. While it is shut nothing is claimed for it;
after that one letter tries, and how it fares opens the channel or shuts it
for longer. It all lies in rows, so every clock sees the same.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from matcher.messages import Answer, Refused
from models.post import ChannelState
from models.states import Channel

FAILURES_TO_SHUT = 5
"""In a row; our own choice, as are the pauses."""

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (30, 60, 120))
"""How long a channel is shut, the first time, the second, and from then on."""

log = logging.getLogger("gatemate.post")


def shut_channels(
    db: Session, now: datetime, longest: timedelta = PAUSES[-1]
) -> frozenset[Channel]:
    """Return the channels that nothing is claimed for now; none is shut for `longest` or more."""
    until = col(ChannelState.open_until)
    shut = select(ChannelState).where(until > now, until <= now + longest)
    return frozenset(state.channel for state in db.exec(shut))


def channels_to_try(
    db: Session, channels: Collection[Channel], now: datetime, longest: timedelta = PAUSES[-1]
) -> tuple[list[Channel], list[ChannelState]]:
    """Return those of the channels that work, and the rows of those that one letter is to try.

    The rows are held until the transaction ends; one that another worker
    holds is passed over, and so is its channel. One that is shut for more than
    `longest` was shut before the machine's clock was set back: it is tried.
    """
    stopped = select(ChannelState).where(
        col(ChannelState.open_until).is_not(None), col(ChannelState.channel).in_(channels)
    )
    bad = {state.channel for state in db.exec(stopped)}
    if not bad:
        return list(channels), []
    until = col(ChannelState.open_until)
    rested = stopped.where((until <= now) | (until > now + longest))
    rested = rested.with_for_update(skip_locked=True)
    fresh = rested.execution_options(populate_existing=True)
    return [one for one in channels if one not in bad], list(db.exec(fresh))


def is_being_tried(state: ChannelState, *, until: datetime) -> None:
    """Keep everyone else off a channel until the letter that tries it has an answer."""
    state.open_until = until


def note_outcome(db: Session, channel: Channel, came: Answer | Refused, *, now: datetime) -> None:
    """Count what came of handing over a letter; writes nothing as long as all goes well."""
    if isinstance(came, Refused) and came.ours:
        return  # the channel was not even tried
    failed = isinstance(came, Refused) and came.of_channel
    state = db.get(ChannelState, channel)
    if not failed and (state is None or (not state.failures and state.opened_at is None)):
        return
    if state is None:
        _make_row(db, channel)
    held = select(ChannelState).where(ChannelState.channel == channel).with_for_update()
    state = db.exec(held.execution_options(populate_existing=True)).one()
    if failed:
        _count_failure(state, now=now)
    else:
        _open_again(state)


def shut_since(db: Session, before: datetime) -> AbstractSet[Channel]:
    """Return the channels that stopped working before a moment and have not worked since."""
    stopped = select(ChannelState).where(col(ChannelState.opened_at) <= before)
    return frozenset(state.channel for state in db.exec(stopped))


def _make_row(db: Session, channel: Channel) -> None:
    """Add the row of a channel, unless someone else just did."""
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    db.execute(insert(ChannelState).values(channel=channel, failures=0).on_conflict_do_nothing())


def _count_failure(state: ChannelState, *, now: datetime) -> None:
    state.failures += 1
    if state.failures < FAILURES_TO_SHUT:
        return
    pause = PAUSES[min(state.failures - FAILURES_TO_SHUT, len(PAUSES) - 1)]
    state.opened_at, state.open_until = state.opened_at or now, now + pause
    log.warning(
        "post: %s is shut for %d seconds after %d failures in a row",
        state.channel.label,
        pause.total_seconds(),
        state.failures,
    )


def _open_again(state: ChannelState) -> None:
    if state.opened_at is not None:
        log.warning("post: %s works again", state.channel.label)
    state.failures, state.opened_at, state.open_until = 0, None, None
