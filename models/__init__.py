"""What is kept: the words, the facts, the rows, and who may see them.

This room imports the standard library, SQLModel, SQLAlchemy and cryptography
only. Nothing here decides anything.
"""
