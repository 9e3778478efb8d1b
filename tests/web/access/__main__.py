"""Print the canary search: `python -m tests.web.access`, on a database of its own."""

import logging
import sys
from tempfile import TemporaryDirectory

from models.database import make_engine, upgrade
from tests.person_keys import keep_keys_of_tests
from tests.web.access.judging import Judge
from tests.web.access.searching import Searched, everybody, search, table
from tests.web.access.walking import a_walk
from tests.web.desks import Desks


def main() -> int:
    """Print a row for each kind of account; return 1 if anything is not as the tables say."""
    logging.disable(logging.CRITICAL)
    keep_keys_of_tests()
    rows: list[Searched] = []
    with TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/gatemate.db")
        upgrade(engine)
        walk = a_walk(Desks(engine))
        judge = Judge(walk)
        for who in everybody(walk):
            rows.append(search(walk, judge, who))
            sys.stderr.write(f"{rows[-1].line}\n")
        engine.dispose()
    wrongs = [wrong for one in rows for wrong in one.wrongs]
    sys.stdout.writelines(f"{line}\n" for line in (*table(rows), *wrongs))
    return 1 if wrongs else 0


if __name__ == "__main__":
    sys.exit(main())
