"""Telling members by mail what runs out: a service of the membership, once for each last day, never at night."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from loyalty.domain import outbox
from loyalty.domain.outbox import Letter
from loyalty.models import Business, MessagePriority
from members.models import ExpiryWarning
from members.queries.warnings import DueWarning, due_warnings

DAYTIME = range(9, 20)
"""The hours, by the clock of the business, in which members are written to."""


def warn_due(*, business: Business, write: Callable[[DueWarning], Letter], at: datetime) -> int:
    """Queue a mail for each member and each last day ahead of which they were not told yet; return how many.

    Each is its own short transaction, so the job can be killed and run again, run late, or run twice at once. At night
    none is written: the morning's run does it.
    """
    if at.astimezone(ZoneInfo(business.time_zone)).hour not in DAYTIME:
        return 0
    return sum(_warn(warning, write, at) for warning in due_warnings(business, at))


@transaction.atomic
def _warn(warning: DueWarning, write: Callable[[DueWarning], Letter], at: datetime) -> bool:
    """Queue one mail, unless another run was faster."""
    member = warning.member
    _row, fresh = ExpiryWarning.objects.get_or_create(
        member=member, last_good_day=warning.last_good_day, defaults={"at": at}
    )
    if fresh:
        outbox.queue(
            business=member.business,
            recipient=member.email,
            letter=write(warning),
            purpose="expiry.warning",
            at=at,
            priority=MessagePriority.BULK,
        )
    return fresh
