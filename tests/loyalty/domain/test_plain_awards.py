"""A purchase booked in one statement leaves the very rows that it leaves when every row is written by itself."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from loyalty.domain import ledger, program, refunds, sales
from loyalty.domain.accounts import open_account
from loyalty.domain.actors import Actor
from loyalty.domain.ledger import plain
from loyalty.domain.ledger.plain import rows
from loyalty.domain.program import RuleDraft, UnitDraft
from loyalty.domain.sale_input import SaleInput
from loyalty.engine.facts import CustomerFacts
from loyalty.models import (
    Account,
    AuditEvent,
    Balance,
    Channel,
    Entry,
    Lot,
    LotUse,
    Posting,
    ProgramVersion,
    Refund,
    RuleUse,
    Sale,
    SaleLine,
    UnitKind,
)
from loyalty.queries.program import _last_seen, live_program
from loyalty.queries.verify import verify
from tests.loyalty.books import START, Books, Numbers
from tests.loyalty.written import Dump, rolled_back

pytestmark = pytest.mark.django_db

WRITTEN = (Sale, SaleLine, Refund, Posting, Entry, Lot, LotUse, Balance, RuleUse, AuditEvent)
UNITS = [
    UnitDraft("points", UnitKind.POINTS, "points", "point", decimals=1, expiry="months", expiry_count=12),
    UnitDraft("stamps", UnitKind.STAMPS, "stamps", "stamp", card_size=10, hold_days=3),
]
RULES = [
    RuleDraft("points", "1 point per 1.00", "purchase", "per_amount", 10, per_amount=100),
    RuleDraft("stamps", 'A "stamp"?', "visit", "flat", 1, fields={"minimum": 500}),
]


@pytest.fixture
def books(books: Books) -> Books:
    """A shop with two units, a customer who has everything, and who works at the till."""
    take_live(books)
    books.buy(5000, key="first")
    return books


def take_live(books: Books) -> ProgramVersion:
    by = Actor(Channel.CONSOLE, books.role.user, books.role)
    program.draft(business=books.role.business, name="Two", units=UNITS, rules=RULES, by=by, at=START)
    return program.go_live(business=books.role.business, by=by, at=START)


@contextmanager
def in_full() -> Iterator[None]:
    """Have every purchase written row by row."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain, "book", lambda purchase: None)
        yield


@contextmanager
def counted() -> Iterator[list[bool]]:
    """Note for each purchase that was offered whether it was plain."""
    seen: list[bool] = []
    book = plain.book

    def noting(purchase: plain.Purchase) -> plain.Booked | None:
        booked = book(purchase)
        seen.append(booked is not None)
        return booked

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain, "book", noting)
        yield seen


def compared(book: Callable[[], object]) -> Dump:
    """Return all rows that something leaves; what names a sale by its number names it by its place."""
    dumped = rolled_back(lambda: (book(), check_fingerprints()), WRITTEN)
    for posting in dumped["Posting"]:
        posting["key"] = posting["key"].partition(":")[0]
        posting.pop("fingerprint")
    for entry in dumped["Entry"]:
        entry["why"].pop("of", None)
    for event in dumped["AuditEvent"]:
        event.pop("object_id")
    return dumped


def check_fingerprints() -> None:
    """Prove fingerprints and the numbers in texts by the rows that they stand for."""
    for posting in Posting.objects.filter(key__startswith="sale:"):
        lines = [
            ledger.AwardLine(lot.unit, lot.amount, lot.last_good_day, first_good_day=lot.first_good_day)
            for lot in Lot.objects.filter(entry__posting=posting).order_by("pk")
        ]
        head = ledger.Booking(
            posting.account, posting.key, posting.kind, posting.at, posting.booked_at, Actor(Channel.COUNTER),
            sale=posting.sale,
        )  # fmt: skip
        assert posting.fingerprint == head.fingerprint([line.content for line in lines])
        assert posting.key == f"sale:{posting.sale_id}"
    booked = AuditEvent.objects.filter(verb="sale.recorded").order_by("pk").values_list("object_id", flat=True)
    assert list(booked) == [str(pk) for pk in Sale.objects.order_by("pk").values_list("pk", flat=True)]


bought = st.fixed_dictionaries(
    {
        "total": st.integers(0, 30_000),
        "tax": st.integers(0, 3_000),
        "reward": st.sampled_from([0, 0, 0, 250]),
        "hours": st.integers(-5000, 5000),
        "visit": st.booleans(),
        "key": st.integers(0, 6),
        "receipt": st.sampled_from(["", "", "R1", "Ř2 'x'"]),
        "account": st.integers(0, 2),
        "door": st.sampled_from([Channel.COUNTER, Channel.API, Channel.SYSTEM]),
        "spend": st.booleans(),
    }
)


