"""A manager reads what a letter says before it goes, and each there is with made-up people."""

from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlmodel import select

from matcher import post
from matcher.letter_texts import TEXTS
from matcher.recipients import Party
from matcher.refusing import NotAllowed
from models.audit import AuditEntry
from models.states import Channel, LetterKind, LetterState, PairState, Role
from models.vocabulary import Region
from tests.matcher.lettered import a_reachable_pair, planned, sent
from tests.rows import NOW, a_letter
from tests.web.region import OwnRegion


def test_an_email_is_shown_in_the_words_that_would_leave(desks):
    region = OwnRegion(desks)
    pair = region.pair(PairState.OFFERED, answer_by=NOW + timedelta(days=2))
    letter = a_letter(pair_id=pair.id, recipient=post.to_mentor(pair.mentor_id), due_at=NOW)
    desks.keep(letter)

    page = region.page(f"/manager/letters/{letter.id}")

    assert "A letter to the mentor" in page
    assert "We have something to ask you." in page
    assert "These are its words if it went today." in page
    assert f'href="/manager/pairs/{pair.id}"' in page


def test_a_text_message_is_shown_without_the_subject_that_only_an_email_has(desks):
    region = OwnRegion(desks)
    pair = region.pair(PairState.OFFERED, answer_by=NOW + timedelta(days=2))
    told = {"pair_id": pair.id, "recipient": post.to_mentor(pair.mentor_id), "due_at": NOW}
    text, email = (a_letter(channel=way, **told) for way in (Channel.TEXT, Channel.EMAIL))
    desks.keep(text, email)
    subject = TEXTS[LetterKind.OFFER, Party.MENTOR].subject

    assert subject in region.page(f"/manager/letters/{email.id}")
    page = region.page(f"/manager/letters/{text.id}")
    assert subject not in page
    assert "Gatemate has something to ask you." in page


def test_a_printed_letter_is_read_as_the_liaison_would_print_it_and_reading_it_is_kept(desks):
    letter = _printed(desks)
    browser = desks.browser_of(Role.MANAGER)

    page = browser.get(f"/manager/letters/{letter.id}").text
    sheet = browser.get(f"/manager/letters/{letter.id}.pdf")

    assert "The liaison prints this letter" in page
    assert "Someone will meet you at the gate" in _text(sheet.data)
    with desks.session() as db:
        read = db.exec(select(AuditEntry).where(AuditEntry.noun == "letter")).all()
    assert [entry.fields for entry in read if entry.row_id == str(letter.id)] == [{"facts"}]


def test_a_letter_that_is_no_longer_true_is_told_of_on_its_page(desks, monkeypatch):
    letter = _printed(desks)

    def refused(*_told, **_more):
        raise NotAllowed("This letter is no longer true.")

    monkeypatch.setattr("web.manager_letters.as_pdf", refused)
    answer = desks.browser_of(Role.MANAGER).get(
        f"/manager/letters/{letter.id}.pdf", follow_redirects=True
    )

    assert answer.status_code == 200
    assert "This letter is no longer true." in answer.text


def test_only_a_letter_on_paper_has_a_sheet_and_another_region_finds_neither(desks):
    region = OwnRegion(desks)
    pair = region.pair(PairState.ACCEPTED, accepted_at=NOW)
    letter = a_letter(pair_id=pair.id, recipient=post.to_mentor(pair.mentor_id))
    desks.keep(letter)
    other = desks.browser_of(Role.MANAGER, region=Region.WALES)

    assert region.browser.get(f"/manager/letters/{letter.id}.pdf").status_code == 404
    assert other.get(f"/manager/letters/{letter.id}").status_code == 404
    assert other.get(f"/manager/letters/{letter.id}.pdf").status_code == 404


def test_every_letter_there_is_can_be_read_with_made_up_people(desks):
    page = OwnRegion(desks).page("/manager/letters/examples")

    assert page.count('class="govuk-inset-text gm-letter"') == len(TEXTS) + 1
    assert "by 5pm on Friday 12 March 2027" in page
    assert "{" not in page.split("<main", 1)[1].split("</main>", 1)[0]


@pytest.mark.parametrize(
    ("name", "says"),
    [("introduction", "Hello Llŷr."), ("gate-card", "By the bench outside the visitors' centre")],
)
def test_both_printed_letters_can_be_read_with_made_up_people(desks, name, says):
    answer = OwnRegion(desks).browser.get(f"/manager/letters/examples/{name}.pdf")

    assert says in _text(answer.data)
    assert "Siân" in _text(answer.data)


def test_there_is_no_example_of_a_letter_that_nobody_made(desks):
    assert OwnRegion(desks).browser.get("/manager/letters/examples/other.pdf").status_code == 404


def _printed(desks):
    """An introduction letter in the tray of Leeds, of a pair of Yorkshire."""
    with desks.session() as db:
        there = a_reachable_pair(db)
        to = post.to_leaver(there.leaver.id)
        letter = planned(there, LetterKind.INTRODUCTION, channel=Channel.PRINT, recipient=to)
        sent(db, letter)
        db.commit()
        assert letter.state is LetterState.SENT
    return letter


def _text(pdf: bytes) -> str:
    """The text of a PDF on one line: where its lines break is the printer's to say."""
    pages = PdfReader(BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())
