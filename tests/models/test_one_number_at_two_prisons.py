"""Going back a step loses nobody: it is refused while two leavers have one prison number."""

import pytest
from sqlmodel import Session

from models.database import current, downgrade, upgrade
from tests.rows import a_leaver_row


def test_a_number_at_two_prisons_goes_up_and_down_and_two_leavers_of_it_refuse(engine):
    downgrade(engine, "0028")
    upgrade(engine)
    here = current(engine)
    with Session(engine) as db:
        db.add_all([a_leaver_row(prison_number="A1234BC", prison=one) for one in ("LEI", "HLI")])
        db.commit()

    with pytest.raises(ValueError, match="1 prison numbers stand on the records of two leavers"):
        downgrade(engine, "0028")

    assert current(engine) == here
