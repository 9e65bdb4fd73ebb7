"""Form fields for amounts: typed as the reader's language writes them, cleaned into whole smallest parts."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from loyalty.engine.amounts import (
    LARGEST,
    AmountNotUnderstood,
    Misread,
    currency_digits,
    format_units,
    parse_amount,
    parse_decimal_units,
)
from loyalty.forms.widgets import MoneyInput, SuffixInput
from loyalty.templatetags.formats import babel_locale


class _PartsField(forms.CharField):
    """A number with `decimals` decimals between `least` and `most` smallest parts; None when left empty."""

    default_error_messages = {"required": gettext_lazy("Enter a number.")}

    def __init__(self, *, decimals: int, least: int = 0, most: int = LARGEST, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)
        self.decimals, self.least, self.most = decimals, least, most

    def parse(self, text: str) -> int:
        """Return the smallest parts. Raises AmountNotUnderstood."""
        return parse_decimal_units(text, decimals=self.decimals, locale=babel_locale())

    def write(self, parts: int) -> str:
        """Return smallest parts as they are typed."""
        return format_units(parts, decimals=self.decimals, locale=babel_locale())

    def prepare_value(self, value: Any) -> Any:
        """Show a number of smallest parts as it is typed, and what was typed as it was."""
        return self.write(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        """Return smallest parts, or None. Raises ValidationError with what to type instead."""
        text = super().clean(value)
        if not text:
            return None
        try:
            parts = self.parse(text)
        except AmountNotUnderstood as error:
            raise forms.ValidationError(self._advice(error.reason), code=error.reason.value) from None
        if parts < self.least:
            raise forms.ValidationError(_("Enter at least %(least)s.") % {"least": self.write(self.least)}, "least")
        if parts > self.most:
            raise forms.ValidationError(_("Enter at most %(most)s.") % {"most": self.write(self.most)}, "most")
        return parts

    def _advice(self, reason: Misread) -> str:
        example = {"example": self.write(1250 if self.decimals else 12)}
        match reason:
            case Misread.NEGATIVE:
                return _("Enter a number without a minus sign.")
            case Misread.TOO_LARGE:
                return _("The number is too large.")
            case Misread.TOO_MANY_DECIMALS if not self.decimals:
                return _("Enter a whole number, without decimals.")
            case Misread.TOO_MANY_DECIMALS:
                advice = ngettext(
                    "Enter a number with at most %(count)d decimal.",
                    "Enter a number with at most %(count)d decimals.",
                    self.decimals,
                )
                return advice % {"count": self.decimals}
            case _other:
                return _("Enter a number such as %(example)s.") % example


class AmountField(_PartsField):
    """Money in a currency (ISO 4217 code), cleaned into its smallest parts."""

    default_error_messages = {"required": gettext_lazy("Enter an amount.")}

    def __init__(self, currency: str, **kwargs: Any) -> None:
        kwargs.setdefault("widget", MoneyInput(currency))
        super().__init__(decimals=currency_digits(currency), **kwargs)
        self.currency = currency

    def parse(self, text: str) -> int:
        """Return the smallest parts. Raises AmountNotUnderstood."""
        return parse_amount(text, currency=self.currency, locale=babel_locale())


class QuantityField(_PartsField):
    """A quantity of a unit with so many decimals, cleaned into its smallest parts."""

    def __init__(self, *, decimals: int = 0, suffix: str | Promise = "", **kwargs: Any) -> None:
        kwargs.setdefault("widget", SuffixInput(suffix))
        super().__init__(decimals=decimals, **kwargs)
