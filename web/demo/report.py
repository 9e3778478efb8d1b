"""A release report for the liaison of a demo to try: as prisons export them, with two slips."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path

from matcher.core.sending import LONDON
from matcher.example.region import RegionsPeople
from models.reference import prisons

HEADER = ("Prison Number", "Name", "Date of Birth", "Conditional Release Date", "Prison")
NEW = (("A7301KT", "OKORO, DAVID"), ("A7302KT", "PRICE, RHYS"), ("A7303KT", "HUSSAIN, IMRAN"))


def write_report(place: Path, people: RegionsPeople, now: datetime) -> None:
    """Write a report of the region's prison, as it would be exported at `now`."""
    today = now.astimezone(LONDON).date()
    prison = prisons()[people.prison].name
    lines = StringIO()
    report = csv.writer(lines)
    report.writerow(HEADER)
    for one in people.last[-3:]:
        told = (one.prison_number, f"{one.surname.upper()}, {one.first_name.upper()}")
        report.writerow((*told, _day(one.birth_date), _day(one.release_date), prison))
    for number, told in enumerate(NEW):
        leaves = today + timedelta(days=30 + 9 * number)
        report.writerow((*told, "14/03/1991", _day(leaves), prison))
    report.writerow(("A7304KT", "EVANS, CERI", "31/02/1990", _day(today), prison))
    report.writerow(("7305KT", "WARD, LEE", "02/06/1988", _day(today), prison))
    place.write_text(lines.getvalue(), encoding="utf-8")


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""
