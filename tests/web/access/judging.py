"""What an answer may be: by whose page it is, whose thing it is about, and what stood in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from models.seen_fields import SEEN, readers_of
from models.states import Role
from tests.valid_html import faults_of
from tests.web.access.canaries import Canary
from tests.web.access.walking import HERE, OF_THE_SERVICE, OUT, THERE, Answer, Walk
from web.page_rights import RIGHTS, may_ask

STAGES_FOUND = {
    (Role.PEER, "referral"): {*HERE},
    (Role.PEER, "draft"): {*HERE},
    (Role.LIAISON, "referral"): {*HERE},
    (Role.LIAISON, "task"): {*HERE},
    (Role.LIAISON, "draft"): {"accepted"},
    (Role.LIAISON, "expected"): {"accepted"},
    (Role.LIAISON, "upload"): {"accepted"},
    (Role.LIAISON, "pair"): {"accepted", "paused"},
    (Role.LIAISON, "meeting"): {"accepted", "paused"},
    (Role.LIAISON, "letter"): {"accepted"},
    (Role.MENTOR, "pair"): {"offered", "accepted", "paused", "closed"},
    (Role.MENTOR, "meeting"): {"offered", "accepted", "paused", "closed"},
    (Role.MENTOR, "stay"): {"accepted"},
    (Role.MENTOR, "device"): {"accepted"},
    (Role.MENTOR, "expense"): {"accepted"},
    (Role.MANAGER, "expense"): {"accepted"},
    (Role.MANAGER, "forum"): {"accepted"},
    **{
        (Role.MANAGER, kind): {*HERE}
        for kind in ("referral", "leaver", "pair", "letter", "task", "glass", "link", "zone")
    },
    (Role.MANAGER, "curfew"): {*HERE},
    **{
        (Role.MANAGER, kind): {"accepted"}
        for kind in ("away", "mentor", "account", "invitation", "run")
    },
    (Role.MANAGER, "person"): {*HERE},
    (Role.ADMINISTRATOR, "glass"): {*HERE, *THERE},
    (Role.ADMINISTRATOR, "account"): {"accepted", "foreign"},
    (Role.ADMINISTRATOR, "invitation"): {"accepted", "foreign"},
}
"""At which stages of their own stories people of a role find a thing; elsewhere it is not there."""

LAPSED = ("stayed too long", "away too long")
"""Stays that are over by time alone."""

OF_ANY_MENTOR = ("manager_override.override", "manager_why.told")
"""Pages on which a manager asks about a leaver of theirs and a mentor of any region."""

OF_ANY_REGION = {("mentor", "code")}
"""What a manager is shown of mentors of other regions: by it, one of them is chosen."""


WHILE_PAUSED = {
    *(("leaver", "first_name"), ("pair", "id"), ("meeting", "id"), ("meeting", "purpose")),
    *(("gate_plan", "ring_name"), ("gate_plan", "ring_phone")),
}
"""What a mentor is still shown of somebody while the pair is on pause: all else waits."""


@dataclass
class Judge:
    """What is wrong with the answers so far, and who was shown which field."""

    walk: Walk
    shown: set[tuple[str, str, str]] = field(default_factory=set)
    absent: dict[tuple[str, str], str] = field(default_factory=dict)
    opened: set[tuple[str, str]] = field(default_factory=set)
    read: set[tuple[str, int]] = field(default_factory=set)

    def wrongs(self, answer: Answer) -> Iterator[str]:
        """Yield a sentence for each thing that is not as the tables say."""
        asked = answer.asked
        if answer.status >= 500 or answer.status == 429:
            yield f"{asked}: {answer.status}"
        elif may_ask(asked.endpoint, None):
            pass
        elif asked.who not in self.walk.cookies or asked.who in OUT:
            yield from _kept_out(answer)
        elif not (self.walk.is_theirs(asked.who, asked.endpoint) and self._finds(answer)):
            yield from self._not_there(answer)
        elif answer.status != 404:
            self.opened.add((str(self._role(asked.who)), asked.endpoint))
        yield from self._not_valid(answer)
        if asked.endpoint == "mentor_offers.offer":
            yield from _stands_out(answer)
        for canary in answer.canaries:
            yield from self._told(answer, canary)

    def _not_valid(self, answer: Answer) -> Iterator[str]:
        """Yield what is wrong with the HTML of a page, once for each page and status."""
        kind = (answer.asked.endpoint, answer.status)
        if answer.raw and kind not in self.read:
            self.read.add(kind)
            yield from (f"{answer.asked}: {fault}" for fault in faults_of(answer.raw))

    def _not_there(self, answer: Answer) -> Iterator[str]:
        """Yield what tells somebody else's thing from one that is not there."""
        asked = answer.asked
        like = self.absent.setdefault((asked.who, asked.endpoint), answer.page)
        if answer.status != 404:
            yield f"{asked}: is found ({answer.status})"
        elif answer.page != like:
            yield f"{asked}: reads otherwise than what is not there"
        yield from _nothing(answer)
        if not self.walk.is_theirs(asked.who, asked.endpoint):
            yield from _not_reached(answer)

    def lost(self) -> list[str]:
        """Return what the table lets somebody read and no page showed, of what can be known."""
        known = {(one.table, one.column) for one in self.walk.canaries.values()}
        return sorted(
            f"{who} is not shown {table}.{column}"
            for (table, column), readers in SEEN.items()
            for who in readers
            if (table, column) in known and (who, table, column) not in self.shown
        )

    def _role(self, who: str) -> Role:
        return self.walk.world.accounts[who].role

    def _finds(self, answer: Answer) -> bool:
        """Say whether what was asked about is there for the one who asks."""
        asked, takes = answer.asked, RIGHTS[answer.asked.endpoint].takes
        if not takes:
            return True
        role, about = self._role(asked.who), asked.about
        if asked.who in ("second peer", "ended mentor") or about == "absent":
            return False
        if about == "mixed":  # a manager may choose a mentor of any region for a leaver of theirs
            return asked.who in ("manager", "deputy") and asked.endpoint in OF_ANY_MENTOR
        if OF_THE_SERVICE.issuperset(takes):
            return about == "accepted"
        stages = [STAGES_FOUND.get((role, kind), set()) for kind in takes]
        if asked.who.startswith("other"):
            about = {"foreign": "accepted", "foreign offer": "offered"}.get(about, "none")
        return all(about in one for one in stages)

    def _told(self, answer: Answer, canary: Canary) -> Iterator[str]:
        asked, story = answer.asked, self.walk.story_of(canary)
        if asked.who not in self.walk.cookies or asked.who in OUT:
            yield f"{asked}: tells {canary.table}.{canary.column} of {story}"
            return
        role = self._role(asked.who)
        reader = self._reader(answer, role, story)
        is_theirs = story in self._own(asked.who, role, canary)
        readers = _readers(canary)
        if reader == "asked" and Role.MANAGER in readers:
            reader = str(Role.MANAGER)
        if reader == "paused" and (canary.table, canary.column) in WHILE_PAUSED:
            reader = "accepted"
        if not is_theirs or reader not in readers:
            yield f"{asked}: tells {canary.table}.{canary.column} of {story} to {reader}"
        self.shown.add((reader, canary.table, canary.column))

    def _reader(self, answer: Answer, role: Role, story: str) -> str:
        """Return as what somebody reads, in the words of the table of fields."""
        endpoint, is_asked = answer.asked.endpoint, "show=identity" in answer.asked.address
        if endpoint.startswith(("own_account.", "sign_in.")):
            return "self"
        if role is Role.ADMINISTRATOR and endpoint == "administrator_opened.record":
            return "opened"
        if role is Role.MANAGER and is_asked:
            return "asked"
        if role is Role.MENTOR:
            stages = {"foreign": "accepted", "foreign offer": "offered"}
            return "own" if story in ("here", "there", "others") else stages.get(story, story)
        return str(role)

    def _own(self, who: str, role: Role, canary: Canary) -> set[str]:
        """Return the stories that somebody may be told of at all."""
        here, there = {*HERE, "here", "others", "service"}, {*THERE, "there", "service"}
        if role is Role.ADMINISTRATOR:
            return here | there
        if role is Role.MANAGER and (canary.table, canary.column) in OF_ANY_REGION:
            return here | there
        if who in ("second peer", "ended mentor"):
            return {"others"}
        return there if who.startswith("other") else here


