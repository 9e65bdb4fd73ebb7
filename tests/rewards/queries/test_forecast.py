"""How soon a reward is reached."""

import pytest

from rewards.domain import setup
from rewards.domain.setup import Card, Earning, Points
from rewards.queries.forecast import forecast
from tests.world import NOW, make_user, open_shop


@pytest.fixture
def business(db: None):
    return open_shop(make_user("olga"), "Bean", "bean").business


def of(business, earning: Earning, **asked: object):
    program = setup.imagine(business=business, earning=earning)
    return forecast(program, **{"money_off": 0, "usual": 1250, "at": NOW, **asked})


def test_points(business) -> None:
    found = of(business, Earning(Points("beans", "bean", 1, 100), None), unit="points", cost=100, money_off=500)
    assert (found.visits, found.thousandths, found.suggested) == (9, 48, 100)
    assert [(balance.unit.code, balance.amount) for balance in found.balances] == [("points", 36)]


def test_a_card(business) -> None:
    found = of(business, Earning(None, Card(10, per_visit=True)), unit="stamps", cost=10)
    assert (found.visits, found.thousandths, found.suggested) == (10, None, 10)
    assert [balance.amount for balance in found.balances] == [3]


def test_what_is_never_reached(business) -> None:
    card = Earning(None, Card(10, per_visit=False, minimum=2000))
    found = of(business, card, unit="stamps", cost=10)
    assert (found.visits, found.thousandths, [balance.amount for balance in found.balances]) == (None, None, [0])


def test_a_reward_at_the_first_visit(business) -> None:
    found = of(business, Earning(Points("beans", "bean", 1, 100), None), unit="points", cost=5)
    assert (found.visits, found.visits_shown, [balance.amount for balance in found.balances]) == (1, 0, [0])


def test_what_is_left_over_counts_towards_the_next_reward(business) -> None:
    """Twelve visits bring 120 points and four rewards: 4 x 5.00 of 12 x 100.00 spent is no twelfth, but a sixtieth."""
    points = Earning(Points("points", "point", 1, 1000), None)
    found = of(business, points, unit="points", cost=15, money_off=500, usual=10000)
    assert (found.visits, found.thousandths) == (2, 33)
