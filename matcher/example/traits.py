"""What is published of the lives of people in prison, men and women apart.

A trait is a fact about a life, not a tick on a form: `ticks.py` says how
often it leads to one. `hardship` (0 to 1) says how strongly a trait goes
with the others: someone with one trouble more often has the next.
"""

from dataclasses import dataclass

from matcher.example.figures import RECALLS, RELEASES, Figure, assumed, computed, recalled


@dataclass(frozen=True, slots=True)
class Trait:
    """A fact about a life and how many men and women in prison it is true of."""

    name: str
    men: Figure
    women: Figure
    hardship: float


def oasys(percent: float) -> Figure:
    """Return a need of people in custody as assessed in October 2024."""
    return Figure(percent, "OASys, custody, 31 October 2024, by russellwebster.com")


def oasys_women(percent: float) -> Figure:
    """Return a need of women serving determinate sentences as assessed in June 2021."""
    return computed(percent, "OASys custody data, 30 June 2021, 18 rows summed")


def oasys_men(percent: float) -> Figure:
    """Return a need of men in custody that was not looked up."""
    return recalled(percent, "OASys, men, 2024")


def reform_trust(percent: float) -> Figure:
    """Return a figure from the table of social characteristics of people in prison."""
    return Figure(percent, "Prison Reform Trust, social characteristics")


def inspectors(percent: float) -> Figure:
    """Return a figure from the survey of the prison inspectors."""
    return Figure(percent, "HMIP survey about 2020, by Prison Reform Trust, July 2021")


def alike(name: str, figure: Figure, hardship: float = 0.0) -> Trait:
    """Return a trait published for men and women together."""
    return Trait(name, figure, figure, hardship)


_ONE_EACH = f"{RECALLS:,} recalls beside {RELEASES:,} releases, one release after each"

TRAITS: tuple[Trait, ...] = (
    Trait("accommodation", oasys(68), oasys_women(69), 0.5),
    Trait("employability", oasys_men(60), oasys_women(68), 0.5),
    Trait("relationships", oasys_men(75), oasys_women(81), 0.4),
    Trait("lifestyle", oasys(89), oasys_women(83), 0.4),
    Trait("drugs", oasys_men(55), oasys_women(52), 0.8),
    Trait("alcohol", oasys(22), oasys_women(25), 0.3),
    Trait("thinking", oasys_men(85), oasys_women(71), 0.3),
    Trait("attitudes", oasys_men(75), oasys_women(71), 0.3),
    alike("class A drugs", reform_trust(64), 0.8),
    alike("drink every day", reform_trust(22), 0.3),
    alike("homeless before", reform_trust(15), 0.6),
    alike(
        "no home that night", computed(16, "accommodation outcomes to March 2025: 100 - 84"), 0.6
    ),
    Trait("unemployed before", reform_trust(67), reform_trust(81), 0.5),
    alike("no qualifications", reform_trust(47), 0.5),
    Trait("in care", reform_trust(24), reform_trust(31), 0.5),
    Trait("abused as a child", reform_trust(27), reform_trust(53), 0.5),
    Trait("young children", reform_trust(45), reform_trust(47), 0.0),
    Trait("anxious and low", reform_trust(23), reform_trust(49), 0.5),
    Trait("mental health", inspectors(47), inspectors(71), 0.6),
    alike("neurodivergent", Figure(50, "inspectorates, 2021: up to 50%, by NLJ"), 0.3),
    alike("disabled", recalled(38, "HMIP and SPCR, 36 to 40%"), 0.3),
    alike("learning disability", assumed(7), 0.2),
    Trait(
        "veteran",
        computed(4, "middle of 3 (PQ 143815), 3.5 (BMJ OEM) and 4.86 (census 2021)"),
        assumed(1),
        0.0,
    ),
    alike("believer", computed(69, "March 2023, by russellwebster.com: 100 - 31 of no religion")),
    alike("LGBT+", computed(3, "Offender Equalities 2024-25: 100 - 97 heterosexual")),
    alike("recalled", computed(41, _ONE_EACH), 0.3),
    Trait("first time", assumed(30), assumed(35), -0.4),
    Trait("in prison young", assumed(40), assumed(25), 0.3),
    Trait("gambles", assumed(7), assumed(3), 0.1),
    Trait("gangs", assumed(8), assumed(2), 0.2),
    Trait("sex work", assumed(0.5), assumed(8), 0.6),
    alike("traveller", assumed(5)),
    alike("bereaved", assumed(30), 0.1),
    Trait("carer", assumed(4), assumed(10), 0.0),
    alike("in debt", assumed(35), 0.4),
    alike("no papers", assumed(25), 0.4),
    alike("behind with phones", assumed(12), 0.1),
    alike("case going on", assumed(4)),
)
"""Every trait; shares are of people in prison."""
