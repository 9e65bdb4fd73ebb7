"""Reading imports: a business's batches, and what of a file is in the books already."""

import json
from collections.abc import Collection, Iterable
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from django.db import connection
from django.db.models import F, QuerySet
from django.shortcuts import get_object_or_404

from loyalty.engine import codes
from loyalty.engine.imports.files import FileFormat
from loyalty.models import Account, Business, ImportBatch, Refund, Sale, SaleLine, SaleSource
from loyalty.models.lookups import array
from loyalty.queries.accounts import ends_of


def key_of(number: str, part: int = 1) -> str:
    """Return the key under which a receipt of a file is booked; a return may have several parts."""
    return f"import:{number}" if part == 1 else f"import:{number}/{part}"


def stage_path(batch: ImportBatch) -> Path:
    """Return where the stage of a batch lies: beside its file."""
    return Path(f"{batch.file.path}.stage")


def file_format(batch: ImportBatch) -> FileFormat:
    """Return how the file of a batch is read."""
    return FileFormat.from_json(batch.format)


def known_sales(business: Business, numbers: Collection[str], *, numbered: bool) -> dict[str, int]:
    """Return the receipts that are booked, with their totals: from a file or, by their number, at the counter."""
    found = _totals(business, "key", [key_of(number) for number in numbers])
    known = {key.removeprefix("import:"): total for key, total in found.items()}
    return known | _totals(business, "receipt", numbers, also="undone_at IS NULL") if numbered else known


_TOTALS = {
    "postgresql": """SELECT found.* FROM unnest(%s::text[]) AS wanted CROSS JOIN LATERAL (
        SELECT {column}, total FROM loyalty_sale
        WHERE {column} = wanted AND business_id = %s AND {also} LIMIT 1) AS found""",
    "sqlite": """SELECT sale.{column}, sale.total FROM json_each(%s) AS wanted CROSS JOIN loyalty_sale AS sale
        WHERE sale.{column} = wanted.value AND business_id = %s AND {also}""",
}
"""One look into the index for each: a planner that has not counted the rows yet would read all of the business."""


def _totals(business: Business, column: str, wanted: Collection[str], also: str = "TRUE") -> dict[str, int]:
    """Return the totals of the sales that have one of some texts in a column which no two of them share."""
    sql = _TOTALS[connection.vendor].format(column=column, also=also)
    given = json.dumps(list(wanted)) if connection.vendor == "sqlite" else array(wanted)
    with connection.cursor() as cursor:
        cursor.execute(sql, [given, business.pk])
        return dict(cursor.fetchall())


def known_returns(business: Business, numbers: Iterable[str]) -> set[str]:
    """Return which of the returns are booked."""
    found = Refund.objects.filter(business=business, key__among=[key_of(number) for number in numbers])
    return {key.removeprefix("import:") for key in found.values_list("key", flat=True)}


def account_numbers(business: Business, numbers: Collection[str]) -> dict[str, int]:
    """Return the accounts that these numbers lead to, by customer number or card code."""
    written = {code: number for number in numbers if (code := _card_code(number))}
    by_code = Account.objects.filter(business=business, card_code__among=written)
    by_number = Account.objects.filter(business=business, customer_number__among=numbers)
    found = {written[code]: account for code, *account in by_code.values_list("card_code", "pk", "merged_into_id")}
    found |= {str(number): of for number, *of in by_number.values_list("customer_number", "pk", "merged_into_id")}
    merged = ends_of([pk for pk, into in found.values() if into is not None])
    return {number: merged.get(pk, pk) for number, (pk, _) in found.items()}


@lru_cache(maxsize=20_000)
def _card_code(number: str) -> str:
    """Return the card code that a customer number may be; empty where it is none. Customers come again and again."""
    code = codes.normalise(number)
    return code if codes.is_valid(code) else ""


def count_customers(business: Business, numbers: Collection[str]) -> int:
    """Return how many of the customers have an account."""
    return len(account_numbers(business, numbers))


def lines_still_bought(accounts: Collection[int], items: Collection[str]) -> QuerySet[SaleLine]:
    """Return the lines of imported purchases of these goods that were not returned in full, the latest first."""
    return (
        SaleLine.objects.filter(
            sale__account__in=accounts, sale__source=SaleSource.IMPORT, sale__undone_at=None, item__in=items
        )
        .filter(amount__gte=0, returned_thousandths__lt=F("quantity_thousandths"))
        .select_related("sale")
        .order_by("-sale__at", "-pk")
    )


def batch_at(business: Business, public_id: UUID) -> ImportBatch:
    """Return one import of the business, or raise Http404."""
    batches = ImportBatch.objects.select_related("business", "staff__user")
    return get_object_or_404(batches, business=business, public_id=public_id)


def latest(business: Business) -> list[ImportBatch]:
    """Return the latest imports of the business, the newest first."""
    found = ImportBatch.objects.filter(business=business).select_related("staff__user").defer("sample", "report")
    return list(found.order_by("-uploaded_at", "-pk")[:50])


def standing_sales(batch: ImportBatch) -> int:
    """Return how many purchases an undo of the batch would take back."""
    return Sale.objects.filter(batch=batch, undone_at=None).count()
