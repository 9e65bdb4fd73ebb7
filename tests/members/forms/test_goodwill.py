"""What the console says beside a field of a form by which something is given or taken by hand."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from loyalty.models import Unit
from members.forms.adjustments import AdjustForm
from members.forms.goodwill import ForgiveForm, ReinstateForm, reason_field

POINTS = Unit(name="points")
TODAY = date(2026, 3, 10)
KEY = "0b2f0d4e-7d64-4f0c-a8c0-5d9f0f3b1c11"


def adjust(**typed: str) -> AdjustForm:
    data = {"key": KEY, "way": "add", "amount": "5", "why": "slip", **typed}
    return AdjustForm(data, unit=POINTS, today=TODAY)


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("amount", "Enter how much."),
        ("why", "Choose why: the member reads it."),
        ("way", "Choose whether to add or to take away."),
    ],
)
def test_what_an_adjustment_lacks_is_asked_for(field: str, said: str):
    assert adjust(**{field: ""}).errors == {field: [said]}


def test_ready_and_own_words_make_the_reason():
    form = adjust(reason="on Monday")
    assert form.is_valid()
    assert form.reason == "A slip at the till: on Monday"


def test_what_is_added_is_not_good_through_a_day_that_is_over():
    assert adjust(last_good_day="2026-03-09").errors == {
        "last_good_day": ["This day is over. Enter today or a later day."]
    }


@pytest.mark.parametrize("day", ["", "soon"])
def test_what_is_given_again_has_a_last_day(day: str):
    form = ReinstateForm({"key": KEY, "last_good_day": day, "reason": "Sorry"}, today=TODAY)
    assert form.errors == {"last_good_day": ["Enter the last day on which they are good."]}


def test_how_much_is_forgiven_is_asked_for():
    form = ForgiveForm({"key": KEY, "amount": "", "reason": "Sorry"}, unit=POINTS, owed=50)
    assert form.errors == {"amount": ["Enter how much is forgiven."]}


@pytest.mark.parametrize(
    ("typed", "said"),
    [(" ", "Enter why: the member reads it."), ("x" * 201, "Use at most 200 letters for the reason.")],
)
def test_a_reason_is_there_and_short(typed: str, said: str):
    with pytest.raises(ValidationError) as refused:
        reason_field().clean(typed)
    assert refused.value.messages == [said]
