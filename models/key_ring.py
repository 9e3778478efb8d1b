"""The keys of persons, opened: what seals and opens one value, and nothing else.

A sealed value is text of three parts: "s1", whose keys of which version it
was sealed with, and the nonce with the ciphertext (AES-256-GCM). Table,
column, row and those versions are the associated data, so that a value put
anywhere else is refused. Where a value tells of two people, both keys are
needed: when either is destroyed the value is gone.
"""

from __future__ import annotations

import hmac
import os
from base64 import b64encode
from binascii import a2b_base64
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from models.person_store import PersonStore, Wrapped

MARK = "s1:"
ERASED = "erased"
SERVICE = UUID(int=0)
"""Whose key it is where a value tells of nobody."""

INDEX = UUID(int=1)
"""Under whose name the key of the blind indexes lies."""

KEY_BYTES, NONCE_BYTES = 32, 12
FEW = 20
"""After so many keys were asked for one by one, all are read at once."""

NO_KEYS = (
    "Set GATEMATE_MASTER_KEY, or GATEMATE_MASTER_KEY_FILE, to a master key of your own and keep "
    "it apart. This makes one: python3 -c 'import secrets; print(secrets.token_hex(32))'"
)


class KeysError(ValueError):
    """Keys are missing or do not fit; its text is one sentence for whoever runs Gatemate."""


class SealBrokenError(KeysError):
    """A sealed value is not what was sealed for this table, column and row."""


class KeyRing:
    """The keys of one store under one master key, opened when they are first needed.

    `masters` are master keys of 32 bytes: the first wraps what is new, any
    opens what is there.
    """

    def __init__(self, store: PersonStore, masters: Sequence[bytes]) -> None:
        """Hold the store and the master keys; nothing is read before it is needed."""
        self.store = store
        self._masters = [AESGCM(master) for master in masters]
        self._changes = -1
        self._index: bytes | None = None
        self._forget()

    def refresh(self) -> None:
        """Drop what is remembered if keys were destroyed or replaced since."""
        changes = self.store.changes()
        if changes != self._changes:
            self._forget()
            self._changes = changes

    def have_keys_for(self, holders: Collection[UUID]) -> None:
        """See to it that each holder has a key, on the disk, unless their keys were destroyed."""
        missing = [one for one in self._without(holders) if one not in self._erased]
        if missing:
            version = self.store.round().version
            self.store.keep(self.wrapped(one, version) for one in missing)
            self._without(missing)  # another process may have kept a key first: theirs counts

    def wrapped(self, holder: UUID, version: int, key: bytes | None = None) -> Wrapped:
        """Return a new key, or the one told, as it is kept in the store."""
        nonce = os.urandom(NONCE_BYTES)
        content = key or os.urandom(KEY_BYTES)
        sealed = self._masters[0].encrypt(nonce, content, _name(holder, version))
        return Wrapped(holder, version, b64encode(nonce + sealed).decode())

    def seal(self, text: str, place: str, holders: Collection[UUID]) -> str:
        """Return the sealed form of a text that tells of these holders.

        `place` is table, column and row. Of someone whose keys were destroyed
        nothing is kept: their values are sealed as "erased" at once.
        """
        if any(one in self._erased for one in holders):
            return f"{MARK}{ERASED}:"
        label = "+".join(
            f"{one.hex}.{self._versions(one)[-1]}" for one in sorted(holders or {SERVICE})
        )
        cipher = self._cipher(label)
        if cipher is None:
            raise KeysError("There is no key to seal with: it was destroyed meanwhile.")
        nonce = os.urandom(NONCE_BYTES)
        content = cipher.encrypt(nonce, text.encode(), f"{place}\n{label}".encode())
        return f"{MARK}{label}:{b64encode(nonce + content).decode()}"

    def open(self, sealed: str, place: str) -> str | None:
        """Return the text behind a sealed value, or None where a key of it was destroyed.

        Raises SealBrokenError for a value of another place, and KeysError where
        a key is missing that was never destroyed.
        """
        _, label, body = sealed.split(":")
        ciphers = self._ciphers  # another thread may forget them meanwhile
        cipher = ciphers[label] if label in ciphers else self._cipher(label)
        if cipher is None:
            return None
        try:
            raw = a2b_base64(body)
            bound = f"{place}\n{label}".encode()
            return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], bound).decode()
        except (InvalidTag, ValueError) as wrong:
            named = place.replace("\n", ", ")
            raise SealBrokenError(f"A sealed value was changed or moved: {named}.") from wrong

    def sealed_anew(self, sealed: str, place: str) -> str:
        """Return a value sealed with the newest keys of its people, or as it is if it was."""
        label = sealed.split(":")[1]
        if label == ERASED:
            return sealed
        parts = [part.partition(".") for part in label.split("+")]
        holders = [UUID(holder) for holder, _, _ in parts]
        newest = [self._versions(one)[-1:] for one in holders]
        if newest == [[int(version)] for _, _, version in parts]:
            return sealed
        text = self.open(sealed, place)
        return sealed if text is None else self.seal(text, place, holders)

    def blind(self, kind: str, value: str) -> str:
        """Return by what a value can be found without being opened: an HMAC under its own key."""
        alike = _ALIKE[kind](value)
        return hmac.new(self._index_key(), f"{kind}\n{alike}".encode(), sha256).hexdigest()

    def _index_key(self) -> bytes:
        if self._index is None:
            self.have_keys_for([INDEX])
            self._index = self._key(f"{INDEX.hex}.{self._versions(INDEX)[-1]}")
        return self._index or b""

    def erase(self, holder: UUID, *, now: datetime) -> bool:
        """Destroy the keys of a holder for good; say whether there were any."""
        gone = self.store.erase(holder, now=now)
        self.refresh()
        return gone

    def is_erased(self, holder: UUID) -> bool:
        """Say whether the keys of a holder were destroyed."""
        return holder in self._erased

    def unwrapped(self, one: Wrapped) -> bytes:
        """Return a key as it is, or raise KeysError where no master key of ours wrapped it."""
        return self._unwrapped(f"{one.holder.hex}.{one.version}", one.wrapped)

    def _unwrapped(self, name: str, wrapped: str) -> bytes:
        raw, bound = a2b_base64(wrapped), name.encode()
        for master in self._masters:
            try:
                return master.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], bound)
            except InvalidTag:
                continue
        raise KeysError(
            "The keys of persons were wrapped by another master key. Set GATEMATE_MASTER_KEY to "
            "the one that they were made with."
        )

    def _forget(self) -> None:
        self._ciphers: dict[str, AESGCM | None] = {}
        self._known: dict[str, dict[int, str]] = {}
        self._asked = 0
        self._index = None
        self._erased_ones: Collection[UUID] | None = None

    @property
    def _erased(self) -> Collection[UUID]:
        if self._erased_ones is None:
            self._erased_ones = frozenset(self.store.erased())
        return self._erased_ones

    def _versions(self, holder: UUID) -> list[int]:
        """Return the versions of a holder's keys, the newest last."""
        return sorted(self._wrapped(holder.hex))

    def _without(self, holders: Collection[UUID]) -> list[UUID]:
        """Learn at once the keys of all holders that are not known yet; return who has none."""
        known = self._known  # as below
        asked = [one for one in holders if not known.get(one.hex)]
        for one, version, wrapped in self.store.names_of(asked) if asked else ():
            known.setdefault(one, {})[version] = wrapped
        return [one for one in asked if not known.get(one.hex)]

    def _wrapped(self, holder: str) -> Mapping[int, str]:
        """Return the wrapped keys of a holder, told in hexadecimal; none is asked for again."""
        known = self._known  # another thread may forget them meanwhile
        if not known.get(holder):
            self._asked += 1
            only = None if self._asked == FEW else UUID(holder)
            for one, version, wrapped in self.store.names(only):
                known.setdefault(one, {})[version] = wrapped
        return known.get(holder, {})

    def _key(self, name: str) -> bytes | None:
        """Return a key by its name in a label; None where it was destroyed."""
        holder, _, version = name.partition(".")
        wrapped = self._wrapped(holder).get(int(version))
        if wrapped is not None:
            return self._unwrapped(name, wrapped)
        if UUID(holder) in self._erased:
            return None
        raise KeysError(
            f"The key {UUID(holder)} of version {version} is not in the key store. Put the newest "
            "backup of the keys back with gatemate keys restore."
        )

    def _cipher(self, label: str) -> AESGCM | None:
        """Return what seals and opens under a label, None where a key of it was destroyed."""
        if label == ERASED:
            return None
        ciphers, keys = self._ciphers, [self._key(name) for name in label.split("+")]
        whole = [key for key in keys if key is not None]
        if len(whole) < len(keys):
            ciphers[label] = None
            return None
        key = whole[0] if len(whole) == 1 else hmac.digest(whole[0], b"".join(whole[1:]), "sha256")
        made = ciphers[label] = AESGCM(key)
        return made


