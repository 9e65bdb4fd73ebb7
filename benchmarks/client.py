"""One client of many: a process that books by order. Nothing of Django is loaded before it knows its database."""

import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from benchmarks.scratch import surround


class Done(NamedTuple):
    """What one client got done in its time."""

    count: int
    worst: float


class Order(NamedTuple):
    """What a client is told: book from then on, for so long, by the product or bare, all on one account or not."""

    start: float
    seconds: float
    product: bool
    hot: bool


def client(orders: Connection, url: str) -> None:
    """Book by orders until there are no more; runs in a process of its own."""
    surround(url, Path(url.rpartition("/")[0]))
    import django

    django.setup()
    from benchmarks.bookings import bare
    from benchmarks.shop import found_shop, hot_account

    shop = found_shop()
    anchor = bare(shop, url)
    hot = next(member for member in shop.members if member.account_id == hot_account(shop).pk)
    orders.send("ready")
    while order := orders.recv():
        book = anchor.book if not order.product else (lambda: shop.book(hot)) if order.hot else shop.book
        orders.send(_work(book, order))


def _work(book: Callable[[], object], order: Order) -> Done:
    time.sleep(max(order.start - time.time(), 0))
    end = order.start + order.seconds
    count, worst = 0, 0.0
    while (before := time.time()) < end:
        book()
        count, worst = count + 1, max(worst, time.time() - before)
    return Done(count, worst)
