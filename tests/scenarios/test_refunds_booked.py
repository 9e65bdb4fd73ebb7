"""Tables R and L of the worked examples as stories that are booked: what is left, what is owed, and sound books.

A step is a verb of tests.loyalty.books and its arguments; "refund" names the purchase by its number in the story. Money
in whole units of the currency, moments as days after the first.
"""

from datetime import timedelta

import pytest

from loyalty.domain.program import RuleDraft
from loyalty.models import DebtPolicy, Entry
from loyalty.queries.verify import verify
from tests.loyalty.books import START, Books, open_books

pytestmark = pytest.mark.django_db

ONE = {"points": 1}
FIVE = {"points": 5}
STAMP = {"rule": RuleDraft("points", "Stamp", "visit", "flat", 1, fields={"minimum": 1000})}
TEN_DAYS = {"expiry": "days", "expiry_count": 10}
NINETY_DAYS = {"points": 5, "expiry": "days", "expiry_count": 90}
QUIET = {"expiry": "inactivity_days", "expiry_count": 365}
HELD = {"hold_days": 14}


class Story:
    """A shop, and what is told of it step by step."""

    def __init__(self, books: Books) -> None:
        self.books, self.bought, self.spent = books, [], []

    def buy(self, money: float, day: int = 0) -> None:
        self.bought.append(self.books.buy(round(money * 100), at=moment(day)))

    def spend(self, points: int, day: int = 0, on: int | None = None) -> None:
        recorded = None if on is None else self.bought[on]
        self.spent.append(self.books.spend(points, at=moment(day), recorded=recorded))

    def refund(self, which: int, money: float, day: int = 0, key: str = "") -> None:
        self.books.refund(self.bought[which], round(money * 100), at=moment(day), key=key)

    def give(self, points: int, last: int | None = None) -> None:
        self.books.give(points, last_good_day=None if last is None else moment(last).date())

    def undo(self, which: int, day: int = 0) -> None:
        self.books.undo(self.spent[which], at=moment(day))

    def expire(self, day: int) -> None:
        self.books.expire(moment(day))


def moment(day: int):
    return START + timedelta(days=day)


def tell(steps: list[tuple], forgives: bool = False, **shop) -> Books:
    books = open_books(**shop)
    if forgives:
        business = books.role.business
        business.debt_policy = DebtPolicy.FORGIVE
        business.save(update_fields=["debt_policy"])
    story = Story(books)
    for verb, *words in steps:
        getattr(story, verb)(*words)
    assert [finding for finding in verify() if finding.faults] == []
    return books


REFUNDS = [
    pytest.param(ONE, [("buy", 50), ("buy", 50), ("refund", 1, 50)], 50, 0, id="R1"),
    pytest.param(ONE, [("give", 200), ("buy", 70), ("spend", 150, 0, 0), ("refund", 0, 70)], 200, 0, id="R2"),
    pytest.param(ONE, [("buy", 70), ("spend", 70, 0, 0), ("refund", 0, 70)], 0, 0, id="R2 all of it on the bill"),
    pytest.param(FIVE, [("buy", 200), ("refund", 0, 150), ("refund", 0, 50)], 0, 0, id="R3"),
    pytest.param(ONE, [("buy", 100), ("refund", 0, 75)], 25, 0, id="R4"),
    pytest.param(ONE, [("buy", 0.99), ("buy", 100), ("refund", 1, 33.33)], 67, 0, id="R4 thirds"),
    pytest.param(ONE, [("buy", 150), ("spend", 100), ("refund", 0, 150)], 0, 100, id="R6 owed"),
    pytest.param(ONE, [("buy", 150), ("spend", 100), ("refund", 0, 150), ("buy", 100)], 0, 0, id="R6 paid"),
    pytest.param(ONE, [("buy", 150), ("spend", 100), ("refund", 0, 150), ("buy", 130)], 30, 0, id="R6 and more"),
    pytest.param(ONE, [("buy", 50), ("refund", 0, 25, 0, "k"), ("refund", 0, 25, 0, "k")], 25, 0, id="R7"),
    pytest.param(STAMP, [("buy", 25), ("refund", 0, 10)], 1, 0, id="R8 kept"),
    pytest.param(STAMP, [("buy", 25), ("refund", 0, 20)], 0, 0, id="R8 taken back"),
    pytest.param(STAMP, [("buy", 25), ("refund", 0, 15), ("refund", 0, 0.01)], 0, 0, id="R8 a cent less"),
    pytest.param(HELD, [("buy", 50), ("refund", 0, 20)], 30, 0, id="what is held is taken back"),
]


