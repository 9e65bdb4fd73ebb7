"""Tables of the catalogue and of what was taken from it."""

from rewards.models.catalogue import Reward, RewardIcon, RewardKind, RewardState
from rewards.models.redemptions import Redemption, RedemptionUndo, Voucher, VoucherState

__all__ = [
    "Redemption", "RedemptionUndo", "Reward", "RewardIcon", "RewardKind", "RewardState", "Voucher", "VoucherState",
]  # fmt: skip
