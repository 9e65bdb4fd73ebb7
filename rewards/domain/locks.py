"""Locks of the catalogue, taken after those of the account: reward stock first, then vouchers."""

from rewards.models import Reward, Voucher


def lock_reward(reward_id: int) -> Reward:
    """Lock a reward: from here on its stock, price and days stand still until the transaction ends."""
    return Reward.objects.select_for_update(of=("self",)).select_related("business", "unit").get(pk=reward_id)


def lock_voucher(voucher_id: int) -> Voucher:
    """Lock a voucher: from here on nobody else uses or cancels it."""
    return Voucher.objects.select_for_update(of=("self",)).select_related("business").get(pk=voucher_id)
