"""Letters are printed, handed over, and that is kept."""

import io
from datetime import timedelta

from pypdf import PdfReader
from sqlmodel import select

from matcher import post, printed_letters
from matcher.refusing import NotAllowed
from models.outbox import HandOver, Letter
from models.people import Leaver
from models.states import Channel, LetterKind, LetterState, Role
from tests.matcher.lettered import a_reachable_pair, planned, sent
from tests.rows import NOW
from tests.web.desks import Desks


def test_a_letter_in_the_tray_is_printed_and_handed_over(desks):
    browser, letter = _tray(desks)
    page = browser.get("/liaison/letters/").text
    sheet = browser.get(f"/liaison/letters/{letter.id}.pdf")

    answer = browser.post(f"/liaison/letters/{letter.id}/hand-over", follow_redirects=True)

    assert "Introduction letter" in page
    assert sheet.data.startswith(b"%PDF")
    assert sheet.headers["Content-Disposition"] == "attachment; filename=letter.pdf"
    assert "Handed over in the last 7 days" in answer.text
    with desks.session() as db:
        assert db.exec(select(HandOver)).one().handed_at == NOW


def test_handing_over_twice_is_kept_once(desks):
    browser, letter = _tray(desks)
    browser.post(f"/liaison/letters/{letter.id}/hand-over")
    desks.now = NOW + timedelta(minutes=10)

    browser.post(f"/liaison/letters/{letter.id}/hand-over")

    with desks.session() as db:
        assert db.exec(select(HandOver)).one().handed_at == NOW


def test_a_tick_on_the_wrong_line_is_taken_back_and_the_letter_waits_again(desks):
    browser, letter = _tray(desks)
    browser.post(f"/liaison/letters/{letter.id}/hand-over")
    address = f"/liaison/letters/{letter.id}/not-handed-over"

    answer = browser.post(address, follow_redirects=True)
    again = browser.post(address)

    assert "The letter waits again." in answer.text
    assert f"/liaison/letters/{letter.id}/hand-over" in answer.text
    assert again.status_code == 404
    with desks.session() as db:
        assert db.exec(select(HandOver)).all() == []


def test_after_a_week_nobody_can_say_that_a_letter_was_not_handed_over(desks):
    browser, letter = _tray(desks)
    browser.post(f"/liaison/letters/{letter.id}/hand-over")
    with desks.session() as db:
        db.exec(select(HandOver)).one().handed_at = NOW - timedelta(days=8)
        db.commit()

    answer = browser.post(f"/liaison/letters/{letter.id}/not-handed-over")

    assert answer.status_code == 404
    with desks.session() as db:
        assert db.exec(select(HandOver)).one()


def test_the_start_page_says_that_a_letter_waits_until_it_is_handed_over(desks):
    browser, letter = _tray(desks)
    before = browser.get("/liaison/").text

    browser.post(f"/liaison/letters/{letter.id}/hand-over")

    assert "Print 1 letter" in before
    assert "Print 1 letter" not in browser.get("/liaison/").text


def test_a_letter_that_is_not_in_the_tray_is_neither_printed_nor_handed_over(desks):
    browser, letter = _tray(desks)
    with desks.session() as db:
        row = db.get_one(Letter, letter.id)
        row.state, row.sent_at = LetterState.CANCELLED, None
        db.commit()

    assert browser.get(f"/liaison/letters/{letter.id}.pdf").status_code == 404
    assert browser.post(f"/liaison/letters/{letter.id}/hand-over").status_code == 404
    assert "No letter waits" in browser.get("/liaison/letters/").text


def test_a_letter_that_may_not_be_printed_is_told_of_under_no_done(desks, monkeypatch):
    browser, letter = _tray(desks)

    def refused(*_told, **_more):
        raise NotAllowed("This letter is no longer true.")

    monkeypatch.setattr("web.liaison_letters.as_pdf", refused)
    page = browser.get(f"/liaison/letters/{letter.id}.pdf", follow_redirects=True).text

    assert "This letter is no longer true." in page
    assert ">Important</h2>" in page
    assert ">Done</h2>" not in page


def test_all_letters_that_wait_are_printed_as_one_file_each_on_a_sheet(desks):
    browser, _ = _tray(desks)
    _tray(desks)

    page = browser.get("/liaison/letters/").text
    answer = browser.get("/liaison/letters/waiting.pdf")

    file = PdfReader(io.BytesIO(answer.data))
    assert "Print all 2 letters" in page
    assert answer.headers["Content-Disposition"] == "attachment; filename=letters.pdf"
    assert file.metadata.title == "Letters to hand over"
    assert len(file.pages) == 2
    for sheet in file.pages:
        assert "Someone will meet you at the gate" in " ".join(sheet.extract_text().split())


def test_what_was_handed_over_or_is_no_longer_true_is_not_among_all_letters(desks, monkeypatch):
    browser, handed = _tray(desks)
    browser.post(f"/liaison/letters/{handed.id}/hand-over")
    none = browser.get("/liaison/letters/waiting.pdf", follow_redirects=True).text
    _, gone = _tray(desks)
    _tray(desks)
    true = printed_letters._facts_of_today

    def refused(db, letter, *told):
        if letter.id == gone.id:
            raise NotAllowed("It is gone.")
        return true(db, letter, *told)

    monkeypatch.setattr("matcher.printed_letters._facts_of_today", refused)
    answer = browser.get("/liaison/letters/waiting.pdf")

    assert "No letter waits that can be printed" in none
    assert len(PdfReader(io.BytesIO(answer.data)).pages) == 1
    assert "Some letters are no longer true" in browser.get("/liaison/letters/").text


def test_another_prison_finds_no_letter_of_ours(desks):
    _, letter = _tray(desks)
    other = desks.browser_of(Role.LIAISON, prison="MDI")

    assert other.get(f"/liaison/letters/{letter.id}.pdf").status_code == 404
    assert other.post(f"/liaison/letters/{letter.id}/hand-over").status_code == 404
    assert "Introduction" not in other.get("/liaison/letters/").text
    assert other.get("/liaison/letters/waiting.pdf").location == "/liaison/letters/"


def _tray(desks: Desks):
    """The liaison's browser, and an introduction letter that has been sent to the tray."""
    with desks.session() as db:
        there = a_reachable_pair(db)
        to = post.to_leaver(there.leaver.id)
        told = {"channel": Channel.PRINT, "recipient": to}
        letter = planned(there, LetterKind.INTRODUCTION, **told)
        sent(db, letter)
        db.commit()
    return desks.browser_of(Role.LIAISON), letter


def test_nobody_is_asked_to_hand_a_letter_to_someone_who_has_left(desks):
    browser, letter = _tray(desks)
    with desks.session() as db:
        leaver = db.get_one(Leaver, letter.leaver_id)
        leaver.release_date = NOW.date()
        db.commit()
    on_the_day = browser.get("/liaison/letters/").text, browser.get("/liaison/").text

    desks.now = NOW + timedelta(days=1)
    browser = desks.browser_of(Role.LIAISON)

    assert "Introduction letter" in on_the_day[0]
    assert "Print 1 letter" in on_the_day[1]
    assert "No letter waits" in browser.get("/liaison/letters/").text
    assert "Print 1 letter" not in browser.get("/liaison/").text
