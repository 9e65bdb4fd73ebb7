"""Random files leave the very rows, in every column, that a till leaves which records receipt after receipt."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.domain import ledger, sales
from loyalty.domain.accounts import open_account
from loyalty.domain.actors import Actor
from loyalty.domain.ledger import Booking
from loyalty.domain.program import RuleDraft
from loyalty.domain.sale_input import LineInput, SaleInput
from loyalty.engine.facts import CustomerFacts
from loyalty.models import (
    Account,
    Balance,
    Channel,
    Entry,
    EntryKind,
    Lot,
    LotUse,
    Posting,
    PostingKind,
    RuleUse,
    Sale,
    SaleLine,
    SaleSource,
)
from tests.loyalty.imports import NOW, Desk, faults, open_desk, table
from tests.loyalty.written import Dump, dump

pytestmark = pytest.mark.django_db

WRITTEN = (Sale, SaleLine, Posting, Entry, Lot, LotUse, Balance, RuleUse)
ZONE = ZoneInfo("Europe/Berlin")
START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
CUSTOMERS = ("", "c1", "c2", "owing", "gone")
PROGRAMS = {
    "one rule": [RuleDraft("points", "1 per 1.00", "purchase", "per_amount", 1, per_amount=100)],
    "by total": [
        RuleDraft("points", "3 per 2.50", "purchase", "per_amount", 3, per_amount=250, fields={"whole_steps": True}),
        RuleDraft("points", "A visit", "visit", "flat", 2, fields={"minimum": 800}),
    ],
    "by goods": [
        RuleDraft("points", "Tea", "purchase", "per_item", 2, fields={"included_items": ["tea"]}),
        RuleDraft("points", "1 per 3.00", "purchase", "per_amount", 1, per_amount=300),
    ],
    "limited": [
        RuleDraft("points", "p", "purchase", "per_amount", 1, per_amount=100, fields={"limit_per_day": 15}),
    ],
}  # fmt: skip
UNITS = ({}, {"expiry": "months", "expiry_count": 12, "hold_days": 3, "rounding": "half_up"})


class Bought(NamedTuple):
    """A receipt: minutes after START, who, and item, quantity and cents of each line."""

    minutes: int
    customer: str
    lines: list[tuple[str, int, int]]

    @property
    def at(self) -> datetime:
        return START + timedelta(minutes=self.minutes)

    @property
    def total(self) -> int:
        return sum(quantity * price for _, quantity, price in self.lines)


lines = st.tuples(st.sampled_from(["tea", "cup"]), st.integers(1, 3), st.integers(-300, 2000).filter(bool))
receipts = st.builds(
    Bought, st.integers(0, 4 * 24 * 60), st.sampled_from(CUSTOMERS), st.lists(lines, min_size=1, max_size=3)
)


def desk_of(program: str, unit: dict) -> Desk:
    """A shop whose customers are there already: one owes, one has left."""
    desk = open_desk(*PROGRAMS[program], **unit)
    accounts = {
        number: open_account(business=desk.role.business, at=START, customer_number=number) for number in CUSTOMERS[1:]
    }
    booking = Booking(accounts["owing"], "given", PostingKind.GIFT, START, START, desk.by)
    given = ledger.award(booking, [ledger.AwardLine(desk.unit, 70)])
    ledger.spend(
        Booking(accounts["owing"], "spent", PostingKind.REDEMPTION, START, START, desk.by), unit=desk.unit, amount=70,
        why={},
    )  # fmt: skip
    ledger.reverse(Booking(accounts["owing"], "undone", PostingKind.UNDO, START, START, desk.by, reverses=given))
    Account.objects.filter(pk=accounts["gone"].pk).update(closed_at=START)
    return desk


def by_file(desk: Desk, bought: list[Bought]) -> datetime:
    """Import a file of the receipts; return when it was booked."""
    rows = [
        f"R{n},{each.at.astimezone(ZONE):%Y-%m-%d %H:%M},{each.customer},{item},,{count},{Decimal(price) / 100}"
        for n, each in enumerate(bought)
        for item, count, price in each.lines
    ]
    desk.run(table(*rows))
    return Sale.objects.values_list("recorded_at", flat=True).last() or NOW


def by_till(desk: Desk, bought: list[Bought], at: datetime) -> None:
    """Record the receipts one by one as they happened."""
    by = Actor(Channel.IMPORT, desk.role.user, desk.role)
    open_to = {number: desk.account(number) for number in CUSTOMERS[1:-1]}
    in_order = sorted(enumerate(bought), key=lambda numbered: (numbered[1].at, numbered[0]))
    for n, each in in_order:
        if each.total < 0:
            continue
        sale = SaleInput(
            key=f"import:R{n}", at=each.at, total=each.total, total_before_tax=each.total, receipt=f"R{n}",
            source=SaleSource.IMPORT,
            lines=[LineInput(count * price, count * price, item, "", "", Decimal(count))
                   for item, count, price in each.lines],
        )  # fmt: skip
        sales.record(
            business=desk.role.business, account=open_to.get(each.customer), sale=sale, by=by, at=at,
            customer=CustomerFacts(),
        )  # fmt: skip


def rows() -> Dump:
    """Every row, but for what the number of the sale decides, which is proven here."""
    for posting in Posting.objects.filter(kind=PostingKind.PURCHASE).select_related("account", "sale"):
        assert posting.key == f"sale:{posting.sale_id}"
        lots = [entry.lot for entry in posting.entries.filter(kind=EntryKind.AWARD).order_by("pk")]
        content = [
            ledger.AwardLine(lot.unit, lot.amount, lot.last_good_day, first_good_day=lot.first_good_day).content
            for lot in lots
        ]
        booking = Booking(
            posting.account, posting.key, PostingKind.PURCHASE, posting.at, posting.booked_at, Actor(Channel.IMPORT),
            sale=posting.sale,
        )  # fmt: skip
        assert posting.fingerprint == booking.fingerprint(content)
    found = dump(WRITTEN)
    left_out = {"Sale": ["batch"], "Posting": ["key", "fingerprint"], "Balance": ["id"]}
    for name, columns in left_out.items():
        for row in found[name]:
            for column in columns:
                del row[column]
    found["Balance"].sort(key=repr)
    return found


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("unit", UNITS)
def test_a_file_leaves_what_a_till_leaves(program: str, unit: dict) -> None:
    desk = desk_of(program, unit)

    @settings(max_examples=10)
    @given(st.lists(receipts, min_size=1, max_size=8).filter(lambda found: any(each.total >= 0 for each in found)))
    def compare(bought: list[Bought]) -> None:
        with transaction.atomic():
            at = by_file(desk, bought)
            together = rows()
            transaction.set_rollback(True)
        with transaction.atomic():
            by_till(desk, bought, at)
            assert rows() == together
            transaction.set_rollback(True)

    compare()


def test_the_books_add_up_whatever_the_program() -> None:
    bought = [Bought(n * 700, customer, [("tea", 2, 750 + n), ("cup", 1, 99)]) for n, customer in enumerate(CUSTOMERS)]
    for program in PROGRAMS:
        with transaction.atomic():
            by_file(desk_of(program, UNITS[1]), bought * 2)
            assert faults() == []
            transaction.set_rollback(True)


def test_the_comparison_notices_a_difference() -> None:
    desk = desk_of("one rule", {})
    with transaction.atomic():
        at = by_file(desk, [Bought(0, "c1", [("tea", 1, 500)])])
        together = rows()
        transaction.set_rollback(True)
    by_till(desk, [Bought(0, "c1", [("tea", 1, 600)])], at)
    assert rows() != together
