"""The ledger's own rules, and tables R and L of the worked examples told through the domain."""

from datetime import UTC, date, datetime, timedelta

import pytest

from loyalty.domain import ledger, refunds, sales
from loyalty.domain.program import RuleDraft
from loyalty.models import Entry, EntryKind, Lot, LotUse, PostingKind
from tests.loyalty.books import START, Books, set_rule

pytestmark = pytest.mark.django_db


def days(number: int) -> timedelta:
    return timedelta(days=number)


class TestRefunds:
    def test_r1_one_of_two_purchases_refunded(self, books: Books):
        books.buy(5000)
        second = books.buy(5000)
        books.refund(second, 5000)
        assert books.balance == 50
        assert Entry.objects.get(kind=EntryKind.TAKE_BACK).amount == -50

    def test_r2_earned_is_taken_back_and_spent_given_back(self, books: Books):
        books.give(200)
        bought = books.buy(7000)
        books.spend(150, recorded=bought)
        assert books.balance == 120
        books.refund(bought, 7000)
        assert (books.balance, books.owed) == (200, 0)

    def test_r3_two_refunds_never_take_more_than_was_earned(self, books: Books):
        books.offers(points=5)
        bought = books.buy(20000)
        assert books.balance == 1000
        books.refund(bought, 15000)
        assert books.balance == 250
        books.refund(bought, 5000)
        assert (books.balance, books.owed) == (0, 0)
        before = books.rows()
        with pytest.raises(refunds.RefundTooLarge) as refusal:
            books.refund(bought, 5000)
        assert refusal.value.left == 0
        assert books.rows() == before

    def test_r4_a_part_refunded(self, books: Books):
        bought = books.buy(10000)
        books.refund(bought, 7500)
        assert books.balance == 25

    def test_r5_the_original_award_counts_not_todays_rule(self, books: Books):
        bought = books.buy(5000)
        set_rule(books.role, RuleDraft("points", "Twice", "purchase", "per_amount", 2, per_amount=100))
        books.refund(bought, 5000)
        assert books.balance == 0

    def test_r6_what_was_spent_already_is_owed_and_paid_by_the_next_award(self, books: Books):
        bought = books.buy(15000)
        books.spend(100)
        books.refund(bought, 15000)
        assert (books.balance, books.owed) == (0, 100)
        books.buy(10000)
        assert (books.balance, books.owed) == (0, 0)
        books.buy(3000)
        assert (books.balance, books.owed) == (30, 0)

    def test_r7_the_same_refund_twice_changes_nothing(self, books: Books):
        bought = books.buy(5000)
        first = books.refund(bought, 2500, key="till-7")
        before = books.rows()
        again = books.refund(bought, 2500, key="till-7")
        assert again == first
        assert books.rows() == before
        assert books.balance == 25

    @pytest.mark.parametrize(("refunded", "left"), [(1000, 1), (2000, 0)])
    def test_r8_a_stamp_stays_while_the_minimum_is_reached(self, books: Books, refunded, left):
        rule = RuleDraft("points", "Stamp", "visit", "flat", 1, fields={"minimum": 1000})
        books.offers(rule=rule)
        bought = books.buy(2500)
        assert books.balance == 1
        books.refund(bought, refunded)
        assert books.balance == left


