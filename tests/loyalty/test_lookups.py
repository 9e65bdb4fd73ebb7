"""One of many, asked for as one value."""

import pytest

from loyalty.domain.accounts import open_accounts
from loyalty.models import Account, Balance
from loyalty.models.lookups import array
from tests.loyalty.books import START, Books

pytestmark = pytest.mark.django_db

ODD = ["a", 'a"b', "a\\b", "{a,b}", "NULL", "null", "ä é", "a,b", "'", "%s", "\\\\", " a ", "a\nb\tc"]


@pytest.fixture
def books(books: Books) -> Books:
    open_accounts(business=books.role.business, customers=dict.fromkeys([*ODD, "other"], START))
    return books


@pytest.mark.parametrize("numbers", [*([each] for each in ODD), ODD, ["a", "a"], ["nobody"], ["a", "nobody"]])
def test_texts_are_found_as_one_by_one(books: Books, numbers: list[str]) -> None:
    found = Account.objects.filter(customer_number__among=numbers).values_list("customer_number", flat=True)
    assert sorted(found) == sorted(set(numbers) & set(ODD))


def test_numbers_and_rows_that_are_pointed_to(books: Books) -> None:
    ids = list(Account.objects.values_list("pk", flat=True))[:3]
    assert set(Account.objects.filter(pk__among=ids).values_list("pk", flat=True)) == set(ids)
    books.give(5)
    assert Balance.objects.filter(account_id__among={books.account.pk, 0}).count() == 1
    assert Balance.objects.filter(account__among=[0]).count() == 0


def test_nothing_is_among_nothing(books: Books, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        assert list(Account.objects.filter(pk__among=[])) == []


def test_an_array_is_written_as_postgresql_reads_it() -> None:
    assert array([1, None, "2026-01-05 08:00:00+00"]) == '{1,NULL,"2026-01-05 08:00:00+00"}'
