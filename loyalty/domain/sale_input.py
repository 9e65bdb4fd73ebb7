"""What is handed in to be recorded as a sale, and what is handed back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from loyalty.engine.facts import LineFacts, SaleFacts
from loyalty.models import Posting, Sale, SaleSource


@dataclass(frozen=True, slots=True)
class LineInput:
    """One line of a receipt; amounts in smallest parts after discounts."""

    amount: int
    amount_before_tax: int
    item: str = ""
    name: str = ""
    category: str = ""
    quantity: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class SaleInput:
    """A purchase or visit to record. key makes the request safe to send again."""

    key: str
    at: datetime
    total: int
    total_before_tax: int
    source: SaleSource = SaleSource.COUNTER
    receipt: str = ""
    lines: Sequence[LineInput] = ()
    is_visit: bool = False
    paid_with_reward: int = 0

    def head(self) -> dict[str, Any]:
        """Return what of it the row of the sale keeps, by column."""
        return {
            "source": self.source.value, "receipt": self.receipt or None, "key": self.key, "is_visit": self.is_visit,
            "total": self.total, "total_before_tax": self.total_before_tax, "paid_with_reward": self.paid_with_reward,
            "at": self.at,
        }  # fmt: skip

    def facts(self, zone: ZoneInfo) -> SaleFacts:
        """Return the sale in the engine's terms, its moment in the business's time zone."""
        return SaleFacts(
            at=self.at.astimezone(zone),
            total=self.total,
            total_before_tax=self.total_before_tax,
            lines=tuple(
                LineFacts(
                    item=line.item,
                    category=line.category,
                    quantity=line.quantity,
                    amount=line.amount,
                    amount_before_tax=line.amount_before_tax,
                )
                for line in self.lines
            ),
            paid_with_reward=self.paid_with_reward,
            is_visit=self.is_visit,
        )

    def is_told_by(self, row: Sale) -> bool:
        """Return whether a recorded sale has this content; its moment may differ, as when a form is sent again."""
        lines = row.lines.order_by("pk").values_list("item", "category", "quantity_thousandths", "amount")
        told = (row.total, row.total_before_tax, row.receipt or "", row.is_visit, row.paid_with_reward, list(lines))
        given = [(line.item, line.category, int(line.quantity * 1000), line.amount) for line in self.lines]
        return told == (
            self.total, self.total_before_tax, self.receipt, self.is_visit, self.paid_with_reward, given
        )  # fmt: skip


@dataclass(frozen=True)
class Recorded:
    """A recorded sale and its posting, by their ids; no posting when nothing was earned. again: it was known before."""

    sale_id: int
    public_id: UUID
    total: int
    posting_id: int | None
    again: bool = False

    @cached_property
    def sale(self) -> Sale:
        """The sale, read from the books the first time that it is asked for."""
        return Sale.objects.select_related("business", "account").get(pk=self.sale_id)

    @cached_property
    def posting(self) -> Posting | None:
        """The posting, read likewise."""
        return Posting.objects.get(pk=self.posting_id) if self.posting_id else None
