"""Claims of the region's mentors: the list, one claim with its receipt, and what is decided."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from matcher import expenses
from matcher.desks.expenses_listed import expenses_as_csv, expenses_to_pay, region_expenses
from matcher.refusing import NotAllowed
from models.access import expenses_seen_by, mentors_kept_by
from models.expenses import Expense
from models.need_words import ExpenseState
from models.people import Mentor
from web.fields import TextAreaField, WordField
from web.forms import NOTICE, DeskForm
from web.guard import note_read, one_or_404
from web.reading_noted import note_page, note_reads
from web.receipts_served import served
from web.refusals import refusals_on

pages = Blueprint("manager_expenses", __name__, url_prefix="/manager/expenses")


class ExpenseFilter(DeskForm):
    """Which claims to show; it lives in the address."""

    state = WordField("How far", ExpenseState, as_list=True)


class RefusalForm(DeskForm):
    """Why a claim is refused."""

    reason = TextAreaField(
        "Why not?", missing=expenses.NO_REASON, hint="The mentor reads this.", at_most=300
    )


@pages.get("/")
def listed() -> ResponseReturnValue:
    """Show the claims of the region's mentors, of one state or all."""
    state = next((one for one in ExpenseState if one == request.args.get("state")), None)
    found = region_expenses(g.db, g.account, state, request.args.get("page", 1, int))
    note_reads((row.expense for row in found.rows), ("claim",))
    form = ExpenseFilter(data={"state": state})
    return render_template("manager/expenses.html", found=found, form=form, state=state)


@pages.get("/approved.csv")
def to_pay() -> ResponseReturnValue:
    """Hand out the approved claims, for whoever pays."""
    return _file(ExpenseState.APPROVED)


@pages.get("/paid.csv")
def paid() -> ResponseReturnValue:
    """Hand out the claims that are paid, for whoever keeps the books."""
    return _file(ExpenseState.PAID)


def _file(state: ExpenseState) -> ResponseReturnValue:
    rows = expenses_to_pay(g.db, g.account, state)
    claims = [expense for expense, _ in rows]
    note_page((claims, ("claim",)), ((mentor for _, mentor in rows), ("first_name", "surname")))
    answer = Response(expenses_as_csv(rows), mimetype="text/csv")
    named = f'attachment; filename="expenses-{state.value}.csv"'
    answer.headers["Content-Disposition"] = named
    return answer


@pages.route("/<uuid:expense_id>", methods=["GET", "POST"])
def one(expense_id: UUID) -> ResponseReturnValue:
    """Show a claim, and refuse it with a sentence."""
    expense = _find(expense_id)
    form = RefusalForm().about(expense)
    if form.validate_on_submit():
        with refusals_on(form):
            expenses.refuse(g.db, expense, reason=form.reason.data, by=g.account, now=g.now)
            g.db.commit()
            flash("The claim is refused. The mentor reads why.")
            return redirect(url_for(".listed", state=ExpenseState.CLAIMED.value))
    note_reads([_find(expense_id)], ("claim",))
    expense = _find(expense_id)
    shown = {
        "expense": expense,
        "mentor": one_or_404(mentors_kept_by(g.account).where(Mentor.id == expense.mentor_id)),
        "has_receipt": expenses.has_receipt(g.db, expense),
        "is_own": expenses.is_own(g.db, expense, g.account),
    }
    return render_template("manager/expense.html", form=form, **shown), form.status


@pages.post("/<uuid:expense_id>/approval")
def approve(expense_id: UUID) -> ResponseReturnValue:
    """Say yes to a claim."""
    return _moved(expense_id, expenses.approve, "Approved. The claim is in the file to pay.")


@pages.post("/<uuid:expense_id>/payment")
def pay(expense_id: UUID) -> ResponseReturnValue:
    """Note that an approved claim is paid."""
    return _moved(expense_id, expenses.pay, "Marked as paid. The mentor reads it.")


@pages.get("/<uuid:expense_id>/receipt")
def receipt(expense_id: UUID) -> ResponseReturnValue:
    """Hand out the receipt of a claim; that it was opened is kept."""
    kept = expenses.receipt_of(g.db, _find(expense_id)) or abort(404)
    note_read(kept, ("receipt",))
    return served(kept)


def _find(expense_id: UUID) -> Expense:
    return one_or_404(expenses_seen_by(g.account).where(Expense.id == expense_id))


def _moved(expense_id: UUID, move: Callable[..., None], said: str) -> ResponseReturnValue:
    """Make a move of a claim that is as the page showed it, and say so."""
    expense = _find(expense_id)
    DeskForm().about(expense).or_stale()
    try:
        move(g.db, expense, by=g.account, now=g.now)
    except NotAllowed as refused:
        g.db.rollback()
        flash(" ".join(refused.sentences), NOTICE)
        return redirect(url_for(".one", expense_id=expense_id))
    g.db.commit()
    flash(said)
    return redirect(url_for(".one", expense_id=expense_id))
