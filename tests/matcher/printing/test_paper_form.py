"""The blank form on paper: read back as the PDF that is printed and that a screen reader reads."""

import io
from datetime import date

import pytest
from pypdf import PdfReader
from pypdf.generic import ContentStream

from matcher.asked_of_you import TITLES
from matcher.printing.paper_choices import CHOICES
from matcher.printing.paper_form import PICTURES, TITLE, paper_form
from models.languages import Language
from models.vocabulary import Culture, Experience, Interest, Need

DAY = date(2027, 1, 25)
PHONE, POST = "0808 157 0123", "Freepost GATEMATE, Leeds LS1 1AA"


@pytest.fixture(scope="module")
def pdf():
    return paper_form(PHONE, POST, printed_on=DAY)


@pytest.fixture(scope="module")
def reader(pdf):
    return PdfReader(io.BytesIO(pdf))


@pytest.fixture(scope="module")
def said(reader):
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_the_form_is_twelve_pages_of_a4_as_the_desks_say(reader):
    sides = {tuple(round(float(side)) for side in page.mediabox) for page in reader.pages}

    assert len(reader.pages) == 12
    assert sides == {(0, 0, 595, 842)}


def test_no_print_is_smaller_than_14_points(reader):
    sizes = []

    def note(text, _cm, tm, _font, size):
        if text.strip():
            sizes.append(abs(size * tm[3]))

    for page in reader.pages:
        page.extract_text(visitor_text=note)

    assert min(sizes) >= 13.99


def test_the_form_is_tagged_and_its_pictures_can_be_heard(reader):
    root = reader.trailer["/Root"]

    kinds = kinds_of(root["/StructTreeRoot"])

    tags = [tag for tag, _ in kinds]
    heard = [words for tag, words in kinds if tag == "/Figure"]
    assert root["/Lang"] == "en-GB"
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    assert reader.metadata.title == TITLE
    assert tags.count("/H1") == len(PICTURES)
    assert heard == [alt for _, alt in PICTURES.values()]


def kinds_of(element):
    """Every tag below an element, with the words for a picture."""
    found = [(element["/S"], element.get("/Alt"))] if "/S" in element else []
    children = element.get("/K", [])
    for child in children if isinstance(children, list) else [children]:
        inner = child.get_object()
        found += kinds_of(inner) if isinstance(inner, dict) else []
    return found


def test_the_form_is_black_on_white(reader):
    signs = {b"g", b"G", b"rg", b"RG", b"sc", b"SC", b"scn", b"SCN"}

    shades = {
        float(part)
        for page in reader.pages
        for parts, sign in ContentStream(page.get_contents(), reader).operations
        if sign in signs
        for part in parts
    }

    assert shades <= {0.0, 1.0}


@pytest.mark.parametrize("words", [Need, Experience, Interest, Language, Culture], ids=str)
def test_every_word_of_a_closed_list_has_its_box(said, words):
    labels = [word.label[:1].upper() + word.label[1:] for word in words]

    assert [label for label in labels if label not in said] == []


def test_every_choice_and_every_part_stands_on_the_paper(said):
    for choice in (one for choices in CHOICES.values() for one in choices):
        assert choice in said
    for title in TITLES.values():
        assert title in said or title == TITLES["show"]


def test_it_says_who_reads_it_how_to_say_no_and_where_to_hand_it_in(said):
    assert "So they read all of it too" in said
    assert "How to say no" in said
    assert PHONE in said.replace("\u00a0", " ")
    assert POST in said
    assert "Give this form to a council peer or to the liaison" in said
    assert "A form with a code is not keyed in again" in said


def test_the_same_day_gives_the_same_form_and_no_two_can_be_told_apart(pdf):
    assert paper_form(PHONE, POST, printed_on=DAY) == pdf
