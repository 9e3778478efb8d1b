"""The liaison puts someone right, endorses them, or stops because they say so."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from sqlmodel import col, select

from models.audit import AuditEntry
from models.contacts import Contact, Practitioner
from models.council_words import Note, PersonToAvoid
from models.desk_words import ContactWay
from models.ethnic_groups import EthnicGroup
from models.meetings import Meeting
from models.pairs import Pair
from models.people import Leaver
from models.referrals import Referral
from models.states import EndReason, MeetingState, PairState, ReferralState, Role
from models.vocabulary import Companion, Culture, Experience, Importance, Need, Region
from tests.rows import NOW
from tests.web.filled_forms import AVOIDED
from tests.web.prisons import avoided_by, someone_matched, someone_waiting
from web.liaison_forms import CHANGES

SECRETS = ("Canary", "07700", "sam@example.org", "In care as a child", "Someone female", "Quiet")


def test_the_page_shows_what_a_liaison_may_read_and_that_it_was_read_is_kept(desks):
    there = someone_waiting(desks)

    page = there.browser.get(there.address).text

    for shown in ("Siân O’Neill", there.leaver.prison_number, "17 May 1990", "LS6, Leeds"):
        assert shown in page, shown
    assert "Thursday 17 May" not in page
    with desks.session() as db:
        read = db.exec(select(AuditEntry).where(AuditEntry.action == "read")).one()
    assert (read.noun, read.row_id) == ("leaver", str(there.leaver.id))
    who = {"first_name", "surname", "prison_number", "birth_date"}
    assert read.fields == who | {"release_date"}


def test_what_is_written_is_never_read_back(desks):
    experiences = frozenset({Experience.CARE})
    there = someone_waiting(desks, experiences=experiences, wants=frozenset({Companion.FEMALE}))
    there.change("avoid", **AVOIDED)
    there.change("reach", phone="07700 900123", email="sam@example.org", shares="phone")
    there.change("note", note="Quiet at first.", note_shareable="no")
    ways = ("", "/changes/avoid", "/changes/reach", "/changes/note", "/changes/experience")

    pages = [there.browser.get(f"{there.address}{way}").text for way in ways]

    assert [person.name for person in avoided_by(desks, there.leaver)] == ["Dai Canary"]
    assert "1 person" in pages[0]
    for secret in SECRETS:
        assert secret not in pages[0], secret
    for page in pages[1:]:
        assert "checked" not in page
        for secret in ("Canary", "07700", "sam@example.org", "Quiet"):
            assert secret not in page, secret


@pytest.mark.parametrize(
    ("name", "typed", "field", "value"),
    [
        ("needs", {"needs-gp": "high"}, "needs", {Need.GP: Importance.HIGH}),
        ("where", {"resettling_in": "M1"}, "region", Region.GREATER_MANCHESTER),
        ("where", {"resettling_in": "LS6", "region": "A"}, "region", Region.NORTH_EAST),
        ("experience", {"experiences": ["care"]}, "experiences", {Experience.CARE}),
        ("rather", {"wants": ["male"]}, "wants", {Companion.MALE}),
        ("rather", {"cultures": ["welsh"]}, "wishes", {Culture.WELSH}),
        ("free", {"travel_km": "25", "hours": ["0-morning"]}, "hours", {9, 10, 11}),
        ("consent", {"agreed": "y"}, "consented_on", date(2026, 11, 23)),
    ],
)
def test_one_thing_is_put_right_and_the_rest_stays(desks, name, typed, field, value):
    there = someone_waiting(desks)

    answer = there.change(name, **typed)

    assert answer.status_code == 302, answer.text
    after = there.now(Referral, there.referral.id)
    assert getattr(after, field) == value
    for other in {"interests", "may_show", "languages", "interpreter", "ruled_out"} - typed.keys():
        assert getattr(after, other) == getattr(there.referral, other), other


def test_who_someone_is_is_put_right_and_what_is_left_empty_stays(desks):
    there = someone_waiting(desks)

    there.change(
        "about",
        prison_number="Z1234ZZ",
        first_name="Siani",
        surname="O’Neill",
        birth_date=["1", "2", "1991"],
    )

    leaver = there.now(Leaver, there.leaver.id)
    assert (leaver.first_name, leaver.prison_number) == ("Siani", "Z1234ZZ")
    assert (leaver.birth_date, leaver.sex) == (date(1991, 2, 1), there.leaver.sex)
    assert leaver.release_date == there.leaver.release_date


WHO = {
    "prison_number": "Z1234ZZ",
    "first_name": "Siani",
    "surname": "Or",
    "birth_date": ["1", "2", "1991"],
}


def test_an_ethnic_group_is_written_and_never_shown_and_stays_where_it_is_left_empty(desks):
    there = someone_waiting(desks)

    there.change("about", **WHO, ethnic_group="black")
    said = there.now(Leaver, there.leaver.id).ethnic_group
    pages = [there.browser.get(f"{there.address}{end}").text for end in ("", "/changes/about")]
    there.change("about", **WHO)
    left_empty = there.now(Leaver, there.leaver.id).ethnic_group
    there.change("about", **WHO, ethnic_group="rather_not")

    assert said is left_empty is EthnicGroup.BLACK
    assert "Ethnic group" in pages[0]
    assert EthnicGroup.BLACK.label not in pages[0]
    assert 'value="black"' in pages[1]
    assert not re.search(
        r'value="(asian|black|mixed|white|other|rather_not)"[^>]*checked', pages[1]
    )
    assert there.now(Leaver, there.leaver.id).ethnic_group is None


def test_the_practitioner_and_the_note_are_kept_beside_the_person(desks):
    there = someone_waiting(desks)

    there.change("practitioner", practitioner_name="Jo", practitioner_email="jo@example.org")
    there.change("note", note="Likes tea.", note_shareable="yes")

    with desks.session() as db:
        practitioner, note = db.exec(select(Practitioner)).one(), db.exec(select(Note)).one()
    assert (practitioner.name, practitioner.email) == ("Jo", "jo@example.org")
    assert (note.text, note.shareable) == ("Likes tea.", True)
    assert "Written, not shown here" in there.browser.get(there.address).text


def test_the_way_a_mentor_may_have_must_be_there(desks):
    there = someone_waiting(desks)

    refused = there.change("reach", email="sam@example.org", shares="phone")
    taken = there.change("reach", phone="07700 900123", shares="phone")

    assert refused.status_code == 422
    assert "Phone number is empty" in refused.text
    assert 'value="sam@example.org"' in refused.text
    assert taken.status_code == 302
    with desks.session() as db:
        assert db.exec(select(Contact)).one().shares is ContactWay.PHONE


@pytest.mark.parametrize(("shares", "left"), [("none", None), ("email", ContactWay.EMAIL)])
def test_someone_may_share_another_way_or_none_after_all(desks, shares, left):
    there = someone_waiting(desks)
    there.change("reach", phone="07700 900123", email="sam@example.org", shares="phone")
    desks.now = NOW + timedelta(minutes=5)

    answer = there.change("reach", shares=shares)

    assert answer.status_code == 302, answer.text
    with desks.session() as db:
        newest = db.exec(select(Contact).order_by(col(Contact.recorded_at).desc())).first()
    assert (newest.phone, newest.shares) == ("07700 900123", left)


def test_the_mentor_may_only_know_what_was_ticked(desks):
    there = someone_waiting(desks)

    answer = there.change("experience", experiences=["care"], may_show=["first_time"])

    assert answer.status_code == 422
    assert "Tick here only what you ticked in the question before." in answer.text


def test_a_bad_answer_is_shown_again_and_changes_nothing(desks):
    there = someone_waiting(desks)

    answer = there.change("where", resettling_in="ZZ99")

    assert answer.status_code == 422
    assert "We do not know ZZ99" in answer.text
    assert 'href="#resettling_in"' in answer.text
    assert 'value="ZZ99"' in answer.text
    assert there.now(Referral, there.referral.id).resettling_in == "LS6"


def test_a_stale_page_keeps_what_was_typed_and_changes_nothing(desks):
    there = someone_waiting(desks)
    there.change("needs", **{"needs-gp": "high"})

    answer = there.change("where", resettling_in="M1", version="1")

    assert answer.status_code == 409
    assert "Someone changed this while you were writing" in answer.text
    assert 'value="M1"' in answer.text
    assert there.now(Referral, there.referral.id).resettling_in == "LS6"


PRACTITIONER = {"practitioner_name": "Jo", "practitioner_email": "jo@example.org"}
BESIDE = {
    "practitioner": PRACTITIONER,
    "reach": {"phone": "07700 900123", "shares": "phone"},
    "about": {
        "prison_number": "Z1234ZZ",
        "first_name": "Siani",
        "surname": "O’Neill",
        "birth_date": ["1", "2", "1991"],
    },
    "note": {"note": "Likes tea.", "note_shareable": "no"},
    "avoid": AVOIDED,
    "free": {"travel_km": "25"},
}
CHANGED = "Someone changed this while you were writing."


@pytest.mark.parametrize("name", list(BESIDE))
def test_of_two_who_save_the_same_page_the_second_overwrites_nothing(desks, name):
    there = someone_waiting(desks)
    shown = str(there.referral.version)
    first = there.change(name, **BESIDE[name], version=shown)
    rows = everything_on_file(desks)

    second = there.change(name, **BESIDE[name], version=shown)

    assert first.status_code == 302, first.text
    assert second.status_code == 409
    assert CHANGED in second.text
    assert everything_on_file(desks) == rows


def everything_on_file(desks):
    kinds = (Leaver, Referral, Contact, Practitioner, Note, PersonToAvoid)
    with desks.session() as db:
        rows = [row for kind in kinds for row in db.exec(select(kind))]
        return [[getattr(row, name) for name in type(row).model_fields] for row in rows]


@pytest.mark.parametrize(
    ("name", "thing"), [("practitioner", "a practitioner"), ("reach", "a contact")]
)
def test_what_may_not_be_read_is_said_to_be_on_file_and_since_when(desks, name, thing):
    there = someone_waiting(desks)
    before = there.browser.get(f"{there.address}/changes/{name}").text
    there.change(name, **BESIDE[name])

    page = there.browser.get(f"{there.address}/changes/{name}").text

    said = f"There is {thing} on file, written on Monday 23 November 2026"
    assert said not in before
    assert said in page
    for hidden in ("jo@example.org", "07700"):
        assert hidden not in page


def test_who_comes_second_to_a_name_reads_the_one_on_file(desks):
    there = someone_waiting(desks)
    there.change("about", **BESIDE["about"])

    second = there.change("about", **BESIDE["about"] | {"first_name": "Shan"}, version="1")

    assert "On file now: Siani O’Neill, prison number Z1234ZZ, born 1 February 1991." in second.text
    assert 'value="Shan"' in second.text


@pytest.mark.parametrize("name", ["reach", "note"])
def test_an_empty_page_says_that_nothing_was_changed(desks, name):
    there = someone_waiting(desks)

    answer = there.change(name)

    assert answer.status_code == 422
    assert "Nothing is filled in, so nothing was changed." in answer.text
    assert there.now(Referral, there.referral.id).version == there.referral.version


def test_with_a_mentor_the_page_offers_what_may_still_be_mended_and_says_why_not_the_rest(desks):
    there = someone_matched(desks)
    there.change("reach", phone="07700 900456", shares="phone")

    page = there.browser.get(there.address).text

    offered = {name for name in CHANGES if f"{there.address}/changes/{name}" in page}
    assert offered == {"about", "practitioner", "reach", "note", "avoid"}
    assert "their mentor was chosen by it" in page
    with desks.session() as db:
        theirs = select(Contact).where(Contact.leaver_id == there.leaver.id)
        assert db.exec(theirs).one().phone == "07700 900456"


def test_what_is_whole_is_endorsed_and_goes_to_the_manager(desks):
    there = someone_waiting(desks)
    there.change("consent", agreed="y")
    page = there.browser.get(there.address).text

    answer = there.endorse()

    assert "Endorse when all of this is right" in page
    assert answer.status_code == 302
    after = there.now(Referral, there.referral.id)
    assert (after.state, after.endorsed_at) == (ReferralState.ENDORSED, NOW)
    assert "With the regional manager" in there.browser.get(there.address).text


def test_what_is_endorsed_once_more_from_an_old_page_is_said_to_be_endorsed_already(desks):
    there = someone_waiting(desks)
    there.change("consent", agreed="y")
    shown = there.now(Referral, there.referral.id).version
    there.endorse()

    answer = there.browser.post(f"{there.address}/endorsement", data={"version": str(shown)})

    assert answer.status_code == 302
    page = there.browser.get(there.address).text
    assert "This is endorsed already." in page
    assert "Someone changed this" not in page


def test_who_endorses_without_a_practitioner_reads_that_nobody_is_named(desks):
    there = someone_waiting(desks)
    there.change("consent", agreed="y")
    before = there.browser.get(there.address).text
    there.change("practitioner", **PRACTITIONER)

    after = there.browser.get(there.address).text

    assert "Nobody has told us who their probation practitioner is" in before
    assert "Nobody has told us" not in after


def test_of_someone_who_stopped_no_day_of_leaving_is_counted_down(desks):
    there = someone_waiting(desks)
    before = there.browser.get(there.address).text
    there.withdraw()

    after = there.browser.get(there.address).text

    assert "Leaves" in before
    assert "Leaves" not in after
    assert "Release date" in after


def test_what_is_missing_is_named_and_nothing_is_endorsed(desks):
    there = someone_waiting(desks, needs={}, consented_on=None)
    page = there.browser.get(there.address).text

    answer = there.endorse()

    for missing in ("Tick what they want help with", "Record the day on which they gave consent"):
        assert missing in page
        assert missing in answer.text
    assert answer.status_code == 422
    assert there.now(Referral, there.referral.id).state is ReferralState.PUT_FORWARD


def test_without_consent_on_file_that_is_recorded_first(desks):
    there = someone_waiting(desks, consented_on=None)

    refused = there.change("likes", interests=["chess"])
    first = there.change("consent", agreed="y")

    assert refused.status_code == 422
    assert "Open “Their yes” first" in refused.text
    assert first.status_code == 302


def test_withdrawing_consent_ends_the_pair_and_clears_its_meetings(desks):
    there = someone_matched(desks)
    unsure = there.withdraw(said_by="")

    answer = there.withdraw()

    assert unsure.status_code == 422
    assert answer.status_code == 302
    pair = there.now(Pair, there.pair.id)
    assert (pair.state, pair.end_reason) == (PairState.ENDED, EndReason.WITHDRAWN)
    assert there.now(Referral, there.referral.id).state is ReferralState.WITHDRAWN
    with desks.session() as db:
        assert {one.state for one in db.exec(select(Meeting))} == {MeetingState.CANCELLED}
    assert "No longer going ahead" in there.browser.get(there.address).text


def test_there_is_one_way_to_stop_and_it_says_what_ends(desks):
    nobody, somebody = someone_waiting(desks), someone_matched(desks)
    asked = unescape(somebody.browser.get(f"{somebody.address}/events/consent").text)
    listed = unescape(somebody.browser.get(somebody.address).text)

    pages = []
    for one in (nobody, somebody):
        one.withdraw()
        pages.append(unescape(one.browser.get(one.address).text))

    assert listed.count("They want to stop") == 1
    assert "is told at once not to come" in asked
    assert "On which day" not in asked
    assert all("Stopped. No letter goes out any more." in page for page in pages)
    assert ["1 pair ends." in page for page in pages] == [False, True]
    assert nobody.browser.get(f"{nobody.address}/withdrawal").status_code == 404


def test_the_pair_shows_a_first_name_and_clearance_and_no_more_of_the_mentor(desks):
    there = someone_matched(desks)

    page = there.browser.get(there.address).text

    assert "Meetings with Alex" in page
    assert "Alex may come into this prison" in page
    for hidden in ("Plain", there.mentor.code, "71.", "First time in prison"):
        assert hidden not in page, hidden


def test_another_prison_finds_none_of_these_pages(desks):
    there = someone_waiting(desks)
    other = desks.browser_of(Role.LIAISON, prison="MDI")
    ways = ("", "/changes/about", "/events/consent", "/date")

    answers = [other.get(f"{there.address}{way}").status_code for way in ways]
    answers += [
        other.post(f"{there.address}{way}").status_code for way in ("/endorsement", *ways[1:])
    ]

    assert set(answers) == {404}
    assert there.browser.get(f"{there.address}/changes/canary").status_code == 404
