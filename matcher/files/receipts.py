"""The file of a receipt: what it is by its content, and without the place it was taken at.

JPEG and PNG pictures are taken apart and put together again from the parts
that make the picture: all else (where and with what it was taken, a small
copy of the whole, words, what hangs on behind the end) is left out. Of a
camera's notes only which way up the picture is stays. In a PDF the notes of
pictures are blanked where they stand. What cannot be taken apart is refused,
and so is a PDF that is locked or does anything by itself.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from matcher.refusing import InTheWay, NotAllowed
from models.need_words import ReceiptKind

AT_MOST = 5 * 1024 * 1024
MOST_SIDE = 20_000
"""A picture of more dots on one side is no receipt: it is made to fill a computer."""

TOO_BIG = (
    "This file is bigger than 5 megabytes. Take a screenshot of the picture, and send that: it is "
    "smaller."
)
UNKNOWN = "This file is no picture that we can read. Choose a JPEG or PNG picture, or a PDF."
HEIC = (
    "This picture is in Apple’s own form (HEIC), which we cannot check. Take a screenshot of it, "
    "or choose “Most Compatible” under Settings, Camera, Formats, and take it again."
)
BROKEN = "This file is broken, or not whole. Take the picture again, or choose another file."
LOCKED = "This PDF has a password. Save it without one, or take a picture of it."
ACTS = "This PDF can do things by itself, so we do not take it. Take a picture of it."


class _BrokenError(Exception):
    """A file is not made as it says."""


@dataclass(frozen=True)
class ReceiptFile:
    """A receipt that was checked: what it is, and what is kept of it."""

    kind: ReceiptKind
    content: bytes


def cleaned(content: bytes) -> ReceiptFile:
    """Return what is kept of a file; NotAllowed says what is wrong with it, at "receipt"."""
    if len(content) > AT_MOST:
        raise _refused(TOO_BIG)
    if content[4:8] == b"ftyp":
        raise _refused(HEIC)
    for begins, kind, clean in FORMS:
        if content.startswith(begins):
            try:
                return ReceiptFile(kind, clean(content))
            except (_BrokenError, struct.error, IndexError):
                raise _refused(BROKEN) from None
    raise _refused(UNKNOWN)


def _refused(sentence: str) -> NotAllowed:
    return NotAllowed(InTheWay(sentence, "receipt"))


_SOI, _EOI, _SOS, _APP1, _APP14 = 0xD8, 0xD9, 0xDA, 0xE1, 0xEE
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Segments that say how big the picture is."""

_OF_THE_PICTURE = _FRAMES | {0xC4, 0xDB, 0xDD, 0xE0, _APP14}
"""Frames, tables, restarts, and the two notes that say how colours are to be read."""

_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")

MOST_PARTS = 20_000
"""A file of more parts is made to keep a computer busy."""


def _jpeg(content: bytes) -> bytes:
    """Return a JPEG made of its picture alone, and of which way up it is."""
    kept, at, marker, frames, scans, turned = [b"\xff\xd8"], 2, 0, 0, 0, 1
    for _ in range(MOST_PARTS):
        marker, at = _marker(content, at)
        if marker == _EOI:
            break
        size = struct.unpack_from(">H", content, at)[0]
        body = content[at + 2 : at + size]
        if size < 2 or len(body) != size - 2:
            raise _BrokenError
        at += size
        if marker == _APP1 and body.startswith(b"Exif\0\0"):
            turned = _orientation(body[6:])
        if marker in _FRAMES:
            _check_size(*struct.unpack_from(">HH", body, 1))
            frames += 1
        if marker in _OF_THE_PICTURE:
            kept.append(_segment(marker, _plain_app0(body) if marker == 0xE0 else body))
        if marker == _SOS:
            ends = _NEXT_MARKER.search(content, at)
            if ends is None:
                raise _BrokenError
            kept.append(_segment(marker, body) + content[at : ends.start()])
            at, scans = ends.start(), scans + 1
    if marker != _EOI or frames != 1 or not scans:
        raise _BrokenError
    kept.insert(1, _segment(_APP1, _only_orientation(turned)) if turned != 1 else b"")
    return b"".join([*kept, b"\xff\xd9"])


def _marker(content: bytes, at: int) -> tuple[int, int]:
    """Return the next marker, and where what follows it begins."""
    if content[at] != 0xFF:
        raise _BrokenError
    while content[at] == 0xFF:
        at += 1
    return content[at], at + 1


