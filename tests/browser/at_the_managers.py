"""What the manager of a region does at the screen."""

import re
from decimal import Decimal

from tests.browser.at_the_council import FIRST_NAME
from tests.browser.screen import Screen

RISKS = ("Overall", "To children", "To the public", "To a known adult", "To staff", "To prisoners")
APPROVE = re.compile("^Approve")


def settle_who_to_avoid(screen: Screen) -> None:
    """Make a link of the person the leaver must not meet."""
    screen.follows(re.compile(f"^{FIRST_NAME}"))
    screen.sees("On hold", "They fell out.")
    screen.follows("Settle Dai Quarrelsome")
    screen.chooses("What stands between them?", "Non-association")
    screen.types("First name", "Dai")
    screen.types("Surname", "Quarrelsome")
    screen.writes_day("Date of birth", "2 3 1985")
    screen.presses("Save")
    screen.sees("Settled.")


def screen_without_probation(screen: Screen) -> None:
    """Record risk and licence; nobody in probation has said "content" yet."""
    screen.presses("Screen")
    for risk in RISKS:
        screen.chooses(risk, "Low")
    screen.types("Who assessed the risk", "Pat Assessor")
    screen.writes_day("When the risk was assessed", "5 10 2026")
    screen.chooses("MAPPA level", "Not managed under MAPPA")
    screen.chooses("Is there a sexual offence on record?", "No")
    screen.chooses("Is there domestic abuse on record?", "No")
    screen.chooses("Will they be on licence?", "Yes")
    screen.presses("Save the screening")
    screen.sees("still on hold", "Probation has not said")


def screen_again_with_probation(screen: Screen) -> None:
    """Record who in probation said "content", and when."""
    screen.presses("Screen again")
    screen.types("Who in probation is content with this mentoring", "Robin Wagtail")
    screen.writes_day("When probation said they are content", "23 11 2026")
    screen.types("Why do you change this?", "Robin Wagtail rang.")
    screen.presses("Save the screening")
    screen.sees("Nothing holds")
    assert "On hold" not in screen.text


def read_the_parts(screen: Screen) -> tuple[list[Decimal], Decimal]:
    """Open the pair, and return the parts of its score and their total as the page shows them."""
    screen.follows(re.compile("^See it all"))
    rows = screen.page.get_by_role("table", name="How the score adds up").get_by_role("row")
    points = [Decimal(row.get_by_role("cell").inner_text()) for row in rows.all()[1:]]
    return points[:-1], points[-1]


def approve(screen: Screen, mentor: str) -> None:
    """Approve the one proposal on today's page."""
    screen.sees("1 offer to approve", f"{FIRST_NAME} (", f"with {mentor} (", "Why")
    screen.presses(APPROVE)
    screen.sees("Approved. The offer goes to the mentor.")
