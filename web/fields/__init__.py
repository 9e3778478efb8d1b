"""The questions a form may ask, each with one clear sentence for every answer it cannot take.

`missing` is the sentence for no answer at all; a field without it may be left
empty. What was typed is always shown again as it was typed.
"""

from web.fields.choices import (
    ChoiceField,
    ChoiceSetField,
    ConsentField,
    WordField,
    WordSetField,
    YesNoField,
)
from web.fields.codes import SecretCodeField
from web.fields.days import DateField, TimeField
from web.fields.grids import HoursField, NeedsField
from web.fields.money import MoneyField
from web.fields.text import (
    CaseNumberField,
    DistrictField,
    EmailField,
    NameField,
    NumberField,
    PasswordField,
    PhoneField,
    PrisonNumberField,
    TextAreaField,
    TextField,
)
from web.fields.uploads import FileField

__all__ = [
    "CaseNumberField",
    "ChoiceField",
    "ChoiceSetField",
    "ConsentField",
    "DateField",
    "DistrictField",
    "EmailField",
    "FileField",
    "HoursField",
    "MoneyField",
    "NameField",
    "NeedsField",
    "NumberField",
    "PasswordField",
    "PhoneField",
    "PrisonNumberField",
    "SecretCodeField",
    "TextAreaField",
    "TextField",
    "TimeField",
    "WordField",
    "WordSetField",
    "YesNoField",
]
