"""Slips of the thumb: whether an amount is unusual for a shop, or a purchase the twin of one a moment ago.

A question, never a wall. Amounts are whole numbers of the currency's smallest part.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from loyalty.engine.amounts import currency_digits

RECENT = 100
"""So many of the latest sales say what is usual."""
ENOUGH = 8
"""From so many purchases on the shop's own history counts, before that the scale of its currency."""
TWIN = timedelta(minutes=1)
COMMON = 3
"""An amount that occurs so often in the recent history is a price: two customers in a row may well pay it."""

_EUROS = 100
# What a euro is roughly worth, to a power of ten or half of one: only the size of a number matters.
_PER_EURO = {
    3: "CNY NOK SEK DKK PLN MYR ZAR".split(),
    10: "HKD MXN TRY UAH THB TWD MDL EGP MAD".split(),
    100: "INR RUB CZK JPY PHP KES RSD ISK BDT NPR PKR LKR DZD".split(),
    300: "HUF AMD XAF XOF CLP CRC NGN KZT".split(),
    1_000: "KRW RWF BIF".split(),
    3_000: "COP MMK MNT UGX TZS".split(),
    30_000: "VND IDR LAK UZS IRR KHR".split(),
}
_WORTH = {currency: worth for worth, currencies in _PER_EURO.items() for currency in currencies}


@dataclass(frozen=True, slots=True)
class Earlier:
    """A sale that was recorded before, and that stands. account is None for a walk-in."""

    key: str
    public_id: UUID
    total: int
    is_visit: bool
    receipt: str
    account: int | None
    till: tuple[int | None, int | None]
    at: datetime


@dataclass(frozen=True, slots=True)
class Twin:
    """A sale of the same amount a moment ago, for the same customer or for another one at the same till."""

    public_id: UUID
    same_customer: bool
    seconds: int


@dataclass(frozen=True, slots=True)
class Purchase:
    """What is about to be recorded, as in Earlier; instead is the amount with a decimal mark put in."""

    total: int
    is_visit: bool
    receipt: str
    account: int | None
    till: tuple[int | None, int | None]
    at: datetime
    instead: int | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why to ask before recording. usual is set where the amount is above it; instead where that would be usual."""

    usual: int | None = None
    instead: int | None = None
    twin: Twin | None = None

    def __bool__(self) -> bool:
        return self.usual is not None or self.twin is not None


def starting_point(currency: str, *, largest_step: int = 0) -> int:
    """What is usual at most before a shop has a history: about a hundred euros, more where its program thinks bigger.

    largest_step is the largest amount that a rule of the program counts in, or asks for as a minimum.
    """
    scale: int = _EUROS * _WORTH.get(currency.upper(), 1) * 10 ** currency_digits(currency)
    return max(scale, 20 * largest_step)


def usual_up_to(totals: Sequence[int], start: int) -> int:
    """What is usual at most by recent purchases: three times what 95 in 100 stay below, or six times the median.

    Quantiles, so that a slip that was recorded does not make the next one usual. With fewer than ENOUGH: start.

    >>> usual_up_to([320, 450, 450, 510, 620, 890, 1250, 1_234_500], 10_000)
    3750
    """
    if len(totals) < ENOUGH:
        return start
    ranked = sorted(totals)
    median, high = ranked[(len(ranked) - 1) // 2], ranked[(len(ranked) - 1) * 95 // 100]
    return max(3 * high, 6 * median)


def doubt(purchase: Purchase, earlier: Sequence[Earlier], *, start: int) -> Doubt:
    """Return what gives pause about a purchase or visit; nothing, most of the time."""
    twin = _twin(purchase, earlier)
    if purchase.is_visit:
        return Doubt(twin=twin)
    totals = [sale.total for sale in earlier if sale.total and not sale.is_visit]
    usual = usual_up_to(totals, start)
    if purchase.total <= usual:
        return Doubt(twin=twin)
    instead = purchase.instead if purchase.instead and _is_usual(purchase.instead, totals, usual) else None
    return Doubt(usual, instead, twin)


def _is_usual(amount: int, totals: Sequence[int], usual: int) -> bool:
    """Whether an amount is no more than usual, nor much less than the smallest purchases."""
    least = sorted(totals)[len(totals) // 20] // 4 if len(totals) >= ENOUGH else 1
    return max(least, 1) <= amount <= usual


def _twin(purchase: Purchase, earlier: Sequence[Earlier]) -> Twin | None:
    """Return the latest sale within a minute of which this may be the second recording.

    The same amount for the same customer; for another one at the same till only if it is not a common price, and
    only of purchases. Where both have receipts, these tell whether it is one purchase.
    """
    same = [
        sale
        for sale in earlier
        if (sale.total, sale.is_visit) == (purchase.total, purchase.is_visit)
        and not (sale.receipt and purchase.receipt)
    ]
    fresh = [sale for sale in same if timedelta() <= purchase.at - sale.at < TWIN]
    own = [sale for sale in fresh if purchase.account is not None and sale.account == purchase.account]
    there = [sale for sale in fresh if sale.till == purchase.till and not purchase.is_visit]
    is_price = Counter(sale.total for sale in same if sale not in fresh)[purchase.total] >= COMMON
    found = own or ([] if is_price else there)
    if not found:
        return None
    last = max(found, key=lambda sale: sale.at)
    return Twin(last.public_id, bool(own), int((purchase.at - last.at).total_seconds()))
