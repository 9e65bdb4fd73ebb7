"""Undoing many purchases at once leaves the very rows that undoing each by itself does."""

from datetime import timedelta
from random import Random

import pytest
from django.db import connection, transaction

from loyalty.domain import ledger
from loyalty.domain.program import RuleDraft
from loyalty.models import Lot, LotUse, Posting, RuleUse
from tests.loyalty.books import Books, Numbers
from tests.loyalty.imports import NOW, Desk, booked, faults, open_desk, table

pytestmark = pytest.mark.django_db


def history(rng: Random) -> str:
    """A file of purchases and returns of a few customers."""
    rows = []
    for number in range(60):
        day, customer = rng.randrange(1, 28), rng.choice(["c1", "c2", "c3", "c4", ""])
        price = rng.randrange(50, 3000)
        rows.append(f"A{number},2026-01-{day:02} 09:00,{customer},tea,Tea,{rng.randrange(1, 4)},{price / 100:.2f}")
    returns = [f"R{n},2026-02-{rng.randrange(1, 28):02} 09:00,c{rng.randrange(1, 3)},tea,Tea,-1,5.00" for n in range(6)]
    return table(*rows, *returns)


def undone(desk: Desk, seed: int) -> dict[str, list[tuple[object, ...]]]:
    """Import, live on, undo; return all rows, without their ids."""
    rng = Random(seed)
    batch = desk.run(history(rng))
    numbers = Numbers()
    for customer in ("c1", "c3"):
        books = Books(desk.role, desk.account(customer), desk.unit, numbers=numbers)
        if rng.random() < 0.7:
            books.spend(min(books.balance, rng.randrange(1, 60)), at=NOW)
        if rng.random() < 0.5:
            books.buy(rng.randrange(100, 5000), at=NOW + timedelta(minutes=1))
    desk.undo(batch)
    rows = booked()
    undos = Posting.objects.filter(kind="undo").order_by("reverses")
    uses = LotUse.objects.filter(entry__posting__kind="undo").order_by("entry__posting__reverses", "lot")
    rows["undos"] = list(undos.values_list("channel", "staff__role", "at", "booked_at", "sale__total"))
    rows["uses"] = list(uses.values_list("amount", "lot__amount"))
    rows["lots"] = list(Lot.objects.order_by("pk").values_list("amount", "remaining"))
    rows["limits"] = sorted(RuleUse.objects.values_list("account__customer_number", "day", "amount"))
    if connection.vendor == "sqlite":  # There, what is rolled back gives its numbers back.
        rows["numbered"] = list(undos.values_list("key", "fingerprint", "reverses"))
        rows["why"] = list(uses.values_list("entry__why", "lot"))
    assert faults() == []
    return rows


@pytest.mark.parametrize("seed", range(6))
def test_at_once_is_as_one_by_one(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    fields = {"limit_per_day": 15} if seed % 2 else {}
    unit = {"expiry": "days", "expiry_count": 90} if seed % 3 == 0 else {}
    with transaction.atomic():
        rule = RuleDraft("points", "p", "purchase", "per_amount", 1, per_amount=100, fields=fields)
        desk = open_desk(rule, slug="alike", **unit)
        seconds, point = desk.seconds, transaction.savepoint_create()
        at_once = undone(desk, seed)
        transaction.savepoint_rollback(point)
        desk.seconds = seconds
        monkeypatch.setattr(ledger, "untouched", lambda *given: {})
        assert undone(desk, seed) == at_once
        assert len(at_once["undos"]) > 20


def test_most_is_undone_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: the case above is not one by one in disguise."""
    batch = desk.run(history(Random(1)))
    asked: list[int] = []
    at_once = ledger.undo_untouched

    def count(awards: list[ledger.Untouched], **given: object) -> dict[int, int]:
        asked.append(len(awards))
        return at_once(awards, **given)

    monkeypatch.setattr(ledger, "undo_untouched", count)
    desk.undo(batch)
    assert asked[0] > 10
