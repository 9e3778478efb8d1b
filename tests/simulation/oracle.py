"""What must be true of a world, found out from outside: by what its mail server really took.

Independent of the service's own tables and of its doctor: the words here are written out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from models.audit import AuditEntry
from models.events import Event
from models.outbox import Letter
from models.pairs import Pair, PairHistory
from models.referrals import Referral
from models.releases import ReleaseDate
from models.tasks import Task
from tests.simulation.deeds import Barring

if TYPE_CHECKING:
    from tests.simulation.world import World

SETTLED = ("sent", "dead", "cancelled", "skipped")
BY_POST = ("email", "text", "calendar")
LIVE = ("proposed", "approved", "offered", "accepted", "suspended")
FOR_GOOD = ("withdrawn", "released_unmatched")
ADDED_TO = (Event, ReleaseDate, PairHistory, AuditEntry)
"""Tables of which no row may ever go."""

OFFERS = ("offer", "offer_reminder")
MAY_STAND: Mapping[str, frozenset[str]] = {
    "link": frozenset({"suspended"}),
    "gate": frozenset({"suspended"}),
    "named": frozenset({"accepted", "suspended"}),
    "declined": frozenset(),
    "stop": frozenset(),
}
"""In which states a pair may live on, by what bars it: one on its way is paused, not ended."""

KEEPS_SOMEONE_HOME = frozenset({"stood_down"})
PLEASE_RING = frozenset({"ring_us"})
_IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


@dataclass(frozen=True)
class Quiet:
    """From which step of the world on nothing may begin to leave, but for some kinds."""

    since: int
    but: frozenset[str]


@dataclass(frozen=True)
class Bar:
    """From which step on two may not be brought together, and which pairs of them there were."""

    since: int
    known: frozenset[UUID]


@dataclass
class Oracle:
    """What was seen so far: what is settled, what has ended, how many rows there were."""

    letters: dict[UUID, tuple[Any, ...]] = field(default_factory=dict)
    ended: dict[UUID, tuple[Any, ...]] = field(default_factory=dict)
    over: dict[UUID, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    quiet: dict[UUID | str, Quiet] = field(default_factory=dict)
    barred: dict[tuple[UUID, UUID | None, str], Bar] = field(default_factory=dict)
    checked: int = 0

    def complaints(self, db: Session, world: World) -> list[str]:
        """What is wrong after this day, in the codes of the world."""
        rows = {row.id: row for row in db.execute(select(*_columns()))}
        pairs = {row.id: row for row in db.execute(select(*_pair_columns()))}
        world.name_rows(rows.values(), pairs.values())
        found = [
            *self._letters(rows),
            *self._taken(rows, pairs, world),
            *self._dead(db, rows),
            *self._pairs(pairs),
            *self._referrals(db),
            *self._rows_gone(db),
        ]
        return [world.named(sentence) for sentence in found]

    def _letters(self, rows: dict[UUID, Any]) -> Iterator[str]:
        """No letter is lost, and what is settled stays so."""
        for letter_id, was in self.letters.items():
            now = rows.get(letter_id)
            if now is None:
                yield f"letter {was[0]} is gone"
            elif was[1] in SETTLED and (now.key, now.state.value, now.sent_at) != was:
                yield f"letter {was[0]} was {was[1]} and is {now.state.value}"
        self.letters = {one.id: (one.key, one.state.value, one.sent_at) for one in rows.values()}
        if len({key for key, *_ in self.letters.values()}) < len(rows):
            yield "two letters have the same key"

    def _taken(self, rows: dict[UUID, Any], pairs: dict[UUID, Any], world: World) -> Iterator[str]:
        """Of what the server took: from whom, how often, and whether it could still go."""
        server = world.server
        for letter in rows.values():
            by_post = letter.channel.value in BY_POST and letter.state.value == "sent"
            if by_post and not server.times[letter.key]:
                yield f"{letter.key} is called sent, and no server took it"
        keys = {letter.key: letter for letter in rows.values()}
        for key, times in server.times.items():
            if key not in keys:
                yield f"{key} was taken, and there is no such letter"
            if times > 1 + server.doubtful[key]:
                yield f"{key} was taken {times} times with {server.doubtful[key]} in doubt"
            if len(server.ids[key]) > 1:
                yield f"{key} was taken under several Message-IDs"
        for taken in server.taken[self.checked :]:
            letter = keys.get(taken.message.key)
            if letter is not None:
                yield from self._could_still_go(letter, pairs.get(letter.pair_id), taken)
        self.checked = len(server.taken)

    def _could_still_go(self, letter: Any, pair: Any, taken: Any) -> Iterator[str]:
        kind, begun = letter.kind.value, taken.begun
        calls_off = "METHOD:CANCEL" in taken.message.calendar
        for about in (letter.pair_id, letter.leaver_id, letter.recipient):
            quiet = self.quiet.get(about)
            if quiet and begun > quiet.since and kind not in quiet.but and not calls_off:
                yield f"{letter.key} left after all was to be quiet"
        if kind in OFFERS and pair is not None:
            for (_leaver, _mentor, why), bar in self._bars_of(pair):
                if begun > bar.since:
                    yield f"{letter.key}: a mentor was offered who is barred ({why})"

    def _bars_of(self, pair: Any) -> list[tuple[tuple[UUID, UUID | None, str], Bar]]:
        """What keeps the two of a pair apart: a bar of theirs, or one from everybody."""
        return [
            (key, bar)
            for key, bar in self.barred.items()
            if key[0] == pair.leaver_id and key[1] in (None, pair.mentor_id)
        ]

    def bar(self, db: Session, leaver_id: UUID, told: Collection[Barring], step: int) -> None:
        """Keep what an act said of who may be brought together, or may be again."""
        for one in told:
            if one.lifts:
                self.lift(leaver_id, one.why)
            else:
                ids = db.execute(select(Pair.id).where(Pair.leaver_id == leaver_id)).scalars()
                self.barred[leaver_id, one.mentor_id, one.why] = Bar(step, frozenset(ids))

    def becomes(self, goes: UUID, stays: UUID) -> None:
        """One record of a leaver goes: what was known of it is known of the one that stays."""
        self.barred = {
            (stays if key[0] == goes else key[0], *key[1:]): bar for key, bar in self.barred.items()
        }
        if goes in self.quiet:
            self.quiet.setdefault(stays, self.quiet[goes])

    def lift(self, leaver_id: UUID, why: str) -> None:
        """Forget the bars of one kind of a leaver."""
        self.barred = {
            key: bar for key, bar in self.barred.items() if (key[0], key[2]) != (leaver_id, why)
        }

    def _dead(self, db: Session, rows: dict[UUID, Any]) -> Iterator[str]:
        """A letter that could not be sent is someone's task, or goes another way."""
        asked = set(db.execute(select(Task.letter_id)).scalars())
        keys = {letter.key for letter in rows.values()}
        for letter in rows.values():
            by_mail = letter.key.replace(":text:", ":email:")
            instead = by_mail in keys and by_mail != letter.key
            if letter.state.value == "dead" and letter.id not in asked and not instead:
                yield f"{letter.key} could not be sent, and nobody is asked"

    def _pairs(self, pairs: dict[UUID, Any]) -> Iterator[str]:
        """An ended pair stays as it ended; a leaver has one live pair; a place has one."""
        for pair_id, was in self.ended.items():
            if pair_id not in pairs or _end(pairs[pair_id]) != was:
                yield f"pair {pair_id} had ended and was changed"
        self.ended = {one.id: _end(one) for one in pairs.values() if one.state.value == "ended"}
        live = [one for one in pairs.values() if one.state.value in LIVE]
        for about in ("leaver_id", ("mentor_id", "place_number")):
            names = (about,) if isinstance(about, str) else about
            counted = Counter(tuple(getattr(one, name) for name in names) for one in live)
            yield from (f"two live pairs: {key}" for key, count in counted.items() if count > 1)
        yield from self.of_barred(pairs.values())

    def of_barred(self, pairs: Collection[Any]) -> Iterator[str]:
        """Nobody who is barred was proposed anew, and no pair of theirs goes on."""
        for pair in pairs if self.barred else ():
            for (_leaver, _mentor, why), bar in self._bars_of(pair):
                state = pair.state.value
                if pair.id not in bar.known:
                    yield f"pair {pair.id} was made, and is barred ({why})"
                elif state in LIVE and state not in MAY_STAND[why]:
                    yield f"pair {pair.id} is {state}, and is barred ({why})"

    def _referrals(self, db: Session) -> Iterator[str]:
        states = dict(db.execute(select(Referral.id, Referral.state)).all())
        for referral_id, was in self.over.items():
            if states[referral_id].value != was:
                yield f"a referral was {was} and is {states[referral_id].value}"
        self.over = {one: state.value for one, state in states.items() if state.value in FOR_GOOD}

    def _rows_gone(self, db: Session) -> Iterator[str]:
        for kind in ADDED_TO:
            count = db.execute(select(func.count()).select_from(kind)).scalar_one()
            if count < self.counts.get(kind.__name__, 0):
                yield f"rows of {kind.__name__} are gone"
            self.counts[kind.__name__] = count


def unsettled(db: Session, world: World) -> list[str]:
    """What should have left by now, at the end of a world, and has not."""
    open_ones = select(Letter.key).where(
        col(Letter.state).not_in(SETTLED), col(Letter.due_at) <= world.now
    )
    return [world.named(f"{key} is lost") for key in db.execute(open_ones).scalars()]


def with_names(text: str, names: dict[str, str]) -> str:
    """A text with the codes of the world in place of ids."""
    return _IDS.sub(lambda found: names.get(found.group(), "?"), text)


def _columns() -> list[Any]:
    names = ("id", "key", "kind", "channel", "state", "sent_at", "leaver_id", "recipient")
    return [getattr(Letter, name) for name in (*names, "pair_id", "meeting_id")]


def _pair_columns() -> list[Any]:
    names = ("id", "state", "end_reason", "state_since", "leaver_id", "mentor_id", "place_number")
    return [getattr(Pair, name) for name in names]


def _end(pair: Any) -> tuple[Any, ...]:
    return (pair.state.value, pair.end_reason, pair.state_since)
