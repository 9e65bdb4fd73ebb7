"""An import from upload to undo: what is booked, once, whatever happens in between."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from loyalty.domain import imports, sales
from loyalty.domain.accounts import open_account
from loyalty.domain.imports import purchases, steps
from loyalty.domain.program import RuleDraft
from loyalty.domain.sale_input import LineInput, SaleInput
from loyalty.engine.facts import CustomerFacts
from loyalty.models import Account, AuditEvent, BatchState, Entry, Posting, Sale, SaleLine, SaleSource
from tests.loyalty.books import set_rule
from tests.loyalty.imports import FILE, NOW, Desk, booked, faults, open_desk, table
from tests.world import make_user, open_shop

pytestmark = pytest.mark.django_db


def test_nothing_is_booked_before_it_is_started(desk: Desk) -> None:
    batch = desk.check(FILE)
    assert (batch.state, batch.total, batch.report["purchases"]["receipts"]) == (BatchState.READY, 4, 3)
    assert (Sale.objects.count(), Account.objects.count(), Posting.objects.count()) == (0, 0, 0)


def test_a_file_is_booked(desk: Desk) -> None:
    batch = desk.run(FILE)
    assert desk.sales() == [("A1", "c1", 1900), ("A2", None, 350), ("A3", "c2", 3350), ("A4", "c1", 99)]
    assert (desk.points("c1"), desk.points("c2")) == (19, 33)
    lines = SaleLine.objects.filter(sale__receipt="A1").order_by("pk")
    assert list(lines.values_list("item", "name", "quantity_thousandths", "amount", "amount_before_tax")) == [
        ("tea", "Green tea", 2000, 700, 700), ("cup", "Cup", 1000, 1200, 1200),
    ]  # fmt: skip
    sale = Sale.objects.get(receipt="A1")
    assert (sale.source, sale.batch, sale.staff, sale.key) == (SaleSource.IMPORT, batch, desk.role, "import:A1")
    assert sale.at == datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
    assert batch.counts == {
        "known": 0, "sales": 3, "sales_amount": 5349, "walk_ins": 1, "walk_ins_amount": 350, "lines": 5, "accounts": 2,
        "awarded": {str(desk.unit.pk): 52},
    }  # fmt: skip
    assert faults() == []


def test_an_account_begins_with_its_first_purchase_and_has_a_card_code_of_its_own(desk: Desk) -> None:
    desk.run(FILE)
    assert desk.account("c1").opened_at == datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
    assert len(set(Account.objects.values_list("card_code", flat=True))) == 2


def test_every_act_is_audited_once_for_the_batch(desk: Desk) -> None:
    batch = desk.run(FILE)
    events = AuditEvent.objects.filter(object_type="importbatch", object_id=str(batch.pk)).order_by("pk")
    assert list(events.values_list("verb", "channel")) == [
        ("import.uploaded", "console"), ("import.checked", "console"), ("import.started", "console"),
        ("import.finished", "import"),
    ]  # fmt: skip
    assert not AuditEvent.objects.filter(verb="sale.recorded").exists()


def record_singly(desk: Desk) -> None:
    """Record FILE as a till would, sale by sale."""
    receipts = [
        ("A1", datetime(2026, 1, 5, 8, tzinfo=UTC), "c1", [("tea", "Green tea", 2, 700), ("cup", "Cup", 1, 1200)]),
        ("A2", datetime(2026, 1, 6, 9, tzinfo=UTC), None, [("tea", "Green tea", 1, 350)]),
        ("A3", datetime(2026, 1, 7, 10, tzinfo=UTC), "c2", [("tea", "Green tea", 10, 3350)]),
        ("A4", datetime(2026, 1, 8, 11, tzinfo=UTC), "c1", [("jug", "Jug", 1, 99)]),
    ]
    accounts = {
        "c1": open_account(business=desk.role.business, at=receipts[0][1], customer_number="c1"),
        "c2": open_account(business=desk.role.business, at=receipts[2][1], customer_number="c2"),
    }
    for number, at, customer, lines in receipts:
        total = sum(line[3] for line in lines)
        sale = SaleInput(
            key=f"import:{number}", at=at, total=total, total_before_tax=total, source=SaleSource.IMPORT,
            receipt=number,
            lines=[LineInput(amount, amount, item, name, "", quantity) for item, name, quantity, amount in lines],
        )  # fmt: skip
        sales.record(
            business=desk.role.business, account=accounts.get(customer or ""), sale=sale, by=desk.by, at=NOW,
            customer=CustomerFacts(),
        )  # fmt: skip


RULES = {
    "per amount": [RuleDraft("points", "p", "purchase", "per_amount", 1, per_amount=100)],
    "of some goods": [
        RuleDraft("points", "p", "purchase", "per_amount", 3, per_amount=200, fields={"included_items": ["tea"]}),
        RuleDraft("points", "v", "visit", "flat", 2),
    ],
    "with a daily limit": [
        RuleDraft("points", "p", "purchase", "per_amount", 1, per_amount=100, fields={"limit_per_day": 15})
    ],
}  # fmt: skip


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("expiry", [{}, {"expiry": "months", "expiry_count": 12}])
def test_it_is_what_a_till_would_have_booked(rules: str, expiry: dict) -> None:
    desk = open_desk(*RULES[rules], slug="other", **expiry)
    with transaction.atomic():
        record_singly(desk)
        singly = booked()
        transaction.set_rollback(True)
    desk.run(FILE)
    assert booked() == singly


def test_a_daily_limit_holds_within_one_piece_and_beyond(desk: Desk) -> None:
    limited = open_limited()
    rows = [f"B{n},2026-01-05 09:{n:02},c1,tea,Tea,1,6.00" for n in range(5)]
    limited.run(table(*rows[:3]))
    assert limited.points("c1") == 15
    limited.run(table(*rows, "B9,2026-01-06 09:00,c1,tea,Tea,1,6.00"))
    assert limited.points("c1") == 21
    assert faults() == []


def open_limited() -> Desk:
    role = open_shop(make_user("lim"), "Limited", "limited")
    set_rule(role, *RULES["with a daily limit"])
    return Desk(role)


def test_the_same_file_again_books_nothing(desk: Desk) -> None:
    desk.run(FILE)
    before = booked()
    again = desk.run(FILE)
    assert again.report["known"] == 4
    assert again.counts["known"] == 4
    assert (again.counts["sales"], again.counts["lines"], again.counts["accounts"]) == (0, 0, 0)
    assert booked() == before


def test_a_file_that_overlaps_books_what_is_new(desk: Desk) -> None:
    desk.run(FILE)
    longer = FILE + "A5,2026-01-09 09:00,c3,tea,Green tea,1,5.00\nA2,2026-01-06 10:00,,tea,Green tea,1,3.50\n"
    batch = desk.check(longer)
    assert (batch.report["known"], batch.report["known_otherwise"], batch.report["known_customers"]) == (4, 1, 2)
    imports.start(batch=batch, by=desk.by, at=desk.clock())
    desk.work(batch)
    assert [receipt for receipt, _, _ in desk.sales()] == ["A1", "A2", "A3", "A4", "A5"]
    assert batch.counts["known"] == 4


def test_without_receipt_numbers_it_is_the_same(desk: Desk) -> None:
    rows = ["Date,Customer,Amount", "2026-01-05,c1,5.00", "2026-01-05,c1,5.00", "2026-01-06,c2,7.50"]
    desk.run("\n".join(rows))
    assert desk.sales() == [(None, "c1", 500), (None, "c1", 500), (None, "c2", 750)]
    again = desk.run("\n".join([*rows, "2026-01-07,c2,1.00"]))
    assert (again.counts["known"], again.counts["sales"]) == (3, 1)
    assert desk.points("c1") == 10


def test_a_receipt_that_the_till_has_recorded_is_known(desk: Desk) -> None:
    sale = SaleInput(key="till", at=NOW, total=1900, total_before_tax=1900, receipt="A1")
    sales.record(business=desk.role.business, account=None, sale=sale, by=desk.by, at=NOW, customer=CustomerFacts())
    batch = desk.run(FILE)
    assert (batch.report["known"], batch.counts["known"], batch.counts["sales"]) == (1, 1, 2)


def test_a_receipt_that_the_till_records_in_the_middle_is_known(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    write, calls = purchases._write_sales, []

    def meet_a_till(*args: object, **more: object) -> list[Sale]:
        if not calls:
            calls.append(1)
            raise IntegrityError
        return write(*args, **more)

    monkeypatch.setattr(purchases, "_write_sales", meet_a_till)
    batch = desk.run(FILE)
    assert batch.counts["sales"] == 3
    assert faults() == []


def test_another_business_with_the_same_numbers_is_another(desk: Desk) -> None:
    desk.run(FILE)
    other = open_limited()
    batch = other.run(FILE)
    assert (batch.report["known"], batch.report["known_customers"], batch.counts["sales"]) == (0, 0, 3)
    assert Account.objects.filter(customer_number="c1").count() == 2


def test_customers_may_go_by_their_card_code(desk: Desk) -> None:
    desk.run(FILE)
    code = desk.account("c2").card_code
    written = f"{code[:4]}-{code[4:8].lower()}-{code[8:]}"
    batch = desk.run(table(f"B1,2026-02-01,{written},tea,Tea,1,8.00"))
    assert (batch.counts["accounts"], desk.points("c2")) == (0, 41)


def test_who_has_left_is_a_walk_in(desk: Desk) -> None:
    desk.run(FILE)
    Account.objects.filter(customer_number="c1").update(closed_at=NOW)
    batch = desk.run(table("B1,2026-02-01,c1,tea,Tea,1,8.00"))
    assert (batch.counts["walk_ins"], batch.counts["sales"], batch.counts["accounts"]) == (1, 0, 0)
    assert desk.points("c1") == 19


def test_without_awards_nothing_is_earned(desk: Desk) -> None:
    batch = desk.run(FILE, award=False)
    assert (batch.program, batch.counts["sales"], Posting.objects.count()) == (None, 3, 0)


def test_before_going_live_purchases_can_be_imported_but_earn_nothing() -> None:
    desk = Desk(open_shop(make_user("new"), "New", "new"))
    batch = desk.run(FILE)
    assert (batch.program, batch.counts["sales"], Posting.objects.count()) == (None, 3, 0)


def test_the_version_that_was_live_at_the_start_counts_to_the_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "PURCHASES_AT_ONCE", 2)
    batch = desk.start(FILE)
    desk.step(batch)
    set_rule(desk.role, RuleDraft("points", "p", "purchase", "per_amount", 5, per_amount=100))
    desk.work(batch)
    assert desk.points("c2") == 33


def test_entries_tell_when_it_happened_and_the_posting_when_it_was_booked(desk: Desk) -> None:
    desk.run(FILE)
    entry = Entry.objects.get(posting__sale__receipt="A3")
    assert (entry.at, entry.posting.at) == (datetime(2026, 1, 7, 10, tzinfo=UTC),) * 2
    assert entry.posting.booked_at > NOW
    assert (entry.posting.channel, entry.posting.staff) == ("import", desk.role)
