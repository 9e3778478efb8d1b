"""A leaver says whom they would like: what is shown, what it is worth, who never hears of it."""

import pytest
from sqlmodel import select

from matcher import own_say
from matcher.belongings import belongings
from matcher.desks.offer_cards import offer_card
from matcher.desks.own_profiles import Profile, drawn, told_of
from matcher.mentors_for import MentorsFor
from matcher.own_say import AT_MOST, AT_ONCE, ENOUGH, said_on, shown_to
from matcher.refusing import NotAllowed
from matcher.subject_access import record_of
from models.desk_words import TaskKind
from models.own_says import OwnSay, Wish
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.referrals import Referral
from models.states import EndReason, MentorState, Move, PairState, Role
from models.tasks import Task
from models.vocabulary import Experience
from tests.factories import a_mentor
from tests.matcher.people_waiting import ready, run, waiting
from tests.rows import NOW, an_account

ALIKE = frozenset({Experience.FIRST_TIME})


class Asking:
    """A leaver who waits, some mentors who fit, and the liaison who asks."""

    def __init__(self, db, mentors=8):
        self.db = db
        self.leaver = waiting(db)
        self.mentors = [ready(db, experiences=ALIKE) for _ in range(mentors)]
        self.liaison = an_account(Role.LIAISON, prison="LEI")
        db.add(self.liaison)
        db.commit()
        self.by = {"by": self.liaison.id, "now": NOW}

    @property
    def referral(self):
        return self.db.exec(select(Referral).where(Referral.leaver_id == self.leaver.id)).one()

    def draw(self):
        own_say.draw(self.db, self.referral, **self.by)
        self.db.commit()
        return [(one.letter, one.mentor_id) for one in shown_to(self.db, self.referral)]

    def say(self, *wishes):
        shown = shown_to(self.db, self.referral)
        told = {one.id: wish for one, wish in zip(shown, wishes, strict=True)}
        own_say.key_in(self.db, self.referral, told, **self.by)
        self.db.commit()

    def broken(self, mentor_id):
        people = MentorsFor.of(self.db, self.referral, now=NOW)
        return [one.code for one in people.in_the_way(mentor_id)]


@pytest.fixture
def asking(db):
    return Asking(db)


def test_three_are_shown_and_asking_again_shows_the_same_three(asking):
    first = asking.draw()

    assert [letter for letter, _ in first] == ["A", "B", "C"]
    assert len({mentor for _, mentor in first}) == AT_ONCE
    assert asking.draw() == first


def test_nobody_is_shown_while_fewer_than_five_mentors_fit(db):
    asking = Asking(db, mentors=ENOUGH - 1)

    with pytest.raises(NotAllowed, match="Too few mentors fit"):
        asking.draw()

    assert not db.exec(select(OwnSay)).all()


def test_who_fits_no_more_gives_way_under_a_new_letter_and_six_are_shown_at_most(db):
    asking = Asking(db, mentors=14)
    seen = {mentor for _, mentor in asking.draw()}
    for _ in range(4):
        _, taken = asking.draw()[0]
        db.get_one(Mentor, taken).state = MentorState.PAUSED
        db.commit()
        now = asking.draw()
        seen |= {mentor for _, mentor in now}

    letters = [letter for letter, _ in now]
    assert len(seen) == AT_MOST
    assert letters == ["E", "F"]


def test_a_profile_tells_nothing_that_fewer_than_five_mentors_share():
    plain = [a_mentor(code=f"M{n}", experiences=ALIKE) for n in range(4)]
    one = a_mentor(code="M9", experiences=ALIKE | {Experience.ARMED_FORCES}, languages={"en", "cy"})
    others = [Profile.of(each) for each in (*plain, one)]

    told = told_of(one, others)

    assert told.lived == {"time inside"}
    assert told.speaks == frozenset()
    assert told.region


def test_the_drawn_are_as_unlike_each_other_as_can_be():
    many = {a_mentor_id(): Profile(lived=frozenset({"recovery"})) for _ in range(9)}
    other = a_mentor_id()
    seed = a_mentor_id()

    found = drawn(seed, many | {other: Profile(lived=frozenset({"growing up"}))}, [], 2)

    assert other in found


def test_who_is_chosen_has_the_points_and_the_pair_with_another_loses_its_bonus(asking, db):
    run(db)
    pair = db.exec(select(Pair)).one()
    drawn_ids = [mentor for _, mentor in asking.draw()]
    wanted = next(one for one in drawn_ids if one != pair.mentor_id)
    asking.say(*(Wish.CHOSEN if one == wanted else Wish.NO_WISH for one in drawn_ids))

    run(db)

    live = db.exec(select(Pair).where(Pair.state == PairState.PROPOSED)).one()
    assert live.mentor_id == wanted
    assert live.parts["own_say"] == min(5_000, 100_000 - (live.score - live.parts["own_say"])) > 0
    assert live.score == sum(live.parts.values())


