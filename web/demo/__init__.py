"""The demo: a region's worth of made-up people, its post, and its date that can be moved on.

It answers this machine only, and refuses a database with a real account.
"""
