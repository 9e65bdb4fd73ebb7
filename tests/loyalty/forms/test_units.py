"""What the form of a unit says of what is wrong."""

import pytest

from loyalty.forms.units import UnitForm
from loyalty.models import Unit, UnitKind

POINTS = Unit(code="points", kind=UnitKind.POINTS, name="points", name_one="point")
TYPED = {"name": "beans", "name_one": "bean", "rounding": "down", "expiry": "months", "expiry_count": "1"}


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"expiry_count": ""}, "expiry_count", "Enter how many days or months."),
        ({"hold_days": "-1"}, "hold_days", "Enter a whole number from 0 to 365."),
        ({"hold_days": "366"}, "hold_days", "Enter a whole number from 0 to 365."),
        (
            {"hold_days": "28"},
            "hold_days",
            "Enter fewer days, or let them last longer: some would run out 28 days after they were earned.",
        ),
        (
            {"hold_days": "1", "expiry": "end_of_year", "expiry_count": ""},
            "hold_days",
            "Enter 0, or let them last longer: some would run out on the day itself.",
        ),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(changed: dict[str, str], field: str, said: str) -> None:
    assert UnitForm(TYPED | changed, unit=POINTS).errors == {field: [said]}


@pytest.mark.parametrize(("days", "fits"), [("27", True), ("28", False)])
def test_a_hold_ends_while_what_it_holds_is_good(days: str, fits: bool) -> None:
    """A month has 28 days at least."""
    assert UnitForm(TYPED | {"hold_days": days}, unit=POINTS).is_valid() == fits
