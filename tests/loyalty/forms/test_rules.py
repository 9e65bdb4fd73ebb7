"""Rules and bonuses of units with decimals, as they are typed and shown again."""

import pytest
from django.utils import translation

from loyalty.forms.rules import BonusForm, RuleForm
from loyalty.models import Business, Unit

SHOP = Business(name="Bean", currency="EUR", time_zone="Europe/Tallinn")
UNITS = {
    "stars": Unit(code="stars", name="stars", name_one="star", decimals=1),
    "stamps": Unit(code="stamps", name="stamps", name_one="stamp"),
}


def rule(**typed: object) -> RuleForm:
    sent = {"kind": "amount", "award": "1", "per_amount": "1.00", "unit": "stars", **typed}
    return RuleForm(sent, business=SHOP, units=UNITS)


IN_STAMPS = {"award": "3", "unit": "stamps"}


@pytest.mark.parametrize(
    ("typed", "award"), [({"award": "1.2"}, 12), (IN_STAMPS, 3), (IN_STAMPS | {"award": "3.0"}, 3)]
)
def test_an_award_is_in_smallest_parts_of_its_own_unit(typed: dict[str, str], award: int) -> None:
    form = rule(**typed)
    assert form.is_valid()
    assert form.draft().award == award


def test_a_whole_unit_takes_no_decimals() -> None:
    form = rule(award="1.5", limit_per_day="2.5", unit="stamps")
    assert sorted(form.errors) == ["award", "limit_per_day"]


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"unit": "gold"}, "unit", "Choose one of these."),
        ({"unit": ""}, "unit", "Choose one."),
        ({"first_day": "soon"}, "first_day", "Enter a day such as 2027-01-31."),
        (
            {"first_day": "2026-06-02", "last_day": "2026-06-01"},
            "last_day",
            "The last day comes before the first. Choose a later one.",
        ),
        (
            {"included_items": "x" * 81},
            "included_items",
            "Enter at most 100 names of at most 80 characters, one a line.",
        ),
        ({"priority": "high"}, "priority", "Enter a whole number."),
    ],
)
def test_what_is_wrong_with_a_rule_is_said_beside_its_field(typed: dict[str, str], field: str, said: str) -> None:
    assert rule(**typed).errors == {field: [said]}


def test_a_bonus_without_a_gain_is_told_what_it_lacks() -> None:
    form = BonusForm({"unit": "stars"}, business=SHOP, units=UNITS)
    assert form.errors == {"factor": ["Enter what it multiplies by, or how many more it gives."]}


@pytest.mark.parametrize("typed", [{"award": "1.2", "limit_per_day": "40"}, {"unit": "stamps", "limit_per_day": "2"}])
def test_what_is_shown_again_is_what_was_typed(typed: dict[str, str]) -> None:
    form = rule(name="Rule", **typed)
    assert form.is_valid()
    first = form.draft()
    initial = RuleForm.initial_of(first, UNITS, SHOP.time_zone)
    shown = RuleForm(business=SHOP, units=UNITS, initial=initial)
    sent = {name: shown[name].value() for name in shown.fields if shown[name].value() not in (None, False, [], "")}
    again = RuleForm(sent, business=SHOP, units=UNITS)
    assert again.is_valid()
    assert again.draft() == first


def test_days_are_those_of_the_business() -> None:
    form = rule(first_day="2026-06-01", last_day="2026-06-30")
    assert form.is_valid()
    scope = form.scope()
    assert (scope["starts_at"].isoformat(), scope["ends_at"].isoformat()) == (
        "2026-05-31T21:00:00+00:00",
        "2026-06-30T21:00:00+00:00",
    )


def test_a_bonus_in_another_language() -> None:
    with translation.override("et"):
        form = BonusForm({"unit": "stars", "factor": "1,5", "addition": "0,5"}, business=SHOP, units=UNITS)
        assert form.is_valid()
        bonus = form.draft()
    assert (bonus.factor_thousandths, bonus.addition) == (1500, 5)
    assert "1,5" in bonus.name
