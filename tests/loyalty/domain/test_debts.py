"""What a refund finds spent: owed, forgiven by the business's way, or forgiven by somebody's decision."""

from datetime import timedelta
from typing import Any

import pytest

from loyalty.domain import businesses, debts
from loyalty.domain.ledger import KeyReused, NotOwed
from loyalty.models import AuditEvent, Entry, EntryKind, Posting, PostingKind
from loyalty.queries import ledger as queries
from loyalty.queries.reasons import Reason
from loyalty.queries.verify import verify
from tests.loyalty.books import START, Books
from tests.loyalty.domain.test_merging import merge

pytestmark = pytest.mark.django_db


def forgiving(books: Books) -> None:
    business = businesses.change_details(
        business=books.role.business, changes={"debt_policy": "forgive"}, by=books.by, at=START
    )
    books.role.business = books.account.business = business


def forgive(books: Books, amount: int | None = None, *, key: str = "", reason: str = "Our slip") -> Posting:
    return debts.forgive(
        account=books.account, unit=books.unit, amount=amount, reason=reason, key=key or books.key(), by=books.by,
        at=START,
    )  # fmt: skip


def run_into_debt(books: Books) -> None:
    """150 earned, 100 spent, all refunded: 50 taken, 100 owed."""
    bought = books.buy(15000)
    books.spend(100)
    books.refund(bought, 15000)
    assert (books.balance, books.owed) == (0, 100)


def state(books: Books) -> tuple[Any, ...]:
    return (*books.rows(), AuditEvent.objects.count(), books.balance, books.owed)


def taken(books: Books) -> list[tuple[int, int, int]]:
    rows = Entry.objects.filter(account=books.account, kind=EntryKind.TAKE_BACK).order_by("pk")
    return list(rows.values_list("amount", "owed_change", "forgiven"))


def sound() -> bool:
    return not [finding for finding in verify() if finding.faults]


class TestThePolicy:
    def test_what_is_not_there_is_forgiven_and_the_next_award_is_the_members(self, books: Books):
        forgiving(books)
        bought = books.buy(15000)
        books.spend(100)
        books.refund(bought, 15000)
        assert (books.balance, books.owed, taken(books)) == (0, 0, [(-50, 0, 100)])
        books.buy(10000)
        assert (books.balance, sound()) == (100, True)

    def test_without_the_policy_the_same_is_owed(self, books: Books):
        run_into_debt(books)
        assert taken(books) == [(-50, 100, 0)]
        books.buy(10000)
        assert (books.balance, books.owed, sound()) == (0, 0, True)

    def test_what_was_forgiven_is_not_taken_by_a_later_refund(self, books: Books):
        forgiving(books)
        bought = books.buy(10000)
        books.spend(100)
        books.refund(bought, 6000)
        books.give(500)
        books.refund(bought, 4000)
        assert (taken(books), books.balance, books.owed) == ([(0, 0, 60), (-40, 0, 0)], 460, 0)
        assert sound()

    def test_an_undone_purchase_forgives_too(self, books: Books):
        forgiving(books)
        bought = books.buy(10000)
        books.spend(30)
        books.undo(bought.posting)
        assert (taken(books), books.balance, books.owed, sound()) == ([(-70, 0, 30)], 0, 0, True)

    def test_of_a_merged_card_what_the_other_can_give_is_taken_and_the_rest_forgiven(self, books: Books):
        old, new = books.two()
        bought = old.buy(10000)
        merge(old, new)
        new.spend(100)
        new.give(30)
        forgiving(new)
        old.account.business.refresh_from_db()
        old.refund(bought, 10000)
        assert [(books.balance, books.owed) for books in (old, new)] == [(0, 0), (0, 0)]
        assert (taken(old), sound()) == ([(0, 30, 70)], True)
        new.buy(5000)
        assert (new.balance, sound()) == (50, True)

    def test_a_change_of_the_way_leaves_what_is_owed(self, books: Books):
        run_into_debt(books)
        forgiving(books)
        assert books.owed == 100
        books.buy(3000)
        assert (books.balance, books.owed) == (0, 70)

    def test_the_history_says_so_in_words(self, books: Books):
        forgiving(books)
        bought = books.buy(15000)
        books.spend(150)
        books.refund(bought, 15000)
        row = queries.activity(books.account, size=1).rows[0]
        assert (row.title, row.amounts) == ("Refund", ["150 points forgiven"])
        assert row.why[1:] == [Reason("Some of it had been spent: this is forgiven.", "150 points")]


class TestADecision:
    def test_all_of_it_with_a_reason_and_a_record(self, books: Books):
        run_into_debt(books)
        posting = forgive(books)
        entry = posting.entries.get()
        assert (posting.kind, posting.reason) == (PostingKind.FORGIVE, "Our slip")
        assert (entry.kind, entry.amount, entry.owed_change, entry.why) == (
            EntryKind.FORGIVE, 0, -100, {"reason": "Our slip"},
        )  # fmt: skip
        assert (books.balance, books.owed, sound()) == (0, 0, True)
        event = AuditEvent.objects.get(verb="debt.forgiven")
        assert (event.object_id, event.data) == (str(posting.pk), {"unit": books.unit.pk, "amount": 100})

    def test_a_part_leaves_the_rest_owed(self, books: Books):
        run_into_debt(books)
        forgive(books, 60)
        assert books.owed == 40
        books.buy(10000)
        assert (books.balance, books.owed, sound()) == (60, 0, True)

    def test_the_member_reads_why(self, books: Books):
        run_into_debt(books)
        forgive(books, 60)
        row = queries.activity(books.account, size=1).rows[0]
        assert (row.title, row.amounts, row.gained) == ("Debt forgiven", ["60 points forgiven"], False)
        assert row.why == [Reason("Our slip", "60 points")]

    @pytest.mark.parametrize("amount", [101, 0, -5])
    def test_more_than_is_owed_is_refused(self, books: Books, amount):
        run_into_debt(books)
        before = state(books)
        with pytest.raises(NotOwed) as refused:
            forgive(books, amount)
        assert (refused.value.owed, state(books)) == (100, before)

    def test_where_nothing_is_owed_nothing_is_forgiven(self, books: Books):
        books.buy(1000)
        before = state(books)
        with pytest.raises(NotOwed):
            forgive(books)
        assert state(books) == before

    def test_twice_under_one_key_is_once(self, books: Books):
        run_into_debt(books)
        first = forgive(books, 40, key="k")
        after = state(books)
        assert forgive(books, 40, key="k") == first
        assert state(books) == after
        for other in ({"amount": 50}, {"amount": 40, "reason": "Another"}):
            with pytest.raises(KeyReused):
                forgive(books, key="k", **other)
        assert state(books) == after

    def test_it_is_no_activity_that_keeps_points_alive(self, books: Books):
        run_into_debt(books)
        before = books.state.last_activity_at
        books.at = START + timedelta(days=3)
        forgive(books)
        assert books.state.last_activity_at == before
