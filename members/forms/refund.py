"""What is typed at the till when something comes back."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from loyalty.domain.refunds import Back
from loyalty.forms.amounts import AmountField, QuantityField
from loyalty.models import Business, SaleLine
from loyalty.templatetags.formats import amount, thousandths
from members.forms.counter import AUTOFOCUS, PLAIN, KeyForm


class PiecesField(QuantityField):
    """How many of something, cleaned into thousandths."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(decimals=3, **kwargs)

    def write(self, parts: int) -> str:
        """Return thousandths as they are typed: 1500 is "1.5"."""
        return thousandths(parts)


class RefundForm(KeyForm):
    """What was given back of a sale: so many of its lines, or an amount, or an amount for lines.

    left is what may still be given back of its total, in smallest parts. How much is left of anything is for the books
    to judge: the form may be sent again.
    """

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        business: Business,
        total: int,
        left: int,
        lines: Sequence[SaleLine] = (),
        **options: Any,
    ) -> None:
        self.lines = {f"line{line.pk}": line for line in lines}
        initial = {} if any(_left(line) for line in lines) else {"amount": left}
        super().__init__(data, initial=initial, auto_id="refund-%s", **options)
        self.fields |= {name: _line_field(line, business) for name, line in self.lines.items()}
        self.fields["amount"] = AmountField(
            business.currency,
            label=_("Amount given back"),
            least=1,
            most=max(total, 1),
            required=not lines,
            error_messages={"required": _("Enter what was given back.")},
        )
        self.fields["amount"].widget.attrs |= PLAIN if lines else {**PLAIN, **AUTOFOCUS}

    @property
    def line_fields(self) -> list[forms.BoundField]:
        """The fields that ask how many of each line come back, but for those that are all back."""
        return [self[name] for name, line in self.lines.items() if _left(line) or name in self.errors]

    def clean(self) -> dict[str, Any]:
        """Ask for an amount or for lines."""
        super().clean()
        if not self.errors and self.cleaned_data["amount"] is None and not self._back_lines():
            self.add_error("amount", _t("Enter how many of what came back, or an amount."))
        return self.cleaned_data

    @property
    def back(self) -> Back:
        """What a valid form says."""
        return Back(self.cleaned_data["amount"], self._back_lines())

    def _back_lines(self) -> dict[int, int]:
        typed = {line.pk: self.cleaned_data[name] for name, line in self.lines.items()}
        return {pk: pieces for pk, pieces in typed.items() if pieces}

    def refuse(self, left: int) -> None:
        """Say beside the amount how much is left."""
        self._say_most("amount", left)

    def refuse_line(self, line_id: int, left: int) -> None:
        """Say beside a line how many thousandths of it are left."""
        self._say_most(f"line{line_id}", left)

    def _say_most(self, name: str, left: int) -> None:
        field = cast(AmountField | PiecesField, self.fields[name])
        self.add_error(name, _t("Enter at most %(most)s.") % {"most": field.write(left)})


def _left(line: SaleLine) -> int:
    return line.quantity_thousandths - line.returned_thousandths


def _line_field(line: SaleLine, business: Business) -> PiecesField:
    name = line.name or line.item or line.category or _t("Something else")
    counts = {"left": thousandths(_left(line)), "sold": thousandths(line.quantity_thousandths)}
    field = PiecesField(
        label=_t("%(name)s, %(amount)s") % {"name": name, "amount": amount(line.amount, business)},
        help_text=_t("%(left)s of %(sold)s left") % counts,
        most=line.quantity_thousandths,
        required=False,
    )
    field.widget.attrs |= PLAIN
    return field
