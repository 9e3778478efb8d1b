"""mentor-match on a folder of people, with a table of scores to look up; prints what it found."""

import json
import sys
from pathlib import Path

from matching.process import conduct_matching_from_file
from matching.rules.rule import Disqualify

FOLDER = Path(sys.argv[1])
TOLD = json.loads((FOLDER / "scores.json").read_text())
SCORES = {(mentor, leaver): score for mentor, leaver, score in TOLD}


def codes(match):
    """Return the codes of the two people of a match."""
    return match.mentor.email, match.mentee.email


class Score:
    """A rule of mentor-match that knows every score already."""

    def apply(self, match):
        """Return the score of a match."""
        return SCORES.get(codes(match), 0)


RULES = [[Disqualify(lambda match: codes(match) not in SCORES), Score()]]
_, mentees = conduct_matching_from_file(FOLDER, RULES)
paired = [(leaver.mentors[0].email, leaver.email) for leaver in mentees if leaver.mentors]
print(json.dumps([len(paired), sum(SCORES[pair] for pair in paired)]))
