"""The mails of this app, and how every mail is written: from two templates, in the language of whom it is for."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from loyalty.domain.outbox import Letter
from loyalty.models import Invitation

LONGEST_SUBJECT = 200


def written(template: str, subject: str, context: Mapping[str, Any]) -> Letter:
    """Return a mail from <template>.txt and <template>.html in the language that is active.

    The subject becomes one line of at most 200 characters; the templates have it as "subject", and the "language".
    """
    line = " ".join(subject.split())[:LONGEST_SUBJECT]
    values = {"subject": line, "language": get_language() or settings.LANGUAGE_CODE, **context}
    return Letter(
        subject=line,
        body=render_to_string(f"{template}.txt", values),
        html=render_to_string(f"{template}.html", values),
    )


def invitation(row: Invitation, token: str) -> Letter:
    """Write the mail that invites somebody to the staff, in the language of the business."""
    with translation.override(row.business.language):
        subject = _("%(business)s invites you to the team") % {"business": row.business.name}
        url = settings.BASE_URL + reverse("loyalty:invitation", kwargs={"token": token})
        context = {"business": row.business, "invitation": row, "url": url}
        return written("loyalty/mail/invitation", subject, context)
