"""Screening: risk, approvals, probation's word, who to avoid, and what still holds someone."""

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from matcher.people_to_avoid import OPEN
from matcher.screening import Screened
from models.audit import AuditEntry
from models.contacts import Practitioner
from models.council_words import Note, PersonToAvoid
from models.outbox import Letter
from models.privacy import ChangeReason
from models.referrals import Referral, Screening
from models.restrictions import Curfew, ExclusionZone, Link
from models.states import LetterKind, PairState, ReferralState
from models.vocabulary import CountyLines, Group, LinkKind, Risk
from tests.rows import NOW
from tests.web.region import OwnRegion, day
from web.manager_screening_form import ScreeningForm

WHOLE = {
    "risk": "medium",
    "risk_to_public": "medium",
    "assessor": "Pat Assessor",
    **day("assessed_on", 2026, 10, 5),
    "mappa_level": "0",
    "sexual_offence": "no",
    "domestic_abuse": "no",
    "on_licence": "yes",
    "content_by": "Chris Practitioner",
    **day("content_on", 2026, 11, 9),
    "gangs": "north, SOUTH-2",
    "county_lines": "victim",
    "risk_to": ["arson"],
    "no_one_to_one": "y",
    "version": "1",
    "reason": "The prison told us.",
}
WHY = {"reason": "The prison told us."}


def test_a_whole_screening_lets_the_leaver_wait_for_a_mentor(desks):
    region = OwnRegion(desks)
    referral = region.referral(ReferralState.ENDORSED)

    answer = region.browser.post(_screening(referral), data=WHOLE | {"no_one_to_one": []})

    with desks.session() as db:
        told, waiting = db.exec(select(Screening)).one(), db.get_one(Referral, referral.id)
    assert answer.location == f"/manager/referrals/{referral.id}"
    assert waiting.state is ReferralState.WAITING
    assert (told.risk, told.mappa_level, told.sexual_offence) == (Risk.MEDIUM, 0, False)
    assert (told.content_by, told.gangs) == ("Chris Practitioner", {"NORTH", "SOUTH-2"})
    assert (told.county_lines, told.risk_to) == (CountyLines.VICTIM, {Group.ARSON})
    assert "Nothing holds them back" in region.page(answer.location)


def test_what_is_missing_is_saved_as_it_is_and_named_as_a_hold(desks):
    region = OwnRegion(desks)
    referral = region.referral(ReferralState.ENDORSED)
    unknown = {"risk": "", "mappa_level": "2", "sexual_offence": "yes", "domestic_abuse": "yes"}
    silent = {"content_by": "", "content_on": ["", "", ""]}

    region.browser.post(_screening(referral), data=WHOLE | unknown | silent)

    page = region.page(f"/manager/referrals/{referral.id}")
    assert "On hold" in page
    assert "The screening is not complete" in page
    assert "MAPPA level 2 or 3 needs a named, dated approval" in page
    assert "A sexual-offence flag needs" in page
    assert "A domestic-abuse flag needs" in page
    assert "Probation has not said" in page


@pytest.mark.parametrize(
    ("told", "field", "sentence"),
    [
        ({"risk": "low"}, "risk", "Overall: choose medium or more. One group has medium."),
        ({"content_by": ""}, "content_by", "give the name, or take the day out"),
        ({"mappa_approved_by": "Kim"}, "mappa_approved_on-day", "give the day"),
        (day("assessed_on", 2026, 11, 24), "assessed_on-day", "or an earlier day"),
        ({"gangs": "no_rth"}, "gangs", "is no tag"),
        ({"risk": "huge"}, "risk", "Overall: choose one of the answers"),
    ],
)
def test_what_cannot_be_is_named_at_its_field_and_all_that_was_typed_is_kept(
    told, field, sentence, desks
):
    region = OwnRegion(desks)
    referral = region.referral(ReferralState.ENDORSED)
    typed = WHOLE | {"assessor": "Siân ap Rhys"} | told

    answer = region.browser.post(_screening(referral), data=typed)

    with desks.session() as db:
        assert db.exec(select(Screening)).all() == []
        assert db.get_one(Referral, referral.id).state is ReferralState.ENDORSED
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert sentence in answer.text
    assert "Siân ap Rhys" in answer.text


