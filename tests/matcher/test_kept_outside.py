"""What lies beside the journal undoes what an older store of keys brought back."""

from uuid import uuid4

from matcher.kept_outside import keep, stones_of
from matcher.settings import Settings
from models.key_ring import keys
from models.privacy import Tombstone
from models.privacy_words import ErasedBecause, PersonKind
from tests.rows import NOW


def test_a_key_that_came_back_is_destroyed_again_though_its_person_has_a_line(db, tmp_path):
    gone, stays = uuid4(), uuid4()
    keys().have_keys_for([gone, stays])
    told = {"kind": PersonKind.LEAVER, "because": ErasedBecause.ASKED, "erased_at": NOW}
    stones_of(tmp_path / "journal.jsonl").add(Tombstone(id=gone, **told))

    written = keep(db, Settings(), tmp_path / "journal.jsonl", now=NOW)

    assert written == 0
    assert keys().is_erased(gone)
    assert [keys().store.names(one) != [] for one in (gone, stays)] == [False, True]
