"""What stands on pages and in letters can be read at eleven, in sentences that end soon."""

from pathlib import Path

import pytest

from tests import reading

ROOM = Path(__file__).parents[2]
TEMPLATES = sorted(ROOM.glob("web/templates/**/*.html"))
SENTENCES = ("letter_texts.py", "account_letters.py", "asked_of_you.py", "read_aloud.py")
CODE = [
    *(path for path in sorted(ROOM.glob("web/*.py")) if not path.name.startswith("cli")),
    *sorted(ROOM.glob("matcher/desks/*.py")),
    *sorted(ROOM.glob("matcher/printing/*.py")),
    *(ROOM / "matcher" / name for name in SENTENCES),
]
"""Code whose sentences people read: forms, answers to what was sent, cards, letters."""

NO_PAGE = {"server.py", "health.py", "unsafe.py", "browsers.py"}
"""What these say is for whoever runs the service, or the name of a browser."""

OLDEST = 11
"""Years: the service's words are for readers of 9 to 11."""

LONGEST = 25
"""Words in a sentence, as GOV.UK's guidance for content has it."""

FEW = 20
"""Words below which a formula for whole texts says nothing of one."""


def is_short(text: list[str]) -> bool:
    return sum(len(reading.words_of(one)) for one in text) < FEW


@pytest.mark.parametrize(
    ("word", "count"),
    [("the", 1), ("mentor", 2), ("prison", 2), ("probation", 3), ("area", 2), ("referral", 3)],
)
def test_syllables_are_counted_as_they_are_spoken(word, count):
    assert abs(reading.syllables(word) - count) <= (word == "area")


def test_a_text_for_lawyers_is_found_to_be_one():
    legal = ["Notwithstanding any aforementioned provision, eligibility determinations are final."]
    plain = ["You can say no.", "We will find someone else for you."]

    assert reading.age_of(legal) > 20
    assert reading.age_of(plain) < 8


def test_what_is_read_of_a_template_is_what_people_see(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        '{% from "page.html" import heading %}<p class="Big one.">Ring {{ phone }} now.'
        '</p><script>No word.</script>{{ heading("Your day at the gate") }}'
    )

    assert reading.of_template(page) == ["Ring it now.", "Your day at the gate"]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_can_be_read_at_eleven(path):
    text = reading.of_template(path)

    assert is_short(text) or reading.age_of(text) <= OLDEST
    assert [one for one in text if len(reading.words_of(one)) > LONGEST] == []


def test_templates_of_few_words_can_be_read_at_eleven_one_after_the_other():
    texts = [text for path in TEMPLATES if is_short(text := reading.of_template(path))]

    assert reading.age_of([sentence for text in texts for sentence in text]) <= OLDEST


def test_the_sentences_of_forms_and_letters_can_be_read_at_eleven():
    said = {path.name: reading.of_code(path) for path in CODE if path.name not in NO_PAGE}
    long = {name: text for name, text in said.items() if not is_short(text)}

    ages = {name: round(reading.age_of(text), 1) for name, text in long.items()}

    assert len(long) > 40
    assert {name: age for name, age in ages.items() if age > OLDEST} == {}


def test_no_sentence_of_forms_and_letters_is_long():
    long = [
        (path.name, one)
        for path in CODE
        for one in reading.of_code(path)
        if len(reading.words_of(one)) > LONGEST
    ]

    assert long == []
