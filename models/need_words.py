"""The words of what mentors need: how heavy it feels, and what they spent."""

from models.vocabulary import Word


class Load(Word):
    """How heavy walking along with people feels, as a mentor says it in one tap."""

    LIGHT = "light", "Light"
    RIGHT = "right", "About right"
    HEAVY = "heavy", "Heavy"
    TOO_HEAVY = "too_heavy", "Too heavy"


class ExpenseKind(Word):
    """What a mentor spent money on."""

    TRAVEL = "travel", "Travel"
    FOOD = "food", "Food and drink"
    PHONE = "phone", "Phone"
    OTHER = "other", "Something else"


class ExpenseState(Word):
    """How far a claim has come."""

    CLAIMED = "claimed", "Claimed"
    APPROVED = "approved", "Approved"
    REFUSED = "refused", "Refused"
    PAID = "paid", "Paid"


class ExpenseMove(Word):
    """What happens to a claim."""

    APPROVE = "approve", "Approve"
    REFUSE = "refuse", "Refuse"
    PAY = "pay", "Mark as paid"


class ReceiptKind(Word):
    """What a receipt is, as a browser is told it."""

    JPEG = "image/jpeg", "JPEG picture"
    PNG = "image/png", "PNG picture"
    PDF = "application/pdf", "PDF"

    @property
    def ending(self) -> str:
        """The end of the name of such a file."""
        return {"image/jpeg": "jpg", "image/png": "png"}.get(self.value, "pdf")
