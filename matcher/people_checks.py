"""What keeps someone in a file out of the database, though their row is well written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from matcher.people_on_file import PeopleOnFile
from models.former import FormerNumber
from models.people import Leaver, Mentor
from models.person_keys import names_themselves
from models.profiles import LeaverProfile, MentorProfile
from models.states import ReferralState

OVER = {ReferralState.WITHDRAWN, ReferralState.RELEASED_UNMATCHED}

PRISON_NUMBER = re.compile(r"[A-Z][0-9]{4}[A-Z]{2}")

Profile = LeaverProfile | MentorProfile

_COMING = "Import them first or together with this file, or take the code out."


@dataclass(frozen=True)
class Obstacle:
    """One thing that keeps a person out: the field, its value, and what to do."""

    field: str
    value: str | None
    advice: str


def leaver_obstacles(leaver: LeaverProfile, on_file: PeopleOnFile) -> Iterator[Obstacle]:
    """Yield what keeps a leaver out, links to other people apart."""
    yield from _number_of_another(leaver, on_file.numbers_of_leavers)
    yield from _joined_since(leaver, on_file.former_leavers)
    yield from _opposed_without_own(leaver)
    row = on_file.leavers.get(leaver.code)
    if row is None:
        return
    referrals = on_file.referrals[row.id]
    if referrals and all(referral.state in OVER for referral in referrals):
        yield Obstacle(
            "code",
            leaver.code,
            f'this referral is "{referrals[-1].state.label}" here, and a file cannot open it '
            "again. Put them forward on their own page.",
        )
    if row.id in on_file.paired:
        for field in ("release_date", "prison"):
            if getattr(row, field) != getattr(leaver, field):
                yield Obstacle(
                    field,
                    str(getattr(leaver, field) or ""),
                    "they have a mentor, whose plan has to follow. Report the change on their "
                    "own page.",
                )


def mentor_obstacles(mentor: MentorProfile, on_file: PeopleOnFile) -> Iterator[Obstacle]:
    """Yield what keeps a mentor out, links to other people apart."""
    yield from _number_of_another(mentor, on_file.numbers_of_mentors)
    yield from _joined_since(mentor, on_file.former_mentors)
    yield from _opposed_without_own(mentor)
    starts, ends = mentor.term_starts_on, mentor.term_ends_on
    if starts and ends and ends < starts:
        advice = "the term ends before it starts. Put one of the two right."
        yield Obstacle("term_ends_on", ends.isoformat(), advice)
    row = on_file.mentors.get(mentor.code)
    if row and row.state is not mentor.state:
        advice = (
            f'this mentor is "{row.state.value}" here, and a file cannot change that. Change it '
            "on their own page, or give the state they are in."
        )
        yield Obstacle("state", mentor.state.value, advice)


def unknown_people(
    person: Profile, known: AbstractSet[str], leavers: AbstractSet[str]
) -> Iterator[Obstacle]:
    """Yield each person named who is not known, or who is this very person.

    `known` are the codes and CRNs on file or coming with the same import,
    `leavers` the codes of the leavers among them who have a referral.
    """
    for key in sorted(person.no_contact):
        if names_themselves(person, frozenset({key})):
            yield Obstacle("no_contact", key, "this is the same person. Name the other one.")
        if not (key in known or names_anybody(key)):
            yield Obstacle("no_contact", key, f"nobody here is known as {key}. {_COMING}")
    for code in sorted(person.declined if isinstance(person, MentorProfile) else ()):
        if code not in leavers:
            yield Obstacle("declined", code, f"there is no leaver {code} here. {_COMING}")


def names_anybody(key: str) -> bool:
    """Say whether a key names someone who need not be on file: by prison number or by name."""
    return " " in key or bool(PRISON_NUMBER.fullmatch(key))


def _number_of_another(person: Profile, numbers: Mapping[str, str]) -> Iterator[Obstacle]:
    number = person.prison_number
    owner = numbers.get(number or "", person.code)
    if number and owner != person.code:
        advice = f"this number belongs to {owner} here. Give them that code, or the right number."
        yield Obstacle("prison_number", number, advice)


def _joined_since(
    person: Profile, former: Sequence[tuple[FormerNumber, Leaver | Mentor]]
) -> Iterator[Obstacle]:
    """Yield that two records have become one, and by which code the one is known."""
    for row, owner in former:
        if row.code == person.code:
            yield Obstacle(
                "code",
                person.code,
                f"this person is {owner.code} here now: two records were one person. Give them "
                "that code.",
            )


def _opposed_without_own(person: Profile) -> Iterator[Obstacle]:
    if person.opposed_gangs and not person.gangs:
        advice = "tags are opposed to the person's own, and they have none. Give their own tag."
        yield Obstacle("opposed_gangs", "; ".join(sorted(person.opposed_gangs)), advice)
