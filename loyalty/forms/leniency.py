"""The form that says how lenient a business is when something goes back or runs out."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty.forms.widgets import CardLabel, RadioCards, SuffixInput
from loyalty.models import Business
from loyalty.models.businesses import DebtPolicy

LONGEST = 365
_OWED = CardLabel(
    _("It is owed"),
    _("150 earned, 100 of them spent, all refunded: 50 go, 100 are owed, and the next 100 earned pay them."),
    "hourglass",
)
_FORGIVE = CardLabel(
    _("It is forgiven"),
    _("150 earned, 100 of them spent, all refunded: 50 go, the other 100 are your loss. The next ones count."),
    "heart",
)


def _days(**texts: Any) -> forms.IntegerField:
    return forms.IntegerField(
        **texts,
        min_value=0,
        max_value=LONGEST,
        widget=SuffixInput(_("days")),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), _("Enter a whole number of days from 0 to 365.")
        ),
    )


class LeniencyForm(forms.Form):
    """What becomes of debts and of what ran out."""

    debt_policy = forms.ChoiceField(
        label=_("What a refund should take back but finds spent already"),
        choices=[(DebtPolicy.OWED.value, _OWED), (DebtPolicy.FORGIVE.value, _FORGIVE)],
        widget=RadioCards,
        error_messages={"required": _("Choose what becomes of it."), "invalid_choice": _("Choose what becomes of it.")},
    )
    warn_days = _days(
        label=_("Tell members before something runs out"),
        help_text=_(
            "So many days before, by e-mail, once for each last day. With 14: what is good through 31 March is "
            "announced on 17 March. 0: nobody is told."
        ),
    )
    reinstate_days = _days(
        label=_("Give again what ran out"),
        help_text=_(
            "So many days after the last day an owner or manager may still give it again. With 30: what was good "
            "through 31 March can be given again through 30 April. 0: never."
        ),
    )

    @classmethod
    def of(cls, business: Business, data: Any = None) -> "LeniencyForm":
        """Return the form filled with a business's way, or with what was sent."""
        return cls(data, initial={name: getattr(business, name) for name in cls.base_fields})