def test_every_question_of_the_screening_has_a_name_of_its_own(desks):
    region = OwnRegion(desks)
    referral = region.referral(ReferralState.ENDORSED)
    wrong = {f"{what}_approved_by": "Kim" for what in ("high_risk", "mappa", "licence")}

    page = region.page(_screening(referral))
    answer = region.browser.post(_screening(referral), data=WHOLE | wrong)

    with desks.app.test_request_context():
        names = [
            field.label.text for field in ScreeningForm() if field.name in Screened.model_fields
        ]
    assert len(names) == len(set(names)) == len(Screened.model_fields)
    assert [name for name in names if name not in page] == []
    for sentence in (
        "When they approved a high or very high risk: give the day",
        "When they approved a MAPPA level 2 or 3: give the day",
        "When they approved the contact all the same: give the day",
    ):
        assert answer.text.count(sentence) == 2


def test_a_screening_is_saved_while_someone_to_avoid_is_not_found_and_the_hold_is_told(desks):
    region = OwnRegion(desks)
    referral = region.referral(ReferralState.ENDORSED)
    person = region.avoided(referral, name="A cousin called Al")
    asked = {"kind": "not_found", "words": "Asked Jo at HMP Leeds."}

    noted = region.browser.post(_avoided(referral, person), data=asked)
    answer = region.browser.post(_screening(referral), data=WHOLE)

    with desks.session() as db:
        assert db.get_one(Referral, referral.id).state is ReferralState.SCREENED
        assert len(db.exec(select(Screening)).all()) == 1
    page = region.page(f"/manager/referrals/{referral.id}")
    assert (noted.status_code, answer.status_code) == (302, 302)
    assert "The leaver is still on hold" in page
    assert OPEN in page
    assert "Not found yet." in page
    assert "Asked Jo at HMP Leeds." in page
    assert OPEN in region.page("/manager/to-screen")


def test_a_link_to_the_leavers_own_number_is_refused_and_the_hold_stays(desks):
    region = OwnRegion(desks)
    referral = region.referral(ReferralState.ENDORSED)
    person, own = region.avoided(referral), region.leaver(referral).prison_number

    answer = region.browser.post(
        _avoided(referral, person), data={"kind": "non_association", "prison_number": own}
    )

    with desks.session() as db:
        assert db.exec(select(Link)).all() == []
        assert db.get_one(PersonToAvoid, person.id).settled_at is None
    assert answer.status_code == 422
    assert "This is the same person." in answer.text


def test_a_second_screening_starts_from_the_first_and_meets_one_made_meanwhile(desks):
    region = OwnRegion(desks)
    referral = region.referral(ReferralState.ENDORSED)
    region.browser.post(_screening(referral), data=WHOLE)
    page = region.page(_screening(referral))

    late = region.browser.post(_screening(referral), data=WHOLE | {"assessor": "Too Late"})

    assert 'value="Pat Assessor"' in page
    assert 'value="NORTH SOUTH-2"' in page
    assert late.status_code == 409
    assert "Too Late" in late.text


def test_of_two_screenings_at_once_the_later_one_shows_the_first_and_replaces_it_on_purpose(desks):
    region = OwnRegion(desks)
    referral = region.referral(ReferralState.ENDORSED)
    mine = WHOLE | {"assessor": "Too Late", "risk": "", "mappa_level": "2"}
    region.browser.post(_screening(referral), data=WHOLE)
    desks.now = NOW + timedelta(minutes=1)

    late = region.browser.post(_screening(referral), data=mine)
    version = re.search(r'name="version"[^>]*value="(\d+)"', late.text)
    again = mine | {"version": version[1], "meanwhile": "yes"}
    unticked = region.browser.post(_screening(referral), data=again)
    with desks.session() as db:
        before = [one.assessor for one in db.exec(select(Screening))]
    ticked = region.browser.post(_screening(referral), data=again | {"instead": "y"})

    compared = re.sub(r"<[^>]+>|\s+", " ", late.text)
    for now, typed in (
        ("Medium", "Left open"),
        ("Pat Assessor", "Too Late"),
        ("Not managed under MAPPA", "Level 2"),
    ):
        assert re.search(rf"{now} +(You typed)? *{typed}", compared), (now, typed)
    assert unticked.status_code == 422
    assert "Read what is saved now, then tick the box" in unticked.text
    assert before == ["Pat Assessor"]
    assert ticked.status_code == 302
    with desks.session() as db:
        assert {one.assessor for one in db.exec(select(Screening))} == {"Pat Assessor", "Too Late"}


