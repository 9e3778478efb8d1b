"""The `gatemate` command: the whole plan from files, and the same on a database.

A bad file or argument ends with exit code 2 and one clear list on standard
error; no file is left half written.
"""

import click

from web.cli_account import account
from web.cli_clock import clock
from web.cli_database import database, import_file, propose
from web.cli_demo import demo, demo_day
from web.cli_plan import example, match, rules, template


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="gatemate")
def main() -> None:
    """Pair people leaving prison with mentors who have been inside themselves."""


for command in (
    account,
    clock,
    match,
    example,
    template,
    rules,
    import_file,
    propose,
    database,
    demo,
    demo_day,
):
    main.add_command(command)
