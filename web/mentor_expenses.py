"""What a mentor spent: the list of claims, one claim more, and the receipts they sent."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher import expenses
from matcher.desks.expenses_listed import meetings_to_name, own_expenses
from matcher.files import receipts
from matcher.files.receipts import ReceiptFile, cleaned
from models.access import expenses_seen_by, mentors_seen_by
from models.expenses import MOST_MILES, MOST_PENCE, Expense
from models.need_words import ExpenseKind
from web.fields import ChoiceField, DateField, FileField, MoneyField, NumberField, WordField
from web.forms import DeskForm
from web.guard import one_or_404
from web.receipts_served import served
from web.refusals import refusals_on
from web.words import today

pages = Blueprint("mentor_expenses", __name__, url_prefix="/mentor/expenses")

NO_MEETING = "none"


class ClaimForm(DeskForm):
    """One claim with its receipt."""

    spent_on = DateField("When did you spend it?", latest=today, missing="Write the day.")
    kind = WordField("What was it for?", ExpenseKind, missing="Choose what it was for.")
    pounds = MoneyField(
        "How much, in pounds?",
        missing="Write how much it was.",
        hint="Such as 12.50.",
        most=MOST_PENCE,
    )
    miles = NumberField(
        "Miles by car",
        least=1,
        most=MOST_MILES,
        hint="Only if you drove your own car. You then need no receipt.",
    )
    meeting = ChoiceField(
        "Was it for a meeting?", as_list=True, hint="You can leave this out if it was not."
    )
    receipt = FileField(
        "Picture of the receipt",
        hint="A photo from your phone is fine: JPEG, PNG or PDF, at most 5 megabytes. If yours is "
        "bigger, take a screenshot of it and send that. We take out where it was taken.",
        render_kw={"accept": "image/jpeg,image/png,application/pdf"},
    )


@pages.get("/")
def listed() -> ResponseReturnValue:
    """Show what became of each claim."""
    found = own_expenses(g.db, g.account, request.args.get("page", 1, int))
    return render_template("mentor/expenses.html", found=found)


@pages.route("/new", methods=["GET", "POST"])
def claim() -> ResponseReturnValue:
    """Take a claim and its receipt."""
    mentor = one_or_404(mentors_seen_by(g.account))
    named = meetings_to_name(g.db, g.account, g.now)
    form = ClaimForm()
    form.meeting.choices = [(str(one), label) for one, label in named.items()]
    form.meeting.choices.append((NO_MEETING, "No meeting"))
    if form.validate_on_submit():
        told = expenses.Claim(
            spent_on=form.spent_on.data,
            kind=form.kind.data,
            pence=form.pounds.data,
            miles=form.miles.data,
            meeting=dict(form.meeting.choices[:-1]).get(form.meeting.data, ""),
        )
        with refusals_on(form):
            receipt = _receipt(form)
            expenses.claim(g.db, mentor, told, receipt, by=g.account.id, now=g.now)
            g.db.commit()
            flash("Your claim is sent. You read here what becomes of it.")
            return redirect(url_for(".listed"))
    return render_template("mentor/claim.html", form=form), form.status


@pages.get("/<uuid:expense_id>/receipt")
def receipt(expense_id: UUID) -> ResponseReturnValue:
    """Hand out a receipt that the mentor sent."""
    found = one_or_404(expenses_seen_by(g.account).where(Expense.id == expense_id))
    return served(expenses.receipt_of(g.db, found) or abort(404))


def _receipt(form: ClaimForm) -> ReceiptFile | None:
    """Return the file that was sent, checked; no more is read of it than may be kept."""
    if not form.receipt.data:
        return None
    return cleaned(form.receipt.data.stream.read(receipts.AT_MOST + 1))
