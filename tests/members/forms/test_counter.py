"""What the till says beside a field that it refuses."""

from types import SimpleNamespace

import pytest

from loyalty.models import Business
from members.forms.counter import EnrolForm, KeyForm, PinForm
from members.forms.recording import PurchaseForm
from members.forms.refund import RefundForm

EVERYTHING = SimpleNamespace(before_tax=True, lines=True)
KEY = "0b2f0d4e-7d64-4f0c-a8c0-5d9f0f3b1c11"


def purchase(**fields: str) -> PurchaseForm:
    return PurchaseForm({"key": KEY, **fields}, business=Business(currency="EUR"), terms=EVERYTHING)


@pytest.mark.parametrize("key", ["", "nonsense"])
def test_a_form_without_its_key_is_too_old(key: str):
    assert KeyForm({"key": key}).errors == {"key": ["This page is too old. Please try once more."]}


@pytest.mark.parametrize("fields", [{"amount": ""}, {"amount": "", "line0_amount": "0"}])
def test_a_purchase_without_an_amount_is_asked_for_it(fields: dict[str, str]):
    assert purchase(**fields).errors == {"amount": ["Enter what was paid."]}


@pytest.mark.parametrize("line", [{"line0_item": "Assam"}, {"line0_quantity": "2"}])
def test_a_line_without_an_amount_is_asked_for_it(line: dict[str, str]):
    assert purchase(amount="12.50", **line).errors == {"line0_amount": ["Enter what was paid for this."]}


def test_less_tax_than_none_is_more_than_was_paid():
    assert purchase(amount="12.50", before_tax="13").errors == {"before_tax": ["This is more than was paid."]}


def test_a_refund_without_lines_is_asked_for_its_amount():
    form = RefundForm({"key": KEY}, business=Business(currency="EUR"), total=1250, left=1250)
    assert form.errors == {"amount": ["Enter what was given back."]}


@pytest.mark.parametrize(("pin", "said"), [("", "Enter your PIN."), ("1" * 9, "A PIN has at most 8 digits.")])
def test_what_is_no_pin_is_told_so(pin: str, said: str):
    assert PinForm({"pin": pin}).errors == {"pin": [said]}


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"name": ""}, "name", "Enter the customer's name."),
        ({"contact": ""}, "contact", "Enter a phone number or an e-mail address."),
        ({"contact": "ana"}, "contact", "Enter a phone number or an e-mail address."),
        ({"card": "ABCD"}, "card", "There is a slip in this number. Read it once more."),
    ],
)
def test_what_is_missing_of_a_new_member_is_asked_for(typed: dict[str, str], field: str, said: str):
    form = EnrolForm({"name": "Ana", "contact": "ana@example.com", **typed}, business=Business())
    assert form.errors == {field: [said]}
