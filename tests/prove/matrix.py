"""The whole matrix of access: every kind of account at every page, about everybody's things."""

from logging import CRITICAL, getLogger

from models.database import make_engine, upgrade
from tests.person_keys import keep_keys_of_tests
from tests.prove.places import Place
from tests.prove.tally import Stopwatch, Tally
from tests.web.access.judging import Judge
from tests.web.access.searching import search
from tests.web.access.stories import OVER
from tests.web.access.walking import a_walk
from tests.web.desks import Desks

KINDS_OF_ACCOUNT = (
    *("", "peer", "liaison", "mentor", "manager", "administrator"),
    *("other peer", "other liaison", "other mentor", "other manager", "second peer"),
    *("ended mentor", "disabled", "demoted", "deputy", *OVER),
)
"""Who walks; the first is nobody signed in."""


def walk_as_each(tally: Tally, place: Place) -> None:
    """Walk as one after the other; whatever is not as the tables say breaks the proof."""
    keep_keys_of_tests()
    getLogger("gatemate.seen").setLevel(CRITICAL)  # all that is refused is refused on purpose
    engine = make_engine(place.new())
    upgrade(engine)
    walk, watch = a_walk(Desks(engine)), Stopwatch(tally)
    judge = Judge(walk)
    for who in KINDS_OF_ACCOUNT[tally.done : tally.wanted]:
        found = search(walk, judge, who)
        tally.broken += found.wrongs
        tally.note("requests", found.answers)
        tally.done += 1
        watch.keep()
    engine.dispose()
