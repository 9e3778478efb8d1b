"""Ordinary rows for tests, with the facts of `factories.py` unless told otherwise.

Rows are made, not saved: a test adds them to its session. Codes and prison numbers are different
each time.
"""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from models.accounts import Account, Credential, DemoClock, SignIn, Unsent
from models.audit import AuditEntry
from models.audit_cuts import AuditCut
from models.calendar_feeds import CalendarFeed
from models.contacts import Contact, Practitioner
from models.council_words import AvoidNote, Draft, Note, PersonToAvoid
from models.deputies import ManagerAway
from models.desk_words import ContactWay, GateStep, TaskKind, Went, WorryKind
from models.ethnic_groups import EthnicGroup
from models.events import Event
from models.expenses import Expense, Receipt
from models.facts import Facts
from models.former import FormerNumber
from models.gate import GateMark, GatePlan
from models.hours import read_hours
from models.meetings import DaysAsked, HowItWent, Meeting
from models.need_words import ExpenseKind, ExpenseState, Load, ReceiptKind
from models.needs import ForumDate, LoadSaid, MentorCoach
from models.outbox import HandOver, Letter, LetterAttempt
from models.own_says import OwnSay, Wish
from models.pairs import Pair, PairHistory
from models.people import Leaver, LeaverFacts, Mentor, MentorFacts
from models.places import MentorPlace
from models.post import ChannelState, ClockHealth, PostHold
from models.privacy import (
    ChangeReason,
    Consent,
    LegalHold,
    PairCount,
    RetentionPeriod,
    Tombstone,
)
from models.privacy_words import ErasedBecause, PersonKind, Purpose, ReasonFor
from models.profiles import LeaverProfile, MentorProfile
from models.referrals import Referral, ReferralFacts, Screening, ScreeningFacts
from models.release_words import DateKind
from models.releases import ExpectedLeaver, ReleaseDate
from models.restrictions import Curfew, ExclusionZone, GangTag, Link, OpposedGangs
from models.row_seals import RowSeal
from models.rows import Row
from models.runs import JobRun, PlanRequest, PlanRun
from models.sign_ins import (
    BreakGlass,
    FactorKind,
    Invitation,
    LimitKind,
    OneTimeCode,
    RateLimit,
    RememberedDevice,
    SecondFactor,
)
from models.standbys import Standby
from models.states import (
    Channel,
    EndReason,
    EventKind,
    LetterKind,
    MeetingKind,
    PairForm,
    PairState,
    PlanStage,
    ReferralState,
    Role,
)
from models.tasks import Task
from models.vetting import (
    AssessmentFacts,
    ChildrenCheck,
    Clearance,
    GangFacts,
    LicenceFacts,
    MentorAssessment,
    MentorGangs,
    MentorLicence,
    Supervision,
    SupervisionFacts,
    Term,
    TermFacts,
    Training,
    TrainingFacts,
)
from models.vocabulary import Culture, LinkKind, Region
from models.worries import Worry
from tests.factories import TODAY, a_leaver, a_mentor

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
"""Half past nine on the Monday that tests start from."""

_numbers = count(1)


def a_leaver_row(**told: Any) -> Leaver:
    number = next(_numbers)
    own = {"code": f"L{number}", "prison_number": _prison_number(number), "created_at": NOW}
    return Leaver(**_facts(a_leaver(), LeaverFacts) | own | told)


def a_mentor_row(**told: Any) -> Mentor:
    own = {
        "code": f"M{next(_numbers)}",
        "region": Region.YORKSHIRE,
        "created_at": NOW,
        "state_since": NOW,
    }
    return Mentor(**_facts(a_mentor(), MentorFacts) | own | told)


def places_of(mentor: Mentor) -> list[MentorPlace]:
    numbers = range(1, mentor.places_here + 1)
    return [MentorPlace(mentor_id=mentor.id, number=number) for number in numbers]


def an_account(role: Role = Role.MANAGER, **told: Any) -> Account:
    desks: dict[Role, dict[str, Any]] = {
        Role.PEER: {"prison": "LEI"},
        Role.LIAISON: {"prison": "LEI"},
        Role.MANAGER: {"region": Region.YORKSHIRE},
        Role.MENTOR: {},
        Role.ADMINISTRATOR: {},
    }
    own = {"role": role, "name": "Robin", "email": f"{next(_numbers)}@example.org"}
    return Account(**own | desks[role] | {"created_at": NOW} | told)