def place_of(table: str, column: str, row: str) -> str:
    """Return where a value stands, in the one form it is bound to."""
    return f"{table}\n{column}\n{row}"


def use_keys(opened: Callable[[], KeyRing]) -> None:
    """Say once where the keys of this process come from; they are opened when first needed."""
    _OURS.clear()
    _HOW[:] = [opened]


def keys() -> KeyRing:
    """Return the keys of this process, or raise KeysError where nobody said where they lie."""
    if not _OURS:
        if not _HOW:
            raise KeysError(NO_KEYS)
        _OURS.append(_HOW[0]())
    return _OURS[0]


def keys_in_use() -> KeyRing | None:
    """Return the keys of this process if anything was sealed or opened with them yet."""
    return _OURS[0] if _OURS else None


def erase_key(person_id: UUID, *, now: datetime) -> bool:
    """Destroy the key of a person or account for good: what is sealed of theirs reads "erased".

    Says whether there was a key. To be called again is harmless.
    """
    return keys().erase(person_id, now=now)


_ALIKE: Mapping[str, Callable[[str], str]] = {
    "prison_number": lambda told: told.strip().upper(),
    "email": lambda told: told.strip().casefold(),
    "erased": lambda told: told,
    "phone": lambda told: "".join(filter(str.isdigit, told)),
    "tried": str,
}
"""What counts as the same value, for each kind that is found by a blind index."""

_HOW: list[Callable[[], KeyRing]] = []
_OURS: list[KeyRing] = []


def _name(holder: UUID, version: int) -> bytes:
    return f"{holder.hex}.{version}".encode()


def blind_index(kind: str, value: str) -> str:
    """Return by what a value of a kind in `_ALIKE` is found without being opened."""
    return keys().blind(kind, value)
