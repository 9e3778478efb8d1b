"""A world of canaries: people at every stage, and every kind of account to look at them with.

Stories stand side by side: one pair that is offered, one accepted, one that ended lately, one that
ended fifteen days ago, one proposed, one referral that waits, and all of it again in another
prison and region with another mentor ("foreign").
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session, select

from matcher.accounts import begin_stay
from matcher.devices import hash_of_token
from matcher.second_factor import begin_app
from models.accounts import Account, Credential, SignIn, Unsent
from models.calendar_feeds import CalendarFeed
from models.contacts import Contact
from models.council_words import Note
from models.deputies import ManagerAway
from models.desk_words import ContactWay, GateStep
from models.former import FormerNumber
from models.gate import GateMark, GatePlan
from models.hours import read_hours
from models.meetings import DaysAsked
from models.need_words import ExpenseState, ReceiptKind
from models.needs import ForumDate
from models.outbox import HandOver, LetterAttempt
from models.pairs import PairHistory
from models.post import ClockHealth, PostHold
from models.restrictions import Curfew, GangTag
from models.rows import Row
from models.runs import JobRun
from models.sign_ins import Invitation, RememberedDevice, SecondFactor
from models.states import (
    Channel,
    EndReason,
    LetterKind,
    LetterState,
    MeetingKind,
    MeetingState,
    MentorState,
    PairState,
    ReferralState,
    Role,
)
from models.vocabulary import Region
from tests.rows import (
    BOOKED,
    NOW,
    a_letter,
    a_meeting,
    a_mentor_row,
    a_pair,
    a_plan_request,
    a_plan_run,
    a_receipt,
    a_standby,
    a_task,
    an_account,
    an_expected_leaver,
    an_expense,
    an_own_say,
    days_away,
    needs_of,
    places_of,
    vetting_of,
)
from tests.web.access.canaries import fill, start_over
from tests.web.access.desk_rows import a_worry_told, held_reports, nobody_came, tasks_of
from tests.web.access.leavers import draft, put_forward
from tests.web.access.stories import OVER, SHOWN_EXPERIENCE, STAGES, Place, World

WHO_IS_THERE = (Role.PEER, Role.LIAISON, Role.MANAGER, Role.MENTOR)


def a_world(db: Session) -> World:
    """Make it, and keep it."""
    start_over()
    world = World()
    here = _place(db, world, "here", "LEI", Region.YORKSHIRE)
    there = _place(db, world, "there", "BLI", Region.SOUTH_WEST)
    world.places |= {"here": here, "there": there}
    _away(db, world, here, there)
    for stage in STAGES:
        _story(db, world, stage, here, stage)
    _story(db, world, "foreign", there, "accepted")
    _story(db, world, "foreign offer", there, "offered")
    put_forward(db, world, "waiting", here, ReferralState.PUT_FORWARD)
    _service(db, world)
    _accounts(db, world, here, there)
    db.commit()
    return world


def _place(db: Session, world: World, name: str, prison: str, region: Region) -> Place:
    mentor = fill(a_mentor_row(region=region, home="LS1", places=7, experiences={SHOWN_EXPERIENCE}))
    mentor.former_keys = (fill(a_mentor_row()).code,)
    by = {role: fill(an_account(role, **scope)) for role, scope in _scopes(prison, region).items()}
    by[Role.MENTOR] = fill(an_account(Role.MENTOR, mentor_id=mentor.id))
    recorded = {"recorded_at": NOW, "recorded_by": by[Role.MANAGER].id}
    db.add(mentor)
    for account in by.values():
        db.add(account)
    db.flush()
    tag = fill(GangTag(code="X", **recorded))
    contact = fill(Contact(mentor_id=mentor.id, shares=ContactWay.PHONE, **recorded))
    world.keep(
        db,
        name,
        mentor=mentor,
        **{f"{role}_account": account for role, account in by.items()},
        tag=tag,
        places=places_of(mentor),
        vetting=[fill(row, but=frozenset({"prison"})) for row in vetting_of(mentor)],
        needs=[fill(row) for row in needs_of(mentor)],
        **_claimed(mentor),
        forum=fill(ForumDate(region=region, starts_at=NOW + timedelta(days=9), **recorded)),
        contact=contact,
        former=fill(FormerNumber(id=uuid4(), mentor_id=mentor.id, **recorded)),
        curfew=Curfew(mentor_id=mentor.id, hours=read_hours("daily 19-7"), **recorded),
        expected=fill(an_expected_leaver(prison=prison)),
        liaison_draft=draft(by[Role.LIAISON]),
        **held_reports(by[Role.LIAISON]),
        **_signing_in(by[Role.MENTOR], by[Role.MANAGER], prison),
    )
    return Place(prison, region, mentor, *(by[role] for role in WHO_IS_THERE))


def _claimed(mentor: Any) -> dict[str, Row]:
    """Return a claim that waits, with a receipt, and one that is approved."""
    waits = fill(an_expense(mentor))
    decided = {"state": ExpenseState.APPROVED, "decided_at": NOW}
    return {
        "expense": waits,
        "receipt": a_receipt(waits, kind=ReceiptKind.PNG, content=b"of a bus"),
        "approved": fill(an_expense(mentor, **decided)),
        "refused": fill(an_expense(mentor, **decided | {"state": ExpenseState.REFUSED})),
    }


def _away(db: Session, world: World, here: Place, there: Place) -> None:
    """Days to come on which each manager is away, and is asked to stand in for a colleague."""
    colleague = fill(an_account(Role.MANAGER, region=Region.WALES))
    db.add(colleague)
    db.flush()
    world.keep(db, "others", colleague=colleague)
    for name, place in (("here", here), ("there", there)):
        asked = days_away(colleague, deputy_id=place.manager.id)
        world.keep(db, name, away=days_away(place.manager), away_asked=asked)


def _scopes(prison: str, region: Region) -> dict[Role, dict[str, Any]]:
    at = {"prison": prison}
    return {Role.PEER: at, Role.LIAISON: at, Role.MANAGER: {"region": region}}


def _signing_in(account: Account, manager: Account, prison: str) -> dict[str, Row]:
    own = {"account_id": account.id}
    sent = (("why", fill(Note(leaver_id=uuid4())).text),)
    times = {"remembered_at": NOW, "used_at": NOW, "ends_at": NOW + timedelta(days=9)}
    stay = {"started_at": NOW, "seen_at": NOW, "ends_at": NOW + timedelta(hours=9)}
    code = {"invited_at": NOW, "ends_at": NOW + timedelta(days=2), "invited_by": manager.id}
    return {
        "credential": fill(Credential(changed_at=NOW, **own)),
        "stay": fill(SignIn(desk=account.desk, **stay, **own)),
        "feed": fill(CalendarFeed(made_at=NOW, fetched_at=NOW, **own)),
        "device": fill(RememberedDevice(**times, **own)),
        "unsent": Unsent(sent_to="/a", page="/b", fields=sent, written_at=NOW, **own),
        "invitation": fill(Invitation(role=Role.PEER, prison=prison, **code)),
        "manager_invitation": fill(
            Invitation(
                role=Role.MANAGER,
                region=manager.region,
                needs_second=True,
                **code | {"invited_by": account.id},
            )
        ),
    }


def _story(db: Session, world: World, story: str, place: Place, stage: str) -> None:
    of_referral = STAGES[stage][1]
    leaver, referral = put_forward(db, world, story, place, of_referral)
    pair = _pair(referral, place, stage, 1 + len(world.stories) % 6)
    meeting = fill(
        a_meeting(pair, kind=MeetingKind.GATE, **BOOKED | {"state": MeetingState.BOOKED})
    )
    ids = {"pair_id": pair.id, "mentor_id": place.mentor.id, "leaver_id": leaver.id}
    printed = {"kind": LetterKind.INTRODUCTION, "channel": Channel.PRINT}
    letter = fill(
        a_letter(
            recipient=f"leaver:{leaver.id}",
            state=LetterState.SENT,
            sent_at=NOW,
            attempt=1,
            **printed,
            **ids,
        )
    )
    if stage == "accepted":
        _one_handed_over(db, world, story, ids)
    gate = {"pair_id": pair.id, "home_by": NOW, "recorded_at": NOW}
    task = {"meeting_id": meeting.id, "letter_id": letter.id, **ids}
    world.keep(
        db,
        story,
        pair=pair,
        history=fill(PairHistory(pair_id=pair.id, to_state=PairState.PROPOSED, moved_at=NOW)),
        standby=[a_standby(pair, place.mentor)] if stage == "accepted" else [],
        meeting=meeting,
        **_meetings(pair),
        asked=DaysAsked(pair_id=pair.id, asked_at=NOW),
        letter=letter,
        attempt=fill(LetterAttempt(letter_id=letter.id, attempt=1, begun_at=NOW)),
        gate=fill(GatePlan(**gate)),
        mark=GateMark(pair_id=pair.id, step=GateStep.ARRIVED, marked_at=NOW),
        **({} if stage == "closed" else {"task": fill(a_task(region=place.region, **task))}),
        **(a_worry_told(place, pair) if stage == "closed" else {}),
        own_say=fill(an_own_say(pair), but=frozenset({"wish"})),
        **tasks_of(place, ids),
    )
    if stage == "paused":
        world.keep(db, story, not_released=nobody_came(leaver, place.mentor_account))


def _one_handed_over(db: Session, world: World, story: str, ids: dict[str, UUID]) -> None:
    """A printed letter that was put into the leaver's hand, as somebody ticked."""
    sent = {"state": LetterState.SENT, "sent_at": NOW, "attempt": 1}
    about = {"kind": LetterKind.INTRODUCTION, "recipient": f"leaver:{ids['leaver_id']}"}
    handed = fill(a_letter(channel=Channel.PRINT, number=2, **sent, **about, **ids))
    tick = HandOver(letter_id=handed.id, handed_at=NOW)
    world.keep(db, story, handed=handed)
    world.keep(db, story, handed_over=tick)