def a_referral(leaver: Leaver, **told: Any) -> Referral:
    own = {
        "leaver_id": leaver.id,
        "region": Region.YORKSHIRE,
        "state": ReferralState.WAITING,
        "created_at": NOW - timedelta(days=20),
        "state_since": NOW,
    }
    return Referral(**_facts(a_leaver(), ReferralFacts) | own | told)


def a_screening(leaver: Leaver, **told: Any) -> Screening:
    facts = _facts(a_leaver(), ScreeningFacts, LicenceFacts, GangFacts)
    return Screening(**facts | {"leaver_id": leaver.id, "recorded_at": NOW} | told)


def vetting_of(mentor: Mentor, recorded_at: datetime = NOW) -> list[Row]:
    """Everything that vets a mentor, in date, with a clearance for HMP Leeds."""
    profile = a_mentor()
    own = {"mentor_id": mentor.id, "recorded_at": recorded_at}
    day = TODAY + timedelta(days=300)
    return [
        MentorAssessment(**_facts(profile, AssessmentFacts) | own),
        Clearance(prison="LEI", cleared_from=TODAY, cleared_until=day, **own),
        ChildrenCheck(checked_on=TODAY, children_check_until=day, **own),
        Training(**_facts(profile, TrainingFacts) | own),
        Supervision(**_facts(profile, SupervisionFacts) | own),
        Term(**_facts(profile, TermFacts) | own),
        MentorLicence(**_facts(profile, LicenceFacts) | own),
        MentorGangs(**_facts(profile, GangFacts) | own),
    ]


def needs_of(mentor: Mentor) -> list[Row]:
    """What a mentor needs: a coach, and how heavy it feels."""
    own = {"mentor_id": mentor.id, "recorded_at": NOW}
    said = LoadSaid(load=Load.HEAVY, text="Two gates in one week.", **own)
    return [MentorCoach(name="Coach Robin", phone="07700 900456", **own), said]


def an_expense(mentor: Mentor, **told: Any) -> Expense:
    """A claim of 12 pounds 50 that waits, unless told otherwise."""
    own = {"mentor_id": mentor.id, "spent_on": TODAY, "kind": ExpenseKind.TRAVEL, "pence": 1250}
    return Expense(**own | {"claimed_at": NOW, "state_since": NOW} | told)


def a_receipt(expense: Expense, **told: Any) -> Receipt:
    own = {"expense_id": expense.id, "mentor_id": expense.mentor_id, "kind": ReceiptKind.PDF}
    return Receipt(**own | {"content": b"%PDF-1.4 %%EOF", "kept_at": NOW} | told)


def _claims(mentor: Mentor) -> list[Row]:
    paid = {"decided_at": NOW, "paid_at": NOW, "reason": "", "miles": 7}
    claim = an_expense(mentor, state=ExpenseState.PAID, meeting="Introduction", **paid)
    return [claim, a_receipt(claim)]


def a_pair(referral: Referral, mentor: Mentor, **told: Any) -> Pair:
    own = {
        "leaver_id": referral.leaver_id,
        "referral_id": referral.id,
        "mentor_id": mentor.id,
        "place_number": 1,
        "form": PairForm.IN_PRISON,
        "score": 71_250,
        "parts": {"experience": 41_250, "reach": 30_000},
        "explanation": "Both came through a first time in prison.",
        "weights_version": "2026-1",
        "rules_version": "1",
        "model_version": "1",
        "facts_version": "1",
        "proposed_at": NOW,
        "state_since": NOW,
    }
    return Pair(**own | told)


def days_away(manager: Account, **told: Any) -> ManagerAway:
    """A week that begins in ten days, on which a manager is away."""
    days = {"starts_on": TODAY + timedelta(days=10), "ends_on": TODAY + timedelta(days=17)}
    own = {"account_id": manager.id, "region": manager.region, "asked_at": NOW}
    return ManagerAway(**own | days | told)


def an_own_say(pair: Pair, **told: Any) -> OwnSay:
    """What the leaver of a pair was shown of its mentor, as profile A."""
    own = {
        "leaver_id": pair.leaver_id,
        "referral_id": pair.referral_id,
        "mentor_id": pair.mentor_id,
        "number": 1,
        "told": {"region": ("Yorkshire and the Humber",), "speaks": (), "lived": ("recovery",)},
        "recorded_at": NOW,
    }
    return OwnSay(**own | told)


