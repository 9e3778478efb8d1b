"""The rules of the house, over its Python files.

Each rule is a function of a `House` that returns its complaints, one line each naming the file and
the line; no complaint means that the rule is kept.
"""

import ast
import re
import sys

from tests.house import Function, House, Source

NO_NOUN = re.compile(r"_?(utils?|helpers?|common|misc|services?|managers)")
NOT_OUR_WORD = re.compile(r"offender|mentee", re.IGNORECASE)

# What each place may import beside the standard library. The longest place that fits decides.
ARROWS = {
    "models": "models pydantic annotated_types sqlmodel sqlalchemy cryptography",
    "models/database.py": "models sqlmodel sqlalchemy alembic",
    "models/migrations": "models sqlmodel sqlalchemy alembic",
    "matcher": "models matcher pydantic annotated_types sqlmodel sqlalchemy numpy scipy sklearn "
    "threadpoolctl holidays openpyxl python_calamine typst icalendar argon2 pyotp",
    "matcher/core": "models matcher.core matcher.plans numpy scipy sklearn threadpoolctl holidays",
    "matcher/plans": "models matcher.core matcher.plans",
    "matcher/clock.py": "models matcher sqlmodel sqlalchemy apscheduler",
    "web": "models matcher web flask flask_wtf werkzeug jinja2 markupsafe wtforms "
    "govuk_frontend_wtf phonenumbers gunicorn click rich segno sqlmodel sqlalchemy",
}
# The core reads nothing, writes nothing, and does not know what day it is.
NOT_IN_THE_CORE = [
    *("os", "io", "pathlib", "shutil", "tempfile", "socket", "sqlite3", "subprocess", "time"),
    *("random", "secrets", "logging", "urllib", "http", "threading", "multiprocessing", "asyncio"),
    *("models.database", "models.access", "models.audit", "models.outbox", "models.accounts"),
]
QUERIES = {"select", "insert", "update", "delete", "text"}
CLOCKS = {"now", "today", "utcnow"}
SKIPS = {"skip", "skipif", "xfail", "importorskip"}


def files_are_short(house: House) -> list[str]:
    """Under 300 lines, so that a file is one noun."""
    lengths = {source.place: len(source.text.splitlines()) for source in house.rooms}
    return [f"{place}: {length} lines" for place, length in lengths.items() if length >= 300]


def functions_are_short(house: House) -> list[str]:
    """Under 40 lines, docstring and all; decorators apart."""
    return [
        f"{source.place}:{function.lineno}: {function.name} has {length} lines"
        for source in house.rooms
        for function in source.functions()
        if (length := (function.end_lineno or 0) - function.lineno + 1) >= 40
    ]


def names_say_what_they_hold(house: House) -> list[str]:
    """No file or folder is a drawer for odds and ends."""
    return [
        f"{source.place}: '{part}' names no noun"
        for source in [*house.rooms, *house.tests]
        for part in source.place.removesuffix(".py").split("/")
        if NO_NOUN.fullmatch(part)
    ]


def people_are_named_as_people(house: House) -> list[str]:
    """Leavers and mentors. Other people's headings may say otherwise; our names do not."""
    return [
        f"{source.place}:{line}: {name}"
        for source in house.rooms
        for line, name in _names(source)
        if NOT_OUR_WORD.search(name)
    ]


def _names(source: Source) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = [(1, source.place)]
    for node in source.nodes:
        for attribute in ("name", "id", "arg", "attr"):
            name = getattr(node, attribute, None)
            if isinstance(name, str):
                found.append((getattr(node, "lineno", 1), name))
    return found


def all_is_documented(house: House) -> list[str]:
    """Every module, every class, all that is public in them, in three words or more."""
    return [
        f"{source.place}:{getattr(node, 'lineno', 1)}: {getattr(node, 'name', 'the module')}"
        for source in house.rooms
        for node in [source.tree, *_to_be_documented(source.tree)]
        if len((ast.get_docstring(node) or "").split()) < 3
    ]


def _to_be_documented(scope: ast.Module | ast.ClassDef) -> list[ast.ClassDef | Function]:
    found: list[ast.ClassDef | Function] = []
    for node in scope.body:
        if isinstance(node, ast.ClassDef):
            found += [node, *([] if node.name.startswith("_") else _to_be_documented(node))]
        elif isinstance(node, Function) and not node.name.startswith("_"):
            found.append(node)
    return found


