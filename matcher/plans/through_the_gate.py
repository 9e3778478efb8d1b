"""Through the gate, row by row: to add a follow-up, add a row.

Days count from the day of release. The order of rows is the order in which a
pair meets. Three forms: ordinary; short notice, for a referral inside six
weeks; gate only, for one inside five working days.
"""

from matcher.core.pathway_rows import (
    DeadlineRow,
    LetterKey,
    LetterRow,
    MeetingKey,
    Notice,
    OfferTerms,
    PathwayTable,
    PlanForm,
    PlanRow,
    When,
)
from models.states import Deadline, LetterKind, MeetingKind, Pathway

RELEASE = When()


def _in_prison(kind: MeetingKind, number: int, video: int, purpose: str) -> PlanRow:
    return PlanRow(
        meeting=MeetingKey(kind, number),
        opens=When(days=-42),
        closes=When(days=-14),
        purpose=purpose,
        in_turn=True,
        instead=MeetingKey(MeetingKind.VIDEO, video),
    )


def _follow_up(number: int, days: int, purpose: str) -> PlanRow:
    """A follow-up due on a day, from three days before: never later than was promised."""
    key = MeetingKey(MeetingKind.FOLLOW_UP, number)
    return PlanRow(key, When(days=days - 3), When(days=days), purpose)


IN_PRISON = (
    _in_prison(MeetingKind.INTRODUCTION, 1, 1, "Meet, and see whether you both want to go on"),
    _in_prison(MeetingKind.PRISON_VISIT, 1, 2, "Talk through the first days and what matters most"),
    _in_prison(MeetingKind.PRISON_VISIT, 2, 3, "Agree the day of release, hour by hour"),
)
CALL = PlanRow(
    meeting=MeetingKey(MeetingKind.CALL, 1),
    opens=When(days=-42),
    closes=When(working_days=-1),
    purpose="Talk at least once before the gate",
)
FROM_THE_GATE = (
    PlanRow(MeetingKey(MeetingKind.GATE, 1), RELEASE, RELEASE, "Meet at the gate, get home safe"),
    PlanRow(
        meeting=MeetingKey(MeetingKind.FIRST_CONTACT, 1),
        opens=When(working_days=1),
        closes=When(working_days=1),
        purpose="Be in touch within 72 hours of the release",
        within_days=3,
    ),
    _follow_up(1, 7, "The first week: home, money, medicine, appointments"),
    _follow_up(2, 14, "Two weeks out"),
    _follow_up(3, 28, "Four weeks out"),
    _follow_up(4, 42, "Six weeks out"),
    _follow_up(5, 56, "Eight weeks out"),
    _follow_up(6, 70, "Ten weeks out"),
    _follow_up(7, 84, "Twelve weeks out"),
    PlanRow(
        meeting=MeetingKey(MeetingKind.REVIEW, 1),
        opens=When(days=84, working_days=1),
        closes=When(days=84, working_days=5),
        purpose="Look back on the goals, say what comes next, write the closing report",
    ),
)

PROOF = frozenset({MeetingKind.FIRST_CONTACT, MeetingKind.FOLLOW_UP, MeetingKind.REVIEW})
"""A meeting of one of these kinds proves that the pair met after the release."""

LETTERS = (
    LetterRow(
        letter=LetterKey(LetterKind.INTRODUCTION, 1),
        due=None,
        until=When(working_days=-1),
        purpose="Tell the leaver who the mentor is, before they meet",
        until_held=frozenset({MeetingKind.INTRODUCTION, MeetingKind.VIDEO, MeetingKind.GATE}),
    ),
    LetterRow(
        letter=LetterKey(LetterKind.GATE_PLAN, 1),
        due=When(days=-7),
        until=RELEASE,
        purpose="Say where and when to meet at the gate, with what, and who to ring",
        until_held=frozenset({MeetingKind.GATE}),
    ),
    LetterRow(
        letter=LetterKey(LetterKind.FIRST_MEETING_WARNING, 1),
        due=When(days=14),
        until=When(days=20),
        purpose="Warn, 14 days before the first meeting after release must be proved",
        until_held=PROOF,
    ),
    LetterRow(
        letter=LetterKey(LetterKind.FIRST_MEETING_WARNING, 2),
        due=When(days=21),
        until=When(days=28),
        purpose="Warn, 7 days before the first meeting after release must be proved",
        until_held=PROOF,
    ),
)


def _deadlines(approve_in: int, answered_in: int) -> tuple[DeadlineRow, ...]:
    """The ordinary days, or as many working days after a late referral as its steps take."""
    return (
        DeadlineRow(Deadline.SCARCE_MENTOR_HELD, When(days=-56)),
        DeadlineRow(Deadline.FIRST_OFFER, When(days=-42), earliest=approve_in),
        DeadlineRow(Deadline.ACCEPTED, When(days=-28), earliest=answered_in),
        DeadlineRow(Deadline.GATE_COVER, When(days=-14), earliest=answered_in),
        DeadlineRow(Deadline.GATE_PLAN, When(days=-7), earliest=answered_in),
    )


THROUGH_THE_GATE = PathwayTable(
    pathway=Pathway.THROUGH_THE_GATE,
    opens=When(days=-84),
    settled=When(working_days=-4),
    forms=(
        PlanForm(
            notice=Notice.ORDINARY,
            least_notice=When(days=-42),
            offer=OfferTerms(approve_in=2, answer_in=3, remind_after=1),
            deadlines=_deadlines(approve_in=2, answered_in=5),
            meetings=(*IN_PRISON, *FROM_THE_GATE),
            letters=LETTERS,
        ),
        PlanForm(
            notice=Notice.SHORT,
            least_notice=When(working_days=-5),
            offer=OfferTerms(approve_in=2, answer_in=3, remind_after=1),
            deadlines=_deadlines(approve_in=2, answered_in=5),
            meetings=(*IN_PRISON, CALL, *FROM_THE_GATE),
            letters=LETTERS,
        ),
        PlanForm(
            notice=Notice.GATE_ONLY,
            least_notice=None,
            offer=OfferTerms(approve_in=0, answer_in=1, remind_after=None),
            deadlines=_deadlines(approve_in=0, answered_in=1),
            meetings=FROM_THE_GATE,
            letters=LETTERS,
        ),
    ),
)
"""The plan of the default pathway."""
