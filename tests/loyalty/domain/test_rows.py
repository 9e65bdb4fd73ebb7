"""Rows written at once are those that the ORM would write, with every column's default."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from loyalty.domain import rows
from loyalty.models import Balance, Sale
from tests.loyalty.books import Books
from tests.loyalty.written import dump, rolled_back

pytestmark = pytest.mark.django_db

NAMES = ("id", "public_id", "business_id", "account_id", "source", "key", "total", "total_before_tax", "at",
         "recorded_at")  # fmt: skip
AT = datetime(2026, 3, 1, 23, 30, 0, 250_000, tzinfo=timezone(timedelta(hours=-5)))


def cells(books: Books, number: int, key: str) -> rows.Cells:
    (public_id,) = rows.new_ids(1)
    at, recorded_at = rows.moment(AT), rows.moment(AT.astimezone(UTC))
    return (number, public_id, books.role.business_id, books.account.pk, "import", key, 100, 90, at, recorded_at)


def test_rows_are_as_the_orm_writes_them(books: Books) -> None:
    def by_orm() -> None:
        for key in ("a\tb\\N", "ä'\"\n%s"):
            Sale.objects.create(
                business=books.role.business, account=books.account, source="import", key=key, total=100,
                total_before_tax=90, at=AT, recorded_at=AT,
            )  # fmt: skip

    def at_once() -> None:
        first, second = rows.take_numbers(Sale, 2)
        rows.write(Sale, NAMES, [cells(books, first, "a\tb\\N"), cells(books, second, "ä'\"\n%s")])

    assert rolled_back(at_once, [Sale]) == rolled_back(by_orm, [Sale])


def test_a_public_id_is_one_that_uuid4_could_have_given() -> None:
    ids = rows.new_ids(64)
    assert len(set(ids)) == 64
    assert {(UUID(hex=each).version, UUID(hex=each).hex == each) for each in ids} == {(4, True)}
    assert {each[16] for each in ids} <= set("89ab")


def test_later_moments_are_greater_as_text_too() -> None:
    steps = [timedelta(0), timedelta(microseconds=1), timedelta(milliseconds=500), timedelta(seconds=1)]
    moments = [rows.moment(AT.replace(microsecond=0) + step) for step in steps]
    assert moments == sorted(moments)
    assert rows.moment(AT) == rows.moment(AT.astimezone(UTC))


def test_numbers_that_were_taken_are_not_given_again(books: Books) -> None:
    (number,) = rows.take_numbers(Sale, 1)
    rows.write(Sale, NAMES, [cells(books, number, "one")])
    (following,) = rows.take_numbers(Sale, 1)
    assert following > number
    rows.write(Sale, NAMES, [cells(books, following, "two")])
    by_orm = Sale.objects.create(
        business=books.role.business, source="import", key="three", total=1, total_before_tax=1, at=AT, recorded_at=AT
    )
    assert by_orm.pk > following


def test_a_key_that_is_there_is_refused_and_nothing_is_written(books: Books) -> None:
    first, second = rows.take_numbers(Sale, 2)
    before = dump([Sale])
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.write(Sale, NAMES, [cells(books, first, "one"), cells(books, second, "one")])
    assert dump([Sale]) == before


def test_a_row_that_is_there_is_changed(books: Books) -> None:
    names = ("account_id", "unit_id", "amount", "owed", "awarded_total", "spent_total", "last_seq", "last_activity_at")
    place = (books.account.pk, books.unit.pk)
    rows.put(Balance, names, [(*place, 5, 0, 5, 0, 1, None)], once=names[:2])
    rows.put(Balance, names, [(*place, 7, 0, 7, 0, 2, rows.moment(AT))], once=names[:2])
    balance = Balance.objects.get(account=books.account, unit=books.unit)
    assert (balance.amount, balance.last_seq, balance.last_activity_at) == (7, 2, AT)


@pytest.mark.parametrize(("before", "after"), [(None, 0), (0, None), (0, 1), (1, 0), (None, None)])
def test_of_a_row_that_is_there_sums_are_added_to_and_the_later_moment_stays(
    books: Books, before: int | None, after: int | None
) -> None:
    names = ("account_id", "unit_id", "amount", "awarded_total", "last_seq", "last_activity_at")
    place = (books.account.pk, books.unit.pk)
    for amount, days in ((5, before), (7, after)):
        at = rows.moment(AT + timedelta(days=days)) if days is not None else None
        row = (*place, amount, amount, 1, at)
        rows.put(Balance, names, [row], once=names[:2], add=["awarded_total"], latest=["last_activity_at"])
    balance = Balance.objects.get(account=books.account, unit=books.unit)
    latest = max((AT + timedelta(days=days) for days in (before, after) if days is not None), default=None)
    assert (balance.amount, balance.awarded_total, balance.spent_total) == (7, 12, 0)
    assert balance.last_activity_at == latest


def test_no_rows_are_no_statement(books: Books, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        rows.write(Sale, NAMES, [])
        rows.put(Balance, ("account_id", "unit_id"), [], once=("account_id",))
