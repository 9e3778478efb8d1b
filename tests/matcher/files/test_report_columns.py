"""The columns of the 49 reports that are known, by hand: which can say who leaves when."""

import pytest

from matcher.files.refusals import IntakeRefused
from matcher.files.report_columns import (
    NAMES,
    ReportField,
    check_report,
    fields_of,
    is_report_column,
)
from models.release_words import DateKind

WITH_RELEASE_DATES = {
    "CVL incomplete licences": (
        (
            "Probation Region|Prison Name|Release Date|Licence Status|Probation Practitioner|"
            "Prison Number|CRN|Prisoner Name"
        ),
        {DateKind.RELEASE_AS_REPORTED},
    ),
    "CVL monitoring conditions": (
        "Prison Number|Name|CRN|Licence Status|Ems conditions|Licence Start Date",
        {DateKind.RELEASE_AS_REPORTED},
    ),
    "CVL post-recall cases": (
        (
            "Name|Prison Number|CRN|Licence Status|Release Date|Probation Practitioner|"
            "Probation Practitioner Email"
        ),
        {DateKind.RELEASE_AS_REPORTED},
    ),
    "CVL time served cases": (
        (
            "Name|Prison Number|CRN|Legal Status|Release Date|Probation Practitioner Email|"
            "Is Time Served Case|Is Time Served Case By All Prison Rule|Conditional Release Date|"
            "Conditional Release Date Override|Confirmed Release Date|Sentence Start Date"
        ),
        {
            DateKind.RELEASE_AS_REPORTED,
            DateKind.CONDITIONAL,
            DateKind.CONDITIONAL_OVERRIDE,
            DateKind.CONFIRMED,
        },
    ),
    "MPC handover pipeline": (
        (
            "Prisoner|CRN|Prisoner number|COM responsible|Release/Parole Date|Prison|Current POM|"
            "POM email|COM"
        ),
        {DateKind.RELEASE_AS_REPORTED},
    ),
    "population extract": (
        (
            "AGE|SURNAME|FORENAME1|NOMIS_NO|PNCID_NO|CRO_NO|DOB|ESTAB|PRISONNAME|LOCATION|"
            "DATE_OF_RELEASE|SENTENCESTATUS|EXTRDATE"
        ),
        {DateKind.RELEASE_AS_REPORTED},
    ),
    "ORS OCA by release date": (
        (
            "NOMS Number|Last Name|First Name|Date of Birth|Age|Cell Location|Admission Date|"
            "Cat - Next Review Date|Sentence Length|Release Date|Months Left to Serve"
        ),
        {DateKind.RELEASE_AS_REPORTED},
    ),
    "ORS OCA alerts by release date": (
        (
            "NOMS Number|Last Name|First Name|Date of Birth|Alert Code|Alert Effective Date|"
            "Alert Expiry Date|Release Date"
        ),
        {DateKind.RELEASE_AS_REPORTED},
    ),
    "alpha list by surname": (
        (
            "Booking No|NOMS Number|Last Name|First Name|Date of Birth|Location|CAT|"
            "Sentence Length|Release Date"
        ),
        {DateKind.RELEASE_AS_REPORTED},
    ),
    "alpha list by age": (
        "Booking No|NOMS Number|Last Name|First Name|Age in Years|Location|Release Date",
        {DateKind.RELEASE_AS_REPORTED},
    ),
    "alpha list by sentence length": (
        "Booking No|NOMS Number|Last Name|First Name|Date of Birth|Main Offence|Release Date",
        {DateKind.RELEASE_AS_REPORTED},
    ),
    "alpha list with ERSED": (
        "Booking No|NOMS Number|Last Name|First Name|Date of Birth|Release Date|ERSED",
        {DateKind.RELEASE_AS_REPORTED},
    ),
    "resettlement by wing": (
        (
            "NOMS Number|Last Name|First Name|Unit Description 4 Short|Assessment Date|"
            "Current Release Date"
        ),
        {DateKind.RELEASE_AS_REPORTED},
    ),
    "12-week discharge by release date": (
        (
            "Case Administrator|NOMS Number|Offender Surname|Offender Given Name 1|Date of Birth|"
            "HDC Eligibility Date|HDC AD (Approved Date)|Release Date (Current)|Scheduled Tx Date"
        ),
        {
            DateKind.RELEASE_AS_REPORTED,
            DateKind.CURFEW_ELIGIBILITY,
            DateKind.CURFEW_APPROVED,
        },
    ),
    "12-week discharge scheduled transfers": (
        (
            "Case Administrator|NOMS Number|Offender Surname|Offender Given Name 1|Date of Birth|"
            "Release Date (Current)|Scheduled Tx Date|Tx Dest.|NFR?|DV Perp?"
        ),
        {DateKind.RELEASE_AS_REPORTED},
    ),
    "HDC releases by establishment": (
        (
            "NOMS Number|Offender Surname|Offender Given Name 1|Date of Birth|"
            "Movement Description (External)|HDC Eligibility Date|Movement Date|"
            "ARD (Approved Release Date)|CRD (Conditional Release Date)"
        ),
        {DateKind.CURFEW_ELIGIBILITY, DateKind.CURFEW_APPROVED, DateKind.CONDITIONAL},
    ),
    "MAPPA report 5": (
        (
            "NOMS Number|Alert Description|Sentence Status|PED (Parole Eligibility Date)|"
            "CRD (Conditional Release Date)|Current Release Date"
        ),
        {DateKind.PAROLE_ELIGIBILITY, DateKind.CONDITIONAL, DateKind.RELEASE_AS_REPORTED},
    ),
}

