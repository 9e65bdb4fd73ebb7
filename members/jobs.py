"""The recurring jobs of this app, registered at start."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from loyalty import schedule
from loyalty.models import Business
from loyalty.schedule import HEAVY, JobSpec
from members import letters
from members.domain import consent, contact, warnings


def forget_origins(at: datetime) -> Mapping[str, Any]:
    """Shorten where old answers came from."""
    return {"answers": consent.forget_origins(at=at)}


def clean_codes(at: datetime) -> Mapping[str, Any]:
    """Throw away the codes that proved addresses."""
    return {"codes": contact.clean(at=at)}


def warn_of_expiry(at: datetime) -> Mapping[str, Any]:
    """Tell members what runs out, in every business as many days before as it wants."""
    open_now = Business.objects.filter(closed_at=None).order_by("pk")
    mails = (warnings.warn_due(business=business, write=letters.expiry_warning, at=at) for business in open_now)
    return {"mails": sum(mails)}


def register() -> None:
    """Called when the app is ready."""
    schedule.register(
        JobSpec("forget-origins", _("Shorten the addresses of old answers"), timedelta(hours=1), forget_origins),
        JobSpec("warn-of-expiry", _("Tell members what runs out"), timedelta(hours=1), warn_of_expiry, HEAVY),
        JobSpec("clean-codes", _("Throw away used codes"), timedelta(minutes=5), clean_codes),
    )
