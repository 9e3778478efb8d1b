from datetime import timedelta

import pytest

from matcher.core.conditions import Conditions
from matcher.core.features import LeaverColumns
from matcher.core.urgency import urgency
from matcher.gazetteer import england_and_wales
from models.states import Pathway
from models.vocabulary import Importance, Need
from tests.factories import TODAY, a_leaver

CONDITIONS = Conditions(TODAY, england_and_wales())


def urgency_of(**told):
    return int(urgency(LeaverColumns.of([a_leaver(**told)], CONDITIONS))[0])


@pytest.mark.parametrize(
    ("days_to_go", "expected"), [(0, 8), (28, 8), (29, 4), (42, 4), (43, 2), (63, 2), (64, 1)]
)
def test_urgency_rises_as_the_release_nears(days_to_go, expected):
    release = TODAY + timedelta(days=days_to_go)

    assert urgency_of(release_date=release, needs={Need.WORK: Importance.HIGH}) == expected


@pytest.mark.parametrize("need", [Need.HOME_ON_RELEASE, Need.MENTAL_HEALTH, Need.GP])
def test_a_home_or_health_need_that_matters_most_doubles_the_urgency(need):
    release = TODAY + timedelta(days=30)

    assert urgency_of(release_date=release, needs={need: Importance.HIGH}) == 8
    assert urgency_of(release_date=release, needs={need: Importance.MEDIUM}) == 4


def test_someone_without_a_release_to_count_to_has_the_least_urgency():
    pathway = Pathway.LIAISON_AND_DIVERSION

    assert urgency_of(release_date=None, pathway=pathway, needs={}) == 1
