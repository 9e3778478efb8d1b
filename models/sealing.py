"""When rows are sealed and opened: on the way into the database, and at the first look.

Before a flush each new or changed value of a sealed column is sealed; after
it the row holds the plain value again. A row that now tells of other people
is sealed anew as a whole, and with a pair all that hangs on it. A row that is
loaded opens a value when it is first read and never before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import event, func, inspect, select
from sqlalchemy.orm import InstanceState, Session
from sqlalchemy.orm.attributes import flag_modified

from models.holders import HOLDERS, INDEXES, PairsAtHand, holders_of, pairs_in, row_id_of
from models.key_ring import SERVICE, KeyRing, keys, keys_in_use, place_of
from models.sealed import Closed, SealedColumn, ToSeal, holds_something

LOCK = 7_246_683_005
"""Any number that no other program takes an advisory lock by."""

_ON_THE_WAY = "values on their way into the database, sealed"


class Sealing(NamedTuple):
    """What is sealed of one kind of row: the types of its sealed columns, by name."""

    noun: str
    columns: dict[str, SealedColumn]
    whose: frozenset[str]


_SEALINGS: dict[type[Any], Sealing] = {}


def sealing_of(kind: type[Any]) -> Sealing:
    """Return what is sealed of a kind of row."""
    if kind not in _SEALINGS:
        table = kind.__table__
        types = {one.name: one.type for one in table.columns}
        columns = {name: one for name, one in types.items() if isinstance(one, SealedColumn)}
        _SEALINGS[kind] = Sealing(table.name, columns, frozenset(HOLDERS.get(table.name, ())))
    return _SEALINGS[kind]


class _Opener:
    """Opens one value of one row when it is first read."""

    __slots__ = ("closed", "name", "noun")

    def __init__(self, noun: str, name: str, closed: Closed) -> None:
        self.noun = noun
        self.name = name
        self.closed = closed

    def __call__(self, state: InstanceState[Any], _passive: Any) -> Any:
        row = state.obj()
        row_id = row_id_of(self.noun, lambda name: getattr(row, name))
        return self.closed.open(place_of(self.noun, self.name, row_id))


def watch(kinds: Iterable[type[Any]]) -> None:
    """Seal and open rows of these kinds from now on, in every session."""
    for kind in kinds:
        sealing = sealing_of(kind)
        if not sealing.columns:
            continue
        event.listen(kind, "load", _closer(sealing))
        event.listen(kind, "refresh", _opener(sealing))
        for name in sealing.columns:
            # What stood there before is read when a value is set: only a change is a change.
            event.listen(getattr(kind, name), "set", _as_it_is, active_history=True)


def _as_it_is(_row: Any, _value: Any, _before: Any, _how: Any) -> None:
    return


def is_blank(row: Any, name: str) -> bool:
    """Say whether there is nothing in a sealed column of a row; what is there is not opened."""
    state = inspect(row)
    return not isinstance(state.callables.get(name), _Opener) and not getattr(row, name)


def _closer(sealing: Sealing) -> Callable[..., None]:
    names, noun = tuple(sealing.columns), sealing.noun

    def close(row: Any, _context: Any, _names: Any = None) -> None:
        """Put sealed values where SQLAlchemy looks for those that are loaded when asked for."""
        held = row.__dict__
        state: Any = None
        for name in names:
            value = held.get(name)
            if value.__class__ is Closed:
                state = state or inspect(row)
                if "callables" not in state.__dict__:
                    state.callables = {}
                state.callables[name] = _Opener(noun, name, value)
                del held[name]

    return close


def _opener(sealing: Sealing) -> Callable[..., None]:
    names, noun = tuple(sealing.columns), sealing.noun

    def open_now(row: Any, _context: Any, _names: Any = None) -> None:
        """Open what came with a value that was asked for: SQLAlchemy looks for it in the row."""
        held = row.__dict__
        for name in names:
            if held.get(name).__class__ is Closed:
                held[name] = _Opener(noun, name, held[name])(inspect(row), None)

    return open_now


@event.listens_for(Session, "after_begin")
def _after_begin(_session: Session, _transaction: Any, _connection: Any) -> None:
    """Notice keys that were destroyed since: nothing of a person outlives their key here."""
    if ring := keys_in_use():
        ring.refresh()


@event.listens_for(Session, "before_flush")
def _before_flush(session: Session, _context: Any, _rows: Any) -> None:
    new = [row for row in session.new if sealing_of(type(row)).columns]
    dirty = [row for row in session.dirty if _is_concerned(row)]
    if not new and not dirty:
        return
    ring = _at_one_version(session)
    pairs = PairsAtHand(session.connection(), pairs_in(session))
    with session.no_autoflush:
        moved = list(_sealed_anew(session, dirty))
    rows = {id(row): row for row in (*new, *dirty, *moved)}.values()
    whose = [(row, holders_of(*_told(row), pairs)) for row in rows]
    ring.have_keys_for({SERVICE, *(one for _, holders in whose for one in holders)})
    on_the_way = session.info.setdefault(_ON_THE_WAY, [])
    for row, holders in whose:
        for name, value in list(_changed(row)):
            _keep_index(ring, row, name, value)
            written = _sealed(ring, row, name, value, holders)
            if written is not None:
                on_the_way.append((row, name, value))
                inspect(row).dict[name] = ToSeal(value, written)


@event.listens_for(Session, "after_flush")
def _after_flush(session: Session, _context: Any) -> None:
    _give_back(session)


@event.listens_for(Session, "after_soft_rollback")
def _after_rollback(session: Session, _transaction: Any) -> None:
    _give_back(session)


def _give_back(session: Session) -> None:
    """Let rows hold their plain values again, whether they were written or not."""
    for row, name, value in session.info.pop(_ON_THE_WAY, ()):
        held = inspect(row).dict
        if isinstance(held.get(name), ToSeal):
            held[name] = value


def _at_one_version(session: Session) -> KeyRing:
    """Return the keys as they are now; no rotation ends before this transaction does."""
    if session.connection().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock_shared(LOCK)))
    ring = keys()
    ring.refresh()
    return ring


def _is_concerned(row: Any) -> bool:
    sealing, changed = sealing_of(type(row)), inspect(row).committed_state
    return bool(sealing.columns) and any(
        name in sealing.columns or name in sealing.whose for name in changed
    )


def _sealed_anew(session: Session, rows: Iterable[Any]) -> Iterator[Any]:
    """Yield the rows that tell of other people now, with all their values to be sealed anew."""
    for row in rows:
        if not _has_moved(row):
            continue
        hanging = _hanging_on(session, row) if row.__tablename__ == "pair" else ()
        for one in (row, *hanging):
            for name in sealing_of(type(one)).columns:
                if getattr(one, name) is not None:
                    flag_modified(one, name)
            yield one


def _has_moved(row: Any) -> bool:
    before = inspect(row).committed_state
    names = sealing_of(type(row)).whose & before.keys()
    return any(before[name] != getattr(row, name) for name in names)


def _hanging_on(session: Session, pair: Any) -> Iterator[Any]:
    """Yield the rows whose people are those of a pair."""
    for mapper in inspect(type(pair)).registry.mappers:
        kind = mapper.class_
        sealing = sealing_of(kind)
        if sealing.columns and "pair_id" in sealing.whose:
            yield from session.scalars(select(kind).where(kind.pair_id == pair.id)).all()


def _told(row: Any) -> tuple[str, Callable[[str], Any]]:
    return row.__tablename__, lambda name: getattr(row, name)


def _changed(row: Any) -> Iterator[tuple[str, Any]]:
    """Yield the sealed columns of a row that are to be written, with their values."""
    state = inspect(row)
    for name in sealing_of(type(row)).columns:
        if name in state.dict and (not state.persistent or _differs(state, name)):
            yield name, state.dict[name]


def _differs(state: Any, name: str) -> bool:
    nothing = object()
    before = state.committed_state.get(name, nothing)
    return before is not nothing and before != state.dict[name]


def _sealed(
    ring: KeyRing, row: Any, name: str, value: Any, holders: Collection[UUID]
) -> str | None:
    """Return a value as it is to be kept; None for one that is empty and needs no sealing."""
    noun, told = _told(row)
    kind = sealing_of(type(row)).columns[name]
    if value is None or not holds_something(kind.inner.write(value)):
        return None
    place = place_of(noun, name, row_id_of(noun, told))
    return kind.sealed(value, lambda text: ring.seal(text, place, holders))


def _keep_index(ring: KeyRing, row: Any, name: str, value: Any) -> None:
    alike = INDEXES.get(row.__tablename__, {}).get(name)
    if alike:
        setattr(row, f"{name}_index", ring.blind(alike, value) if value else None)