def arrows_point_one_way(house: House) -> list[str]:
    """Each room imports what its line in ARROWS allows, and nothing else."""
    return [
        f"{source.place}:{line}: imports {name}"
        for source in house.rooms
        for line, name in source.imports()
        if not _is_one_of(name, _allowed(source.place))
    ]


def _allowed(place: str) -> list[str]:
    fitting = [room for room in ARROWS if place == room or place.startswith(f"{room}/")]
    return [*sys.stdlib_module_names, *ARROWS[max(fitting, key=len)].split()]


def _is_one_of(name: str, modules: list[str]) -> bool:
    return any(name == module or name.startswith(f"{module}.") for module in modules)


def the_core_is_pure(house: House) -> list[str]:
    """No database, no files, no network, no chance, no printing."""
    core = house.python("matcher/core")
    found = [
        f"{source.place}:{line}: imports {name}"
        for source in core
        for line, name in source.imports()
        if _is_one_of(name, NOT_IN_THE_CORE)
    ]
    return found + [
        f"{source.place}:{line}: {what}()"
        for source in core
        for line, what in _calls(source)
        if what in {"open", "print", "input"}
    ]


def _calls(source: Source) -> list[tuple[int, str]]:
    """Each call with what is called, written as in the source: `datetime.now`."""
    calls = (node for node in source.nodes if isinstance(node, ast.Call))
    return [(call.lineno, ast.unparse(call.func)) for call in calls]


def nobody_reads_the_clock(house: House) -> list[str]:
    """`now` is handed in; only the clock process and the edges in web look at one."""
    return [
        f"{source.place}:{line}: {what}()"
        for source in house.python("models", "matcher")
        for line, what in _calls(source)
        if what == "time.time"
        or (what.split(".")[-1] in CLOCKS and what.split(".")[-2:-1] in (["datetime"], ["date"]))
        if source.place != "matcher/clock.py"
    ]


def verbs_never_commit(house: House) -> list[str]:
    """A route, a job or a command commits; a verb may be one of several in its transaction."""
    return [
        f"{source.place}:{line}: {what}()"
        for source in house.python("matcher")
        for line, what in _calls(source)
        if what.endswith(".commit") and source.place != "matcher/clock.py"
    ]


def pages_ask_no_questions(house: House) -> list[str]:
    """A query is written in models or matcher; web only runs what it is given."""
    return [
        f"{source.place}:{line}: imports {name}"
        for source in house.python("web")
        for line, name in source.imports()
        if name.split(".")[0] in {"sqlalchemy", "sqlmodel"} and name.split(".")[-1] in QUERIES
    ]


def no_test_is_skipped(house: House) -> list[str]:
    """Not by a mark, not by a call."""
    return [
        f"{source.place}:{node.lineno}: {node.attr}"
        for source in house.tests
        for node in source.nodes
        if isinstance(node, ast.Attribute) and node.attr in SKIPS and "pytest" in ast.unparse(node)
    ]


def every_test_can_fail(house: House) -> list[str]:
    """Each asserts something, itself or through a function of its own file."""
    return [
        f"{source.place}:{function.lineno}: {function.name} asserts nothing"
        for source in house.tests
        for function in source.functions()
        if function.name.startswith("test_") and not _asserts(function, source)
    ]


def _asserts(function: Function, source: Source, within: frozenset[str] = frozenset()) -> bool:
    if function.name in within:
        return False
    called = {ast.unparse(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}
    if called & {"pytest.raises", "pytest.warns", "pytest.fail"}:
        return True
    asserted = (node.test for node in ast.walk(function) if isinstance(node, ast.Assert))
    return any(not isinstance(test, ast.Constant) for test in asserted) or any(
        _asserts(other, source, within | {function.name})
        for other in source.functions()
        if other.name in called
    )


RULES = [
    files_are_short,
    functions_are_short,
    names_say_what_they_hold,
    people_are_named_as_people,
    all_is_documented,
    arrows_point_one_way,
    the_core_is_pure,
    nobody_reads_the_clock,
    verbs_never_commit,
    pages_ask_no_questions,
    no_test_is_skipped,
    every_test_can_fail,
]
