"""What this app wants a business to have before it goes live, registered at start."""

from django.utils.translation import gettext_lazy as _

from loyalty import readiness
from loyalty.models import Business
from loyalty.readiness import Issue
from members.queries.notices import missing_facts


def notice_is_complete(business: Business) -> list[Issue]:
    """The privacy notice says who is responsible for the data, and where to reach them."""
    if not missing_facts(business):
        return []
    return [
        Issue(
            _("Complete the privacy notice with your address and contact."),
            "members:console-privacy",
            blocking=False,
            why=_("The law wants members to know who holds their data, and where to write."),
        )
    ]


def register() -> None:
    """Called when the app is ready."""
    readiness.register(notice_is_complete)
