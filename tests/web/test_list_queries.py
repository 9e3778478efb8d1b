"""No list of the manager's asks the database more often because it is longer."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from models.states import PairState, ReferralState
from tests.rows import NOW, TODAY, a_letter, a_meeting, a_standby, a_task
from tests.web.region import OwnRegion
from web.manager_exports import EXPORTS

SEARCHED = (
    "referrals/",
    "mentors",
    "letters/",
    "tasks/",
    "proposals",
    "pairs/",
    "meetings/",
    "lapses/",
)
OTHERS = ("to-screen", "without-cover", "nobody-yet/")
FILES = tuple(f"files/{name}.csv" for name in EXPORTS)


@pytest.fixture
def region(desks):
    return OwnRegion(desks)


def people_for_every_list(region: OwnRegion, many: int) -> None:
    """So many rows on every list: half of the pairs are proposed, half have said yes."""
    for number in range(many):
        goes_on = {"state": PairState.ACCEPTED, "accepted_at": NOW} if number % 2 else {}
        pair = region.pair(**goes_on)
        ids = {"pair_id": pair.id, "leaver_id": pair.leaver_id, "mentor_id": pair.mentor_id}
        rows = [a_letter(**ids), a_task(**ids), a_meeting(pair)]
        region.desks.keep(*rows, a_standby(pair, region.mentor()))
        soon = {"release_date": TODAY + timedelta(days=9)}
        region.referral(ReferralState.ENDORSED, leaver=soon)


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_list_of_25_asks_as_often_as_a_list_of_5(region):
    asked = []
    event.listen(region.desks.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    search = region.browser.post("/manager/referrals/", data={"who": "Sam"}).location
    found = (f"{one}?{search.partition('?')[2]}" for one in SEARCHED)
    pages = {*SEARCHED, *found, *OTHERS, *FILES}

    def queries() -> dict[str, int]:
        counts = {}
        for page in pages:
            asked.clear()
            region.page(f"/manager/{page}")
            counts[page] = len(asked)
        return counts

    people_for_every_list(region, 5)
    of_five = queries()
    people_for_every_list(region, 20)
    of_more = queries()

    assert of_more == of_five
    assert max(of_more.values()) < 40
