"""How soon a reward is reached by a customer who always spends the same, reckoned by the engine."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from loyalty.engine.suggestions import easy_cost, visits_until
from loyalty.models import Unit
from loyalty.queries.examples import purchase
from loyalty.queries.program import LiveProgram

VISITS_TO_FIRST = 10
VISITS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Balance:
    """What a customer would have of a unit after some visits."""

    unit: Unit
    amount: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """visits: the one that reaches the reward, None where never; thousandths: what goes back of what is spent.

    What goes back is that of a customer who keeps coming: what is left over when the reward is taken counts towards the
    next. balances are those after a few visits, before the reward is reached.
    """

    visits: int | None
    thousandths: int | None
    suggested: int
    visits_shown: int
    balances: list[Balance]


def forecast(program: LiveProgram, *, unit: str, cost: int, money_off: int, usual: int, at: datetime) -> Forecast:
    """Return what awaits a customer who spends the usual amount (smallest parts) at every visit."""
    earned = per_visit(program, usual, at)
    gained = earned.get(unit, 0)
    visits = visits_until(cost, gained)
    shown = min(VISITS_SHOWN, max((visits or VISITS_SHOWN) - 1, 0))
    back = Fraction(money_off * gained * 1000, usual * cost) if money_off and visits else None
    return Forecast(
        visits=visits,
        thousandths=round(back) if back is not None else None,
        suggested=suggested_cost(program, unit=unit, usual=usual, at=at),
        visits_shown=shown,
        balances=[Balance(each, earned.get(code, 0) * shown) for code, each in program.units.items()],
    )


def suggested_cost(program: LiveProgram, *, unit: str, usual: int, at: datetime) -> int:
    """Return a cost that is reached within ten visits: a full card, or a number of points that is easy to say."""
    size = program.units[unit].card_size
    return size or easy_cost(per_visit(program, usual, at).get(unit, 0) * VISITS_TO_FIRST)


def per_visit(program: LiveProgram, usual: int, at: datetime) -> dict[str, int]:
    """Return what one visit with the usual purchase earns, by unit code."""
    return {award.unit: award.amount for award in purchase(program, usual, at)}
