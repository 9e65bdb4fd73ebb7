"""What is typed at the till."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from loyalty.domain.sale_input import LineInput, SaleInput
from loyalty.engine import codes, pins
from loyalty.engine.bill import round_half_up
from loyalty.forms.amounts import AmountField, QuantityField
from loyalty.models import Business, SaleSource
from members.domain.enrolment import Person
from members.engine import phones
from members.engine.consent import Key
from members.forms.consent import check_current, consent_fields
from members.forms.fields import EmailField, NameField, PhoneField
from members.models import ConsentChannel
from members.queries.consent import Question
from members.queries.till import Terms

LINES = 4
AUTOFOCUS = {"autofocus": True}
PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class FindForm(forms.Form):
    """The one field that finds everybody."""

    q = forms.CharField(required=False, max_length=200)


class KeyForm(forms.Form):
    """A form that books once, however often it is sent."""

    key = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={
            "required": _("This page is too old. Please try once more."),
            "invalid": _("This page is too old. Please try once more."),
        },
    )

    def __init__(self, data: Mapping[str, Any] | None = None, **options: Any) -> None:
        super().__init__(data, initial={"key": uuid4(), **options.pop("initial", {})}, **options)

    @property
    def booking_key(self) -> str:
        """The key, as the books keep it."""
        key: UUID = self.cleaned_data["key"]
        return f"till:{key}"

    def renew_key(self) -> None:
        """Let what stands in the form be sent as another booking."""
        self.data = {name: self.data[name] for name in self.data} | {"key": str(uuid4())}


class VisitForm(KeyForm):
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


class PurchaseForm(KeyForm):
    """A purchase: what was paid, and if wanted the receipt's number, the total before tax and what was bought."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, business: Business, terms: Terms | None, **options: Any
    ) -> None:
        super().__init__(data, auto_id="purchase-%s", **options)
        self.business, self.terms = business, terms
        self.fields["amount"] = AmountField(
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
        if terms and terms.lines:
            for number in range(LINES):
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
    def line_rows(self) -> list[LineRow]:
        """The lines as they stand in the form; none where it does not matter what was bought."""
        if "line0_item" not in self.fields:
            return []
        names = ("item", "category", "quantity", "amount")
        return [LineRow(*(self[f"line{number}_{name}"] for name in names)) for number in range(LINES)]

    @property
    def has_more(self) -> bool:
        """Whether something was typed, or is wrong, beside the amount."""
        return any(self[name].data or name in self.errors for name in self.fields if name not in ("key", "amount"))

    def clean(self) -> dict[str, Any]:
        """Take the sum of the lines where no amount was typed; each line has an amount."""
        super().clean()
        cleaned = self.cleaned_data
        for number in range(LINES if "line0_item" in self.fields else 0):
            self._check_line(number)
        total = cleaned.get("amount")
        if total is None and "amount" not in self.errors:
            total = cleaned["amount"] = sum(cleaned.get(f"line{number}_amount") or 0 for number in range(LINES))
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
        for number in range(LINES if "line0_item" in self.fields else 0):
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


class EnrolForm(forms.Form):
    """A new member: a name, a phone number or an e-mail address, perhaps a printed card, perhaps a yes to questions."""

    name = NameField(
        label=_("Name"),
        error_messages={
            "required": _("Enter the customer's name."),
            "max_length": _("Write the name with at most 80 characters."),
        },
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "words", "spellcheck": "false"}),
    )
    contact = forms.CharField(
        label=_("Phone or e-mail"),
        max_length=254,
        error_messages={"required": _("Enter a phone number or an e-mail address.")},
        widget=forms.TextInput({**PLAIN, "autocapitalize": "none"}),
    )
    card = forms.CharField(
        label=_("Number on a printed card"),
        max_length=40,
        required=False,
        widget=forms.TextInput({**PLAIN, "autocapitalize": "characters"}),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        business: Business,
        questions: Sequence[Question] = (),
        **options: Any,
    ) -> None:
        super().__init__(data, auto_id="enrol-%s", **options)
        self.business, self.questions = business, questions
        first = "contact" if self.initial.get("name") else "name"
        self.fields[first].widget.attrs |= AUTOFOCUS
        self.fields |= consent_fields(questions)

    @classmethod
    def of_search(cls, text: str, *, business: Business, questions: Sequence[Question]) -> "EnrolForm":
        """Return the form with what was typed to find somebody in the field where it belongs."""
        return cls(business=business, questions=questions, initial=_sorted_out(text), use_required_attribute=False)

    @property
    def question_fields(self) -> list[forms.BoundField]:
        """The boxes, none of them ticked."""
        return [self[question.field_name] for question in self.questions]

    @property
    def asked_already(self) -> bool:
        """Whether a box was ticked."""
        return any(box.value() or box.errors for box in self.question_fields)

    @property
    def wants_card(self) -> bool:
        """Whether a card number was given."""
        return bool(self["card"].value() or "card" in self.errors)

    def clean_contact(self) -> tuple[str, str]:
        """Return e-mail address and phone number, one of them empty."""
        text = self.cleaned_data["contact"]
        if "@" in text:
            return EmailField().clean(text), ""
        if not any(char.isdigit() for char in text):
            raise forms.ValidationError(_t("Enter a phone number or an e-mail address."), code="invalid")
        return "", PhoneField(country=self.business.country).clean(text)

    def clean_card(self) -> str:
        """Return the code in normal form."""
        code = codes.normalise(self.cleaned_data["card"])
        if code and not (len(code) == codes.CODE_LENGTH and codes.is_valid(code)):
            raise forms.ValidationError(_t("There is a slip in this number. Read it once more."), code="invalid")
        return code

    def clean(self) -> dict[str, Any]:
        """Refuse a yes to messages on a way on which nobody can be reached, or to words that changed meanwhile."""
        super().clean()
        check_current(self.data, self.questions)
        email, phone = self.cleaned_data.get("contact") or ("", "")
        for question in self.questions:
            if not self.cleaned_data.get(question.field_name) or not (email or phone):
                continue
            if question.channel == ConsentChannel.EMAIL and not email:
                self.add_error(question.field_name, _t("There is no e-mail address to write to."))
            if question.channel in (ConsentChannel.SMS, ConsentChannel.PHONE) and not phone:
                self.add_error(question.field_name, _t("There is no phone number for that."))
        return self.cleaned_data

    def person(self) -> Person:
        """Return who it is."""
        email, phone = self.cleaned_data["contact"]
        return Person(name=self.cleaned_data["name"], email=email, phone=phone)

    def said_yes(self) -> dict[Key, bool]:
        """Return what the customer said yes to; a box that is not ticked was perhaps never asked."""
        return {question.key: True for question in self.questions if self.cleaned_data[question.field_name]}


def _sorted_out(text: str) -> dict[str, str]:
    if "@" in text:
        return {"contact": text}
    if phones.endings(text):
        return {"contact": text} if len(text) > 5 else {}
    code = codes.normalise(text)
    if len(code) == codes.CODE_LENGTH and codes.is_valid(code):
        return {"card": codes.grouped(code)}
    return {"name": text.title() if text.islower() else text} if any(char.isalpha() for char in text) else {}


class PinForm(forms.Form):
    """The PIN by which somebody takes over the till."""

    pin = forms.CharField(
        label=_("PIN"),
        max_length=pins.LONGEST,
        error_messages={"required": _("Enter your PIN."), "max_length": _("A PIN has at most 8 digits.")},
        widget=forms.PasswordInput({"inputmode": "numeric", "autocomplete": "off", **AUTOFOCUS}),
    )

    @cached_property
    def next(self) -> str:
        """Where to go afterwards, as it was asked for."""
        return str(self.data.get("next", ""))
