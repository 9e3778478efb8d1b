"""Python's own search for cycles, put off while everybody is read: people hold none.

It looks through all there is again and again, the more often the more objects
come: reading sealed values, which are one more object each, paid for it twice.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_search_for_cycles() -> Iterator[None]:
    """Keep Python from looking for cycles meanwhile, also around a function as its decorator."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