def a_standby(pair: Pair, mentor: Mentor, **told: Any) -> Standby:
    own = {"pair_id": pair.id, "mentor_id": mentor.id, "slot": 1, "score": 5, "chosen_at": NOW}
    return Standby(**own | told)


def a_meeting(pair: Pair, **told: Any) -> Meeting:
    own = {
        "pair_id": pair.id,
        "kind": MeetingKind.INTRODUCTION,
        "number": 1,
        "state_since": NOW,
        "window_first": date(2026, 12, 23),
        "window_last": date(2027, 1, 20),
        "book_by": date(2027, 1, 13),
    }
    return Meeting(**own | told)


BOOKED: dict[str, Any] = {
    "starts_at": datetime(2027, 1, 12, 10, tzinfo=UTC),
    "starts_local": datetime(2027, 1, 12, 10),  # noqa: DTZ001  local time, as people were told
    "zone": "Europe/London",
    "minutes": 60,
    "place": "Visits hall",
    "booked_at": NOW,
}
"""What a booked meeting has more than a planned one."""


def a_letter(**told: Any) -> Letter:
    number = next(_numbers)
    own = {
        "key": f"offer:{number}",
        "kind": LetterKind.OFFER,
        "channel": Channel.EMAIL,
        "recipient": f"mentor:{UUID(int=number)}",
        "state_since": NOW,
        "due_at": NOW,
        "not_after": NOW + timedelta(days=2),
    }
    return Letter(**own | told)


def an_event(leaver: Leaver, **told: Any) -> Event:
    own = {
        "key": f"date_moved:{next(_numbers)}",
        "kind": EventKind.DATE_MOVED,
        "leaver_id": leaver.id,
        "facts": {"from": "2027-02-03", "to": "2027-02-10"},
        "happened_at": NOW,
        "recorded_at": NOW,
    }
    return Event(**own | told)


def an_audit_entry(number: int = 1, **told: Any) -> AuditEntry:
    own = {
        "number": number,
        "at": NOW,
        "action": "put forward",
        "noun": "referral",
        "row_id": f"r{number}",
        "fields": frozenset({"state"}),
        "chain_before": _chain(number - 1),
        "chain": _chain(number),
    }
    return AuditEntry(**own | told)


def an_expected_leaver(**told: Any) -> ExpectedLeaver:
    own = {
        "prison_number": _prison_number(next(_numbers)),
        "first_name": "Jo",
        "surname": "Expected",
        "birth_date": date(1991, 1, 31),
        "prison": "LEI",
        "release_date": date(2027, 1, 8),
        "recorded_at": NOW,
        "last_seen_at": NOW,
    }
    return ExpectedLeaver(**own | told)


def a_plan_run(**told: Any) -> PlanRun:
    own = {
        "day": TODAY,
        "covered": 1,
        "urgency": 2,
        "total": 2**40,
        "bound": 2**40,
        "worst_off": 61_500,
        "seconds": 0.25,
        "weights_version": "2026-1",
        "rules_version": "1",
        "model_version": "1",
        "counts": {"leavers": 1, "mentors": 1},
        "prices": {"M1": (2, 91_250)},
        "ways_out": {"id": {"in_the_way": ("No place.",), "change": "One more place."}},
        "recorded_at": NOW,
    }
    return PlanRun(**own | told)


def a_plan_request(**told: Any) -> PlanRequest:
    """A run that a manager asked for and a clock is at work on."""
    own = {"region": Region.YORKSHIRE, "stage": PlanStage.PROVING, "people": 3, "pairs": 2}
    times = {"recorded_at": NOW, "looked_at": NOW, "taken_by": "1-a", "slot": 1}
    return PlanRequest(**own | times | told)


