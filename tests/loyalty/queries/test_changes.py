"""What an act changed, in words: names of columns, values as people write them, never a code."""

from typing import Any

import pytest
from django.utils import translation

from loyalty.domain import audit
from loyalty.models import Bonus, Business, EarningRule, Location, StaffRole, Unit
from loyalty.queries.changes import change_in_words, column_in_words
from rewards.models import Reward

CAFE = Business(currency="EUR", time_zone="Europe/Tallinn")


def said(model: type[Any] | None, name: str, before: Any, after: Any, decimals: int = 0) -> str:
    return change_in_words(model, name, [before, after], business=CAFE, decimals=decimals)


@pytest.mark.parametrize(
    ("model", "name", "before", "after", "words"),
    [
        (Business, "undo_minutes", 15, 30, "Minutes in which a cashier can undo: 15 → 30"),
        (Business, "country", "EE", "HU", "Country: Estonia → Hungary"),
        (Business, "language", "et", "en", "Language: Estonian → English"),
        (Business, "tagline", "", "Since 1990", "Tagline: nothing → “Since 1990”"),
        (Business, "logo", "logos/a.png", "", "Logo"),
        (
            Business,
            "closed_at",
            None,
            "2026-03-10T22:30:00+00:00",
            "Closed at: nothing → Mar 11, 2026, 12:30:00\u202fAM",
        ),
        (StaffRole, "role", "cashier", "manager", "Role: Cashier → Manager"),
        (EarningRule, "minimum", 0, 1250, "From a purchase of: €0.00 → €12.50"),
        (EarningRule, "weekdays", [], [1, 3], "Weekdays: nothing → Tuesday and Thursday"),
        (EarningRule, "exclusive", False, True, "Stands alone: no → yes"),
        (Bonus, "factor_thousandths", 2000, 1500, "Times: 2 → 1.5"),
        (Reward, "available_to", None, "2026-12-24", "Last day: nothing → Dec 24, 2026"),
        (None, "gone", 1, 2, "Something else: 1 → 2"),
    ],
)
def test_a_change_is_said_as_people_write_it(model, name: str, before: Any, after: Any, words: str) -> None:
    assert said(model, name, before, after) == words


def test_units_are_written_with_their_decimals() -> None:
    assert said(Reward, "cost", 996, 1000, decimals=1) == "Cost: 99.6 → 100.0"


def test_a_long_text_is_cut() -> None:
    assert said(Location, "address", "", "x" * 200) == f"Address: nothing → “{'x' * 79}…”"


def test_numbers_are_written_as_the_reader_writes_them() -> None:
    with translation.override("hu"):
        assert "12,50" in said(EarningRule, "minimum", 0, 1250)


def test_a_column_that_is_no_more_is_not_shown_by_its_name() -> None:
    assert column_in_words(Unit, "no_such_column") == "Something else"


def test_only_what_differs_is_kept() -> None:
    row = Location(name="Market", address="Square 1")
    assert audit.changes(row, {"name": "Harbor", "address": "Square 1"}) == {"name": ["Market", "Harbor"]}
