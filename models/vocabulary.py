"""Every word the service uses, with the label a person reads.

A word is stored and exchanged by its value and shown by its label. Words
about people stand first, words about the risk they pose or face next. The
words of the work itself (states, moves, kinds of meeting, letter and event)
are in `states.py`, the languages in `languages.py`, the ethnic groups in
`ethnic_groups.py`. The order within a class
is part of its meaning where `rank` is used (low to very high); elsewhere it
is the order on screen.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Word(StrEnum):
    """One word of a closed list: `value` is stored, `label` is read.

    `rank` is the word's place in its list, counted from 0.
    """

    label: str
    rank: int

    def __new__(cls, value: str, label: str = "") -> Self:
        """Make the word from its stored value and its label."""
        word = str.__new__(cls, value)
        word._value_ = value
        word.label = label
        word.rank = len(cls.__members__)
        return word


class Heading(Word):
    """The seven resettlement pathway headings under which needs are shown."""

    ACCOMMODATION = "accommodation", "Accommodation"
    ATTITUDES = "attitudes", "Attitudes, thinking and behaviour"
    FAMILIES = "families", "Children, families and communities"
    DRUGS = "drugs", "Drugs and alcohol"
    EDUCATION = "education", "Education, skills and work"
    FINANCE = "finance", "Finance and ID"
    HEALTH = "health", "Health"


class Need(Word):
    """What a leaver wants help with; a mentor ticks what they came through."""

    heading: Heading

    def __new__(cls, value: str, label: str, heading: Heading) -> Self:
        """Make the need from its stored value, its label and its heading."""
        word = str.__new__(cls, value)
        word._value_ = value
        word.label = label
        word.rank = len(cls.__members__)
        word.heading = heading
        return word

    HOME_ON_RELEASE = "home_on_release", "Somewhere to live on release", Heading.ACCOMMODATION
    HOMELESSNESS = "homelessness", "Getting off the streets or sofas", Heading.ACCOMMODATION
    KEEPING_A_HOME = "keeping_a_home", "Keeping a tenancy", Heading.ACCOMMODATION
    RENT_ARREARS = "rent_arrears", "Rent arrears", Heading.ACCOMMODATION
    MANAGING_FEELINGS = "managing_feelings", "Managing feelings and anger", Heading.ATTITUDES
    THINKING_FIRST = "thinking_first", "Thinking before acting", Heading.ATTITUDES
    GAMBLING = "gambling", "Gambling", Heading.ATTITUDES
    COURT = "court", "Support at court", Heading.ATTITUDES
    CHILDREN = "children", "Being a parent", Heading.FAMILIES
    FAMILY = "family", "Family and relationships", Heading.FAMILIES
    LONELINESS = "loneliness", "Loneliness and making friends", Heading.FAMILIES
    DOMESTIC_ABUSE = "domestic_abuse", "Safety from domestic abuse", Heading.FAMILIES
    FIRST_APPOINTMENTS = (
        "first_appointments",
        "Company at first appointments",
        Heading.FAMILIES,
    )
    DRUG_RECOVERY = "drug_recovery", "Staying off drugs", Heading.DRUGS
    ALCOHOL_RECOVERY = "alcohol_recovery", "Staying off alcohol", Heading.DRUGS
    PRESCRIPTION = "prescription", "A prescription ready on the day", Heading.DRUGS
    WORK = "work", "Finding work", Heading.EDUCATION
    TRAINING = "training", "A course or training", Heading.EDUCATION
    READING_AND_NUMBERS = "reading_and_numbers", "Reading, writing and numbers", Heading.EDUCATION
    COMMUNICATION = "communication", "Being understood and understanding", Heading.EDUCATION
    USING_A_PHONE = "using_a_phone", "Using a phone and the internet", Heading.EDUCATION
    PUBLIC_TRANSPORT = "public_transport", "Buses, trains and getting about", Heading.EDUCATION
    BANK_ACCOUNT = "bank_account", "Opening a bank account", Heading.FINANCE
    FIRST_BENEFIT_CLAIM = "first_benefit_claim", "A first benefit claim", Heading.FINANCE
    MONEY = "money", "Money and benefits", Heading.FINANCE
    DEBT = "debt", "Debts and fines", Heading.FINANCE
    IDENTITY = "identity", "ID papers", Heading.FINANCE
    MENTAL_HEALTH = "mental_health", "Mental health", Heading.HEALTH
    PHYSICAL_HEALTH = "physical_health", "Physical health", Heading.HEALTH
    GP = "gp", "Seeing a GP", Heading.HEALTH
    LEARNING_DISABILITY = "learning_disability", "A learning disability", Heading.HEALTH
    NEURODIVERSITY = "neurodiversity", "Autism, ADHD and the like", Heading.HEALTH
    FEELING_LOW = "feeling_low", "Social and emotional difficulties", Heading.HEALTH


class Importance(Word):
    """How much a need matters to the leaver, in their own judgement."""

    LOW = "low", "Matters a little"
    MEDIUM = "medium", "Matters"
    HIGH = "high", "Matters most"


class Experience(Word):
    """What a person has lived; ticked by their own choice, never inferred."""

    CARE = "care", "In care as a child"
    ARMED_FORCES = "armed_forces", "Armed forces"
    DRUG_RECOVERY = "recovery_drugs", "Recovery from drugs"
    ALCOHOL_RECOVERY = "recovery_alcohol", "Recovery from alcohol"
    GAMBLING_RECOVERY = "recovery_gambling", "Recovery from gambling"
    MENTAL_ILL_HEALTH = "mental_ill_health", "Mental ill-health"
    NEURODIVERGENT = "neurodivergent", "Neurodivergent"
    LEARNING_DISABILITY = "learning_disability_own", "Learning disability"
    HOMELESS = "homeless", "Homeless or rough sleeper"
    FIRST_TIME = "first_time", "First time in prison"
    LONG_SENTENCE = "long_sentence", "A long sentence"
    SHORT_SENTENCES = "short_sentences", "Short sentences"
    RECALL = "recall", "Recalled to prison"
    WOMENS_ESTATE = "womens_estate", "A women's prison"
    YOUNG_ADULT = "young_adult", "In prison as a young adult"
    PARENT = "parent_in_prison", "A parent in prison"
    BEREAVEMENT = "bereavement", "Bereavement"
    DOMESTIC_ABUSE = "domestic_abuse_lived", "Domestic abuse"
    GANG_AFFECTED = "gang_affected", "Affected by gangs"
    SEX_WORK = "sex_work", "Sex work"
    TRAVELLER = "traveller", "Gypsy, Roma or Traveller"
    FOREIGN_NATIONAL = "foreign_national", "Foreign national"
    FAITH = "faith", "A life of faith"
    LGBT = "lgbt", "LGBT+"
    CARER = "carer", "A carer"


class Interest(Word):
    """What a person likes doing."""

    FOOTBALL = "football", "Football"
    BOXING = "boxing", "Boxing"
    GYM = "gym", "The gym"
    RUNNING = "running", "Running"
    CYCLING = "cycling", "Cycling"
    WALKING = "walking", "Walking"
    FISHING = "fishing", "Fishing"
    GARDENING = "gardening", "Gardening"
    COOKING = "cooking", "Cooking"
    MUSIC = "music", "Music"
    ART = "art", "Art and drawing"
    READING = "reading", "Reading"
    WRITING = "writing", "Writing"
    FILM = "film", "Film and television"
    GAMES = "games", "Computer games"
    CHESS = "chess", "Chess and board games"
    CARS = "cars", "Cars and motorbikes"
    BUILDING = "building", "Making and mending things"
    ANIMALS = "animals", "Animals"
    DANCE = "dance", "Dance"


class Culture(Word):
    """Faith or background that a leaver may wish for and a mentor may offer."""

    CHRISTIAN = "christian", "Christian"
    MUSLIM = "muslim", "Muslim"
    HINDU = "hindu", "Hindu"
    SIKH = "sikh", "Sikh"
    JEWISH = "jewish", "Jewish"
    BUDDHIST = "buddhist", "Buddhist"
    NO_RELIGION = "no_religion", "No religion"
    BLACK_AFRICAN = "black_african", "Black African"
    BLACK_CARIBBEAN = "black_caribbean", "Black Caribbean"
    SOUTH_ASIAN = "south_asian", "South Asian"
    EAST_ASIAN = "east_asian", "East or South East Asian"
    ARAB = "arab", "Arab"
    IRISH = "irish", "Irish"
    WELSH = "welsh", "Welsh"
    EASTERN_EUROPEAN = "eastern_european", "Eastern European"
    GYPSY_ROMA_TRAVELLER = "gypsy_roma_traveller", "Gypsy, Roma or Traveller"
    MIXED = "mixed", "Mixed background"


class Sex(Word):
    """Sex as recorded."""

    FEMALE = "female", "Female"
    MALE = "male", "Male"


class Gender(Word):
    """Gender as the person says it."""

    WOMAN = "woman", "Woman"
    MAN = "man", "Man"
    NON_BINARY = "non_binary", "Non-binary"


class Companion(Word):
    """Whom a person asks to be paired with: by sex or by gender."""

    FEMALE = "female", "Someone female"
    MALE = "male", "Someone male"
    WOMAN = "woman", "A woman"
    MAN = "man", "A man"
    NON_BINARY = "non_binary", "Someone non-binary"


class Risk(Word):
    """Risk of serious harm, rising."""

    LOW = "low", "low"
    MEDIUM = "medium", "medium"
    HIGH = "high", "high"
    VERY_HIGH = "very_high", "very high"


class Group(Word):
    """Whom a leaver may be a risk to, and whom a mentor may ask not to meet.

    The first five are the groups of every risk-of-serious-harm assessment.
    """

    CHILDREN = "children", "risk to children"
    PUBLIC = "public", "risk to the public"
    KNOWN_ADULT = "known_adult", "risk to a known adult"
    STAFF = "staff", "risk to staff"
    PRISONERS = "prisoners", "risk to prisoners"
    WOMEN = "women", "risk to women"
    ETHNIC_GROUPS = "ethnic_groups", "risk to people of another ethnic group"
    FAITH_GROUPS = "faith_groups", "risk to people of another faith"
    LGBT = "lgbt", "risk to LGBT+ people"
    DISABLED_PEOPLE = "disabled_people", "risk to disabled people"
    OLDER_PEOPLE = "older_people", "risk to older people"
    SEXUAL_OFFENCES = "sexual_offences", "sexual offences"
    DOMESTIC_ABUSE = "domestic_abuse", "domestic abuse"
    ARSON = "arson", "arson"
    EXTREMISM = "extremism", "extremism"


class CountyLines(Word):
    """A part played in county-lines drug dealing, as the manager records it."""

    PERPETRATOR = "perpetrator", "ran others"
    VICTIM = "victim", "was exploited"
    BOTH = "both", "ran others and was exploited"


class LinkKind(Word):
    """What stands between two people who must not meet."""

    NON_ASSOCIATION = "non_association", "non-association"
    NO_CONTACT_ORDER = "no_contact_order", "no-contact order"
    CO_ACCUSED = "co_accused", "co-accused"
    VICTIM = "victim", "victim"
    FAMILY = "family", "family"
    NAMED_PERSON = "named_person", "no contact with a named person"


class Module(Word):
    """Specialist training that a need may demand of a mentor."""

    DRUGS_AND_ALCOHOL = "drugs_and_alcohol", "drugs and alcohol"
    MENTAL_HEALTH = "mental_health", "mental health"
    DOMESTIC_ABUSE = "domestic_abuse", "domestic abuse"
    LEARNING_DISABILITY = "learning_disability", "learning disability"
    NEURODIVERSITY = "neurodiversity", "neurodiversity"
    SAFEGUARDING_CHILDREN = "safeguarding_children", "safeguarding children"


class Pool(Word):
    """Whom a mentor works with: adults, or people under 18. Never both."""

    ADULTS = "adults", "adults"
    CHILDREN = "children", "people under 18"


class Region(Word):
    """The 12 probation regions of England and Wales, by their codes."""

    NORTH_EAST = "A", "North East"
    NORTH_WEST = "B", "North West"
    YORKSHIRE = "C", "Yorkshire and the Humber"
    WALES = "D", "Wales"
    WEST_MIDLANDS = "E", "West Midlands"
    EAST_MIDLANDS = "F", "East Midlands"
    SOUTH_WEST = "G", "South West"
    SOUTH_CENTRAL = "H", "South Central"
    EAST_OF_ENGLAND = "I", "East of England"
    LONDON = "J", "London"
    KENT_SURREY_SUSSEX = "K", "Kent, Surrey and Sussex"
    GREATER_MANCHESTER = "L", "Greater Manchester"