def one_of_each() -> list[Row]:
    """At least one row of every table but the reference tables, each after those it refers to."""
    leaver = a_leaver_row(ethnic_group=EthnicGroup.MIXED)
    mentor, manager = a_mentor_row(cultures={Culture.WELSH}), an_account()
    expected, run, referral = an_expected_leaver(), a_plan_run(), a_referral(leaver)
    pair = a_pair(referral, mentor, plan_run_id=run.id)
    meeting = a_meeting(pair)
    letter = a_letter(pair_id=pair.id, meeting_id=meeting.id, mentor_id=mentor.id)
    return [
        *(leaver, mentor, manager, expected, run, referral, a_screening(leaver)),
        *(*places_of(mentor), *vetting_of(mentor), *_restrictions(leaver, mentor, manager)),
        *_dates(leaver, expected),
        *needs_of(mentor),
        *_claims(mentor),
        ForumDate(region=Region.YORKSHIRE, starts_at=NOW, place="Leeds", recorded_at=NOW),
        pair,
        PairHistory(pair_id=pair.id, to_state=PairState.PROPOSED, moved_at=NOW),
        a_standby(pair, mentor),
        meeting,
        DaysAsked(pair_id=pair.id, asked_at=NOW, answered_at=NOW, suits=True),
        HowItWent(meeting_id=meeting.id, went=Went.HARD, wants_call=True, told_at=NOW),
        letter,
        LetterAttempt(letter_id=letter.id, attempt=1, begun_at=NOW),
        HandOver(letter_id=letter.id, handed_at=NOW, handed_by=manager.id),
        an_event(leaver, recorded_by=manager.id),
        FormerNumber(
            id=uuid4(), leaver_id=leaver.id, code="L0", prison_number="Z0001ZZ", recorded_at=NOW
        ),
        an_audit_entry(account_id=manager.id, leaver_id=leaver.id),
        *_signing_in(manager),
        *_ways_in(leaver, manager),
        *_council_words(leaver, manager),
        days_away(manager),
        an_own_say(pair, recorded_by=manager.id, wish=Wish.CHOSEN, said_at=NOW),
        *_gate(pair, manager),
        *_privacy(leaver, manager),
        a_task(meeting_id=meeting.id, pair_id=pair.id),
        a_worry(mentor, pair, told_by=manager.id, read_at=NOW, read_by=manager.id),
        JobRun(job="plan", period="2026-11-23", started_at=NOW),
        a_plan_request(recorded_by=manager.id),
        ChannelState(channel=Channel.EMAIL, failures=6, opened_at=NOW, open_until=NOW),
        ClockHealth(worker="1-a", started_at=NOW, last_look_at=NOW),
        PostHold(since=NOW, why="a backup was put back"),
    ]


def a_task(**told: Any) -> Task:
    own = {
        "key": f"missed_meeting:{next(_numbers)}",
        "kind": TaskKind.MISSED_MEETING,
        "region": Region.YORKSHIRE,
        "raised_at": NOW,
        "due_on": TODAY,
    }
    return Task(**own | told)


def a_worry(mentor: Mentor, pair: Pair | None = None, **told: Any) -> Worry:
    own = {
        "mentor_id": mentor.id,
        "leaver_id": pair.leaver_id if pair else None,
        "pair_id": pair.id if pair else None,
        "region": Region.YORKSHIRE,
        "kind": WorryKind.NO_HOME,
        "text": "Wedi colli ei lety.",
        "told_at": NOW,
    }
    return Worry(**own | told)


def _signing_in(account: Account) -> list[Row]:
    credential = {"sign_in_name": "robin", "password_hash": "$argon2id$", "changed_at": NOW}
    sent = (("why", "Bws"), ("why", "hwyr"))
    stay = {"token_hash": _chain(9), "started_at": NOW, "seen_at": NOW, "ends_at": NOW}
    return [
        Credential(account_id=account.id, **credential),
        SignIn(account_id=account.id, **stay),
        Unsent(account_id=account.id, sent_to="/a", page="/b", fields=sent, written_at=NOW),
        DemoClock(ahead_seconds=86_400),
    ]


def _ways_in(leaver: Leaver, account: Account) -> list[Row]:
    code = {"selector": "ABCDE", "code_hash": _chain(8), "invited_at": NOW, "ends_at": NOW}
    code |= {"held_by": _chain(10), "held_at": NOW}
    asked = {"reason": "Support call.", "asked_by": account.id, "asked_at": NOW}
    begun = {"next_secret": "B" * 32, "next_for": _chain(9), "next_begun_at": NOW}
    device = {"token_hash": _chain(7), "remembered_at": NOW, "used_at": NOW, "ends_at": NOW}
    return [
        Invitation(role=Role.PEER, name="Sâm", prison="LEI", invited_by=account.id, **code),
        SecondFactor(account_id=account.id, kind=FactorKind.APP, secret="A" * 32, **begun),
        OneTimeCode(account_id=account.id, number=1, code_hash="$argon2id$"),
        RememberedDevice(account_id=account.id, name="Firefox", **device),
        CalendarFeed(account_id=account.id, token_hash=_chain(11), made_at=NOW, fetched_at=NOW),
        RateLimit(kind=LimitKind.NAME, key_hash=_chain(6), tries=1, since=NOW),
        BreakGlass(leaver_id=leaver.id, region=Region.YORKSHIRE, **asked),
    ]


