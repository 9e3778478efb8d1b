"""What the liaison of a prison does at the screen."""

import re
from io import BytesIO

from pypdf import PdfReader

from tests.browser.at_the_council import NAME
from tests.browser.screen import Screen

REPORT = """Prison number,First name,Surname,Date of birth,Release date
A4321CD,Siân,Quillfeather,27/03/1990,03/02/2027
B5432EF,Lowri,Sandpiper,14/06/1988,20/01/2027
C65X3GH,Glyn,Plover,30/11/1979,27/01/2027
D7654JK,Tomos,Curlew,31/02/1985,12/02/2027
""".encode()
"""One person who is put forward already, one who is new, and two rows with a bad cell."""

PRACTITIONER = "robin.wagtail@probation.example"


def take_a_report(screen: Screen) -> str:
    """Look at a report, take what is right in it, and return the file with the rest."""
    screen.presses("Upload a release report")
    screen.uploads("Choose the release report", "report.csv", REPORT)
    screen.presses("Look at the file")
    screen.sees("Nothing is changed yet", "Lowri Sandpiper", "Wednesday 20 January 2027")
    screen.sees('Row 4, Prison number, "C65X3GH"', 'Row 5, Date of birth, "31/02/1985"')
    screen.presses("Take the report")
    screen.sees("The report is taken")
    return screen.saves("button", "Download the rows to mend").decode("utf-8-sig")


def complete_and_endorse(screen: Screen) -> None:
    """Add who looks after the person on licence, and send the referral on to the manager."""
    screen.follows(NAME)
    screen.sees("Waits for you to endorse", "3 February 2027")
    screen.does_not_see("They fell out.", "07700 900123")
    screen.follows(re.compile("^Change probation practitioner"))
    screen.types("Name", "Robin Wagtail")
    screen.types("E-mail address", PRACTITIONER)
    screen.presses(re.compile("^Save"))
    screen.presses("Endorse")
    screen.sees("With the regional manager")


def book(screen: Screen, meeting: str, day: str, time: str) -> None:
    """Book one meeting into the visits hall, from the page of the person."""
    screen.follows(re.compile(f"^Book the {meeting}"))
    screen.writes_day("Day", day)
    screen.types("Time it starts", time)
    screen.types("Place", "Visits hall")
    screen.presses("Book")


def print_letter(screen: Screen) -> str:
    """Print the letter that waits, hand it over, and return what it says."""
    screen.follows("Letters")
    screen.sees(NAME)
    sheet = screen.saves("link", re.compile("^Letter as PDF"))
    screen.presses(re.compile("^Handed over"))
    screen.sees("No letter waits")
    [page] = PdfReader(BytesIO(sheet)).pages
    return " ".join(page.extract_text().split())


def tell_of_a_new_date(screen: Screen, day: str) -> None:
    """Report that the release date moved, as far as the page that shows what follows."""
    screen.follows(NAME)
    screen.follows("The release date moved, or was taken away")
    screen.chooses("Which date is it?", "Confirmed release date")
    screen.writes_day("What is the date now?", day)
    screen.types("Who told you?", "Custody office")
    screen.presses("See what follows")


def agree_the_gate_plan(screen: Screen) -> None:
    """Say where, when and with what, and who can be rung."""
    screen.follows("Agree the gate plan")
    screen.types("Time to be at the gate", "9am")
    screen.types("Where exactly?", "Bench by the main gate")
    screen.types("What should the person who leaves bring?", "ID, phone")
    screen.types("Who can be rung if someone is not there?", "Gate desk")
    screen.types("Their phone number", "07700 900456")
    screen.types("By what time should they be home?", "1pm")
    screen.presses("Agree the plan")
