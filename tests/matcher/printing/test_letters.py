"""Printed letters: read back as the PDF that a liaison prints and a screen reader reads."""

import dataclasses
import io
import re
import subprocess
import sys
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream

from matcher.printing.letter_facts import (
    MEETINGS_AT_MOST,
    THINGS_AT_MOST,
    WORDS_AT_MOST,
    GateCard,
    IntroductionLetter,
    MeetingLine,
)
from matcher.printing.letters import check_mentor_words, gate_card, introduction_letter
from matcher.printing.plain_text import one_line

LETTER = IntroductionLetter(
    leaver_first_name="Siân",
    mentor_first_name="Łukasz",
    mentor_words="I know how the first day feels. We can go at your pace.",
    meetings=(
        MeetingLine("First meeting, here", "1 to 12 February 2027"),
        MeetingLine("Visit, here", "Friday 26 February 2027, 2pm"),
    ),
    gate_day=date(2027, 3, 9),
    service_phone="0808 157 0123",
    service_post="Freepost GATEMATE, Leeds LS1 1AA",
    code="L17",
    printed_on=date(2027, 1, 25),
)
CARD = GateCard(
    leaver_first_name="Siân",
    mentor_first_name="Łukasz",
    day=date(2027, 3, 9),
    at="9am",
    where="Outside the main gate, by the bus stop",
    bring=("Your release papers", "Your medicine"),
    ring_name="Jo at Gatemate",
    ring_phone="0808 157 0199",
    home_by="6pm",
    service_phone="0808 157 0123",
    service_post="Freepost GATEMATE, Leeds LS1 1AA",
    code="L17",
    printed_on=date(2027, 1, 25),
)
LONG_NAME = "Maximiliana Bartholomea Wilhelmina Oluwaseunfunmi Alexandrina Konstantynopolita"
LONG_PLACE = (
    "Outside the main gate of the prison, by the bus stop across the road from the big car park"
)
LONGEST = {
    "leaver_first_name": LONG_NAME,
    "mentor_first_name": LONG_NAME,
    "service_post": (LONG_PLACE + ", Llanfair, LL1 1AA and more words")[:120],
    "how_to_say_no": (LONG_PLACE + ", or ring us, or write to us")[:100],
}
LONGEST_MEETING = MeetingLine(
    "A first meeting in the very big visits h",
    "between Wednesday 10 February and Wednesday 24 February 2027",
)
LONGEST_LETTER = dataclasses.replace(
    LETTER,
    **LONGEST,
    mentor_words=("I know how the first day feels, and it is fine to be afraid. " * 10)[:600],
    meetings=(LONGEST_MEETING,) * MEETINGS_AT_MOST,
    gate_day=date(2027, 9, 22),
)
LONGEST_CARD = dataclasses.replace(
    CARD,
    **LONGEST,
    where=(LONG_PLACE + " where the red letter box stands")[:120],
    bring=("Your release papers and the letter about your first visits",) * THINGS_AT_MOST,
    ring_name=LONG_NAME,
    at="half past nine in the morning",
    home_by="half past six in the evening",
)
EVERY_SHEET = {
    "an ordinary letter": introduction_letter(LETTER),
    "the longest letter": introduction_letter(LONGEST_LETTER),
    "an ordinary card": gate_card(CARD),
    "the longest card": gate_card(LONGEST_CARD),
}
every_sheet = pytest.mark.parametrize("pdf", EVERY_SHEET.values(), ids=EVERY_SHEET.keys())


def only_page(pdf: bytes) -> PageObject:
    [page] = PdfReader(io.BytesIO(pdf)).pages
    return page


def text_of(pdf: bytes) -> str:
    return " ".join(only_page(pdf).extract_text().replace("\u200b", "").split())


def unspaced(text: str) -> str:
    return re.sub(r"[\s\u200b]", "", text)


@every_sheet
def test_a_letter_is_one_sheet_of_a4(pdf):
    page = only_page(pdf)

    assert [round(float(side)) for side in page.mediabox] == [0, 0, 595, 842]


