"""The recurring jobs of this app, registered at start."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from loyalty import schedule
from loyalty.engine.days import local_day
from loyalty.models import Business
from loyalty.schedule import JobSpec
from rewards.domain import vouchers


def expire_vouchers(at: datetime) -> Mapping[str, Any]:
    """Close vouchers whose last good day has passed, in every business by its own calendar."""
    expired = sum(
        vouchers.expire(business=business, today=local_day(at, business.time_zone), at=at)
        for business in Business.objects.order_by("pk")
    )
    return {"vouchers": expired}


def register() -> None:
    """Called when the app is ready."""
    schedule.register(JobSpec("expire-vouchers", _("Let vouchers expire"), timedelta(minutes=15), expire_vouchers))