def go_shopping(books: Books, accounts: list[Account], purchases: list[dict]) -> None:
    """Book what was bought, as far as it is not refused; sometimes spend all and refund, so that something is owed."""
    for number, each in enumerate(purchases):
        account, at = accounts[each["account"]], START + timedelta(hours=each["hours"], microseconds=number)
        by = books.by if each["door"] == Channel.COUNTER else Actor(each["door"], device="Till #1")
        sale = SaleInput(
            key=f"k{each['key']}", at=at, total=each["total"], total_before_tax=max(each["total"] - each["tax"], 0),
            receipt=each["receipt"], is_visit=each["visit"], paid_with_reward=each["reward"],
        )  # fmt: skip
        try:
            recorded = sales.record(
                business=books.role.business, account=account, sale=sale, by=by, at=START + timedelta(days=300),
                customer=CustomerFacts(),
            )  # fmt: skip
        except (sales.ReceiptAlreadyBooked, ledger.KeyReused):
            continue
        if each["spend"] and not recorded.again:
            spend_and_refund(books, account, recorded.sale, number)


def spend_and_refund(books: Books, account: Account, sale: Sale, number: int) -> None:
    mine = Books(books.role, account, books.unit, numbers=Numbers(1000 * (number + 1)))
    held = Balance.objects.filter(account=account, unit=books.unit).first()
    if held and held.amount:
        mine.spend(held.amount, at=START - timedelta(days=400))
    moment = max(START, sale.at)
    refunds.refund(sale=sale, amount=sale.total, key=mine.key(), by=books.by, at=moment, happened_at=moment)


@settings(
    max_examples=20, phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(purchases=st.lists(bought, min_size=1, max_size=6))
def test_both_ways_leave_the_same_rows(books: Books, purchases: list[dict]) -> None:
    business = books.role.business
    others = list(Account.objects.filter(business=business).exclude(pk=books.account.pk).order_by("pk"))
    while len(others) < 2:
        others.append(open_account(business=business, at=START))
    accounts = [books.account, *others[:2]]

    def shop() -> None:
        live_program(business)
        go_shopping(books, accounts, purchases)
        assert [finding for finding in verify() if finding.faults] == []

    with in_full():
        row_by_row = compared(shop)
    plainly = compared(shop)
    for table, written in row_by_row.items():
        assert plainly[table] == written, table


def test_the_comparison_notices_a_difference(books: Books) -> None:
    assert compared(lambda: books.buy(700, key="n")) != compared(lambda: books.buy(701, key="n"))


def test_every_column_is_named() -> None:
    for model, cells in rows.ROWS.items():
        assert set(cells) == {field.column for field in rows.columns(model)}, model.__name__


def test_a_column_that_nobody_named_gets_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    some = {column: cell for column, cell in rows.SALE.items() if column not in ("refunded", "undone_at")}
    monkeypatch.setitem(rows.ROWS, Sale, some)
    assert ":paid_with_reward, 0, :at, :recorded_at, NULL, NULL" in rows.insert(Sale, {}, "VALUES (%s)")
    assert rows.default(Posting._meta.get_field("reason")) == "''"
    with pytest.raises(TypeError):
        rows.default(Sale._meta.get_field("total"))


def test_a_plain_purchase_takes_few_statements(books: Books, django_assert_num_queries) -> None:
    with django_assert_num_queries({"postgresql": 3, "sqlite": 12}[connection.vendor]), counted() as plainly:
        books.buy(700)
    assert plainly == [True]


@pytest.mark.parametrize(
    ("name", "act"),
    [
        ("key known", lambda books: books.buy(5000, key="first")),
        ("receipt known", lambda books: (books.buy(700, receipt="R"), refused(lambda: books.buy(800, receipt="R")))),
        ("owes", lambda books: (owe(books), books.buy(700))),
        ("closed", lambda books: (Account.objects.update(closed_at=START), refused(lambda: books.buy(700)))),
    ],
)
def test_what_is_not_plain_is_looked_at_closely(books: Books, name: str, act: Callable[[Books], object]) -> None:
    with counted() as plainly:
        act(books)
    assert plainly[-1] is False, name


def refused(act: Callable[[], object]) -> None:
    with pytest.raises((sales.ReceiptAlreadyBooked, ledger.AccountClosed)):
        act()


def owe(books: Books) -> None:
    sale = Sale.objects.get(key="first")
    spend_and_refund(books, books.account, sale, 1)
    assert books.owed > 0


def test_a_first_purchase_has_no_balance_to_add_to(books: Books) -> None:
    books.account = open_account(business=books.role.business, at=START)
    with counted() as plainly:
        books.buy(700)
        books.buy(800)
    assert plainly == [False, True]
    assert books.balance == 150


def test_a_retired_version_books_nothing_and_the_next_one_is_seen(books: Books) -> None:
    by = Actor(Channel.CONSOLE, books.role.user, books.role)
    double = [RuleDraft("points", "2", "purchase", "per_amount", 20, per_amount=100), RULES[1]]
    program.draft(business=books.role.business, name="More", units=UNITS, rules=double, by=by, at=START)
    program.go_live(business=books.role.business, by=by, at=START)
    before = books.balance
    with counted() as plainly:
        books.buy(1000)
        books.buy(1000)
    assert plainly == [False, True]
    assert books.balance - before == 400


def test_the_explanation_is_kept_word_for_word(books: Books) -> None:
    why = books.buy(1234).posting.entries.get(unit__code="stamps").why
    assert why["parts"][0]["rule"]["name"] == 'A "stamp"?'
    assert json.loads(json.dumps(why)) == why


def test_a_version_that_another_database_had_is_forgotten(made_books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(_last_seen, made_books.role.business.pk, uuid4())
    made_books.buy(5000)
    assert made_books.balance == 50