ONLY_ELIGIBILITY = {
    "HDC licences handed over": "PRISON_NUMBER|PRISON_ID|PRISON_NAME|HANDOVER_DATE|HDCED",
    "HDC12 COM assigned": "PRISON_NUMBER|PRISONER_FIRSTNAME|PRISONER_LASTNAME|HDCED|PDU",
    "HDC licences with name": (
        "PRISON|PRISON_NUMBER|PRISONER_FIRSTNAME|PRISONER_LASTNAME|HDCED|COM|PDU"
    ),
    "PPUD parole reviews": (
        "TITLE|NOMIS ID|Offender Prison Number|Sentence Type|Date Of Sentence|"
        "Tariff Expiry Date|Review Date|Review ID|Current Target Date (Review)"
    ),
}

NO_RELEASE_DATE = {
    "CVL licence status": "Probation Region|Prison|CRN|Nomis Number|Prisoner Name|Licence Status",
    "Delius extract": "crn|pnc_no|noms_no|fullname|tier|mappa|date_of_birth",
    "bulk appointments": "Prison number",
    "booked visits": "Status|Prison|Prisoner name|Prison number|Slot granted|Lead visitor dob",
    "veterans": "Establishment|Prisoner Number|First Name|Last Name|Date of Birth|Age",
    "veterans by caseload": "Establishment|Prisoner Number|First Name|Last Name|Establishment Code",
    "basic list": "Booking No|NOMS Number|Last Name|First Name|Date of Birth|Location",
    "alpha list by location": (
        "Booking No|NOMS Number|Last Name|First Name|Main Legal Status|Main Legal Status"
    ),
    "daily discharge list": "Event Date|Destination|NOMS Number|Last Name|Initials|Time|Escort",
    "discharges, alternate": "Event Date|Movement Type|Destination|NOMS Number|Last Name",
    "discharges, alternate 2": "Event Date|NOMS Number|Last Name|Initials|Destination",
    "additional needs": "Prisoner Number|Age|Ethnicity|Cell location|Has a need|Dyslexia|Memory",
    "all movements": "Movement Time (external)|NOMS Number|Last Name|Given Name 1|From|To",
    "all movements with identifiers": "Movement Time (external)|NOMS Number|Last Name|CID|HOREF",
    "all movements, short": "Time|Type|Reason|NOMS Number|Last Name|First Name|Date of Birth",
    "discharges": "Time|Type|Reason|NOMS Number|Last Name|First Name|Direction|From|To",
    "movements, short with identifiers": "Time|Type|Reason|NOMS Number|Last Name|HO REF",
    "disability details": "NOMS Number|Last Name|Given Name 1|Disability|Date Provided",
    "non-association list": "NOMS Number|Last Name|First Name|NA Noms number|NAD Effective Date",
    "A and O": "NOMS Number|Last Name|Establishment Code|Establishment Name|Extract Date",
    "releases without a licence": "NOMS Number|Last Name|Movement Date (external)|SED Date",
    "protected characteristics": "NOMS Number|Offender Surname|Movement Date|Movement Time",
}

