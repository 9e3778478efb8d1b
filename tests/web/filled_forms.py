"""What someone types who puts a person forward: every page of the form, and one who is avoided."""

from typing import Any

from flask.testing import FlaskClient

AVOIDED: dict[str, Any] = {
    "name": "Dai Canary",
    "birth_date": ["2", "3", "1985"],
    "why": "Canary reason.",
}
PAGES: dict[str, dict[str, Any]] = {
    "about": {
        "prison_number": "a1234bc",
        "first_name": "Siân",
        "surname": "O’Neill",
        "birth_date": ["27", "3", "1990"],
        "sex": "female",
        "gender": "woman",
        "ethnic_group": "mixed",
    },
    "release": {"release_date": ["3", "February", "2027"], "sentence_kind": "determinate"},
    "needs": {"needs-work": "high", "needs-gp": "low"},
    "experience": {"experiences": ["care", "first_time"]},
    "show": {"may_show": ["first_time"]},
    "likes": {"interests": ["football", "chess"]},
    "languages": {"languages": ["en", "cy"]},
    "rather": {"wants": ["female"], "cultures": ["welsh"], "spoken": ["cy"]},
    "avoid": {"another": "no"},
    "where": {"resettling_in": "ls6 2ab", "travel_km": "20", "hours": ["0-morning", "4-evening"]},
    "reach": {
        "phone": "07700 900123",
        "email": "sian@example.org",
        "address": "1 Example Street",
        "shares": "phone",
    },
    "note": {"note": "Sâl yn y bore.", "note_shareable": "yes"},
    "consent": {"agreed": "y"},
}


def fill_in(browser: FlaskClient, forms: str, but: frozenset[str] | set[str] = frozenset()) -> str:
    """Begin a form and fill every page in, apart from some; return the form's address."""
    form = browser.post(f"{forms}/").location.removesuffix("pages/about").rstrip("/")
    browser.post(f"{form}/avoid/new", data=AVOIDED)
    for name, typed in PAGES.items():
        if name not in but:
            address = "avoid" if name == "avoid" else f"pages/{name}"
            answer = browser.post(f"{form}/{address}", data=typed)
            assert answer.status_code == 302, (name, answer.text)
    return form
