"""Every page of every desk, by following the links of a region where all kinds of things wait.

What only a button opens is seen in `test_the_way_through.py` and in `test_events_told.py`.
"""

import re
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from matcher import break_glass
from matcher.desks.todays_work import AT_A_GLANCE
from matcher.invitations import invite
from matcher.twin_tasks import key_of
from models.accounts import Account
from models.council_words import Draft
from models.desk_words import TaskKind
from models.hours import read_hours
from models.need_words import ExpenseState
from models.needs import ForumDate
from models.own_says import OwnSay, Wish
from models.people import Mentor
from models.restrictions import Curfew, ExclusionZone, Link
from models.rows import Row
from models.states import LetterState, MeetingKind, ReferralState, Role
from models.vocabulary import LinkKind, Region
from tests.browser.screen import IDS, Screen
from tests.browser.site import Site
from tests.matcher.accepted import an_accepted_pair
from tests.rows import (
    NOW,
    a_leaver_row,
    a_letter,
    a_mentor_row,
    a_plan_request,
    a_plan_run,
    a_receipt,
    a_referral,
    a_standby,
    a_task,
    an_expected_leaver,
    an_expense,
    days_away,
    needs_of,
)
from tests.web.region import OwnRegion
from tests.web.walks import a_walk, an_offer, booked
from web.desks import desk_for, desk_of

FILES = (".pdf", ".csv", ".xlsx", ".ics", "/receipt")
NUMBERS = re.compile(r"\d+")
AT_MOST = 3
"""So many pages of one kind are looked at: three referrals, three pairs."""

SEEN_ON_THE_WAY = {
    "peer_forms.avoid_someone",
    "peer_forms.check",
    "peer_forms.key_in",
    "liaison_forms.avoid_someone",
    "liaison_forms.check",
    "liaison_forms.key_in",
    "liaison_uploads.preview",
    "mentor_coming_out.come_out",
    "mentor_coming_out.stay_in",
    "mentor_coming_out.told",
    "mentor_how.tell",
}
"""Pages that no link leads to, since a button opens them."""


def at_the_peers(site: Site) -> list[Account]:
    """A peer with a form begun and one sent."""
    peer = site.desks.account(Role.PEER)
    leaver = a_leaver_row()
    sent = a_referral(leaver, state=ReferralState.PUT_FORWARD, put_forward_by=peer.id)
    site.desks.keep(leaver, sent, a_form_begun(peer))
    return [peer]


def at_the_liaisons(site: Site) -> list[Account]:
    """A liaison with someone to endorse, someone to book for, and someone in a report."""
    liaison = site.desks.account(Role.LIAISON)
    leaver = a_leaver_row()
    waiting = a_referral(leaver, state=ReferralState.PUT_FORWARD)
    site.desks.keep(leaver, waiting, an_expected_leaver(), a_form_begun(liaison))
    _someone_to_ask(site)
    last = NOW.date() + timedelta(weeks=11)  # so that those before are looked at first
    _someone_to_ask(site, last, wish=Wish.CHOSEN, said_at=NOW)
    with site.desks.session() as db:
        an_accepted_pair(db).plan()
        db.commit()
    return [liaison]


def _someone_to_ask(site: Site, release: date | None = None, **said: Any) -> None:
    """Someone who waits, and was shown a mentor without a name; `said` is what they said of it."""
    leaver = a_leaver_row(**({"release_date": release} if release else {}))
    mentor, referral = a_mentor_row(), a_referral(leaver, state=ReferralState.WAITING)
    site.desks.keep(leaver, referral, mentor)
    whose = {"leaver_id": leaver.id, "referral_id": referral.id, "mentor_id": mentor.id}
    told = {"region": ["Yorkshire and the Humber"], "speaks": ["Welsh"], "lived": ["recovery"]}
    site.desks.keep(OwnSay(number=1, told=told, recorded_at=NOW, **whose, **said))


def a_form_begun(account: Account) -> Draft:
    answers = {"experience": {"experiences": ["care"]}}
    return Draft(account_id=account.id, answers=answers, created_at=NOW, changed_at=NOW)


def at_the_mentors(site: Site) -> list[Account]:
    """A mentor with an offer, and one who waits at the gate today and is asked who came."""
    offered, walking = an_offer(site.desks), a_walk(site.desks, release_date=NOW.date())
    walking.meeting(kind=MeetingKind.GATE, **booked(NOW.date(), hour=12))
    walking.meeting(**booked(NOW.date() - timedelta(days=1)))
    walking.meeting(kind=MeetingKind.PRISON_VISIT, **booked(NOW.date() + timedelta(days=1)))
    walking.follow_up()
    site.desks.keep(*needs_of(walking.mentor), *claims_of(walking.mentor))
    site.desks.keep(a_forum(walking.mentor, days=8))
    return [offered.account, walking.account]


def claims_of(mentor: Mentor) -> list[Row]:
    """A claim that waits, with a receipt, and one that is approved."""
    decided = {"state": ExpenseState.APPROVED, "decided_at": NOW}
    waits, approved = an_expense(mentor), an_expense(mentor, pence=999, **decided)
    return [waits, a_receipt(waits), approved]


def a_forum(mentor: Mentor, *, days: int) -> ForumDate:
    """A forum of the mentor's region, in so many days: one region has one at a time."""
    soon = {"starts_at": NOW + timedelta(days=days), "recorded_at": NOW}
    return ForumDate(region=mentor.region, place="The hub, Leeds", **soon)


