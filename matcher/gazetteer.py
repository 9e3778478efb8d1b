"""The districts and prisons of England and Wales, placed for the core."""

from functools import cache

from matcher.core.places import Places
from models.reference import districts, prisons


@cache
def england_and_wales() -> Places:
    """Return every known postcode district and prison with its position."""
    return Places(
        districts={code: (d.latitude, d.longitude) for code, d in districts().items()},
        prisons={code: (p.latitude, p.longitude) for code, p in prisons().items()},
        prison_names={code: p.title for code, p in prisons().items()},
        prison_districts={code: p.postcode.split()[0] for code, p in prisons().items()},
    )
