"""Who sees which field, tables l to z; `seen_fields.py` says what a line means."""

L_TO_Z = """
leaver
    peer liaison manager administrator: code
    asked: crn
    liaison accepted manager opened: first_name release_date
    manager: id
    liaison asked opened: prison_number surname birth_date
    liaison manager: sex gender prison sentence_kind
    nobody: version sentenced_on recalled_on scheme_reversed pnc created_at former_keys
    nobody: prison_number_index ethnic_group
legal_hold
    nobody: id recorded_at recorded_by leaver_id mentor_id why lifted_at lifted_by
letter
    liaison manager: id
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
load_said
    own manager: recorded_at load text
    nobody: id recorded_by mentor_id
manager_away
    manager: id region starts_on ends_on
    nobody: version account_id deputy_id asked_at agreed_at ended_at
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
    liaison own manager: own_words
    own manager: consented_on
    nobody: version prison_number birth_date sex gender past_addiction
    nobody: offence_free_since substance_free_since arrested knows_custody_and_court created_at
    nobody: former_keys prison_number_index taken_elsewhere
mentor_assessment
    manager: risk_limit assessed_on assessor
    nobody: id recorded_at recorded_by mentor_id
mentor_coach
    own manager: name phone
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
own_say
    manager: wish said_at
    liaison: told
    liaison manager: number
    nobody: id recorded_at recorded_by leaver_id referral_id mentor_id gone_at said_by
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
plan_request
    manager: id recorded_at region stage people pairs looked_at finished_at
    nobody: recorded_by slot taken_by plan_run_id
plan_run
    manager: id recorded_at day covered total bound worst_off seconds weights_version rules_version
    manager: model_version counts prices ways_out
    nobody: recorded_by urgency
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
receipt
    own manager: kind content
    nobody: id expense_id mentor_id kept_at
referral
    peer liaison manager: id state
    offered accepted manager: may_show
    liaison offered accepted manager: needs resettling_in
    manager: pathway experiences interests languages interpreter wishes wants travel_km hours
    manager: ruled_out chosen
    liaison manager: put_forward_at endorsed_at filled_in consented_on
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
    nobody: kiosk_since
standby
    manager: id turn score
    nobody: version pair_id mentor_id slot chosen_at called_at closed_at
supervision
    own manager: supervision_until held_on next_on
    nobody: id recorded_at recorded_by mentor_id
task
    manager: done_at done_by
    liaison manager: id kind raised_at due_on
    nobody: version key prison region leaver_id mentor_id pair_id meeting_id letter_id outcome
term
    own manager: term_ends_on
    manager: term_starts_on
    nobody: id recorded_at recorded_by mentor_id
tombstone
    nobody: id kind because erased_at erased_by marks
training
    own manager: basic_training_on modules done_on
    nobody: id recorded_at recorded_by mentor_id
unsent
    self: written_at
    nobody: id account_id sent_to page fields with_file
worry
    own manager: kind told_at read_at
    manager: text region also_region
    nobody: id version mentor_id leaver_id pair_id told_by read_by
"""
