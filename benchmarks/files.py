"""A file of purchases brought in as an owner and the worker bring it in, beside a bare copy of its rows."""

import io
import itertools
import time
from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from benchmarks.copies import Copies, copies
from benchmarks.rounds import Goal, Result, Round, play
from benchmarks.shop import Shop
from loyalty.domain import imports
from loyalty.domain.accounts import open_accounts
from loyalty.engine.imports import columns
from loyalty.engine.imports.rows import Choices
from loyalty.models import Account, BatchState, ImportBatch

CUSTOMERS = 2_000
SLICES = 10
NAMES = "Receipt,Date,Customer,Item,Description,Quantity,Price"


def import_purchases(shop: Shop, url: str, *, rounds: int, count: int) -> list[Result]:
    """Import a file of count purchases in each round, and copy its rows to accounts of others."""
    kind = "sqlite" if url.startswith("sqlite:") else "postgresql"
    ours, others = customers(shop, "c"), customers(shop, "b")
    anchor = copies(url, {account.pk: other.pk for account, other in zip(ours, others, strict=True)})
    numbers = itertools.count(1)

    def one_round() -> Round:
        return beside(shop, anchor, file_of(shop, next(numbers), count), count)

    return [play(f"import purchases, {kind} (per second)", Goal(0.75), one_round, rounds=rounds)]


def customers(shop: Shop, letter: str) -> list[Account]:
    """Open accounts with customer numbers of a letter."""
    opened = timezone.now() - timedelta(days=400)
    return open_accounts(business=shop.business, customers={f"{letter}{n}": opened for n in range(CUSTOMERS)})


def file_of(shop: Shop, number: int, count: int) -> bytes:
    """Return a file of purchases of one line each, in the year before today, no two files with the same receipts."""
    end = timezone.now()
    lines = [NAMES]
    for n in range(count):
        moment = f"{end - timedelta(minutes=shop.rng.randrange(60, 500_000)):%Y-%m-%d %H:%M}"
        item, customer = shop.rng.randrange(500), shop.rng.randrange(CUSTOMERS)
        price = shop.rng.randrange(100, 20_000)
        lines.append(f"{number}-{n},{moment},c{customer},i{item},Article {item},1,{price // 100}.{price % 100:02d}")
    return "\n".join(lines).encode()


def beside(shop: Shop, anchor: Copies, content: bytes, count: int) -> Round:
    """Check a file and book it slice by slice; copy what each slice has left. The check is part of the work."""
    batch = upload(shop, content)
    checked = _timed(batch, 1)
    imports.start(batch=batch, by=shop.by, at=timezone.now())
    booked = copied = 0.0
    for number in range(1, SLICES + 1):
        booked += _timed(batch, count * number // SLICES)
        copied += anchor.copy()
    _timed(batch, count + 1)
    batch.refresh_from_db()
    assert (batch.state, batch.counts["sales"]) == (BatchState.DONE, count), batch.error
    notes = f", {checked / (checked + booked):.0%} of the time for the check"
    return Round(product=count / (checked + booked), anchor=count / copied, notes=notes)


def _timed(batch: ImportBatch, position: int) -> float:
    """Be the worker until a position is reached or nothing is left to do; return the seconds it took."""
    begun = time.perf_counter()
    while imports.step(batch_id=batch.pk, clock=timezone.now):
        if ImportBatch.objects.values_list("position", flat=True).get(pk=batch.pk) >= position:
            break
    return time.perf_counter() - begun


def upload(shop: Shop, content: bytes) -> ImportBatch:
    """Upload a file and say what its columns mean."""
    now = timezone.now()
    batch = imports.upload(
        business=shop.business, key=uuid4(), content=io.BytesIO(content), name="sales.csv", by=shop.by, at=now
    )
    imports.step(batch_id=batch.pk, clock=timezone.now)
    guessed = columns.guess(NAMES.split(","), [])
    return imports.choose(batch=batch, columns=guessed, choices=Choices(), by=shop.by, at=now)
