"""A receipt is known by its content, and what is kept of it does not say where it was taken."""

import struct
import zlib

import pytest

from matcher.files import receipts
from matcher.files.receipts import cleaned
from matcher.refusing import NotAllowed
from models.need_words import ReceiptKind

GPS = b"GPSLatitude 53.80 N"
SCAN = b"\x12\x34\xff\x00\x56\xff\xd0\x78"


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def exif(turned: int = 6) -> bytes:
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, turned, 0)
    tiff = b"II*\0" + struct.pack("<IH", 8, 1) + entry + struct.pack("<I", 0)
    return segment(0xE1, b"Exif\0\0" + tiff + GPS)


FRAME = segment(0xC0, b"\x08\x00\x10\x00\x10\x01\x01\x11\x00")


def a_jpeg(notes: bytes = b"", frame: bytes = FRAME) -> bytes:
    tables = segment(0xDB, bytes(65)) + frame + segment(0xC4, bytes(20))
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + SCAN
    return b"\xff\xd8" + notes + tables + scan + b"\xff\xd9"


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def a_png(*more: bytes, size: tuple[int, int] = (1, 1)) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 0, 0, 0, 0))
    picture = chunk(b"IDAT", zlib.compress(b"\0\0"))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + picture + chunk(b"IEND", b"")


def a_pdf(middle: bytes = b"") -> bytes:
    return b"%PDF-1.7\n1 0 obj\n" + middle + b"\nendobj\ntrailer\n%%EOF\n"


def refusal(content: bytes) -> str:
    with pytest.raises(NotAllowed) as refused:
        cleaned(content)
    [reason] = refused.value.reasons
    assert reason.about == "receipt"
    return reason.sentence


def test_a_photo_loses_the_place_it_was_taken_at_and_keeps_which_way_up_it_is():
    words = segment(0xFE, b"at home") + segment(0xED, b"Photoshop 3.0\0")
    more = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + GPS)

    kept = cleaned(a_jpeg(exif() + more + words) + b"a film that hangs on behind")

    assert kept.kind is ReceiptKind.JPEG
    for gone in (GPS, b"at home", b"Photoshop", b"a film"):
        assert gone not in kept.content
    assert receipts._orientation(kept.content[12:]) == 6
    assert SCAN in kept.content
    assert cleaned(kept.content) == kept


def test_a_photo_that_stands_upright_keeps_no_notes_at_all():
    kept = cleaned(a_jpeg(exif(turned=1)))

    assert kept.content == a_jpeg()


def test_the_small_copy_in_the_first_note_of_a_photo_goes():
    note = segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\x02\x02" + b"small copy!!")

    kept = cleaned(a_jpeg(note))

    assert b"small copy" not in kept.content
    assert segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0") in kept.content


def test_a_photo_of_several_scans_is_kept_whole():
    again = segment(0xC4, bytes(20)) + segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + SCAN
    content = a_jpeg()[:-2] + again + b"\xff\xd9"

    assert cleaned(content).content == content


@pytest.mark.parametrize(
    "broken",
    [
        a_jpeg()[:-2],
        a_jpeg()[:40],
        a_jpeg(frame=b""),
        a_jpeg(frame=FRAME + FRAME),
        a_jpeg(frame=segment(0xC0, b"\x08\xff\xff\xff\xff\x01\x01\x11\x00")),
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8\xff\xe0\x00\x01\xff\xd9",
        a_png()[:-6],
        a_png().replace(b"IDAT", b"IDAX"),
        a_png(size=(90_000, 1)),
        b"\x89PNG\r\n\x1a\n",
        b"%PDF-1.7 and nothing more",
        a_pdf(b"<<>>stream\n"),
    ],
)
def test_a_file_that_does_not_add_up_is_refused(broken):
    assert refusal(broken) == receipts.BROKEN


def test_a_png_loses_words_and_places_and_what_hangs_on_behind():
    words = chunk(b"tEXt", b"Comment\0" + GPS) + chunk(b"eXIf", b"II*\0" + GPS)

    kept = cleaned(a_png(words) + b"more")

    assert (kept.kind, kept.content) == (ReceiptKind.PNG, a_png())


def test_a_pdf_keeps_its_length_and_loses_the_notes_of_its_pictures():
    packet = b"<?xpacket begin='x' id='y'?><x>" + GPS + b"</x><?xpacket end='w'?>"
    content = a_pdf(a_jpeg(exif()) + packet)

    kept = cleaned(content)

    assert kept.kind is ReceiptKind.PDF
    assert len(kept.content) == len(content)
    assert GPS not in kept.content
    assert SCAN in kept.content


@pytest.mark.parametrize(
    "name", [b"/JavaScript", b"/JS (app)", b"/J#53", b"/Launch", b"/EmbeddedFile"]
)
def test_a_pdf_that_does_things_by_itself_is_refused(name):
    assert refusal(a_pdf(name + b" 3 0 R")) == receipts.ACTS


def test_a_pdf_with_a_password_is_refused():
    assert refusal(a_pdf(b"/Encrypt 9 0 R")) == receipts.LOCKED


def test_what_only_calls_itself_a_picture_is_refused():
    assert refusal(b"<svg onload='x'/>") == receipts.UNKNOWN
    assert refusal(b"GIF89a") == receipts.UNKNOWN
    assert refusal(b"") == receipts.UNKNOWN


def test_a_picture_in_apples_own_form_is_refused_with_a_way_round():
    assert refusal(b"\0\0\0\x18ftypheic") == receipts.HEIC


def test_a_file_of_more_than_five_megabytes_is_refused():
    assert refusal(b"\xff\xd8\xff" + bytes(receipts.AT_MOST)) == receipts.TOO_BIG


def test_letters_that_stand_in_a_picture_of_a_pdf_by_chance_are_no_reason():
    content = a_pdf(b"<<>>\nstream\n/JS /Encrypt \nendstream")

    assert cleaned(content).content == content


@pytest.mark.parametrize(
    "busy",
    [
        a_jpeg()[:-2] + b"\xff" * (4 * 2**20),
        b"\xff\xd8" + segment(0xFE, b"") * 2**20,
        b"\x89PNG\r\n\x1a\n" + chunk(b"tEXt", b"") * 2**18,
    ],
)
def test_a_file_made_to_keep_a_computer_busy_is_refused_soon(busy):
    assert refusal(busy) == receipts.BROKEN


def test_a_pdf_made_to_keep_a_computer_busy_is_looked_through_once():
    content = a_pdf(b"<?xpacket begin?>" * 2**17 + b"<<>>stream\nendstream" * 2**16)

    assert len(cleaned(content).content) == len(content)
