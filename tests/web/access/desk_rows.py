"""What lies on the desks of a story: tasks of the kinds that pages are for, and held reports."""

from base64 import b85encode
from datetime import timedelta
from typing import Any
from zlib import compress

from matcher.twin_tasks import key_of
from models.accounts import Account
from models.council_words import Draft
from models.desk_words import TaskKind
from models.rows import Row
from models.states import EventKind, ReferralState
from tests.rows import NOW, TODAY, a_leaver_row, a_mentor_row, a_referral, a_task, a_worry, an_event
from tests.web.access.canaries import fill
from tests.web.access.stories import Place

HEAD = "Prison number,First name,Surname,Conditional release date"


def a_twin(leaver: Any, place: Place) -> dict[str, Row]:
    """Return someone who may be the same person as a leaver, and the task that asks."""
    day = leaver.release_date + timedelta(days=1500)
    twin = fill(a_leaver_row(prison=place.prison, release_date=day))
    referral = a_referral(
        twin, state=ReferralState.PUT_FORWARD, region=place.region, put_forward_by=place.peer.id
    )
    told = {"key": key_of(leaver.id, twin.id), "leaver_id": leaver.id, "region": place.region}
    task = a_task(kind=TaskKind.TWINS, **told)
    return {"twin": twin, "twin_referral": referral, "twins_task": fill(task, but=_KEY)}


def a_twin_of_the_mentor(place: Place) -> dict[str, Row]:
    """Return somebody who may be the same person as a mentor, and the task that asks."""
    twin = fill(a_mentor_row(region=place.region, home="LS1"))
    told = {"key": key_of(place.mentor.id, twin.id), "region": place.region}
    task = a_task(kind=TaskKind.TWINS, mentor_id=place.mentor.id, **told)
    return {"twin_mentor": twin, "twins_task": fill(task, but=_KEY)}


_KEY = frozenset({"key"})


def tasks_of(place: Place, ids: dict[str, Any]) -> dict[str, Row]:
    """Return the tasks that are decided or only seen, and one on the prison's own desk."""
    own = {"region": place.region, **ids}
    at_prison = {"region": None, "prison": place.prison, **ids}
    return {
        "decide_task": fill(a_task(kind=TaskKind.DECIDE, **own)),
        "moved_task": fill(a_task(kind=TaskKind.MOVED_PRISON, **own)),
        "liaison_task": fill(a_task(kind=TaskKind.MOVED_PRISON, **at_prison)),
    }


def a_worry_told(place: Place, pair: Any) -> dict[str, Row]:
    """Return a worry of the mentor about somebody, and the task that it put on the desk."""
    worry = fill(a_worry(place.mentor, pair, region=place.region, also_region=None))
    key = f"worry:{worry.id}:{place.region.value}"
    told = {"key": key, "mentor_id": place.mentor.id, "region": place.region}
    return {"worry": worry, "task": fill(a_task(kind=TaskKind.WORRY, **told), but=_KEY)}


def nobody_came(leaver: Any, mentor_account: Account) -> Row:
    """Return the mentor's word of today that someone did not come out."""
    told = {"on": TODAY.isoformat(), "arrested": False, "came_out": False}
    by = {"recorded_by": mentor_account.id, "facts": told}
    return an_event(leaver, kind=EventKind.NOT_RELEASED, **by)


def held_reports(account: Account) -> dict[str, Row]:
    """Return three reports of a liaison: one with a question, one to confirm, one that is taken."""
    choices = [["day_first", _word()], ["month_first", _word()]]
    question = {"sentence": _word(), "argument": "date_order", "choices": choices}
    report = _packed(f"{HEAD}\n{_number()},{_word()},{_word()},3 February 2027")
    waits = {"content": report, "told": {}}
    mend = _word()
    taken = {"result": _seen(mend), "mend": _packed(f"{HEAD},Problem\nX,,,,{mend}")}
    return {
        "upload_question": _held(account, {**waits, "question": question, "preview": None}),
        "upload": _held(account, {**waits, "question": None, "preview": _seen(_word())}),
        "upload_taken": _held(account, taken),
    }


def _seen(bad: str) -> dict[str, Any]:
    person = {"name": _word(), "number": _number(), "day": _word(), "note": _word(), "why": ""}
    return {
        "summary": [_word()],
        "notes": [_word()],
        "columns": [[_word(), "First name"]],
        "first": [person],
        "people": {"new": [person]},
        "bad": [bad],
        "bad_rows": 1,
    }


def _held(account: Account, kept: dict[str, Any]) -> Draft:
    times = {"created_at": NOW, "changed_at": NOW}
    return Draft(account_id=account.id, answers={"upload": kept}, **times)


def _word() -> str:
    return str(fill(a_leaver_row()).first_name)


def _number() -> str:
    return str(fill(a_leaver_row()).prison_number)


def _packed(text: str) -> str:
    return b85encode(compress(text.encode())).decode("ascii")
