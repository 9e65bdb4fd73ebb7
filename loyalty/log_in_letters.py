"""What people are written about their own log-in. These letters advertise nothing and name no network address."""

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from loyalty.domain.outbox import Letter
from loyalty.models import User
from loyalty.queries.people import Manner, manner_of


def fresh_code(user: User, code: str) -> Letter:
    """Write the mail with a code that proves a log-in afresh."""
    manner = manner_of(user)
    with translation.override(manner.language):
        return _letter("fresh_code", manner, _("%(code)s is your code for Regulars") % {"code": code}, code=code)


def _letter(name: str, manner: Manner, subject: str, **context: object) -> Letter:
    """Return a letter from its two templates, in the language that is active."""
    values = {"subject": " ".join(subject.split()), "language": manner.language, **context}
    return Letter(
        subject=str(values["subject"])[:200],
        body=render_to_string(f"loyalty/mail/{name}.txt", values),
        html=render_to_string(f"loyalty/mail/{name}.html", values),
    )
