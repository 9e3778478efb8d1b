"""What a council peer does at the screen: puts one person forward, page by page."""

from tests.browser.screen import Screen

NUMBER = "A4321CD"
FIRST_NAME = "Siân"
SURNAME = "Quillfeather"
NAME = f"{FIRST_NAME} {SURNAME}"
BORN = "27 3 1990"
PHONE = "07700 900123"
AVOIDED = "Dai Quarrelsome"
LEAVES = "3 2 2027"

NOT_TO_BE_TOLD = (SURNAME, NUMBER, "27/03/1990", "27 March 1990", "Quarrelsome")
"""What no page for a mentor says of the leaver, before or after a yes."""


def put_someone_forward(screen: Screen) -> str:
    """Fill in every page with the person beside, send them, and return the code."""
    screen.presses("Start a new form")
    screen.sees("About them", "Their yes", "To do")
    screen.presses("Go on")
    _who_they_are(screen)
    _what_they_want(screen)
    _whom_they_would_meet(screen)
    _after_release(screen)
    assert screen.heading == "Their yes"
    screen.sees("Read this out loud", "You can say no")
    screen.ticks("They have heard this and said yes.")
    screen.presses("Save and continue")
    assert screen.heading == "Check your answers"
    screen.sees(FIRST_NAME, SURNAME, NUMBER, "3 February 2027", "Football")
    screen.presses("Send")
    return screen.text.split("The code is ")[1].split()[0]


def _who_they_are(screen: Screen) -> None:
    assert screen.heading == "About them"
    screen.types("Prison number", NUMBER.lower())
    screen.types("First name", FIRST_NAME)
    screen.types("Surname", SURNAME)
    screen.writes_day("When were they born?", BORN)
    screen.chooses("Sex", "Female")
    screen.presses("Save and continue")
    assert screen.heading == "When they leave"
    screen.writes_day("When do they leave?", LEAVES)
    screen.chooses("How is the day decided?", "A sentence with an end date")
    screen.presses("Save and continue")


def _what_they_want(screen: Screen) -> None:
    screen.chooses("Somewhere to live on release", "Most")
    screen.presses("Save and continue")
    screen.ticks("First time in prison", "In care as a child")
    screen.presses("Save and continue")
    screen.ticks("First time in prison")
    screen.presses("Save and continue")
    screen.ticks("Football")
    screen.presses("Save and continue")


def _whom_they_would_meet(screen: Screen) -> None:
    screen.presses("Save and continue")
    screen.presses("Save and continue")
    screen.chooses("Is there anyone they must not meet?", "Yes")
    screen.presses("Save and continue")
    screen.types("What is this person called?", AVOIDED)
    screen.writes_day("When was this person born?", "2 3 1985")
    screen.types("Why must they not meet?", "They fell out.")
    screen.presses("Save and continue")
    screen.sees(AVOIDED)
    screen.chooses("Is there anyone else?", "No")
    screen.presses("Save and continue")


def _after_release(screen: Screen) -> None:
    screen.types("Where will they live?", "ls6 2ab")
    screen.types("How far can they travel to meet someone?", "20")
    screen.presses("Save and continue")
    screen.types("Phone number", PHONE)
    screen.chooses("Which one of these may the mentor have?", "By phone")
    screen.presses("Save and continue")
    screen.types("Is there anything else to know?", "Likes to walk.")
    screen.chooses("May the mentor read this note?", "Yes")
    screen.presses("Save and continue")
