"""What the audited acts of this app are called."""

from django.utils.translation import gettext_lazy as _

from loyalty.activity import Topic, register, tell
from members.models import Purpose
from members.queries import acts
from members.queries.notices import purpose_names

MEMBER = {
    "enrolled": _("Member enrolled"),
    "claimed": _("Membership claimed"),
    "card_attached": _("Card given to a member"),
    "changed": _("Profile changed"),
    "phone_confirmed": _("Phone number confirmed"),
    "phone_removed": _("Phone number removed"),
}
TILL = {
    "taken_over": _("Somebody else serves at the till"),
    "locked": _("Till locked"),
    "pin_refused": _("Wrong PIN at the till"),
}
PURPOSE = {
    "added": _("Purpose added"),
    "reworded": _("Words of a purpose changed"),
    "retired": _("Purpose retired"),
    "restored": _("Purpose in use again"),
    "use_named": _("Use of a purpose named"),
    "use_ended": _("Purpose used for nothing any more"),
    "agreed_listed": _("List of those who agreed taken away"),
}

register("till", Topic(_("Till"), "scan-line", TILL))
register("member", Topic(_("Members"), "user-plus", MEMBER))
register("consent", Topic(_("Consents"), "shield-check", {"recorded": _("Consent answered")}))
register("notice", Topic(_("Privacy notice"), "file-text", {"published": _("Privacy notice published")}))
register("purpose", Topic(_("Purposes"), "shield-check", PURPOSE, named=[Purpose], namers={Purpose: purpose_names}))

tell("redemption", acts.of_redemptions)
tell("voucher", acts.of_vouchers)
