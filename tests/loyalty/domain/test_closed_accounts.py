"""On a closed account nothing new is booked, by no verb; what was booked before can be put right, and still ends."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from loyalty.domain import accounts, adjustments, debts, expiry, ledger, merging, moving, sales, staff
from loyalty.domain.accounts import open_account
from loyalty.domain.actors import Actor
from loyalty.domain.ledger import AccountClosed, AwardLine, page
from loyalty.domain.sale_input import LineInput, Recorded, SaleInput
from loyalty.engine.facts import CustomerFacts
from loyalty.models import (
    Account,
    AccountMerge,
    Adjustment,
    AuditEvent,
    Channel,
    Posting,
    PostingKind,
    Refund,
    Role,
    Sale,
)
from loyalty.queries.verify import verify
from tests.loyalty.books import START, Books
from tests.world import make_user

pytestmark = pytest.mark.django_db

LATER = START + timedelta(days=20)
FOR_EVER = date(2027, 1, 1)


@dataclass
class Card:
    """A card in whose books everything has happened, closed behind the back of who holds it in their hands."""

    books: Books
    bought: Recorded
    spent: Posting
    expired: Posting
    asked: Adjustment
    merge: AccountMerge
    other: Account

    def head(self, kind: PostingKind, **more: object) -> ledger.Booking:
        return self.books.booking(kind, at=LATER, **more)

    def record(self, **more: object) -> Recorded:
        sale = SaleInput(**{"key": self.books.key(), "at": LATER, "total": 500, "total_before_tax": 500, **more})
        return sales.record(
            business=self.books.role.business, account=self.books.account, sale=sale, by=self.books.by, at=LATER,
            customer=CustomerFacts(),
        )  # fmt: skip

    def ask(self, amount: int) -> Adjustment:
        return adjustments.ask(
            account=self.books.account, unit=self.books.unit, amount=amount, reason="Slip", last_good_day=FOR_EVER,
            key=self.books.key(), by=self.books.by, at=LATER,
        )  # fmt: skip

    def move(self, sale: Sale, target: Account) -> Sale:
        return moving.move(
            sale=sale, target=target, key=self.books.key(), by=self.books.by, at=LATER, customer=CustomerFacts(),
            any_time=True,
        )  # fmt: skip

    def merged(self, source: Account, target: Account) -> AccountMerge:
        return merging.merge(source=source, target=target, key=self.books.key(), by=self.books.by, at=LATER)


def open_another(books: Books) -> Books:
    return replace(books, account=open_account(business=books.role.business, at=START))


def close(books: Books) -> None:
    """Close an account; who holds it in their hands does not know."""
    accounts.close(account=Account.objects.get(pk=books.account.pk), by=books.by, at=LATER)


@pytest.fixture
def card(books: Books) -> Card:
    other, third = open_another(books), open_another(books)
    bought = books.buy(10000)
    books.give(50, last_good_day=START.date())
    books.expire(START + timedelta(days=1))
    spent = books.spend(60)
    adjustments.set_limits(business=books.role.business, limits={"points": 100}, by=books.by, at=START)
    books.unit.refresh_from_db()
    waits = adjustments.ask(
        account=books.account, unit=books.unit, amount=101, reason="Slip", last_good_day=FOR_EVER, key="waits",
        by=books.by, at=START,
    )  # fmt: skip
    third.give(5)
    merge = merging.merge(source=third.account, target=books.account, key="m", by=books.by, at=START)
    expired = Posting.objects.get(kind=PostingKind.EXPIRY)
    found = Card(books, bought, spent, expired, waits, merge, other.account)
    close(books)
    return found


def second(card: Card) -> Actor:
    row = staff.add(
        business=card.books.role.business, user=make_user("max"), role=Role.MANAGER, by=card.books.by, at=START
    )
    return Actor(Channel.CONSOLE, row.user, row)


NEW: dict[str, Callable[[Card], object]] = {
    "award": lambda card: card.books.give(5, at=LATER),
    "award_many": lambda card: ledger.award_many([(card.head(PostingKind.GIFT), [AwardLine(card.books.unit, 5)])]),
    "spend": lambda card: card.books.spend(5, at=LATER),
    "adjust: add": lambda card: ledger.adjust(card.head(PostingKind.ADJUSTMENT), unit=card.books.unit, amount=5),
    "adjust: remove": lambda card: ledger.adjust(card.head(PostingKind.ADJUSTMENT), unit=card.books.unit, amount=-5),
    "reinstate": lambda card: ledger.reinstate(
        card.head(PostingKind.REINSTATE, reverses=card.expired), last_good_day=FOR_EVER
    ),
    "a purchase": lambda card: card.record(),
    "a purchase with lines": lambda card: card.record(lines=[LineInput(amount=500, amount_before_tax=500)]),
    "a purchase that earns nothing": lambda card: card.record(total=1, total_before_tax=1),
    "an adjustment": lambda card: card.ask(5),
    "a large adjustment": lambda card: card.ask(101),
    "an adjustment that was asked for before": lambda card: adjustments.approve(
        adjustment=card.asked, by=second(card), at=LATER
    ),
    "what ran out": lambda card: expiry.reinstate(
        expired=card.expired, last_good_day=FOR_EVER, reason="Kind", key="again", by=card.books.by, at=LATER
    ),
    "a purchase with the card that was merged into it": lambda card: replace(
        card, books=replace(card.books, account=card.merge.source)
    ).record(),
    "award, on the card that was merged into it": lambda card: replace(card.books, account=card.merge.source).give(5),
}
OTHERWISE: dict[str, tuple[type[Exception], Callable[[Card], object]]] = {
    "a purchase moved to it": (
        moving.CannotReceive,
        lambda card: card.move(replace(card.books, account=card.other).buy(500).sale, card.books.account),
    ),
    "merged into another": (merging.Closed, lambda card: card.merged(card.books.account, card.other)),
    "another merged into it": (merging.Closed, lambda card: card.merged(card.other, card.books.account)),
}
PUT_RIGHT: dict[str, Callable[[Card], object]] = {
    "a refund": lambda card: card.books.refund(card.bought, 5000, at=LATER),
    "a purchase undone": lambda card: sales.undo(
        sale=card.bought.sale, key="undo", by=card.books.by, at=LATER, any_time=True
    ),
    "reverse": lambda card: card.books.undo(card.spent, at=LATER),
    "a purchase moved away": lambda card: card.move(card.bought.sale, card.other),
    "the cards parted": lambda card: merging.undo(merge=card.merge, by=card.books.by, at=LATER),
}


@pytest.mark.parametrize("act", NEW.values(), ids=NEW)
def test_nothing_new_is_booked(card: Card, act: Callable[[Card], object]):
    refused(card, AccountClosed, lambda: act(card))


@pytest.mark.parametrize(("error", "act"), OTHERWISE.values(), ids=OTHERWISE)
def test_nothing_is_brought_to_it(card: Card, error: type[Exception], act: Callable[[Card], object]):
    with pytest.raises(error):
        act(card)
    assert_sound()


@pytest.mark.parametrize("act", PUT_RIGHT.values(), ids=PUT_RIGHT)
def test_what_was_booked_is_put_right(card: Card, act: Callable[[Card], object]):
    before = Posting.objects.count()
    act(card)
    assert Posting.objects.count() > before
    assert_sound()


def test_what_runs_out_runs_out(books: Books):
    books.give(50, last_good_day=START.date())
    close(books)
    assert (books.expire(LATER), books.balance) == (1, 0)
    assert_sound()


def test_what_is_owed_is_forgiven(books: Books):
    bought = books.buy(1000)
    books.spend(10)
    close(books)
    books.refund(bought, 1000, at=LATER)
    assert books.owed == 10
    debts.forgive(account=books.account, unit=books.unit, reason="Kind", key="f", by=books.by, at=LATER)
    assert books.owed == 0
    assert_sound()


def test_cards_are_not_parted_where_the_second_was_closed(card: Card):
    Account.objects.filter(pk=card.merge.source_id).update(closed_at=LATER)
    refused(card, merging.Closed, lambda: merging.undo(merge=card.merge, by=card.books.by, at=LATER))


def test_without_the_check_the_proof_finds_what_was_booked(card: Card, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(page, "check_open", lambda account: None)
    card.books.give(5, at=LATER)
    assert [finding.invariant for finding in verify() if finding.faults] == [
        "nothing new is booked on a closed account"
    ]


def test_a_request_sent_again_is_answered_as_the_first_time(books: Books):
    first = books.buy(1000, key="form", receipt="R")
    given = books.give(5)
    close(books)
    assert books.buy(1000, key="form", receipt="R").sale == first.sale
    again = replace(books.booking(PostingKind.GIFT), key=given.key)
    assert ledger.award(again, [AwardLine(books.unit, 5)]) == given


def test_each_verb_of_the_ledger_is_asked():
    """A new verb gets its row here: does it bring something new, or put right what is there?"""
    asked = {name.partition(":")[0].partition(",")[0] for name in (*NEW, *PUT_RIGHT)}
    elsewhere = {
        "forgive", "expire_lot", "expire_many",  # above, with books of their own
        "undo_untouched",  # puts right what an import booked: tests/loyalty/domain/test_imports_undo_alike.py
        "award_locked",  # the import of a file asks who is open: tests/loyalty/domain/test_imports.py
        "bring_over", "bring_back",  # merging.merge and merging.undo, which ask before
    }  # fmt: skip
    reads = {"check_open", "expiry_booking", "inactive_after", "quiet_end", "reversed_so_far", "untouched"}
    verbs = {name for name in ledger.__all__ if inspect.isfunction(getattr(ledger, name))}
    assert verbs - asked - elsewhere - reads == set()


@pytest.mark.parametrize("kind", PostingKind)
def test_each_kind_of_posting_is_new_or_puts_right(books: Books, kind: PostingKind):
    new = {"purchase", "visit", "redemption", "adjustment", "gift", "reinstate"}
    assert books.booking(kind).goes_back == (kind not in new)


def test_what_an_undone_import_restores_puts_right(books: Books):
    refund = books.refund(books.buy(1000), 500)
    assert books.booking(PostingKind.ADJUSTMENT, refund=refund).goes_back


class TestClosing:
    def test_it_is_noted_with_the_last_posting(self, books: Books):
        last = books.give(5)
        close(books)
        assert Account.objects.get(pk=books.account.pk).closed_at == LATER
        assert AuditEvent.objects.get(verb="account.closed").data == {"last": last.pk}

    def test_twice_changes_nothing(self, books: Books):
        close(books)
        accounts.close(account=books.account, by=books.by, at=LATER + timedelta(days=1))
        assert Account.objects.get(pk=books.account.pk).closed_at == LATER
        assert AuditEvent.objects.filter(verb="account.closed").count() == 1


def refused(card: Card, error: type[Exception], act: Callable[[], object]) -> None:
    def standing() -> tuple[object, ...]:
        states = list(Adjustment.objects.values_list("state", flat=True))
        return (*card.books.rows(), Sale.objects.count(), Refund.objects.count(), states)

    before = standing()
    with pytest.raises(error):
        act()
    assert standing() == before


def assert_sound() -> None:
    assert [finding for finding in verify() if finding.faults] == []
