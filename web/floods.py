"""Nobody asks for too much: what each account sends, opens and has made is counted in rows.

A program that holds somebody's stay could empty a region record by record,
fill it with rubbish, or keep the server at work. No person is as quick as the
limits of `matcher/rate_limits.py`. In a demo, where all is made up, nothing
is counted.
"""

from __future__ import annotations

from flask import g, request
from flask.typing import ResponseReturnValue

from matcher.rate_limits import count_try, to_wait
from models.sign_ins import LimitKind
from web.errors import too_much
from web.surroundings import surroundings

RECORDS = frozenset(
    {
        "administrator_opened.record",
        "liaison_referrals.referral",
        "manager_looked.leaver",
        "manager_looked.mentor",
        "manager_pairs.pair",
        "manager_people.leaver",
        "manager_people.mentor",
        "manager_referrals.referral",
        "manager_screening.screen",
        "manager_twins.twins",
    }
)
"""Pages that show one person's record."""

MUCH_WORK = frozenset(
    {
        "liaison_forms.blank",
        "liaison_letters.all_sheets",
        "liaison_letters.sheet",
        "liaison_uploads.rows_to_mend",
        "liaison_uploads.upload",
        "manager_exports.as_csv",
        "manager_exports.as_workbook",
        "manager_override.choose",
        "manager_pictures.figures",
        "manager_plans.ask",
        "mentor.calendar",
        "peer_forms.blank",
        "mentor_calendar.of_meeting",
        "mentor_calendar.of_pair",
    }
)
"""What reads a report, draws a letter, writes a whole list, or solves the whole region."""


def kind_of(endpoint: str, method: str) -> LimitKind | None:
    """Return what a request is counted as; None for a page that is only read."""
    if endpoint in MUCH_WORK:
        return LimitKind.COSTLY
    if method == "POST":
        return LimitKind.SENT
    return LimitKind.SHOWN if endpoint in RECORDS else None


def count() -> ResponseReturnValue | None:
    """Count a request of whoever is signed in; one too many is told to wait, with what was typed.

    It is counted in a transaction of its own, before the request's own begins.
    """
    around = surroundings()
    kind = kind_of(request.endpoint or "", request.method)
    if g.account is None or kind is None or around.settings.demo:
        return None
    now = around.real_now()
    with around.writing() as db:
        until = count_try(db, [(kind, str(g.account.id))], now=now)
        db.commit()
    return too_much(to_wait(until, now=now)) if until else None
