"""Whether a plan is the best, looked at by itself: no round of moves makes it better.

Slow, simple, and sharing no code with the matcher or with any solver. A round
goes from mentor to mentor and over nobody, who stands for all that is left
out: leavers without a mentor, places without a leaver. Each step moves one
leaver, takes a free place or gives one up. A plan is the best exactly when no
round gains anything, by urgency and then by points.
"""

from collections import Counter

NOBODY = -1
NOTHING = (0, 0)


def steps(question, pairs):
    """Yield every step from a plan: where from, where to, and the urgency and points gained."""
    has, filled = dict(pairs), Counter(mentor for _, mentor in pairs)

    def gain(leaver, mentor):
        if mentor == NOBODY:
            return NOTHING
        return question.urgency[leaver], question.points(leaver, mentor)

    ways = [*question.pairs, *((leaver, NOBODY) for leaver in range(len(question.urgency)))]
    for leaver, mentor in ways:
        own = has.get(leaver, NOBODY)
        before, after = gain(leaver, own), gain(leaver, mentor)
        yield own, mentor, (after[0] - before[0], after[1] - before[1])
    for mentor, places in enumerate(question.places):
        cost = question.load * (question.taken[mentor] + filled[mentor])
        if filled[mentor] < places:
            yield mentor, NOBODY, (0, -cost)
        if filled[mentor]:
            yield NOBODY, mentor, (0, cost - question.load)


def is_best(question, pairs):
    """Return whether no round of moves makes this plan better, by sweeps as in any textbook."""
    known = list(steps(question, pairs))
    most = dict.fromkeys([NOBODY, *range(len(question.places))], NOTHING)
    for _ in range(len(most) + 1):
        better = False
        for start, end, (urgency, points) in known:
            reached = most[start][0] + urgency, most[start][1] + points
            if reached > most[end]:
                most[end], better = reached, True
        if not better:
            return True
    return False
