"""./regulars time-test: what is earned is good through its last good day, by the clock on the wall of the business.

Each case earns something at a moment that is likely to go wrong, and asks at the minutes around the end whether it can
still be spent, and what a late, doubled job books. calendar_oracle.py, which knows none of the product's code, says
what is right. At the end all books are proven.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tests.campaigns import calendar_oracle as wall
from tests.campaigns import stand

if TYPE_CHECKING:
    from loyalty.models import Entry
    from tests.loyalty.books import Books

ZONES = (
    "America/Santiago", "Africa/Cairo", "Asia/Beirut", "America/Asuncion", "Pacific/Apia", "America/St_Johns",
    "America/Havana", "Australia/Lord_Howe", "Pacific/Chatham", "Asia/Kathmandu", "Europe/Berlin", "America/New_York",
)  # fmt: skip
POLICIES = (
    "days", "months", "months_end_of_month", "end_of_year", "inactivity_days", "inactivity_months", "never",
)  # fmt: skip
KINDS = ("clock change", "ends at a clock change", "leap day", "year end", "any moment")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FIRST, LAST = 2010, 2027
EARNED, SPENT = 10, 3


@dataclass(frozen=True)
class Case:
    """What is earned when, under which policy, and what happens to it."""

    kind: str
    zone: str
    policy: str
    count: int
    earned_at: datetime
    late: timedelta
    hold: int
    moves_to: str


@dataclass
class Verdict:
    """What was asked, and where the product and the oracle differ."""

    checks: int = 0
    wrong: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    def same(self, case: Case, what: str, is_: object, should: object) -> None:
        self.checks += 1
        if is_ != should:
            self.wrong.append(f"{what}: {is_}, by the wall {should} ({case})")


@cache
def clock_changes(zone: str) -> list[datetime]:
    """Return the minutes at which the clocks of a zone change."""
    found, hour = [], datetime(FIRST, 1, 1, tzinfo=UTC)
    info = ZoneInfo(zone)
    while hour.year < LAST:
        if hour.astimezone(info).utcoffset() != (hour + DAY).astimezone(info).utcoffset():
            minute = hour
            while minute.astimezone(info).utcoffset() == hour.astimezone(info).utcoffset():
                minute += MINUTE
            found.append(minute)
        hour += DAY
    return found or [datetime(2020, 6, 1, tzinfo=UTC)]


def cases(number: int, rng: Random) -> Iterator[Case]:
    """Yield so many cases: every zone and kind in turn, policies and the rest by chance."""
    for index in range(number):
        zone, kind = ZONES[index % len(ZONES)], KINDS[index // len(ZONES) % len(KINDS)]
        policy = rng.choice(POLICIES)
        if kind == "ends at a clock change":
            policy = "days"
        by_days = policy in ("days", "inactivity_days")
        count = rng.randint(1, 40) if by_days else rng.randint(1, 14)
        if policy == "end_of_year":
            count = rng.randint(0, 2)
        yield Case(
            kind=kind, zone=zone, policy=policy, count=count, earned_at=_moment(kind, zone, count, rng),
            late=rng.choice((timedelta(0), MINUTE, HOUR, 3 * DAY, 40 * DAY)),
            hold=rng.choice((0, 0, 1, 7)) if policy in ("never", "months_end_of_month") and count > 1 else 0,
            moves_to=rng.choice(ZONES) if rng.random() < 0.15 else "",
        )  # fmt: skip


def _moment(kind: str, zone: str, count: int, rng: Random) -> datetime:
    around = timedelta(minutes=rng.randint(-200, 200))
    if kind == "clock change":
        return rng.choice(clock_changes(zone)) + around
    if kind == "ends at a clock change":
        return rng.choice(clock_changes(zone)) - count * DAY + around
    if kind == "leap day":
        edge = wall.first_minute_after((rng.choice((2012, 2016, 2020, 2024)), 2, rng.choice((28, 29))), zone)
        return edge + around
    if kind == "year end":
        return wall.first_minute_after((rng.randint(FIRST, LAST - 2), 12, 31), zone) + around
    return datetime(FIRST, 1, 1, tzinfo=UTC) + MINUTE * rng.randrange((LAST - 1 - FIRST) * 365 * 24 * 60)


class Shop:
    """One business per zone; every case has an account of its own in it."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        self.books: dict[str, Books] = {}

    def play(self, case: Case) -> None:
        """Let a case happen, and compare."""
        books = self._books(case)
        self._earn(books, case)
        self.move(books, case.moves_to)
        self._hold(books, case)
        self._end(books, case)
        self.move(books, case.zone)

    def _books(self, case: Case) -> "Books":
        from loyalty.domain.accounts import open_account
        from loyalty.domain.program import RuleDraft
        from tests.loyalty.books import open_books, set_rule

        settings = {"expiry": case.policy, "expiry_count": case.count, "hold_days": case.hold}
        if case.zone not in self.books:
            slug = case.zone.lower().replace("/", "-").replace("_", "-")
            self.books[case.zone] = open_books(zone=case.zone, slug=slug, **settings)
        books = self.books[case.zone]
        set_rule(books.role, RuleDraft("points", "Points", "purchase", "per_amount", 1, per_amount=100), **settings)
        books.account = open_account(business=books.role.business, at=case.earned_at)
        books.unit.refresh_from_db()
        return books

    def _earn(self, books: "Books", case: Case) -> None:
        books.buy(EARNED * 100, at=case.earned_at)
        lot = books.account.lots.get()
        earned = wall.on_the_wall(case.earned_at, case.zone)
        by_inactivity = case.policy.startswith("inactivity")
        last = None if by_inactivity else wall.last_good_day(case.policy, case.count, earned)
        self.verdict.same(case, "last good day", _day(lot.last_good_day), last)
        first = wall.days_later(earned, case.hold) if case.hold else None
        self.verdict.same(case, "first good day", _day(lot.first_good_day), first)

    def move(self, books: "Books", zone: str) -> None:
        """Let the business move to another zone; what was earned keeps its days."""
        from loyalty.domain import businesses

        if zone and zone != books.role.business.time_zone:
            business = businesses.change_details(
                business=books.role.business, changes={"time_zone": zone}, by=books.by, at=books.at
            )
            books.role.business = books.account.business = business

    def _hold(self, books: "Books", case: Case) -> None:
        if not case.hold:
            return
        first = wall.days_later(wall.on_the_wall(case.earned_at, case.zone), case.hold)
        begins = wall.first_minute_after(wall.day_before(first), case.moves_to or case.zone)
        self.verdict.same(case, "spent while it is held", self._spends(books, begins - MINUTE), False)
        self.verdict.same(case, "spent in its first minute", self._spends(books, begins), True)

    def _end(self, books: "Books", case: Case) -> None:
        # Inactivity is reckoned anew by the clocks of today, a last good day is written.
        now = case.moves_to or case.zone
        reckoned = now if case.policy.startswith("inactivity") else case.zone
        last = wall.last_good_day(case.policy, case.count, wall.on_the_wall(case.earned_at, reckoned))
        if last is None:
            self.verdict.same(case, "spent after years", self._spends(books, case.earned_at + 3650 * DAY), True)
            return
        over = max(wall.first_minute_after(last, now), case.earned_at + MINUTE)
        if not case.policy.startswith("inactivity") and over - MINUTE > case.earned_at:
            self.verdict.same(case, "spent in its last minute", self._spends(books, over - MINUTE), True)
            books.expire(over - MINUTE)
            self.verdict.same(case, "expired in its last minute", len(_expired(books)), 0)
        self.verdict.same(case, "spent when it is over", self._spends(books, over), False)
        left = books.balance
        books.expire(over + case.late)
        books.expire(over + case.late)
        booked = [(entry.amount, entry.at) for entry in _expired(books)]
        self.verdict.same(case, "expired", booked, [(-left, wall.first_minute_after(last, now))])

    def _spends(self, books: "Books", at: datetime) -> bool:
        from loyalty.domain import ledger

        try:
            books.spend(SPENT, at=at, key=f"spend:{books.account.pk}:{at.isoformat()}")
        except ledger.NotEnough:
            return False
        return True


