"""A full leaver of a file as rows: who they are, their referral, their screening, their date."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlmodel import select

from matcher.people_on_file import PeopleOnFile
from matcher.release_on_file import let_go_on
from matcher.standings import stopped_among
from matcher.writing import Writing, facts_in
from models.people import Leaver, LeaverFacts, SentenceFacts
from models.profiles import LeaverInFile, LeaverProfile
from models.reference import districts
from models.referrals import Referral, ReferralFacts, Screening, ScreeningFacts
from models.release_words import DateKind
from models.releases import ExpectedLeaver, ReleaseDate
from models.states import ReferralMove, ReferralState
from models.vetting import GangFacts, LicenceFacts


def has_consented(leaver: LeaverProfile) -> bool:
    """Say whether consent is recorded."""
    return leaver.consented_on is not None


def is_screened(leaver: LeaverProfile) -> bool:
    """Say whether there is a screening at all; whether it is complete and fresh the rules say."""
    return has_consented(leaver) and leaver.risk is not None and leaver.assessed_on is not None


WAY_TO_WAITING: tuple[tuple[ReferralState, ReferralMove, Callable[[LeaverProfile], bool]], ...] = (
    (ReferralState.DRAFT, ReferralMove.PUT_FORWARD, has_consented),
    (ReferralState.PUT_FORWARD, ReferralMove.ENDORSE, has_consented),
    (ReferralState.ENDORSED, ReferralMove.SCREEN, is_screened),
    (ReferralState.SCREENED, ReferralMove.WAIT, is_screened),
)
"""How far a file brings a referral: from each state by which move, if the file says enough."""

SOURCE = "file of leavers"


class LeaverRows:
    """Writes the rows of leavers, one leaver after another."""

    def __init__(self, writing: Writing, on_file: PeopleOnFile) -> None:
        """Hold what is on file."""
        self.writing = writing
        self.on_file = on_file
        self.expected: list[tuple[ExpectedLeaver, Leaver]] = []
        self.dated: list[Leaver] = []

    def take(self, leaver: LeaverInFile) -> None:
        """Add the leaver or bring what is on file up to the file, restrictions apart."""
        row = self._base(leaver)
        self._refer(leaver, row)
        screening = facts_in(leaver, ScreeningFacts, LicenceFacts, GangFacts)
        newest = self.on_file.screenings.get(row.id)
        self.writing.record(Screening, newest, screening, leaver_id=row.id)

    def adopt_expected(self) -> None:
        """Hand the dates of expected leavers to their leavers; the expected ones are no more.

        To be called when the leavers are written.
        """
        for expected, leaver in self.expected:
            given = select(ReleaseDate).where(ReleaseDate.expected_leaver_id == expected.id)
            for one in self.writing.db.exec(given).all():
                one.leaver_id, one.expected_leaver_id = leaver.id, None
            self.writing.db.flush()
            self.writing.db.delete(expected)
        self.writing.db.flush()

    def tell_dates(self) -> None:
        """Let the plan of someone on file go on by another date in the file, if it was stopped.

        To be called when the leavers are written.
        """
        stopped = stopped_among(self.writing.db, [leaver.id for leaver in self.dated])
        for leaver in self.dated:
            if leaver.id in stopped:
                let_go_on(self.writing.db, leaver, by=self.writing.by, now=self.writing.now)

    def _base(self, leaver: LeaverInFile) -> Leaver:
        facts = facts_in(leaver, LeaverFacts)
        if leaver.ethnic_group:  # a file that does not say it wipes nothing that was said
            facts["ethnic_group"] = leaver.ethnic_group
        row = self.on_file.leavers.get(leaver.code)
        before = row.release_date if row else None
        if row:
            if facts["prison_number"] in row.former_keys:  # found by an old number of theirs
                del facts["prison_number"]
            self.writing.update(row, facts)
            self.dated += [row] if leaver.release_date != before else []
        else:
            row = self._new(facts)
        if leaver.release_date != before:
            self._give_date(row)
        return row

    def _new(self, facts: dict[str, Any]) -> Leaver:
        expected = self.on_file.expected.get(str(facts["prison_number"]))
        sentence = facts_in(expected, SentenceFacts) if expected else {}
        row = Leaver(**facts, **sentence, created_at=self.writing.now)
        self.on_file.leavers[row.code] = row
        self.writing.add(row)
        if expected:
            self.expected.append((expected, row))
        return row

    def _give_date(self, row: Leaver) -> None:
        """Keep the date of a file: it is taken as settled, and so is not moved again."""
        given = ReleaseDate(
            leaver_id=row.id,
            kind=DateKind.CONFIRMED,
            day=row.release_date,
            source=SOURCE,
            **self.writing.stamp,
        )
        self.writing.add(given)

    def _refer(self, leaver: LeaverProfile, row: Leaver) -> None:
        facts = facts_in(leaver, ReferralFacts)
        region = districts()[leaver.resettling_in].region
        referral = self.on_file.referral_of(leaver.code)
        if referral is None:
            now = self.writing.now
            referral = Referral(
                **facts, leaver_id=row.id, region=region, created_at=now, state_since=now
            )
            self.on_file.referrals[row.id].append(referral)
            self.writing.add(referral)
        elif referral.resettling_in != leaver.resettling_in:
            self.writing.update(referral, facts | {"region": region})
        else:
            self.writing.update(referral, facts)
        self._bring_forward(referral, leaver)

    def _bring_forward(self, referral: Referral, leaver: LeaverProfile) -> None:
        for state, move, is_enough in WAY_TO_WAITING:
            if move is ReferralMove.WAIT and referral.leaver_id in self.on_file.unsettled:
                return
            if referral.state is state and is_enough(leaver):
                referral.move(move, by=self.writing.by, now=self.writing.now)
                self.writing.note_change()
