"""Takings of rewards by the id that pages and links name them by, and what a posting took."""

from collections.abc import Collection
from uuid import UUID

from django.shortcuts import get_object_or_404

from loyalty.models import Account, Business
from loyalty.queries.accounts import family_of
from rewards.models import Redemption, Reward, Voucher


def reward_at(business: Business, public_id: UUID) -> Reward:
    """Return a reward of the business, whatever its state, or raise Http404."""
    return get_object_or_404(Reward.objects.select_related("unit", "business"), business=business, public_id=public_id)


def voucher_of(account: Account, public_id: UUID) -> Voucher:
    """Return a voucher of the account, or of any merged into it, with its reward, or raise Http404."""
    rows = Voucher.objects.select_related("redemption__reward__unit", "redemption__account__business", "business")
    return get_object_or_404(rows, redemption__account__in=family_of(account), public_id=public_id)


def redemption_at(business: Business, public_id: UUID) -> Redemption:
    """Return a redemption of the business with its reward, or raise Http404."""
    rows = Redemption.objects.select_related("reward__unit", "account", "voucher", "business")
    return get_object_or_404(rows, business=business, public_id=public_id)


def reward_names(posting_ids: Collection[int]) -> dict[int, str]:
    """Return the name of the reward that each of these postings took, by the posting's primary key. One query."""
    return dict(Redemption.objects.filter(posting__in=posting_ids).values_list("posting", "reward__name"))
