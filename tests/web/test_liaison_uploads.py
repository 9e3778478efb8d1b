"""A release report is looked at first; only when the liaison says so is anything changed."""

import io
from datetime import date, timedelta

import pytest
from sqlmodel import select

from matcher import intake, uploads
from models.audit import AuditEntry
from models.council_words import Draft
from models.people import Leaver
from models.releases import ExpectedLeaver
from models.states import ReferralState, Role
from tests.rows import NOW, a_leaver_row, a_referral

HEADER = "Prison Number,First Name,Last Name,Release Date,Regime\n"
SAM = "A1234BC,Sam,Ordinary,2027-02-03,x\n"
JO = "A1235BC,Jo,Other,2027-02-10,x\n"
BAD = "A1236BC,Bo,Broken,2027-02-31,x\n"


def test_looking_at_a_report_changes_nothing(desks):
    browser = desks.browser_of(Role.LIAISON)

    page = _upload(browser, HEADER + SAM).text

    assert "Nothing is changed yet" in page
    assert "1 person added." in page
    assert "Sam Ordinary" in page
    assert "Regime: not read" in page
    with desks.session() as db:
        assert db.exec(select(ExpectedLeaver)).all() == []
        assert db.exec(select(AuditEntry).where(AuditEntry.noun == "expected_leaver")).all() == []


def test_a_confirmed_report_is_taken_and_the_file_is_let_go(desks):
    browser = desks.browser_of(Role.LIAISON)
    address = _upload(browser, HEADER + SAM + JO).request.path

    page = browser.post(f"{address}/confirmation", follow_redirects=True).text

    assert "2 people added." in page
    with desks.session() as db:
        names = {row.first_name for row in db.exec(select(ExpectedLeaver))}
        [draft] = db.exec(select(Draft))
    assert names == {"Sam", "Jo"}
    assert "content" not in draft.answers["upload"]


def test_confirming_twice_takes_the_report_once(desks):
    browser = desks.browser_of(Role.LIAISON)
    address = _upload(browser, HEADER + SAM).request.path
    browser.post(f"{address}/confirmation")

    answer = browser.post(f"{address}/confirmation", follow_redirects=True)

    assert "1 person added." in answer.text
    with desks.session() as db:
        assert len(db.exec(select(ExpectedLeaver)).all()) == 1


def test_the_next_report_says_who_is_new_who_has_gone_and_whose_date_moved(desks):
    browser = desks.browser_of(Role.LIAISON)
    _take(browser, HEADER + SAM + JO)
    desks.now = NOW + timedelta(minutes=5)
    moved = SAM.replace("2027-02-03", "2027-02-04")
    new = "A1237BC,Al,Newcomer,2027-01-05,x\n"

    page = _upload(browser, HEADER + moved + new).text

    assert "1 person added." in page
    assert "It was Wednesday 3 February 2027 before." in page
    assert "1 person in this report before and not now" in page
    assert "Jo Other" in page
    assert "Next: see who of them would like a mentor" in page
    assert "Next: find out if they left, moved or are away." in page


def test_someone_put_forward_already_is_told_of_with_code_and_standing(desks):
    leaver = a_leaver_row(prison_number="A1234BC", release_date=date(2027, 2, 3))
    other = a_leaver_row(prison_number="A1235BC", release_date=date(2027, 2, 17))
    desks.keep(leaver, a_referral(leaver, state=ReferralState.ENDORSED), other)
    browser = desks.browser_of(Role.LIAISON)

    seen = _upload(browser, HEADER + SAM + JO)
    taken = _take(browser, HEADER + SAM + JO)

    for page in (seen.text, taken.text):
        assert f"Put forward already, code {leaver.code}: with the regional manager." in page
        assert f"Put forward already, code {other.code}." in page
        assert "The day on file is Wednesday 17 February 2027." in page
        assert "The day on file is Wednesday 3 February 2027." not in page
        assert "As before" not in page


