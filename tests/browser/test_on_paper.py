"""What the liaison prints from a page takes as few sheets as it says."""

import io

import pytest
from pypdf import PdfReader

from models.own_says import OwnSay
from models.states import ReferralState, Role
from tests.browser.screen import LARGE, Screen
from tests.browser.site import Site
from tests.rows import NOW, a_leaver_row, a_mentor_row, a_referral


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@pytest.mark.parametrize("size", [LARGE], indirect=True, ids=["A4"])
def test_three_profiles_fit_on_the_one_sheet_that_is_promised(site: Site, screen: Screen) -> None:
    leaver = a_leaver_row()
    referral = a_referral(leaver, state=ReferralState.WAITING)
    site.desks.keep(leaver, referral)
    lived = ["growing up", "health and learning", "recovery", "time inside"]
    told = {"region": ["Yorkshire and the Humber"], "speaks": ["Welsh"], "lived": lived}
    for number in (1, 2, 3):
        mentor = a_mentor_row()
        whose = {"leaver_id": leaver.id, "referral_id": referral.id, "mentor_id": mentor.id}
        site.desks.keep(mentor, OwnSay(number=number, told=told, recorded_at=NOW, **whose))
    screen.signs_in(site.desks.account(Role.LIAISON))
    screen.opens(f"/liaison/referrals/{referral.id}/own-say/sheet")

    paper = screen.page.pdf(format="A4")

    screen.sees("Mentor C")
    assert len(PdfReader(io.BytesIO(paper)).pages) == 1