NO_PRISON_NUMBER = {
    "CRS referrals": "referral_ref|referral_id|service_user_crn|date_referral_received",
    "CRS appointments": "referral_ref|referral_id|appointmentId|appointment_time|booked_at",
    "CVL licences starting": "Licence start date|CRN|Licence Status|Probation area code",
    "case notes": "Establishment Code|Last Name|Given Name 1|Current Release Date|Case Note",
    "12-week discharge education": (
        "Case Administrator|Offender Surname|Offender Given Name 1|Release Date (Current)"
    ),
    "current prisoners": (
        "Associated Establishment Code|Offender Surname|Date of Birth|HDC Eligibility Date"
    ),
}  # fmt: skip


def test_every_one_of_the_reports_known_is_in_one_family():
    families = (WITH_RELEASE_DATES, ONLY_ELIGIBILITY, NO_RELEASE_DATE, NO_PRISON_NUMBER)

    assert [len(family) for family in families] == [17, 4, 22, 6]


@pytest.mark.parametrize(("header", "dates"), WITH_RELEASE_DATES.values(), ids=WITH_RELEASE_DATES)
def test_a_report_with_prison_numbers_and_release_dates_can_be_taken(header, dates):
    names = header.split("|")

    check_report(names)

    assert {field for field in fields_of(names) if isinstance(field, DateKind)} == dates


@pytest.mark.parametrize("header", ONLY_ELIGIBILITY.values(), ids=ONLY_ELIGIBILITY)
def test_a_report_that_only_says_could_be_from_is_refused_whole(header):
    with pytest.raises(IntakeRefused) as refused:
        check_report(header.split("|"))

    assert "only says when someone could be released, not when they will be" in str(refused.value)


@pytest.mark.parametrize("header", NO_RELEASE_DATE.values(), ids=NO_RELEASE_DATE)
def test_a_report_without_release_dates_is_refused_with_its_columns(header):
    with pytest.raises(IntakeRefused) as refused:
        check_report(header.split("|"))

    assert str(refused.value).startswith("This report has no column of release dates.")
    assert f'"{header.split("|")[0]}"' in str(refused.value)


@pytest.mark.parametrize("header", NO_PRISON_NUMBER.values(), ids=NO_PRISON_NUMBER)
def test_a_report_without_prison_numbers_is_refused(header):
    with pytest.raises(IntakeRefused, match="no column of prison numbers"):
        check_report(header.split("|"))


def test_names_are_known_in_any_case_with_any_punctuation_and_blanks():
    for name in ("PRISON_NUMBER", "prison number", " Prison-Number ", "PrisonNumber"):
        assert fields_of([name]) == {ReportField.PRISON_NUMBER: (0,)}
    assert not is_report_column("Prison number of visitor")


def test_no_name_means_two_things():
    names = [name for names in NAMES.values() for name in names]

    for field, known in NAMES.items():
        for name in known:
            assert fields_of([name]) == {field: (0,)}
    assert len(names) == len(set(names))


def test_every_kind_of_date_has_a_name_but_the_day_someone_left_who_is_in_no_report():
    assert set(DateKind) - set(NAMES) == {DateKind.ACTUAL}
