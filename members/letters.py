"""What members are written by mail and SMS."""

from babel.lists import format_list
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from loyalty.domain.outbox import Letter
from loyalty.letters import written
from loyalty.models import Business
from loyalty.queries.explain import quantity_in_words
from loyalty.queries.reasons import day_in_words, locale
from members.queries.warnings import DueWarning


def code_by_mail(business: Business, code: str, language: str) -> Letter:
    """Return the mail with a code that proves an address; it advertises nothing."""
    with translation.override(language):
        subject = _("%(code)s is your code for %(business)s") % {"code": code, "business": business.name}
        return written("members/mail/code", subject, {"business": business, "code": code})


def code_by_sms(business: Business, code: str, language: str) -> Letter:
    """Return the SMS with a code that proves a phone number."""
    with translation.override(language):
        words = _("%(code)s is your code for %(business)s. It is good for ten minutes.")
        return Letter(body=words % {"code": code, "business": business.name})


def expiry_warning(warning: DueWarning) -> Letter:
    """Return the mail that tells a member what runs out, in the member's language; it advertises nothing."""
    member, business = warning.member, warning.member.business
    with translation.override(member.language or business.language):
        parts = [quantity_in_words(amount, unit, locale()) for unit, amount in warning.parts]
        words = {"what": format_list(parts, locale=locale()), "day": day_in_words(warning.last_good_day)}
        values = {
            "business": business,
            "day": warning.last_good_day,
            "parts": parts,
            "rewards": format_list(list(warning.rewards), locale=locale()) if warning.rewards else "",
            "url": settings.BASE_URL + reverse("members:dates", kwargs={"business": business.slug}),
        }
        return written("members/mail/expiry", _("%(what)s: good through %(day)s") % words, values)
