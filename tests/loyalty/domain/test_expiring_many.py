"""The job books many lots at once: the very rows that one lot after the other leaves, whatever happened before."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

import pytest
from django.db import models

from loyalty.domain import expiry, ledger, locks, merging, program
from loyalty.domain.accounts import open_account
from loyalty.domain.actors import SYSTEM
from loyalty.domain.ledger import Ending, NotEnough
from loyalty.domain.program import RuleDraft, UnitDraft
from loyalty.engine.days import local_day
from loyalty.models import (
    Account,
    AccountMerge,
    Balance,
    Business,
    Entry,
    EntryKind,
    Lot,
    LotUse,
    Posting,
    Unit,
    UnitKind,
)
from loyalty.queries.verify import verify
from tests.loyalty.books import START, Books, open_books
from tests.loyalty.written import dump, rolled_back

pytestmark = pytest.mark.django_db

WRITTEN: tuple[type[models.Model], ...] = (Posting, Entry, Lot, LotUse, Balance)
CASES = 24
LATE = START + timedelta(days=90)


def one_by_one(business: Business, at: datetime) -> int:
    """Expire what is due lot by lot, as a booking does that comes before the job."""
    today = local_day(at, business.time_zone)
    dated = Lot.objects.filter(business=business, remaining__gt=0, last_good_day__lt=today).order_by("pk")
    expired = sum(expire(lot, lot.last_good_day, at) for lot in list(dated.select_related("account__business")))
    for unit in (unit for unit in Unit.objects.filter(business=business).order_by("pk") if unit.may_go_quiet):
        for account in Account.objects.filter(balances__unit=unit, balances__amount__gt=0).order_by("pk"):
            balance = Balance.objects.get(account=account, unit=unit)
            last_day = ledger.inactive_after(unit, balance, business.time_zone)
            if last_day and last_day < today:
                lots = Lot.objects.filter(account=account, unit=unit, remaining__gt=0, last_good_day=None).order_by(
                    "pk"
                )
                expired += sum(expire(lot, last_day, at) for lot in lots.select_related("account__business"))
    return expired


def expire(lot: Lot, last_day: date | None, at: datetime) -> bool:
    assert last_day
    booking = ledger.expiry_booking(lot, account=lot.account, last_good_day=last_day, booked_at=at, by=SYSTEM)
    return ledger.expire_lot(booking, lot) is not None


class History:
    """What may happen in a shop, by chance: three cards, points and beans, and a job that has been there at times."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        zone = self.rng.choice(["Europe/Berlin", "Asia/Ho_Chi_Minh", "America/Santiago"])
        books = open_books(zone=zone, slug=f"case-{seed}")
        rules = {"expiry": self.rng.choice(["never", "inactivity_days"]), "expiry_count": 20}
        beans = {"expiry": "inactivity_days", "expiry_count": 30}
        self.by, self.at = books.by, START
        self.business = Business.objects.get(pk=books.role.business_id)
        self.run(rules, beans, date.min)
        units = Unit.objects.filter(business=self.business).order_by("pk")
        cards = [books.account, *(open_account(business=self.business, at=START) for _ in range(2))]
        self.purses = [replace(books, account=card, unit=unit) for card in cards for unit in units]
        self.spent: list[tuple[Books, Posting]] = []

    def run(self, points: dict, beans: dict, holds_from: date) -> None:
        """Take a program live that says how long points and beans are good for."""
        self.draft(points, beans)
        program.go_live(business=self.business, by=self.by, at=self.at, holds_from=holds_from)

    def draft(self, points: dict, beans: dict) -> None:
        program.draft(
            business=self.business, name="Two", by=self.by, at=self.at,
            units=[
                UnitDraft("points", UnitKind.POINTS, "points", "point", **points),
                UnitDraft("beans", UnitKind.POINTS, "beans", "bean", **beans),
            ],
            rules=[RuleDraft("points", "p", "purchase", "per_amount", 1, per_amount=100)],
        )  # fmt: skip

    def policy(self) -> dict:
        kind = self.rng.choice(["never", "days", "inactivity_days", "inactivity_days", "inactivity_months"])
        return {"expiry": kind, "expiry_count": self.rng.randrange(1, 40) if kind.endswith("days") else 1}

    def change(self) -> None:
        """Change how long points and beans are good for, from a day that is near."""
        self.run(self.policy(), self.policy(), self.at.date() + timedelta(days=self.rng.randrange(-3, 20)))

    def live(self, steps: int = 25) -> None:
        acts = [self.give] * 6 + [self.buy, self.spend, self.spend, self.undo, self.merge, self.part, self.job]
        acts += [self.change]
        for _ in range(steps):
            self.at += timedelta(hours=self.rng.randrange(60))
            self.rng.choice(acts)()

    def purse(self) -> Books:
        found = self.rng.choice(self.purses)
        return replace(found, account=Account.objects.select_related("business").get(pk=found.account.pk), at=self.at)

    def give(self) -> None:
        day = self.rng.choice([None, self.at.date() + timedelta(days=self.rng.randrange(1, 40))])
        self.purse().give(self.rng.randrange(1, 100), last_good_day=day)

    def buy(self) -> None:
        bought = self.purse().buy(self.rng.randrange(100, 9000))
        if self.rng.random() < 0.5:
            self.purse().refund(bought, bought.sale.total)

    def spend(self) -> None:
        purse = self.purse()
        try:
            self.spent.append((purse, purse.spend(self.rng.randrange(1, 60))))
        except NotEnough:
            return

    def undo(self) -> None:
        """Undo a spending, at times by a till that reports late: what had run out since is there again."""
        if self.spent:
            purse, posting = self.spent.pop(self.rng.randrange(len(self.spent)))
            back = self.rng.choice([0, 45])
            replace(purse, at=max(START, self.at - timedelta(days=back))).undo(posting)

    def merge(self) -> None:
        source, target = self.purse(), self.purse()
        try:
            merging.merge(
                source=source.account, target=target.account, key=source.key(), by=source.by, at=self.at
            )  # fmt: skip
        except merging.MergeError:
            return

    def part(self) -> None:
        standing = AccountMerge.objects.filter(undone_at=None).first()
        try:
            if standing:
                merging.undo(merge=standing, by=self.purses[0].by, at=self.at)
        except merging.MergeError:
            return

    def job(self) -> None:
        expiry.expire_due(business=self.business, at=self.at)


