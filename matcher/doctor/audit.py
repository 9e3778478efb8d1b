"""The audit: its chain holds, nothing is missing, and every change is in it: I13."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text

from matcher.audit_chain import NO_SEAL, broken_links, changes_past_it
from matcher.audit_heads import missing_ends
from matcher.doctor.case import Breach, CannotLook, Case, Found, Note

UNSIGNED = "GATEMATE_SECRET is not set: without it nobody can say whether the audit holds."
ADOPT = (
    "Where an upgrade brought rows without a seal, or GATEMATE_SECRET was replaced, vouch for them "
    "once: gatemate audit adopt"
)
GUARDS = {
    "sqlite": (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        {
            "audit_entry_is_not_changed",
            "audit_entry_is_not_deleted",
            "audit_entry_is_not_replaced",
            "audit_cut_is_not_changed",
            "audit_cut_is_not_deleted",
            "audit_cut_is_not_replaced",
        },
    ),
    "postgresql": (
        "SELECT tgname FROM pg_trigger WHERE tgenabled = 'A'",
        {"audit_entry_is_not_changed", "audit_entry_is_not_deleted", "audit_cut_is_not_changed"},
    ),
}
"""By kind of database: what lists the triggers that are on, and those that must be."""


def audit_has_every_change(case: Case) -> Found:
    """I13: entries changed, missing or put in, rows written past the audit, guards taken away."""
    if case.audit_key is None:
        raise CannotLook(UNSIGNED)
    yield from _guards_taken_away(case)
    yield from broken_links(case.db, case.audit_key, case.old_audit_keys)
    if case.heads is None:
        yield Note("Nobody says where the file of heads lies: a missing newest end goes unseen.")
    else:
        yield from missing_ends(case.db, case.heads)
    past_it = list(changes_past_it(case.db, case.audit_key))
    if any(one.what == NO_SEAL for one in past_it) or (past_it and case.old_audit_keys):
        yield Note(ADOPT)
    yield from past_it


def _guards_taken_away(case: Case) -> Iterator[Breach]:
    listing, wanted = GUARDS[case.db.get_bind().dialect.name]
    on = {str(name) for name in case.db.execute(text(listing)).scalars()}
    for name in sorted(wanted - on):
        yield Breach("audit_entry", name, "this trigger is gone or off")
