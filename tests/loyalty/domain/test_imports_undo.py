"""Undoing an import: as if it had never been, and free to be imported again."""

from datetime import timedelta

import pytest

from loyalty.domain import imports
from loyalty.domain.imports import undoing
from loyalty.domain.program import RuleDraft
from loyalty.models import Account, AuditEvent, Balance, BatchState, Entry, Posting, Refund, RuleUse, Sale
from tests.loyalty.books import Books
from tests.loyalty.imports import FILE, NOW, Desk, booked, faults, open_desk, table

pytestmark = pytest.mark.django_db

RETURNS = ["C1,2026-01-14,c1,tea,Green tea,-2,3.50", "C2,2026-01-14,c2,tea,Green tea,-4,3.35"]
WITH_RETURNS = FILE + "\n".join(RETURNS) + "\n"


def test_all_is_taken_back(desk: Desk) -> None:
    batch = desk.run(WITH_RETURNS)
    desk.undo(batch)
    assert (desk.sales(), desk.refunds(), desk.points("c1"), desk.points("c2")) == ([], [], 0, 0)
    assert Sale.objects.filter(undone_at=None).count() == 0
    assert (batch.position, batch.total) == (4, 4)
    assert faults() == []
    assert AuditEvent.objects.get(verb="import.undone").data == {"sales": 4}


def test_it_can_be_imported_again(desk: Desk) -> None:
    first = desk.run(WITH_RETURNS)
    rows = booked()
    desk.undo(first)
    again = desk.run(WITH_RETURNS)
    assert (again.counts["known"], again.counts["sales"], again.counts["returns"]) == (0, 3, 2)
    assert {name: booked()[name] for name in ("sales", "lines", "refunds", "accounts")} == {
        name: rows[name] for name in ("sales", "lines", "refunds", "accounts")
    }
    assert (desk.points("c1"), desk.points("c2")) == (12, 20)
    assert faults() == []


def test_what_was_spent_of_it_is_owed(desk: Desk) -> None:
    batch = desk.run(FILE)
    books = Books(desk.role, desk.account("c1"), desk.unit)
    books.spend(5, at=NOW)
    desk.undo(batch)
    assert (books.balance, books.owed) == (0, 5)
    assert faults() == []


def test_a_daily_limit_is_free_again() -> None:
    desk = open_desk(
        RuleDraft("points", "p", "purchase", "per_amount", 1, per_amount=100, fields={"limit_per_day": 15}),
        slug="limited",
    )
    batch = desk.run(FILE)
    assert desk.points("c1") == 15
    desk.undo(batch)
    assert sum(RuleUse.objects.values_list("amount", flat=True)) == 0
    desk.run(FILE)
    assert desk.points("c1") == 15


def test_returns_of_an_earlier_import_are_restored(desk: Desk) -> None:
    desk.run(FILE)
    before = booked()
    batch = desk.run(table(*RETURNS))
    assert (desk.points("c1"), desk.points("c2")) == (12, 20)
    desk.undo(batch)
    after = booked()
    assert (desk.points("c1"), desk.points("c2")) == (19, 33)
    assert {name: after[name] for name in ("sales", "lines", "refunds")} == {
        name: before[name] for name in ("sales", "lines", "refunds")
    }
    assert faults() == []


def test_restored_returns_can_be_booked_again_and_take_back_the_same(desk: Desk) -> None:
    desk.run(FILE)
    desk.undo(desk.run(table(*RETURNS)))
    desk.run(table(*RETURNS))
    assert (desk.points("c1"), desk.points("c2")) == (12, 20)
    assert desk.refunds() == [("C1", "A1", 700), ("C2", "A3", 1340)]
    assert faults() == []


def test_what_is_restored_is_good_for_as_long_as_it_was() -> None:
    desk = open_desk(
        RuleDraft("points", "p", "purchase", "per_amount", 1, per_amount=100),
        slug="limited",
        expiry="days",
        expiry_count=90,
    )
    desk.run(FILE)
    desk.undo(desk.run(table(*RETURNS)))
    account = desk.account("c1")
    days = account.lots.filter(remaining__gt=0).values_list("last_good_day", "remaining")
    first = min(day for day, _ in days)
    assert sum(left for day, left in days if day == first) == 19


def test_what_was_owed_is_paid_by_what_is_restored(desk: Desk) -> None:
    desk.run(FILE)
    books = Books(desk.role, desk.account("c2"), desk.unit)
    books.spend(33, at=NOW)
    batch = desk.run(table(RETURNS[1]))
    assert (books.balance, books.owed) == (0, 13)
    desk.undo(batch)
    assert (books.balance, books.owed) == (0, 0)
    assert faults() == []


def test_an_import_that_others_have_returned_to_can_be_undone_first(desk: Desk) -> None:
    first, second = desk.run(FILE), desk.run(table(*RETURNS))
    desk.undo(first)
    assert (desk.points("c1"), desk.points("c2")) == (0, 0)
    desk.undo(second)
    assert (desk.points("c1"), desk.points("c2")) == (0, 0)
    assert faults() == []


def test_a_cancelled_import_is_undone_as_far_as_it_went(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports.steps, "PURCHASES_AT_ONCE", 2)
    batch = desk.start(FILE)
    desk.step(batch)
    imports.cancel(batch=batch, by=desk.by, at=desk.clock())
    desk.undo(batch)
    assert (desk.sales(), desk.points("c1"), batch.total) == ([], 0, 2)


class Killed(BaseException):
    """As if the process ended here."""


def test_killed_in_the_middle_it_goes_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undoing, "ROWS_AT_ONCE", 1)
    batch = desk.run(WITH_RETURNS)
    imports.undo(batch=batch, by=desk.by, at=desk.clock())
    desk.step(batch)
    rows = booked()
    mark = undoing._set_undone

    def die(*args: object) -> None:
        mark(*args)
        raise Killed

    monkeypatch.setattr(undoing, "_set_undone", die)
    with pytest.raises(Killed):
        desk.step(batch)
    assert booked() == rows
    monkeypatch.setattr(undoing, "_set_undone", mark)
    assert imports.revive(at=batch.heartbeat_at + timedelta(minutes=3)) == [batch]
    desk.work(batch)
    assert (batch.state, desk.sales(), desk.refunds(), desk.points("c1")) == (BatchState.UNDONE, [], [], 0)
    assert faults() == []


def test_of_two_workers_one_undoes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = desk.run(FILE)
    imports.undo(batch=batch, by=desk.by, at=desk.clock())
    batch.refresh_from_db()
    assert undoing.undo_next(batch, by=desk.by, at=NOW)
    postings = Posting.objects.count()
    assert undoing.undo_next(batch, by=desk.by, at=NOW) is False
    assert Posting.objects.count() == postings
    desk.work(batch)
    assert batch.state == BatchState.UNDONE


def test_what_others_recorded_stays(desk: Desk) -> None:
    batch = desk.run(FILE)
    books = Books(desk.role, desk.account("c1"), desk.unit)
    books.buy(4000, at=NOW)
    desk.undo(batch)
    assert books.balance == 40
    assert [receipt for receipt, _, _ in desk.sales()] == [None]


def test_rows_are_never_deleted(desk: Desk) -> None:
    batch = desk.run(WITH_RETURNS)
    numbers = (Sale.objects.count(), Refund.objects.count(), Account.objects.count())
    entries = Entry.objects.count()
    desk.undo(batch)
    assert (Sale.objects.count(), Refund.objects.count(), Account.objects.count()) == numbers
    assert Entry.objects.count() > entries
    assert Balance.objects.filter(amount__gt=0).count() == 0
