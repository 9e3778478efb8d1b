"""How a life leads to ticks: needs put forward and experiences told.

A published trait is not a tick: people tell what they choose to. Each row
says in how many cases of a hundred someone with the trait ticks the word;
every such number is an assumption of ours, set so that a referral names
about five needs and two or three experiences. A word with several rows is ticked
when any of them leads to it.
"""

from dataclasses import dataclass

from models.vocabulary import Experience, Heading, Importance, Need


@dataclass(frozen=True, slots=True)
class Tick:
    """Someone with the trait ticks the word in `percent` cases of a hundred."""

    word: Need | Experience
    trait: str
    percent: float


NEED_TICKS: tuple[Tick, ...] = (
    Tick(Need.HOME_ON_RELEASE, "accommodation", 65),
    Tick(Need.HOMELESSNESS, "no home that night", 55),
    Tick(Need.HOMELESSNESS, "homeless before", 40),
    Tick(Need.KEEPING_A_HOME, "accommodation", 14),
    Tick(Need.RENT_ARREARS, "in debt", 15),
    Tick(Need.MANAGING_FEELINGS, "attitudes", 14),
    Tick(Need.THINKING_FIRST, "thinking", 20),
    Tick(Need.GAMBLING, "gambles", 45),
    Tick(Need.COURT, "case going on", 60),
    Tick(Need.CHILDREN, "young children", 28),
    Tick(Need.FAMILY, "relationships", 25),
    Tick(Need.LONELINESS, "lifestyle", 20),
    Tick(Need.DOMESTIC_ABUSE, "abused as a child", 7),
    Tick(Need.FIRST_APPOINTMENTS, "lifestyle", 30),
    Tick(Need.DRUG_RECOVERY, "drugs", 65),
    Tick(Need.PRESCRIPTION, "drugs", 25),
    Tick(Need.ALCOHOL_RECOVERY, "alcohol", 65),
    Tick(Need.ALCOHOL_RECOVERY, "drink every day", 15),
    Tick(Need.WORK, "employability", 55),
    Tick(Need.TRAINING, "employability", 25),
    Tick(Need.READING_AND_NUMBERS, "no qualifications", 17),
    Tick(Need.COMMUNICATION, "neurodivergent", 7),
    Tick(Need.USING_A_PHONE, "behind with phones", 60),
    Tick(Need.PUBLIC_TRANSPORT, "behind with phones", 40),
    Tick(Need.BANK_ACCOUNT, "unemployed before", 24),
    Tick(Need.FIRST_BENEFIT_CLAIM, "unemployed before", 28),
    Tick(Need.MONEY, "unemployed before", 24),
    Tick(Need.DEBT, "in debt", 30),
    Tick(Need.IDENTITY, "no papers", 70),
    Tick(Need.MENTAL_HEALTH, "mental health", 45),
    Tick(Need.PHYSICAL_HEALTH, "disabled", 24),
    Tick(Need.GP, "disabled", 30),
    Tick(Need.GP, "drugs", 10),
    Tick(Need.LEARNING_DISABILITY, "learning disability", 45),
    Tick(Need.NEURODIVERSITY, "neurodivergent", 18),
    Tick(Need.FEELING_LOW, "anxious and low", 40),
)
"""The needs that traits lead to. OASys names areas, our list names what to do about them."""

EXPERIENCE_TICKS: tuple[Tick, ...] = (
    Tick(Experience.CARE, "in care", 60),
    Tick(Experience.ARMED_FORCES, "veteran", 85),
    Tick(Experience.DRUG_RECOVERY, "drugs", 55),
    Tick(Experience.DRUG_RECOVERY, "class A drugs", 8),
    Tick(Experience.ALCOHOL_RECOVERY, "alcohol", 50),
    Tick(Experience.ALCOHOL_RECOVERY, "drink every day", 15),
    Tick(Experience.GAMBLING_RECOVERY, "gambles", 40),
    Tick(Experience.MENTAL_ILL_HEALTH, "mental health", 40),
    Tick(Experience.NEURODIVERGENT, "neurodivergent", 25),
    Tick(Experience.LEARNING_DISABILITY, "learning disability", 40),
    Tick(Experience.HOMELESS, "homeless before", 65),
    Tick(Experience.FIRST_TIME, "first time", 65),
    Tick(Experience.LONG_SENTENCE, "long sentence", 60),
    Tick(Experience.SHORT_SENTENCES, "short sentences", 45),
    Tick(Experience.RECALL, "recalled", 45),
    Tick(Experience.WOMENS_ESTATE, "women's prison", 60),
    Tick(Experience.YOUNG_ADULT, "in prison young", 35),
    Tick(Experience.PARENT, "young children", 40),
    Tick(Experience.BEREAVEMENT, "bereaved", 30),
    Tick(Experience.DOMESTIC_ABUSE, "abused as a child", 18),
    Tick(Experience.GANG_AFFECTED, "gangs", 45),
    Tick(Experience.SEX_WORK, "sex work", 30),
    Tick(Experience.TRAVELLER, "traveller", 60),
    Tick(Experience.FOREIGN_NATIONAL, "foreign national", 60),
    Tick(Experience.FAITH, "believer", 20),
    Tick(Experience.LGBT, "LGBT+", 40),
    Tick(Experience.CARER, "carer", 45),
)
"""The experiences that traits lead to, each told by the person's own choice."""

EAGERNESS_OF_MENTORS = 1.35
"""Mentors have come forward because of what they lived: they tick this much more often."""

IMPORTANCES: dict[bool, dict[Importance, float]] = {
    True: {Importance.LOW: 10, Importance.MEDIUM: 30, Importance.HIGH: 60},
    False: {Importance.LOW: 25, Importance.MEDIUM: 45, Importance.HIGH: 30},
}
"""How much a need matters, in percent: True for those of `PRESSING_HEADINGS` (assumption)."""

PRESSING_HEADINGS = frozenset({Heading.ACCOMMODATION, Heading.DRUGS})
"""A roof and staying clean matter most to most people on the first night."""
