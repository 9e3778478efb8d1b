"""What the columns of files of people mean, where their names do not say it all."""

from __future__ import annotations

from collections.abc import Mapping

from models.profiles import LeaverInFile, MentorProfile

_BOTH: Mapping[str, str] = {
    "code": "What the person is called in plans and letters; one code is one person.",
    "gender": "As the person says it.",
    "interests": "What they like doing.",
    "hours": "When they can meet; empty means any daytime hour.",
    "wants": "Whom they ask to be paired with; empty means anybody.",
    "consented_on": "The day they consented; without it nobody is paired.",
    "assessed_on": "The day of the risk assessment.",
    "assessor": "Who made the risk assessment.",
    "on_licence": "Whether they are on licence; empty means not known.",
    "licence_bars_contact": "Whether the licence forbids contact with people who have convictions.",
    "licence_approved_by": "Who approved the contact all the same.",
    "licence_approved_on": "The day of that approval; a name without a day does not count.",
    "content_by": 'Who in probation said "content with this mentoring".',
    "content_on": "The day they said so; a name without a day does not count.",
    "gangs": "Their own gang tags.",
    "county_lines": "Their part in county-lines drug dealing.",
    "no_contact": "People they must not meet.",
    "opposed_gangs": "Gang tags opposed to their own.",
    "exclusion_zone": "Where they may not be.",
    "curfew": "When they must be at home.",
}

_LEAVERS: Mapping[str, str] = {
    "release_date": "The day they leave as the prison has settled it; it is not moved again.",
    "sentence_kind": "How the sentence ends.",
    "pathway": "The service the referral comes through.",
    "needs": "What they want help with.",
    "experiences": "What they have lived, by their own choice.",
    "languages": "What they speak.",
    "interpreter": "Whether an interpreter is arranged.",
    "wishes": "Languages and cultures they ask for in a mentor.",
    "resettling_in": "Where they will live.",
    "travel_km": "How far from there they can go to meet, in kilometres.",
    "ruled_out": "Codes of mentors they do not want.",
    "chosen": "Codes of mentors they would like.",
    "ethnic_group": "As the person says it; only counted, never used to choose a mentor. Empty "
    "leaves what is on file.",
    "risk": "Risk of serious harm overall, never below the risk to any one group.",
    "mappa_level": "0 means not managed under MAPPA; empty means not known, and they wait.",
    "no_one_to_one": "Whether they may not meet anybody alone.",
    "risk_to": "Groups they may be a risk to.",
    "high_risk_approved_by": "Who approved mentoring at high or very high risk.",
    "mappa_approved_by": "Who approved mentoring at MAPPA level 2 or 3.",
    "sexual_offence_approved_by": "Who approved mentoring with a sexual offence on record.",
    "domestic_abuse_approved_by": "Who approved mentoring with domestic abuse on record.",
}

_MENTORS: Mapping[str, str] = {
    "state": "How far they have come; only active mentors are paired.",
    "peer_role": "The part they play.",
    "paid": "Whether they are paid.",
    "pool": "Whom they work with.",
    "home": "Where they live.",
    "travel_limit_km": "How far from home they go, in kilometres.",
    "places": "How many pairs they can carry.",
    "taken": "How many of those places are taken already by pairs outside this plan.",
    "languages": "What they speak.",
    "cultures": "Faith or background they offer.",
    "needs": "What they came through themselves.",
    "experiences": "What they have lived, by their own choice.",
    "limits": "Risks they do not want to be paired with.",
    "past_addiction": "Whether they record a past addiction; empty means not known.",
    "offence_free_since": "The day from which they have not offended.",
    "substance_free_since": "The day from which they have been free of substances.",
    "arrested": "Whether they have been arrested (asked for by liaison and diversion).",
    "knows_custody_and_court": "Whether they know custody and court (the same).",
    "risk_limit": "The greatest risk of serious harm they may be paired with.",
    "basic_training_on": "The day basic training was done.",
    "modules": "Specialist training done.",
    "supervision_until": "The last day for which supervision is in date.",
    "clearances": "The last day they are cleared for each prison.",
    "children_check_until": "The last day of their enhanced check for work with under-18s.",
    "licence_bars_prisons": "Whether their licence bars contact with serving prisoners.",
    "declined": "Codes of leavers they have said no to.",
}

MEANINGS = {LeaverInFile: {**_BOTH, **_LEAVERS}, MentorProfile: {**_BOTH, **_MENTORS}}
"""By kind of person and field."""
