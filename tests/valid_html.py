"""What is wrong with the HTML of a page: what a parser stumbles over, and what no parser minds."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from xml.etree.ElementTree import Element

import html5lib

NAMED = {"aria-controls", "aria-describedby", "aria-labelledby", "for", "headers", "form"}
"""Attributes that name other elements by their ids."""

INTERACTIVE = {"a", "button", "input", "select", "textarea", "summary"}
GONE = {"align", "bgcolor", "border", "style", "onclick", "onchange", "onload"}
"""Attributes that are obsolete, or that the policy of our pages blocks."""


def faults_of(page: str) -> list[str]:
    """Return a line for each thing wrong with a whole page; none if it is valid."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(page)
    stumbled = [f"{name} {told} at {place}" for place, name, told in parser.errors]
    return [*stumbled, *_wrong_ids(tree), *_wrong_nesting(tree), *_gone(tree), *_levels(tree)]


def _wrong_ids(tree: Element) -> Iterator[str]:
    ids = Counter(one.get("id") for one in tree.iter() if one.get("id") is not None)
    yield from (f"id {one!r} stands {count} times" for one, count in ids.items() if count > 1)
    yield from (f"id {one!r} has a blank" for one in ids if not one or re.search(r"\s", one))
    for element in tree.iter():
        for attribute in NAMED & set(element.keys()):
            for named in (element.get(attribute) or "").split():
                if named not in ids:
                    yield f"{element.tag} says {attribute}={named}, which is not there"


def _wrong_nesting(tree: Element) -> Iterator[str]:
    for element in tree.iter():
        if element.tag not in {"a", "button", "label"}:
            continue
        for inside in element.iter():
            if inside is not element and inside.tag in INTERACTIVE - {"input"}:
                yield f"{inside.tag} inside {element.tag}"
    for element in tree.iter("p"):
        if any(
            one.tag in {"div", "p", "ul", "table", "h2"}
            for one in element.iter()
            if one is not element
        ):
            yield "a block inside p"


def _gone(tree: Element) -> Iterator[str]:
    for element in tree.iter():
        if isinstance(element.tag, str):
            yield from (f"{element.tag} has {one}" for one in GONE & set(element.keys()))
        if element.tag == "img" and element.get("alt") is None:
            yield "img without alt"


def _levels(tree: Element) -> Iterator[str]:
    """One heading of the first level, and none that skips a level on the way down."""
    found = [
        int(one.tag[1])
        for one in tree.iter()
        if isinstance(one.tag, str) and re.fullmatch("h[1-6]", one.tag)
    ]
    if found.count(1) != 1:
        yield f"{found.count(1)} headings of level 1"
    for before, after in pairwise(found):
        if after > before + 1:
            yield f"h{after} follows h{before}"
