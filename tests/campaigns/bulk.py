"""A business with as many accounts and entries as wanted, booked in bulk through the domain's own functions."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from loyalty.domain import accounts, ledger
from loyalty.domain.ledger import AwardLine, Booking
from loyalty.engine.days import local_day
from loyalty.models import Account, Entry, PostingKind
from tests.world import NOW, World

CHUNK = 1000
SPENT = 200
"""One spending for so many awards."""


def fill(world: World, *, accounts_wanted: int, entries_wanted: int, rng: Random) -> None:
    """Open accounts and book until there are so many entries: awards of several last days, some spent from."""
    book = list(_opened(world, accounts_wanted))
    missing = entries_wanted - Entry.objects.count()
    number = 0
    while missing > 0:
        awards = [_award(world, rng, book[(number + i) % len(book)], number + i) for i in range(min(CHUNK, missing))]
        ledger.award_many(awards)
        number += len(awards)
        missing -= len(awards)
        for booking, _ in awards[: min(missing, len(awards) // SPENT)]:
            _spend(world, booking.account, number)
            number, missing = number + 1, missing - 1


def _opened(world: World, wanted: int) -> Iterator[Account]:
    for first in range(0, wanted, CHUNK):
        numbers = range(first, min(first + CHUNK, wanted))
        yield from accounts.open_accounts(business=world.business, customers={f"B{n}": NOW for n in numbers})


def _award(world: World, rng: Random, account: Account, number: int) -> tuple[Booking, list[AwardLine]]:
    at = NOW - timedelta(days=rng.randrange(300))
    booking = Booking(
        account=account, key=f"bulk:{number}", kind=PostingKind.GIFT, at=at, booked_at=at, by=world.at_console()
    )
    last = local_day(NOW, world.business.time_zone) + timedelta(days=rng.randrange(1, 700))
    return booking, [AwardLine(world.points, rng.randrange(10, 500), rng.choice([None, last]))]


def _spend(world: World, account: Account, number: int) -> None:
    booking = Booking(
        account=account, key=f"bulk:{number}", kind=PostingKind.REDEMPTION, at=NOW, booked_at=NOW, by=world.at_console()
    )
    ledger.spend(booking, unit=world.points, amount=5, why={})
