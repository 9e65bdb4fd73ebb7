"""What the forms about a team say of what is wrong."""

import pytest

from loyalty.forms.team import AcceptForm, InviteForm
from loyalty.models import Role, StaffRole

OWNER = StaffRole(role=Role.OWNER)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("email", "", "Enter an e-mail address."),
        ("email", "x" * 250 + "@a.io", "The e-mail address is too long."),
        ("role", "", "Choose a role."),
        ("role", "king", "Choose one of the roles."),
    ],
)
def test_who_invites_is_told_what_is_wrong(field: str, typed: str, said: str) -> None:
    form = InviteForm({"email": "a@example.com", "role": "cashier", field: typed}, viewer=OWNER)
    assert form.errors == {field: [said]}


def test_who_takes_up_an_invitation_has_a_name() -> None:
    assert AcceptForm({"called": " "}).errors == {"called": ["Enter your name."]}
