"""All the shops of one person, each on a line: what is there, and the way to the next reward."""

from dataclasses import dataclass
from datetime import datetime

from loyalty.engine.days import local_day
from loyalty.models import User
from loyalty.queries.ledger import UnitBalance, balances
from members.models import Member
from members.queries.dashboard import Goal
from members.queries.memberships import memberships_of
from rewards.models import Reward, RewardState


@dataclass(frozen=True, slots=True)
class Line:
    """One unit in one shop. ready: how many rewards the balance covers."""

    balance: UnitBalance
    goal: Goal | None
    ready: int


@dataclass(frozen=True, slots=True)
class Shop:
    """A membership with its lines."""

    member: Member
    lines: list[Line]


def shops_of(user: User, at: datetime) -> list[Shop]:
    """Return the shops that somebody is a member of, by name. Five queries, however many there are."""
    memberships = memberships_of(user)
    held = balances([member.account for member in memberships], at)
    rewards = _rewards(memberships, at)
    return [Shop(member, [_line(balance, rewards) for balance in held[member.account_id]]) for member in memberships]


def _rewards(memberships: list[Member], at: datetime) -> list[Reward]:
    """Return what can be had today in any of the shops, the cheapest first."""
    today = {member.business_id: local_day(at, member.business.time_zone) for member in memberships}
    active = Reward.objects.filter(business__in=today, state=RewardState.ACTIVE).exclude(stock=0)
    return [
        reward
        for reward in active.order_by("cost", "pk")
        if (reward.available_from or today[reward.business_id]) <= today[reward.business_id]
        and (reward.available_to or today[reward.business_id]) >= today[reward.business_id]
    ]


def _line(balance: UnitBalance, rewards: list[Reward]) -> Line:
    own = [reward for reward in rewards if reward.unit_id == balance.unit.pk]
    ahead = [reward for reward in own if reward.cost > balance.amount]
    goal = Goal(ahead[0], balance.amount, ahead[0].cost) if ahead else None
    return Line(balance, goal, len(own) - len(ahead))
