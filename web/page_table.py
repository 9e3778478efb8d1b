"""The pages there are: whose each is, how it is asked for, what its address names by id.

To add a page, add a row; `page_rights.py` says what a row means.
"""

TABLE = """
anybody
    static                                 read
    health.healthz                         read
    calendar_feed.feed                     read
    sign_in.home                           read
    sign_in.sign_in                        form
    demo.appointment                       read letter
    demo.letter                            read letter
    demo.post                              read
    demo.start                             read
    invited.choose                         form
    invited.prove                          form
    invited.start                          form
signed_in
    own_account.codes                      form
    own_account.end_all                    form
    own_account.end_stay                   form stay
    own_account.factor                     form
    own_account.forget_device              form device
    own_account.mine                       read
    own_account.password                   form
    own_account.prove                      form
    sign_in.not_sent                       read
    sign_in.sign_out                       send
    sign_in.throw_away                     send
kiosk
    kiosk.finish                           send
    kiosk.sent                             read
    kiosk.start                            read
    kiosk_forms.avoid                      form draft
    kiosk_forms.avoid_no_more              send draft
    kiosk_forms.avoid_someone              form draft
    kiosk_forms.begin                      send
    kiosk_forms.check                      form draft
    kiosk_forms.page                       form draft
    kiosk_forms.task_list                  read draft
    kiosk_forms.throw_away                 form draft
peer
    peer.sent                              read referral
    peer.start                             read
    peer_forms.avoid                       form draft
    peer_forms.avoid_no_more               send draft
    peer_forms.avoid_someone               form draft
    peer_forms.begin                       send
    peer_forms.begin_paper                 send
    peer_forms.blank                       read
    peer_forms.check                       form draft
    peer_forms.key_in                      form draft
    peer_forms.page                        form draft
    peer_forms.task_list                   read draft
    peer_forms.throw_away                  form draft
    peer_kiosk.open_kiosk                  form
liaison
    liaison.expected                       read
    liaison.put_forward                    send expected
    liaison.start                          read
    liaison_consents.of_referral           form referral
    liaison_dates.confirm                  send referral
    liaison_dates.tell                     form referral
    liaison_events.confirm                 send referral
    liaison_events.see                     send task
    liaison_events.tell                    form referral
    liaison_forms.avoid                    form draft
    liaison_forms.avoid_no_more            send draft
    liaison_forms.avoid_someone            form draft
    liaison_forms.begin                    send
    liaison_forms.begin_paper              send
    liaison_forms.blank                    read
    liaison_forms.check                    form draft
    liaison_forms.key_in                   form draft
    liaison_forms.page                     form draft
    liaison_forms.task_list                read draft
    liaison_forms.throw_away               form draft
    liaison_kiosk.open_kiosk               form
    liaison_letters.all_sheets             read
    liaison_letters.handed_over            send letter
    liaison_letters.not_handed_over        send letter
    liaison_letters.sheet                  read letter
    liaison_letters.tray                   read
    liaison_meetings.book                  form meeting
    liaison_meetings.gate                  form pair
    liaison_own_say.ask                    form referral
    liaison_own_say.draw                   send referral
    liaison_own_say.sheet                  read referral
    liaison_own_say.take_back              send referral
    liaison_referrals.change               form referral
    liaison_referrals.endorse              send referral
    liaison_referrals.referral             read referral
    liaison_uploads.answer                 send upload
    liaison_uploads.confirm                send upload
    liaison_uploads.preview                read upload
    liaison_uploads.rows_to_mend           read upload
    liaison_uploads.upload                 form
mentor
    mentor.calendar                        read
    mentor.start                           read
    mentor_breaks.begin                    form
    mentor_breaks.confirm_break            send
    mentor_breaks.confirm_stop             send
    mentor_breaks.end                      send
    mentor_breaks.stop                     form
    mentor_calendar.link                   read
    mentor_calendar.make                   send
    mentor_calendar.of_meeting             read meeting
    mentor_calendar.of_pair                read pair
    mentor_calendar.revoke                 send
    mentor_coming_out.come_out             form pair
    mentor_coming_out.confirm_come_out     send pair
    mentor_coming_out.confirm_stay_in      send pair
    mentor_coming_out.stay_in              form pair
    mentor_coming_out.told                 read pair
    mentor_consents.mine                   form
    mentor_days.confirm                    send pair
    mentor_days.object_to                  send pair
    mentor_how.tell                        form meeting
    mentor_expenses.claim                  form
    mentor_expenses.listed                 read
    mentor_expenses.receipt                read expense
    mentor_meetings.book                   form meeting
    mentor_meetings.held                   form meeting
    mentor_meetings.missed                 form meeting
    mentor_needs.load                      form
    mentor_needs.mine                      read
    mentor_offers.accept                   send pair
    mentor_offers.decline                  form pair
    mentor_offers.offer                    read pair
    mentor_pairs.gate                      read pair
    mentor_pairs.mark                      send pair
    mentor_pairs.pair                      read pair
    mentor_pairs.unmark                    send pair
    mentor_words.words                     form
    mentor_worries.tell                    form
manager
    manager.cover                          read
    manager.to_screen                      read
    manager.today                          read
    manager_accounts.accounts              read
    manager_accounts.agree                 form invitation
    manager_accounts.close                 form account
    manager_accounts.invite                form
    manager_accounts.let_back_in           form account
    manager_accounts.move                  form account
    manager_accounts.revoke                send invitation
    manager_away.answer                    form away
    manager_away.come_back                 send away
    manager_away.mine                      form
    manager_consents.of_leaver             form leaver
    manager_events.confirm_of_leaver       send leaver
    manager_events.confirm_of_mentor       send mentor
    manager_events.of_leaver               form leaver
    manager_events.of_mentor               form mentor
    manager_expenses.approve               send expense
    manager_expenses.listed                read
    manager_expenses.one                   form expense
    manager_expenses.paid                  read
    manager_expenses.pay                   send expense
    manager_expenses.receipt               read expense
    manager_expenses.to_pay                read
    manager_forums.listed                  form
    manager_forums.take_away               send forum
    manager_exports.as_csv                 read
    manager_exports.as_workbook            read
    manager_letters.example                read
    manager_letters.examples               read
    manager_lapses.listed                  form
    manager_letters.listed                 form
    manager_letters.one                    read letter
    manager_letters.sheet                  read letter
    manager_looked.leaver                  read leaver
    manager_looked.me                      read
    manager_looked.mentor                  read mentor
    manager_mentor_consents.of_mentor      form mentor
    manager_nobody.listed                  read
    manager_nobody.one                     read referral
    manager_nobody.work_out                send
    manager_opened.agree                   send glass
    manager_opened.listed                  read
    manager_opened.one                     read glass
    manager_opened.refuse                  send glass
    manager_override.choose                read referral
    manager_override.override              form referral mentor
    manager_pair_lists.meetings            form
    manager_pair_lists.pairs               form
    manager_pairs.pair                     read pair
    manager_pairs.resume                   send pair
    manager_pairs.stop                     form pair
    manager_people.leaver                  read leaver
    manager_people.mentor                  read mentor
    manager_people.mentors                 form
    manager_pictures.figures               read
    manager_pictures.listed                read
    manager_pictures.shown                 read
    manager_plans.against                  read earlier later
    manager_plans.ask                      send
    manager_plans.asked                    read request
    manager_plans.listed                   read
    manager_plans.plan                     read run
    manager_proposals.approve              send pair
    manager_proposals.listed               form
    manager_referrals.ask_practitioner     send referral
    manager_referrals.listed               form
    manager_referrals.referral             read referral
    manager_restrictions.add_curfew        form referral
    manager_restrictions.add_link          form referral
    manager_restrictions.add_zone          form referral
    manager_restrictions.close_link        form referral link
    manager_restrictions.lift_curfew       form referral curfew
    manager_restrictions.lift_zone         form referral zone
    manager_restrictions.settle            form referral person
    manager_screening.screen               form referral
    manager_standbys.call                  form pair
    manager_standbys.let_go                send pair
    manager_standbys.standbys              form pair
    manager_swap.swap_mentors              form pair
    manager_tasks.end_pair                 send task
    manager_tasks.keep_on_pause            send task
    manager_tasks.listed                   form
    manager_tasks.see                      send task
    manager_tasks.task                     form task
    manager_twins.say_two                  send task
    manager_twins.twins                    read task
    manager_what_if.ask                    form
    manager_why.ask                        form referral
    manager_why.told                       read referral mentor
    manager_vetting.clearance              form mentor
    manager_vetting.coach                  form mentor
    manager_vetting.supervision            form mentor
    manager_vetting.training               form mentor
administrator
    administrator.start                    read
    administrator_accounts.accounts        read
    administrator_accounts.agree           form invitation
    administrator_accounts.close           form account
    administrator_accounts.invite          form
    administrator_accounts.let_back_in     form account
    administrator_accounts.move            form account
    administrator_accounts.revoke          send invitation
    administrator_opened.agree             send glass
    administrator_opened.ask               form
    administrator_opened.listed            read
    administrator_opened.one               read glass
    administrator_opened.record            read glass
    administrator_opened.refuse            send glass
    administrator_opened.shut              send glass
"""
"""For each kind of people: the page, how it is asked for, and what its address names."""