def test_while_a_file_is_read_other_people_can_write(desks, monkeypatch):
    browser = desks.browser_of(Role.LIAISON)
    read, written = intake.read_report, []

    def slowly(content, **told):
        """Read a report, and let someone else write meanwhile: they do not wait for long."""
        with desks.session() as db:
            if db.get_bind().dialect.name == "sqlite":
                db.connection().exec_driver_sql("PRAGMA busy_timeout = 50")
            leaver = a_leaver_row()
            db.add(leaver)
            db.commit()
        written.append(leaver.id)
        return read(content, **told)

    monkeypatch.setattr(intake, "read_report", slowly)
    asked = _upload(browser, HEADER + SAM.replace("2027-02-03", "02/03/2027"))
    address = f"{asked.request.path}/answer"
    seen = browser.post(address, data={"answer": "month_first"}, follow_redirects=True)
    taken = browser.post(f"{seen.request.path}/confirmation", follow_redirects=True)

    assert "1 person added." in taken.text
    assert len(written) == 3
    with desks.session() as db:
        assert {row.id for row in db.exec(select(Leaver))} == set(written)


def test_bad_cells_are_named_and_their_rows_come_back_to_be_mended(desks):
    browser = desks.browser_of(Role.LIAISON)
    seen = _upload(browser, HEADER + SAM + BAD)
    address = seen.request.path
    result = browser.post(f"{address}/confirmation", follow_redirects=True).text

    file = browser.get(f"{address}/rows-to-mend.csv")

    assert "Row 3, Release Date" in seen.text
    assert "there is no such day" in seen.text
    assert "Download the rows to mend" in result
    assert "Choose who to put forward" in result
    assert file.headers["Content-Disposition"] == "attachment; filename=rows-to-mend.csv"
    assert "A1236BC" in file.text
    assert "A1234BC" not in file.text
    mended = file.data.replace(b"2027-02-31", b"2027-02-28")
    assert "1 person added." in _upload(browser, mended).text


def test_what_the_file_does_not_settle_is_asked(desks):
    browser = desks.browser_of(Role.LIAISON)
    asked = _upload(browser, HEADER + SAM.replace("2027-02-03", "02/03/2027"))

    address = f"{asked.request.path}/answer"
    unanswered = browser.post(address)
    page = browser.post(address, data={"answer": "month_first"}, follow_redirects=True)

    assert "can be read two ways" in asked.text
    assert unanswered.status_code == 422
    assert "Choose one." in unanswered.text
    browser.post(f"{page.request.path}/confirmation")
    with desks.session() as db:
        assert db.exec(select(ExpectedLeaver)).one().release_date == date(2027, 2, 3)


