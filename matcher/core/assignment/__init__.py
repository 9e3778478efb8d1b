"""The best whole set of pairs, with its proof from prices alone: `assign` and `worth`."""

from matcher.core.assignment.solving import Plan, assign, worth

__all__ = ["Plan", "assign", "worth"]
