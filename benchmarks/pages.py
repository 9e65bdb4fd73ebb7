"""What a member's pages cost: at a hundred movements, and at a hundred thousand."""

import time
from collections.abc import Callable
from functools import partial
from statistics import median

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from benchmarks.rounds import Goal, Result, Round, play
from benchmarks.shop import Shop, claimed_member
from loyalty.domain import ledger
from loyalty.models import Account, Balance, PostingKind

FEW, MANY = 100, 100_000
AT_ONCE = 100
PAGES = {"dashboard": "members:dashboard", "activity": "members:activity", "statement": "members:statement"}


def pages(shop: Shop, *, rounds: int, scale: float) -> list[Result]:
    """Measure each page of two members with few and many movements."""
    asked = {}
    for count in (FEW, int(MANY * scale)):
        member = claimed_member(shop, f"reader{count}")
        move(shop, member.account, count)
        client = Client()
        client.force_login(member.user)
        asked[count] = client
    few, many = asked.values()
    return [
        play(f"{name} at {int(MANY * scale):,} movements beside {FEW} (seconds)", Goal(1.3, at_most=True),
             partial(_round, few, many, reverse(view, kwargs={"business": shop.business.slug})), rounds=rounds)
        for name, view in PAGES.items()
    ]  # fmt: skip


def _round(few: Client, many: Client, path: str) -> Round:
    times: dict[str, list[float]] = {"few": [], "many": []}
    for _ in range(10):
        times["few"].append(_timed(lambda: few.get(path)))
        times["many"].append(_timed(lambda: many.get(path)))
    return Round(product=median(times["many"]), anchor=median(times["few"]))


def _timed(ask: Callable[[], object]) -> float:
    begun = time.perf_counter()
    answer = ask()
    spent = time.perf_counter() - begun
    assert getattr(answer, "status_code", 0) == 200, answer
    return spent


def move(shop: Shop, account: Account, count: int) -> None:
    """Give so many times, and have all of it spent in between but the last: lots that are used up stay behind."""
    now = timezone.now()
    given = 0
    while given < count:
        here = min(AT_ONCE, count - given)
        awards = [(_head(shop, account, f"give:{account.pk}:{given + n}", PostingKind.GIFT, now),
                   [ledger.AwardLine(shop.unit, 10, None, {})]) for n in range(here)]  # fmt: skip
        ledger.award_many(awards)
        given += here
        held = Balance.objects.get(account=account, unit=shop.unit).amount
        head = _head(shop, account, f"spend:{account.pk}:{given}", PostingKind.REDEMPTION, now)
        ledger.spend(head, unit=shop.unit, amount=held - min(held, 500), why={})


def _head(shop: Shop, account: Account, key: str, kind: PostingKind, at: object) -> ledger.Booking:
    return ledger.Booking(account=account, key=key, kind=kind, at=at, booked_at=at, by=shop.by)