LOCKED = bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("report.txt", (HEADER + SAM).replace(",", "\t").encode("utf-16")),
        ("report.csv", (HEADER + SAM).replace(",", ";").encode("utf-8-sig")),
        ("report.csv", f"Leaving soon\n\n{HEADER}{SAM}Total,,,1\n".encode()),
        ("report.csv", f"Person,,,Dates\n{HEADER}{SAM}".encode()),
    ],
    ids=["UTF-16 with tabs", "semicolons", "a title and a total", "two header rows"],
)
def test_a_report_however_it_was_exported_shows_who_is_in_it(desks, name, content):
    answer = _upload(desks.browser_of(Role.LIAISON), content, name)

    assert "1 person added." in answer.text
    assert "to mend" not in answer.text


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("report.csv", b"", "this file is empty"),
        ("report.pdf", b"%PDF", "We can read csv"),
        ("report.csv", b"a,b\n1,2\n", "no row of column names that we know"),
        ("report.xlsx", b"PK\x03\x04 not a workbook", "is not one, or it is damaged"),
        ("report.xlsx", LOCKED, "Save it without the password"),
        ("report.xls", b"<table><tr><th>Prison Number</th></tr></table>", "a web page"),
        ("report.csv", b"%PDF-1.7", "This file is not a spreadsheet"),
        ("report.csv", b"\r\n \r\n", "This file is empty"),
        ("report.csv", b"Dear all,\nsee attached", "no row of column names that we know"),
        ("report.png", b"\x89PNG", "We can read csv, xlsx, xlsm, xls, ods and txt files"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(desks, name, content, sentence):
    browser = desks.browser_of(Role.LIAISON)

    answer = _upload(browser, content, name)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'href="#report"' in answer.text
    with desks.session() as db:
        assert db.exec(select(Draft)).all() == []


def test_people_in_other_prisons_are_not_taken(desks):
    browser = desks.browser_of(Role.LIAISON)
    header = HEADER.replace("Regime", "Prison")

    page = _upload(browser, header + SAM.replace(",x", ",MDI") + JO.replace(",x", ",LEI")).text

    assert "1 person in another prison, not taken." in page


def test_after_an_hour_the_file_is_asked_for_again(desks):
    browser = desks.browser_of(Role.LIAISON)
    address = _upload(browser, HEADER + SAM).request.path
    desks.now = NOW + timedelta(minutes=20)
    kept = browser.get(address)
    with desks.session() as db:
        [draft] = db.exec(select(Draft))
        draft.changed_at = NOW - timedelta(hours=1)
        db.commit()

    looked, confirmed = browser.get(address), browser.post(f"{address}/confirmation")

    assert "Nothing is changed yet" in kept.text
    for answer in (looked, confirmed):
        assert answer.status_code == 404
        assert "We keep a report for one hour, and this one is gone." in answer.text
        assert "Choose the release report" in answer.text
    with desks.session() as db:
        assert db.exec(select(ExpectedLeaver)).all() == []


def test_a_new_upload_lets_go_of_the_one_before(desks):
    browser = desks.browser_of(Role.LIAISON)
    before = _upload(browser, HEADER + SAM).request.path

    _upload(browser, HEADER + JO)

    assert browser.get(before).status_code == 404
    with desks.session() as db:
        assert len(db.exec(select(Draft)).all()) == 1


def test_nobody_else_finds_an_upload_and_it_is_no_form(desks):
    browser, other = desks.browser_of(Role.LIAISON), desks.browser_of(Role.LIAISON)
    address = _upload(browser, HEADER + SAM).request.path
    upload_id = address.rsplit("/", 1)[1]

    answers = [other.get(address), other.post(f"{address}/confirmation")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert browser.get(f"/liaison/forms/{upload_id}/").status_code == 404
    assert "Form begun" not in browser.get("/liaison/").text


def test_files_held_for_too_long_are_let_go_whoever_uploaded_them(desks):
    browser = desks.browser_of(Role.LIAISON)
    _upload(browser, HEADER + SAM)
    browser.post("/liaison/forms/")

    with desks.session() as db:
        early = uploads.forget_old(db, now=NOW + timedelta(hours=1))
        late = uploads.forget_old(db, now=NOW + timedelta(hours=1, seconds=1))
        db.commit()

        assert (early, late) == (0, 1)
        assert [draft.answers for draft in db.exec(select(Draft))] == [{}]


def _upload(browser, content, name="report.csv"):
    data = content if isinstance(content, bytes) else content.encode()
    return browser.post(
        "/liaison/uploads/", data={"report": (io.BytesIO(data), name)}, follow_redirects=True
    )


def _take(browser, content):
    address = f"{_upload(browser, content).request.path}/confirmation"
    return browser.post(address, follow_redirects=True)


def test_a_date_that_was_moved_says_from_when_and_why_and_others_say_nothing(desks):
    browser = desks.browser_of(Role.LIAISON)
    friday = "A1238BC,KIT,O'FRIDAY,2027-01-01,x\n"

    page = _upload(browser, HEADER + SAM + friday).text
    result = _take(browser, HEADER + SAM + friday)

    for seen in (page, result.text):
        assert "Release date as we were told it: Friday 1 January 2027" in seen
        assert "That is a bank holiday" in seen
        assert "Wednesday 3 February 2027. It falls" not in seen
        assert "Release date as we were told it: Wednesday" not in seen
        assert "Kit O&#39;Friday" in seen


def test_a_report_that_the_clock_has_let_go_asks_for_the_file_again_like_one_never_there(desks):
    browser, other = desks.browser_of(Role.LIAISON), desks.browser_of(Role.LIAISON)
    address = _upload(browser, HEADER + SAM).request.path
    foreign = [other.get(address), other.post(f"{address}/confirmation")]
    with desks.session() as db:
        uploads.forget_old(db, now=NOW + timedelta(hours=2))
        db.commit()

    own = [browser.get(address), browser.post(f"{address}/confirmation")]

    for answer in foreign + own:
        assert answer.status_code == 404
        assert "We keep a report for one hour, and this one is gone." in answer.text


def test_a_report_that_was_taken_is_not_counted_as_never_confirmed(desks):
    _take(desks.browser_of(Role.LIAISON), HEADER + SAM)
    _upload(desks.browser_of(Role.LIAISON), HEADER + JO)

    with desks.session() as db:
        never_confirmed = uploads.forget_old(db, now=NOW + timedelta(hours=2))
        db.commit()

        assert never_confirmed == 1
        assert db.exec(select(Draft)).all() == []
