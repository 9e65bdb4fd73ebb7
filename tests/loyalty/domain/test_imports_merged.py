"""Imports of customers whose cards were merged, and of purchases that were moved since."""

import pytest

from loyalty.domain import merging, moving
from loyalty.engine.facts import CustomerFacts
from loyalty.models import Sale
from tests.loyalty.imports import FILE, NAMES, NOW, Desk, faults

pytestmark = pytest.mark.django_db

LATER = f"{NAMES}\nL1,2026-01-20,c1,tea,Green tea,1,5.00\n"
RETURN = f"{NAMES}\nC1,2026-01-21,c1,tea,Green tea,-2,3.50\n"


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """c1 has earned points with purchases of an import; the card of c2 is the one that is kept."""
    desk.run(FILE)
    return desk


def merge(desk: Desk) -> int:
    """Merge c1 into c2; return what both had."""
    both = desk.points("c1") + desk.points("c2")
    merging.merge(source=desk.account("c1"), target=desk.account("c2"), key="m", by=desk.by, at=NOW)
    return both


def test_what_a_merged_customer_buys_is_booked_on_the_kept_card(desk: Desk) -> None:
    both = merge(desk)
    batch = desk.run(LATER)
    assert (desk.points("c1"), desk.points("c2")) == (0, both + 5)
    assert Sale.objects.get(batch=batch).account == desk.account("c2")
    desk.undo(batch)
    assert (desk.points("c2"), faults()) == (both, [])


def test_a_return_finds_the_purchase_of_the_merged_card(desk: Desk) -> None:
    before = desk.points("c1")
    alone = desk.run(RETURN)
    taken = before - desk.points("c1")
    desk.undo(alone)
    both = merge(desk)
    batch = desk.run(RETURN)
    assert batch.counts["returns_matched"] == 1
    assert (desk.points("c1"), desk.points("c2")) == (0, both - taken)
    desk.undo(batch)
    assert (desk.points("c1"), desk.points("c2"), faults()) == (0, both, [])


def test_undoing_the_return_of_a_moved_purchase_gives_back_where_it_is_now(desk: Desk) -> None:
    alone = desk.points("c1")
    batch = desk.run(RETURN)
    returned = alone - desk.points("c1")
    refund = batch.refunds.get(sale__isnull=False)
    rest, other = desk.points("c1"), desk.points("c2")
    moving.move(
        sale=refund.sale, target=desk.account("c2"), key="v", by=desk.by, at=NOW, customer=CustomerFacts(),
        any_time=True,
    )  # fmt: skip
    moved = rest - desk.points("c1")
    assert desk.points("c2") == other + moved
    desk.undo(batch)
    assert (desk.points("c1"), desk.points("c2"), returned > 0) == (rest - moved, other + moved + returned, True)
    assert faults() == []
