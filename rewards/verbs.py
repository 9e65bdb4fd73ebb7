"""What the audited acts of this app are called."""

from django.utils.translation import gettext_lazy as _

from loyalty.activity import Topic, register
from rewards.models import Reward

REWARD = {
    "created": _("Reward added"),
    "changed": _("Reward changed"),
    "activated": _("Reward put into the catalogue"),
    "withdrawn": _("Reward taken out of the catalogue"),
    "archived": _("Reward archived"),
    "moved": _("Rewards put in another order"),
    "removed": _("Draft of a reward removed"),
    "redeemed": _("Reward redeemed"),
}

REDEMPTION = {"undone": _("Redemption undone"), "redone": _("Redemption restored")}
VOUCHER = {
    "used": _("Voucher used"),
    "put_back": _("Voucher good again"),
    "used_again": _("Voucher used after all"),
}

register("reward", Topic(_("Rewards"), "gift", REWARD, named=[Reward]))
register("redemption", Topic(_("Redemptions"), "ticket", REDEMPTION))
register("voucher", Topic(_("Vouchers"), "ticket", VOUCHER))