def _pair(referral: Any, place: Place, stage: str, number: int) -> Any:
    """Return the pair of a story; `number` is the mentor's place that it holds."""
    state, _, since = STAGES[stage]
    ended = state is PairState.ENDED
    return fill(
        a_pair(
            referral,
            place.mentor,
            place_number=None if ended else number,
            state=state,
            state_since=since,
            end_reason=EndReason.COMPLETED if ended else None,
            answer_by=NOW + timedelta(days=2) if stage == "offered" else None,
            accepted_at=None if stage in ("offered", "proposed") else since,
            overridden_by=place.manager.id,
        )
    )


def _meetings(pair: Any) -> dict[str, Row]:
    """A visit to book, a follow-up to book, one that is over and nobody told of, and one held."""
    coming = {"window_first": date(2026, 12, 1), "window_last": date(2026, 12, 20)}
    over = NOW - timedelta(days=1)
    times = BOOKED | {"starts_at": over, "starts_local": over.replace(tzinfo=None)}
    past = {"window_first": over.date(), "window_last": over.date(), "book_by": over.date()}
    after, visit = MeetingKind.FOLLOW_UP, MeetingKind.PRISON_VISIT
    return {
        "visit": fill(a_meeting(pair, kind=visit, **coming), but=_UNBOOKED),
        "follow_up": fill(a_meeting(pair, kind=after, **coming), but=_UNBOOKED),
        "past": fill(
            a_meeting(pair, kind=after, number=2, state=MeetingState.BOOKED, **times, **past)
        ),
        "held": fill(
            a_meeting(pair, kind=after, number=3, state=MeetingState.HELD, **times, **past)
        ),
    }


