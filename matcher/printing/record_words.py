"""How a person's own record is worded on paper: what tables and columns are called there.

To word another table or column, add a row. A test asks for a heading for each table of people.
"""

from collections.abc import Mapping

HEADINGS: Mapping[str, str] = {
    "leaver": "You",
    "mentor": "You",
    "account": "Your account",
    "mentor_place": "Your places",
    "break_glass": "When an administrator asked to open your record",
    "calendar_feed": "Links to your calendar",
    "change_reason": "Why something about your safety was changed",
    "children_check": "Your check for work with children",
    "clearance": "Which prisons let you in",
    "consent": "What you said yes or no to",
    "contact": "How to reach you",
    "credential": "Your sign-in",
    "curfew": "When you must be at home",
    "draft": "Forms begun about you",
    "event": "What happened",
    "exclusion_zone": "Where you may not be",
    "expense": "Money you claimed back",
    "receipt": "Receipts you sent",
    "expected_leaver": "What the prison's list said of you",
    "former_number": "Other numbers you had",
    "invitation": "Your invitation",
    "legal_hold": "A reason why your record must be kept",
    "link": "People you must not meet",
    "load_said": "How heavy you said it was",
    "manager_away": "When you were away, or stood in for somebody",
    "mentor_coach": "Who coaches you",
    "mentor_assessment": "How your risk was assessed",
    "mentor_gangs": "Gangs you were asked about",
    "mentor_licence": "Your licence",
    "note": "Notes about you",
    "one_time_code": "Your printed codes",
    "practitioner": "Your probation practitioner",
    "referral": "What you asked for",
    "remembered_device": "Devices that know you",
    "screening": "What was asked about safety",
    "second_factor": "Your second step at sign-in",
    "supervision": "Your supervision",
    "term": "How long you agreed to help",
    "training": "Your training",
    "unsent": "Forms that were not sent",
    "pair": "You and the person you were matched with",
    "person_to_avoid": "People you asked not to meet",
    "release_date": "Days of release we were told",
    "sign_in": "When you were signed in",
    "own_say": "What you said about who might be your mentor",
    "avoid_note": "What else you said about people to avoid",
    "days_asked": "Days you were asked about",
    "gate_mark": "What happened at the gate",
    "gate_plan": "The plan for the gate",
    "meeting": "Your meetings",
    "pair_history": "How the match went on",
    "standby": "Who would stand in",
    "letter": "Letters and messages about you",
    "how_it_went": "How your meetings went",
    "hand_over": "Letters handed over",
    "letter_attempt": "How letters were sent",
    "task": "Things a manager had to do about you",
    "worry": "Worries",
}
"""What each table of people is called."""

LABELS: Mapping[str, str] = {
    "crn": "Probation number (CRN)",
    "pnc": "Police number (PNC)",
    "mappa_category": "MAPPA category",
    "mappa_level": "MAPPA level",
    "former_keys": "Other numbers and names",
    "created_at": "First on file",
    "state": "How it stands",
    "state_since": "Since",
    "recorded_at": "Written down",
    "recorded_by": "Written down by",
    "travel_km": "Will travel, in km",
    "travel_limit_km": "Will travel, in km",
    "resettling_in": "Going to live in",
    "may_show": "What a mentor may hear",
    "consented_on": "You said yes on",
    "told_on": "You said so on",
    "given": "You said yes",
    "purpose": "What for",
    "spent_on": "Spent on",
    "pence": "How much, in pence",
    "window_first": "From",
    "window_last": "To",
    "starts_at": "Begins",
    "body": "What it said",
    "kind": "What it is",
    "channel": "How it goes",
    "due_at": "Meant for",
    "score": "Points of the match, in thousandths",
    "overridden_by": "Made by hand by",
    "taken_elsewhere": "Places taken elsewhere",
    "pool": "Whom you help",
    "home": "Where you live",
}
"""What a column is called, where its own name says too little."""

ONLY_IN_FILE = frozenset(
    {
        *("weights_version", "rules_version", "model_version", "facts_version"),
        *("generation", "release_number", "place_number", "attempt", "number"),
        *("content", "starts_local", "zone", "not_after", "scheme_reversed", "raised_at"),
    }
)
"""Columns that say nothing on paper: the file has them."""

DID: Mapping[str, str] = {
    "add": "wrote",
    "change": "changed",
    "read": "looked at",
    "remove": "deleted",
    "adopt": "vouched for",
}
"""What the audit calls an act, in plain words."""


def heading_of(table: str) -> str:
    """Return what a table is called on paper."""
    return HEADINGS.get(table, label_of(table))


def label_of(column: str) -> str:
    """Return what a column is called on paper."""
    return LABELS.get(column, column.replace("_", " ").capitalize())
