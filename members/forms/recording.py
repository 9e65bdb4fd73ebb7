"""What is recorded at the till: a purchase, or a visit without one, with the answer to what was asked about it."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from loyalty.domain.sale_input import LineInput, SaleInput
from loyalty.engine import barcodes, pins, slips
from loyalty.engine.amounts import with_mark_put_in
from loyalty.engine.bill import round_half_up
from loyalty.forms.amounts import AmountField, QuantityField
from loyalty.models import Business, SaleSource
from loyalty.templatetags.formats import babel_locale
from members.forms.counter import AUTOFOCUS, PLAIN, KeyForm
from members.queries.slips import TillQuestion
from members.queries.till import Terms

LINES, MOST_LINES = 4, 40
"""How many lines stand empty below those that were typed, and how many a receipt has at the till at most."""
LINE_FIELDS = ("item", "category", "quantity", "amount")
NOT_MORE = ("key", "amount", "confirmed", "pin")


class RecordingForm(KeyForm):
    """What is recorded at the till once a question about it is answered.

    confirmed is the total that was asked about and is meant; an answer to another amount counts for nothing.
    """

    confirmed = forms.IntegerField(required=False, widget=forms.HiddenInput)
    pin = forms.CharField(
        label=_("PIN of a manager"),
        max_length=pins.LONGEST,
        required=False,
        error_messages={"max_length": _("A PIN has at most 8 digits.")},
        widget=forms.PasswordInput({"inputmode": "numeric", "autocomplete": "off", "data-till-pin": ""}),
    )
    question: TillQuestion | None = None

    @property
    def instead(self) -> int | None:
        """What the amount would be with a decimal mark, where it was typed without one."""
        return None

    @abstractmethod
    def sale(self, at: datetime) -> SaleInput:
        """Return what is to be recorded."""

    def is_confirmed(self, total: int) -> bool:
        """Whether the question about a total was answered."""
        return self.cleaned_data.get("confirmed") == total

    def ask(self, question: TillQuestion) -> None:
        """Show a question with the form: the cursor goes to its answer."""
        self.question = question
        self.leave_cursor()
        self.fields["pin"].widget.attrs["autofocus"] = True

    def leave_cursor(self) -> None:
        """Let something else on the page have the cursor."""
        for field in self.fields.values():
            field.widget.attrs.pop("autofocus", None)


class VisitForm(RecordingForm):
    """A visit without a purchase."""

    def sale(self, at: datetime) -> SaleInput:
        """Return the visit to record."""
        return bare_visit(at, key=self.booking_key)


def bare_visit(at: datetime, *, key: str = "") -> SaleInput:
    """Return a visit without a purchase."""
    return SaleInput(key=key, at=at, total=0, total_before_tax=0, is_visit=True)


@dataclass(frozen=True, slots=True)
class LineRow:
    """The fields of one line of a receipt."""

    item: forms.BoundField
    category: forms.BoundField
    quantity: forms.BoundField
    amount: forms.BoundField


class PaidField(AmountField):
    """What was paid; the barcode of a product, scanned where the amount belongs, is known for what it is."""

    def clean(self, value: Any) -> int | None:
        """Return smallest parts, or None. Raises ValidationError."""
        text = str(value or "").strip()
        if barcodes.is_product(text) and (len(text) > 8 or self._is_no_amount(text)):
            raise forms.ValidationError(_t("This is the barcode of a product. Type what was paid."), code="barcode")
        return super().clean(value)

    def _is_no_amount(self, text: str) -> bool:
        """Whether eight digits are too much for an amount: in some currencies a bill has as many."""
        worth = int(text) * 10**self.decimals
        return text[0] == "0" or worth >= 100 * slips.starting_point(self.currency)


def _lines_for(typed: Mapping[str, Any]) -> int:
    """Return how many lines a form has that holds what was typed."""
    numbers = (n for n in range(MOST_LINES) if any(typed.get(f"line{n}_{name}") for name in LINE_FIELDS))
    return min(max(numbers, default=-1) + 1 + LINES, MOST_LINES)


class PurchaseForm(RecordingForm):
    """A purchase: what was paid, and if wanted the receipt's number, the total before tax and what was bought.

    Below the lines that were typed there are always some empty ones, up to the most that a receipt has here.
    """

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, business: Business, terms: Terms | None, **options: Any
    ) -> None:
        super().__init__(data, auto_id="purchase-%s", **options)
        self.business, self.terms = business, terms
        self.fields["amount"] = PaidField(
            business.currency,
            label=_("Amount paid"),
            least=1,
            required=False,
        )
        self.fields["amount"].widget.attrs |= {**PLAIN, **AUTOFOCUS}
        if terms and terms.before_tax:
            self.fields["before_tax"] = AmountField(
                business.currency, label=_("Of it before tax"), required=False,
                help_text=_("Some rules count before tax. Empty: there is no tax in it."),
            )  # fmt: skip
        self.fields["receipt"] = forms.CharField(
            label=_("Receipt number"), required=False, max_length=60, widget=forms.TextInput(dict(PLAIN))
        )
        self.line_numbers = range(_lines_for(data or self.initial) if terms and terms.lines else 0)
        for number in self.line_numbers:
            self.fields |= self._line_fields(number)

    def _line_fields(self, number: int) -> dict[str, forms.Field]:
        def text(label: str, **attrs: str) -> forms.CharField:
            widget = forms.TextInput({**PLAIN, **attrs})
            return forms.CharField(label=label, required=False, max_length=60, widget=widget)

        return {
            f"line{number}_item": text(_t("Item"), list="till-items"),
            f"line{number}_category": text(_t("Category"), list="till-categories"),
            f"line{number}_quantity": QuantityField(decimals=3, label=_("Quantity"), least=1, required=False),
            f"line{number}_amount": AmountField(self.business.currency, label=_("Amount"), required=False),
        }

    @property
    def instead(self) -> int | None:
        """What the amount would be with a decimal mark, where it was typed without one."""
        typed = str(self.data.get("amount") or "")
        return with_mark_put_in(typed, currency=self.business.currency, locale=babel_locale())

    @property
    def has_barcode(self) -> bool:
        """Whether the barcode of a product was scanned where the amount belongs."""
        return self.has_error("amount", "barcode")

    def _take_instead(self) -> None:
        """Let the amount with a decimal mark stand in the form, where the question was answered so."""
        meant = self.instead
        if meant is not None and self.data.get("instead") == str(meant):
            amount: AmountField = self.fields["amount"]  # type: ignore[assignment]
            self.data = {name: self.data[name] for name in self.data} | {"amount": amount.write(meant)}
            self.cleaned_data["amount"] = meant

    @property
    def line_rows(self) -> list[LineRow]:
        """The lines as they stand in the form; none where it does not matter what was bought."""
        return [LineRow(*(self[f"line{number}_{name}"] for name in LINE_FIELDS)) for number in self.line_numbers]

    @property
    def most_lines(self) -> int:
        """How many lines the form can grow to."""
        return MOST_LINES

    @property
    def has_more(self) -> bool:
        """Whether something was typed, or is wrong, beside the amount."""
        return any(self[name].value() or name in self.errors for name in self.fields if name not in NOT_MORE)

    def clean(self) -> dict[str, Any]:
        """Take the sum of the lines where no amount was typed; each line has an amount."""
        super().clean()
        cleaned = self.cleaned_data
        if "amount" in cleaned:
            self._take_instead()
        for number in self.line_numbers:
            self._check_line(number)
        total = cleaned.get("amount")
        if total is None and "amount" not in self.errors:
            total = cleaned["amount"] = sum(cleaned.get(f"line{number}_amount") or 0 for number in self.line_numbers)
            if not total:
                self.add_error("amount", _t("Enter what was paid."))
        before_tax = cleaned.get("before_tax")
        if before_tax is not None and total is not None and before_tax > total:
            self.add_error("before_tax", _t("This is more than was paid."))
        return cleaned

    def _check_line(self, number: int) -> None:
        names = [f"line{number}_{name}" for name in ("item", "category", "quantity")]
        amount = f"line{number}_amount"
        named = any(self.cleaned_data.get(name) for name in names)
        if named and self.cleaned_data.get(amount) is None and amount not in self.errors:
            self.add_error(amount, _t("Enter what was paid for this."))

    def sale(self, at: datetime) -> SaleInput:
        """Return the purchase to record."""
        total = self.cleaned_data["amount"]
        before_tax = self.cleaned_data.get("before_tax")
        net = total if before_tax is None else before_tax
        return SaleInput(
            key=self.booking_key,
            at=at,
            total=total,
            total_before_tax=net,
            receipt=self.cleaned_data["receipt"],
            lines=tuple(self._lines(total, net)),
            source=SaleSource.COUNTER,
        )

    def _lines(self, total: int, net: int) -> list[LineInput]:
        lines = []
        for number in self.line_numbers:
            amount = self.cleaned_data[f"line{number}_amount"]
            if amount is None:
                continue
            thousandths = self.cleaned_data[f"line{number}_quantity"]
            lines.append(
                LineInput(
                    amount=amount,
                    amount_before_tax=round_half_up(amount * net, total) if total else 0,
                    item=self.cleaned_data[f"line{number}_item"],
                    category=self.cleaned_data[f"line{number}_category"],
                    quantity=Decimal(1 if thousandths is None else thousandths) / (1 if thousandths is None else 1000),
                )
            )
        return lines
