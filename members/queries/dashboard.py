"""All that a member sees at a glance: balances, the way to the next reward, what runs out, what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from loyalty.engine.days import local_day
from loyalty.models import Unit, UnitKind
from loyalty.queries.ledger import UnitBalance, balances_of
from members.models import Member
from members.queries.activity import HistoryRow, history
from members.queries.coming import Coming, coming_losses
from rewards.models import Reward, Voucher
from rewards.queries.catalogue import Reason, RewardRow, catalogue_for, open_vouchers_of

RECENT = 5
LARGEST_CARD = 30


@dataclass(frozen=True, slots=True)
class Goal:
    """The way to a reward: what is there and what it costs, in smallest parts."""

    reward: Reward
    have: int
    cost: int

    @property
    def missing(self) -> int:
        return self.cost - self.have


@dataclass(frozen=True, slots=True)
class StampCard:
    """The card that is being filled: stamps on it, its places, how many cards are full, and what a full one gives."""

    have: int
    size: int
    full: int
    reward: str
    icon: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One unit of a member: its balance, the next reward that it does not cover yet, those that it does."""

    balance: UnitBalance
    goal: Goal | None
    within_reach: list[RewardRow]
    card_size: int | None = None

    @property
    def unit(self) -> Unit:
        return self.balance.unit

    @property
    def stamps(self) -> StampCard | None:
        """The unit as a card with stamps; None where stamps are not what is counted, or nothing says how many fit."""
        ready = self.within_reach[0].reward if self.within_reach else None
        ahead = self.goal.reward if self.goal else None
        size = self.card_size or next((reward.cost for reward in (ahead, ready) if reward), 0)
        if self.unit.kind != UnitKind.STAMPS or not 0 < size <= LARGEST_CARD:
            return None
        full, left = divmod(self.balance.amount, size)
        shown = ready or ahead
        have = size if full and not left else left
        return StampCard(have, size, full, ready.name if ready else "", shown.icon if shown else "check")


@dataclass(frozen=True, slots=True)
class Expires:
    """What runs out, and its last good day."""

    last_good_day: date
    amount: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A member's page at a moment. is_new: nothing has happened yet."""

    panels: list[Panel]
    expiring: list[Expires]
    vouchers: list[Voucher]
    recent: list[HistoryRow]
    has_more: bool
    rewards: list[RewardRow]
    coming: list[Coming]

    @property
    def is_new(self) -> bool:
        return not self.recent

    @property
    def within_reach(self) -> list[RewardRow]:
        return [row for row in self.rewards if row.reachable]


def dashboard(member: Member, at: datetime) -> Dashboard:
    """Return everything a member's page shows. Eleven queries, however much there is."""
    account = member.account
    today = local_day(at, account.business.time_zone)
    held = balances_of(account, at)
    rewards = catalogue_for(account, account.business, today)
    recent = history(account, size=RECENT)
    return Dashboard(
        panels=[panel(balance, rewards, today) for balance in held],
        expiring=by_day(held),
        vouchers=open_vouchers_of(account, today),
        recent=recent.rows,
        has_more=bool(recent.older),
        rewards=rewards,
        coming=coming_losses(held),
    )


def panel(balance: UnitBalance, rewards: Sequence[RewardRow], today: date) -> Panel:
    """Return one unit of a member with what it buys and what it is on the way to, on a day in the business's zone."""
    own = sorted((row for row in rewards if row.unit.pk == balance.unit.pk), key=lambda row: row.cost)
    ahead = [row for row in own if row.cost > balance.amount and row.reason in (None, Reason.NOT_ONLINE)]
    goal = Goal(ahead[0].reward, balance.amount, ahead[0].cost) if ahead else None
    return Panel(balance, goal, [row for row in own if row.reachable], balance.unit.card_size_on(today))


def by_day(held: Sequence[UnitBalance]) -> list[Expires]:
    """Return what runs out over all units, the soonest first."""
    parts = [Expires(part.last_good_day, part.amount, balance.unit) for balance in held for part in balance.expiring]
    return sorted(parts, key=lambda part: (part.last_good_day, part.unit.pk))
