"""What an administrator reads: accounts, jobs and counts of letters. No one's story is in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlmodel import Session, col, func, select

from matcher.clock_health import clock_trouble
from matcher.desks.paging import Paged, paged
from matcher.post_hold import held_since
from models.access import accounts_seen_by
from models.account_access import accounts_kept_by
from models.accounts import Account, Credential
from models.outbox import Letter
from models.people import Mentor
from models.reference import prisons
from models.runs import JobRun
from models.sign_ins import SecondFactor
from models.states import LetterState, Role

LAST_DAYS = timedelta(days=7)

WAITING = (
    LetterState.PLANNED,
    LetterState.DUE,
    LetterState.CLAIMED,
    LetterState.SENDING,
    LetterState.RETRY,
    LetterState.UNKNOWN,
)
"""States of letters that have not gone and may still go."""

JOBS_SAID: Mapping[str, str] = {
    "forget": "Delete what is kept no longer",
    "close": "Close the referrals of those who left without a mentor",
    "keep up": "Bring the days of each pair up to date",
    "offers": "End the offers that nobody answered",
    "plan": "Make the plan",
    "plan again": "Make the plan again for those whom a change touches",
    "gate watch": "Ask after those who are not home safe",
    "post watch": "See that letters leave",
    "tasks": "Put tasks on desks",
    "uploads": "Forget uploads that nobody confirmed",
    "unsent": "Forget pages that nobody sent",
    "kiosk": "Forget forms left at a kiosk",
    "limits": "Forget old tries to sign in",
    "ways out": "Work out what would help those without a mentor",
    "twins": "Look for two records of one person",
}
"""What each job does, in words for whoever runs the service; logs call it by its name."""


@dataclass(frozen=True)
class AccountCard:
    """One account: whose desk it is and whether it is open.

    Of a mentor there is the first name and the code; an administrator is told no way to reach them.
    """

    id: UUID
    version: int
    role: Role
    name: str
    place: str
    signs_in_as: str
    created_at: datetime
    disabled_at: datetime | None
    has_signed_up: bool
    way_in_set_at: datetime | None


@dataclass(frozen=True)
class JobLine:
    """One job over the last days: how often it ran, when last, and how many runs did not end."""

    job: str
    runs: int
    last_started_at: datetime
    not_finished: int

    @property
    def says(self) -> str:
        """Return what the job does, or its name where it is one of an older release."""
        return JOBS_SAID.get(self.job, self.job.replace("_", " "))


@dataclass(frozen=True)
class ServiceState:
    """How the service is: its jobs, letters that wait by state, and those that could not go."""

    jobs: tuple[JobLine, ...]
    waiting: Mapping[LetterState, int]
    dead: int


def service_state(db: Session, now: datetime) -> ServiceState:
    """Return how the service is; letters are counted, never read."""
    counted = db.exec(select(Letter.state, func.count()).group_by(col(Letter.state)))
    letters = dict(counted.all())
    finished = func.count(col(JobRun.finished_at))
    last = func.max(col(JobRun.started_at)).label("last")
    runs = select(JobRun.job, func.count(), last, finished).where(
        JobRun.started_at >= now - LAST_DAYS
    )
    return ServiceState(
        jobs=tuple(
            JobLine(job, number, started_at, number - ended)
            for job, number, started_at, ended in db.exec(
                runs.group_by(col(JobRun.job)).order_by(col(JobRun.job))
            )
        ),
        waiting={state: letters[state] for state in WAITING if state in letters},
        dead=letters.get(LetterState.DEAD, 0),
    )


def waiting_letters(db: Session, now: datetime) -> int:
    """Return how many letters are due and have not gone."""
    due = select(func.count()).where(col(Letter.state).in_(WAITING), col(Letter.due_at) <= now)
    return db.exec(due).one()


def post_trouble(db: Session, real_now: datetime) -> str:
    """Return in a sentence what keeps all letters from leaving, "" if nothing does.

    Clocks live in real time, also in a demo.
    """
    if held_since(db):
        return "The post is on hold: no letter leaves until someone lets it go on."
    return clock_trouble(db, real_now)


def account_cards(
    db: Session, account: Account, page: int = 1, *, only: UUID | None = None
) -> Paged[AccountCard]:
    """Return one page of the accounts that this one may see or keep, open ones first."""
    is_administrator = account.role is Role.ADMINISTRATOR
    kept = accounts_seen_by(account) if is_administrator else accounts_kept_by(account)
    seen = kept.where(True if only is None else Account.id == only)
    with_names = (
        seen.join(Credential, col(Credential.account_id) == col(Account.id), isouter=True)
        .join(Mentor, col(Mentor.id) == col(Account.mentor_id), isouter=True)
        .join(SecondFactor, col(SecondFactor.account_id) == col(Account.id), isouter=True)
        .add_columns(
            Credential,
            Mentor,
            col(SecondFactor.confirmed_at),
            col(SecondFactor.codes_made_at),
        )
    )
    in_order = with_names.order_by(
        col(Account.disabled_at).is_not(None), col(Account.role), col(Account.created_at)
    )
    return paged(db, in_order, page, partial(_card, with_mentors=not is_administrator))


def _card(
    account: Account,
    credential: Credential | None,
    mentor: Mentor | None,
    confirmed_at: datetime | None,
    codes_made_at: datetime | None,
    *,
    with_mentors: bool,
) -> AccountCard:
    is_mentor = account.role is Role.MENTOR
    code, first_name = (mentor.code, mentor.first_name) if mentor else ("", "")
    signs_in_as = credential.sign_in_name if credential else ""
    changed_at = credential.changed_at if credential else None
    prison = prisons()[account.prison].title if account.prison else ""
    return AccountCard(
        id=account.id,
        version=account.version,
        role=account.role,
        name=first_name if is_mentor else account.name,
        place=code or prison or (account.region.label if account.region else ""),
        signs_in_as="" if is_mentor and not with_mentors else signs_in_as,
        created_at=account.created_at,
        disabled_at=account.disabled_at,
        has_signed_up=confirmed_at is not None,
        way_in_set_at=max(filter(None, (changed_at, confirmed_at, codes_made_at)), default=None),
    )
