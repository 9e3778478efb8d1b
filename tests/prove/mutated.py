"""Functions with one thing taken away: how they are made, and how they are put in force."""

import ast
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FunctionType, ModuleType
from typing import Any

from sqlalchemy import true

ALL_ALREADY = (
    "everyone",
    "col(BreakGlass.id).is_not(None)",
    "col(Invitation.id).is_not(None)",
)
"""Scopes that let a role find every row as it is: there is nothing to take away."""

EVERYTHING = "_everything()"


def functions(module: ModuleType) -> Iterator[ast.FunctionDef]:
    """Yield the functions of a module as they are written."""
    tree = ast.parse(inspect.getsource(module))
    yield from (one for one in tree.body if isinstance(one, ast.FunctionDef))


def without_each_condition(function: ast.FunctionDef) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield a function once for each condition of its SELECT, which then always holds.

    Conditions are the line of each role in a table of scopes, what a role without a line finds,
    each part of an `and_` or an `or_`, and each argument of a `where`. What is asked before a
    scope is looked up never holds.
    """
    for number, (what, _, _) in enumerate(_conditions(function)):
        again = ast.parse(ast.unparse(function)).body[0]
        assert isinstance(again, ast.FunctionDef)
        _, replace, instead = list(_conditions(again))[number]
        replace(ast.parse(instead, mode="eval").body)
        yield what, again


_Place = tuple[str, Callable[[ast.expr], None], str]


def _conditions(function: ast.FunctionDef) -> Iterator[_Place]:
    for node in ast.walk(function):
        if isinstance(node, ast.Dict):
            for line, key in enumerate(node.keys):
                said = ast.unparse(key) if key else ""
                if said.startswith("Role.") and ast.unparse(node.values[line]) not in ALL_ALREADY:
                    yield said, _setter(node.values, line), EVERYTHING
        elif isinstance(node, ast.Call):
            for number in _which_arguments(node):
                what = ast.unparse(node.args[number])
                yield what, _setter(node.args, number), EVERYTHING
        elif isinstance(node, ast.IfExp):
            yield f"not {ast.unparse(node.test)}", _test_of(node), "False"


def _which_arguments(call: ast.Call) -> list[int]:
    """Return which arguments of a call are conditions."""
    name = ast.unparse(call.func).rpartition(".")[2]
    if name == "get" and len(call.args) == 2 and "nobody" in ast.unparse(call.args[1]).lower():
        return [1]
    if name not in {"and_", "or_", "where"}:
        return []
    return [number for number, one in enumerate(call.args) if not isinstance(one, ast.Starred)]


def _setter(place: list[ast.expr], number: int) -> Callable[[ast.expr], None]:
    def put(new: ast.expr) -> None:
        place[number] = new

    return put


def _test_of(node: ast.IfExp) -> Callable[[ast.expr], None]:
    def put(new: ast.expr) -> None:
        node.test = new

    return put


def swapped(module: ModuleType, name: str, old: str, new: str) -> ast.FunctionDef:
    """Return a function with one expression in the place of another; ValueError if it has none."""
    [function] = [one for one in functions(module) if one.name == name]
    swap = _Swap(old, new)
    swap.visit(function)
    if not swap.swapped:
        raise ValueError(f"{module.__name__}.{name} has no {old}")
    return function


class _Swap(ast.NodeTransformer):
    """Puts one expression in the place of another, wherever it is read."""

    def __init__(self, old: str, new: str) -> None:
        self.old, self.new, self.swapped = old, new, False

    def visit(self, node: ast.AST) -> Any:
        """Swap it, or look further inside."""
        is_read = isinstance(node, ast.expr) and not isinstance(getattr(node, "ctx", 0), ast.Store)
        if is_read and ast.unparse(node) == self.old:
            self.swapped = True
            return ast.parse(self.new, mode="eval").body
        return self.generic_visit(node)


@contextmanager
def in_force(module: ModuleType, code: ast.FunctionDef) -> Iterator[None]:
    """Let a function of a module do as `code` says, wherever it was imported."""
    function: FunctionType = getattr(module, code.name)
    names = vars(module) | {"_everything": true}
    tree = ast.parse("from __future__ import annotations\n")
    tree.body.append(code)
    exec(compile(ast.fix_missing_locations(tree), "mutated", "exec"), names)
    was = function.__code__
    vars(module)["_everything"] = true
    function.__code__ = names[code.name].__code__
    try:
        yield
    finally:
        function.__code__ = was
        del vars(module)["_everything"]


@contextmanager
def instead_of(module: ModuleType, name: str, other: Callable[..., Any]) -> Iterator[None]:
    """Let a module use something else by a name."""
    was = getattr(module, name)
    setattr(module, name, other)
    try:
        yield
    finally:
        setattr(module, name, was)
