"""The field that asks why."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty.forms.lines import OneLine

LONGEST = 200


REQUIRED = _("Enter why it is undone so late.")
NOT_READ = _("It stands in the activity log.")


def reason_field() -> forms.CharField:
    """Return the field that asks why; the member reads it."""
    return OneLine(
        label=_("Why"),
        max_length=LONGEST,
        help_text=_("The member reads it in the history, for example “Sorry for the mix-up in March”."),
        error_messages={
            "required": _("Enter why: the member reads it."),
            "max_length": _("Use at most 200 letters for the reason."),
        },
    )


class ReasonForm(forms.Form):
    """Why something is given back long after it was had. is_read: by the member, too, not only in the log."""

    reason = reason_field()

    def __init__(self, data: Mapping[str, Any] | None = None, *, is_read: bool = True) -> None:
        super().__init__(data)
        if not is_read:
            self.fields["reason"].help_text = NOT_READ
            self.fields["reason"].error_messages["required"] = REQUIRED
