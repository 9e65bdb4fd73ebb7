"""The mails of this app, written in the language of whom they are for."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from loyalty.domain.outbox import Letter
from loyalty.models import Invitation


def invitation(row: Invitation, token: str) -> Letter:
    """Write the mail that invites somebody to the staff, in the language of the business."""
    with translation.override(row.business.language):
        context = {
            "business": row.business,
            "invitation": row,
            "language": row.business.language,
            "url": settings.BASE_URL + reverse("loyalty:invitation", kwargs={"token": token}),
        }
        return Letter(
            subject=_("%(business)s invites you to the team") % {"business": row.business.name},
            body=render_to_string("loyalty/mail/invitation.txt", context),
            html=render_to_string("loyalty/mail/invitation.html", context),
        )