def test_a_leaver_for_whom_a_mentor_is_asked_is_not_said_to_be_waiting(desks):
    region = OwnRegion(desks)
    proposed, offered = region.pair(), region.pair(PairState.OFFERED, answer_by=NOW)

    of_proposed = region.page(f"/manager/referrals/{proposed.referral_id}")
    of_offered = region.page(f"/manager/referrals/{offered.referral_id}")

    assert "A mentor is proposed for them. Nobody is asked until you approve it." in of_proposed
    assert "A mentor is asked, and has until" in of_offered
    for page in (of_proposed, of_offered):
        assert "The next plan looks for a mentor" not in page
        assert not re.search(r"govuk-tag[^>]*>Waiting<", page)


def test_a_person_to_avoid_becomes_a_link_by_prison_number(desks):
    region = OwnRegion(desks)
    referral = region.referral(ReferralState.ENDORSED)
    person = region.avoided(referral)

    answer = region.browser.post(
        _avoided(referral, person), data={"kind": "non_association", "prison_number": "b1234cd"}
    )

    with desks.session() as db:
        link, settled = db.exec(select(Link)).one(), db.get_one(PersonToAvoid, person.id)
    assert answer.location.startswith(f"/manager/referrals/{referral.id}")
    assert (link.kind, link.other_prison_number) == (LinkKind.NON_ASSOCIATION, "B1234CD")
    assert settled.link_id == link.id
    assert "Prison number B1234CD" in region.page(f"/manager/referrals/{referral.id}")


def test_a_person_to_avoid_may_need_no_link(desks):
    region = OwnRegion(desks)
    referral = region.referral(ReferralState.ENDORSED)
    person = region.avoided(referral)

    told = {"kind": "none", "words": "Al has died."}
    region.browser.post(_avoided(referral, person), data=told)

    with desks.session() as db:
        assert db.exec(select(Link)).all() == []
        assert db.get_one(PersonToAvoid, person.id).settled_at == NOW
    assert "Al has died." in region.page(f"/manager/referrals/{referral.id}")


def test_someone_named_by_halves_or_twice_settles_nothing(desks):
    region = OwnRegion(desks)
    referral = region.referral(ReferralState.ENDORSED)
    person = region.avoided(referral)
    wrong = [
        ({}, "kind"),
        ({"kind": "none"}, "words"),
        ({"kind": "not_found"}, "words"),
        ({"kind": "victim"}, "prison_number"),
        ({"kind": "victim", "prison_number": "nonsense"}, "prison_number"),
        ({"kind": "victim", "first_name": "Al"}, "surname"),
        ({"kind": "victim", "prison_number": "B1234CD", "surname": "Canary"}, "prison_number"),
    ]

    answers = [(region.browser.post(_avoided(referral, person), data=one), at) for one, at in wrong]

    with desks.session() as db:
        assert db.get_one(PersonToAvoid, person.id).settled_at is None
    assert {answer.status_code for answer, _field in answers} == {422}
    assert all(f'href="#{field}"' in answer.text for answer, field in answers)


def test_a_link_that_names_a_leaver_by_name_is_on_their_page_and_can_be_closed(desks):
    region = OwnRegion(desks)
    referral = region.referral()
    other = region.referral(leaver={"first_name": "Gwen", "surname": "Ferch-Huw"})
    named = {"first_name": "gwen", "surname": "Ferch Huw", **day("birth_date", 1990, 5, 17)}
    region.browser.post(
        f"/manager/referrals/{referral.id}/links/new", data={"kind": "family"} | named | WHY
    )
    with desks.session() as db:
        link = db.exec(select(Link)).one()
    address = f"/manager/referrals/{other.id}/links/{link.id}/closing"

    seen = region.page(f"/manager/referrals/{other.id}")
    region.browser.post(address, data=WHY)

    assert f'href="{address}"' in seen
    with desks.session() as db:
        assert db.get_one(Link, link.id).closed_at == NOW
    assert region.browser.get(address).status_code == 404


def test_zones_and_curfews_are_added_and_ended(desks):
    region = OwnRegion(desks)
    referral = region.referral()
    page = f"/manager/referrals/{referral.id}"

    region.browser.post(f"{page}/zones/new", data={"district": "LS1 4AP"} | WHY)
    region.browser.post(f"{page}/curfews/new", data={"hours": "daily 19-7"} | WHY)
    bad = region.browser.post(f"{page}/curfews/new", data={"hours": "at night"} | WHY)
    seen, story = region.page(page), region.page(f"/manager/leavers/{referral.leaver_id}")

    with desks.session() as db:
        zone, curfew = db.exec(select(ExclusionZone)).one(), db.exec(select(Curfew)).one()
    assert "Something changed that must be screened again" in story
    assert "Not in LS1" in seen
    assert "At home Every day 7pm to 7am" in seen
    assert bad.status_code == 422
    assert "at night" in bad.text
    for kind, row in (("zones", zone), ("curfews", curfew)):
        region.browser.post(f"{page}/{kind}/{row.id}/lifting", data=WHY)
    assert "Not in LS1" not in region.page(page)


