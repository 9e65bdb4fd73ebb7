"""What is held cannot be spent before its first good day; what it owes and what a refund takes may come from it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from loyalty.domain import program, rules
from loyalty.domain.ledger import KeyReused, NotEnough
from loyalty.domain.program import HoldTooLong, RuleDraft, UnitDraft
from loyalty.engine import lots as engine
from loyalty.models import Entry, EntryKind, Lot, ProgramVersion, Unit, UnitKind
from loyalty.queries.verify import verify
from tests.loyalty.books import START, Books, set_rule

pytestmark = pytest.mark.django_db

SANTIAGO = "America/Santiago"


def good_days(books: Books) -> list[tuple[date | None, date | None]]:
    lots = Lot.objects.filter(account=books.account).order_by("pk")
    return list(lots.values_list("first_good_day", "last_good_day"))


def sound() -> bool:
    return not [finding for finding in verify() if finding.faults]


def later(**time: int) -> datetime:
    return START + timedelta(**time)


@pytest.mark.parametrize(
    ("hold", "expiry", "count", "good"),
    [
        (0, "never", 0, (None, None)),
        (14, "never", 0, (date(2026, 1, 19), None)),
        (14, "days", 90, (date(2026, 1, 19), date(2026, 4, 5))),
        (1, "inactivity_days", 30, (date(2026, 1, 6), None)),
    ],
)
def test_a_lot_says_from_and_until_when_it_is_good(books: Books, hold, expiry, count, good):
    books.offers(hold_days=hold, expiry=expiry, expiry_count=count)
    books.buy(5000)
    assert good_days(books) == [good]


def test_it_is_spent_from_the_first_moment_of_its_first_good_day(books: Books):
    books.offers(hold_days=3)
    books.buy(5000)
    before = books.rows()
    with pytest.raises(NotEnough) as refused:
        books.spend(1, at=datetime(2026, 1, 7, 22, 59, 59, tzinfo=UTC))
    assert (refused.value.available, books.rows()) == (0, before)
    books.spend(50, at=datetime(2026, 1, 7, 23, 0, tzinfo=UTC))
    assert (books.balance, books.lots(), sound()) == (0, [0], True)


def test_the_first_good_day_is_the_business_s_own_where_the_clock_jumps_over_midnight(books: Books):
    books.lives_in(SANTIAGO)
    books.offers(hold_days=2)
    books.buy(5000, at=datetime(2026, 9, 5, 2, 0, tzinfo=UTC))
    assert good_days(books) == [(date(2026, 9, 6), None)]
    with pytest.raises(NotEnough):
        books.spend(50, at=datetime(2026, 9, 6, 3, 59, 59, tzinfo=UTC))
    books.spend(50, at=datetime(2026, 9, 6, 4, 0, tzinfo=UTC))
    assert books.balance == 0


def test_a_held_lot_is_passed_over_though_it_expires_first(books: Books):
    books.offers(hold_days=14, expiry="days", expiry_count=20)
    books.buy(5000)
    books.give(30)
    books.spend(30)
    assert books.lots() == [50, 0]
    with pytest.raises(NotEnough):
        books.spend(1)
    assert books.lots() == [50, 0]


def test_a_debt_is_paid_from_what_is_still_held(books: Books):
    books.offers(hold_days=14)
    bought = books.buy(10000)
    books.spend(100, at=later(days=14))
    books.refund(bought, 10000, at=later(days=15))
    assert (books.balance, books.owed) == (0, 100)
    books.buy(12000, at=later(days=16))
    assert (books.balance, books.owed, books.lots(), sound()) == (20, 0, [0, 20], True)


def test_a_refund_takes_from_its_own_lot_while_that_is_held(books: Books):
    books.offers(hold_days=14)
    books.give(80)
    bought = books.buy(10000)
    books.refund(bought, 4000)
    assert (books.balance, books.owed, books.lots(), sound()) == (140, 0, [80, 60], True)


def test_a_refund_takes_from_other_held_lots_before_anything_is_owed(books: Books):
    books.offers(hold_days=14)
    bought = books.buy(10000)
    books.spend(100, at=later(days=14))
    books.buy(7000, at=later(days=14))
    books.refund(bought, 10000, at=later(days=15))
    assert (books.balance, books.owed, books.lots(), sound()) == (0, 30, [0, 0], True)


def test_an_undo_of_a_redemption_gives_back_to_a_lot_that_keeps_its_first_good_day(books: Books):
    books.offers(hold_days=2)
    books.buy(5000)
    spent = books.spend(50, at=later(days=2))
    books.undo(spent, at=later(days=2))
    assert (books.lots(), good_days(books)) == ([50], [(date(2026, 1, 7), None)])


def test_an_undone_redemption_pays_a_debt_from_what_it_gave_back(books: Books):
    books.offers(hold_days=2)
    bought = books.buy(5000)
    spent = books.spend(50, at=later(days=2))
    books.refund(bought, 5000, at=later(days=2))
    assert books.owed == 50
    books.undo(spent, at=later(days=2))
    assert (books.balance, books.owed, books.lots(), sound()) == (0, 0, [0], True)


def test_a_change_of_the_hold_leaves_what_was_earned_before(books: Books):
    books.offers(hold_days=14)
    books.buy(1000)
    set_rule(books.role, RuleDraft("points", "Points", "purchase", "per_amount", 1, per_amount=100), hold_days=0)
    books.buy(2000)
    assert good_days(books) == [(date(2026, 1, 19), None), (None, None)]


def test_a_draft_holds_nothing_before_it_goes_live(books: Books):
    units = [UnitDraft("points", UnitKind.POINTS, "points", "point", hold_days=14)]
    program.draft(business=books.role.business, name="Club", units=units, rules=[], by=books.by, at=START)
    books.buy(1000)
    assert good_days(books) == [(None, None)]


def test_the_same_key_with_another_first_good_day_is_another_booking(books: Books):
    from loyalty.domain import ledger
    from loyalty.models import PostingKind

    def give(first: date | None):
        line = ledger.AwardLine(books.unit, 10, first_good_day=first)
        return ledger.award(books.booking(PostingKind.GIFT, key="gift"), [line])

    posting = give(date(2026, 2, 1))
    assert give(date(2026, 2, 1)) == posting
    for other in (None, date(2026, 2, 2)):
        with pytest.raises(KeyReused):
            give(other)
    assert books.lots() == [10]


def test_a_hold_that_outlasts_the_validity_is_refused(books: Books):
    drafted = UnitDraft("beans", UnitKind.POINTS, "beans", "bean", expiry="days", expiry_count=10, hold_days=10)
    with pytest.raises(HoldTooLong):
        program.draft(business=books.role.business, name="x", units=[drafted], rules=[], by=books.by, at=START)
    program.draft_from(version=ProgramVersion.objects.get(), by=books.by, at=START)
    with pytest.raises(HoldTooLong):
        rules.set_unit(business=books.role.business, unit=drafted, by=books.by, at=START)
    assert not Unit.objects.filter(code="beans").exists()


def test_without_the_check_of_the_first_good_day_the_held_lot_is_spent(books: Books, monkeypatch):
    """The twin: that the refusals above come from the guard, and that the proof of the books sees it missing."""
    monkeypatch.setattr(engine.LotView, "is_good", lambda self, on: not self.is_past(on))
    books.offers(hold_days=14)
    books.buy(5000)
    books.spend(50)
    use = Entry.objects.get(kind=EntryKind.SPEND).lot_uses.get()
    faults = {finding.invariant: finding.faults for finding in verify() if finding.faults}
    assert faults == {"no lot is spent before its first good day": (f"lot use {use.pk}",)}
