"""One round of the post: letter by letter, each claimed, begun, handed over, noted and recorded.

The order is what makes a crash harmless at any point. "Sending" is committed
before a server hears of the letter; the server's yes is on the disk of the
journal before the database is told. Only a death between the yes and that
line can let a letter go twice, under the same Message-ID; and one letter of a
process at most is there at any time, however many hands it has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from matcher import delivery, handing_out
from matcher.done import Done, guarded
from matcher.journal import Entry, JournalError
from matcher.messages import Answer, Message, Refused, for_a_round, too_late
from models.states import Channel, LetterState

if TYPE_CHECKING:
    from matcher.clock import Context

RECORD_TRIES = 5
RECORD_PAUSE = 1.0
"""Seconds before an answer is written down again where the database did not let us."""

HAND_OVER_SHARE = 0.5
"""The part of its lease after which a letter is not handed over; the rest is for the answer."""


Judge = Callable[[datetime], bool]
"""Whether a lease can be judged by a time of the wall clock (aware, UTC)."""


def always(_now: datetime) -> bool:
    """Say yes: by a clock that nobody sets, it can always be told when a lease is over."""
    return True


def post_round(
    context: Context,
    stop: Event,
    became: Counter[LetterState],
    *,
    may_give_back: Judge = always,
) -> list[Done]:
    """Send letters until none is left, counting what became of them; return what failed badly.

    Nothing is claimed while the journal cannot be written. `may_give_back`
    says whether to look for letters whose worker died, too.
    """
    with for_a_round(context.senders) as senders:
        failed = _until_none_is_left(
            replace(context, senders=senders), stop, became, may_give_back=may_give_back
        )
    context.committed(partial(handing_out.hand_back, now=context.now(), worker=context.worker))
    return failed


def _until_none_is_left(
    context: Context,
    stop: Event,
    became: Counter[LetterState],
    *,
    may_give_back: Judge,
) -> list[Done]:
    failed: list[Done] = []
    try:
        while not stop.is_set() and (claimed := _claim(context, may_give_back)):
            for letter_id in claimed:
                if not stop.is_set():
                    context.journal.make_ready()
                    failed += guarded("post", partial(_send, context, letter_id, became))
        context.journal.make_ready()
    except JournalError as wrong:
        failed.append(Done("post", f"nothing leaves: {wrong}", failed=True))
    return failed


def _claim(context: Context, may_give_back: Judge) -> list[UUID]:
    now = context.now()
    if may_give_back(now):
        # By the time that was judged: a jump may come between one look at the clock and the next.
        context.committed(partial(handing_out.give_back, now=now))
    context.journal.make_ready()
    claim = partial(
        handing_out.claim,
        now=context.now(),
        worker=context.worker,
        lease=context.lease,
        channels=context.senders.keys(),
    )
    return list(context.committed(claim))


def _send(context: Context, letter_id: UUID, became: Counter[LetterState]) -> list[Done]:
    """Send one claimed letter; no transaction is open while the server is talked to."""
    begins = monotonic()
    start = partial(
        delivery.start,
        letter_id=letter_id,
        now=context.now(),
        worker=context.worker,
        lease=context.lease,
        settings=context.settings,
        journal=context.journal,
    )
    begun = context.committed(start)
    if isinstance(begun, Message):
        until = begins + context.lease.total_seconds() * HAND_OVER_SHARE
        begun = _handed_over(context, replace(begun, hand_over_by=until))
    if begun:
        became[begun] += 1
    return []


def _handed_over(context: Context, message: Message) -> LetterState | None:
    """Hand a message over, note a yes, and record what came of it, however often that takes."""
    is_printed = message.channel is Channel.PRINT
    is_noted = is_printed and context.journal.says_sent(str(message.letter_id))
    with ExitStack() as alone:
        last_word = partial(_have_the_last_word, context, message, alone)
        came = _answer(context, replace(message, last_word=last_word))
        # Nothing may come between a yes and its line: no clock, no database, no other letter.
        if isinstance(came, Answer) and not is_noted:
            _note(context, message, came)
    for tries_left in reversed(range(RECORD_TRIES)):
        try:
            return context.committed(
                partial(
                    delivery.record,
                    message=message,
                    came=came,
                    now=context.now(),
                    worker=context.worker,
                )
            )
        except DBAPIError:
            # The answer may be in our hands alone: lost, it would be asked for again.
            if not tries_left:
                raise
            Event().wait(RECORD_PAUSE)
    return None


def _have_the_last_word(context: Context, message: Message, alone: ExitStack) -> None:
    """Wait until no other letter of this process is with its server; refuse if that takes long."""
    try:
        alone.enter_context(context.journal.alone(message.hand_over_by))
    except TimeoutError as wrong:
        raise too_late() from wrong
    except JournalError as wrong:
        raise Refused(str(wrong), temporary=True, ours=True) from wrong


def _answer(context: Context, message: Message) -> Answer | Refused:
    sender = context.senders.get(message.channel)
    if sender is None:
        return Refused("there is no sender for it", temporary=True, of_channel=True)
    try:
        if message.hand_over_by <= monotonic():
            raise too_late()
        return sender.send(message)
    except Refused as refused:
        return refused
    except Exception as wrong:  # noqa: BLE001  whatever a sender does, its letter is tried again
        return Refused(type(wrong).__name__, temporary=True, unknown=True, of_channel=True)


def _note(context: Context, message: Message, yes: Answer) -> None:
    """Note a yes in the journal; one that it cannot take it owes, and nothing more leaves."""
    entry = Entry(
        letter=message.letter_id,
        key=message.key,
        message_id=message.message_id,
        attempt=message.attempt,
        channel=message.channel,
        at=message.at,
        answer=yes.text,
    )
    with suppress(JournalError):
        context.journal.add(entry)
