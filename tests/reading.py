"""The words that stand in templates and forms, and how old a reader must be for them.

The age is that of Flesch and Kincaid (1975): the school year for which a text is written, from the
words of its sentences and the syllables of its words, and five years more. It is made for whole
texts, so what is measured is a template's text as one; sentences are measured by their length.
"""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment
from jinja2.lexer import TOKEN_DATA, TOKEN_STRING

SENTENCE_ENDS = re.compile(r"(?<=[.!?:;])\s+|\n+")
WORD = re.compile(r"[A-Za-zÀ-ÿŵŷŴŶ]+(?:[’'-][A-Za-zÀ-ÿŵŷ]+)*")
VOWELS = re.compile(r"[aeiouyàâêéîôûŵŷ]+")
SILENT = re.compile(r"[^aeiouy]e$|[^aeiouydt]ed$|[^aeiouyscxzgh]es$")
APART = re.compile(r"[^cgst]i[ao](?!u)|[aeiouy]ing$|[^p]eo|[^q]ua(?!r)")
"""Vowels side by side that are spoken one after the other: "trial", "being", "video", "usual"."""

SAID = re.compile(r"^[A-Z“].* |[.!?]$")
"""What a string of a template has that is shown: it begins as a sentence does, or ends as one."""

STANDS_FOR = {"variable_begin": " it ", "block_begin": " "}
"""What is read where something is filled in, or where a template decides."""

BLOCKS = frozenset(
    {
        *("p", "li", "h1", "h2", "h3", "h4", "td", "th", "dt", "dd", "div", "summary"),
        *("caption", "title", "legend", "ul", "ol", "section", "main", "nav"),
    }
)
"""Elements whose text is read on its own."""


class _Shown(HTMLParser):
    """The text of a page, a line for each block."""

    def __init__(self) -> None:
        super().__init__()
        self.lines = [""]
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line where a block begins."""
        if tag in BLOCKS:
            self.lines.append("")
        self.hidden += tag in {"script", "style", "svg"}

    def handle_endtag(self, tag: str) -> None:
        """Begin a line where a block ends."""
        if tag in BLOCKS:
            self.lines.append("")
        self.hidden -= tag in {"script", "style", "svg"}

    def handle_data(self, data: str) -> None:
        """Keep what is shown."""
        if not self.hidden:
            self.lines[-1] += data


def of_template(path: Path) -> list[str]:
    """Return the sentences that a template holds; what is filled in reads as one short word."""
    html, strings = "", []
    for _line, kind, value in Environment(autoescape=True).lex(path.read_text()):
        if kind == TOKEN_DATA:
            html += value
        elif kind in STANDS_FOR:
            html += STANDS_FOR[kind]
        elif kind == TOKEN_STRING and SAID.search(text := ast.literal_eval(value)):
            strings.append(text)
    parser = _Shown()
    parser.feed(html)
    return [one for line in [*parser.lines, *strings] for one in sentences(line)]


def of_code(path: Path) -> list[str]:
    """Return the sentences among the strings of a file of code, docstrings apart."""
    tree = ast.parse(path.read_text())
    docs = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    inside = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in node.values
    }
    texts = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if id(node) not in docs | inside and SAID.search(node.value) and " " in node.value
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [p.value if isinstance(p, ast.Constant) else "it" for p in node.values]
            text = "".join(str(part) for part in parts)
            texts += [text] if SAID.search(text) and " " in text else []
    return [one for text in texts for one in sentences(text)]


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text that have a word."""
    filled = re.sub(r"\{[^}]*\}", "it", text)
    for one in SENTENCE_ENDS.split(filled):
        joined = " ".join(one.split())
        if WORD.search(joined.replace("it", "")):
            yield joined


def words_of(sentence: str) -> list[str]:
    """Return the words of a sentence."""
    return WORD.findall(sentence)


def syllables(word: str) -> int:
    """Return how many syllables a word has, counted by its groups of vowels."""
    low = word.lower()
    count = len(VOWELS.findall(low))
    if SILENT.search(low) and not re.search(r"[^l]le$", low):
        count -= 1
    return max(count + len(APART.findall(low)), 1)


def age_of(text: list[str]) -> float:
    """Return the age, in years, at which the sentences of a text can be read."""
    words = [word for sentence in text for word in words_of(sentence)]
    spoken = sum(syllables(word) for word in words)
    return 0.39 * len(words) / len(text) + 11.8 * spoken / len(words) - 15.59 + 5