class TestLots:
    def test_l1_the_first_lot_is_spent_first_and_the_second_runs_out_on_day_91(self, books: Books):
        books.offers(points=5, expiry="days", expiry_count=90)
        books.buy(11500)
        books.spend(500)
        assert books.balance == 75
        books.buy(16100, at=START + days(1))
        books.spend(500, at=START + days(1))
        assert books.lots() == [0, 380]
        assert books.expire(START + days(1 + 90)) == 0
        assert books.expire(START + days(1 + 91)) == 1
        assert (books.balance, books.lots()) == (0, [0, 0])

    def test_l2_the_lot_that_expires_first_is_emptied_first(self, books: Books):
        books.give(100, last_good_day=date(2027, 6, 1))
        books.give(100, last_good_day=date(2027, 1, 1))
        books.spend(100)
        assert books.lots() == [100, 0]

    def test_l3_what_never_expires_goes_last(self, books: Books):
        books.give(100)
        books.give(100, last_good_day=date(2027, 1, 1))
        books.spend(120)
        assert books.lots() == [80, 0]

    def test_l4_oldest_first(self, books: Books):
        books.give(50)
        books.give(50)
        books.spend(70)
        assert books.lots() == [0, 30]

    def test_l5_all_goes_after_a_year_without_activity(self, books: Books):
        books.offers(expiry="inactivity_months", expiry_count=12)
        books.buy(50000, at=datetime(2021, 1, 1, 12, tzinfo=UTC))
        books.buy(10000, at=datetime(2021, 12, 31, 12, tzinfo=UTC))
        assert books.expire(datetime(2022, 12, 30, 12, tzinfo=UTC)) == 0
        assert books.balance == 600
        assert books.expire(datetime(2022, 12, 31, 12, tzinfo=UTC)) == 2
        assert books.balance == 0

    @pytest.mark.parametrize(
        ("expiry", "count", "earned", "last"),
        [
            ("months_end_of_month", 12, datetime(2020, 7, 6, 12, tzinfo=UTC), date(2021, 7, 31)),
            ("end_of_year", 0, datetime(2018, 5, 5, 12, tzinfo=UTC), date(2018, 12, 31)),
        ],
    )
    def test_l6_l7_good_through_the_last_day(self, books: Books, expiry, count, earned, last):
        books.offers(expiry=expiry, expiry_count=count)
        books.buy(10000, at=earned)
        assert Lot.objects.get().last_good_day == last
        evening = datetime(last.year, last.month, last.day, 22, 30, tzinfo=UTC)
        assert books.expire(evening - timedelta(hours=1)) == 0
        books.spend(40, at=evening - timedelta(hours=1))
        midnight_in_berlin = evening + timedelta(hours=0.5 if expiry == "end_of_year" else 0)
        with pytest.raises(ledger.NotEnough):
            books.spend(1, at=midnight_in_berlin)
        assert books.expire(midnight_in_berlin) == 1
        assert books.balance == 0

    def test_l8_one_expiry_row_per_lot_however_often_the_job_runs(self, books: Books):
        books.offers(expiry="days", expiry_count=10)
        books.buy(10000)
        late = START + days(14)
        assert books.expire(late) == 1
        before = books.rows()
        assert books.expire(late) == 0
        assert books.expire(late + days(3)) == 0
        assert books.rows() == before
        entry = Entry.objects.get(kind=EntryKind.EXPIRE)
        assert entry.amount == -100
        assert entry.at == datetime(2026, 1, 15, 23, 0, tzinfo=UTC)

    def test_l9_l10_what_is_undone_goes_back_to_its_own_lots(self, books: Books):
        books.give(100, last_good_day=date(2026, 2, 1))
        books.give(100, last_good_day=date(2026, 3, 1))
        spent = books.spend(150)
        books.expire(START + days(30))
        assert books.balance == 50
        books.undo(spent, at=START + days(30))
        assert books.lots() == [0, 100]
        assert books.balance == 100
        gone = Entry.objects.filter(kind=EntryKind.EXPIRE).get()
        assert gone.amount == -100
        assert list(LotUse.objects.filter(lot__last_good_day=date(2026, 2, 1)).values_list("amount", flat=True)) == [
            100, -100, 100,
        ]  # fmt: skip

    def test_of_a_part_given_back_the_lot_that_lasts_longest_is_restored_first(self, books: Books):
        books.give(50, last_good_day=date(2026, 3, 1))
        books.give(50, last_good_day=date(2026, 2, 1))
        bought = books.buy(100)
        books.spend(80, recorded=bought)
        assert books.lots() == [20, 0, 1]
        books.refund(bought, 50)
        assert books.lots() == [50, 10, 0]

    def test_l10_before_the_day_everything_comes_back(self, books: Books):
        books.give(100, last_good_day=date(2026, 2, 1))
        books.give(100, last_good_day=date(2026, 3, 1))
        books.undo(books.spend(150))
        assert books.lots() == [100, 100]


class TestKeys:
    def test_the_same_key_again_is_the_first_posting(self, books: Books):
        books.give(100)
        first = books.spend(40, key="form-1")
        before = books.rows()
        assert books.spend(40, key="form-1") == first
        assert books.rows() == before

    def test_the_same_key_for_something_else_is_refused(self, books: Books):
        books.give(100)
        books.spend(40, key="form-1")
        before = books.rows()
        with pytest.raises(ledger.KeyReused):
            books.spend(41, key="form-1")
        assert books.rows() == before

    def test_the_same_sale_again_is_the_first_sale(self, books: Books):
        first = books.buy(1000, key="till-1")
        before = books.rows()
        again = books.buy(1000, key="till-1")
        assert (again.sale, again.posting, again.again) == (first.sale, first.posting, True)
        assert books.rows() == before

    @pytest.mark.parametrize("other", [{"total": 1001}, {"total": 1000, "receipt": "R-1"}])
    def test_the_key_of_a_sale_for_another_sale_is_refused(self, books: Books, other):
        books.buy(1000, key="till-1")
        before = books.rows()
        with pytest.raises(ledger.KeyReused):
            books.buy(**other, key="till-1")
        assert (books.rows(), books.balance) == (before, 10)

    def test_the_key_of_a_refund_for_another_refund_is_refused(self, books: Books):
        first, second = books.buy(1000), books.buy(1000)
        books.refund(first, 500, key="till-7")
        before = books.rows()
        for recorded, amount in ((first, 400), (second, 500)):
            with pytest.raises(ledger.KeyReused):
                books.refund(recorded, amount, key="till-7")
        assert (books.rows(), books.balance) == (before, 15)

    def test_a_receipt_is_recorded_once_until_it_is_undone(self, books: Books):
        first = books.buy(1000, receipt="R-1")
        before = books.rows()
        with pytest.raises(sales.ReceiptAlreadyBooked) as refusal:
            books.buy(1000, receipt="R-1")
        assert refusal.value.sale == first.sale
        assert books.rows() == before
        sales.undo(sale=first.sale, key="u1", by=books.by, at=books.at)
        books.buy(1000, receipt="R-1")
        assert books.balance == 10