def test_the_practitioner_is_asked_by_e_mail_if_their_address_is_known(desks):
    region = OwnRegion(desks)
    referral = region.referral(ReferralState.ENDORSED)
    address = f"/manager/referrals/{referral.id}/practitioner-question"

    refused = region.browser.post(address, data={"version": 1})
    desks.keep(
        Practitioner(
            leaver_id=referral.leaver_id, name="Kim", email="kim@example.org", recorded_at=NOW
        )
    )
    region.browser.post(address, data={"version": 1})

    with desks.session() as db:
        letter = db.exec(select(Letter)).one()
    assert refused.status_code == 422
    assert "no e-mail address" in refused.text
    assert letter.kind is LetterKind.PRACTITIONER_QUESTION
    assert "kim@example.org" in region.page(f"/manager/referrals/{referral.id}")


def test_surname_number_and_birth_date_are_hidden_until_asked_for_and_asking_is_kept(desks):
    region = OwnRegion(desks)
    referral = region.referral(leaver={"surname": "Canary", "crn": "X123456"})
    leaver = region.leaver(referral)
    page = f"/manager/referrals/{referral.id}"
    secrets = ("Canary", leaver.prison_number, "X123456", "17 May 1990")

    hidden, before = region.page(page), _kept_reads(desks, "leaver")
    shown = region.page(f"{page}?show=identity")

    assert not any(secret in hidden for secret in secrets)
    assert all(secret in shown for secret in secrets)
    assert before == set()
    assert _kept_reads(desks, "leaver") == {"surname", "prison_number", "crn", "birth_date"}


def test_reading_a_referral_is_kept_in_the_audit(desks):
    region = OwnRegion(desks)
    referral = region.referral()
    desks.keep(Note(leaver_id=referral.leaver_id, text="Likes canaries.", recorded_at=NOW))

    page = region.page(f"/manager/referrals/{referral.id}")

    assert "Likes canaries." in page
    assert {"screening", "notes", "needs"} <= _kept_reads(desks, "referral")


def _screening(referral):
    return f"/manager/referrals/{referral.id}/screening"


def _avoided(referral, person):
    return f"/manager/referrals/{referral.id}/people-to-avoid/{person.id}"


def _kept_reads(desks, noun):
    with desks.session() as db:
        reads = db.exec(select(AuditEntry).where(AuditEntry.action == "read"))
        return {field for entry in reads if entry.noun == noun for field in entry.fields}


def test_a_change_is_asked_for_its_reason_and_the_audit_holds_no_word_of_it(desks):
    region = OwnRegion(desks)
    referral = region.referral(ReferralState.ENDORSED)
    page = f"/manager/referrals/{referral.id}"
    first = region.browser.post(_screening(referral), data=WHOLE | {"reason": ""})
    again = {"version": "2", "risk_to_public": "low", "reason": ""}

    changes = [
        (_screening(referral), WHOLE | again),
        (f"{page}/zones/new", {"district": "LS1 4AP"}),
        (f"{page}/curfews/new", {"hours": "daily 19-7"}),
        (f"{page}/links/new", {"kind": "family", "prison_number": "A7654BC"}),
    ]
    refused = [region.browser.post(address, data=typed) for address, typed in changes[1:]]
    region.browser.post(f"{page}/zones/new", data={"district": "LS1 4AP", "reason": "Canarywhy"})

    assert first.status_code == 302
    assert "Why do you change this?" in region.page(_screening(referral))
    assert {one.status_code for one in refused} == {422}
    assert all("Write why you change this." in one.text for one in refused)
    assert "Canarywhy" in region.page(page)
    with desks.session() as db:
        told = db.exec(select(ChangeReason)).one()
        zone = db.exec(select(ExclusionZone)).one()
        entries = db.exec(select(AuditEntry)).all()
    assert (told.row_id, told.leaver_id) == (str(zone.id), referral.leaver_id)
    assert "Canarywhy" not in str([one.model_dump() for one in entries])
