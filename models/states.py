"""The words of the work: states, moves, and kinds of meeting, letter and event.

Which move is legal from which state is a table beside each noun
(`referrals.py`, `pairs.py`, `meetings.py`, `outbox.py`).
"""

from models.vocabulary import Word


class Role(Word):
    """What kind of account someone holds."""

    PEER = "peer", "Council peer"
    LIAISON = "liaison", "Liaison"
    MENTOR = "mentor", "Mentor"
    MANAGER = "manager", "Regional manager"
    ADMINISTRATOR = "administrator", "Administrator"


class PeerRole(Word):
    """The part a mentor plays; each has its own training demands."""

    PEER_MENTOR = "peer_mentor", "Peer mentor"
    VETERAN_MENTOR = "veteran_mentor", "Veteran mentor"
    RECOVERY_COACH = "recovery_coach", "Peer recovery coach"
    PEER_SPECIALIST = "peer_specialist", "Peer specialist"
    SUPPORT_WORKER = "support_worker", "Support, time and recovery worker"


class MentorState(Word):
    """How far a mentor has come."""

    RECRUITED = "recruited", "Recruited"
    TRAINED = "trained", "Trained"
    ASSESSED = "assessed", "Assessed"
    CLEARED = "cleared", "Cleared"
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    ENDED = "ended", "Term ended"


class MentorMove(Word):
    """What may happen to a mentor's standing."""

    TRAIN = "train", "Train"
    ASSESS = "assess", "Assess"
    CLEAR = "clear", "Clear"
    ACTIVATE = "activate", "Activate"
    PAUSE = "pause", "Pause"
    RESUME = "resume", "Resume"
    END = "end", "End the term"
    RENEW = "renew", "Renew the term"


class PlanStage(Word):
    """How far a run of the whole plan that a manager asked for has come."""

    ASKED = "asked", "Waiting to begin"
    READING = "reading", "Reading the people"
    WEIGHING = "weighing", "Weighing the pairs"
    PROVING = "proving", "Finding the best plan, and proving it"
    KEEPING = "keeping", "Keeping the plan"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class Pathway(Word):
    """The service a referral comes through; it sets the anchor date and the plan."""

    THROUGH_THE_GATE = "through_the_gate", "Through the gate"
    RECONNECT = "reconnect", "Reconnect"
    LIAISON_AND_DIVERSION = "liaison_and_diversion", "Liaison and diversion"
    MENTAL_HEALTH_TREATMENT = "mental_health_treatment", "Mental health treatment requirement"
    VETERANS = "veterans", "Veterans"


class ReferralState(Word):
    """How far a referral has come."""

    DRAFT = "draft", "Draft"
    PUT_FORWARD = "put_forward", "Put forward"
    ENDORSED = "endorsed", "Endorsed"
    SCREENED = "screened", "Screened"
    WAITING = "waiting", "Waiting"
    MATCHED = "matched", "Matched"
    WITHDRAWN = "withdrawn", "Withdrawn"
    RELEASED_UNMATCHED = "released_unmatched", "Released unmatched"


class ReferralMove(Word):
    """What may happen to a referral."""

    PUT_FORWARD = "put_forward", "Put forward"
    ENDORSE = "endorse", "Endorse"
    SCREEN = "screen", "Screen"
    WAIT = "wait", "Start waiting"
    HOLD = "hold", "Stop waiting"
    MATCH = "match", "Match"
    UNMATCH = "unmatch", "Go back to waiting"
    WITHDRAW = "withdraw", "Withdraw"
    RELEASE_UNMATCHED = "release_unmatched", "Release unmatched"


class PairState(Word):
    """How far a pair has come."""

    PROPOSED = "proposed", "Proposed"
    APPROVED = "approved", "Approved"
    OFFERED = "offered", "Offered"
    ACCEPTED = "accepted", "Accepted"
    SUSPENDED = "suspended", "Suspended"
    ENDED = "ended", "Ended"


class PairForm(Word):
    """Whether a pair may meet inside the prison."""

    IN_PRISON = "in_prison", "Meets in prison"
    VIDEO = "video", "Video, gate and after only"


class EndReason(Word):
    """Why a pair ended."""

    DECLINED = "declined", "The mentor said no"
    EXPIRED = "expired", "No answer in time"
    REPLACED = "replaced", "Replaced by another proposal"
    WITHDRAWN = "withdrawn", "Withdrawn"
    COMPLETED = "completed", "Completed"
    STOOD_DOWN = "stood_down", "Stood down"
    DIED = "died", "Died"
    BARRED = "barred", "No longer allowed"


class Move(Word):
    """What may happen to a pair."""

    APPROVE = "approve", "Approve"
    OFFER = "offer", "Offer"
    ACCEPT = "accept", "Accept"
    SUSPEND = "suspend", "Suspend"
    RESUME = "resume", "Resume"
    DECLINE = "decline", "Decline"
    EXPIRE = "expire", "Let expire"
    REPLACE = "replace", "Replace"
    WITHDRAW = "withdraw", "Withdraw"
    COMPLETE = "complete", "Complete"
    STAND_DOWN = "stand_down", "Stand down"
    RECORD_DEATH = "record_death", "Record a death"
    BAR = "bar", "Bar"


