"""The `gatemate` command: the whole plan from files, and the same on a database.

A bad file or argument ends with exit code 2 and one clear list on standard
error; no file is left half written.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

COMMANDS = {
    "account": "web.cli_account:account",
    "audit": "web.cli_audit:audit",
    "backup": "web.cli_backup:backup",
    "clock": "web.cli_clock:clock",
    "db": "web.cli_database:database",
    "demo": "web.cli_demo:demo",
    "demo-day": "web.cli_demo:demo_day",
    "doctor": "web.cli_doctor:doctor",
    "erase": "web.cli_privacy:erase",
    "example": "web.cli_first_files:example",
    "import": "web.cli_database:import_file",
    "legal-hold": "web.cli_privacy:legal_hold",
    "keys": "web.cli_keys:keys",
    "match": "web.cli_plan:match",
    "post": "web.cli_post:post",
    "propose": "web.cli_database:propose",
    "restore": "web.cli_backup:restore",
    "retention": "web.cli_privacy:retention",
    "rules": "web.cli_first_files:rules",
    "subject-access": "web.cli_subject:subject_access",
    "template": "web.cli_first_files:template",
    "unmatched": "web.cli_why:unmatched",
    "what-if": "web.cli_why:what_if_command",
    "why": "web.cli_why:why_command",
}
"""Each command, and where it is: only the one that is asked for is imported."""


class Commands(click.Group):
    """A group whose commands are imported when they are asked for: a plan needs no web pages."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name, or None where there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; keys that are missing or do not fit are said in one sentence."""
        try:
            return super().invoke(ctx)
        except Exception as wrong:
            trouble = _trouble_with_keys(wrong)
            if trouble is None:
                raise
            raise import_module("web.cli_answers").Refused([trouble]) from wrong


def _trouble_with_keys(wrong: Exception) -> str | None:
    """Return what is wrong with the keys, None where it is something else."""
    inner = getattr(wrong, "orig", None) or wrong
    is_of_keys = isinstance(inner, import_module("models.key_ring").KeysError)
    return str(inner) if is_of_keys else None


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="gatemate")
def main() -> None:
    """Pair people leaving prison with mentors who have been inside themselves."""