def _readers(canary: Canary) -> frozenset[str]:
    """Return who may be shown a canary; notes not marked as shareable are the manager's alone."""
    if (canary.table, canary.column) == ("note", "text, not shareable"):
        return frozenset({str(Role.MANAGER)})
    return readers_of(canary.table, canary.column)


def _stands_out(answer: Answer) -> Iterator[str]:
    """No card fits five people of this world, so all that is told is the region and the month."""
    for telling in ("in common", "some of what they want help with", "will live: around"):
        if telling in answer.page:
            yield f"{answer.asked}: tells more than fits five people ({telling})"


def _kept_out(answer: Answer) -> Iterator[str]:
    """Yield what somebody without a stay meets other than the way to sign in."""
    if answer.status != 302 or not answer.leads_to.endswith("/sign-in"):
        yield f"{answer.asked}: is not led to signing in ({answer.status})"
    if answer.asked.who not in LAPSED:  # what they typed is kept for when they are back
        yield from _nothing(answer)
    yield from _not_reached(answer)


def _not_reached(answer: Answer) -> Iterator[str]:
    if answer.reached:
        yield f"{answer.asked}: is stopped by the page, not before it"


def _nothing(answer: Answer) -> Iterator[str]:
    if answer.kept:
        yield f"{answer.asked}: keeps something"
