"""Letters are printed, handed over, and that is kept."""

from datetime import timedelta

from sqlmodel import select

from matcher import post
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


def test_another_prison_finds_no_letter_of_ours(desks):
    _, letter = _tray(desks)
    other = desks.browser_of(Role.LIAISON, prison="MDI")

    assert other.get(f"/liaison/letters/{letter.id}.pdf").status_code == 404
    assert other.post(f"/liaison/letters/{letter.id}/hand-over").status_code == 404
    assert "Introduction" not in other.get("/liaison/letters/").text


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
