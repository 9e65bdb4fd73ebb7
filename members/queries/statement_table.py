"""A statement as the columns of a file: what a member may take away, and what the staff may besides."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from loyalty.engine.amounts import currency_digits, to_decimal
from loyalty.queries.movements import MovementRow

type Cell = str | int | Decimal | None


def heads(*, for_staff: bool) -> list[str]:
    """Return the heads of the columns, in the active language."""
    mine = [
        _("Number"), _("Unit"), _("Booked on"), _("Happened on"), _("Time"), _("Movement"), _("Why"), _("Change"),
        _("Balance"), _("Change of what is owed"), _("Purchase"), _("Receipt number"), _("Location"), _("Booking"),
    ]  # fmt: skip
    return mine + ([_("Door"), _("Staff"), _("Device"), _("Key")] if for_staff else [])


def lines(rows: Iterable[MovementRow], *, for_staff: bool) -> Iterator[list[Cell]]:
    """Yield movements as cells: numbers with the decimals of their unit, days as 2026-03-31 in the business's zone."""
    for row in rows:
        yield _mine(row) + (_theirs(row) if for_staff else [])


def _mine(row: MovementRow) -> list[Cell]:
    entry, posting, unit = row.entry, row.posting, row.entry.unit
    there = _clock(row.business.time_zone)
    sale = posting.sale
    paid = to_decimal(sale.total, digits=currency_digits(row.business.currency)) if sale else None
    return [
        entry.seq, unit.name, f"{there(posting.booked_at):%Y-%m-%d}", f"{there(posting.at):%Y-%m-%d}",
        f"{there(posting.at):%H:%M}", row.title, _why(row), to_decimal(entry.amount, digits=unit.decimals),
        to_decimal(entry.balance_after, digits=unit.decimals), to_decimal(entry.owed_change, digits=unit.decimals),
        paid, (sale.receipt or "") if sale else "", posting.location.name if posting.location else "",
        str(posting.public_id),
    ]  # fmt: skip


def _theirs(row: MovementRow) -> list[Cell]:
    posting = row.posting
    staff = posting.staff.display_name if posting.staff else ""
    return [str(posting.get_channel_display()), staff, posting.device, posting.key]


def _why(row: MovementRow) -> str:
    return " ".join(part for reason in row.why for part in (reason.title, *reason.steps))


def _clock(zone: str) -> Callable[[datetime], datetime]:
    info = ZoneInfo(zone)
    return lambda moment: moment.astimezone(info)