def _council_words(leaver: Leaver, account: Account) -> list[Row]:
    recorded = {"leaver_id": leaver.id, "recorded_at": NOW, "recorded_by": account.id}
    answers = {"about": {"first_name": "Sâm"}}
    settled = {"settled_at": NOW, "settled_by": account.id}
    avoided = PersonToAvoid(name="Cousin Al", birth_date=date(1980, 1, 31), **recorded, **settled)
    return [
        Draft(account_id=account.id, answers=answers, created_at=NOW, changed_at=NOW),
        Note(text="Likes fishing.", shareable=True, **recorded),
        avoided,
        AvoidNote(person_id=avoided.id, text="Asked the liaison.", **recorded),
        Contact(phone="07700 900123", shares=ContactWay.PHONE, **recorded),
        Practitioner(name="Robin", email="robin@example.org", **recorded),
    ]


def _privacy(leaver: Leaver, account: Account) -> list[Row]:
    recorded = {"recorded_at": NOW, "recorded_by": account.id}
    of_leaver = recorded | {"leaver_id": leaver.id}
    cut = {"number": 0, "chain": _chain(8), "kept_from": NOW, "cut_at": NOW, "seal": _chain(7)}
    ended = {"region": Region.YORKSHIRE, "end_reason": EndReason.COMPLETED}
    why = {"about": ReasonFor.LINK, "row_id": "r1", "text": "The prison told us."}
    erased = {"kind": PersonKind.LEAVER, "because": ErasedBecause.ASKED, "erased_at": NOW}
    return [
        RowSeal(noun="leaver", row_id=str(leaver.id), number=1, seal=_chain(6)),
        AuditCut(**cut),
        Consent(purpose=Purpose.MATCHING, given=True, told_on=TODAY, **of_leaver),
        LegalHold(why="A claim is open.", **of_leaver),
        ChangeReason(**why, **of_leaver),
        RetentionPeriod(code="letters", days=14, **recorded),
        Tombstone(marks=frozenset({_chain(5)}), **erased),
        PairCount(month=date(2025, 1, 1), **ended, pairs=2, held=9, missed=1),
    ]


def _gate(pair: Pair, account: Account) -> list[Row]:
    plan = {"pair_id": pair.id, "home_by": NOW, "recorded_at": NOW, "recorded_by": account.id}
    mark = {"pair_id": pair.id, "step": GateStep.ARRIVED, "marked_at": NOW}
    return [GatePlan(bring="ID", ring_name="Robin", **plan), GateMark(**mark)]


def _dates(leaver: Leaver, expected: ExpectedLeaver) -> list[Row]:
    given = {"kind": DateKind.CONDITIONAL, "day": date(2027, 2, 3), "recorded_at": NOW}
    return [
        ReleaseDate(leaver_id=leaver.id, source="liaison", given_by="Robin", **given),
        ReleaseDate(expected_leaver_id=expected.id, source="12-week discharge report", **given),
    ]


def _restrictions(leaver: Leaver, mentor: Mentor, manager: Account) -> list[Row]:
    recorded = {"recorded_at": NOW, "recorded_by": manager.id}
    return [
        Link(
            kind=LinkKind.NON_ASSOCIATION,
            one_leaver_id=leaver.id,
            other_prison_number="Z9999ZZ",
            **recorded,
        ),
        ExclusionZone(leaver_id=leaver.id, district="LS1", **recorded),
        Curfew(mentor_id=mentor.id, hours=read_hours("daily 19-7"), **recorded),
        GangTag(code="NORTH", **recorded),
        GangTag(code="SOUTH", **recorded),
        OpposedGangs(one="NORTH", other="SOUTH", **recorded),
    ]


def _facts(person: LeaverProfile | MentorProfile, *lists: type[Facts]) -> dict[str, Any]:
    return {name: getattr(person, name) for facts in lists for name in facts.model_fields}


def _prison_number(number: int) -> str:
    return f"{chr(65 + number // 10_000 % 26)}{number % 10_000:04d}BC"


def _chain(number: int) -> str:
    return sha256(str(number).encode()).hexdigest() if number else "0" * 64
