"""What a plain award of a purchase writes: the content of every column, by name."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from loyalty.domain.actors import Actor
from loyalty.domain.ledger.booking import PlainLine, around_sale
from loyalty.models import PostingKind


@dataclass(frozen=True, slots=True)
class Booked:
    """What the database has numbered."""

    sale: int
    posting: int


@dataclass(frozen=True, slots=True)
class Purchase:
    """A purchase or visit of an account and what it earns: a line for each unit, at least one, each with an amount.

    head has the columns of the sale that its input decides; version is the program by which the lines were reckoned;
    at is the moment of recording.
    """

    business_id: int
    account_id: int
    head: Mapping[str, Any]
    lines: Sequence[PlainLine]
    version: UUID
    by: Actor
    at: datetime
    public_id: UUID = field(default_factory=uuid4)
    posting_id: UUID = field(default_factory=uuid4)

    @property
    def kind(self) -> PostingKind:
        return PostingKind.VISIT if self.head["is_visit"] else PostingKind.PURCHASE

    def values(self) -> dict[str, Any]:
        """Return the value of each :name in the statements of the rows."""
        by = self.by
        before, after = around_sale(self.kind, self.account_id, self.lines)
        values = {
            **self.head,
            "business_id": self.business_id,
            "account_id": self.account_id,
            "location_id": by.location.pk if by.location else None,
            "staff_id": by.staff.pk if by.staff else None,
            "user_id": by.user.pk if by.user else None,
            "channel": by.channel.value,
            "device": by.device,
            "recorded_at": self.at,
            "version": self.version,
            "public_id": self.public_id,
            "posting_id": self.posting_id,
            "before": before,
            "after": after,
            "kind": self.kind.value,
            "data": json.dumps({"total": self.head["total"]}),
        }
        for number, line in enumerate(self.lines):
            values[f"unit{number}"] = line.unit_id
            values[f"amount{number}"] = line.amount
            values[f"since{number}"] = line.since
            values[f"until{number}"] = line.until
            values[f"why{number}"] = line.why
        return values
