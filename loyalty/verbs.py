"""What the audited acts of this app are called."""

from collections.abc import Collection, Mapping

from django.utils.translation import gettext_lazy as _

from loyalty.activity import Topic, register
from loyalty.models import (
    Bonus,
    Business,
    EarningRule,
    ImportBatch,
    Invitation,
    Location,
    PolicyReturn,
    ProgramVersion,
    SharedTill,
    StaffRole,
    Unit,
    UnitPolicy,
)

BUSINESS = {"opened": _("Business opened"), "changed": _("Details of the business changed")}
STAFF = {
    "invited": _("Invitation sent"),
    "invited_again": _("Invitation sent again"),
    "invitation_withdrawn": _("Invitation withdrawn"),
    "added": _("Joined the team"),
    "changed": _("Name or location changed"),
    "role_changed": _("Role changed"),
    "removed": _("Removed from the team"),
    "left": _("Left the team"),
    "taken_back": _("Taken back into the team"),
    "pin_set": _("PIN set"),
    "pin_reset": _("PIN taken away"),
}
LOCATION = {
    "added": _("Location added"),
    "changed": _("Location changed"),
    "closed": _("Location closed"),
    "reopened": _("Location opened again"),
}
SHARED_TILL = {
    "paired": _("Shared device paired"),
    "changed": _("Shared device changed"),
    "ended": _("Shared device removed"),
}
PROGRAM = {
    "drafted": _("Program drafted"),
    "renamed": _("Program renamed"),
    "discarded": _("Draft of the program thrown away"),
    "went_live": _("Program went live"),
    "rule_added": _("Earning rule added"),
    "rule_changed": _("Earning rule changed"),
    "rule_removed": _("Earning rule removed"),
    "unit_changed": _("Points or stamps changed"),
    "unit_removed": _("Points or stamps removed"),
    "change_called_off": _("Announced change called off"),
}
EXPIRY = {
    "reinstated": _("What ran out was given again"),
    "change": _("Expiry changed from a day on"),
    "returned": _("What a change of expiry took was given back"),
}
SALE = {
    "recorded": _("Purchase recorded"),
    "allowed": _("Purchase above the limit allowed"),
    "undone": _("Purchase undone"),
    "refunded": _("Purchase refunded"),
    "moved": _("Purchase moved to another customer"),
}
ACCOUNT = {"merged": _("Two accounts merged"), "parted": _("Merge of two accounts undone"), "closed": _("Card closed")}
ADJUSTMENT = {
    "asked": _("Adjustment asked for"),
    "booked": _("Adjustment booked"),
    "refused": _("Adjustment refused"),
    "withdrawn": _("Adjustment withdrawn"),
    "limits_changed": _("Limits of adjustments changed"),
}
IMPORT = {
    "uploaded": _("File uploaded"),
    "file_removed": _("File of an import removed"),
    "checked": _("File checked"),
    "discarded": _("File thrown away"),
    "started": _("Import started"),
    "cancelled": _("Import cancelled"),
    "resumed": _("Import resumed"),
    "finished": _("Import finished"),
    "undo_started": _("Undoing an import started"),
    "undone": _("Import undone"),
}


def _units_of(ids: Collection[str]) -> Mapping[str, str]:
    rows = UnitPolicy.objects.filter(pk__in=list(ids)).values_list("pk", "unit__name")
    return {str(pk): name for pk, name in rows}


NAMED = [UnitPolicy, PolicyReturn]
register("expiry", Topic(_("Expiry"), "hourglass", EXPIRY, named=NAMED, namers={UnitPolicy: _units_of}))
register("debt", Topic(_("Debts"), "rotate-ccw", {"forgiven": _("Debt forgiven")}))
register("ledger", Topic(_("Ledger"), "rotate-ccw", {"rebuilt": _("Balances mended from the rows")}))
register("message", Topic(_("Messages"), "send", {"tried_again": _("Message sent again")}))
register("sale", Topic(_("Purchases"), "shopping-bag", SALE))
register("account", Topic(_("Accounts"), "credit-card", ACCOUNT))
register("adjustment", Topic(_("Adjustments"), "pencil", ADJUSTMENT))
register("program", Topic(_("Program"), "target", PROGRAM, named=[ProgramVersion, EarningRule, Bonus, Unit]))
register("staff", Topic(_("Team"), "users", STAFF, named=[StaffRole, Invitation]))
register("location", Topic(_("Locations"), "map-pin", LOCATION, named=[Location]))
register("shared_till", Topic(_("Shared devices"), "smartphone", SHARED_TILL, named=[SharedTill]))
register("business", Topic(_("Business"), "store", BUSINESS, named=[Business]))
register("import", Topic(_("Imports"), "file-up", IMPORT, named=[ImportBatch]))
