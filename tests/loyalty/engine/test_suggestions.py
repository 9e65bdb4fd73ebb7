"""First numbers for a new program."""

import doctest

import pytest

from loyalty.engine import suggestions
from loyalty.engine.suggestions import everyday_purchase, everyday_step


@pytest.mark.parametrize(
    ("currency", "step", "purchase"),
    [("EUR", 100, 1250), ("VND", 1000, 12500), ("HUF", 10000, 125000), ("KWD", 1000, 12500), ("jpy", 100, 1250)],
)
def test_amounts_follow_the_currency(currency: str, step: int, purchase: int) -> None:
    assert (everyday_step(currency), everyday_purchase(currency)) == (step, purchase)


def test_examples_hold() -> None:
    assert doctest.testmod(suggestions).failed == 0
