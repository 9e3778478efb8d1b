"""Who finds which rows by each SELECT that begins with who looks: a table.

A line is one account and what it finds: kinds of rows, and after the @ their stories. STAGES,
BESIDE, THERE and ACROSS are several. Whoever has no line finds nothing.
"""

from collections.abc import Iterator

from tests.web.access.stories import STAGES

STORIES = {
    "STAGES": (*STAGES,),
    "BESIDE": ("waiting", "declined", "not-offered", "begun-over"),
    "THERE": ("foreign", "foreign offer"),
    "ACROSS": ("across", "across-over"),
}

TABLE = """
accounts_kept_by
    manager: liaison_account,mentor_account,peer_account@here demoted,ended,second@others
    other-manager: liaison_account,mentor_account,peer_account@there
    administrator: manager_account@here,there administrator,colleague,deputy,disabled@others
accounts_seen_by
    peer: peer_account@here
    liaison: liaison_account@here
    mentor: mentor_account@here
    manager: manager_account@here
    other-peer: peer_account@there
    other-liaison: liaison_account@there
    other-mentor: mentor_account@there
    other-manager: manager_account@there
    second-peer: second@others
    administrator: liaison_account,manager_account,mentor_account,peer_account@here,there
        administrator,colleague,deputy,demoted,disabled,ended,second@others
    ended-mentor: ended@others
    demoted: demoted@others
away_answered_by
    manager: away_asked@here
    other-manager: away_asked@there
away_of_own
    manager: away@here standing_in@others
    other-manager: away@there
code_of_moved
    liaison: leaver.code@STAGES
    manager: leaver.code@STAGES
    other-liaison: leaver.code@THERE
    other-manager: leaver.code@THERE
curfews
    manager: curfew@BESIDE,STAGES curfew@moved curfew@twice
    other-manager: curfew@ACROSS,THERE curfew@twice
drafts_seen_by
    peer: draft@BESIDE,STAGES draft@moved
    liaison: liaison_draft,upload,upload_question,upload_taken@here
    other-peer: draft@ACROSS,THERE draft@twice
    other-liaison: liaison_draft,upload,upload_question,upload_taken@there
expected_leavers_seen_by
    liaison: expected@here
    other-liaison: expected@there
expenses_seen_by
    mentor: approved,expense,refused@here
    manager: approved,expense,refused@here
    other-mentor: approved,expense,refused@there
    other-manager: approved,expense,refused@there
forum_dates_seen_by
    mentor: forum@here
    manager: forum@here
    other-mentor: forum@there
    other-manager: forum@there
glass_open_for
    administrator: glass@accepted
glass_seen_by
    manager: glass@BESIDE,STAGES glass@moved
        glass_of_another,glass_over,glass_shut,glass_unanswered@records
    other-manager: glass@ACROSS,THERE glass@twice
    administrator: glass@ACROSS,BESIDE,STAGES,THERE glass@moved
        glass_of_another,glass_over,glass_shut,glass_unanswered@records glass@twice
invitations_agreed_by
    manager: waiting@codes manager_invitation@here
    other-manager: manager_invitation@there
    administrator: by_the_manager,for_another_role,for_the_manager,of_administrator@codes
        manager_invitation@here,there
invitations_kept_by
    manager: of_mentor@codes invitation@here
    other-manager: of_mentor_there@codes invitation@there
    administrator:
        agreed,by_the_manager,for_the_manager,of_administrator,of_one_person,revoked,used,waiting@codes
        manager_invitation@here,there of_manager_at_a_prison@codes
leavers_seen_by
    liaison: leaver,twin@BESIDE,STAGES twin@moved
    mentor: leaver@accepted,across,closed,paused
    manager: twin@BESIDE,STAGES leaver@BESIDE,STAGES,across leaver,twin@moved leaver@twice
    other-liaison: leaver,twin@ACROSS,THERE leaver@moved leaver,twin@twice
    other-mentor: leaver@foreign
    other-manager: leaver,twin@ACROSS,THERE leaver,twin@twice
letters_seen_by
    liaison: handed,letter@accepted
    manager: letter@STAGES asked_of,mailed@accepted,offered handed@accepted
    other-liaison: handed,letter@foreign
    other-manager: letter@THERE asked_of,handed,mailed@foreign mailed@twice
meetings_seen_by
    liaison: follow_up,held,meeting,past,visit@accepted,paused
    mentor: meeting@accepted,across,closed,offered,paused
        follow_up,held,past,visit@accepted,closed,offered,paused
    manager: meeting@ACROSS,STAGES follow_up,held,past,visit@STAGES
    other-liaison: meeting@across,foreign follow_up,held,past,visit@foreign
    other-mentor: follow_up,held,meeting,past,visit@THERE
    other-manager: meeting@ACROSS,THERE follow_up,held,past,visit@THERE
mentors_kept_by
    manager: mentor@here lapsed@others mentor@across-over twin_mentor@proposed
    other-manager: mentor@there
mentors_counted_by
    manager: mentor@here,there lapsed@others mentor@across-over twin_mentor@proposed
    other-manager: mentor@here,there lapsed@others mentor@across-over twin_mentor@proposed
mentors_seen_by
    mentor: mentor@here
    manager: mentor@here lapsed@others mentor@across-over twin_mentor@proposed
    other-mentor: mentor@there
    other-manager: mentor@here,there
    ended-mentor: lapsed@others
offers_ended_for
    mentor: pair@declined
pair_counts_seen_by
    manager: count@counts
    other-manager: count_there@counts
pairs_seen_by
    liaison: pair@accepted,paused
    mentor: pair@accepted,across,closed,offered,paused
    manager: pair@ACROSS,STAGES,begun-over,declined,not-offered
    other-liaison: pair@across,foreign pair@twice
    other-mentor: pair@THERE pair@twice
    other-manager: pair@ACROSS,THERE pair@twice
pairs_to_approve
    liaison: pair@accepted,paused
    manager: pair@STAGES,begun-over,declined,not-offered
    other-liaison: pair@across,foreign pair@twice
    other-manager: pair@ACROSS,THERE pair@twice
people_to_avoid
    manager: person@BESIDE,STAGES person@moved person@twice
    other-manager: person@ACROSS,THERE person@twice
referrals_seen_by
    peer: referral,twin_referral@BESIDE,STAGES twin_referral@moved
    liaison: referral,twin_referral@BESIDE,STAGES twin_referral@moved
    manager: referral,twin_referral@BESIDE,STAGES referral,twin_referral@moved before@twice
    other-peer: referral,twin_referral@ACROSS,THERE referral,twin_referral@twice
    other-liaison: referral,twin_referral@ACROSS,THERE referral@moved
        before,referral,twin_referral@twice
    other-manager: referral,twin_referral@ACROSS,THERE referral,twin_referral@twice
tasks_seen_by
    liaison: liaison_task@STAGES
    manager: twins_task@BESIDE,STAGES decide_task,moved_task,task@STAGES twins_task@moved
        leavers_alike@proposed
    other-liaison: liaison_task@THERE
    other-manager: twins_task@ACROSS,THERE decide_task,moved_task,task@THERE twins_task@twice
unsent_seen_by
    mentor: unsent@here
    other-mentor: unsent@there
worries_seen_by
    mentor: worry@closed
    manager: worry@closed
zones
    manager: zone@BESIDE,STAGES zone@moved zone@twice
    other-manager: zone@ACROSS,THERE zone@twice
"""


def expected() -> dict[tuple[str, str], set[str]]:
    """Return the names of the rows that each account of the world finds by each SELECT."""
    return {(name, who): set(_names(told)) for name, who, told in _lines()}


def _lines() -> Iterator[tuple[str, str, str]]:
    name = ""
    for line in TABLE.strip().replace("\n        ", " ").splitlines():
        if line.startswith(" "):
            who, _, told = line.strip().partition(":")
            yield name, who.replace("-", " "), told
        else:
            name = line


def _names(told: str) -> Iterator[str]:
    for group in told.split():
        rows, _, stories = group.partition("@")
        for story in stories.split(","):
            for one in STORIES.get(story, (story,)):
                yield from (f"{row}@{one}" for row in rows.split(","))
