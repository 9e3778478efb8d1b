"""The manager's lists, the pages of people behind them, and nothing of another region."""

from datetime import date, timedelta

from sqlmodel import select

from models.audit import AuditEntry
from models.contacts import Contact
from models.desk_words import TaskKind
from models.outbox import HandOver
from models.states import Channel, LetterKind, LetterState, PairState, ReferralState, Role
from models.vetting import Supervision
from models.vocabulary import Region
from tests.rows import NOW, a_letter, a_task
from tests.web.region import OwnRegion

LATER = NOW + timedelta(days=9)


def test_referrals_are_filtered_by_the_address_and_come_in_pages(desks):
    region = OwnRegion(desks)
    for _ in range(26):
        region.referral(leaver={"first_name": "Waiting"})
    last = {"first_name": "Endorsed-one", "release_date": date(2027, 12, 1)}
    region.referral(ReferralState.ENDORSED, leaver=last)

    waiting = region.page("/manager/referrals/?state=waiting")
    second = region.page("/manager/referrals/?state=waiting&page=2")

    assert waiting.count("Waiting (") == 25
    assert second.count("Waiting (") == 1
    assert "Endorsed-one" not in waiting
    assert 'href="/manager/referrals/?state=waiting&page=2"' in waiting
    assert "Endorsed-one" in region.page("/manager/referrals/?page=2")


def test_referrals_to_ring_about_come_first_then_the_next_to_leave_and_last_those_who_left(desks):
    region = OwnRegion(desks)
    today = NOW.date()
    people = {
        "Left-long-ago": today - timedelta(days=90),
        "Left-lately": today - timedelta(days=2),
        "Later": today + timedelta(days=40),
        "Soon": today + timedelta(days=3),
        "Today": today,
        "Unknown": None,
        "Rung-about": today - timedelta(days=1),
        "Rung-already": today - timedelta(days=1),
    }
    told = {
        name: region.referral(leaver={"first_name": name, "release_date": day})
        for name, day in people.items()
    }
    withdrawn = {"first_name": "Withdrawn", "release_date": today + timedelta(days=1)}
    region.referral(ReferralState.WITHDRAWN, leaver=withdrawn)
    ring = {"kind": TaskKind.NO_HOME_SAFE}
    desks.keep(
        a_task(leaver_id=told["Rung-about"].leaver_id, **ring),
        a_task(leaver_id=told["Rung-already"].leaver_id, done_at=NOW, **ring),
        a_task(leaver_id=told["Soon"].leaver_id, region=Region.WALES, **ring),
    )

    page = region.page("/manager/referrals/")

    inside = ["Today", "Soon", "Later", "Unknown"]
    order = ["Rung-about", *inside, "Withdrawn", "Rung-already", "Left-lately", "Left-long-ago"]
    places = [page.index(f"{name} (") for name in order]
    assert places == sorted(places)
    assert page.count("Ring now</strong>") == 1
    assert page.count("Has left</strong>") == 4


def test_whom_a_list_names_is_kept_in_the_audit_each_by_themselves(desks):
    region = OwnRegion(desks)
    pair = region.pair()
    letter = a_letter(pair_id=pair.id, leaver_id=pair.leaver_id)
    desks.keep(letter, a_task(leaver_id=pair.leaver_id, mentor_id=pair.mentor_id))
    names = {("leaver", str(pair.leaver_id), frozenset({"first_name", "release_date"}))}
    reasons = frozenset({"score", "parts", "explanation"})
    read = {
        "referrals/": names,
        "letters/": names,
        "tasks/": names,
        "proposals": {*names, ("pair", str(pair.id), reasons)},
        f"referrals/{pair.referral_id}/override": {
            ("referral", str(pair.referral_id), frozenset({"candidates"})),
            ("mentor", str(pair.mentor_id), frozenset({"candidates"})),
        },
    }

    found = {}
    for address in read:
        before = len(_reads(desks))
        region.page(f"/manager/{address}")
        found[address] = {(one.noun, one.row_id, one.fields) for one in _reads(desks)[before:]}

    assert found == read


def test_an_address_with_nonsense_in_it_shows_the_list_all_the_same(desks):
    region = OwnRegion(desks)
    region.referral(leaver={"first_name": "Sam"})

    queries = ["state=nonsense", "page=0", "page=-3", "page=x", "page=999"]
    pages = {query: region.page(f"/manager/referrals/?{query}") for query in queries}

    assert [query for query, page in pages.items() if "Sam (" not in page] == []


def test_letters_that_could_not_be_sent_come_first_and_no_letter_is_shown_itself(desks):
    region = OwnRegion(desks)
    pair = region.pair(PairState.ACCEPTED, accepted_at=NOW)
    sent = {"message_id": "m", "attempt": 1, "sent_at": NOW, "answer": "250", "body": "Canary"}
    desks.keep(
        a_letter(pair_id=pair.id, state=LetterState.SENT, due_at=NOW, **sent),
        a_letter(pair_id=pair.id, state=LetterState.DEAD, due_at=NOW - timedelta(days=9)),
        a_letter(state=LetterState.DEAD),
    )

    page = region.page("/manager/letters/")

    assert "2 letters" in page
    assert page.index("Could not be sent</strong>") < page.index("Sent</strong>")
    assert "Canary" not in page
    assert "1 letter" in region.page("/manager/letters/?state=dead")


