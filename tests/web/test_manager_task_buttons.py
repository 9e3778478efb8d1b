"""Tasks that one tap settles: a pair that stays on pause or ends, and what is only to be seen."""

import pytest
from sqlmodel import select

from matcher.life_events import record
from matcher.life_facts import NewSentence, RiskChanged
from models.desk_words import RiskPart, TaskKind
from models.pairs import Pair
from models.states import EventKind, PairState, Role
from models.tasks import Task
from models.vocabulary import Region
from tests.rows import NOW, a_task
from tests.web.prisons import someone_matched

SENTENCED = (EventKind.NEW_SENTENCE, NewSentence(on=NOW.date()))
RISK = (EventKind.RISK_CHANGED, RiskChanged(on=NOW.date(), what=RiskPart.RISK))

RAISES = {
    EventKind.NEW_SENTENCE: TaskKind.DECIDE,
    EventKind.RISK_CHANGED: TaskKind.SCREEN_AGAIN,
}


@pytest.fixture
def there(desks):
    return someone_matched(desks)


def raised_by(there, kind, facts):
    with there.desks.session() as db:
        leaver = db.get_one(type(there.leaver), there.leaver.id)
        record(db, leaver, kind, facts, happened_at=NOW, by=None, now=NOW)
        db.commit()
        return db.exec(select(Task).where(Task.kind == RAISES[kind])).one()


def test_a_pair_stays_on_pause_by_one_tap(desks, there):
    task = raised_by(there, *SENTENCED)
    browser = desks.browser_of(Role.MANAGER)
    page = browser.get(f"/manager/tasks/{task.id}").text

    answer = browser.post(f"/manager/tasks/{task.id}/pause", data={"version": task.version})

    assert "Keep on pause" in page
    assert "End the pair" in page
    assert answer.location == "/manager/"
    done = there.now(Task, task.id)
    assert (done.outcome, done.done_at) == ("The pair stays on pause.", NOW)
    assert there.now(Pair, there.pair.id).state is PairState.SUSPENDED


def test_a_pair_ends_by_one_tap_and_a_second_tap_says_that_it_has(desks, there):
    task = raised_by(there, *SENTENCED)
    browser = desks.browser_of(Role.MANAGER)
    address = f"/manager/tasks/{task.id}/ending"

    first = browser.post(address, data={"version": task.version})
    again = browser.post(address, data={"version": task.version}, follow_redirects=True)

    assert first.location == "/manager/"
    assert there.now(Pair, there.pair.id).state is PairState.ENDED
    assert there.now(Task, task.id).outcome == "The pair has ended."
    assert "This is done already. The pair has ended." in again.text


def test_a_changed_risk_is_off_the_list_once_it_is_seen(desks, there):
    task = raised_by(there, *RISK)
    browser = desks.browser_of(Role.MANAGER)
    page = browser.get(f"/manager/tasks/{task.id}").text

    browser.post(f"/manager/tasks/{task.id}/sight", data={"version": task.version})

    assert "I have seen this" in page
    assert f"/manager/referrals/{there.referral.id}/screening" in page
    assert there.now(Task, task.id).done_at == NOW


def test_a_button_on_a_page_that_grew_stale_does_nothing(desks, there):
    task = raised_by(there, *SENTENCED)
    browser = desks.browser_of(Role.MANAGER)

    for way in ("pause", "ending"):
        answer = browser.post(f"/manager/tasks/{task.id}/{way}", data={"version": "99"})

        assert answer.status_code == 409
    assert there.now(Task, task.id).done_at is None
    assert there.now(Pair, there.pair.id).state is PairState.SUSPENDED


def test_a_task_of_another_kind_or_region_has_no_such_button(desks, there):
    browser = desks.browser_of(Role.MANAGER)
    ring, elsewhere = a_task(kind=TaskKind.RING), a_task(kind=TaskKind.DECIDE, region=Region.WALES)
    desks.keep(ring, elsewhere)

    for task in (ring, elsewhere):
        for way in ("pause", "ending", "sight"):
            answer = browser.post(f"/manager/tasks/{task.id}/{way}", data={"version": "1"})
            assert answer.status_code == 404
    assert "Keep on pause" not in browser.get(f"/manager/tasks/{ring.id}").text