class MeetingKind(Word):
    """One dated step of a pair's plan."""

    INTRODUCTION = "introduction", "Introduction"
    PRISON_VISIT = "prison_visit", "Prison visit"
    VIDEO = "video", "Video meeting"
    CALL = "call", "Phone call"
    GATE = "gate", "At the gate"
    FIRST_CONTACT = "first_contact", "First contact"
    FOLLOW_UP = "follow_up", "Follow-up"
    REVIEW = "review", "Review and closing report"


class MeetingState(Word):
    """How far a meeting has come."""

    PLANNED = "planned", "Planned"
    BOOKED = "booked", "Booked"
    HELD = "held", "Held"
    MISSED = "missed", "Missed"
    CANCELLED = "cancelled", "Cancelled"


class Absentee(Word):
    """Who was not there, so that a meeting was missed."""

    LEAVER = "leaver", "The leaver"
    MENTOR = "mentor", "The mentor"
    PRISON = "prison", "The prison could not hold it"


class MeetingMove(Word):
    """What may happen to a meeting."""

    BOOK = "book", "Book"
    REBOOK = "rebook", "Book again"
    UNBOOK = "unbook", "Go back to planned"
    HOLD = "hold", "Record as held"
    REOPEN = "reopen", "Take back that it was held"
    SET_ASIDE = "set_aside", "Set aside: it cannot have been"
    MISS = "miss", "Record as missed"
    CANCEL = "cancel", "Cancel"


class Deadline(Word):
    """What must be settled by a certain day before the release, or something lapses."""

    SCARCE_MENTOR_HELD = "scarce_mentor_held", "Scarce mentor held"
    FIRST_OFFER = "first_offer", "First offer out"
    ACCEPTED = "accepted", "Accepted by a mentor"
    GATE_COVER = "gate_cover", "Gate cover certain"
    GATE_PLAN = "gate_plan", "Gate plan confirmed"


class Channel(Word):
    """How a letter travels."""

    EMAIL = "email", "E-mail"
    TEXT = "text", "Text message"
    CALENDAR = "calendar", "Calendar entry"
    PRINT = "print", "Printed letter"


class LetterKind(Word):
    """What a letter is about."""

    OFFER = "offer", "Offer to a mentor"
    OFFER_REMINDER = "offer_reminder", "Reminder of an offer"
    INTRODUCTION = "introduction", "Introduction letter"
    CALENDAR_ENTRY = "calendar_entry", "Calendar entry"
    MEETING_REMINDER = "meeting_reminder", "Reminder of a meeting"
    GATE_PLAN = "gate_plan", "Gate plan"
    DIGEST = "digest", "Something changed"
    PRACTITIONER_QUESTION = "practitioner_question", "Question to the practitioner"
    PRACTITIONER_NEWS = "practitioner_news", "News for the practitioner"
    STOOD_DOWN = "stood_down", "Stood down"
    GATE_CHANGED = "gate_changed", "The gate has changed"
    RING_US = "ring_us", "Please ring us"
    FIRST_MEETING_WARNING = "first_meeting_warning", "First meeting not yet proved"
    SIGN_IN_CHANGED = "sign_in_changed", "Your way of signing in was changed"
    WORRY = "worry", "A mentor is worried"


class LetterState(Word):
    """How far a letter has come."""

    PLANNED = "planned", "Planned"
    DUE = "due", "Due"
    CLAIMED = "claimed", "Claimed"
    SENDING = "sending", "Sending"
    SENT = "sent", "Sent"
    RETRY = "retry", "To be tried again"
    UNKNOWN = "unknown", "Not known if it arrived"
    DEAD = "dead", "Could not be sent"
    CANCELLED = "cancelled", "Cancelled"
    SKIPPED = "skipped", "Skipped"


class LetterMove(Word):
    """What may happen to a letter."""

    FALL_DUE = "fall_due", "Fall due"
    CLAIM = "claim", "Claim"
    RELEASE = "release", "Give back an expired claim"
    START = "start", "Start sending"
    SUCCEED = "succeed", "Record as sent"
    FAIL = "fail", "Try again later"
    LOSE_SIGHT = "lose_sight", "Record as not known"
    GIVE_UP = "give_up", "Give up"
    CANCEL = "cancel", "Cancel"
    SKIP = "skip", "Skip"


class EventKind(Word):
    """What happens to a leaver or mentor and may change the plan."""

    DATE_MOVED = "date_moved", "Release date moves"
    DATE_REMOVED = "date_removed", "Release date removed"
    RELEASED_EARLY = "released_early", "Released early"
    TRANSFERRED = "transferred", "Transferred to another prison"
    AWAY = "away", "Court, hospital or temporary leave"
    RECALLED = "recalled", "Recalled"
    NEW_SENTENCE = "new_sentence", "New sentence or remand"
    NOT_RELEASED = "not_released", "Not released, or arrested at the gate"
    DIED = "died", "Died"
    UNLAWFULLY_AT_LARGE = "unlawfully_at_large", "Unlawfully at large"
    RISK_CHANGED = "risk_changed", "Risk, licence or non-association changes"
    CONSENT_WITHDRAWN = "consent_withdrawn", "Consent withdrawn"
    MERGED = "merged", "Two records are one person"
    MENTOR_LAPSED = "mentor_lapsed", "Mentor lapses"