def test_who_is_ruled_out_is_barred_for_this_leaver_until_it_is_taken_back(asking):
    [(_, first), *_] = asking.draw()
    asking.say(Wish.RULED_OUT, Wish.NO_WISH, Wish.NO_WISH)

    barred = asking.broken(first)
    own_say.take_back(asking.db, asking.referral)
    asking.db.commit()

    assert barred == ["neither_said_no"]
    assert asking.broken(first) == []
    assert said_on(asking.db, asking.referral) is None


@pytest.mark.parametrize(
    ("wishes", "says"),
    [
        ((Wish.CHOSEN, Wish.CHOSEN, Wish.NO_WISH), "once at most|one profile at most"),
        ((), "Get the profiles first"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_kept(asking, wishes, says):
    asking.draw()
    shown = shown_to(asking.db, asking.referral)
    told = {one.id: wish for one, wish in zip(shown, wishes, strict=False)}

    with pytest.raises(NotAllowed, match=says):
        own_say.key_in(asking.db, asking.referral, told, **asking.by)

    asking.db.rollback()
    assert said_on(asking.db, asking.referral) is None


def test_a_wish_on_file_is_neither_written_over_nor_drawn_for_again(asking):
    asking.draw()
    asking.say(Wish.NO_WISH, Wish.NO_WISH, Wish.NO_WISH)

    with pytest.raises(NotAllowed, match="on file"):
        asking.say(Wish.CHOSEN, Wish.NO_WISH, Wish.NO_WISH)
    with pytest.raises(NotAllowed, match="on file"):
        asking.draw()


def offered(asking, mentor_id):
    run(asking.db)
    pair = asking.db.exec(select(Pair)).one()
    pair.mentor_id = mentor_id
    for move in (Move.APPROVE, Move.OFFER):
        pair.move(move, by=None, now=NOW)
    asking.db.commit()
    return pair


@pytest.mark.parametrize(("wish", "ends"), [(Wish.RULED_OUT, True), (Wish.NO_WISH, False)])
def test_an_offer_to_a_mentor_ruled_out_is_taken_back_and_the_manager_told(asking, wish, ends):
    [(_, first), *_] = asking.draw()
    pair = offered(asking, first)
    card = offer_card(asking.db, pair, now=NOW)

    asking.say(wish, Wish.NO_WISH, Wish.NO_WISH)

    tasks = asking.db.exec(select(Task).where(Task.kind == TaskKind.RULED_OUT)).all()
    assert (pair.end_reason is EndReason.BARRED, len(tasks)) == (ends, int(ends))
    assert "chose" not in str(card)
    assert "ruled" not in str(card)


def test_the_leaver_may_have_what_they_said_and_the_mentor_never_hears_that_there_was_a_say(asking):
    [(_, first), *_] = asking.draw()
    asking.say(Wish.CHOSEN, Wish.NO_WISH, Wish.NO_WISH)
    mentor = asking.db.get_one(Mentor, first)

    of_leaver = record_of(asking.db, asking.db.get_one(Leaver, asking.leaver.id), now=NOW)
    of_mentor = record_of(asking.db, mentor, now=NOW)

    assert "This one" in [one["wish"] for one in of_leaver["tables"]["own_say"]]
    assert mentor.code not in str(of_leaver)
    assert "own_say" in belongings(asking.db, mentor)
    assert "own_say" not in of_mentor["tables"]
    assert not [one for one in of_mentor["looked_at"] if one["to"] == "own_say"]


def test_what_was_said_to_one_referral_goes_on_with_the_other_when_two_records_are_one(asking, db):
    [(_, first), *_] = asking.draw()
    asking.say(Wish.RULED_OUT, Wish.CHOSEN, Wish.NO_WISH)
    other = Asking(db, mentors=1)
    other.draw()
    other.say(Wish.CHOSEN, Wish.NO_WISH, Wish.NO_WISH)

    own_say.hand_on(db, asking.referral, other.referral)

    said = own_say.said_of(db, other.referral)
    assert [one.number for one, _ in said] == [1, 2, 3, 4, 5, 6]
    assert sum(one.wish is Wish.CHOSEN for one, _ in said) == 1
    assert (Wish.RULED_OUT, first) in [(one.wish, mentor.id) for one, mentor in said]


def a_mentor_id():
    return an_account().id