@pytest.mark.parametrize("seed", range(CASES))
def test_the_rows_are_the_same(seed: int, monkeypatch: pytest.MonkeyPatch):
    history = History(seed)
    history.live()
    monkeypatch.setattr(expiry, "LOTS_AT_ONCE", history.rng.choice([1, 2, 3, 250]))
    monkeypatch.setattr(expiry, "BALANCES_AT_ONCE", history.rng.choice([1, 2, 250]))
    at = history.at + timedelta(days=history.rng.choice([3, 10, 60]))
    singly = rolled_back(lambda: one_by_one(history.business, at), WRITTEN)
    together = rolled_back(lambda: expiry.expire_due(business=history.business, at=at), WRITTEN)
    assert together == singly


def test_the_cases_hold_what_matters():
    """Many lots, some of them by inactivity."""
    counted = dict.fromkeys(("lots", "quiet"), 0)
    for seed in range(CASES // 2):
        history = History(seed)
        history.live()
        before = Posting.objects.latest("pk").pk
        counted["lots"] += expiry.expire_due(business=history.business, at=history.at + timedelta(days=60))
        fresh = Posting.objects.filter(pk__gt=before)
        counted["quiet"] += fresh.filter(entries__why__last_good_day=None).count()
    assert min(counted.values()) > 0, counted


def test_what_a_late_till_gives_back_runs_out_again(books: Books):
    """The undo happened before the lot ran out, and reaches the books after."""
    books.give(100, last_good_day=START.date())
    spent = books.spend(40)
    books.expire(LATE)
    books.undo(spent)
    assert books.balance == 40
    singly = rolled_back(lambda: one_by_one(books.role.business, LATE), WRITTEN)
    assert rolled_back(lambda: books.expire(LATE), WRITTEN) == singly
    assert singly["Posting"][-1]["key"].endswith(":1")


def test_what_had_run_out_before_a_merge_runs_out_where_it_was(books: Books):
    source, target = books.two()
    source.give(30, last_good_day=START.date())
    later = START + timedelta(days=2)
    merging.merge(source=source.account, target=target.account, key="m", by=books.by, at=later)
    singly = rolled_back(lambda: one_by_one(books.role.business, LATE), WRITTEN)
    assert rolled_back(lambda: books.expire(LATE), WRITTEN) == singly
    assert [row["amount"] for row in singly["Entry"]] == [30, -30]


def test_the_comparison_notices_a_difference(books: Books, monkeypatch: pytest.MonkeyPatch):
    some_lots(books)
    singly = rolled_back(lambda: one_by_one(books.role.business, LATE), WRITTEN)
    assert rolled_back(lambda: books.expire(LATE + timedelta(days=1)), WRITTEN) != singly


def some_lots(books: Books, count: int = 5) -> None:
    for number in range(count):
        books.give(10 + number, last_good_day=START.date() + timedelta(days=number))


def test_run_again_it_books_nothing(books: Books):
    some_lots(books)
    assert books.expire(LATE) == 5
    before = dump(WRITTEN)
    assert books.expire(LATE + timedelta(days=1)) == 0
    assert dump(WRITTEN) == before


def test_killed_between_two_pieces_it_goes_on(books: Books, monkeypatch: pytest.MonkeyPatch):
    some_lots(books)
    whole = rolled_back(lambda: books.expire(LATE), WRITTEN)
    monkeypatch.setattr(expiry, "LOTS_AT_ONCE", 2)

    def die() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        expiry.expire_due(business=books.role.business, at=LATE, between=die)
    assert books.lots() == [0, 0, 12, 13, 14]
    assert books.expire(LATE) == 3
    assert dump(WRITTEN) == whole


def test_killed_within_a_piece_nothing_of_it_is_booked(books: Books, monkeypatch: pytest.MonkeyPatch):
    some_lots(books)
    before = dump(WRITTEN)
    monkeypatch.setattr(type(Lot.objects), "set_empty", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        books.expire(LATE)
    assert dump(WRITTEN) == before


def test_after_each_piece_others_get_their_turn(books: Books, monkeypatch: pytest.MonkeyPatch):
    some_lots(books)
    monkeypatch.setattr(expiry, "LOTS_AT_ONCE", 2)
    turns: list[int] = []
    expiry.expire_due(business=books.role.business, at=LATE, between=lambda: turns.append(sum(books.lots())))
    assert turns == [12 + 13 + 14, 14, 0]


def test_who_was_active_meanwhile_keeps_what_is_there(books: Books, monkeypatch: pytest.MonkeyPatch):
    """The job has seen that the card was quiet; before it has the lock, the customer buys again."""
    books.offers(expiry="inactivity_days", expiry_count=20)
    books.give(100)
    lock, late = locks.lock_many_accounts, START + timedelta(days=25)

    def buy_first(accounts):
        monkeypatch.undo()
        Balance.objects.filter(account__in=accounts).update(last_activity_at=late)
        return lock(accounts)

    monkeypatch.setattr(locks, "lock_many_accounts", buy_first)
    assert (books.expire(late), books.balance) == (0, 100)


def test_accounts_are_locked_in_order_before_their_lots(books: Books, monkeypatch: pytest.MonkeyPatch):
    some_lots(books, 2)
    order: list[str] = []
    for name in ("lock_many_accounts", "lock_rests"):
        monkeypatch.setattr(locks, name, noted(name, getattr(locks, name), order))
    books.expire(LATE)
    assert order == ["lock_many_accounts", "lock_rests"]


def noted(name, lock, order):
    def note(ids):
        order.append(name)
        return lock(ids)

    return note


@pytest.mark.parametrize("count", [1, 30])
def test_a_piece_costs_the_same_however_many_lots(books: Books, count: int, django_assert_num_queries):
    some_lots(books, count)
    endings = [Ending(lot.pk, lot.account_id, lot.last_good_day) for lot in Lot.objects.order_by("pk")]
    with django_assert_num_queries(QUERIES):
        ledger.expire_many(endings, business=books.role.business, booked_at=LATE, by=SYSTEM)
    assert Entry.objects.filter(kind=EntryKind.EXPIRE).count() == count
    assert [finding for finding in verify() if finding.faults] == []


QUERIES = 13
