"""Sensible first numbers for a new program, from the currency and from what a customer usually spends."""

from fractions import Fraction
from math import ceil

from loyalty.engine.amounts import currency_digits

# About what one euro is worth, in whole units of the currency: the amount that earns one point.
_STEPS = {
    10: "BWP CNH CZK DKK EGP HKD MDL MKD MVR MXN NOK SEK THB TRY TWD UAH UYU ZAR",
    100: "ALL AMD BDT DZD HUF INR ISK JPY KES KGS LKR NPR PHP PKR RSD RUB VUV",
    1000: "CLP COP CRC KRW KZT MMK NGN TZS UGX VND",
    10000: "IDR IRR LAK LBP UZS",
}
_STEP_OF = {currency: step for step, codes in _STEPS.items() for currency in codes.split()}


def everyday_step(currency: str) -> int:
    """The amount for which one point is usually given, in smallest parts: 1.00 EUR, 1,000 VND, 100.00 HUF."""
    return int(_STEP_OF.get(currency.upper(), 1) * 10 ** currency_digits(currency))


def everyday_purchase(currency: str) -> int:
    """What an example purchase comes to: twelve and a half steps, 12.50 EUR."""
    return everyday_step(currency) * 25 // 2


def visits_until(cost: int, earned_per_visit: int) -> int | None:
    """How many such visits reach the cost; None where a visit earns nothing.

    >>> visits_until(100, 12), visits_until(10, 1), visits_until(10, 0)
    (9, 10, None)
    """
    return ceil(Fraction(cost, earned_per_visit)) if earned_per_visit > 0 else None


def easy_cost(exact: int) -> int:
    """The next cost down that is easy to say: in fives below a hundred, above in quarters of its leading figure.

    >>> [easy_cost(exact) for exact in (0, 7, 12, 48, 120, 126, 1312)]
    [1, 7, 10, 45, 100, 125, 1250]
    """
    size = int(10 ** max(len(str(exact)) - 1, 0))
    step = size // 4 if size >= 100 else max(size // 2, 1)
    return max(exact // step * step, 1)