@every_sheet
def test_no_print_is_smaller_than_14_points(pdf):
    sizes = []

    def note(text, _cm, tm, _font, size):
        if text.strip():
            sizes.append(abs(size * tm[3]))

    only_page(pdf).extract_text(visitor_text=note)

    assert sizes
    assert min(sizes) >= 13.99


@every_sheet
def test_a_letter_is_tagged_and_says_so(pdf):
    reader = PdfReader(io.BytesIO(pdf))
    root = reader.trailer["/Root"]

    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    assert reader.metadata is not None
    assert reader.metadata.title in {"Someone will meet you at the gate", "Your gate day"}


def kinds_of(element) -> list:
    """Every tag below an element, with its words for the picture if it has some."""
    found = [(element["/S"], element.get("/Alt"))] if "/S" in element else []
    children = element.get("/K", [])
    for child in children if isinstance(children, list) else [children]:
        inner = child.get_object()
        found += kinds_of(inner) if isinstance(inner, dict) else []
    return found


@every_sheet
def test_headings_points_and_the_picture_can_be_heard(pdf):
    root = PdfReader(io.BytesIO(pdf)).trailer["/Root"]

    kinds = kinds_of(root["/StructTreeRoot"])

    tags = [tag for tag, _words in kinds]
    assert tags.count("/H1") == 1
    assert tags.count("/H2") >= 4
    assert tags.count("/LI") >= 8
    [words] = [words for tag, words in kinds if tag == "/Figure"]
    assert words.startswith("A drawing. One person walks out of an open gate")


@every_sheet
def test_our_own_fonts_travel_with_the_letter(pdf):
    fonts = [font.get_object() for font in only_page(pdf)["/Resources"]["/Font"].values()]

    inner = [font["/DescendantFonts"][0].get_object() for font in fonts]
    assert all({"/FontFile2", "/FontFile3"} & set(font["/FontDescriptor"]) for font in inner)
    assert any("AtkinsonHyperlegibleNext-Regular" in font["/BaseFont"] for font in inner)
    assert any("AtkinsonHyperlegibleNext-Bold" in font["/BaseFont"] for font in inner)


@every_sheet
def test_a_letter_is_black_on_white(pdf):
    page = only_page(pdf)
    reader = page.pdf
    drawings = [form.get_object() for form in page["/Resources"].get("/XObject", {}).values()]

    shades = [
        [float(part) for part in parts]
        for source in [page.get_contents(), *drawings]
        for parts, sign in ContentStream(source, reader).operations
        if sign in {b"g", b"G", b"rg", b"RG", b"sc", b"SC", b"scn", b"SCN"}
    ]

    assert shades
    assert all(set(shade) in ({0.0}, {1.0}) for shade in shades)


def test_the_letter_says_who_when_and_how_to_say_no():
    text = text_of(EVERY_SHEET["an ordinary letter"])

    for said in [
        "Hello Siân.",
        "Your mentor is called Łukasz.",
        "Łukasz says I know how the first day feels. We can go at your pace.",
        "First meeting, here: 1 to 12 February 2027",
        "You should leave on Tuesday 9 March 2027.",
        "Łukasz will wait for you outside the gate.",
        "You can say no now, or on any day.",
        "Nothing bad will happen if you say no.",
        "Ring 0808 157 0123.",
        "Write to Freepost GATEMATE, Leeds LS1 1AA.",
        "Tell us your code: L17.",
        "We printed this on Monday 25 January 2027.",
    ]:
        assert said in text


def test_the_card_says_when_where_with_what_and_who_to_ring():
    text = text_of(EVERY_SHEET["an ordinary card"])

    for said in [
        "Meet Łukasz",
        "Day: Tuesday 9 March 2027",
        "Time: 9am",
        "Place: Outside the main gate, by the bus stop",
        "Bring with you • Your release papers • Your medicine",
        "Ring Jo at Gatemate on 0808 157 0199.",
        "We hope you are home by 6pm.",
        "You can say no now, or on any day.",
        "Ring 0808 157 0123.",
        "Tell us your code: L17.",
    ]:
        assert said in text


