"""The wider words in which an offer tells of experiences and needs: no card names one itself.

Each is true of every experience or need that it stands for, whatever
heading that has on the council's form.
"""

from __future__ import annotations

from collections.abc import Mapping

from models.vocabulary import Experience, Heading, Need

COARSE: Mapping[Experience, str] = {
    Experience.CARE: "growing up",
    Experience.YOUNG_ADULT: "growing up",
    Experience.PARENT: "growing up",
    Experience.DRUG_RECOVERY: "recovery",
    Experience.ALCOHOL_RECOVERY: "recovery",
    Experience.GAMBLING_RECOVERY: "recovery",
    Experience.MENTAL_ILL_HEALTH: "health and learning",
    Experience.NEURODIVERGENT: "health and learning",
    Experience.LEARNING_DISABILITY: "health and learning",
    Experience.HOMELESS: "hard times",
    Experience.BEREAVEMENT: "hard times",
    Experience.DOMESTIC_ABUSE: "hard times",
    Experience.GANG_AFFECTED: "hard times",
    Experience.SEX_WORK: "hard times",
    Experience.FIRST_TIME: "time inside",
    Experience.LONG_SENTENCE: "time inside",
    Experience.SHORT_SENTENCES: "time inside",
    Experience.RECALL: "time inside",
    Experience.WOMENS_ESTATE: "time inside",
    Experience.ARMED_FORCES: "background and way of life",
    Experience.TRAVELLER: "background and way of life",
    Experience.FOREIGN_NATIONAL: "background and way of life",
    Experience.FAITH: "background and way of life",
    Experience.LGBT: "background and way of life",
    Experience.CARER: "background and way of life",
}
"""The wider word for each experience: no card names one itself."""

HELP: Mapping[Need, str] = {
    Need.HOME_ON_RELEASE: "a home",
    Need.HOMELESSNESS: "a home",
    Need.KEEPING_A_HOME: "a home",
    Need.RENT_ARREARS: "a home",
    Need.MANAGING_FEELINGS: "feelings and choices",
    Need.THINKING_FIRST: "feelings and choices",
    Need.FEELING_LOW: "feelings and choices",
    Need.COURT: "company at appointments",
    Need.FIRST_APPOINTMENTS: "company at appointments",
    Need.CHILDREN: "the people around them",
    Need.FAMILY: "the people around them",
    Need.LONELINESS: "the people around them",
    Need.DOMESTIC_ABUSE: "the people around them",
    Need.DRUG_RECOVERY: "drugs, drink or gambling",
    Need.ALCOHOL_RECOVERY: "drugs, drink or gambling",
    Need.GAMBLING: "drugs, drink or gambling",
    Need.WORK: "work and courses",
    Need.TRAINING: "work and courses",
    Need.READING_AND_NUMBERS: "everyday skills",
    Need.COMMUNICATION: "everyday skills",
    Need.USING_A_PHONE: "everyday skills",
    Need.PUBLIC_TRANSPORT: "everyday skills",
    Need.BANK_ACCOUNT: "money and papers",
    Need.FIRST_BENEFIT_CLAIM: "money and papers",
    Need.MONEY: "money and papers",
    Need.DEBT: "money and papers",
    Need.IDENTITY: "money and papers",
    Need.PRESCRIPTION: "health and learning",
    Need.MENTAL_HEALTH: "health and learning",
    Need.PHYSICAL_HEALTH: "health and learning",
    Need.GP: "health and learning",
    Need.LEARNING_DISABILITY: "health and learning",
    Need.NEURODIVERSITY: "health and learning",
}
"""The wider word for each need: two needs or more behind each, and none that nobody ticked."""

HEADINGS_SAID: Mapping[Heading, str] = {
    Heading.ACCOMMODATION: "a home",
    Heading.ATTITUDES: "how they think and act",
    Heading.FAMILIES: "family and friends",
    Heading.DRUGS: "drugs and alcohol",
    Heading.EDUCATION: "learning and work",
    Heading.FINANCE: "money and ID",
    Heading.HEALTH: "health",
}
"""The seven headings as a mentor reads them once they have said yes."""
