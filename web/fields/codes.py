"""Codes that open something: taken as typed, never shown again."""

from types import MappingProxyType

from web.fields.text import TextField


class SecretCodeField(TextField):
    """A code off a phone, a sheet or an invitation. Capitals and blanks make no difference."""

    at_most = 60
    width = 20
    html = MappingProxyType(
        {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
    )

    def _value(self) -> str:
        return ""