class TestUndo:
    def test_undo_takes_back_and_a_second_undo_changes_nothing(self, books: Books):
        bought = books.buy(1000)
        sales.undo(sale=bought.sale, key="u1", by=books.by, at=books.at)
        before = books.rows()
        sales.undo(sale=bought.sale, key="u1", by=books.by, at=books.at)
        assert (books.balance, books.rows()) == (0, before)
        with pytest.raises(sales.AlreadyUndone):
            sales.undo(sale=bought.sale, key="u2", by=books.by, at=books.at)
        assert books.rows() == before

    def test_undo_is_refused_after_the_minutes_of_the_business(self, books: Books):
        bought = books.buy(1000)
        late = books.at + timedelta(minutes=15, seconds=1)
        with pytest.raises(sales.UndoTooLate):
            sales.undo(sale=bought.sale, key="u1", by=books.by, at=late)
        assert books.balance == 10
        sales.undo(sale=bought.sale, key="u1", by=books.by, at=late, any_time=True)
        assert books.balance == 0

    def test_undo_after_a_refund_takes_only_the_rest(self, books: Books):
        bought = books.buy(10000)
        books.refund(bought, 4000)
        assert books.balance == 60
        sales.undo(sale=bought.sale, key="u1", by=books.by, at=books.at)
        assert (books.balance, books.owed) == (0, 0)

    def test_an_award_that_paid_a_debt_is_owed_again_when_undone(self, books: Books):
        bought = books.buy(10000)
        books.spend(100)
        books.refund(bought, 10000)
        second = books.buy(10000)
        assert (books.balance, books.owed) == (0, 0)
        sales.undo(sale=second.sale, key="u1", by=books.by, at=books.at)
        assert (books.balance, books.owed) == (0, 100)

    def test_a_refund_is_never_undone(self, books: Books):
        bought = books.buy(1000)
        books.refund(bought, 500)
        refund = books.account.postings.get(kind=PostingKind.REFUND)
        before = books.rows()
        with pytest.raises(ledger.CannotUndo):
            books.undo(refund)
        assert books.rows() == before

    def test_what_expired_unused_is_not_taken_back_again(self, books: Books):
        books.offers(expiry="days", expiry_count=10)
        bought = books.buy(10000)
        books.spend(30)
        books.expire(START + days(20))
        books.refund(bought, 10000, at=START + days(20))
        assert (books.balance, books.owed) == (0, 30)


class TestSpending:
    def test_more_than_there_is_is_refused_and_changes_nothing(self, books: Books):
        books.give(3)
        before = books.rows()
        with pytest.raises(ledger.NotEnough) as refusal:
            books.spend(5)
        assert (refusal.value.available, refusal.value.asked) == (3, 5)
        assert (books.rows(), books.balance) == (before, 3)

    def test_a_lot_past_its_day_cannot_be_spent_though_the_job_has_not_run(self, books: Books):
        books.give(100, last_good_day=date(2026, 1, 5))
        with pytest.raises(ledger.NotEnough) as refusal:
            books.spend(1, at=START + days(1))
        assert refusal.value.available == 0

    def test_every_entry_has_its_number_and_balance(self, books: Books):
        books.give(100)
        books.spend(30)
        books.buy(500)
        rows = Entry.objects.filter(account=books.account).order_by("seq").values_list("seq", "amount", "balance_after")
        assert list(rows) == [(1, 100, 100), (2, -30, 70), (3, 5, 75)]


def test_adjusting_up_and_down(books: Books):
    up = books.booking(PostingKind.ADJUSTMENT, reason="Forgot to book")
    ledger.adjust(up, unit=books.unit, amount=20)
    down = books.booking(PostingKind.ADJUSTMENT, reason="Booked twice")
    ledger.adjust(down, unit=books.unit, amount=-5)
    assert (books.balance, books.lots()) == (15, [15])
    with pytest.raises(ledger.NotEnough):
        ledger.adjust(books.booking(PostingKind.ADJUSTMENT, reason="Too much"), unit=books.unit, amount=-16)
    assert books.balance == 15