def _day(day: object) -> wall.Day | None:
    return (day.year, day.month, day.day) if day else None  # type: ignore[attr-defined]


def _expired(books: "Books") -> "list[Entry]":
    return list(books.account.entries.filter(kind="expire").order_by("pk"))


def main(words: list[str]) -> int:
    """Run the campaign; return the exit code."""
    parser = stand.arguments("time-test", "Earns, spends and lets expire where clocks and calendars are awkward.")
    parser.add_argument("--cases", type=int, default=500, help="default: 500, the full form")
    options = parser.parse_args(words)
    print(f"time-test: seed {options.seed}", flush=True)
    verdict = Verdict()
    with stand.stand(options.database):
        from django.db import connection

        shop = Shop(verdict)
        for case in cases(options.cases, Random(options.seed)):
            verdict.kinds[case.kind + (", moved" if case.moves_to else "")] += 1
            shop.play(case)
        verdict.wrong += stand.faults()
        vendor, zones = connection.vendor, len(shop.books)
    for line in verdict.wrong[:20]:
        print(f"FAIL {line}", flush=True)
    for kind, number in sorted(verdict.kinds.items()):
        print(f"     {number:>4} x {kind}", flush=True)
    print(
        f"time-test: {vendor}, {options.cases} cases in {zones} zones, {verdict.checks} checks, "
        f"{len(verdict.wrong)} mismatches; seed {options.seed}"
    )
    return 1 if verdict.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
