"""What a balance is worth in money, at most: by the best money-off reward that it buys."""

from fractions import Fraction

from loyalty.models import Business, Unit, UnitKind
from rewards.models import Reward, RewardKind, RewardState


def worth_of_units(business: Business) -> dict[int, Fraction]:
    """Return, by unit, how much money (smallest parts) one smallest part of the unit buys at most. Two queries.

    Store credit is money itself. Other units are worth what their best money-off reward in the catalogue gives for its
    cost; a unit that buys no money off has no worth that can be reckoned, and is left out.
    """
    worth = {unit.pk: Fraction(1) for unit in Unit.objects.filter(business=business, kind=UnitKind.CREDIT)}
    rewards = Reward.objects.filter(
        business=business, state=RewardState.ACTIVE, kind=RewardKind.MONEY_OFF, money_off__gt=0
    ).order_by()
    for unit_id, off, cost in rewards.values_list("unit", "money_off", "cost"):
        worth[unit_id] = max(worth.get(unit_id, Fraction(0)), Fraction(off, cost))
    return worth
