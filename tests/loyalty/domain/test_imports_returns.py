"""Returns of a file: which purchase they belong to, and what they take back."""

import pytest

from loyalty.domain.program import RuleDraft
from loyalty.models import Entry, EntryKind, Refund, Sale, SaleLine
from tests.loyalty.books import Books
from tests.loyalty.imports import Desk, booked, faults, open_desk, table

pytestmark = pytest.mark.django_db

BOUGHT = [
    "A1,2026-01-05 09:00,c1,tea,Tea,4,5.00",
    "A2,2026-01-12 09:00,c1,tea,Tea,2,5.00",
    "A2,2026-01-12 09:00,c1,cup,Cup,1,7.50",
    "A3,2026-01-13 09:00,c2,tea,Tea,1,5.00",
]


def test_purchases_are_booked_before_any_return(desk: Desk) -> None:
    batch = desk.start(table("C9,2026-01-14,c1,tea,Tea,-1,5.00", *BOUGHT))
    assert desk.step(batch)
    assert (batch.counts["awarded"], desk.points("c1"), Refund.objects.count()) == ({str(desk.unit.pk): 42}, 37, 0)
    desk.work(batch)
    assert (batch.counts["taken_back"], desk.points("c1"), Refund.objects.count()) == ({str(desk.unit.pk): 5}, 32, 1)


def test_a_return_is_of_the_latest_purchase_before_it_of_the_same_goods_by_the_same_customer(desk: Desk) -> None:
    desk.run(table(*BOUGHT, "C1,2026-01-10,c1,tea,Tea,-1,5.00", "C2,2026-01-14,c1,tea,Tea,-1,5.00"))
    assert desk.refunds() == [("C1", "A1", 500), ("C2", "A2", 500)]
    assert (desk.points("c1"), desk.points("c2")) == (37 - 5 - 5, 5)
    assert faults() == []


def test_what_the_latest_does_not_cover_is_of_the_one_before(desk: Desk) -> None:
    batch = desk.run(table(*BOUGHT, "C1,2026-01-14,c1,tea,Tea,-5,5.00"))
    assert desk.refunds() == [("C1", "A2", 1000), ("C1", "A1", 1500)]
    lines = SaleLine.objects.filter(item="tea", sale__account__customer_number="c1").order_by("pk")
    assert list(lines.values_list("returned_thousandths", flat=True)) == [3000, 2000]
    assert list(Refund.objects.order_by("pk").values_list("lines", flat=True)) == [
        {str(lines[1].pk): 2000}, {str(lines[0].pk): 3000},
    ]  # fmt: skip
    assert list(Sale.objects.order_by("pk").values_list("refunded", flat=True)) == [1500, 1000, 0]
    assert batch.counts["returns_matched_amount"] == 2500


def test_a_return_without_a_purchase_is_recorded_and_takes_nothing_back(desk: Desk) -> None:
    rows = ["C1,2026-01-04,c1,tea,Tea,-1,5.00", "C2,2026-01-14,c1,jug,Jug,-1,9.00", "C3,2026-01-14,c3,tea,Tea,-1,5.00"]
    batch = desk.run(table(*BOUGHT, *rows, "C4,2026-01-14,,tea,Tea,-1,5.00"))
    assert desk.refunds() == [("C1", None, 500), ("C2", None, 900), ("C3", None, 500), ("C4", None, 500)]
    assert (desk.points("c1"), desk.points("c3")) == (37, 0)
    assert not Entry.objects.filter(kind=EntryKind.TAKE_BACK).exists()
    assert (batch.counts["returns"], batch.counts["returns_unmatched"], batch.counts["accounts"]) == (4, 4, 3)


def test_of_a_return_larger_than_its_purchase_the_rest_has_none(desk: Desk) -> None:
    desk.run(table("A1,2026-01-05,c1,tea,Tea,2,5.00", "C1,2026-01-06,c1,tea,Tea,-3,5.00"))
    assert desk.refunds() == [("C1", "A1", 1000), ("C1", None, 500)]
    assert list(Refund.objects.order_by("pk").values_list("key", flat=True)) == ["import:C1", "import:C1/2"]
    assert desk.points("c1") == 0


def test_never_more_is_refunded_than_was_paid(desk: Desk) -> None:
    desk.run(table("A1,2026-01-05,c1,tea,Tea,2,5.00", "C1,2026-01-06,c1,tea,Tea,-2,9.00"))
    assert desk.refunds() == [("C1", "A1", 1000), ("C1", None, 800)]
    assert faults() == []


