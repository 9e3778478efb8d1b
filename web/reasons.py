"""The question that stands on each form by which a manager changes what is most sensitive."""

from __future__ import annotations

from uuid import UUID

from flask import g

from matcher.change_reasons import keep_reason
from models.people import Leaver
from models.privacy_words import ReasonFor
from web.fields import TextAreaField
from web.forms import DeskForm


class ReasonForm(DeskForm):
    """A form that asks why."""

    reason = TextAreaField(
        "Why do you change this?",
        hint="Say who told you, or what you found. Only managers read this.",
        at_most=500,
        missing="Write why you change this.",
    )

    def keep_reason(self, leaver: Leaver, about: ReasonFor, row_id: UUID) -> None:
        """Keep the reason in the transaction of the change; none where none was asked for."""
        if "reason" in self:
            told = {"by": g.account.id, "now": g.now}
            keep_reason(g.db, leaver, about, row_id, self.reason.data, **told)
