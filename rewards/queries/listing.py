"""The catalogue and what was taken from it, as the staff see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from loyalty.models import Business, Unit
from loyalty.queries.keyset import Slice, newest_first
from rewards.models import Redemption, Reward, RewardState, VoucherState

PAGE = 25


@dataclass(frozen=True, slots=True)
class Listed:
    """A reward, and how often it was taken, undone ones left out."""

    reward: Reward
    taken: int


def rewards_in(business: Business, state: RewardState) -> list[Listed]:
    """Return the rewards of a state in the owner's order. One query."""
    rows = (
        Reward.objects.filter(business=business, state=state)
        .select_related("unit")
        .annotate(taken=Count("redemptions", filter=Q(redemptions__undone_at=None)))
        .order_by("position", "cost", "pk")
    )
    return [Listed(row, row.taken) for row in rows]


def counts(business: Business) -> Mapping[str, int]:
    """Return how many rewards there are in each state."""
    found = Reward.objects.filter(business=business).order_by().values_list("state").annotate(Count("pk"))
    return dict.fromkeys(RewardState.values, 0) | dict(found)


def units_of(business: Business, reward: Reward | None = None) -> list[Unit]:
    """Return the units that a reward may cost: what the live program or its draft counts, and what it costs now."""
    counted = Q(versions__state__in=["live", "draft"])
    return list(business.units.filter(counted | Q(pk=reward.unit_id) if reward else counted).distinct().order_by("pk"))


def redemptions(
    business: Business, *, state: VoucherState | None, today: date, before: str = "", after: str = ""
) -> Slice[Redemption]:
    """Return a page of redemptions, the newest first, of one state of their vouchers on the day, or of all."""
    rows = Redemption.objects.filter(business=business).select_related(
        "reward", "reward__unit", "account", "staff", "voucher"
    )
    found = newest_first(_in_state(rows, state, today), size=PAGE, before=before, after=after)
    for row in found.rows:
        row.business = business
    return found


def _in_state(rows: QuerySet[Redemption], state: VoucherState | None, today: date) -> QuerySet[Redemption]:
    run_out = Q(voucher__state=VoucherState.ISSUED, voucher__last_good_day__lt=today)
    match state:
        case None:
            return rows
        case VoucherState.ISSUED:
            return rows.filter(voucher__state=state).exclude(run_out)
        case VoucherState.EXPIRED:
            return rows.filter(Q(voucher__state=state) | run_out)
        case _:
            return rows.filter(voucher__state=state)
