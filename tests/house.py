"""Reading the tree, for the rules of the house in `house_rules.py`."""

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOMS = ("models", "matcher", "web")
LEFT_ALONE = (".git", ".venv", ".venvs", "var", "build", "dist", "__pycache__", ".hypothesis")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One Python file: where it stands, seen from the top of the tree, and its text."""

    place: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.place)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    def functions(self) -> list[Function]:
        return [node for node in self.nodes if isinstance(node, Function)]

    def imports(self) -> Iterator[tuple[int, str]]:
        """Each imported name in full with its line: `from a.b import c` is `a.b.c`."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


@dataclass(frozen=True)
class House:
    """The tree under one folder."""

    root: Path

    @cached_property
    def rooms(self) -> list[Source]:
        return self.python(*ROOMS)

    @cached_property
    def tests(self) -> list[Source]:
        return self.python("tests")

    def python(self, *folders: str) -> list[Source]:
        """Every Python file of the folders named."""
        starts = tuple(f"{folder}/" for folder in folders)
        return [source for source in self._all_python if source.place.startswith(starts)]

    @cached_property
    def _all_python(self) -> list[Source]:
        return [source for source in self.texts() if source.place.endswith(".py")]

    def texts(self) -> Iterator[Source]:
        """Every file of the project that is text: no caches, no environments, no data."""
        for folder, folders, names in os.walk(self.root):
            folders[:] = [name for name in folders if not _left_alone(name)]
            for name in sorted(names):
                if _left_alone(name):  # in a second worktree .git is a file
                    continue
                file = Path(folder, name)
                if not file.is_symlink() and b"\0" not in (content := file.read_bytes()):
                    place = file.relative_to(self.root).as_posix()
                    yield Source(place, content.decode("utf-8", errors="replace"))

    def text(self, place: str) -> str:
        return (self.root / place).read_text(encoding="utf-8")


def _left_alone(name: str) -> bool:
    return name in LEFT_ALONE or name.endswith((".egg-info", "_cache"))
