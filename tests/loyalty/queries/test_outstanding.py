"""What members can spend, told for a whole business: neither what has run out nor what is held counts."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalty.models import Account
from loyalty.queries import ledger
from loyalty.queries.outstanding import outstanding
from tests.loyalty.books import START, Books, open_books
from tests.loyalty.domain.test_policies import LAST, go_live
from tests.loyalty.domain.test_policies import QUIET as MONTHS_OF_QUIET

pytestmark = pytest.mark.django_db
QUIET: dict[str, Any] = {"expiry": "inactivity_days", "expiry_count": 30}


def found(books: Books, day: int) -> tuple[int, int]:
    """Return what can be spent of the points so many days after the start, and what is held."""
    (one,) = outstanding(books.role.business, START + timedelta(days=day))
    return one.spendable, one.pending


class TestOutstanding:
    def test_is_what_all_accounts_hold(self, books: Books) -> None:
        for each in books.two():
            each.buy(1000)
        assert found(books, 1) == (20, 0)

    def test_is_told_of_every_unit_though_nobody_holds_it(self, books: Books) -> None:
        assert found(books, 0) == (0, 0)

    def test_nothing_of_another_business_counts(self, books: Books) -> None:
        open_books(slug="other").buy(1000)
        assert found(books, 1) == (0, 0)

    def test_what_has_run_out_does_not_count_before_the_job_has_been_there(self, books: Books) -> None:
        books.give(30, last_good_day=date(2026, 1, 10))
        books.give(7)
        assert [found(books, day) for day in (5, 6)] == [(37, 0), (7, 0)]

    def test_what_is_held_counts_apart(self, books: Books) -> None:
        books.offers(hold_days=10)
        books.buy(5000)
        assert [found(books, day) for day in (9, 10)] == [(0, 50), (50, 0)]

    def test_what_a_quiet_account_held_does_not_count(self, books: Books) -> None:
        one, other = books.two(**QUIET)
        one.buy(1000)
        other.buy(500, at=START + timedelta(days=10))
        assert [found(books, day) for day in (29, 30, 39, 40)] == [(15, 0), (5, 0), (5, 0), (0, 0)]

    def test_what_was_held_in_a_quiet_account_is_not_to_come(self, books: Books) -> None:
        books.offers(hold_days=20, **QUIET)
        books.buy(1000)
        books.offers(hold_days=0, expiry="inactivity_days", expiry_count=10)
        assert found(books, 15) == (0, 0)

    def test_what_a_change_ends_counts_until_its_time_is_over(self, books: Books) -> None:
        books.buy(1000)
        go_live(books, **MONTHS_OF_QUIET)
        last = (LAST - START.date()).days
        assert [found(books, day) for day in (last, last + 1)] == [(10, 0), (0, 0)]

    def test_a_day_of_its_own_outlasts_the_quiet(self, books: Books) -> None:
        books.offers(**QUIET)
        books.give(8, last_good_day=date(2026, 6, 1))
        assert found(books, 60) == (8, 0)

    @pytest.mark.parametrize("accounts", [1, 3])
    def test_takes_four_questions(self, books: Books, accounts: int, django_assert_num_queries: Any) -> None:
        for _ in range(accounts):
            books.two()[1].buy(1000)
        with django_assert_num_queries(4):
            found(books, 1)


acts = st.fixed_dictionaries({
    "who": st.integers(0, 1), "day": st.integers(0, 50), "cents": st.integers(100, 9000),
    "own_day": st.none() | st.integers(0, 70),
})  # fmt: skip
offers = st.sampled_from(
    [{}, QUIET, {"hold_days": 4}, {"hold_days": 9, **QUIET}, {"expiry": "months", "expiry_count": 1}]
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(unit=offers, history=st.lists(acts, max_size=6), day=st.integers(0, 100))
def test_it_is_the_sum_over_all_accounts(
    books: Books, unit: dict[str, Any], history: list[dict[str, Any]], day: int
) -> None:
    both = books.two(**unit)
    for act in sorted(history, key=lambda act: act["day"]):
        mine, at = both[act["who"]], START + timedelta(days=act["day"])
        if act["own_day"] is None:
            mine.buy(act["cents"], at=at)
        else:
            last = max(at.date(), date(2026, 1, 5) + timedelta(days=act["own_day"]))
            mine.give(act["cents"] // 100, last_good_day=last, at=at)
    at = START + timedelta(days=day)
    accounts = list(Account.objects.filter(business=books.role.business).select_related("business"))
    each = [balance for [balance] in ledger.balances(accounts, at).values()]
    assert found(books, day) == (
        sum(one.amount for one in each), sum(part.amount for one in each for part in one.pending)
    )  # fmt: skip
