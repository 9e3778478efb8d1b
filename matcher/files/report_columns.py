"""What the columns of release reports are called, and what each name means to us.

A table: to know another name, add it to a row. Names are matched after
`folded`: case, punctuation and blanks do not matter. The names are those of
the reports that a prison can export; `docs/files.md` lists them for people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from matcher.core.release_dates import BASES, POSSIBLE
from matcher.files.cells import folded, shown
from matcher.files.refusals import IntakeRefused
from models.release_words import DateKind
from models.vocabulary import Word


class ReportField(Word):
    """What a column of a release report says, dates apart (see `DateKind`)."""

    PRISON_NUMBER = "prison_number", "Prison number"
    FIRST_NAME = "first_name", "First name"
    SURNAME = "surname", "Surname"
    FULL_NAME = "full_name", "Name"
    BIRTH_DATE = "birth_date", "Date of birth"
    PRISON = "prison", "Prison"
    CASE_NUMBER = "case_number", "CRN"
    E_MAIL = "e_mail", "E-mail address"
    SENTENCED_ON = "sentenced_on", "Sentence start date"


NAMES: Mapping[ReportField | DateKind, tuple[str, ...]] = MappingProxyType(
    {
        ReportField.PRISON_NUMBER: (
            "Prison number",
            "Prisoner number",
            "NOMS number",
            "NOMS no",
            "NOMIS number",
            "NOMIS no",
            "NOMIS ID",
            "NOMS ID",
        ),
        ReportField.FIRST_NAME: (
            "First name",
            "Forename",
            "Forename 1",
            "Given name 1",
            "Offender given name 1",
            "Prisoner firstname",
        ),
        ReportField.SURNAME: ("Surname", "Last name", "Offender surname", "Prisoner lastname"),
        ReportField.FULL_NAME: ("Name", "Prisoner name", "Prisoner", "Full name"),
        ReportField.BIRTH_DATE: ("Date of birth", "DOB", "Birth date"),
        ReportField.PRISON: (
            "Prison",
            "Prison ID",
            "Prison code",
            "Prison name",
            "Estab",
            "Establishment",
            "Establishment code",
            "Establishment name",
        ),
        ReportField.CASE_NUMBER: ("CRN",),
        ReportField.E_MAIL: ("Probation practitioner email", "POM email", "Email address"),
        ReportField.SENTENCED_ON: ("Sentence start date",),
        DateKind.CONFIRMED: ("Confirmed release date",),
        DateKind.CURFEW_APPROVED: (
            "HDC AD (approved date)",
            "HDC approved date",
            "HDCAD",
            "ARD (approved release date)",
            "Curfew approved date",
        ),
        DateKind.CONDITIONAL_OVERRIDE: (
            "Conditional release date override",
            "Conditional release date (override)",
        ),
        DateKind.CONDITIONAL: ("Conditional release date", "CRD", "CRD (conditional release date)"),
        DateKind.AUTOMATIC: ("Automatic release date", "ARD", "ARD (automatic release date)"),
        DateKind.POST_RECALL: (
            "Post-recall release date",
            "PRRD",
            "PRRD (post-recall release date)",
        ),
        DateKind.RELEASE_AS_REPORTED: (
            "Release date",
            "Release date (current)",
            "Current release date",
            "Date of release",
            "Release/parole date",
            "Licence start date",
        ),
        DateKind.CURFEW_ELIGIBILITY: (
            "HDCED",
            "HDC eligibility date",
            "HDCED (HDC eligibility date)",
            "Curfew eligibility date",
        ),
        DateKind.PAROLE_ELIGIBILITY: (
            "Parole eligibility date",
            "PED",
            "PED (parole eligibility date)",
        ),
        DateKind.PAROLE_REVIEW: (
            "Review date",
            "Parole review date",
            "Current target date (review)",
            "Tariff expiry date",
        ),
    }
)
"""Our field ← its names."""

_FIELDS = {folded(name): field for field, names in NAMES.items() for name in names}


def is_report_column(name: str) -> bool:
    """Say whether this is the name of a column of a release report."""
    return folded(name) in _FIELDS


def fields_of(header: Sequence[str]) -> dict[ReportField | DateKind, tuple[int, ...]]:
    """Return where each field stands in the header; a field may be said by several columns."""
    places: dict[ReportField | DateKind, tuple[int, ...]] = {}
    for place, name in enumerate(header):
        if field := _FIELDS.get(folded(name)):
            places[field] = (*places.get(field, ()), place)
    return places


def date_columns(header: Sequence[str]) -> tuple[int, ...]:
    """Return where days may stand: they settle the order of the file, whatever they mean."""
    return tuple(
        place
        for place, name in enumerate(header)
        if isinstance(_FIELDS.get(folded(name)), DateKind)
        or any(word in folded(name) for word in ("date", "dob", "ersed"))
    )


def is_release_report(header: Sequence[str]) -> bool:
    """Say whether a report with these columns can say who leaves when."""
    fields = fields_of(header)
    return ReportField.PRISON_NUMBER in fields and any(kind in fields for kind in BASES)


def check_report(header: Sequence[str]) -> None:
    """Refuse a report that cannot say who leaves when, in one sentence that says why."""
    fields = fields_of(header)
    if ReportField.PRISON_NUMBER not in fields:
        raise IntakeRefused(
            f"This report has no column of prison numbers, so nobody in it can be known for "
            f"certain. {_its_columns(header)} Export one with a column such as "
            f'"{NAMES[ReportField.PRISON_NUMBER][0]}" or "{NAMES[ReportField.PRISON_NUMBER][2]}".'
        )
    if not any(kind in fields for kind in BASES):
        raise IntakeRefused(_no_release_date(header, fields))


def _no_release_date(
    header: Sequence[str], fields: Mapping[ReportField | DateKind, tuple[int, ...]]
) -> str:
    possible = [header[fields[kind][0]] for kind in POSSIBLE if kind in fields]
    if possible:
        listed = " and ".join(shown(name) for name in possible)
        return (
            f"This report has no release date: {listed} only says when someone could be "
            "released, not when they will be. Export one with a release date."
        )
    return (
        "This report has no column of release dates. "
        f'{_its_columns(header)} Export one with a column such as "Release date".'
    )


def _its_columns(header: Sequence[str]) -> str:
    names = [shown(name, 40) for name in header if name]
    more = f" and {len(names) - 6} more" if len(names) > 6 else ""
    return f"Its columns are {', '.join(names[:6])}{more}."
