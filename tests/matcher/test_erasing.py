"""Erasing someone leaves nothing of them: no row, no word of theirs, no way back by a backup."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Uuid, text
from sqlmodel import Session, select

from matcher import erasing, kept_outside, legal_holds, tombstones
from matcher.belongings import ENDS, NOT_OF_PEOPLE, belongings
from matcher.doctor.case import Case
from matcher.doctor.erased import erased_is_nowhere
from matcher.refusing import NotAllowed
from matcher.tombstones import StoneFile
from matcher.uploads import _packed
from models.accounts import Account, Credential, SignIn
from models.audit import AuditEntry, Hand
from models.council_words import Draft, PersonToAvoid
from models.database import sessions
from models.key_ring import blind_index, keys
from models.outbox import Letter
from models.people import Leaver, Mentor
from models.privacy import PairCount, Tombstone
from models.privacy_words import ErasedBecause, PersonKind
from models.referrals import Referral
from models.restrictions import Link
from models.runs import PlanRun
from models.sign_ins import (
    FactorKind,
    Invitation,
    OneTimeCode,
    RememberedDevice,
    SecondFactor,
)
from models.states import EndReason, PairState, ReferralState, Role
from models.tables import METADATA
from models.vocabulary import LinkKind, Region
from tests.rows import (
    NOW,
    a_leaver_row,
    a_letter,
    a_meeting,
    a_mentor_row,
    a_pair,
    a_plan_run,
    a_referral,
    a_screening,
    an_account,
    an_event,
    an_expected_leaver,
    places_of,
    vetting_of,
)

KEY = b"a key for tests"
ASKED = ErasedBecause.ASKED
ENDED = {"state": PairState.ENDED, "end_reason": EndReason.COMPLETED, "place_number": None}
OVER = {"state": "cancelled"}


class Two:
    """Two leavers and two mentors; the first two walked together, and that is over."""

    def __init__(self, engine):
        self.engine = engine
        self.leaver = a_leaver_row(code="GONE1", first_name="Canaryfirst", surname="Canarylast")
        self.other = a_leaver_row(code="STAYS1")
        self.mentor, self.second = a_mentor_row(code="GONE2"), a_mentor_row(code="STAYS2")
        self.manager = an_account()
        self.account = an_account(Role.MENTOR, mentor_id=self.mentor.id)
        self.referral = a_referral(self.leaver, state=ReferralState.WITHDRAWN)
        theirs = a_referral(self.other, ruled_out=frozenset({"GONE2", "STAYS2"}))
        self.pair = a_pair(self.referral, self.mentor, **ENDED)
        held = {"state": "held", "starts_at": NOW, "place": "Hall", "booked_at": NOW}
        zone = {"starts_local": NOW.replace(tzinfo=None), "zone": "Europe/London", "minutes": 60}
        meeting = a_meeting(self.pair, **held | zone, outcome_by=self.account.id)
        letter = a_letter(pair_id=self.pair.id, leaver_id=self.leaver.id, **OVER)
        number = self.leaver.prison_number
        mine = {"about": {"prison_number": number}}
        draft = Draft(account_id=self.manager.id, answers=mine, created_at=NOW, changed_at=NOW)
        ways = {str(self.referral.id): {"in_the_way": ("Canarylast",), "change": ""}}
        run = a_plan_run(prices={"GONE2": (2, 3), "STAYS2": (1, 1)}, ways_out=ways)
        self.write(
            *(self.leaver, self.other, self.mentor, self.second, self.manager, self.account),
            *(self.referral, theirs, *places_of(self.mentor), *places_of(self.second)),
            *(*vetting_of(self.mentor), *vetting_of(self.second)),
            *(a_screening(self.leaver), a_screening(self.other), an_event(self.leaver)),
            *(self.pair, meeting, letter, draft, run),
            an_expected_leaver(prison_number=number, surname="Canarylast"),
            an_expected_leaver(),
        )

    def write(self, *rows):
        self.do(lambda db: db.add_all(rows))

    def do(self, act):
        with sessions(self.engine, KEY)(expire_on_commit=False) as db:
            db.write_as(Hand(None, at=NOW, origin="test"))
            done = act(db)
            db.commit()
            return done

    def erase(self, person, **told):
        def act(db):
            found = db.get_one(type(person), person.id)
            return erasing.erase(db, found, because=ASKED, by=None, now=NOW, **told)

        return self.do(act)


def ways_into(account):
    """A row of every kind by which the person of an account comes in, their invitation too."""
    whose, code = {"account_id": account.id}, {"code_hash": "$argon2id$"}
    device = {"remembered_at": NOW, "used_at": NOW, "ends_at": NOW, "token_hash": "2" * 64}
    stay = {"started_at": NOW, "seen_at": NOW, "ends_at": NOW, "token_hash": "1" * 64}
    invited = {"invited_at": NOW, "ends_at": NOW, "used_at": NOW, "selector": "ABCDE"}
    named = {"sign_in_name": "gone@example.org", "password_hash": "$argon2id$", "changed_at": NOW}
    person = {"name": "Canaryfirst", "email": "gone@example.org", "mentor_id": account.mentor_id}
    return [
        Credential(**whose, **named),
        SignIn(**whose, **stay),
        SecondFactor(**whose, kind=FactorKind.APP, secret="A" * 32),
        OneTimeCode(**whose, **code, number=1),
        RememberedDevice(**whose, **device, name="Firefox"),
        Invitation(**whose, **code, **invited, **person, role=Role.MENTOR),
    ]


@pytest.fixture
def two(engine):
    return Two(engine)


@pytest.fixture
def db(two):
    with Session(two.engine) as session:
        yield session


def everything(engine):
    """Every value of every table, but the audit and the stones."""
    apart = {"audit_entry", "tombstone"}
    with engine.connect() as connection:
        return "\n".join(
            str(tuple(row))
            for table in METADATA.sorted_tables
            if table.name not in apart
            for row in connection.execute(text(f"SELECT * FROM {table.name}"))
            if not (table.name == "row_seal" and row.noun == "tombstone")
        )


def test_a_leaver_who_is_erased_is_in_no_table(two, db):
    gone = {row.id for rows in belongings(db, db.get_one(Leaver, two.leaver.id)).values()
            for row in rows if hasattr(row, "id")}  # fmt: skip
    db.rollback()

    two.erase(two.leaver)

    left = everything(two.engine)
    assert len(gone) >= 9
    assert not [one for one in gone if str(one) in left or one.hex in left]
    assert "GONE1" not in left
    assert db.exec(select(Leaver.code)).all() == ["STAYS1"]
    assert len(db.exec(select(Mentor)).all()) == 2
    assert db.exec(select(Draft)).all() == []
    assert list(erased_is_nowhere(Case(db, now=NOW, real_now=NOW, audit_key=KEY))) == []


def test_a_mentor_who_is_erased_goes_with_their_account_and_from_what_others_said(two, db):
    two.erase(two.mentor)

    left = everything(two.engine)
    assert not {"GONE2", str(two.mentor.id), two.mentor.id.hex, two.account.id.hex} & set(
        left.replace("'", " ").split()
    )
    assert db.get(Account, two.account.id) is None
    assert db.exec(select(PlanRun)).one().prices.keys() == {"STAYS2"}
    [referral] = db.exec(select(Referral).where(Referral.leaver_id == two.other.id))
    assert referral.ruled_out == {"STAYS2"}
    assert {one.kind.value for one in db.exec(select(Tombstone))} == {"mentor", "account"}


def test_every_way_in_goes_with_a_mentor_and_no_key_of_theirs_is_left(two, db, tmp_path):
    ways = ways_into(two.account)
    two.write(*ways)
    invited = next(one for one in ways if isinstance(one, Invitation))
    holders = {two.mentor.id, two.account.id, invited.id}
    had = {one.holder for one in keys().store.everything()}

    two.erase(two.mentor)
    tombstones.see_to(db, StoneFile(tmp_path / "stones.jsonl"), kept_outside.key_eraser(NOW))

    assert len({type(one) for one in ways}) == 6
    assert not any(db.exec(select(type(one))).all() for one in ways)
    assert holders <= had
    assert not holders & {one.holder for one in keys().store.everything()}
    assert holders <= keys().store.erased().keys()
    db.rollback()
    assert blind_index("email", "gone@example.org") not in everything(two.engine)


def test_how_the_pair_ended_is_counted_without_anyone(two, db):
    two.erase(two.leaver)

    [count] = db.exec(select(PairCount)).all()
    assert (count.region, count.end_reason) == (Region.YORKSHIRE, EndReason.COMPLETED)
    assert (count.month.day, count.pairs, count.held, count.missed) == (1, 1, 1, 0)


def test_the_audit_still_tells_what_happened_by_ids(two, db):
    two.erase(two.leaver)

    told = db.exec(select(AuditEntry).where(AuditEntry.leaver_id == two.leaver.id)).all()
    assert {"add", "remove"} <= {one.action for one in told}
    assert db.get_one(Tombstone, two.leaver.id).because is ASKED


def test_what_is_on_the_way_is_said_and_nothing_goes(two, db):
    def hold(session):
        legal_holds.place(session, session.get_one(Leaver, two.leaver.id), "A claim", by=None,
                          now=NOW)  # fmt: skip

    two.do(hold)
    two.write(a_letter(leaver_id=two.leaver.id))

    with pytest.raises(NotAllowed) as refused:
        two.erase(two.leaver)

    said = refused.value.sentences
    assert said[0].startswith("Someone must keep this record: A claim.")
    assert "has yet to leave" in said[1]
    assert db.get(Leaver, two.leaver.id) is not None
    assert db.exec(select(Tombstone)).all() == []


def test_who_has_a_live_pair_is_not_erased(two):
    two.write(a_pair(two.referral, two.second))

    with pytest.raises(NotAllowed, match="They have a mentor now"):
        two.erase(two.leaver)
    with pytest.raises(NotAllowed, match="They walk with someone now"):
        two.erase(two.second)


@pytest.mark.parametrize("by", ["id", "number", "name"])
def test_a_link_that_protects_someone_else_is_in_the_way_until_told_otherwise(two, db, by):
    ends = {
        "id": {"other_leaver_id": two.leaver.id},
        "number": {"other_prison_number": two.leaver.prison_number},
        "name": {"other_first_name": "canaryfirst", "other_surname": "CANARYLAST",
                 "other_birth_date": two.leaver.birth_date},
    }  # fmt: skip
    kind = LinkKind.NON_ASSOCIATION
    two.write(Link(kind=kind, one_leaver_id=two.other.id, recorded_at=NOW, **ends[by]))

    with pytest.raises(NotAllowed, match="keep other people apart"):
        two.erase(two.leaver)
    two.erase(two.leaver, links_too=True)

    assert db.exec(select(Link)).all() == []


def test_the_preview_says_what_would_go_and_takes_nothing(two, db):
    seen = erasing.preview(db, db.get_one(Leaver, two.leaver.id))

    assert seen.in_the_way == ()
    wanted = {"leaver": 1, "referral": 1, "pair": 1, "meeting": 1, "letter": 1, "screening": 1}
    assert wanted.items() <= seen.rows.items()
    assert {"expected_leaver": 1, "draft": 1, "event": 1}.items() <= seen.rows.items()
    assert seen.pairs_counted == 1
    assert db.get(Leaver, two.leaver.id) is not None


def test_the_key_is_destroyed_before_the_stone_is_written_down(two, db, tmp_path):
    two.erase(two.leaver)
    file, destroyed = StoneFile(tmp_path / "stones.jsonl"), []

    def fails(person_id):
        raise OSError("the store of keys does not answer")

    with pytest.raises(OSError, match="store of keys"):
        tombstones.see_to(db, file, fails)
    assert file.ids() == frozenset()
    done = tombstones.see_to(db, file, destroyed.append)
    again = tombstones.see_to(db, file, destroyed.append)

    stones = {one.id for one in db.exec(select(Tombstone))}
    assert (done, again) == (len(stones), 0)
    assert set(destroyed) == set(file.ids()) == stones
    assert "Canary" not in file.path.read_text()


def test_the_files_of_their_letters_go_too(two, db, tmp_path):
    folder = tmp_path / "post"
    folder.mkdir()
    letter = db.exec(select(Letter.id)).one()
    kept = a_letter(**OVER)
    db.rollback()
    two.write(kept)
    for one in (letter, kept.id):
        (folder / f"{one}.json").write_text("Canarylast")
    db.rollback()
    two.erase(two.leaver)

    tombstones.see_to(db, StoneFile(tmp_path / "stones.jsonl"), lambda _one: None, folder)

    assert [one.name for one in folder.iterdir()] == [f"{kept.id}.json"]


def test_a_backup_that_brings_someone_back_is_cleaned(two, db, tmp_path):
    file = StoneFile(tmp_path / "stones.jsonl")
    leaver, expected = two.leaver, an_expected_leaver()
    kinds = {
        leaver.id: PersonKind.LEAVER,
        expected.id: PersonKind.EXPECTED,
        UUID(int=7): PersonKind.MENTOR,
    }
    stones = [
        Tombstone(id=one, kind=kind, because=ASKED, erased_at=NOW) for one, kind in kinds.items()
    ]
    two.write(expected, a_pair(two.referral, two.second), a_letter(leaver_id=leaver.id))
    for stone in stones:
        file.add(stone)
    case = Case(db, now=NOW, real_now=NOW, audit_key=KEY, stones=file)
    assert len(list(erased_is_nowhere(case))) > 3
    db.rollback()

    cleaned = two.do(lambda session: tombstones.clean(session, file, now=NOW))

    assert cleaned == 2
    assert list(erased_is_nowhere(case)) == []
    assert db.get(Leaver, leaver.id) is None
    assert {one.id for one in db.exec(select(Tombstone))} >= {one.id for one in stones}
    db.rollback()
    assert two.do(lambda session: tombstones.clean(session, file, now=NOW)) == 0


def test_someone_put_on_file_again_by_an_old_file_is_found_and_a_new_referral_is_not(two, db):
    two.erase(two.leaver)
    old = {"prison_number": two.leaver.prison_number, "code": "NEW1"}

    two.write(a_leaver_row(created_at=NOW + timedelta(days=1), **old))
    case = Case(db, now=NOW, real_now=NOW, audit_key=KEY)
    assert list(erased_is_nowhere(case)) == []
    back = db.exec(select(Leaver).where(Leaver.code == "NEW1")).one()
    back.created_at = NOW - timedelta(days=1)
    db.flush()

    assert [one.row_id for one in erased_is_nowhere(case)] == [str(back.id)]


def test_a_row_that_still_mentions_them_is_found(two, db):
    two.erase(two.leaver)

    two.write(a_letter(key=f"digest:{two.leaver.id}"))

    [found] = erased_is_nowhere(Case(db, now=NOW, real_now=NOW))
    assert found.noun == "letter"


def test_every_table_is_of_people_or_said_not_to_be():
    of_people = {
        table.name
        for table in METADATA.sorted_tables
        if ENDS.keys() & set(table.c.keys()) or table.name in {"leaver", "mentor"}
    }
    of_people |= {"expected_leaver"}

    assert {table.name for table in METADATA.sorted_tables} - of_people <= NOT_OF_PEOPLE
    assert of_people & NOT_OF_PEOPLE <= {"audit_entry"}


def test_every_reference_to_a_person_is_followed():
    people = {"leaver", "mentor", "pair", "expected_leaver", "person_to_avoid"}
    forgotten = {
        f"{table.name}.{column.name}"
        for table in METADATA.sorted_tables
        for column in table.columns
        for reference in column.foreign_keys
        if reference.column.table.name in people
        if isinstance(column.type, Uuid) and column.name not in ENDS
    }

    assert forgotten == set()


GONE = {"number": "a1234 bc", "first": "Canaryfirst ", "last": " CANARYLAST"}
MENTIONS = {
    "two fields of a page": {"about": {"first_name": [GONE["first"]], "surname": [GONE["last"]]}},
    "one field": {"avoid": {"people": [{"name": ["Canarylast, Canaryfirst"]}]}},
    "the midst of a text": {"note": {"note": ["She saw Canaryfirst Canarylast by the gate."]}},
    "a number with a blank": {"about": {"prison_number": [GONE["number"]]}},
    "a number they had": {"about": {"prison_number": ["B7777BB"]}},
    "a name they had": {"note": {"note": ["Once known as Old-Canary, Robin"]}},
    "a file that is held": {"upload": {"content": _packed(b"Number\nA1234BC\n"), "told": {}}},
    "rows to mend": {"upload": {"result": {}, "mend": _packed(b"Number,Day\nA1234BC,x\n")}},
    "a workbook": {"upload": {"content": _packed(b"PK\x03\x04"), "told": {}}},
}


@pytest.mark.parametrize("where", sorted(MENTIONS))
def test_a_form_begun_that_tells_of_them_goes_with_them(db, where):
    leaver = a_leaver_row(prison_number="A1234BC", first_name="Canaryfirst", surname="Canarylast")
    leaver.former_keys = ("B7777BB", "canary old robin 1990-01-01", "L5")
    manager = an_account()
    db.add_all([leaver, manager])
    told = {"account_id": manager.id, "created_at": NOW, "changed_at": NOW}
    others = {"about": {"first_name": ["Canaryfirst"], "surname": ["Other"]}, "note": ["L55, L 5"]}
    theirs, stays = (Draft(answers=one, **told) for one in (MENTIONS[where], others))
    db.add_all([theirs, stays])
    db.flush()

    found = belongings(db, leaver)

    assert found["draft"] == [theirs]


def test_whom_another_must_not_meet_protects_them_and_goes_once_told(two, db):
    avoided = {"name": "Canaryfirst Canarylast", "birth_date": two.leaver.birth_date}
    two.write(PersonToAvoid(leaver_id=two.other.id, recorded_at=NOW, **avoided))

    with pytest.raises(NotAllowed, match="keep other people apart"):
        two.erase(two.leaver)
    two.erase(two.leaver, links_too=True)

    assert db.exec(select(PersonToAvoid)).all() == []


def test_an_erased_person_named_by_others_or_in_a_form_is_found_by_the_check(two, db):
    born, number = two.leaver.birth_date, two.leaver.prison_number
    two.erase(two.leaver)
    case = Case(db, now=NOW, real_now=NOW, audit_key=KEY)
    assert list(erased_is_nowhere(case)) == []
    db.rollback()

    named = {"name": "Canarylast Canaryfirst", "birth_date": born}
    before = NOW - timedelta(hours=1)
    form = {"about": {"prison_number": [f"{number[:5]} {number[5:].lower()}"]}}
    two.write(
        PersonToAvoid(leaver_id=two.other.id, recorded_at=before, **named),
        Link(kind=LinkKind.VICTIM, one_leaver_id=two.other.id, other_prison_number=number,
             recorded_at=before),
        Draft(account_id=two.manager.id, answers=form, created_at=before, changed_at=before),
    )  # fmt: skip
    db.rollback()

    assert {one.noun for one in erased_is_nowhere(case)} == {"person_to_avoid", "link", "draft"}
