"""The best whole set of pairs, with its proof from prices alone, and what would happen if."""

from matcher.core.assignment.components import component_of
from matcher.core.assignment.moves import Solved
from matcher.core.assignment.plan import Plan
from matcher.core.assignment.solving import assign, solve, worth

__all__ = ["Plan", "Solved", "assign", "component_of", "solve", "worth"]
