"""The catalogue as members and the till see it, and the vouchers that came out of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Count, Q, QuerySet, Sum

from loyalty.engine import codes
from loyalty.models import Account, Business, Lot, ProgramVersion, Unit
from loyalty.queries.accounts import family_of
from rewards.models import Redemption, Reward, RewardState, Voucher, VoucherState


class Reason(StrEnum):
    """What stands against taking a reward, apart from the balance."""

    NOT_YET = "not_yet"
    OUT_OF_STOCK = "out_of_stock"
    LIMIT_REACHED = "limit_reached"
    NOT_ONLINE = "not_online"


@dataclass(frozen=True, slots=True)
class RewardRow:
    """A reward as one account sees it; cost, balance and missing in smallest parts of the unit.

    reachable: it can be taken at the counter now. online: it can be taken on the member's page now.
    left is what is left of the stock, None where it is not counted.
    """

    reward: Reward
    unit: Unit
    cost: int
    balance: int
    reason: Reason | None
    left: int | None

    @property
    def missing(self) -> int:
        """What the balance lacks."""
        return max(self.cost - self.balance, 0)

    @property
    def reachable(self) -> bool:
        """Whether it can be taken at the counter now."""
        return not self.missing and self.reason in (None, Reason.NOT_ONLINE)

    @property
    def online(self) -> bool:
        """Whether it can be taken on the member's page now."""
        return not self.missing and self.reason is None


def catalogue_for(account: Account | None, business: Business, today: date) -> list[RewardRow]:
    """Return what is in the catalogue on the day (in the business's zone), in the owner's order.

    Rewards that are over are left out, those still to come say NOT_YET. Without an account nothing is reachable.
    One query without an account, three with one.
    """
    rewards = list(
        Reward.objects.filter(business=business, state=RewardState.ACTIVE)
        .exclude(available_to__lt=today)
        .select_related("unit")
        .order_by("position", "cost", "pk")
    )
    balances = usable_balances(account, today) if account else {}
    taken = _taken(account, rewards) if account else {}
    return [
        RewardRow(
            reward=reward,
            unit=reward.unit,
            cost=reward.cost,
            balance=balances.get(reward.unit_id, 0),
            reason=_reason(reward, today, taken.get(reward.pk, 0)),
            left=reward.stock,
        )
        for reward in rewards
    ]


def usable_balances(account: Account, today: date) -> dict[int, int]:
    """Return, by unit id, what can be spent on the day: lots past their last good day, or still held, are left out."""
    good = Lot.objects.filter(
        Q(last_good_day=None) | Q(last_good_day__gte=today),
        Q(first_good_day=None) | Q(first_good_day__lte=today),
        account=account,
        remaining__gt=0,
    )
    return dict(good.order_by().values_list("unit_id").annotate(total=Sum("remaining")))


def _taken(account: Account, rewards: Iterable[Reward]) -> dict[int, int]:
    """Return how many of each limited reward were taken with any of the customer's cards, as redeem() counts them."""
    limited = [reward.pk for reward in rewards if reward.per_member is not None]
    takings = Redemption.objects.filter(account__in=family_of(account), reward_id__in=limited, undone_at=None)
    return dict(takings.order_by().values_list("reward_id").annotate(total=Count("pk")))


def _reason(reward: Reward, today: date, taken: int) -> Reason | None:
    if reward.available_from and today < reward.available_from:
        return Reason.NOT_YET
    if reward.stock == 0:
        return Reason.OUT_OF_STOCK
    if reward.per_member is not None and taken >= reward.per_member:
        return Reason.LIMIT_REACHED
    return None if reward.online else Reason.NOT_ONLINE


def vouchers_of(account: Account) -> list[Voucher]:
    """Return the vouchers of the account and of all merged into it with their rewards, the newest first.

    Ask each for state_on(today).
    """
    return list(
        Voucher.objects.filter(redemption__account__in=family_of(account))
        .select_related("redemption__reward__unit", "business")
        .order_by("-redemption__at", "-pk")
    )


def open_vouchers_of(account: Account, today: date) -> list[Voucher]:
    """Return the vouchers that can be used on the day, the one that runs out first on top."""
    good = [v for v in vouchers_of(account) if v.state_on(today) == VoucherState.ISSUED]
    return sorted(good, key=lambda voucher: (voucher.last_good_day or date.max, voucher.pk))


def voucher_by_code(business: Business, code: str) -> Voucher | None:
    """Return the business's voucher with a typed or scanned code, with its reward and account."""
    return (
        Voucher.objects.filter(business=business, code=codes.normalise(code))
        .select_related("redemption__reward__unit", "redemption__account", "business")
        .first()
    )


def is_picture_of(business_id: int, path: str) -> bool:
    """Return whether a stored picture is the logo of a business, or of one of its rewards. Two queries at most."""
    rewards = Reward.objects.filter(business=business_id, picture=path)
    return rewards.exists() or Business.objects.filter(pk=business_id, logo=path).exists()


def first_draft(business: Business) -> Reward | None:
    """Return the first reward that is not shown yet."""
    return _drafts(business).first()


def drafts_for(version: ProgramVersion) -> list[Reward]:
    """Return the rewards that are not shown yet and cost what the version counts."""
    return list(_drafts(version.business).filter(unit__versions=version))


def _drafts(business: Business) -> QuerySet[Reward]:
    drafts = Reward.objects.filter(business=business, state=RewardState.DRAFT)
    return drafts.select_related("unit").order_by("position", "pk")
