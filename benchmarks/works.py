"""What can be measured, by name, with how much of it in a round."""

from collections.abc import Callable

from benchmarks.bookings import one_client
from benchmarks.crowd import eight_writers, one_hot_account
from benchmarks.expiring import expire
from benchmarks.files import import_purchases
from benchmarks.pages import pages
from benchmarks.rounds import Result
from benchmarks.shop import Shop
from benchmarks.till import till

WORKS: dict[str, Callable[[Shop, str, int, float], list[Result]]] = {
    "booking": lambda shop, url, rounds, scale: one_client(shop, url, rounds=rounds, count=int(1000 * scale)),
    "hot": lambda shop, url, rounds, scale: one_hot_account(shop, url, rounds=rounds, seconds=4 * scale),
    "writers": lambda shop, url, rounds, scale: eight_writers(shop, url, rounds=rounds, seconds=3 * scale),
    "imports": lambda shop, url, rounds, scale: import_purchases(shop, url, rounds=rounds, count=int(20_000 * scale)),
    "expiry": lambda _, url, rounds, scale: expire(url, rounds=rounds, number=int(10_000 * scale)),
    "till": lambda shop, url, rounds, scale: till(shop, url, rounds=rounds, seconds=4 * scale),
    "pages": lambda shop, url, rounds, scale: pages(shop, rounds=rounds, scale=scale),
}
