"""How to sign in at each desk of a demo. The password is no secret: a demo holds nobody real."""

from collections.abc import Mapping

from models.states import Role

PASSWORD = "out through the gate"  # noqa: S105  printed for everyone to read

SIGN_INS: Mapping[Role, str] = {
    Role.PEER: "peer",
    Role.LIAISON: "liaison",
    Role.MENTOR: "mentor",
    Role.MANAGER: "manager",
    Role.ADMINISTRATOR: "administrator",
}
"""The name to sign in with, at each desk. Other mentors sign in with their code."""