def test_a_mentor_without_words_of_their_own_is_given_none():
    text = text_of(introduction_letter(dataclasses.replace(LETTER, mentor_words=" \n ")))

    assert "says" not in text
    assert "Łukasz has said yes to being your mentor." in text


def test_without_meetings_or_things_to_bring_there_is_no_empty_heading():
    letter = text_of(introduction_letter(dataclasses.replace(LETTER, meetings=())))
    card = text_of(gate_card(dataclasses.replace(CARD, bring=())))

    assert "When you will meet" not in letter
    assert "Bring with you" not in card


@pytest.mark.parametrize(
    "name", ["Ŵyn Ŷnyr ŵŷ", "Siôn", "Łucja Żółć", "Ştefăniță", "Þóra", "Ọlá", "Олена"]
)
def test_names_of_many_languages_are_printed_as_they_are_written(name):
    pdf = introduction_letter(dataclasses.replace(LETTER, mentor_first_name=name))

    assert f"Your mentor is called {name}." in text_of(pdf)


def test_a_letter_made_of_several_signs_is_read_out_as_one():
    pdf = introduction_letter(dataclasses.replace(LETTER, mentor_first_name="Nguyễn"))

    drawn = ContentStream(only_page(pdf).get_contents(), PdfReader(io.BytesIO(pdf))).operations
    assert any("ễ" in str(parts) for parts, sign in drawn if sign == b"BDC")


def test_what_someone_typed_is_never_taken_for_markup():
    """ASVS 1.3.5."""
    typed = (
        "#panic() *bold* _it_ $x^2$ @you <here> `code` \\ // /* -- ~ = 'a' \"b\" https://a.example"
    )

    text = text_of(introduction_letter(dataclasses.replace(LETTER, mentor_words=typed)))

    assert unspaced(typed) in unspaced(text)


def test_a_mentors_own_lines_stay_lines_unless_they_are_many():
    few = introduction_letter(dataclasses.replace(LETTER, mentor_words="Hello.\r\n\nI am here."))
    many = introduction_letter(dataclasses.replace(LETTER, mentor_words="word\n" * 120))

    assert "Hello.\nI am here." in only_page(few).extract_text()
    assert "word word word" in only_page(many).extract_text()


def test_a_word_without_end_is_broken_before_the_edge_of_the_sheet():
    text = only_page(introduction_letter(dataclasses.replace(LETTER, mentor_words="n" * 600)))

    lines = [line for line in text.extract_text().splitlines() if "nnn" in line]
    assert sum(line.count("n") for line in lines) >= 600
    assert max(map(len, lines)) <= 80


def test_little_pictures_and_unseen_marks_are_left_out():
    typed = "See you soon 🙂👍🏽 \u202eok\ufeff \x00❤\ufe0f bye \ud800"

    text = text_of(introduction_letter(dataclasses.replace(LETTER, mentor_words=typed)))

    assert "says See you soon ok bye When" in text


def test_the_same_facts_give_the_same_bytes_in_another_process():
    again = (
        f"import sys; sys.path[:] = {sys.path!r}\n"
        "import datetime, hashlib\n"
        "from matcher.printing.letters import introduction_letter\n"
        "from matcher.printing.letter_facts import IntroductionLetter, MeetingLine\n"
        f"pdf = introduction_letter({LETTER!r})\n"
        "sys.stdout.buffer.write(pdf)"
    )

    done = subprocess.run([sys.executable, "-c", again], capture_output=True, check=True)

    assert done.stdout == EVERY_SHEET["an ordinary letter"] == introduction_letter(LETTER)


def test_another_day_of_printing_gives_another_letter():
    later = introduction_letter(dataclasses.replace(LETTER, printed_on=date(2027, 1, 26)))

    assert later != EVERY_SHEET["an ordinary letter"]
    assert "Tuesday 26 January 2027" in text_of(later)


