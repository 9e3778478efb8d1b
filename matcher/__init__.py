"""What is decided: rules, scores, plans, and the verbs that change rows.

A verb takes the session and `now`, never commits and never reads the clock.
This room imports models and never web.
"""
