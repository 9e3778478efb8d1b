"""Who sees which field: a row for each column there is, and nobody where there is none.

A table of the database, and below it who may be shown which of its columns.
Everybody is shown only what is theirs to find (`access.py`): a peer what they
put forward, liaison their prison, a manager the region.

- offered, accepted: the mentor of a pair that is offered, or accepted
- own: the mentor that the row is about
- asked: a manager who asks for it by name, which is kept; masked until then
- opened: an administrator to whom two people have opened the record
- self: the person whose account it is
- nobody: no page shows it
"""

from collections.abc import Iterator, Mapping
from typing import Any

from models.states import Role

TABLE = """
account
    manager administrator: id role prison region disabled_at
    self manager administrator: name
    own: email
    nobody: version email_index phone mentor_id created_at
audit_cut
    nobody: number chain kept_from cut_at seal
audit_entry
    manager: at account_id action noun fields origin
    nobody: number row_id leaver_id mentor_id chain_before chain
avoid_note
    manager: recorded_at text
    nobody: id recorded_by leaver_id person_id
break_glass
    manager administrator opened: id
    manager administrator: region reason asked_by asked_at answered_by answered_at ends_at shut_at
    nobody: leaver_id mentor_id version
change_reason
    manager: recorded_at about text
    nobody: id recorded_by leaver_id mentor_id row_id
channel_state
    manager administrator: channel opened_at
    nobody: failures open_until
children_check
    manager: checked_on children_check_until
    nobody: id recorded_at recorded_by mentor_id
clearance
    manager: prison cleared_from cleared_until
    nobody: id recorded_at recorded_by mentor_id
clock_health
    administrator: last_look_at
    nobody: worker started_at last_jump_at trouble
consent
    liaison own manager: purpose given told_on recorded_at
    nobody: id recorded_by leaver_id mentor_id
contact
    manager opened: address
    own manager opened: email
    accepted own manager opened: phone
    manager: recorded_at shares
    nobody: id recorded_by leaver_id mentor_id phone_index email_index
credential
    self manager: sign_in_name
    nobody: account_id sign_in_name_index password_hash made_up changed_at
curfew
    manager: id hours starts_on ends_on
    nobody: recorded_at recorded_by leaver_id mentor_id
days_asked
    accepted manager: asked_at answered_at suits
    nobody: id version pair_id answered_by
demo_clock
    nobody: number ahead_seconds
district
    nobody: code town local_authority latitude longitude region
draft
    peer liaison: id answers created_at changed_at
    nobody: account_id
event
    manager: kind facts happened_at
    nobody: id recorded_at recorded_by leaver_id mentor_id key applied_at
exclusion_zone
    manager: id district starts_on ends_on
    nobody: recorded_at recorded_by leaver_id mentor_id
expected_leaver
    liaison: id prison_number first_name surname release_date sentence_kind last_seen_at
    nobody: recorded_at recorded_by sentenced_on recalled_on scheme_reversed birth_date prison
    nobody: prison_number_index
former_number
    nobody: id recorded_at recorded_by leaver_id mentor_id code prison_number prison_number_index
gang_tag
    nobody: recorded_at recorded_by code name
gate_mark
    accepted manager: step marked_at
    nobody: pair_id marked_by
gate_plan
    liaison accepted manager: bring ring_name ring_phone home_by
    nobody: id recorded_at recorded_by version pair_id
hand_over
    liaison manager: handed_at
    nobody: letter_id handed_by
invitation
    manager administrator: agreed_by needs_second invited_at invited_by
    manager administrator: id role name prison region ends_at
    nobody: version selector code_hash email mentor_id account_id is_recovery
    nobody: used_at revoked_at held_by held_at
job_run
    administrator: job finished_at
    nobody: period started_at outcome
leaver
    peer liaison manager administrator: code
    asked: crn
    liaison accepted manager opened: first_name release_date
    manager: id
    liaison asked opened: prison_number surname birth_date
    liaison manager: sex gender prison sentence_kind
    nobody: version sentenced_on recalled_on scheme_reversed pnc created_at former_keys
    nobody: prison_number_index
legal_hold
    nobody: id recorded_at recorded_by leaver_id mentor_id why lifted_at lifted_by
letter
    liaison: id
    liaison manager: kind channel state due_at
    manager: not_after sent_at
    nobody: key number recipient leaver_id mentor_id pair_id meeting_id generation urgent
    nobody: state_since attempt claimed_by lease_until message_id answer facts body
letter_attempt
    nobody: letter_id attempt begun_at ended_at outcome answer
link
    manager: id kind other_prison_number detail closed_at
    nobody: recorded_at recorded_by one_leaver_id one_mentor_id one_prison_number one_first_name
    nobody: one_surname one_birth_date other_leaver_id other_mentor_id other_first_name
    nobody: other_surname other_birth_date closed_by
meeting
    liaison accepted: id
    liaison accepted manager: kind number state window_first window_last book_by starts_at
    liaison accepted manager: starts_local minutes place
    accepted manager: missed_by
    accepted: purpose
    nobody: version pair_id state_since generation release_number zone booked_at booked_by
    nobody: outcome_by
mentor
    manager administrator: code
    liaison manager administrator: first_name
    manager: id surname state peer_role paid pool home travel_limit_km places hours languages
    manager: cultures needs experiences interests wants limits region state_since
    liaison own: own_words
    own manager: consented_on
    nobody: version prison_number birth_date sex gender past_addiction
    nobody: offence_free_since substance_free_since arrested knows_custody_and_court created_at
    nobody: former_keys prison_number_index taken_elsewhere
mentor_assessment
    manager: risk_limit assessed_on assessor
    nobody: id recorded_at recorded_by mentor_id
mentor_gangs
    manager: gangs county_lines
    nobody: id recorded_at recorded_by mentor_id
mentor_licence
    manager: on_licence licence_bars_contact licence_approved_on content_on licence_bars_prisons
    nobody: id recorded_at recorded_by mentor_id licence_approved_by content_by
mentor_place
    nobody: mentor_id number
note
    manager: shareable
    accepted manager opened: text
    nobody: id recorded_at recorded_by leaver_id
one_time_code
    nobody: account_id number code_hash used_at
opposed_gangs
    nobody: recorded_at recorded_by one other
pair
    offered manager: form answer_by
    liaison offered accepted manager: id state
    manager: place_number end_reason score parts explanation override_reason proposed_at
    manager: state_since accepted_at
    nobody: version leaver_id referral_id mentor_id weights_version rules_version model_version
    nobody: facts_version plan_run_id overridden_by
pair_count
    nobody: month region end_reason pairs held missed
pair_history
    manager: move to_state moved_at
    nobody: number pair_id from_state moved_by reason
person_to_avoid
    manager: id name birth_date why settled_at
    nobody: recorded_at recorded_by leaver_id settled_by link_id
plan_run
    manager: id recorded_at day covered total bound seconds weights_version rules_version
    manager: model_version counts prices
    nobody: recorded_by urgency ways_out
post_hold
    manager administrator: since
    nobody: number why lifted_at
practitioner
    manager: name email phone
    nobody: id recorded_at recorded_by leaver_id
prison
    nobody: code name kind sex function is_open town postcode latitude longitude region
rate_limit
    nobody: kind key_hash tries since
referral
    peer liaison manager: id state
    offered accepted manager: may_show
    liaison offered accepted manager: needs resettling_in
    manager: pathway experiences interests languages interpreter wishes wants travel_km hours
    manager: ruled_out consented_on
    liaison manager: put_forward_at endorsed_at
    offered manager: region
    nobody: version leaver_id created_at state_since put_forward_by endorsed_by
region
    nobody: code name
release_date
    manager: recorded_at kind day source given_by
    nobody: id recorded_by leaver_id expected_leaver_id
remembered_device
    self: id name remembered_at used_at ends_at
    nobody: account_id token_hash revoked_at
retention_period
    nobody: recorded_at recorded_by code days
row_seal
    nobody: noun row_id number seal
screening
    manager: recorded_at gangs county_lines on_licence licence_bars_contact licence_approved_by
    manager: licence_approved_on content_by content_on risk risk_to_children risk_to_public
    manager: risk_to_known_adult risk_to_staff risk_to_prisoners assessed_on assessor
    manager: mappa_category mappa_level sexual_offence domestic_abuse no_one_to_one risk_to
    manager: high_risk_approved_by high_risk_approved_on mappa_approved_by mappa_approved_on
    manager: sexual_offence_approved_by sexual_offence_approved_on domestic_abuse_approved_by
    manager: domestic_abuse_approved_on
    nobody: id recorded_by leaver_id
second_factor
    self: kind codes_made_at next_secret
    nobody: account_id secret last_step confirmed_at next_for next_begun_at
sign_in
    self: id started_at seen_at browser
    nobody: account_id token_hash ends_at ended_at desk device_id origin
standby
    manager: turn score
    nobody: id version pair_id mentor_id slot chosen_at called_at closed_at
supervision
    manager: supervision_until
    nobody: id recorded_at recorded_by mentor_id
task
    manager: done_at done_by
    liaison manager: id kind raised_at due_on
    nobody: version key prison region leaver_id mentor_id pair_id meeting_id letter_id outcome
term
    manager: term_starts_on term_ends_on
    nobody: id recorded_at recorded_by mentor_id
tombstone
    nobody: id kind because erased_at erased_by marks
training
    manager: basic_training_on modules
    nobody: id recorded_at recorded_by mentor_id
unsent
    self: written_at
    nobody: id account_id sent_to page fields with_file
"""

READERS = frozenset(
    {"self", "offered", "accepted", "own", "asked", "opened", "nobody"}
    | {Role.PEER, Role.LIAISON, Role.MANAGER, Role.ADMINISTRATOR}
)


def _fields() -> Iterator[tuple[tuple[str, str], frozenset[str]]]:
    table = ""
    for line in TABLE.strip().splitlines():
        if not line.startswith(" "):
            table = line
            continue
        who, columns = line.split(":")
        for column in columns.split():
            yield (table, column), frozenset(who.split()) - {"nobody"}


SEEN: Mapping[tuple[str, str], frozenset[str]] = dict(_fields())
"""The readers of each column, by table and column."""


def readers_of(table: str, column: str) -> frozenset[str]:
    """Return who may be shown a column; nobody where the table has no row for it."""
    return SEEN.get((table, column), frozenset())


def may_show(row: Any, column: str, role: Role, *, asked: bool = False) -> bool:
    """Say whether a page may show a field of a row to people of a role who may find the row.

    `asked` says that they asked for it by name, and that this is on the audit.
    """
    readers = readers_of(row.__tablename__, column)
    return role in readers or (asked and role is Role.MANAGER and "asked" in readers)
