"""What a mentor says to each purpose, on their own page and at the manager's desk."""

import pytest
from sqlmodel import select

from models.audit import AuditEntry
from models.events import Event
from models.people import Mentor
from models.privacy import Consent
from models.privacy_words import OF_LEAVERS, OF_MENTORS, Purpose
from models.states import MentorState, Role
from models.vocabulary import Region
from tests.rows import NOW
from tests.web.walks import a_walk

OWN = "/mentor/consents/"
DAY = ["23", "11", "2026"]


@pytest.fixture
def walk(desks):
    return a_walk(desks)


def version(walk):
    return str(walk.read(Mentor, walk.mentor.id).version)


def say(walk, about, **told):
    data = {"purpose": about.value, "given": "no", "version": version(walk)}
    return walk.browser().post(OWN, data=data | told)


def tell(desks, walk, about, **told):
    data = {"purpose": about.value, "given": "no", "told_on": DAY, "version": version(walk)}
    return desks.browser_of(Role.MANAGER).post(at_the_managers(walk), data=data | told)


def at_the_managers(walk):
    return f"/manager/mentors/{walk.mentor.id}/consents"


def consents(desks):
    with desks.session() as db:
        return db.exec(select(Consent)).all()


def test_each_purpose_is_shown_with_what_lets_us_and_what_a_no_does(desks, walk):
    manager = desks.browser_of(Role.MANAGER)

    pages = [walk.browser().get(OWN).text, manager.get(at_the_managers(walk)).text]

    for page in pages:
        assert not any(f'value="{purpose.value}"' in page for purpose in OF_LEAVERS)
        assert "A task in the public interest" in page
        assert page.count("to being a mentor") >= 3
    own, managers = (page.replace("&#39;", "'") for page in pages)
    assert all(purpose.label in managers for purpose in OF_MENTORS)
    assert "Their words are deleted." in managers
    assert "We delete your words." in own
    assert "Not asked yet" not in own


def test_a_mentor_is_spoken_to_on_their_own_page(walk):
    page = walk.browser().get(OWN).text

    told = page[page.index("<h1") : page.index("</form>", page.index("<h1"))]
    assert "Being a mentor, matched by what you have lived through" in told
    for about_them in ("mentor's", "&#39;s own", "they", "They", "their", "Their"):
        assert about_them not in told


def test_a_mentor_finds_the_page_from_the_diary_and_from_the_account(walk):
    browser = walk.browser()

    assert all(OWN in browser.get(address).text for address in ("/mentor/", "/account/"))


def test_the_manager_finds_the_page_from_the_mentors(desks, walk):
    page = desks.browser_of(Role.MANAGER).get(f"/manager/mentors/{walk.mentor.id}").text

    assert at_the_managers(walk) in page


def test_a_no_of_the_mentors_own_is_kept_shown_and_in_the_audit(desks, walk):
    answer = say(walk, Purpose.TEXTS)

    [kept] = consents(desks)
    page = walk.browser().get(OWN).text
    assert answer.status_code == 302
    assert (kept.mentor_id, kept.given, kept.told_on) == (walk.mentor.id, False, NOW.date())
    assert kept.recorded_by == walk.account.id
    assert "No, said on" in page
    with desks.session() as db:
        about = AuditEntry.mentor_id == walk.mentor.id
        entry = db.exec(select(AuditEntry).where(AuditEntry.noun == "consent", about)).one()
    assert (entry.account_id, entry.row_id) == (walk.account.id, str(kept.id))


def test_a_no_to_being_a_mentor_leads_to_the_page_that_says_what_follows(desks, walk):
    answer = say(walk, Purpose.WALKING)

    assert answer.location.endswith("/mentor/stopping")
    assert consents(desks) == []
    walk.browser().post("/mentor/stopping/confirmation", data={"sure": "y"})
    [kept] = consents(desks)
    assert (kept.purpose, kept.given) == (Purpose.WALKING, False)


def test_a_no_that_a_manager_records_ends_all_in_the_same_transaction(desks, walk):
    answer = tell(desks, walk, Purpose.WALKING)

    assert answer.status_code == 302
    assert walk.read(Mentor, walk.mentor.id).state is MentorState.ENDED
    with desks.session() as db:
        assert len(db.exec(select(Event)).all()) == 1
    page = desks.browser_of(Role.MANAGER).get(at_the_managers(walk)).text
    assert "Written down by: Regional manager" in page
    refused = tell(desks, walk, Purpose.WALKING, given="yes")
    assert refused.status_code == 422
    assert "They have stopped being a mentor." in refused.text


def test_after_a_no_own_words_are_gone_and_taken_again_only_after_a_yes(desks, walk):
    typed = {"own_words": "It got better.", "email": "alex@example.org", "phone": ""}
    browser = walk.browser()
    browser.post("/mentor/words/", data=typed | {"version": version(walk)})
    say(walk, Purpose.OWN_WORDS)

    assert walk.read(Mentor, walk.mentor.id).own_words == ""
    again = browser.post("/mentor/words/", data=typed | {"version": version(walk)})
    assert again.status_code == 422
    assert "You said no to your own words in letters." in again.text
    assert "It got better." in again.text
    assert walk.read(Mentor, walk.mentor.id).own_words == ""


@pytest.mark.parametrize(
    "told", [{"given": ""}, {"purpose": "selling"}, {"purpose": "matching"}, {"purpose": ""}]
)
def test_what_is_missing_or_is_not_asked_of_mentors_changes_nothing(desks, walk, told):
    own, managers = say(walk, Purpose.TEXTS, **told), tell(desks, walk, Purpose.TEXTS, **told)

    assert (own.status_code, managers.status_code) == (422, 422)
    assert consents(desks) == []


def test_a_day_ahead_is_refused(desks, walk):
    answer = tell(desks, walk, Purpose.TEXTS, told_on=["24", "11", "2026"])

    assert answer.status_code == 422
    assert consents(desks) == []


def test_it_is_there_for_nobody_else(desks, walk):
    address = at_the_managers(walk)
    elsewhere = desks.browser_of(Role.MANAGER, region=Region.WALES)
    others = [elsewhere, desks.browser_of(Role.PEER), desks.browser_of(Role.LIAISON)]

    answers = {one.get(address).status_code for one in [*others, walk.browser()]}

    assert answers == {404}
    assert {one.get(OWN).status_code for one in others} == {404}