def test_a_letter_on_paper_is_ready_to_print_until_someone_has_handed_it_over(desks):
    region = OwnRegion(desks)
    pair = region.pair(PairState.ACCEPTED, accepted_at=NOW)
    sent = {"state": LetterState.SENT, "attempt": 1, "sent_at": NOW, "answer": "250"}
    on_paper = {"channel": Channel.PRINT, "kind": LetterKind.INTRODUCTION, "message_id": "m"}
    letter = a_letter(pair_id=pair.id, leaver_id=pair.leaver_id, **sent | on_paper)
    desks.keep(letter)
    places = (f"/manager/pairs/{pair.id}", "/manager/letters/", "/manager/letters/?state=to_print")

    before = [region.page(place) for place in places]
    desks.keep(HandOver(letter_id=letter.id, handed_at=LATER))
    after = [region.page(place) for place in places]

    assert all("Ready to print</strong>" in page for page in before)
    assert not any("Sent</strong>" in page for page in before + after)
    assert all("Handed over</strong>" in page for page in after[:2])
    assert "Introduction letter: handed over" in after[0]
    assert "No letter is at this point." in after[2]
    assert "No letter is at this point." in region.page("/manager/letters/?state=sent")
    assert "1 letter" in region.page("/manager/letters/?state=handed_over")


def test_letters_still_to_leave_come_next_the_soonest_first_then_sent_ones_the_newest_first(desks):
    region = OwnRegion(desks)
    pair = region.pair(PairState.ACCEPTED, accepted_at=NOW)
    sent = {"state": LetterState.SENT, "message_id": "m", "attempt": 1, "answer": "250"}
    kinds = {
        LetterKind.GATE_PLAN: {"due_at": NOW + timedelta(days=1), "not_after": LATER},
        LetterKind.DIGEST: {"due_at": NOW, "state": LetterState.RETRY},
        LetterKind.INTRODUCTION: sent | {"sent_at": NOW - timedelta(days=2)},
        LetterKind.OFFER_REMINDER: sent | {"sent_at": NOW},
        LetterKind.OFFER: {"state": LetterState.CANCELLED, "due_at": LATER, "not_after": LATER},
    }
    desks.keep(*(a_letter(pair_id=pair.id, kind=kind, **told) for kind, told in kinds.items()))

    page = region.page("/manager/letters/")

    order = [kind.label for kind in (LetterKind.DIGEST, LetterKind.GATE_PLAN)]
    order += [kind.label for kind in (LetterKind.OFFER_REMINDER, LetterKind.INTRODUCTION)]
    places = [page.index(f">{label}</a>") for label in [*order, LetterKind.OFFER.label]]
    assert places == sorted(places)


def test_what_the_post_does_inside_is_said_in_plain_words(desks):
    region = OwnRegion(desks)
    pair = region.pair(PairState.ACCEPTED, accepted_at=NOW)
    held = {"lease_until": LATER, "message_id": "m", "attempt": 1}
    states = [LetterState.CLAIMED, LetterState.SENDING, LetterState.DUE, LetterState.RETRY]
    desks.keep(*(a_letter(pair_id=pair.id, state=state, **held) for state in states))

    page = region.page("/manager/letters/")

    assert page.count("Being sent</strong>") == 2
    assert page.count("Waiting to go</strong>") == 2
    assert "Claimed" not in page
    assert "To be tried again" not in page
    assert "2 letters" in region.page("/manager/letters/?state=sending")


def test_a_mentors_page_says_what_lapses_next_and_how_to_ring(desks):
    region = OwnRegion(desks)
    mentor = region.mentor(first_name="Rhys")
    late = Supervision(
        mentor_id=mentor.id,
        supervision_until=date(2026, 11, 20),
        recorded_at=NOW + timedelta(minutes=1),
    )
    desks.keep(late, Contact(mentor_id=mentor.id, phone="07700 900123", recorded_at=NOW))
    region.pair(PairState.ACCEPTED, mentor=mentor, accepted_at=NOW)

    page = region.page(f"/manager/mentors/{mentor.id}")

    assert "Friday 20 November 2026" in page
    assert "Out of date" in page
    assert "07700 900123" in page
    assert "1 of 2 taken" in page
    assert "Monday 1 March 2027" in page


def test_the_mentors_of_the_region_are_listed_with_their_places(desks):
    region = OwnRegion(desks)
    mentor = region.mentor(first_name="Rhys")
    region.pair(mentor=mentor)
    region.mentor(first_name="Faraway", region=Region.WALES)

    page = region.page("/manager/mentors")

    assert "Rhys (" in page
    assert "1 of 2" in page
    assert "Faraway" not in page


def test_a_leavers_contact_is_for_the_manager_of_the_referral_alone(desks):
    region = OwnRegion(desks)
    pair = region.pair(PairState.ACCEPTED, accepted_at=NOW, mentor=region.mentor(region="D"))
    desks.keep(Contact(leaver_id=pair.leaver_id, phone="07700 900456", recorded_at=NOW))
    home = desks.browser_of(Role.MANAGER, region=Region.WALES)
    address = f"/manager/leavers/{pair.leaver_id}"

    own, theirs = region.page(address), home.get(address)

    assert "07700 900456" in own
    assert theirs.status_code == 200
    assert "07700 900456" not in theirs.text


def test_an_empty_list_says_what_to_do_next(desks):
    region = OwnRegion(desks)

    lists = ["referrals/", "letters/", "mentors", "proposals"]
    pages = {name: region.page(f"/manager/{name}") for name in lists}

    assert [name for name, page in pages.items() if "gm-empty" not in page] == []


def _reads(desks):
    with desks.session() as db:
        reads = select(AuditEntry).where(AuditEntry.action == "read")
        return db.exec(reads.order_by(AuditEntry.number)).all()
