"""What was recorded lately, by which an unusual amount and a second recording are known."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F, Sum

from loyalty.engine.slips import RECENT, Earlier
from loyalty.models import Account, Business, Sale
from loyalty.queries.accounts import behind

_COLUMNS = (
    "key", "public_id", "total", "is_visit", "receipt", "account_id", "staff_id", "location_id", "recorded_at",
    "undone_at",
)  # fmt: skip


def earlier_sales(business: Business) -> list[Earlier]:
    """Return those of the latest RECENT sales of a business that stand, the newest first. One query, by an index."""
    rows = Sale.objects.filter(business=business).order_by("-at", "-pk").values_list(*_COLUMNS)[:RECENT]
    return [
        Earlier(key, public_id, total, is_visit, receipt or "", account, (staff, location), at)
        for key, public_id, total, is_visit, receipt, account, staff, location, at, undone_at in rows
        if undone_at is None
    ]


def bought_on(account: Account, day: date) -> int:
    """Return what an account, and those merged into it, bought on a day of the business, less what was refunded."""
    zone = ZoneInfo(account.business.time_zone)
    since, until = (datetime.combine(each, time(), zone) for each in (day, day + timedelta(days=1)))
    rows = Sale.objects.filter(account__in=behind([account.pk]), at__gte=since, at__lt=until, undone_at=None)
    return rows.aggregate(total=Sum(F("total") - F("refunded")))["total"] or 0
