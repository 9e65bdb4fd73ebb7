"""Many awards at once leave the very rows that one award after the other leaves."""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from django.db import models

from loyalty.domain import ledger, program
from loyalty.domain.accounts import open_account
from loyalty.domain.ledger import AwardLine, Booking, KeyReused
from loyalty.domain.program import RuleDraft, UnitDraft
from loyalty.models import Account, Balance, Entry, Lot, LotUse, Posting, PostingKind, Unit, UnitKind
from tests.loyalty.books import START, Books
from tests.loyalty.written import dump, rolled_back

pytestmark = pytest.mark.django_db

WRITTEN: tuple[type[models.Model], ...] = (Posting, Entry, Lot, LotUse, Balance)

type Award = tuple[Booking, list[AwardLine]]


@pytest.fixture
def stamps(books: Books) -> Unit:
    by = books.by
    units = [UnitDraft("stamps", UnitKind.STAMPS, "stamps", "stamp", card_size=10)]
    program.draft(
        business=books.role.business, name="Card", units=units, rules=[RuleDraft("stamps", "s", "visit", "flat", 1)],
        by=by, at=START,
    )  # fmt: skip
    return Unit.objects.get(code="stamps")


def a_busy_day(books: Books, stamps: Unit) -> list[Award]:
    """Awards of three accounts: one that owes, one with a balance, one without any; several units; last good days."""
    owing, fresh, holding = books.account, *(open_account(business=books.role.business, at=START) for _ in range(2))
    owed = books.buy(5000)
    books.spend(40)
    books.refund(owed, 5000)
    holding_books = Books(books.role, holding, books.unit, numbers=books.numbers)
    holding_books.give(7)
    plan: list[tuple[Account, list[tuple[Unit, int, date | None]]]] = [
        (fresh, [(books.unit, 10, None), (stamps, 1, date(2026, 12, 31))]),
        (owing, [(books.unit, 25, date(2026, 6, 30))]),
        (holding, [(books.unit, 3, None)]),
        (owing, [(stamps, 2, None), (books.unit, 30, None)]),
        (owing, [(books.unit, 5, None)]),
        (fresh, [(books.unit, 4, None)]),
    ]
    return [
        (
            Booking(
                account=account, key=f"bulk:{n}", kind=PostingKind.PURCHASE if n % 2 else PostingKind.GIFT,
                at=START + timedelta(hours=10 - n), booked_at=START + timedelta(days=1), by=books.by, reason="r" * n,
            ),
            [AwardLine(unit, amount, last, {"n": n}, last and START.date()) for unit, amount, last in lines],
        )
        for n, (account, lines) in enumerate(plan)
    ]  # fmt: skip


def one_by_one(awards: Iterable[Award]) -> None:
    for booking, lines in awards:
        ledger.award(booking, lines)


def test_the_rows_are_the_same(books: Books, stamps: Unit) -> None:
    awards = a_busy_day(books, stamps)
    assert books.owed == 40
    singly = rolled_back(lambda: one_by_one(awards), WRITTEN)
    together = rolled_back(lambda: ledger.award_many(awards), WRITTEN)
    assert together == singly
    assert books.rows() == rows_of(dump(WRITTEN))


def rows_of(dumped: dict[str, list[dict[str, object]]]) -> tuple[int, ...]:
    return tuple(len(dumped[name]) for name in ("Posting", "Entry", "Lot", "LotUse"))


def test_the_comparison_notices_a_difference(books: Books, stamps: Unit) -> None:
    awards = a_busy_day(books, stamps)
    singly = rolled_back(lambda: one_by_one(awards), WRITTEN)
    booking, lines = awards[-1]
    other = [*awards[:-1], (booking, [AwardLine(lines[0].unit, lines[0].amount + 1)])]
    assert rolled_back(lambda: ledger.award_many(other), WRITTEN) != singly


def test_owed_is_paid_from_the_first_awards_that_cover_it(books: Books, stamps: Unit) -> None:
    awards = a_busy_day(books, stamps)
    ledger.award_many(awards)
    assert (books.balance, books.owed) == (25 + 30 + 5 - 40, 0)


def test_in_several_calls_it_is_the_same(books: Books, stamps: Unit) -> None:
    awards = a_busy_day(books, stamps)

    def in_two() -> None:
        ledger.award_many(awards[:2])
        ledger.award_many(awards[2:])

    assert rolled_back(in_two, WRITTEN) == rolled_back(lambda: ledger.award_many(awards), WRITTEN)


def test_a_known_key_books_nothing_again(books: Books, stamps: Unit) -> None:
    awards = a_busy_day(books, stamps)
    first = ledger.award(*awards[1])
    postings = ledger.award_many([*awards, awards[3]])
    assert postings[1] == first.pk
    assert postings[6] == postings[3]
    rows = books.rows()
    assert ledger.award_many(awards) == postings[:6]
    assert books.rows() == rows


def test_a_key_with_other_content_is_refused_and_nothing_is_written(books: Books, stamps: Unit) -> None:
    awards = a_busy_day(books, stamps)
    ledger.award(*awards[1])
    rows = books.rows()
    booking, lines = awards[1]
    with pytest.raises(KeyReused):
        ledger.award_many([awards[0], (booking, [AwardLine(lines[0].unit, 999)])])
    with pytest.raises(KeyReused):
        ledger.award_many([awards[0], (awards[0][0], lines)])
    assert books.rows() == rows


def test_nothing_is_nothing(books: Books) -> None:
    assert ledger.award_many([]) == []


def test_the_number_of_statements_does_not_grow(books: Books, stamps: Unit, django_assert_num_queries) -> None:
    awards = a_busy_day(books, stamps)
    with django_assert_num_queries(14):
        ledger.award_many(awards[:1])
    with django_assert_num_queries(15):
        ledger.award_many(awards[1:])
