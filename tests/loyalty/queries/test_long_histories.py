"""A member's pages touch no more rows after a thousand movements than after fifty: counted, not timed."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty.domain import ledger
from loyalty.models import Account, Balance, PostingKind
from loyalty.queries import statement as ledger_statement
from loyalty.queries.marks import marks
from members.domain import enrolment
from members.domain.enrolment import Person
from members.models import Member, MemberSource
from members.queries.activity import history
from members.queries.dashboard import dashboard
from members.queries.statement import statement
from tests.world import NOW, World

FEW, MANY = 50, 1200
HALVINGS = 13 * (MANY.bit_length() + 1)
"""Rows by which the ends of a year's months are found: a look-up for every doubling."""

pytestmark = pytest.mark.django_db

PAGES: dict[str, Callable[[Member], object]] = {
    "dashboard": lambda member: dashboard(member, NOW),
    "activity": lambda member: history(member.account, size=20).rows[0].row.why,
    "statement": lambda member: statement(member.account, NOW).rows[0].why,
}


@pytest.fixture
def world(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(ledger_statement, "LONG", 100)
    return world


def reader(world: World, movements: int) -> Member:
    """Return a member who was given something so often, and spent all but the last of it each fifty times."""
    person = Person(name=f"Reader {movements}", email=f"reader{movements}@example.com")
    by = world.at_counter()
    member = enrolment.enrol(business=world.business, person=person, source=MemberSource.COUNTER, by=by, at=NOW)
    for start in range(0, movements, FEW):
        gifts = [booking(world, member.account, f"{start + n}", PostingKind.GIFT) for n in range(FEW)]
        ledger.award_many([(gift, [ledger.AwardLine(world.points, 10, None, {})]) for gift in gifts])
        spent = booking(world, member.account, f"spent{start}", PostingKind.REDEMPTION)
        held = Balance.objects.get(account=member.account, unit=world.points).amount
        ledger.spend(spent, unit=world.points, amount=held - 100, why={})
    return member


def booking(world: World, account: Account, key: str, kind: PostingKind) -> ledger.Booking:
    key = f"{account.pk}:{key}"
    return ledger.Booking(account=account, key=key, kind=kind, at=NOW, booked_at=NOW, by=world.at_counter())


def work(look: Callable[[], object]) -> int:
    """Return how much a look costs: steps of SQLite, or on PostgreSQL the rows of the busiest part of any plan."""
    return _steps(look) if connection.vendor == "sqlite" else _rows(look)


def _steps(look: Callable[[], object]) -> int:
    count = 0

    def step() -> int:
        nonlocal count
        count += 1
        return 0

    connection.connection.set_progress_handler(step, 10)
    look()
    connection.connection.set_progress_handler(None, 0)
    return count


def _rows(look: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as asked:
        look()
    most = 0
    with connection.cursor() as cursor:
        # As with tables that are too large to be read whole for a page.
        cursor.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"
        )
        cursor.execute("ANALYZE loyalty_posting, loyalty_entry, loyalty_lot")
        for query in asked.captured_queries:
            cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + query["sql"])
            found = cursor.fetchone()[0]
            plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
            most = max(most, *(_touched(node) for node in _nodes(plan)))
    return most


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", []):
        yield from _nodes(part)


def _touched(node: dict[str, Any]) -> int:
    if node["Node Type"] == "Bitmap Index Scan":  # Counts what a vacuum has yet to take away, too.
        return 0
    removed = sum(value for name, value in node.items() if name.startswith("Rows Removed"))
    return int((node["Actual Rows"] + removed) * node["Actual Loops"])


@pytest.mark.parametrize("page", PAGES)
def test_a_long_history_costs_no_more_than_a_short_one(world: World, page: str) -> None:
    few, many = reader(world, FEW), reader(world, MANY)
    PAGES[page](many)  # A long month is added up once in a process.
    short, long = work(lambda: PAGES[page](few)), work(lambda: PAGES[page](many))
    assert long <= max(1.3 * short, HALVINGS)


@pytest.mark.parametrize("page", ["dashboard", "activity"])
def test_without_the_index_for_its_order_it_would(world: World, page: str) -> None:
    many = reader(world, MANY)
    before = work(lambda: PAGES[page](many))
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX posting_of_account")
    assert work(lambda: PAGES[page](many)) > 2 * before


def test_without_what_was_added_up_a_long_month_would(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    many = reader(world, MANY)
    PAGES["statement"](many)
    before = work(lambda: PAGES["statement"](many))
    monkeypatch.setattr(ledger_statement, "LONG", 10 * MANY)
    assert work(lambda: PAGES["statement"](many)) > 1.3 * before


def test_a_long_month_is_added_up_once(world: World) -> None:
    many = reader(world, MANY)
    with CaptureQueriesContext(connection) as first:
        once = statement(many.account, NOW)
    with CaptureQueriesContext(connection) as again:
        assert statement(many.account, NOW) == once
    assert (len(first), len(again)) == (9, 8)
    assert sum(total.number for total in once.totals) == MANY + MANY // FEW
    assert once.adds_up


def test_what_comes_after_it_counts(world: World) -> None:
    many = reader(world, MANY)
    before = statement(many.account, NOW)
    gift = booking(world, many.account, "more", PostingKind.GIFT)
    ledger.award_many([(gift, [ledger.AwardLine(world.points, 7, None, {})])])
    after = statement(many.account, NOW)
    assert [(t.number, t.amount) for t in after.totals] == [
        (before.totals[0].number + 1, before.totals[0].amount + 7), (before.totals[1].number, before.totals[1].amount)
    ]  # fmt: skip
    assert after.adds_up


def test_totals_of_other_books_are_not_taken_for_these(world: World) -> None:
    many = reader(world, MANY)
    assert statement(many.account, NOW).adds_up
    kept = ledger_statement._kept.cache_info().currsize
    other = reader(world, MANY // 2)
    assert statement(other.account, NOW).adds_up
    assert ledger_statement._kept.cache_info().currsize == kept + 1


@pytest.mark.parametrize("length", range(0, 18))
def test_halving_finds_what_counting_finds(world: World, length: int) -> None:
    member = enrolment.enrol(
        business=world.business, person=Person(name="Hal"), source=MemberSource.COUNTER, by=world.at_counter(), at=NOW
    )
    days = [NOW + timedelta(days=n // 2) for n in range(length)]
    for number, at in enumerate(days):
        gift = replace(booking(world, member.account, f"{number}", PostingKind.GIFT), at=at, booked_at=at)
        ledger.award_many([(gift, [ledger.AwardLine(world.points, 10, None, {})])])
    balance = Balance.objects.filter(account=member.account, unit=world.points).first() or Balance(
        account=member.account, unit=world.points
    )
    moments = [NOW + timedelta(days=n, hours=1) for n in range(-1, 10)]
    expected = [sum(day < moment for day in days) for moment in moments]
    assert [(mark.seq, mark.balance) for mark in marks(balance, moments)] == [(n, 10 * n) for n in expected]
