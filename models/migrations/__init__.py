"""Numbered steps of the database, one after the other, each up and down."""
