"""What this app asks of a business before it goes live."""

from django.utils.translation import gettext_lazy as _

from loyalty.models import Business
from loyalty.queries.program import draft_version, live_version
from loyalty.readiness import Issue


def has_a_rule(business: Business) -> list[Issue]:
    """Ask for a program with an earning rule."""
    version = draft_version(business) or live_version(business)
    if version and version.rules.exists():
        return []
    why = _("Without one, customers would earn nothing.")
    return [Issue(_("Add a rule that says what customers earn."), "loyalty:program", blocking=True, why=why)]


def can_be_reached(business: Business) -> list[Issue]:
    """Ask for an address that customers can write to."""
    if business.contact_email:
        return []
    why = _("Customers have a right to know whom to ask about their data.")
    return [Issue(_("Say how customers reach you."), "loyalty:settings", blocking=True, why=why)]


def has_a_logo(business: Business) -> list[Issue]:
    """Advise a logo."""
    if business.logo:
        return []
    why = _("It is on the members' card, the poster and every mail.")
    return [Issue(_("Add your logo."), "loyalty:settings-look", blocking=False, why=why)]


CHECKS = (has_a_rule, can_be_reached, has_a_logo)