def at_the_managers(site: Site) -> list[Account]:
    """A manager with proposals, people to screen and settle, tasks and letters, and a link."""
    manager = site.desks.account(Role.MANAGER)
    region = OwnRegion(site.desks)
    tomorrow, soon = (NOW.date() + timedelta(days=days) for days in (1, 9))
    referral = region.referral(ReferralState.ENDORSED, leaver={"release_date": tomorrow})
    pair = region.pair()
    region.pair()  # to swap with
    for _ in range(AT_A_GLANCE):
        region.referral(ReferralState.ENDORSED, leaver={"release_date": soon})
    region.referral(leaver={"release_date": tomorrow})
    region.avoided(referral)
    apart = {"kind": LinkKind.NON_ASSOCIATION, "other_prison_number": "Z9999ZZ"}
    link = Link(one_leaver_id=referral.leaver_id, recorded_at=NOW, recorded_by=manager.id, **apart)
    many = [a_task(pair_id=pair.id) for _ in range(9)]
    alike = (referral.leaver_id, pair.leaver_id)
    twins = {"kind": TaskKind.TWINS, "key": key_of(*alike), "leaver_id": referral.leaver_id}
    many.append(a_task(**twins))
    bounds = {"leaver_id": referral.leaver_id, "recorded_at": NOW, "recorded_by": manager.id}
    zone = ExclusionZone(district="LS1", **bounds)
    curfew = Curfew(hours=read_hours("daily 19-7"), **bounds)
    site.desks.keep(link, zone, curfew, a_plan_run(), *many)
    yesterday = a_plan_run(recorded_at=NOW - timedelta(days=1))
    site.desks.keep(yesterday, a_plan_request())
    site.desks.keep(a_standby(pair, region.mentor()))
    site.desks.keep(a_letter(pair_id=pair.id, mentor_id=pair.mentor_id, state=LetterState.DEAD))
    with site.desks.session() as db:
        mentor = db.get_one(Mentor, pair.mentor_id)
    site.desks.keep(*needs_of(mentor), *claims_of(mentor), a_forum(mentor, days=10))
    site.desks.account(Role.LIAISON)
    _a_record_asked_for(site, site.desks.account(Role.ADMINISTRATOR), None)
    colleague = site.desks.account(Role.MANAGER, region=Region.WALES)
    site.desks.keep(days_away(colleague, deputy_id=manager.id))
    return [manager]


def at_the_administrators(site: Site) -> list[Account]:
    """An administrator with accounts to look after, a code on its way, and an open record."""
    site.desks.account(Role.PEER)
    asker, second = (site.desks.account(Role.ADMINISTRATOR) for _ in range(2))
    _a_record_asked_for(site, asker, second)
    return [asker]


def _a_record_asked_for(site: Site, asker: Account, second: Account | None) -> None:
    """A record that one administrator asked for, and a second person agreed to open."""
    walk = a_walk(site.desks)
    with site.desks.session() as db:
        told = {"code": walk.leaver.code, "reason": "Their letters go to nobody."}
        glass = break_glass.ask(db, asker, now=site.desks.now, **told)
        if second:
            break_glass.agree(db, glass, by=second, now=site.desks.now)
        scope = {"region": Region.YORKSHIRE}
        invite(db, second or asker, Role.MANAGER, now=site.desks.now, name="Morgan", **scope)
        invite(db, None, Role.PEER, now=site.desks.now, name="Kit", prison="LEI")
        db.commit()


BUSY_DESKS: dict[Role, Callable[[Site], list[Account]]] = {
    Role.PEER: at_the_peers,
    Role.LIAISON: at_the_liaisons,
    Role.MENTOR: at_the_mentors,
    Role.MANAGER: at_the_managers,
    Role.ADMINISTRATOR: at_the_administrators,
}


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", BUSY_DESKS, ids=str)
def test_every_page_that_a_link_leads_to_is_there_and_fits_the_screen(
    role: Role, site: Site, screen: Screen
) -> None:
    seen: set[str] = set()
    for account in BUSY_DESKS[role](site):
        screen.signs_in(account)

        seen |= endpoints_by_links(screen, site.desks.app)

    assert pages_of(role, site.desks.app) - seen <= SEEN_ON_THE_WAY


def endpoints_by_links(screen: Screen, app: Flask) -> set[str]:
    """Follow every link from the start, a few pages of each kind; return what was seen."""
    addresses = app.url_map.bind("127.0.0.1")
    return {str(addresses.match(path.split("?")[0])[0]) for path in paths_by_links(screen)}


def paths_by_links(screen: Screen) -> set[str]:
    """Follow every link from the start, a few pages of each kind; return their addresses."""
    waiting, followed, kinds = ["/"], set[str](), Counter[str]()
    while waiting:
        path = waiting.pop(0)
        kind = NUMBERS.sub("-", IDS.sub("-", path))
        if path in followed or kinds[kind] == AT_MOST or path.split("?")[0].endswith(FILES):
            continue
        followed.add(path)
        kinds[kind] += 1
        screen.opens(path)
        here = [link for link in screen.links if link.startswith(screen.site.address)]
        waiting += [link.removeprefix(screen.site.address).split("#")[0] for link in here]
    return followed


def pages_of(role: Role, app: Flask) -> set[str]:
    """The endpoints of a desk that are pages, not files and not acts."""
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.rule.endswith(FILES)
        if desk_of(rule.endpoint.split(".")[0]) is desk_for(role)
    }