_UNBOOKED = frozenset({"place"})


def _service(db: Session, world: World) -> None:
    world.keep(
        db,
        "service",
        run=a_plan_run(),
        request=fill(a_plan_request()),
        earlier=a_plan_run(recorded_at=NOW - timedelta(days=2)),
        later=a_plan_run(recorded_at=NOW - timedelta(days=1)),
        job=fill(JobRun(job="plan", period="2026-11-23", started_at=NOW)),
        clock=fill(ClockHealth(worker="1-a", started_at=NOW, last_look_at=NOW)),
        hold=fill(PostHold(since=NOW)),
    )


def _accounts(db: Session, world: World, here: Place, there: Place) -> None:
    """Open a stay for every kind of account; who has no stay has signed out."""
    lapsed = fill(a_mentor_row(region=here.region, state=MentorState.ENDED))
    second = fill(an_account(Role.PEER, prison=here.prison))
    administrator = fill(an_account(Role.ADMINISTRATOR))
    ended = fill(an_account(Role.MENTOR, mentor_id=lapsed.id))
    disabled, demoted = (fill(an_account(Role.MANAGER, region=here.region)) for _ in range(2))
    db.add(lapsed)
    db.flush()
    world.keep(db, "others", second=second, administrator=administrator, lapsed=lapsed)
    world.keep(db, "others", ended=ended, disabled=disabled, demoted=demoted)
    own, other = world.stories["here"], world.stories["there"]
    names = {role: f"other {role}" for role in ("peer", "liaison", "mentor", "manager")}
    seen: dict[str, Any] = {role: own[f"{role}_account"] for role in names}
    seen |= {name: other[f"{role}_account"] for role, name in names.items()}
    seen |= {"second peer": second, "administrator": administrator, "ended mentor": ended}
    seen |= {"disabled": disabled, "demoted": demoted, "deputy": _deputy(db, world, here)}
    for name, account in seen.items():
        begin_app(db, account, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
        factor = db.get_one(SecondFactor, account.id)
        factor.confirmed_at = NOW
        world.tokens[name] = begin_stay(db, account, now=NOW)
        world.accounts[name] = account
    _end_stays(db, world, own["manager_account"])
    disabled.disabled_at = NOW
    demoted.role, demoted.region, demoted.prison = Role.PEER, None, here.prison
    glass: Any = world.stories["accepted"]["glass"]
    glass.asked_by, glass.answered_by, glass.answered_at = administrator.id, here.manager.id, NOW
    glass.ends_at = datetime(2026, 11, 23, 10, tzinfo=UTC)
    db.flush()


def _deputy(db: Session, world: World, here: Place) -> Account:
    """Return a manager of a region without stories, who stands in for one of here today."""
    deputy = fill(an_account(Role.MANAGER, region=Region.WALES))
    db.add(deputy)
    db.flush()
    days = {"starts_on": NOW.date(), "ends_on": NOW.date(), "asked_at": NOW, "agreed_at": NOW}
    away = ManagerAway(account_id=here.manager.id, deputy_id=deputy.id, region=here.region, **days)
    world.keep(db, "others", deputy=deputy, standing_in=away)
    return deputy


def _end_stays(db: Session, world: World, account: Any) -> None:
    """Open three stays of a manager that end, each in its own way."""
    past = NOW - timedelta(minutes=31)
    for name, told in zip(
        OVER, ({"ended_at": NOW}, {"ends_at": NOW}, {"seen_at": past}), strict=True
    ):
        world.tokens[name] = begin_stay(db, account, now=NOW)
        hashed = hash_of_token(world.tokens[name])
        stay = db.exec(select(SignIn).where(SignIn.token_hash == hashed)).one()
        for column, value in told.items():
            setattr(stay, column, value)