def _segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def _plain_app0(body: bytes) -> bytes:
    """Return the note that says how big a dot is, without the small copy that it may hold."""
    if not body.startswith(b"JFIF\0"):
        return b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
    return body[:12] + b"\0\0"


def _check_size(height: int, width: int) -> None:
    if not (0 < height <= MOST_SIDE and 0 < width <= MOST_SIDE):
        raise _BrokenError


def _orientation(tiff: bytes) -> int:
    """Return which way up a picture is, 1 to 8; 1 where the notes do not say it plainly."""
    try:
        order = {b"II": "<", b"MM": ">"}[tiff[:2]]
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, first)
        for number in range(min(count, 200)):
            tag, kind, size, value = struct.unpack_from(
                f"{order}HHIH", tiff, first + 2 + number * 12
            )
            if (tag, kind, size) == (0x0112, 3, 1):
                return value if 1 <= value <= 8 else 1
    except (KeyError, struct.error):
        return 1
    return 1


def _only_orientation(turned: int) -> bytes:
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, turned, 0)
    return b"Exif\0\0MM\0*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)


_PNG = b"\x89PNG\r\n\x1a\n"
_CHUNKS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB"})
"""Chunks that make the picture and its colours."""


def _png(content: bytes) -> bytes:
    """Return a PNG made of its picture alone; each chunk must add up."""
    kept = [(name, body) for name, body in _chunks(content) if name in _CHUNKS]
    names = [name for name, _ in kept]
    if names[:1] != [b"IHDR"] or b"IDAT" not in names or names[-1] != b"IEND":
        raise _BrokenError
    width, height = struct.unpack_from(">II", kept[0][1])
    _check_size(height, width)
    parts = (
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in kept
    )
    return _PNG + b"".join(parts)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the chunks up to the end of the picture; what hangs on behind it is not looked at."""
    at = len(_PNG)
    for _ in range(MOST_PARTS):
        size, name = struct.unpack_from(">I4s", content, at)
        body = content[at + 8 : at + 8 + size]
        (said,) = struct.unpack_from(">I", content, at + 8 + size)
        if said != zlib.crc32(name + body):
            raise _BrokenError
        yield name, body
        if name == b"IEND":
            return
        at += size + 12


_ACTS = re.compile(
    rb"/(?:JavaScript|JS|Launch|EmbeddedFile|EmbeddedFiles|RichMedia|XFA|SubmitForm|ImportData)"
    rb"(?![A-Za-z])"
)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb">>\s{0,4}stream\r?\n")
_NOTES = re.compile(rb"\xff\xe1(..)(?=Exif\0\0|http://ns\.adobe\.com/)", re.DOTALL)


def _pdf(content: bytes) -> bytes:
    """Return a PDF in which the notes of its pictures are blank; nothing moves from its place."""
    if b"%%EOF" not in content[-2048:]:
        raise _BrokenError
    said = b"".join(_outside_streams(content))
    plain = _ESCAPED.sub(lambda one: bytes((int(one[1], 16),)), said)
    if re.search(rb"/Encrypt(?![A-Za-z])", plain):
        raise _refused(LOCKED)
    if _ACTS.search(plain):
        raise _refused(ACTS)
    blank = bytearray(content)
    for found in _NOTES.finditer(content):
        ends = min(found.start() + 2 + int.from_bytes(found[1]), len(content))
        blank[found.end() : ends] = bytes(max(0, ends - found.end()))
    at = 0
    while (begins := content.find(b"<?xpacket begin", at)) >= 0:
        begins = content.find(b"?>", begins) + 2
        at = content.find(b"<?xpacket end", begins)
        if begins < 2 or at < 0:
            break
        blank[begins:at] = b" " * (at - begins)
    return bytes(blank)


def _outside_streams(content: bytes) -> Iterator[bytes]:
    """Yield what a PDF says outside its streams: in a picture any few letters may stand."""
    at = 0
    while found := _STREAM.search(content, at):
        yield content[at : found.start()]
        at = content.find(b"endstream", found.end())
        if at < 0:
            raise _BrokenError
        at += len(b"endstream")
    yield content[at:]


FORMS: tuple[tuple[bytes, ReceiptKind, Callable[[bytes], bytes]], ...] = (
    (b"\xff\xd8\xff", ReceiptKind.JPEG, _jpeg),
    (_PNG, ReceiptKind.PNG, _png),
    (b"%PDF-", ReceiptKind.PDF, _pdf),
)
"""How each kind of file begins, and how it is taken apart."""
