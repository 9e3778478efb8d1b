"""The words of the desks: ways to reach someone, taps, reasons, and kinds of task."""

from models.vocabulary import Word


class ContactWay(Word):
    """A way to reach someone."""

    PHONE = "phone", "By phone"
    EMAIL = "email", "By e-mail"
    ADDRESS = "address", "By post"


class FilledIn(Word):
    """Where and by whom the form was filled in on which someone was put forward."""

    SIDE_BY_SIDE = "side_by_side", "At a desk, side by side"
    PAPER_ALONE = "paper_alone", "On paper, by themselves"
    PAPER_HELPED = "paper_helped", "On paper, with help"
    KIOSK = "kiosk", "At a kiosk, by themselves"


class GateStep(Word):
    """What a mentor tells us on the day of release, one tap each."""

    ARRIVED = "arrived", "Arrived"
    MET = "met", "Met"
    HOME_SAFE = "home_safe", "Home safe"


class Went(Word):
    """How a meeting was, as its mentor says it in one tap."""

    WELL = "well", "Well"
    ALL_RIGHT = "all_right", "All right"
    HARD = "hard", "It was hard"


class WorryKind(Word):
    """What is the matter when a mentor is worried."""

    HURT = "hurt", "Someone may get hurt, or hurt themselves"
    THREAT = "threat", "Someone threatens them, or makes them do things"
    NO_HOME = "no_home", "They have nowhere safe to stay"
    DRUGS = "drugs", "Drugs or alcohol"
    NO_WORD = "no_word", "I cannot reach them"
    MYSELF = "myself", "I do not feel safe myself"
    BETWEEN_US = "between_us", "Something between us is not right"
    OTHER = "other", "Something else"


class DeclineReason(Word):
    """Why a mentor says no to an offer; asked in one tap, never used against them."""

    TOO_MUCH_ON = "too_much_on", "I have too much on"
    TOO_FAR = "too_far", "It is too far"
    DATES = "dates", "The dates do not suit me"
    NOT_FOR_ME = "not_for_me", "It does not feel right for me"
    OTHER = "other", "Something else"


class TaskKind(Word):
    """What only a person can settle."""

    NOT_BOOKED = "not_booked", "Book a meeting"
    MISSED_MEETING = "missed_meeting", "A meeting was missed"
    NO_ANSWER = "no_answer", "Nobody said if a meeting was held"
    NO_GATE_COVER = "no_gate_cover", "No gate cover"
    NO_HOME_SAFE = "no_home_safe", "No word that they are home safe"
    FIRST_OFFER = "first_offer", "Approve a proposal: the first offer is due"
    FIRST_MEETING = "first_meeting", "First meeting after release not yet proved"
    DEAD_LETTER = "dead_letter", "A letter could not be sent"
    RING = "ring", "Ring someone"
    DECIDE = "decide", "Decide if a pair stays on pause or ends"
    MOVED_PRISON = "moved_prison", "Someone has moved to another prison"
    SCREEN_AGAIN = "screen_again", "Risk has changed: screen again"
    POST_STOPPED = "post_stopped", "Letters are not leaving: tell whoever runs the service"
    TWINS = "twins", "Two records may be one person"
    GLASS_BROKEN = "glass_broken", "A record was opened at the administrators’ desk: see why"
    GLASS_ASKED = "glass_asked", "An administrator asks to open a record: read why, and answer"
    TOO_HEAVY = "too_heavy", "It is too heavy for a mentor: ring them"
    WORRY = "worry", "A mentor is worried: ring them now"
    RULED_OUT = "ruled_out", "A leaver ruled out a mentor who had an offer: see who is asked next"


class RingReason(Word):
    """Why a manager is to ring the mentor of a pair, as the manager reads it."""

    GATE_CHANGED = (
        "gate_changed",
        "The day at the gate has changed. Make sure that the mentor knows.",
    )
    BOOKED_LATE = (
        "booked_late",
        "A meeting was booked too late for a letter. Make sure that the mentor knows.",
    )
    DAYS_DO_NOT_SUIT = (
        "days_do_not_suit",
        "The new days do not suit the mentor. Find other days with them.",
    )
    ON_PAUSE = (
        "on_pause",
        "The pair is on pause. Ask the mentor not to go to any meeting until we tell them.",
    )
    SOMEONE_NAMED = (
        "someone_named",
        "The leaver has now named someone they must not meet. Make sure it is not the mentor.",
    )
    NOT_RELEASED = (
        "not_released",
        "The leaver was not released. Make sure that the mentor does not wait at the gate.",
    )
    NOBODY_WAITS = (
        "nobody_waits",
        "The leaver came out after all, and has no mentor now. See that someone meets them.",
    )
    AWAY = (
        "away",
        "The leaver is away and the gate is near. Find out if they leave that day.",
    )
    MENTOR_LEFT = (
        "mentor_left",
        "The mentor is no longer there. See that the leaver is told, and why the pair ended.",
    )
    DIED = (
        "died",
        "The leaver has died. Tell the mentor yourself, now. We have told nobody why.",
    )
    STOOD_DOWN = (
        "stood_down",
        "The pair has ended. Make sure that the mentor knows.",
    )
    AFTER_MEETING = (
        "after_meeting",
        "The mentor asks for a call after a meeting.",
    )


class AwayReason(Word):
    """Why someone in prison is away for a while; it is no release."""

    COURT = "court", "Court"
    HOSPITAL = "hospital", "Hospital"
    TEMPORARY_LEAVE = "temporary_leave", "Temporary leave"


class RiskPart(Word):
    """What has changed about someone that the rules look at."""

    RISK = "risk", "Risk"
    LICENCE = "licence", "Licence"
    NON_ASSOCIATION = "non_association", "Someone they must not meet"


class LapseReason(Word):
    """Why a mentor cannot go on; of a pause for themselves nobody asks a reason."""

    CLEARANCE = "clearance", "Clearance is over"
    SUPERVISION = "supervision", "Supervision is out of date"
    TERM = "term", "The term is over"
    ARREST = "arrest", "Arrested"
    ILLNESS = "illness", "Ill"
    OWN_PAUSE = "own_pause", "A pause for themselves"


class LapseStep(Word):
    """What a mentor's lapse means for their standing."""

    PAUSE = "pause", "Pause"
    END = "end", "End"
    BACK = "back", "Back again"
