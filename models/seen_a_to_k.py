"""Who sees which field, tables a to k; `seen_fields.py` says what a line means."""

A_TO_K = """
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
calendar_feed
    self: made_at fetched_at
    nobody: id account_id token_hash revoked_at
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
    own manager: prison cleared_until
    manager: cleared_from
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
    nobody: account_id stay_id
event
    manager: kind facts happened_at
    nobody: id recorded_at recorded_by leaver_id mentor_id key applied_at
exclusion_zone
    manager: id district starts_on ends_on
    nobody: recorded_at recorded_by leaver_id mentor_id
expense
    own manager: id spent_on kind pence miles meeting state reason paid_at
    manager: claimed_at state_since decided_at
    nobody: version mentor_id claimed_by decided_by paid_by
expected_leaver
    liaison: id prison_number first_name surname release_date sentence_kind last_seen_at
    nobody: recorded_at recorded_by sentenced_on recalled_on scheme_reversed birth_date prison
    nobody: prison_number_index
forum_date
    own manager: starts_at place
    manager: id
    nobody: recorded_at recorded_by region version
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
how_it_went
    manager: went wants_call told_at
    nobody: meeting_id told_by
invitation
    manager administrator: agreed_by needs_second invited_at invited_by
    manager administrator: id role name prison region ends_at
    nobody: version selector code_hash email mentor_id account_id is_recovery
    nobody: used_at revoked_at held_by held_at
job_run
    administrator: job finished_at
    nobody: period started_at outcome
"""