@pytest.mark.parametrize(("shop", "steps", "balance", "owed"), REFUNDS)
def test_refunds(shop: dict, steps: list[tuple], balance: int, owed: int) -> None:
    books = tell(steps, **shop)
    assert (books.balance, books.owed) == (balance, owed)


@pytest.mark.parametrize(
    ("steps", "balance", "forgiven"),
    [
        pytest.param([("buy", 70), ("spend", 70, 0, 0), ("refund", 0, 70)], 0, 0, id="R2 all of it on the bill"),
        pytest.param([("buy", 100), ("refund", 0, 75)], 25, 0, id="R4"),
        pytest.param([("buy", 150), ("spend", 100), ("refund", 0, 150)], 0, 100, id="R6"),
        pytest.param([("buy", 150), ("spend", 100), ("refund", 0, 150), ("buy", 130)], 130, 100, id="R6 and more"),
        pytest.param([("buy", 9), ("spend", 8), ("refund", 0, 3), ("refund", 0, 6)], 0, 8, id="R6 in parts"),
    ],
)
def test_where_debts_are_forgiven_nothing_is_owed(steps: list[tuple], balance: int, forgiven: int) -> None:
    books = tell(steps, forgives=True)
    assert (books.balance, books.owed) == (balance, 0)
    assert sum(Entry.objects.values_list("forgiven", flat=True)) == forgiven


@pytest.mark.parametrize(
    ("shop", "steps", "lots"),
    [
        pytest.param(
            NINETY_DAYS, [("buy", 115), ("spend", 500), ("buy", 161, 1), ("spend", 500, 1)], [0, 380], id="L1"
        ),
        pytest.param(
            NINETY_DAYS,
            [("buy", 115), ("spend", 500), ("buy", 161, 1), ("spend", 500, 1), ("expire", 92)],
            [0, 0],
            id="L1 day 91",
        ),
        pytest.param(ONE, [("give", 100, 500), ("give", 100, 300), ("spend", 100)], [100, 0], id="L2"),
        pytest.param(ONE, [("give", 100), ("give", 100, 300), ("spend", 120)], [80, 0], id="L3"),
        pytest.param(ONE, [("give", 50), ("give", 50), ("spend", 70)], [0, 30], id="L4"),
        pytest.param(QUIET, [("buy", 500), ("buy", 100, 364), ("expire", 728)], [500, 100], id="L5 the last day"),
        pytest.param(QUIET, [("buy", 500), ("buy", 100, 364), ("expire", 729)], [0, 0], id="L5 over"),
        pytest.param(TEN_DAYS, [("buy", 100), ("expire", 10)], [100], id="L8 its last day"),
        pytest.param(TEN_DAYS, [("buy", 100), ("expire", 14), ("expire", 14), ("expire", 17)], [0], id="L8"),
        pytest.param(ONE, [("give", 100, 5), ("give", 100, 50), ("spend", 150), ("expire", 6)], [0, 50], id="L9"),
        pytest.param(
            ONE,
            [("give", 100, 5), ("give", 100, 50), ("spend", 150), ("expire", 6), ("undo", 0, 6)],
            [0, 100],
            id="L10",
        ),
        pytest.param(
            ONE, [("give", 100, 5), ("give", 100, 50), ("spend", 150), ("undo", 0, 5)], [100, 100], id="L10 in time"
        ),
    ],
)  # fmt: skip
def test_lots(shop: dict, steps: list[tuple], lots: list[int]) -> None:
    books = tell(steps, **shop)
    assert books.lots() == lots
    assert books.balance == sum(lots)
