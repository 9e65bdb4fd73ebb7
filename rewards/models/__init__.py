"""Tables of the catalogue and of what was taken from it."""

from rewards.models.catalogue import Reward, RewardIcon, RewardKind, RewardState
from rewards.models.redemptions import Redemption, Voucher, VoucherState

__all__ = ["Redemption", "Reward", "RewardIcon", "RewardKind", "RewardState", "Voucher", "VoucherState"]
