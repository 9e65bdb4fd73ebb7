"""What the form of a reward says of what is wrong."""

import pytest

from loyalty.models import Business, Unit
from rewards.forms.catalogue import RewardForm

SHOP = Business(name="Bean", currency="EUR", time_zone="Europe/Tallinn")
UNITS = [Unit(code="points", name="points", name_one="point"), Unit(code="stars", name="stars", decimals=1)]
TYPED = {"kind": "product", "name": "Mug", "unit": "points", "cost": "180", "icon": "gift", "voucher_days": "30"}


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"name": " "}, "name", "Enter the name of the reward."),
        ({"cost": ""}, "cost", "Enter what it costs."),
        ({"kind": "money_off"}, "money_off", "Enter how much is taken off."),
        ({"kind": "percent_off"}, "percent_off", "Enter how much is taken off."),
        ({"kind": "percent_off", "percent_off": "101"}, "percent_off", "Enter a whole number from 1 to 100."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(wrong: dict[str, str], field: str, said: str) -> None:
    assert RewardForm(TYPED | wrong, business=SHOP, units=UNITS).errors == {field: [said]}


@pytest.mark.parametrize(("unit", "fits"), [("stars", True), ("points", False)])
def test_a_cost_has_the_decimals_of_its_unit(unit: str, fits: bool) -> None:
    assert RewardForm(TYPED | {"unit": unit, "cost": "1.5"}, business=SHOP, units=UNITS).is_valid() == fits
