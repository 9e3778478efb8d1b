"""The pure core: the same facts always give the same answer.

No database, no clock, no reading or writing. It sees the facts and the
vocabulary of models, and numeric libraries; nothing else.
"""
