import gc

import pytest

from matcher.collecting import no_search_for_cycles


@no_search_for_cycles()
def is_on() -> bool:
    return gc.isenabled()


def test_python_does_not_look_for_cycles_within_and_does_afterwards():
    assert gc.isenabled()

    assert not is_on()

    assert gc.isenabled()


def test_it_goes_on_after_an_error_and_stays_off_where_it_was_off():
    with pytest.raises(KeyError), no_search_for_cycles():
        raise KeyError("nobody")
    assert gc.isenabled()

    gc.disable()
    try:
        is_on()
        stays_off = not gc.isenabled()
    finally:
        gc.enable()

    assert stays_off
