"""The forms and links of a page, as a browser would see them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

TYPED = {"text", "email", "tel", "search", "password", "number", "url"}
Pairs = list[tuple[str, str]]


@dataclass
class Form:
    """One form: where it is sent, what it says by itself, what one types, and its files."""

    page: str
    action: str
    method: str
    given: Pairs = field(default_factory=list)
    typed: Pairs = field(default_factory=list)
    files: list[str] = field(default_factory=list)


class Page(HTMLParser):
    """What a page holds: its forms, its links, and what its fields say."""

    def __init__(self, address: str, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.address = address
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.values: list[str] = []
        self._area: str | None = None
        self._select: str | None = None
        self._chosen: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take one element in."""
        told = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in told:
            self.links.append(told["href"])
        elif tag == "form":
            action = told.get("action") or self.address
            self.forms.append(Form(self.address, action, told.get("method", "get").lower()))
        elif self.forms and tag in {"input", "textarea", "select", "option", "button"}:
            self._field(tag, told)

    def _field(self, tag: str, told: dict[str, str]) -> None:
        form, name, value = self.forms[-1], told.get("name", ""), told.get("value", "")
        kind = told.get("type", "text" if tag == "input" else "")
        if tag == "textarea":
            self._area = ""
            form.typed.append((name, ""))
        elif tag == "select":
            self._select = name
        elif tag == "option":
            if self._select and value and self._select not in self._chosen:
                self._chosen.add(self._select)
                form.given.append((self._select, value))
        elif kind in TYPED and name:
            self.values.append(value)
            form.typed.append((name, value or self._digits(told)))
        elif kind == "file" and name:
            form.files.append(name)
        elif kind in {"hidden", "checkbox"} and name:
            form.given.append((name, value))
        elif kind in {"radio", "submit"} and name:
            form.given += [] if name in dict(form.given) else [(name, value)]

    def _digits(self, told: dict[str, str]) -> str:
        """Return a number for a part of a day or a time, so that the rest of a form is taken."""
        if told.get("inputmode") != "numeric":
            return ""
        return "2027" if "year" in told.get("id", "") else "3"

    def handle_data(self, data: str) -> None:
        """Take text in."""
        if self._area is not None:
            self._area += data

    def handle_endtag(self, tag: str) -> None:
        """Close a text area or a list."""
        if tag == "textarea" and self._area is not None:
            self.values.append(self._area)
            self._area = None
        elif tag == "select":
            self._select = None


def posts(pages: list[Page]) -> Iterator[Form]:
    """Yield the forms that are sent, one of each action."""
    seen = set()
    for page in pages:
        for form in page.forms:
            if form.method == "post" and form.action not in seen:
                seen.add(form.action)
                yield form
