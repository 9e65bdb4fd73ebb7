"""A shop that imports files, as an owner with a background worker would."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from django.db.models import Model

from loyalty.domain import imports
from loyalty.domain.actors import Actor
from loyalty.domain.program import RuleDraft
from loyalty.engine.imports import columns
from loyalty.engine.imports.rows import Choices
from loyalty.models import (
    Account,
    Balance,
    BatchState,
    Business,
    Channel,
    Entry,
    ImportBatch,
    Refund,
    Sale,
    SaleLine,
    StaffRole,
    Unit,
)
from loyalty.queries.import_files import sample
from loyalty.queries.verify import verify
from tests.loyalty.books import set_rule
from tests.world import make_user, open_shop

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
NAMES = "Receipt,Date,Customer,Item,Description,Quantity,Price"


@dataclass
class Desk:
    """A shop with "1 point per 1.00", and its owner at the import page."""

    role: StaffRole
    seconds: int = -1

    @property
    def by(self) -> Actor:
        return Actor(Channel.CONSOLE, self.role.user, self.role)

    def clock(self) -> datetime:
        self.seconds += 1
        return NOW + timedelta(seconds=self.seconds)

    def upload(self, content: str | bytes, name: str = "sales.csv") -> ImportBatch:
        """Keep a file and have its head read."""
        stream = io.BytesIO(content.encode() if isinstance(content, str) else content)
        batch = imports.upload(
            business=self.role.business, key=uuid4(), content=stream, name=name, by=self.by, at=self.clock()
        )
        self.work(batch)
        return batch

    def check(self, content: str | bytes, **choices: object) -> ImportBatch:
        """Upload a file, take the guess at its columns, and have it checked."""
        batch = self.upload(content)
        head = sample(batch)
        guessed = columns.guess(head.names, head.cells[:100])
        imports.choose(batch=batch, columns=guessed, choices=Choices(**choices), by=self.by, at=self.clock())
        self.work(batch)
        return batch

    def start(self, content: str | bytes, **choices: object) -> ImportBatch:
        """Have a file checked and start it; nothing is booked yet."""
        batch = self.check(content, **choices)
        assert batch.state == BatchState.READY, batch.error
        imports.start(batch=batch, by=self.by, at=self.clock())
        batch.refresh_from_db()
        return batch

    def run(self, content: str | bytes, **choices: object) -> ImportBatch:
        """Import a file to its end."""
        batch = self.start(content, **choices)
        self.work(batch)
        assert batch.state == BatchState.DONE, batch.error
        return batch

    def step(self, batch: ImportBatch) -> bool:
        more = imports.step(batch_id=batch.pk, clock=self.clock)
        batch.refresh_from_db()
        return more

    def work(self, batch: ImportBatch) -> None:
        """Be the worker until there is nothing to do for the batch."""
        while imports.step(batch_id=batch.pk, clock=self.clock):
            pass
        batch.refresh_from_db()

    def undo(self, batch: ImportBatch) -> None:
        imports.undo(batch=batch, by=self.by, at=self.clock())
        self.work(batch)
        assert batch.state == BatchState.UNDONE

    @property
    def unit(self) -> Unit:
        return self.role.business.units.get(code="points")

    def points(self, customer: str) -> int:
        account = Account.objects.get(business=self.role.business, customer_number=customer)
        balance = Balance.objects.filter(account=account, unit=self.unit).first()
        return balance.amount if balance else 0

    def account(self, customer: str) -> Account:
        return Account.objects.get(business=self.role.business, customer_number=customer)

    def sales(self) -> list[tuple[str | None, str | None, int]]:
        """Receipt, customer and total of all sales that stand, as they happened."""
        rows = Sale.objects.filter(business=self.role.business, undone_at=None).order_by("at", "pk")
        return list(rows.values_list("receipt", "account__customer_number", "total"))

    def refunds(self) -> list[tuple[str, str | None, int]]:
        """Receipt, receipt of the purchase and amount of all refunds that stand."""
        rows = Refund.objects.filter(business=self.role.business, undone_at=None).order_by("pk")
        return list(rows.values_list("receipt", "sale__receipt", "amount"))


def open_desk(*rules: object, slug: str = "desk", **unit: object) -> Desk:
    role = open_shop(make_user(f"ida-{slug}"), "Desk", slug, zone="Europe/Berlin")
    if rules or unit:
        set_rule(role, *rules, **unit)
    else:
        set_rule(role, RuleDraft("points", "1 per 1.00", "purchase", "per_amount", 1, per_amount=100))
    return Desk(role)


def table(*rows: str) -> str:
    """Rows of the usual columns: receipt, date, customer, item, description, quantity, price."""
    return "\n".join([NAMES, *rows]) + "\n"


FILE = table(
    "A1,2026-01-05 09:00,c1,tea,Green tea,2,3.50",
    "A1,2026-01-05 09:00,c1,cup,Cup,1,12.00",
    "A2,2026-01-06 10:00,,tea,Green tea,1,3.50",
    "A3,2026-01-07 11:00,c2,tea,Green tea,10,3.35",
    "A4,2026-01-08 12:00,c1,jug,Jug,1,0.99",
)


def faults() -> list[str]:
    """All that is wrong with the books, of all businesses."""
    return [fault for finding in verify() for fault in finding.faults]


def booked(business: Business | None = None) -> dict[str, list[tuple[object, ...]]]:
    """All that imports have booked, of one business or of all, without ids and the time of booking."""

    def rows(model: type[Model], path: str, *columns: str, **only: object) -> list[tuple[object, ...]]:
        found = model.objects.filter(**only, **({path: business} if business else {}))
        return sorted(found.values_list(*columns), key=repr)

    return {
        "accounts": rows(Account, "business", "customer_number", "opened_at", "closed_at"),
        "sales": rows(
            Sale, "business", "receipt", "key", "account__customer_number", "total", "refunded", "at", "source",
            undone_at=None,
        ),
        "lines": rows(
            SaleLine, "sale__business", "sale__key", "item", "name", "category", "quantity_thousandths", "amount",
            "amount_before_tax", "returned_thousandths", sale__undone_at=None,
        ),
        "refunds": rows(Refund, "business", "key", "receipt", "sale__key", "amount", "at", undone_at=None),
        "entries": rows(
            Entry, "business", "account__customer_number", "unit__code", "seq", "kind", "amount", "owed_change",
            "balance_after", "at", "lot__remaining", "lot__last_good_day",
        ),
        "balances": rows(
            Balance, "account__business", "account__customer_number", "unit__code", "amount", "owed", "awarded_total",
            "spent_total", "last_seq", "last_activity_at",
        ),
    }  # fmt: skip
