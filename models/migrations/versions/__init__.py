"""The steps themselves.

What a step says is history: it knows nothing of today's vocabulary or tables,
and is never changed once it has left the house. A new word in a list that the
database checks is a new step.
"""
