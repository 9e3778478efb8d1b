"""Questions answered by choosing: one of several, any of several, yes or no, a tick."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wtforms import BooleanField

from models.vocabulary import Word
from web.fields.answer import Answer, typed
from web.fields.widgets import OneOf, Tick, Ticks
from web.words import capital

FEW = 8
"""So many options are shown as radios; more of them as a list that opens."""

NOT_AN_OPTION = "Choose one of the answers on the page."


@dataclass(frozen=True)
class Option:
    """One option as GOV.UK's templates ask for it: what is sent, what is read, whether chosen."""

    value: str
    text: str
    checked: bool

    @property
    def label(self) -> Option:
        """The option itself: it carries its own text."""
        return self

    @property
    def data(self) -> str:
        """What is sent when the option is chosen."""
        return self.value

    def _value(self) -> str:
        return self.value


class OptionsField(Answer):
    """Options with labels and hints, and the check that what was chosen is among them.

    `choices` are (value, label) pairs; they may be set once the form is made.
    `coerce` makes a value's text into what the data holds.
    """

    width = None
    inline = False

    def __init__(
        self,
        label: str,
        *,
        choices: Iterable[tuple[str, str]] = (),
        hints: Mapping[Any, str] | None = None,
        coerce: Callable[[str], Any] = str,
        **kwargs: Any,
    ) -> None:
        """Offer the choices, each with the hint that belongs to its value."""
        super().__init__(label, **kwargs)
        self.choices = list(choices)
        self.hints = {str(value): hint for value, hint in (hints or {}).items()}
        self.coerce = coerce

    def __iter__(self) -> Iterator[Option]:
        """Yield the options as they are to be shown."""
        for value, text in self.choices:
            yield Option(str(value), text, self.coerce(str(value)) in self._held())

    def pre_validate(self, form: Any) -> None:
        """Refuse what is none of the options: a page that is old, or a hand-made request."""
        super().pre_validate(form)
        if not self._held() <= {self.coerce(str(value)) for value, _ in self.choices}:
            raise self.wrong(NOT_AN_OPTION)

    def coerced(self, text: str) -> Any:
        """Return what the text stands for, or say that it is none of the options."""
        try:
            return self.coerce(text)
        except ValueError:
            raise self.wrong(NOT_AN_OPTION) from None

    def _held(self) -> frozenset[Any]:
        return self.data if isinstance(self.data, frozenset) else frozenset({self.data})


class ChoiceField(OptionsField):
    """One of several options. The data is its value, or None.

    Up to eight options are radios, more are a list that opens; `as_list`
    says otherwise.
    """

    widget = OneOf()

    def __init__(
        self, label: str, *, as_list: bool | None = None, inline: bool = False, **kwargs: Any
    ) -> None:
        """Offer the choices as radios or as a list."""
        super().__init__(label, **kwargs)
        self.as_list = as_list
        self.inline = inline

    @property
    def is_list(self) -> bool:
        """Whether the options stand in a list that opens."""
        return len(self.choices) > FEW if self.as_list is None else self.as_list

    def iter_choices(self) -> Iterator[tuple[str, str, bool, dict[str, Any]]]:
        """Yield the options of a list that opens, an empty one first."""
        yield "", "Choose one", self.data is None, {}
        yield from ((option.value, option.text, option.checked, {}) for option in self)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the choice; what is no option at all is refused."""
        text = typed(valuelist)
        self.data = None
        if text:
            self.data = self.coerced(text)


class WordField(ChoiceField):
    """One word of a closed list, shown by its label; the data is the word.

    `only` names the words to offer, in their order; without it all are.
    """

    def __init__(
        self, label: str, words: type[Word], *, only: Iterable[Word] | None = None, **kwargs: Any
    ) -> None:
        """Offer the words of a list."""
        super().__init__(label, **_words(words, only), **kwargs)


class YesNoField(ChoiceField):
    """Yes or no, side by side; the data is True, False or, unanswered, None."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        """Offer yes and no."""
        choices = [("yes", "Yes"), ("no", "No")]
        super().__init__(label, choices=choices, coerce=_yes_or_no, inline=True, **kwargs)


class ChoiceSetField(OptionsField):
    """Any of several options. The data is a frozen set of values."""

    widget = Ticks()
    nothing = frozenset()

    def process_data(self, value: Any) -> None:
        """Take the set on file."""
        self.data = frozenset(value or ())

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the choices; what is no option at all is refused."""
        self.data = frozenset()
        self.data = frozenset(self.coerced(typed([value])) for value in valuelist)


class WordSetField(ChoiceSetField):
    """Any words of a closed list, shown by their labels; the data is a frozen set of words."""

    def __init__(
        self, label: str, words: type[Word], *, only: Iterable[Word] | None = None, **kwargs: Any
    ) -> None:
        """Offer the words of a list."""
        super().__init__(label, **_words(words, only), **kwargs)


class ConsentField(Answer, BooleanField):
    """A single box to tick; with `missing` it must be ticked."""

    widget = Tick()
    width = None

    @property
    def is_empty(self) -> bool:
        """Whether the box is not ticked."""
        return not self.data


def _words(words: type[Word], only: Iterable[Word] | None) -> dict[str, Any]:
    """Return the choices of a list of words, and what makes a word of its value."""
    offered = words if only is None else only
    return {"choices": [(one.value, capital(one.label)) for one in offered], "coerce": words}


def _yes_or_no(text: str) -> bool:
    """Return the answer behind "yes" or "no"."""
    if text not in {"yes", "no"}:
        raise ValueError("neither yes nor no")
    return text == "yes"