def test_part_by_part_nothing_is_left_and_nothing_too_much(desk: Desk) -> None:
    rows = [f"C{n},2026-01-0{n + 5},c1,tea,Tea,-1,3.33" for n in range(1, 4)]
    desk.run(table("A1,2026-01-05,c1,tea,Tea,3,3.33", *rows))
    assert [-amount for amount in taken()] == [3, 3, 3]
    assert desk.points("c1") == 0


def taken() -> list[int]:
    return list(Entry.objects.filter(kind=EntryKind.TAKE_BACK).order_by("pk").values_list("amount", flat=True))


def test_a_prefix_makes_a_return_of_positive_quantities(desk: Desk) -> None:
    desk.run(table(*BOUGHT, "c7,2026-01-14,c1,cup,Cup,1,7.50"), return_prefix="C")
    assert desk.refunds() == [("c7", "A2", 750)]


def test_goods_without_a_number_go_by_their_name(desk: Desk) -> None:
    desk.run(
        table(
            "A1,2026-01-05,c1,,Tea,1,5.00", "A2,2026-01-06,c1,,Cup,1,5.00", "C1,2026-01-07,c1,,Tea,-1,5.00"
        )
    )  # fmt: skip
    assert desk.refunds() == [("C1", "A1", 500)]


def test_one_receipt_may_sell_and_take_back(desk: Desk) -> None:
    desk.run(
        table("A1,2026-01-05,c1,tea,Tea,1,5.00", "A2,2026-01-06,c1,tea,Tea,-1,5.00", "A2,2026-01-06,c1,cup,Cup,1,7.50")
    )
    assert [receipt for receipt, _, _ in desk.sales()] == ["A1", "A2"]
    assert desk.refunds() == [("A2", "A1", 500)]
    assert desk.points("c1") == 7


def test_what_was_spent_is_owed(desk: Desk) -> None:
    desk.run(table("A1,2026-01-05,c1,tea,Tea,2,5.00"))
    books = Books(desk.role, desk.account("c1"), desk.unit)
    books.spend(8)
    batch = desk.run(table("C1,2026-01-06,c1,tea,Tea,-2,5.00"))
    assert (books.balance, books.owed) == (0, 8)
    assert batch.counts["taken_back"] == {str(desk.unit.pk): 10}
    assert faults() == []


def test_a_later_file_brings_the_returns_of_an_earlier_one(desk: Desk) -> None:
    desk.run(table(*BOUGHT))
    desk.run(table("C1,2026-02-14,c1,cup,Cup,-1,7.50"))
    assert desk.refunds() == [("C1", "A2", 750)]


def test_the_same_returns_again_book_nothing(desk: Desk) -> None:
    content = table(*BOUGHT, "C1,2026-01-14,c1,tea,Tea,-5,5.00", "C2,2026-01-14,,tea,Tea,-1,5.00")
    desk.run(content)
    before = booked()
    again = desk.run(content)
    assert (again.report["known"], again.counts["known"], again.counts["returns"]) == (5, 5, 0)
    assert booked() == before


def test_returns_can_be_left_out(desk: Desk) -> None:
    batch = desk.run(table(*BOUGHT, "C1,2026-01-14,c1,tea,Tea,-5,5.00"), book_returns=False)
    assert (batch.counts["returns_left_out"], Refund.objects.count(), desk.points("c1")) == (1, 0, 37)


def test_of_a_visit_nothing_goes_while_anything_is_kept() -> None:
    desk = open_desk(RuleDraft("points", "v", "visit", "flat", 4), slug="visits")
    desk.run(table(*BOUGHT, "C1,2026-01-14,c1,cup,Cup,-1,7.50"))
    assert desk.points("c1") == 8
    desk.run(table("C2,2026-01-15,c1,tea,Tea,-2,5.00"))
    assert desk.points("c1") == 4
    assert faults() == []


def test_a_sale_that_was_undone_is_not_returned_to(desk: Desk) -> None:
    batch = desk.run(table(*BOUGHT))
    desk.undo(batch)
    desk.run(table("C1,2026-01-14,c1,cup,Cup,-1,7.50"))
    assert desk.refunds() == [("C1", None, 750)]