@pytest.mark.parametrize(
    ("facts", "wrong", "sentence"),
    [
        (LETTER, {"leaver_first_name": " "}, "The letter needs something for “leaver first name”."),
        (LETTER, {"code": ""}, "The letter needs something for “code”."),
        (LETTER, {"code": "L" * 21}, "“code” is too long: write at most 20 characters."),
        (LETTER, {"mentor_words": "a" * 601}, "These words are too long: write at most 600"),
        (LETTER, {"meetings": LETTER.meetings * 4}, "A letter has room for 6 meetings."),
        (CARD, {"where": ""}, "The letter needs something for “where”."),
        (CARD, {"bring": ("papers",) * 7}, "A gate card has room for 6 things to bring"),
        (CARD, {"bring": ("p" * 61,)}, "A gate card has room for 6 things to bring"),
    ],
)
def test_what_is_missing_or_too_long_is_refused_before_it_is_printed(facts, wrong, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        dataclasses.replace(facts, **wrong)


def test_a_meeting_needs_its_day():
    with pytest.raises(ValueError, match="The letter needs something for “when”"):
        MeetingLine("First visit", "")


def test_a_sheet_that_would_need_a_second_one_is_refused():
    wide = {"leaver_first_name": "M" * 80, "mentor_first_name": "M" * 80}
    meetings = (MeetingLine("W" * 40, "W" * 60),) * 6
    facts = dataclasses.replace(LETTER, **wide, meetings=meetings, mentor_words="W" * 600)

    with pytest.raises(ValueError, match="too long for one sheet of paper"):
        introduction_letter(facts)


def test_a_letter_that_no_font_has_is_named():
    with pytest.raises(ValueError, match="We cannot print “张”"):
        introduction_letter(dataclasses.replace(LETTER, mentor_first_name="张"))


@pytest.mark.parametrize(
    "words", ["", "Hello. I will be there.", "W" * WORDS_AT_MOST, "Dw i yma ŵ"]
)
def test_a_mentors_words_that_can_be_printed_pass(words):
    check_mentor_words(words)

    pdf = introduction_letter(dataclasses.replace(LETTER, mentor_words=words))
    assert unspaced(words) in unspaced(text_of(pdf))


@pytest.mark.parametrize(("words", "sentence"), [("a" * 601, "at most 600"), ("hi 张", "“张”")])
def test_a_mentors_words_that_cannot_be_printed_are_named_while_they_are_typed(words, sentence):
    with pytest.raises(ValueError, match=sentence):
        check_mentor_words(words)


# These are set as a letter and an accent, under one text for both that pypdf passes over.
COMPOSED = "ĈĉĔĕĜĝĤĥĨĩĬĭĴĵŌōŎŏŖŗŜŝŨũŬŭ"
LATIN = st.characters(
    min_codepoint=0x20,
    max_codepoint=0x17F,
    exclude_categories=["Cc"],
    exclude_characters=COMPOSED,
)


@settings(max_examples=60)
@given(
    words=st.text(LATIN, max_size=WORDS_AT_MOST),
    name=st.text(LATIN, min_size=1, max_size=80).filter(one_line),
)
def test_any_words_stay_words_on_one_sheet(words, name):
    facts = dataclasses.replace(LETTER, mentor_words=words, mentor_first_name=name)

    text = unspaced(text_of(introduction_letter(facts)))

    assert unspaced(f"Your mentor is called {one_line(name)}.") in text
    assert unspaced(one_line(words)) in text


@settings(max_examples=60)
@given(words=st.text(max_size=WORDS_AT_MOST))
def test_anything_at_all_is_one_sheet_or_one_sentence(words):
    facts = dataclasses.replace(LETTER, mentor_words=words)

    said = answer_to(facts)

    assert re.fullmatch(r"one sheet|We cannot print “[^\n]+”\. Leave it out.*", said)


def answer_to(facts: IntroductionLetter) -> str:
    try:
        return "one sheet" if only_page(introduction_letter(facts)) else ""
    except ValueError as refusal:
        return str(refusal)
