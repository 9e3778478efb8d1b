"""What an address asks of a list: which page, which words of ours, and about which people.

A person is looked for by a form that is sent, and what was typed comes into the
address only sealed: `matcher/desks/finding.py`. Filters and pages keep it there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from flask import g, request

from matcher.desks.finding import LONGEST, People, people_found, sealed_search, search_told
from matcher.desks.paging import ROWS_PER_PAGE, Part
from models.vocabulary import Word
from web.fields import TextField
from web.forms import DeskForm
from web.surroundings import surroundings

Asked = TypeVar("Asked", bound=Word)


class FindForm(DeskForm):
    """Whom to look for; it is sent, and never stands in an address as it was typed."""

    who = TextField(
        "Find a person",
        missing="Write a name, a prison number or a code.",
        hint="A name, a prison number or a code.",
        at_most=LONGEST,
    )


@dataclass(frozen=True)
class ListAsked:
    """One list as it was asked for.

    `words` are the filters in force and `find` is the sealed search, "" for
    none. `leads_to` is where a search that was just sent leads, `is_over`
    says that the search of the address may look no more.
    """

    words: Mapping[str, str]
    form: FindForm
    page: int
    find: str = ""
    people: People | None = None
    is_over: bool = False
    leads_to: str | None = None

    @property
    def path(self) -> str:
        """The address of the whole list."""
        return request.path

    @property
    def is_narrow(self) -> bool:
        """Whether only a part of the list is asked for."""
        return bool(self.words or self.find)

    @property
    def kept(self) -> dict[str, str]:
        """What stays in the address from page to page."""
        return dict(self.words) | ({"find": self.find} if self.find else {})

    @property
    def pages_at(self) -> str:
        """The address of a page of the list, with {} for its number."""
        return f"{request.path}?{urlencode(self.kept)}{'&' if self.kept else ''}page={{}}"

    @property
    def without_find(self) -> str:
        """The address of the list with its filters and without the search."""
        return f"{request.path}?{urlencode(self.words)}" if self.words else request.path

    def part(self, size: int = ROWS_PER_PAGE) -> Part:
        """Return which part of the list is asked for, in pages of a size."""
        return Part(self.page, size, self.people)


def list_asked(**words: Word | None) -> ListAsked:
    """Return how a list is asked for; `words` are the filters that it knows, None not in force."""
    in_force = {name: word.value for name, word in words.items() if word is not None}
    page, now = request.args.get("page", 1, int), surroundings().real_now()
    form = FindForm()
    if form.validate_on_submit():
        sealed = sealed_search(g.account, form.who.data, now=now)
        leads_to = f"{request.path}?{urlencode(in_force | {'find': sealed})}"
        return ListAsked(in_force, form, page, leads_to=leads_to)
    find = request.args.get("find", "")
    text = search_told(g.account, find, now=now)
    if text is None:
        return ListAsked(in_force, form, page, is_over=bool(find))
    if not form.is_submitted():
        form.who.data = text
    return ListAsked(in_force, form, page, find, people_found(g.db, g.account, text, g.now))


def state_asked(words: type[Asked]) -> Asked | None:
    """Return the word of a list that the address asks for as a state; None if it asks for none."""
    return next((one for one in words if one == request.args.get("state")), None)


def kind_asked(words: type[Asked]) -> Asked | None:
    """Return the word of a list that the address asks for as a kind; None if it asks for none."""
    return next((one for one in words if one == request.args.get("kind")), None)


def soon_asked(words: type[Asked]) -> Asked | None:
    """Return the word of a list that says within which time something is; None for any time."""
    return next((one for one in words if one == request.args.get("within")), None)


def filters_of(form: DeskForm, **words: Word | None) -> DeskForm:
    """Return a form that shows the filters in force, also where another form was sent."""
    for name, word in words.items():
        form[name].data = word
    return form
