"""A test holds every rule of the house, and every rule is seen to complain when it is broken."""

import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

from tests import house_papers, house_rules
from tests.house import House

OURS = House(Path(__file__).parent.parent)
PAPERS = ("pyproject.toml", "requirements.lock", "requirements-dev.lock",
          "requirements-bench.lock", "docs/stack.md", "Makefile", "README.md")  # fmt: skip
WORDS = '"""Three good words."""\n'
HASHED = "    --hash=sha256:" + "0" * 64 + "\n"


@pytest.mark.parametrize(
    "rule", [*house_rules.RULES, *house_papers.RULES], ids=lambda rule: rule.__name__
)
def test_the_house_keeps_the_rule_that(rule):
    """ASVS 15.1.2."""
    complaints = rule(OURS)

    assert not complaints, "\n".join(complaints)


def test_the_arrows_hold_through_other_modules_too():
    linter = Path(sysconfig.get_path("scripts"), "lint-imports")

    done = subprocess.run(
        [linter, "--no-logo"], cwd=OURS.root, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout


BROKEN_SOURCES = {
    "files_are_short": ("web/x.py", WORDS * 300, "300 lines"),
    "functions_are_short": ("web/x.py", "def f():\n" + "    f()\n" * 39, "f has 40 lines"),
    "names_say_what_they_hold": ("matcher/utils.py", "", "'utils' names no noun"),
    "people_are_named_as_people": ("matcher/x.py", "class MenteeList: ...", "MenteeList"),
    "all_is_documented": ("models/x.py", WORDS + "class A:\n    def b(self): ...", "b"),
    "arrows_point_one_way": ("models/x.py", "from matcher.core import rules", "matcher.core"),
    "the_core_is_pure": ("matcher/core/x.py", "import random", "random"),
    "nobody_reads_the_clock": ("matcher/x.py", "at = datetime.now(UTC)", "datetime.now()"),
    "verbs_never_commit": ("matcher/x.py", "def f(db):\n    db.commit()", "db.commit()"),
    "pages_ask_no_questions": ("web/x.py", "from sqlmodel import select", "sqlmodel.select"),
    "no_test_is_skipped": ("tests/x.py", "@pytest.mark.skipif(1)\ndef f(): ...", "skipif"),
    "every_test_can_fail": ("tests/x.py", "def test_f():\n    assert True", "asserts nothing"),
}  # fmt: skip


@pytest.mark.parametrize("rule", house_rules.RULES, ids=lambda rule: rule.__name__)
def test_a_file_that_breaks_the_rule_is_named(rule, tmp_path):
    place, text, complaint = BROKEN_SOURCES[rule.__name__]
    (tmp_path / place).parent.mkdir(parents=True)
    (tmp_path / place).write_text(text)

    [said] = [words for words in rule(House(tmp_path)) if complaint in words]

    assert said.startswith(place)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("matcher/x.py", "import flask"),
        ("matcher/x.py", "from web.cli import main"),
        ("matcher/core/x.py", "from sqlmodel import Session"),
        ("matcher/core/x.py", "from matcher.intake import read"),
        ("models/people.py", "import alembic"),
        ("web/x.py", "import numpy"),
        ("web/x.py", "from .cli import main"),
    ],
)
def test_an_arrow_that_points_the_wrong_way_is_named(place, text, tmp_path):
    (tmp_path / place).parent.mkdir(parents=True)
    (tmp_path / place).write_text(text)

    assert len(house_rules.arrows_point_one_way(House(tmp_path))) == 1


END = ""
BROKEN_PAPERS = [
    ("nothing_tells_of_a_machine", "README.md", END, "/" + "root/notes", "a path of one machine"),
    ("nothing_tells_of_a_machine", "README.md", END, "py" + "pi.org", "a package index"),
    ("nothing_tells_of_a_machine", "Makefile", END, "file:" + "//there", "a file address"),
    ("locks_pin_all_by_hash", "requirements.lock", END, "--index-url x", "--index-url x"),
    ("locks_pin_all_by_hash", "requirements-dev.lock", END, "elf>=1 \\\n" + HASHED, "elf>=1"),
    ("locks_pin_all_by_hash", "requirements.lock", END, "elf==1", "elf==1"),
    ("the_locks_agree", "requirements.lock", END, "flask==0.1 \\\n" + HASHED, "not 0.1"),
    ("the_locks_agree", "pyproject.toml", "dependencies = [", '"elf",', "elf is missing"),
    ("the_locks_agree", "pyproject.toml", "bench = [", '"elf",', "elf is missing"),
    ("each_part_has_its_reason", "docs/stack.md", END, "| `flask` | why |", "flask stands there"),
    ("each_part_has_its_reason", "docs/stack.md", END, "| `elf` | why |", "elf is not depended on"),
    ("each_part_has_its_reason", "pyproject.toml", "dev = [", '"elf",', "no reason for elf"),
    ("each_part_is_used", "pyproject.toml", "dependencies = [", '"elf",', "nothing imports elf"),
    ("suites_keep_to_their_minutes", "Makefile", END, "A_MINUTES := 2", "A_MINUTES is enforced"),
    ("suites_keep_to_their_minutes", "Makefile", END, "A_MINUTES := 25", "minutes in all"),
    ("commands_are_there", "Makefile", END, "secret:\n\ttrue", "secret has no line of help"),
    ("commands_are_there", "README.md", END, "`make coffee`", "there is no make coffee"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "place", "after", "added", "complaint"), BROKEN_PAPERS)
def test_a_paper_that_breaks_the_rule_is_named(rule, place, after, added, complaint, tmp_path):
    for paper in PAPERS:
        (tmp_path / paper).parent.mkdir(exist_ok=True)
        shutil.copy(OURS.root / paper, tmp_path / paper)
    text = (tmp_path / place).read_text()
    broken = text.replace(after, f"{after}\n{added}", 1) if after else f"{text}\n{added}\n"
    (tmp_path / place).write_text(broken)

    said = getattr(house_papers, rule)(House(tmp_path))

    assert any(complaint in words for words in said), said


def test_every_rule_is_seen_to_complain():
    rules = {rule.__name__ for rule in [*house_rules.RULES, *house_papers.RULES]}

    assert rules == {*BROKEN_SOURCES, *(rule for rule, *_rest in BROKEN_PAPERS)}
