"""The commonest passwords: what people choose most often, in small letters (see ATTRIBUTION.md)."""

import gzip
from functools import cache
from importlib.resources import files

_FILE = "commonest_passwords.txt.gz"


@cache
def commonest_passwords() -> frozenset[str]:
    """Return the 10,000 commonest passwords of 4 characters or more, and the long ones besides."""
    packed = files("models.reference").joinpath(_FILE).read_bytes()
    return frozenset(gzip.decompress(packed).decode("utf-8").split("\n"))
