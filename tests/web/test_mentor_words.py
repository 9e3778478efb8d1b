"""A mentor's own words, e-mail and phone."""

from sqlmodel import select

from models.contacts import Contact
from models.people import Mentor
from tests.web.walks import a_walk

TYPED = {
    "version": "1",
    "own_words": "I came out in 2014.\r\nIt got better.",
    "email": "alex@example.org",
    "phone": "07700 900123",
}


def contacts(desks):
    with desks.session() as db:
        return db.exec(select(Contact)).all()


def test_what_a_mentor_writes_is_kept_and_shown_again(desks):
    walk = a_walk(desks)

    answer = walk.browser().post("/mentor/words/", data=TYPED, follow_redirects=True)

    assert "Your words are saved." in answer.text
    assert "It got better." in answer.text
    assert walk.read(Mentor, walk.mentor.id).own_words == "I came out in 2014.\nIt got better."
    [contact] = contacts(desks)
    assert (contact.email, contact.phone) == ("alex@example.org", "07700 900123")
    assert (contact.mentor_id, contact.recorded_by) == (walk.mentor.id, walk.account.id)


def test_the_e_mail_starts_with_that_of_the_account_until_the_mentor_gives_another(desks):
    walk = a_walk(desks)
    browser = walk.browser()

    before = browser.get("/mentor/words/").text
    browser.post("/mentor/words/", data=TYPED)
    after = browser.get("/mentor/words/").text

    assert f'value="{walk.account.email}"' in before
    assert 'value="alex@example.org"' in after
    assert walk.account.email not in after


def test_the_same_words_again_add_no_second_contact(desks):
    walk = a_walk(desks)
    browser = walk.browser()
    browser.post("/mentor/words/", data=TYPED)

    browser.post("/mentor/words/", data=TYPED | {"version": "2"})

    assert len(contacts(desks)) == 1


def test_bad_input_is_said_in_one_sentence_each_and_nothing_is_kept(desks):
    walk = a_walk(desks)

    answer = walk.browser().post(
        "/mentor/words/",
        data=TYPED | {"own_words": "x" * 601, "email": "alex at home", "phone": "ring me"},
    )

    assert answer.status_code == 422
    assert "x" * 601 in answer.text
    for link in ("#own_words", "#email", "#phone"):
        assert f'<a href="{link}">' in answer.text
    assert walk.read(Mentor, walk.mentor.id).own_words == ""
    assert contacts(desks) == []


def test_an_e_mail_is_needed_for_we_write_there(desks):
    walk = a_walk(desks)

    answer = walk.browser().post("/mentor/words/", data=TYPED | {"email": ""})

    assert answer.status_code == 422
    assert "Write your e-mail." in answer.text


def test_a_stale_page_keeps_what_was_typed(desks):
    walk = a_walk(desks)

    answer = walk.browser().post("/mentor/words/", data=TYPED | {"version": "0"})

    assert answer.status_code == 409
    assert "It got better." in answer.text
    assert walk.read(Mentor, walk.mentor.id).own_words == ""


def test_what_looks_like_markup_is_shown_as_typed_and_never_run(desks):
    walk = a_walk(desks)

    answer = walk.browser().post(
        "/mentor/words/",
        data=TYPED | {"own_words": "<script>alert(1)</script>"},
        follow_redirects=True,
    )

    assert "<script>alert(1)</script>" not in answer.text
    assert "&lt;script&gt;" in answer.text
